/**
 * Batch sizes, unfair and fair, on the user's own settings: first only the batch size changes, then rate and steps are
 * tuned for each. Changing the batch size alone changes results; tuning it for itself mostly removes the difference.
 */

import { SCHEMA } from '../../config/schema.js';
import { TrainerError } from '../../core/errors.js';
import { number, percent, significant } from '../../words/numbers.js';
import { list, medianOver, plural } from '../../words/sentences.js';
import { judgeRates } from '../judge/judge.js';
import { lowest } from './compared.js';
import { runStandalone } from './standalone.js';
import { changesBetween } from './trainings.js';

/**
 * @typedef {import('./compared.js').Compared} Compared
 * @typedef {import('./compared.js').Candidate} Candidate
 * @typedef {import('./procedure.js').Procedure} Procedure
 * @typedef {import('../../config/config.js').Config} Config
 */

/** Batch sizes by default, as multiples of the settings' own. */
const MULTIPLES = [1 / 4, 1, 4, 16];

/** Rates that are tried for each batch size, as multiples of the settings' own. */
const RATES = [0.3, 1, 3, 10, 30];

/** The gap has closed where so much of it is gone. */
const CLOSED_SHARE = 0.5;

/**
 * @param {import('./standalone.js').StandaloneOptions & { batches?: number[] }} options  batches: sizes to compare; a
 *   quarter of the settings' own, itself, 4 × and 16 × by default
 * @returns {Promise<import('./standalone.js').Outcome>}  of the study's own: unfair and fair, what was compared; gap:
 *   between the best and the worst batch size, before and after; closed
 */
export async function runBatchStudy({ batches = [], ...options }) {
  const own = options.config.batch;
  if (own === 0) {
    throw new TrainerError(
      'setting',
      'batch',
      'batch must be a number of samples here, not 0: full batches have no other size to compare with.',
    );
  }
  const sizes = batches.length > 0 ? batches : MULTIPLES.map((factor) => Math.max(1, Math.round(factor * own)));
  const rising = [...new Set(sizes)].sort((a, b) => a - b);
  return runStandalone('batch', options, async (procedure, known) => {
    Object.assign(known, { unfair: [], fair: [], gap: null, closed: null });
    procedure.fitBudget(rising.length, 'the batch sizes at one rate');
    procedure.begin('Changing the batch size alone');
    const unfair = await procedure.compare(
      rising.map((batch) => nameBatch(resize(procedure.config, batch, batch), procedure.config)),
      'The batch sizes at one rate',
    );
    if (!unfair) return;
    known.unfair = unfair.compared;
    procedure.addEvidence({
      kind: 'unfair',
      title: 'Only the batch size is changed',
      says: [
        `Every run sees as many samples as ${plural(procedure.config.steps, 'step')} of batch ${own} do, at rate ${number(procedure.config.lr)}. ${sayGap(unfair.compared, procedure.seeds)}`,
      ],
      numbers: { gap: gapOf(unfair.compared) },
      thresholds: { infeasible_share_of_baseline_loss: SCHEMA.definitions.infeasible_share },
      ...unfair,
    });

    const tuned = await tuneRates(procedure, rising);
    procedure.begin('Comparing batch sizes that were tuned');
    const fair = tuned && (await procedure.compare(tuned, 'The batch sizes with their own rates'));
    if (!fair) return;
    known.fair = fair.compared;
    const [before, after] = [gapOf(unfair.compared), gapOf(fair.compared)];
    const closed = before !== null && after !== null && after <= (1 - CLOSED_SHARE) * before;
    Object.assign(known, { gap: { before, after }, closed, tone: closed ? 'good' : 'soft' });
    known.says = [
      `${closed ? 'The gap between batch sizes closes' : 'The gap between batch sizes does not close'}: from ${number(before)} at one rate to ${number(after)} with rate and steps tuned for each${before && after !== null ? `, ${percent(Math.max(0, 1 - after / before))} less` : ''} (it counts as closed from ${percent(CLOSED_SHARE)} less on).`,
      'Compare batch sizes only after tuning each for itself. A small batch has more gradient noise, which regularizes; a large one may need more regularization.',
    ];
    const best = lowest(fair.compared);
    known.offer = { label: best.label.toLowerCase(), settings: best.runs[0].settings };
    procedure.skipped.push('Momentum and regularization: rate and steps alone were tuned for each batch size.');
    procedure.addEvidence({
      kind: 'fair',
      title: 'Rate and steps are tuned for each batch size',
      says: [sayGap(fair.compared, procedure.seeds)],
      numbers: { gap: after },
      thresholds: { closed_share: CLOSED_SHARE },
      ...fair,
    });
  });
}

