/**
 * The tables of the records that cross from C to JS besides settings and metrics. C makes its
 * structs of them, JS reads memory by them (web/engine/core/record.js), so no layout is written
 * twice. Doubles come first: no padding.
 *
 *   DOUBLE(name, help)   REAL(name, help) a float   INT(name, help) an int32   CHARS(name, size,
 * help) text, 0-ended
 */
#ifndef TRAINSCOPE_RECORD_FIELDS_H
#define TRAINSCOPE_RECORD_FIELDS_H

/* clang-format off */

#define TSCOPE_PROBLEM_FIELDS(DOUBLE, REAL, INT, CHARS) \
  INT(field, "Index of the config field, or -1") \
  INT(position, "Byte offset into the model text, or -1") \
  CHARS(message, 240, "One sentence for the user")

#define TSCOPE_RUN_SIZE_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(state, "Bytes of the state, the first part of a run's block; a multiple of 16") \
  DOUBLE(scratch, "Bytes of the rest")

#define TSCOPE_MODEL_FACTS_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(flops_per_sample, "Of one forward pass, multiply and add counted apart") \
  INT(units, "Units after repeats, the implied last layer included") \
  INT(parameters, "Trainable numbers") \
  INT(chunk_rows, "The most samples that go through the network in one piece of a step") \
  INT(reserved, "0")

#define TSCOPE_EVALUATION_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(loss, "Mean loss") \
  DOUBLE(accuracy, "Share of samples whose largest output is their class, of tokens the share of scored positions; NaN for regression, and where the loss is not finite") \
  DOUBLE(exact, "Share of samples with every scored position right; NaN where not some of a sample's tokens are scored") \
  INT(count, "Samples") \
  INT(reserved, "0")

#define TSCOPE_EPISODE_FIELDS(DOUBLE, REAL, INT, CHARS) \
  INT(begin, "The step at which the loss of the probe, or of a full batch, was last at its running minimum") \
  INT(detected_at, "The step at which the definition of instability was first met") \
  INT(peak, "The step of the largest loss looked at in the episode so far") \
  INT(kind, "Its place among the verdicts") \
  INT(recovered_at, "The step at which the loss was seen back at its old minimum, within half of the least rise that counts, or -1") \
  REAL(loss_before, "Loss at begin, of the samples that decided: the probe's, or up to 256 others fixed like them, or a full batch's") \
  REAL(loss_peak, "Likewise at the peak") \
  REAL(norm_peak, "Largest unclipped gradient norm of the episode") \
  REAL(norm_typical, "90th percentile of the typical norms before the episode began; NaN where there were too few")

#define TSCOPE_SUMMARY_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(best_loss, "Lowest loss over the recorded evaluations, the earliest on ties") \
  DOUBLE(best_accuracy, "Accuracy of that evaluation; NaN for regression") \
  DOUBLE(baseline_loss, "L0: loss of predicting the frequencies of classes or scored tokens, or the constant mean") \
  DOUBLE(floor_loss, "Loss of knowing every label: 0, but for smoothed labels their entropy") \
  DOUBLE(looking, "Arithmetic spent on looks at watched samples, in steps") \
  DOUBLE(clipped_fraction, "Clipped steps by those that had a threshold in force; 0 where none had") \
  INT(steps, "Steps taken") \
  INT(total_steps, "warmup_steps + steps") \
  INT(epoch, "Permutations begun, less one") \
  INT(diverged_at, "The step that met a non-finite loss or norm, or -1") \
  INT(dead_at, "The step at which the network was found dead, or -1") \
  INT(verdict, "Its place among the verdicts") \
  INT(episode_count, "Episodes of instability") \
  INT(in_episode, "1: the last of them has not recovered") \
  INT(best_step, "Steps taken at the best evaluation, or -1") \
  INT(infeasible, "1: diverged, or the smoothed loss is not below 0.95 of the baseline loss") \
  INT(clipped_steps, "Steps whose gradient or update was scaled down") \
  INT(clippable_steps, "Steps that had a threshold in force") \
  INT(tiny_norms, "Unclipped norms that are 0, or below the lowest bin") \
  INT(typical_count, "Typical norms: those of no episode of instability, which lasts until the loss is back") \
  REAL(smoothed_loss, "Bias-corrected exponential mean of the batch loss, decay 0.95") \
  REAL(norm_p50, "Median of the unclipped norms, within 2 %") \
  REAL(norm_p90, "90th percentile of the unclipped norms, within 2 %") \
  REAL(norm_max, "Largest finite unclipped norm") \
  REAL(typical_p50, "Median of the typical norms; NaN where there are too few") \
  REAL(typical_p90, "Their 90th percentile") \
  REAL(norm_suggested, "Suggested clipping threshold: their percentile clip_percentile") \
  REAL(clip_scale, "Mean of what clipping multiplied the gradient or the update by, over the steps that had a threshold in force; 1 where none had")

