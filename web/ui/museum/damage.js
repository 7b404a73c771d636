/** How a mistaken training differs from the right one, of what both have measured, and in sentences. */

import { number, percent } from '../../engine/words/numbers.js';
import { list } from '../../engine/words/sentences.js';

/**
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('./range_pair.js').Reading} Reading
 * @typedef {{ right: TrialResult, wrong: TrialResult, tests?: { right: Reading, wrong: Reading } }} Pair  the same settings
 *   and seed, without the mistake and with it; tests: that suggested the rates, where the mistake is in a test
 *
 * @typedef {object} Damage
 * @property {boolean} same  all parameters are equal, to the bit
 * @property {{ step: number, right: number, wrong: number } | null} apart  where the smoothed losses are furthest apart,
 *   as a factor; null where there is nothing to compare
 * @property {number | null} firstSeen  the first step from which on one could see it: the smoothed losses VISIBLE apart
 * @property {{ right: number, wrong: number }} loss  of the last 50 batches
 * @property {{ right: number, wrong: number } | null} accuracy  on the validation data, at the end
 * @property {{ right: number, wrong: number }} norm  the largest that was recorded
 */

/** Smoothed losses closer to each other than this factor lie on the same line of a chart. */
export const VISIBLE = 1.03;

/** @param {Pair} pair @returns {Damage} */
export function damageOf({ right, wrong }) {
  const steps = Math.min(right.curve?.step.length ?? 0, wrong.curve?.step.length ?? 0);
  let apart = null;
  let furthest = 1;
  let firstSeen = null;
  for (let i = 0; i < steps; i++) {
    const [a, b] = [right, wrong].map(({ curve }) => /** @type {NonNullable<typeof curve>} */ (curve).smoothed[i]);
    const factor = Math.max(a / b, b / a);
    if (!Number.isFinite(factor)) continue;
    const step = /** @type {NonNullable<typeof right.curve>} */ (right.curve).step[i];
    if (!apart || factor > furthest) {
      apart = { step, right: a, wrong: b };
      furthest = factor;
    }
    if (firstSeen === null && factor >= VISIBLE) firstSeen = step;
  }
  const [rightAccuracy, wrongAccuracy] = [right.val?.accuracy ?? null, wrong.val?.accuracy ?? null];
  return {
    same: right.digest === wrong.digest,
    apart,
    firstSeen,
    loss: { right: right.train.last50, wrong: wrong.train.last50 },
    accuracy: rightAccuracy === null || wrongAccuracy === null ? null : { right: rightAccuracy, wrong: wrongAccuracy },
    norm: { right: right.grad_norm.max, wrong: wrong.grad_norm.max },
  };
}

/**
 * What the mistake did in one run.
 *
 * @param {Pair} pair
 * @returns {string[]}  sentences
 */
export function sayDamage(pair) {
  const { right, wrong, tests } = pair;
  if (tests) return saySuggestions(pair, tests);
  const damage = damageOf(pair);
  const { same, apart, firstSeen, loss, accuracy, norm } = damage;
  const norms = `The largest recorded norm is ${number(norm.wrong)} instead of ${number(norm.right)}.`;
  if (same) {
    const bits = 'The training is the same: after the last step all parameters are equal, to the bit.';
    return norm.right === norm.wrong ? [bits, 'Nothing differs in this run.'] : [bits, norms];
  }
  if (wrong.diverged || right.diverged) {
    const who =
      wrong.diverged && right.diverged
        ? 'Both diverged'
        : wrong.diverged
          ? 'The other run diverged'
          : 'The run as the rule says diverged';
    return [`${who}, at step ${(wrong.diverged ? wrong : right).diverged_at}.`];
  }
  const sentences = [];
  if (firstSeen === null || !apart) {
    const most = apart ? Math.max(apart.right / apart.wrong, apart.wrong / apart.right) - 1 : 0;
    sentences.push(`No difference that one could see: the smoothed losses are never more than ${percent(most)} apart.`);
  } else {
    sentences.push(
      `The curves part at step ${firstSeen} and are furthest apart at step ${apart.step}: a smoothed loss of ${number(apart.wrong)} instead of ${number(apart.right)}.`,
    );
  }
  sentences.push(
    `Over the last 50 steps the loss is ${number(loss.wrong)} instead of ${number(loss.right)}${accuracy ? `, and in the end ${percent(accuracy.wrong)} of the validation data are right instead of ${percent(accuracy.right)}` : ''}.`,
  );
  return sentences;
}

/** @param {Pair} pair @param {NonNullable<Pair['tests']>} tests */
function saySuggestions(pair, tests) {
  const [ours, theirs] = [tests.right.suggested, tests.wrong.suggested];
  if (ours === theirs) return [`Both readings suggest η ${number(ours)}: in this run nothing comes of it.`];
  const { loss } = damageOf(pair);
  const end = (/** @type {TrialResult} */ trial, /** @type {number} */ last) =>
    trial.diverged ? `diverged at step ${trial.diverged_at}` : `ends at a loss of ${number(last)}`;
  return [
    `It suggests η ${number(theirs)} instead of ${number(ours)}.`,
    `A training with ${number(theirs)} ${end(pair.wrong, loss.wrong)}, one with ${number(ours)} ${end(pair.right, loss.right)}, over the last 50 of ${pair.right.config.steps} steps.`,
  ];
}

/**
 * Whether several seeds agree on what it did to the loss in the end.
 *
 * @param {Pair[]} pairs  of several seeds
 */
export function saySeeds(pairs) {
  if (pairs.length < 2) return '';
  const ends = pairs.map(damageOf);
  const seeds = list(pairs.map(({ right }) => String(right.seed)));
  if (ends.every(({ same }) => same)) return `With seeds ${seeds} alike.`;
  const rates = (/** @type {'right' | 'wrong'} */ which) =>
    list(pairs.flatMap(({ tests }) => (tests ? number(tests[which].suggested) : [])));
  const suggested = pairs[0].tests
    ? `With seeds ${seeds} it suggests ${rates('wrong')} instead of ${rates('right')}. `
    : '';
  const higher = ends.filter(({ loss }) => !(loss.wrong <= loss.right)).length;
  const lower = ends.filter(({ loss }) => loss.wrong < loss.right).length;
  const values = (/** @type {'right' | 'wrong'} */ which) => list(ends.map(({ loss }) => number(loss[which])));
  const verdict =
    higher === pairs.length
      ? 'higher each time'
      : lower === pairs.length
        ? 'lower each time'
        : `higher in ${higher} of ${pairs.length}`;
  return `${suggested}${suggested ? 'The' : `With seeds ${seeds} the`} loss ends at ${values('wrong')} instead of ${values('right')}: ${verdict}.`;
}
