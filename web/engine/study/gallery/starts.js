/** With what lessons start that a preset tells, too: presets are there before any lesson is. */

/** 14 × 14 pixels: small enough that every lesson trains in seconds. */
export const SMALL_GLYPHS = { dataset: 'glyphs', downsample: 2, samples: 10000, val_samples: 2000 };

/** Four hidden layers: 25,738 parameters on small glyphs. */
export const MLP = '(linear(64) relu)*4';

/** Of figure-7, whose loss rises in mid-training. */
export const FIGURE_7 = { config: { ...SMALL_GLYPHS, model: MLP, steps: 1500, eval_every: 100 }, lr: 0.15 };