#define TSCOPE_TENSOR_FIELDS(DOUBLE, REAL, INT, CHARS) \
  CHARS(name, 64, "As in PyTorch's state_dict: 0.conv.weight") \
  INT(rank, "Number of dimensions") \
  INT(shape0, "Dimensions, outermost first; 1 beyond the rank") \
  INT(shape1, "") \
  INT(shape2, "") \
  INT(shape3, "") \
  INT(offset, "First float, in the parameters or in the running statistics") \
  INT(count, "Floats") \
  INT(is_running, "1: a running statistic, not a parameter")

#define TSCOPE_UNIT_SIZE_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(activation, "Root mean square of the unit's outputs; of one whose outputs are overwritten in place, those of the unit that did it") \
  DOUBLE(gradient, "Norm of the loss gradient of its parameters; 0 without any") \
  DOUBLE(weight, "Norm of its parameters") \
  CHARS(name, 16, "As the model text has it") \
  INT(number, "Place in the model text after repeats; -1 for the implied last layer") \
  INT(depth, "Branches around it") \
  INT(branch, "1: it begins one, 2: it ends one, 0 otherwise") \
  INT(parameters, "Trainable numbers") \
  INT(channels, "Of its output: channels, or features") \
  INT(height, "1 for a vector") \
  INT(width, "") \
  INT(reserved, "0")

#define TSCOPE_ATTENTION_MAP_FIELDS(DOUBLE, REAL, INT, CHARS) \
  INT(number, "Place of the layer in the model text after repeats") \
  INT(heads, "Of attention") \
  INT(positions, "Queries, and keys") \
  INT(is_causal, "1: a query sees no key after it")

#define TSCOPE_SUGGESTION_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(steepest, "The preset's own steepest descent") \
  DOUBLE(valley, "fastai's valley: inside the longest decreasing subsequence") \
  DOUBLE(slide, "fastai's slide: before the slope changes by more than its threshold, from the right") \
  DOUBLE(minimum_tenth, "The rate of the lowest loss, divided by 10") \
  DOUBLE(steep, "fastai's steep: steepest forward difference in ln lr") \
  DOUBLE(base, "Lower end of a range for cyclical rates: where the loss has made a fifth of its drop") \
  DOUBLE(max, "Upper end: where the loss has made two thirds of its drop") \
  DOUBLE(halfway, "Half way down the slope: where the loss has made half of its drop") \
  INT(steepest_index, "Index into the arrays as given, or -1") \
  INT(halfway_index, "Likewise") \
  INT(is_halfway, "1: steepest is half way down the slope, within a factor of RANGE_HALFWAY_FACTOR or a point of the grid") \
  INT(minimum_index, "Index of the lowest loss in the window, or -1") \
  INT(points, "Points that steepest judged; with fewer than 2 there is no suggestion") \
  INT(points_needed, "The fewest points of a whole curve for which steepest is possible")

#define TSCOPE_RANGE_CHECK_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(baseline, "L0, the loss of guessing; NaN where it is not known") \
  DOUBLE(noise, "Standard deviation of the losses as measured, from the differences of neighbours") \
  DOUBLE(before, "Mean loss of the first quarter of the points, or of the first few where that is higher") \
  DOUBLE(low, "Lowest mean loss of a twentieth of the points, neighbours") \
  DOUBLE(end, "Mean loss of the last points, a little fewer") \
  DOUBLE(low_lr, "The rate where the loss was lowest") \
  DOUBLE(apart, "Steepest descent and halfway, how many times the one is the other, at least 1; NaN where one is missing") \
  INT(stands_out, "1: from before to low the loss falls by more than noise does") \
  INT(is_deep, "1: it falls by a share of the guessing loss that is worth a test") \
  INT(learns, "1: it falls below what guessing reaches") \
  INT(rises, "1: after its lowest the loss has risen again, by more than noise does") \
  INT(still_falls, "1: it was lowest at the very end") \
  INT(steepest, "1: the descent is clear, and the rule's own check holds") \
  INT(valley, "Likewise") \
  INT(slide, "Likewise") \
  INT(minimum_tenth, "Likewise") \
  INT(steep, "Likewise")

