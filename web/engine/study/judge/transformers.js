/** What networks with attention are given otherwise than others, for the studies: the page's first view needs none of it. */

import { LONGEST_SHARE } from './playbook.js';

/** "Others (particularly transformers)" need warmups of another order: the largest share of a run's steps that is tried. */
const LONGEST_SHARE_ATTENDING = 0.4;

/** The largest share of a run's steps that a warmup may take. @param {boolean} isAttending  whether its network has attention */
export function warmupShare(isAttending) {
  return isAttending ? LONGEST_SHARE_ATTENDING : LONGEST_SHARE;
}

/** The β₂ that transformers are trained with, where the default is slow to see that gradients have grown. */
export const SHORT_BETA2 = 0.95;
