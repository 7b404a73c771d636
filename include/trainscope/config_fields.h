/* clang-format off */
/**
 * The table of run settings: the only place where a setting exists.
 *
 * From these rows derive the C struct, its defaults and bounds (config.h, config.c), the JS schema,
 * the HTML controls, the permalink and the command-line flags. A new setting is one row here plus
 * the C that uses it.
 *
 * Kinds and their columns, where "…" stands for: live, sight, quantity, when
 *   REAL(group, name, default, min, max, scale, low, high, …, label, unit, help)   a float
 *   INT (group, name, default, min, max, scale, low, high, …, label, unit, help)   an int32
 *   FLAG(group, name, default, …, label, help)                                     0 or 1
 *   ENUM(group, name, PREFIX, OPTIONS, default, number, …, label, help)            an option's index
 *   TEXT(group, name, capacity, …, label, help)                                    bytes, or left out
 *
 * group      one of TSCOPE_CONFIG_GROUPS.
 * min, max   what the engine accepts, both included; low, high: what a slider offers.
 * scale      how a slider runs: linear or log (a log slider's first position is exact zero when min
 *            is 0).
 * number     the setting that somebody means who gives this one a number, or none: the sentence that
 *            refuses it says so.
 * live       LIVE: may change on a running training. FIXED: may not.
 * sight      SHOWN: its control stands open in its group. MORE: it waits behind "More".
 * quantity   whose colour it wears, on its control and as a change in the charts: lr, norm or none.
 * when       "" or conditions "field=option,option" joined by ";": where the setting has an effect;
 *            a flag's option is on; kind and targets are what the caller's own data are
 *            (config.js), and count where that is known. Elsewhere it is accepted and ignored, and
 *            the command line says so. "rules that use it" stands for the optimizers whose rows in
 *            rule_fields.h name the setting, "rules that use momentum or beta1" for those that name
 *            either of the two.
 * help       {decoupled} in it stands for the labels of the rules whose weight decay is decoupled.
 *
 * Literals must be valid both in C and in JS: they are pasted into both. Names are public and are
 * never reused.
 */
#ifndef TRAINSCOPE_CONFIG_FIELDS_H
#define TRAINSCOPE_CONFIG_FIELDS_H

#include "trainscope/mistake_fields.h"
#include "trainscope/rule_fields.h"
#include "trainscope/task_fields.h"

/*
 * GROUP(name, label): the groups of settings in the order in which one reads them and hears of
 * their changes: what can be turned during a run before what the run is given.
 */
#define TSCOPE_CONFIG_GROUPS(GROUP) \
  GROUP(optimizer, "Update rule") \
  GROUP(schedule,  "Schedule") \
  GROUP(clipping,  "Clipping") \
  GROUP(run,       "Run") \
  GROUP(model,     "Model") \
  GROUP(data,      "Data")

/* OPTION(PREFIX, id, text, label): id makes the C constant TSCOPE_<PREFIX>_<id>; text is what users write. */
#define TSCOPE_DATASETS(OPTION, P) \
  OPTION(P, spiral,  "spiral",  "Spiral") \
  OPTION(P, circle,  "circle",  "Circle") \
  OPTION(P, xor,     "xor",     "XOR") \
  OPTION(P, blobs,   "blobs",   "Blobs") \
  OPTION(P, moons,   "moons",   "Moons") \
  OPTION(P, plane,   "plane",   "Plane") \
  OPTION(P, glyphs,  "glyphs",  "Glyphs") \
  OPTION(P, sort,      "sort",      "Sort") \
  OPTION(P, reverse,   "reverse",   "Reverse") \
  OPTION(P, addition,  "addition",  "Addition") \
  OPTION(P, recall,    "recall",    "Recall") \
  OPTION(P, sentences, "sentences", "Sentences") \
  OPTION(P, custom,  "custom",  "Your data")

#define TSCOPE_DOWNSAMPLES(OPTION, P) \
  OPTION(P, 1, "1", "full") \
  OPTION(P, 2, "2", "½") \
  OPTION(P, 4, "4", "¼")