/**
 * The rate that suits each batch size: the best of a small sweep with one seed.
 *
 * @param {Procedure} procedure
 * @param {number[]} batches
 * @returns {Promise<Candidate[] | null>}  null where the budget does not suffice
 */
async function tuneRates(procedure, batches) {
  const { trainings, config } = procedure;
  procedure.begin('Tuning the rate for each batch size');
  const planned = batches.map((batch) => {
    const resized = resize(config, batch, Math.sqrt(batch * Math.min(batch, config.batch)));
    // A larger batch bears a higher rate, a smaller one wants a lower.
    const rates = batch < config.batch ? RATES.map((factor) => 1 / factor) : RATES;
    return rates.map((factor) => ({ ...resized, lr: significant(factor * config.lr) }));
  });
  if (!trainings.canAfford(planned.flat(), 1)) {
    procedure.skip('Tuning the rate for each batch size');
    return null;
  }
  const points = await trainings.train(planned.flat(), 1);
  const byBatch = batches.map((batch) => points.filter((point) => point.config.batch === batch));
  const best = byBatch.map(
    (own) => judgeRates(own.map((point) => ({ lr: point.config.lr, trials: point.trials }))).lr_best,
  );
  const atEnd = batches.filter((_, i) => {
    const rates = byBatch[i].map((point) => point.config.lr);
    return best[i] === Math.max(...rates) || best[i] === Math.min(...rates);
  });
  procedure.addEvidence({
    kind: 'tuning',
    title: 'A rate for each batch size',
    says: [
      `With one seed, the best rate is ${list(batches.map((batch, i) => `${number(best[i])} for batch ${batch}`))}. Larger batches get more epochs, as their square root grows: they take fewer steps otherwise.`,
      ...(atEnd.length === 0
        ? []
        : [
            `For batch ${list(atEnd.map(String))} it is at the end of the rates tried: a wider sweep may find a better one.`,
          ]),
    ],
    numbers: { batches, best },
    thresholds: {},
    points,
  });
  return byBatch.map((own, i) => {
    const chosen = own.find((point) => point.config.lr === best[i]) ?? own[0];
    return nameBatch(chosen.config, config);
  });
}

/**
 * Settings with another batch size.
 *
 * @param {Config} config
 * @param {number} batch
 * @param {number} samples  by which the steps are counted: the batch size itself keeps the epochs, less gives more of them
 * @returns {Config}
 */
function resize(config, batch, samples) {
  return { ...config, batch, steps: Math.max(1, Math.round((config.steps * config.batch) / samples)) };
}

/** @param {Config} config @param {Config} examined @returns {Candidate} */
function nameBatch(config, examined) {
  const rate = 'lr' in changesBetween(examined, config) ? `, rate ${number(config.lr)}` : '';
  return {
    id: `batch-${config.batch}`,
    label: `Batch ${config.batch}, ${plural(config.steps, 'step')}${rate}`,
    config,
  };
}

/** Between the best batch size and the worst; null where one has no checkpoint. @param {Compared[]} compared */
function gapOf(compared) {
  const losses = compared.map(({ figures }) => figures.loss);
  const known = losses.filter((loss) => loss !== null);
  return known.length < losses.length ? null : Math.max(...known) - Math.min(...known);
}

/** @param {Compared[]} compared @param {number} seeds */
function sayGap(compared, seeds) {
  const best = list(
    compared.map(({ figures, label }) => `${number(figures.loss)} for ${label.split(',')[0].toLowerCase()}`),
  );
  return `Best checkpoints, ${medianOver(seeds)}: ${best}; the gap is ${number(gapOf(compared))}.`;
}
