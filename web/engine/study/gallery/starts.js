/** With what lessons start that a preset tells, too: presets are there before any lesson is. */

import { MLP, SMALL_GLYPHS } from './entry.js';

/** Of figure-7, whose loss rises in mid-training. */
export const FIGURE_7 = { config: { ...SMALL_GLYPHS, model: MLP, steps: 1500, eval_every: 100 }, lr: 0.15 };
