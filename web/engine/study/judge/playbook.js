/**
 * The tuning playbook's remedies and numbers, and the studies' defaults: for the studies, the command line and the page.
 * A diagnosis tries the remedies, the page's event log offers them.
 */

import { isLowerRate, NO_LOWER_RATE } from '../../config/clip_rate.js';
import { number } from '../../words/numbers.js';
import { capitalize } from '../../words/sentences.js';

/** Seeds that every training of a study is repeated with: from this one on medians and majorities mean something. */
export const SEEDS = 3;

/**
 * The range test's preset that lessons and the study of cycles read their tests by: that of the article on the learning
 * rate finder. What they state was measured with it.
 */
export const ARTICLE_PRESET = 'lightning-0.9';

// ---- remedies --------------------------------------------------------------------------------------------------------

/**
 * @typedef {'warmup' | 'clipping' | 'optimizer' | 'normalization' | 'qknorm' | 'lower_beta2' | 'rezero' | 'lower_rate'} RemedyKind
 *
 * @typedef {object} RemedyRow
 * @property {RemedyKind} kind
 * @property {string} label
 * @property {boolean} [attends]  it is there for networks with attention, and for no others
 */

/** The remedies against instability, in the playbook's order; those of transformers stand beside what they are akin to. @type {readonly RemedyRow[]} */
export const REMEDIES = [
  { kind: 'warmup', label: 'Learning rate warmup' },
  { kind: 'clipping', label: 'Gradient clipping' },
  { kind: 'optimizer', label: 'Another optimizer' },
  { kind: 'normalization', label: 'Residual connections and normalization' },
  { kind: 'qknorm', label: 'Query-key normalization', attends: true },
  { kind: 'lower_beta2', label: 'A lower β₂', attends: true },
  { kind: 'rezero', label: 'Residual branches that start at 0' },
  { kind: 'lower_rate', label: 'A lower learning rate' },
];

/** @param {RemedyKind} kind @returns {RemedyRow} */
export function remedyRow(kind) {
  return /** @type {RemedyRow} */ (REMEDIES.find((row) => row.kind === kind));
}

/** Whether nothing is left to try after it. @param {RemedyKind} kind */
export function isLastResort(kind) {
  return kind === REMEDIES[REMEDIES.length - 1].kind;
}

// ---- warmup ----------------------------------------------------------------------------------------------------------

/** What warmup is to reach, as a multiple of the unstable rate: 10, or, as the text allows, 100. */
export const WARMUP_MULTIPLE = 10;

/** No warmup is tried that is longer than this share of the steps. */
export const LONGEST_SHARE = 0.1;

/** A warmup longer than this share of the steps asks for more steps. */
export const LONG_SHARE = 0.05;

/** The longest warmup that is tried. @param {number} steps  of the run, without warmup */
export function longestWarmup(steps) {
  return Math.floor(LONGEST_SHARE * steps);
}

// ---- clipping --------------------------------------------------------------------------------------------------------

/** Above this share of clipped steps, clipping is a lower learning rate in disguise. */
export const AGGRESSIVE_SHARE = 0.5;

const AGGRESSIVE_ADVICE = 'Above half, clipping is a learning-rate cut in disguise: lowering η is the better tool.';

/** What is said where more than AGGRESSIVE_SHARE of the updates are clipped. @param {{ optimizer: unknown, clip: unknown }} settings */
export function adviseOnAggressive(settings) {
  return isLowerRate(settings) ? AGGRESSIVE_ADVICE : `${capitalize(NO_LOWER_RATE)}.`;
}

/** The same within a sentence, for rules to which it applies. */
export const IN_DISGUISE = 'that is a lower learning rate in disguise, and lowering the rate is the better tool';

/** λ where no percentile is known, because there are too few norms of a network that learns. */
export const GUESSED_THRESHOLD = 1;

/** What is tried instead of the guess, falling. */
export const ROUND_THRESHOLDS = [10, GUESSED_THRESHOLD, 0.1];

/** How much smaller λ gets where instability remains. */
export const HARDER = [1, 1 / 3, 1 / 10];

/** "Clip at 2.4". @param {number} threshold */
export function clipLabel(threshold) {
  return `Clip at ${number(threshold)}`;
}

// ---- other optimizers and rates --------------------------------------------------------------------------------------

/** Adam's usual rate: a run that has another rule goes on at no higher one. */
export const ADAM_RATE = 1e-3;

/** What to change to, and the rates to try: from a rule whose steps are as long as its gradients, and from one that divides by them. */
export const OTHER_RULES = {
  plain: { optimizer: 'adam', rates: [3e-4, ADAM_RATE, 3e-3, 1e-2] },
  dividing: { optimizer: 'momentum', rates: [3e-3, 1e-2, 3e-2, 1e-1] },
};

/** How many times lower the rate is that is offered as the last resort. */
export const LAST_RESORT = 10;

/** The same of a run that is forked from where it still trained well, and where clipping gives way to the rate that it is in disguise. */
export const GENTLER = 3;