#define TSCOPE_INITS(OPTION, P) \
  OPTION(P, he,     "he",     "He") \
  OPTION(P, xavier, "xavier", "Xavier") \
  OPTION(P, lecun,  "lecun",  "LeCun") \
  OPTION(P, torch,  "torch",  "PyTorch")

#define TSCOPE_LOSSES(OPTION, P) \
  OPTION(P, cross_entropy, "cross_entropy", "Cross-entropy") \
  OPTION(P, squared_error, "squared_error", "Squared error")

#define TSCOPE_SCHEDULES(OPTION, P) \
  OPTION(P, constant,          "constant",          "Constant") \
  OPTION(P, linear,            "linear",            "Linear") \
  OPTION(P, cosine,            "cosine",            "Cosine") \
  OPTION(P, step,              "step",              "Step") \
  OPTION(P, exponential,       "exponential",       "Exponential") \
  OPTION(P, triangular,        "triangular",        "Triangular") \
  OPTION(P, onecycle,          "onecycle",          "1cycle") \
  OPTION(P, range_linear,      "range_linear",      "Range, linear") \
  OPTION(P, range_exponential, "range_exponential", "Range, exponential") \
  OPTION(P, triangular2,       "triangular2",       "Triangular, halving") \
  OPTION(P, exp_range,         "exp_range",         "Triangular, fading")

#define TSCOPE_CLIPS(OPTION, P) \
  OPTION(P, off,      "off",      "Off") \
  OPTION(P, norm,     "norm",     "Norm") \
  OPTION(P, adaptive, "adaptive", "Adaptive") \
  OPTION(P, update,   "update",   "Update")

#define TSCOPE_ARITHMETICS(OPTION, P) \
  OPTION(P, plain, "plain", "Plain") \
  OPTION(P, fused, "fused", "Fused")

