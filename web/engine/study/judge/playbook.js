/** The playbook's numbers and the studies' defaults: for the studies, the command line and the page. It knows nothing. */

/** Seeds that every training of a study is repeated with: from this one on medians and majorities mean something. */
export const SEEDS = 3;

/** What warmup is to reach, as a multiple of the unstable rate: 10, or, as the text allows, 100. */
export const WARMUP_MULTIPLE = 10;

/** No warmup is tried that is longer than this share of the steps. */
export const LONGEST_SHARE = 0.1;

/** A warmup longer than this share of the steps asks for more steps. */
export const LONG_SHARE = 0.05;

/** Above this share of clipped steps, clipping is a lower learning rate in disguise. */
export const AGGRESSIVE_SHARE = 0.5;

/** What is said where more than AGGRESSIVE_SHARE of the updates are clipped. */
export const AGGRESSIVE_ADVICE =
  'Above half, clipping is a learning-rate cut in disguise: lowering η is the better tool.';
