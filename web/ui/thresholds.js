/** The bounds that several places of the page judge by. They are the studies' own, which the page does not load. */

/** Above this share of clipped steps, clipping is a lower learning rate in disguise. */
export const AGGRESSIVE_SHARE = 0.5;

/** What is said above it. */
export const AGGRESSIVE_ADVICE =
  'Above half, clipping is a learning-rate cut in disguise: lowering η is the better tool.';

/** A warmup longer than this share of the steps asks for more steps. */
export const LONG_WARMUP_SHARE = 0.05;

/** The playbook tries no warmup that is longer than this share. */
export const LONGEST_WARMUP_SHARE = 0.1;

/** Fewer norms than this have no percentile worth the name; adaptive clipping waits for as many. */
export const NORMS_NEEDED = 20;