#define TSCOPE_DATASET_FACTS_FIELDS(DOUBLE, REAL, INT, CHARS) \
  INT(generator, "Index of the option of dataset; custom for the caller's own data") \
  INT(kind, "KIND_VECTOR: samples are [channels]; KIND_IMAGE: [channels, height, width]; KIND_SEQUENCE: [width, channels]; KIND_TOKENS: width ids, and one more") \
  INT(channels, "Of an image, the features of a vector, or the numbers at a position") \
  INT(height, "1 but for an image") \
  INT(width, "Of an image, or the positions of a sequence; 1 for a vector") \
  INT(scored_from, "The first position of tokens whose prediction is scored") \
  INT(alphabet, "Address of [classes] characters, one for each generated token, or 0") \
  INT(classes, "0 for regression") \
  INT(outputs, "Classes, or targets per sample") \
  INT(format, "FORMAT_BYTES or FORMAT_FLOATS") \
  INT(scaling, "SCALING_NONE, SCALING_GLOBAL or SCALING_PER_FEATURE") \
  REAL(mean, "Of all training bytes, where scaling is global") \
  REAL(deviation, "Of all training bytes, where scaling is global") \
  INT(train_count, "Samples") \
  INT(train_stride, "Bytes from one stored sample to the next") \
  INT(train_inputs, "Address of [count][elements], bytes or floats") \
  INT(train_labels, "Address of [count] bytes, or 0") \
  INT(train_targets, "Address of [count][outputs] floats, or 0") \
  INT(val_count, "Samples") \
  INT(val_stride, "As for train") \
  INT(val_inputs, "As for train") \
  INT(val_labels, "As for train") \
  INT(val_targets, "As for train")

#define TSCOPE_SURFACE_POINT_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(value, "f(x, y)") \
  DOUBLE(gradient_x, "Slope along x, without noise") \
  DOUBLE(gradient_y, "Slope along y") \
  DOUBLE(hessian_xx, "Second derivatives") \
  DOUBLE(hessian_xy, "") \
  DOUBLE(hessian_yy, "")

#define TSCOPE_SLICE_PLACE_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(a, "Steps of the first direction from the origin to the nearest point of the plane") \
  DOUBLE(b, "Likewise of the second") \
  DOUBLE(distance, "Euclidean distance from the plane, in parameters") \
  DOUBLE(length, "Euclidean distance from the origin")

#define TSCOPE_SLICE_PLANE_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(first_length, "Euclidean length of the first direction, in parameters") \
  DOUBLE(second_length, "Likewise of the second") \
  DOUBLE(cosine, "Of the angle between them") \
  DOUBLE(explained, "The share of the path's variance that lies in the plane; NaN where there is none") \
  DOUBLE(first_explained, "That along the first direction") \
  DOUBLE(second_explained, "That along the second")

#define TSCOPE_LOG_FACTS_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(baseline, "L0, where it is known; NaN: the first smoothed loss") \
  DOUBLE(planned, "Steps that the run was to take; NaN where the log does not say it") \
  INT(is_summary, "1: a row is the summary of an epoch, and nothing is smoothed") \
  INT(is_cut, "1: the log does not begin where the run did, so nothing in it is at initialization")

#define TSCOPE_LOG_EPISODE_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(begin, "The step at which the smoothed loss was lowest since the episode before") \
  DOUBLE(detected_at, "The step at which the definition was first met") \
  DOUBLE(peak, "The step of the highest loss") \
  DOUBLE(recovered_at, "The step at which the loss was back, or NaN") \
  DOUBLE(loss_before, "The smoothed loss at begin") \
  DOUBLE(loss_peak, "The highest loss as logged; of a run that died the first that is not finite, or NaN") \
  INT(kind, "Its place among the verdicts") \
  INT(reserved, "0")

