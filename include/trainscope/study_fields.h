/**
 * The tables of the studies' own options, in the kinds of config_fields.h. An option wins over a
 * setting of the same name: lr-find's --lr-min is the test's, not the schedule's.
 */
#ifndef TRAINSCOPE_STUDY_FIELDS_H
#define TRAINSCOPE_STUDY_FIELDS_H

/* clang-format off */
#define TSCOPE_RANGE_MODES(OPTION, P) \
  OPTION(P, exponential, "exponential", "Exponential") \
  OPTION(P, linear,      "linear",      "Linear")

#define TSCOPE_RANGE_PRESETS(OPTION, P) \
  OPTION(P, trainscope,      "trainscope",      "Trainscope") \
  OPTION(P, lightning_09,    "lightning-0.9",   "Lightning 0.9") \
  OPTION(P, lightning_26,    "lightning-2.6",   "Lightning 2.6") \
  OPTION(P, fastai,          "fastai",          "fastai") \
  OPTION(P, torch_lr_finder, "torch-lr-finder", "torch-lr-finder")

/*
 * What a preset starts from where it differs from the table below, its own default rule, and what its steepest descent
 * differentiates by on an exponential grid (src/train/range_test.c):
 * PRESET(id, text, lr_min, lr_max, smoothing, stop_factor, skip_begin, skip_end, headline, slope)
 *
 * Lightning and fastai smooth by 0.98, half of a test of a hundred points: of 36 such tests in which the loss exploded,
 * their smoothed curve showed it in 22, that by 0.95 in 33.
 */
#define TSCOPE_RANGE_PRESET_DEFAULTS(PRESET) \
  PRESET(trainscope,      "trainscope",      1e-8,  1, 0.95, 4, 10, 1, steepest, PER_DECADE) \
  PRESET(lightning_09,    "lightning-0.9",   1e-8,  1, 0.98, 4, 10, 1, steepest, PER_STEP) \
  PRESET(lightning_26,    "lightning-2.6",   1e-8,  1, 0.98, 4, 10, 1, steepest, PER_RATE) \
  PRESET(fastai,          "fastai",          1e-7, 10, 0.98, 4, 10, 5, valley,   PER_LN_AHEAD) \
  PRESET(torch_lr_finder, "torch-lr-finder", 1e-7, 10, 0.95, 5, 10, 5, steepest, PER_STEP)

#define TSCOPE_RANGE_SPLITS(OPTION, P) \
  OPTION(P, train, "train", "Training batch") \
  OPTION(P, val,   "val",   "Validation set")

#define TSCOPE_RANGE_TEST_FIELDS(REAL, INT, FLAG, ENUM, TEXT) \
  REAL(range, lr_min, 1e-8, 1e-20, 1000000, log, 1e-10, 1, FIXED, SHOWN, lr, "", "From", "η", "Learning rate of the first step") \
  REAL(range, lr_max, 1, 1e-20, 1000000, log, 0.001, 100, FIXED, SHOWN, lr, "", "To", "η", "Learning rate of the last step") \
  INT (range, points, 100, 2, 100000, log, 20, 1000, FIXED, SHOWN, none, "", "Points", "steps", "Steps of the test, one learning rate each") \
  ENUM(range, mode, RANGE_MODE, TSCOPE_RANGE_MODES, exponential, none, FIXED, SHOWN, none, "", "Spacing", "How the learning rate rises") \
  INT (range, seeds, 1, 1, 100, linear, 1, 20, FIXED, SHOWN, none, "", "Seeds", "", "Repetitions with seed, seed + 1, …: one curve’s suggestion can be off by two decades") \
  REAL(range, stop_factor, 4, 1, 1000000, log, 1.5, 100, FIXED, SHOWN, none, "", "Stop factor", "×", "The test stops when the smoothed loss exceeds its best by this factor") \
  REAL(range, smoothing, 0.95, 0, 0.9999, linear, 0, 0.99, FIXED, SHOWN, none, "", "Smoothing", "β", "Decay of the exponential mean that smooths the loss") \
  INT (range, skip_begin, 10, 0, 100000, linear, 0, 30, FIXED, SHOWN, none, "", "Skip at the start", "steps", "Points left out before a rule looks at the curve: the first ones are noise") \
  INT (range, skip_end, 1, 0, 100000, linear, 0, 30, FIXED, SHOWN, none, "", "Skip at the end", "steps", "Points left out at the end, where the loss explodes; 0 keeps the last") \
  ENUM(range, preset, RANGE_PRESET, TSCOPE_RANGE_PRESETS, trainscope, none, FIXED, SHOWN, none, "", "Preset", "Whose window, derivative and rules judge the curve") \
  ENUM(range, on, RANGE_SPLIT, TSCOPE_RANGE_SPLITS, train, none, FIXED, SHOWN, none, "", "Loss of", "Which loss is recorded: the step’s own batch, or the whole validation set after each step")

#define TSCOPE_SLICE_PLANES(OPTION, P) \
  OPTION(P, path,   "path",   "The path’s") \
  OPTION(P, random, "random", "Random")

/* Each has a name that no setting has: there both stand side by side. */
#define TSCOPE_SLICE_FIELDS(REAL, INT, FLAG, ENUM, TEXT) \
  ENUM(slice, plane, SLICE_PLANE, TSCOPE_SLICE_PLANES, path, none, FIXED, SHOWN, none, "", "Plane", "path: the two directions in which the run’s weights moved most (principal components). random: two random directions, each filter as long as the network’s own (Li et al. 2018)") \
  INT (slice, plane_seed, 1, 0, 2147483647, linear, 0, 100, FIXED, SHOWN, none, "plane=random", "Seed of the plane", "", "Draws the random directions") \
  REAL(slice, reach, 1, 0.0001, 10000, log, 0.01, 10, FIXED, SHOWN, none, "", "Reach", "×", "How far the map goes: of a path’s plane in times of the path’s extent, of a random one in times of the directions") \
  INT (slice, places, 33, 3, 257, linear, 17, 97, FIXED, SHOWN, none, "", "Resolution", "places", "Places on each side of the map, at each of which the loss is computed") \
  INT (slice, loss_samples, 256, 1, 1000000000, log, 64, 4096, FIXED, SHOWN, none, "", "Samples", "", "The first so many training samples, over which each loss is the mean")
/* clang-format on */

#endif
