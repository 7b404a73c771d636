/**
 * Batch sizes, unfair and fair, on the user's own settings: first only the batch size changes, then rate, momentum,
 * weight decay and steps are tuned for each. Changing the batch size alone changes results; tuning it for itself mostly removes the difference.
 */

import { SCHEMA } from '../../config/schema.js';
import { TrainerError } from '../../core/errors.js';
import { number, percent } from '../../words/numbers.js';
import { list, medianOver, plural } from '../../words/sentences.js';
import { settingsInWords } from '../../words/settings.js';
import { tuneBatches } from './batch_tuning.js';
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

    const found = await tuneBatches(
      procedure,
      rising.map((batch) => resize(procedure.config, batch, Math.sqrt(batch * Math.min(batch, own)))),
    );
    procedure.begin('Comparing batch sizes that were tuned');
    if (!found) return;
    const candidates = found.configs.map((config) => nameBatch(config, procedure.config));
    const fair = await procedure.compare(candidates, 'The batch sizes, each tuned for itself');
    if (!fair) return;
    const tuned = list(['steps', ...found.tuned]);
    known.fair = fair.compared;
    const [before, after] = [gapOf(unfair.compared), gapOf(fair.compared)];
    const closed = before !== null && after !== null && after <= (1 - CLOSED_SHARE) * before;
    Object.assign(known, { gap: { before, after }, closed, tone: closed ? 'good' : 'soft' });
    known.says = [
      `${closed ? 'The gap between batch sizes closes' : 'The gap between batch sizes does not close'}: from ${number(before)} at one rate to ${number(after)} with ${tuned} tuned for each${before && after !== null ? `, ${percent(Math.max(0, 1 - after / before))} less` : ''} (it counts as closed from ${percent(CLOSED_SHARE)} less on).`,
      'Compare batch sizes only after tuning each for itself. A small batch has more gradient noise, which regularizes; a large one may need more regularization.',
    ];
    const best = lowest(fair.compared);
    known.offer = { label: best.label.toLowerCase(), settings: best.runs[0].settings };
    procedure.skipped.push('Regularization other than weight decay, such as dropout: it is as the settings have it.');
    procedure.addEvidence({
      kind: 'fair',
      title: 'Each batch size is tuned for itself',
      says: [`Tuned are ${tuned}. ${sayGap(fair.compared, procedure.seeds)}`],
      numbers: { gap: after },
      thresholds: { closed_share: CLOSED_SHARE },
      ...fair,
    });
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
  const { batch, steps, ...others } = changesBetween(examined, config);
  const turned = settingsInWords(others, { rounded: true });
  return {
    id: `batch-${config.batch}`,
    label: `Batch ${config.batch}, ${plural(config.steps, 'step')}${turned && `, ${turned}`}`,
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