#define TSCOPE_LOG_VERDICT_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(baseline, "L0 as it was judged by; NaN where nothing could be") \
  DOUBLE(diverged_at, "The first step from which on nothing is finite, or NaN") \
  DOUBLE(minimum, "The lowest smoothed loss") \
  DOUBLE(minimum_at, "Its step") \
  DOUBLE(last, "The last smoothed loss") \
  DOUBLE(noise, "Standard deviation of the logarithm of the loss, from row to row, at the end") \
  DOUBLE(least_rise, "At the end, a rise of the smoothed loss counts from so many times its minimum") \
  INT(is_judged, "0: the losses are 0 or below it, so no ratio of them means anything") \
  INT(verdict, "Its place among the verdicts") \
  INT(episode_count, "Episodes, those that are told") \
  INT(doubted, "Rises over the limit that did not stand out of the log's noise") \
  INT(is_smooth, "1: rows follow each other more closely than losses of single batches do") \
  INT(is_noisy, "1: their noise hides rises that would count")

#define TSCOPE_LOG_RATE_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(peak, "The highest rate") \
  DOUBLE(peak_at, "The step at which it is reached; between rows, where the ramp meets it") \
  DOUBLE(warmup_steps, "Steps of the ramp before it; NaN without one") \
  DOUBLE(warmup_share, "Of the planned run, or of the log") \
  DOUBLE(warmup_from, "The rate that the ramp begins with") \
  DOUBLE(skipped, "Steps at the begin at which the rate stood at 0, as where updates are skipped") \
  DOUBLE(last, "The last rate") \
  INT(schedule, "Its place among the options of schedule, or -1") \
  INT(reserved, "0")

#define TSCOPE_LOG_NORMS_FIELDS(DOUBLE, REAL, INT, CHARS) \
  DOUBLE(p50, "Median of the finite norms, by linear interpolation; NaN where there are none") \
  DOUBLE(p90, "Their 90th percentile") \
  DOUBLE(max, "The largest") \
  DOUBLE(above_one, "The share of them above 1, the commonest threshold") \
  INT(finite, "How many are finite") \
  INT(non_finite, "How many are not") \
  INT(trailing, "How many at the end are not") \
  INT(after_clipping, "1: none exceeds one value, and many are it") \
  INT(scaled, "1: so large that they still carry the loss scale of 16-bit training") \
  INT(reserved, "0")

/* Every record that JS reads: RECORD(name, FIELDS). */
#define TSCOPE_RECORDS(RECORD) \
  RECORD(problem, TSCOPE_PROBLEM_FIELDS) \
  RECORD(run_size, TSCOPE_RUN_SIZE_FIELDS) \
  RECORD(model_facts, TSCOPE_MODEL_FACTS_FIELDS) \
  RECORD(evaluation, TSCOPE_EVALUATION_FIELDS) \
  RECORD(episode, TSCOPE_EPISODE_FIELDS) \
  RECORD(summary, TSCOPE_SUMMARY_FIELDS) \
  RECORD(tensor, TSCOPE_TENSOR_FIELDS) \
  RECORD(unit_size, TSCOPE_UNIT_SIZE_FIELDS) \
  RECORD(attention_map, TSCOPE_ATTENTION_MAP_FIELDS) \
  RECORD(dataset_facts, TSCOPE_DATASET_FACTS_FIELDS) \
  RECORD(suggestion, TSCOPE_SUGGESTION_FIELDS) \
  RECORD(range_check, TSCOPE_RANGE_CHECK_FIELDS) \
  RECORD(surface_point, TSCOPE_SURFACE_POINT_FIELDS) \
  RECORD(slice_place, TSCOPE_SLICE_PLACE_FIELDS) \
  RECORD(slice_plane, TSCOPE_SLICE_PLANE_FIELDS) \
  RECORD(log_facts, TSCOPE_LOG_FACTS_FIELDS) \
  RECORD(log_episode, TSCOPE_LOG_EPISODE_FIELDS) \
  RECORD(log_verdict, TSCOPE_LOG_VERDICT_FIELDS) \
  RECORD(log_rate, TSCOPE_LOG_RATE_FIELDS) \
  RECORD(log_norms, TSCOPE_LOG_NORMS_FIELDS)

/* clang-format on */

/* The struct of a table; the only reader in C. */
#define TSCOPE_RECORD_DOUBLE(name, help) double name;
#define TSCOPE_RECORD_REAL(name, help) float name;
#define TSCOPE_RECORD_INT(name, help) int32_t name;
#define TSCOPE_RECORD_CHARS(name, size, help) char name[size];
#define TSCOPE_RECORD_STRUCT(FIELDS)                                                         \
  struct {                                                                                   \
    FIELDS(TSCOPE_RECORD_DOUBLE, TSCOPE_RECORD_REAL, TSCOPE_RECORD_INT, TSCOPE_RECORD_CHARS) \
  }

#endif