#define TSCOPE_CONFIG_FIELDS(REAL, INT, FLAG, ENUM, TEXT) \
  ENUM(data, dataset, DATASET, TSCOPE_DATASETS, spiral, samples, FIXED, SHOWN, none, "", "Data set", "What the network learns; custom is data of your own") \
  INT (data, data_seed, 1, 0, 2147483647, linear, 0, 100, FIXED, MORE, none, "kind=vector,sequence,image", "Data seed", "", "Drives generated data, splits, label noise and outliers; another one is another data set of the same kind") \
  INT (data, samples, 0, 0, 10000000, log, 16, 100000, FIXED, MORE, none, "", "Training samples", "", "How many training samples, the first in order, or drawn over the classes where files are sorted by them; 0 takes all, or the generator’s own number. Few are soon learned by heart") \
  INT (data, val_samples, 0, 0, 10000000, log, 16, 20000, FIXED, MORE, none, "", "Validation samples", "", "How many validation samples, chosen likewise; 0 takes all. Few make the validation loss a matter of luck") \
  REAL(data, val_fraction, 0.2, 0, 0.9, linear, 0, 0.9, FIXED, MORE, none, "dataset=custom", "Validation share", "", "Share of the samples held back for validation where the data has no validation set of its own; what is held back is not learned from") \
  ENUM(data, downsample, DOWNSAMPLE, TSCOPE_DOWNSAMPLES, 1, none, FIXED, MORE, none, "dataset=glyphs,custom;kind=image", "Resolution", "Average-pools the images by this factor before training: steps are quicker, and details are gone") \
  FLAG(data, standardize, 1, FIXED, MORE, none, "dataset=glyphs,custom;kind=vector,sequence,image", "Standardize", "Subtract the training data’s mean and divide by its standard deviation; off leaves pixels at 0 to 255, where a rate that is usual may break the run at once") \
  REAL(data, noise, 0.1, 0, 2, linear, 0, 1, FIXED, MORE, none, "dataset=spiral,circle,xor,blobs,moons,plane", "Noise", "", "Standard deviation of the noise added to generated points; the more, the more the classes lie in each other") \
  REAL(data, label_noise, 0, 0, 1, linear, 0, 0.5, FIXED, MORE, none, "dataset=spiral,circle,xor,blobs,moons,glyphs,custom;kind=vector,sequence,image;targets=classes", "Label noise", "", "Share of the training labels replaced by another class: whoever learns them learns them by heart") \
  REAL(data, outliers, 0, 0, 1, linear, 0, 0.05, FIXED, MORE, none, "dataset=spiral,circle,xor,blobs,moons,plane,glyphs,custom;kind=vector,sequence,image", "Outliers", "", "Share of the training inputs multiplied by the outlier scale, as if a few files were stored unnormalized; one in a batch may throw the weights away") \
  REAL(data, outlier_scale, 100, -1000000, 1000000, log, 1, 1000, FIXED, MORE, none, "dataset=spiral,circle,xor,blobs,moons,plane,glyphs,custom;kind=vector,sequence,image", "Outlier scale", "×", "What an outlier’s inputs are multiplied by; the larger, the further one of them throws the weights") \
  INT (data, length, 8, 1, 256, linear, 1, 32, FIXED, SHOWN, none, "dataset=sort,reverse,addition", "Length", "", "Symbols to sort or to reverse, or digits of the numbers to add; the longer, the further back the answer has to look") \
  INT (data, symbols, 10, 2, 62, linear, 2, 26, FIXED, MORE, none, "dataset=sort,reverse,recall", "Symbols", "", "How many different symbols there are; the more, the harder to guess") \
  INT (data, delay, 20, 1, 1000, log, 1, 200, FIXED, SHOWN, none, "dataset=recall", "Delay", "blanks", "Blanks between what is to be remembered and the mark that asks for it; the more, the longer a recurrent network has to hold it") \
  INT (data, context, 64, 1, 4096, log, 8, 256, FIXED, MORE, none, "dataset=sentences,custom;kind=tokens", "Context", "characters", "Characters of a window of text; what stands before it is not seen. Twice as many take more than twice the time with attention") \
  TEXT(model, model, 2048, FIXED, SHOWN, none, "", "Model", "The architecture as text; the last linear layer to the data’s outputs is implied. Deeper ones can learn more, and are easier to break") \
  ENUM(model, init, INIT, TSCOPE_INITS, he, init_gain, FIXED, MORE, none, "", "Initialization", "The distribution of the initial weights; where it does not suit the activations, signals grow or fade from layer to layer") \
  REAL(model, init_gain, 1, 0, 1000, log, 0.01, 100, FIXED, MORE, none, "", "Initial scale", "×", "Multiplies every initial weight; far above 1 it breaks at once, far below 1 hardly a gradient reaches the first layers") \
  ENUM(model, loss, LOSS, TSCOPE_LOSSES, cross_entropy, none, FIXED, MORE, none, "", "Loss", "What training minimizes; regression always uses squared error") \
  REAL(model, label_smoothing, 0, 0, 1, linear, 0, 0.5, FIXED, MORE, none, "loss=cross_entropy", "Label smoothing", "ε", "Share of each label that is given to all classes alike, so that no logit need grow for ever; it counts in every loss, so losses with another share do not compare, accuracies do") \
  REAL(model, z_loss, 0, 0, 1000, log, 1e-6, 1, FIXED, MORE, none, "loss=cross_entropy", "z-loss", "", "Adds z-loss · (log Σ exp logits)², which keeps logits from drifting; PaLM takes 0.0001. Too much, and it outweighs the labels") \
  ENUM(optimizer, optimizer, OPTIMIZER, TSCOPE_OPTIMIZERS, momentum, momentum, FIXED, SHOWN, none, "", "Update rule", "How a gradient becomes a step; with another one the learning rate must be found anew") \
  REAL(optimizer, lr, 0.02, 0, 1000000, log, 1e-6, 10, LIVE, SHOWN, lr, "", "Learning rate", "η", "Peak learning rate, reached after warmup; too small, and it hardly learns; too large, and the loss leaves") \
  REAL(optimizer, momentum, 0.9, 0, 1, linear, 0, 0.999, LIVE, SHOWN, none, "rules that use it", "Momentum", "γ", "How much of the last step’s velocity is kept; near 1 steps that agree add up to many times their length, which takes a smaller learning rate") \
  REAL(optimizer, rho, 0.9, 0, 1, linear, 0, 0.999, FIXED, MORE, none, "rules that use it", "Decay of squares", "ρ", "Decay of the running mean of squared gradients; near 1 large gradients of long ago still make steps small, lower ones are sooner forgotten") \
  REAL(optimizer, beta1, 0.9, 0, 0.999999, linear, 0, 0.999, FIXED, SHOWN, none, "rules that use it", "Decay of gradients", "β₁", "Decay of the running mean of gradients; near 1 steps are smooth and turn late, at 0 each follows its own batch") \
  REAL(optimizer, beta2, 0.999, 0, 0.999999, linear, 0.9, 0.9999, FIXED, SHOWN, none, "rules that use it", "Decay of squares", "β₂", "Decay of the running mean of squared gradients; near 1 large gradients of long ago still make steps small, lower ones are sooner forgotten") \
  REAL(optimizer, epsilon, 1e-8, 0, 1, log, 1e-10, 0.1, FIXED, MORE, none, "rules that use it", "Epsilon", "ε", "Keeps the division finite: inside the root for RMSProp, outside it for the Adams; the larger, the shorter are steps where gradients are tiny") \
  REAL(optimizer, adamw_ratio, 0.015, 0, 1000000, log, 0.001, 10, FIXED, MORE, none, "rules that use it", "AdamW’s rate", "× η", "What the rate of AdamW is of η, for biases, gains, embeddings and the last layer; too small, and they hardly learn beside the matrices") \
  REAL(optimizer, weight_decay, 0, 0, 10, log, 1e-6, 0.1, LIVE, MORE, none, "", "Weight decay", "", "L2 on weights, or decoupled with {decoupled}; too much holds the weights too small to learn with") \
  ENUM(schedule, schedule, SCHEDULE, TSCOPE_SCHEDULES, constant, lr, FIXED, SHOWN, none, "", "Schedule", "How the learning rate moves after warmup; where it ends low, the loss can settle") \
  INT (schedule, warmup_steps, 0, 0, 10000000, log, 1, 10000, FIXED, SHOWN, lr, "", "Warmup", "steps", "Steps of linear ramp prepended to the schedule; too few, and a high rate breaks the run at its start; there is no typical value: some models need 100, large transformers 40,000 or more") \
  REAL(schedule, lr_min, 0, 0, 1000000, log, 1e-8, 1, FIXED, SHOWN, lr, "schedule=linear,cosine,triangular,triangular2,exp_range,range_linear,range_exponential", "Lowest rate", "", "Where the schedule ends, or its lower bound; too high, and the loss does not settle") \
  INT (schedule, cycle_steps, 200, 2, 10000000, log, 10, 10000, FIXED, SHOWN, none, "schedule=triangular,triangular2,exp_range", "Cycle", "steps", "Length of one cycle, up and down, so two steps at least; in short ones the loss cannot settle at the low end") \
  REAL(schedule, cycle_gamma, 0.9994, 0, 1, linear, 0.99, 1, FIXED, SHOWN, none, "schedule=exp_range", "Cycle decay", "×", "What the height of the cycles is multiplied by at every step; at 1 they stay as high as they are") \
  FLAG(schedule, cycle_momentum, 0, FIXED, SHOWN, none, "schedule=onecycle;rules that use momentum or beta1", "Momentum cycle", "Lower the momentum, or β₁, while the rate rises, and raise it again while the rate falls") \
  REAL(schedule, momentum_low, 0.85, 0, 1, linear, 0, 0.999, FIXED, SHOWN, none, "schedule=onecycle;cycle_momentum=on;rules that use momentum or beta1", "Lowest momentum", "", "Momentum, or β₁, where the rate is highest") \
  INT (schedule, decay_steps, 1000, 1, 10000000, log, 10, 10000, FIXED, SHOWN, none, "schedule=step,exponential", "Decay every", "steps", "Steps after which the rate has been multiplied by the decay rate; too few, and the rate is gone before much is learned") \
  REAL(schedule, decay_rate, 0.1, 0, 1, linear, 0, 1, FIXED, SHOWN, none, "schedule=step,exponential", "Decay rate", "×", "What the rate is multiplied by; at 1 it stays, near 0 training all but stops") \
  ENUM(clipping, clip, CLIP, TSCOPE_CLIPS, off, clip_norm, LIVE, SHOWN, norm, "", "Clipping", "Limits the gradient’s L2 norm, or the update’s, so that one wild batch cannot throw the weights away") \
  REAL(clipping, clip_norm, 1, 1e-9, 1000000000, log, 0.001, 1000, LIVE, SHOWN, norm, "clip=norm,update", "Threshold", "λ", "Largest norm that passes unchanged; too low, and every step is shortened, as by a smaller learning rate; too high, and nothing is clipped") \
  REAL(clipping, clip_percentile, 90, 0, 100, linear, 50, 100, LIVE, SHOWN, norm, "", "Clip percentile", "%", "Percentile of the unclipped norms that adaptive clipping, and the suggested threshold, use; 90 clips one step in ten, a lower one more") \
  FLAG(clipping, clip_in_warmup, 1, LIVE, MORE, norm, "clip=norm,adaptive,update", "Clip in warmup", "Whether clipping is in force during warmup; off leaves the first steps their full length") \
  INT (run, batch, 64, 0, 10000000, log, 1, 4096, FIXED, SHOWN, none, "", "Batch size", "", "Samples per step; 0 is the full batch. Few make the gradient noisy, many make every step slow") \
  INT (run, steps, 1000, 0, 100000000, log, 10, 100000, FIXED, SHOWN, none, "", "Steps", "", "Steps after warmup; too few end before it has learned") \
  INT (run, seed, 1, 0, 2147483647, linear, 0, 100, FIXED, SHOWN, none, "", "Seed", "", "Drives initialization, order and dropout; another one shows whether a result was luck") \
  INT (run, eval_every, 50, 0, 100000000, log, 1, 1000, LIVE, MORE, none, "", "Evaluate every", "steps", "Steps between evaluations on the validation set; 0 evaluates at the end only. Often costs time, seldom misses the best step") \
  INT (run, sharpness_every, 0, 0, 100000000, log, 1, 1000, LIVE, MORE, none, "", "Sharpness every", "steps", "Steps between measurements of the loss Hessian’s largest eigenvalue; 0 never measures. Each takes the time of several steps") \
  ENUM(run, mistake, MISTAKE, TSCOPE_MISTAKES, none, none, FIXED, MORE, none, "", "Published mistake", "Trains as a library does that has this mistake, to see what it does") \
  ENUM(run, arithmetic, ARITHMETIC, TSCOPE_ARITHMETICS, plain, none, FIXED, MORE, none, "", "Arithmetic", "Plain rounds a product before it is added, on every machine; fused rounds once, which is up to twice as fast where processor and browser do that in one instruction, and leads to other bits")

/* clang-format on */

/* What an absent model text means, by the kind of data. */
#define TSCOPE_MODEL_FOR_POINTS "linear(32) tanh linear(32) tanh"
/* How wide the embed is that tokens begin with where the text has none. */
#define TSCOPE_IMPLIED_EMBED 64
#define TSCOPE_MODEL_FOR_TOKENS \
  "embed(64) position (residual(layernorm attention(4)) residual(layernorm linear(256) gelu linear(64)))*2 layernorm"
#define TSCOPE_MODEL_FOR_IMAGES \
  "conv(6,5,pad=2) relu maxpool(2) conv(16,5) relu maxpool(2) linear(120) relu linear(84) relu"

#endif
