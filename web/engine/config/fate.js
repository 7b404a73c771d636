/** What became of a training, in one word each: for all tables and sentences that tell it. */

import { percent } from '../words/numbers.js';
import { SCHEMA } from './schema.js';
import { findingInWords, instabilityInWords } from './verdicts.js';

/**
 * @typedef {'diverged' | 'lost' | 'unlearned' | 'costly' | 'early' | 'mid' | 'stable'} Fate  lost: it had learned, and
 *   ends at guessing; unlearned: it never learned; costly: its loss ends no lower than guessing, but it is right far more
 *   often
 *
 * @typedef {object} Ended  what of a training decides
 * @property {number | null} diverged_at
 * @property {boolean} infeasible
 * @property {import('./verdicts.js').Verdict} verdict
 * @property {{ kind: import('./verdicts.js').Instability, loss_before: number, begin?: number }[]} episodes
 * @property {number} baseline_loss
 * @property {number} [floor_loss]  the loss of knowing every label; 0 unless labels are smoothed
 * @property {{ accuracy: number | null } | null} [val]  at the end
 */

/** Whoever is right in this share of what guessing has wrong knows something. */
const KNOWING = 0.25;

/**
 * In a table, with its tone, and in a sentence of one training and of several; the worst first.
 * @type {Record<Fate, { short: string, tone: 'bad' | 'amber' | 'good', one: string, many: string }>}
 */
export const FATES = {
  diverged: { short: '✕ diverged', tone: 'bad', one: 'diverges', many: 'diverge' },
  lost: { short: '✕ loses what it learned', tone: 'bad', one: 'loses what it learned', many: 'lose what they learned' },
  unlearned: { short: '✕ learns nothing', tone: 'bad', one: 'fails to learn', many: 'fail to learn' },
  costly: {
    short: '✕ loss no lower than guessing',
    tone: 'bad',
    one: 'ends with a loss no lower than guessing',
    many: 'end with a loss no lower than guessing',
  },
  early: wordsOf('early'),
  mid: wordsOf('mid'),
  stable: { short: 'stable', tone: 'good', one: 'is stable', many: 'are stable' },
};

/** @param {import('./verdicts.js').Instability} kind */
function wordsOf(kind) {
  const found = findingInWords(kind);
  return /** @type {const} */ ({
    short: instabilityInWords(kind),
    tone: 'amber',
    one: `shows ${found}`,
    many: `show ${found}`,
  });
}

/** @param {Ended} trial @returns {Fate} */
export function fateOf(trial) {
  if (trial.diverged_at !== null) return 'diverged';
  if (trial.infeasible || trial.verdict === 'dead') {
    if (knowsClasses(trial)) return 'costly';
    return hadLearned(trial) ? 'lost' : 'unlearned';
  }
  return trial.verdict === 'early' || trial.verdict === 'mid' ? trial.verdict : 'stable';
}

/**
 * Whether it is right far more often than by chance. A few samples of which it is sure, and wrong, make a loss as high as
 * that of guessing.
 *
 * @param {Ended} trial
 */
function knowsClasses({ val, baseline_loss }) {
  const lucky = luckOf(baseline_loss);
  return typeof val?.accuracy === 'number' && val.accuracy - lucky > KNOWING * (1 - lucky);
}

/**
 * What a training has come to that ends no lower than guessing.
 *
 * @param {Ended} trial
 */
export function sayInfeasible(trial) {
  switch (fateOf(trial)) {
    case 'costly':
      return `${percent(Number(trial.val?.accuracy), 1)} of the validation data is right, yet its loss is no lower than that of guessing`;
    case 'lost':
      return 'what it had learned is lost';
    default:
      return 'it learned next to nothing';
  }
}

/** How often guessing is right, of classes that are equally frequent. @param {number} baseline_loss */
export function luckOf(baseline_loss) {
  return Math.exp(-baseline_loss);
}

/** The loss below which something is learned: C's bound of feasible. @param {{ baseline_loss: number, floor_loss?: number }} of */
export function learnedBelow({ baseline_loss, floor_loss = 0 }) {
  return floor_loss + SCHEMA.definitions.infeasible_share * (baseline_loss - floor_loss);
}

/**
 * Whether it was clearly below guessing before an instability. What the first batch costs, before any step, was not learned.
 *
 * @param {Pick<Ended, 'baseline_loss' | 'floor_loss' | 'episodes'>} trial
 */
function hadLearned(trial) {
  return trial.episodes.some(({ begin, loss_before }) => begin !== 0 && loss_before < learnedBelow(trial));
}

/**
 * How many trainings ended in each way, the worst first.
 * @param {Ended[]} trials @returns {{ fate: Fate, count: number }[]}
 */
export function countFates(trials) {
  const fates = trials.map(fateOf);
  return /** @type {Fate[]} */ (Object.keys(FATES))
    .map((fate) => ({ fate, count: fates.filter((one) => one === fate).length }))
    .filter(({ count }) => count > 0);
}
