/**
 * The clip study, as the playbook describes it: log the unclipped gradient norm, clip at its 90th percentile, try
 * harder where that does not suffice, and do not mistake extreme clipping for anything but a lower learning rate.
 */

import { Bench } from './bench.js';
import { rankCells } from './compare.js';
import { medianOf } from './statistics.js';
import { figure, list, percent, plural } from './wording.js';

/**
 * @typedef {import('./bench.js').Cell} Cell
 * @typedef {import('./trial.js').TrialResult} TrialResult
 * @typedef {import('../config.js').Config} Config
 *
 * @typedef {object} Threshold  read off runs whose gradients were not clipped
 * @property {number} threshold  λ: median over the seeds of the percentile clip_percentile of the unclipped norms
 * @property {number} typical  median norm
 * @property {number} largest  over the seeds
 * @property {number} lr  the rate at which the norms were measured
 *
 * @typedef {import('./compare.js').Contestant & { kind: 'norm' | 'adaptive' | 'update' | 'in_warmup' | 'twin' }} ClipCell
 *
 * @typedef {object} ClipStudy
 * @property {Threshold} measured
 * @property {import('./compare.js').Comparison} comparison  'none' first
 * @property {{ id: string, clipped_fraction: number, equivalent_lr: number | null, twin: string | null }[]} aggressive
 *   cells that clip more than half of their steps, each with the id of the unclipped run at the equivalent lower rate
 * @property {string[]} says
 */

/** Above this share of clipped steps, clipping is a lower learning rate in disguise. */
const AGGRESSIVE_SHARE = 0.5;

/** How much smaller λ gets where instability remains. */
const HARDER = [1, 1 / 3, 1 / 10];

/** λ where every run diverges or dies, so that there is no percentile to go by. */
const ROUND_THRESHOLDS = [10, 1, 0.1];

/**
 * λ from runs that were not clipped. Norms are only worth a percentile where the run neither diverged nor died.
 *
 * @param {TrialResult[]} trials  of one setting
 * @returns {Threshold | null}  null where no seed gives a percentile
 */
export function readThreshold(trials) {
  const healthy = trials.filter(({ diverged, infeasible }) => !diverged && !infeasible);
  const norms = healthy
    .map(({ grad_norm }) => grad_norm)
    .filter(({ suggested }) => suggested > 0 && suggested < Infinity);
  if (norms.length === 0) return null;
  return {
    threshold: round(/** @type {number} */ (medianOf(norms.map(({ suggested }) => suggested)))),
    typical: /** @type {number} */ (medianOf(norms.map(({ p50 }) => p50))),
    largest: Math.max(...norms.map(({ max }) => max)),
    lr: healthy[0].config.lr,
  };
}

/**
 * Clipping by the norm at λ and, to try harder, below it.
 *
 * @param {Config} config
 * @param {number | null} threshold  null where no percentile is known: round thresholds then
 * @returns {ClipCell[]}
 */
export function planNormClips(config, threshold) {
  const thresholds = threshold === null ? ROUND_THRESHOLDS : HARDER.map((factor) => round(factor * threshold));
  return thresholds.map((clip_norm) => planNormClip(config, clip_norm));
}

/** @param {Config} config @param {number} clip_norm @returns {ClipCell} */
function planNormClip(config, clip_norm) {
  return {
    kind: 'norm',
    id: `clip-${clip_norm}`,
    label: `Clip at ${figure(clip_norm)}`,
    config: { ...config, clip: 'norm', clip_norm },
  };
}

/**
 * The other ways to clip: a running percentile, the update instead of the gradient, and clipping outside warmup only.
 *
 * @param {Config} config
 * @param {number} threshold  of the gradient's norm
 * @returns {ClipCell[]}
 */
export function planClipVariants(config, threshold) {
  /** @type {ClipCell[]} */
  const cells = [
    {
      kind: 'adaptive',
      id: 'adaptive',
      label: `Clip at the running ${config.clip_percentile}th percentile`,
      config: { ...config, clip: 'adaptive' },
    },
  ];
  const perGradient = updatePerGradient(config);
  if (perGradient !== null) {
    const clip_norm = round(threshold * perGradient);
    cells.push({
      kind: 'update',
      id: 'update',
      label: `Clip the update at ${figure(clip_norm)}`,
      config: { ...config, clip: 'update', clip_norm },
    });
  }
  if (config.warmup_steps > 0) {
    cells.push({
      kind: 'in_warmup',
      id: 'not-in-warmup',
      label: `Clip at ${figure(threshold)}, but not in warmup`,
      config: { ...config, clip: 'norm', clip_norm: threshold, clip_in_warmup: false },
    });
  }
  return cells;
}

/**
 * The norm that an update settles at, per unit of a constant gradient's norm: η for SGD, η / (1 - γ) with momentum.
 * The others scale their gradients themselves: null.
 *
 * @param {Config} config
 */
function updatePerGradient({ optimizer, lr, momentum }) {
  if (optimizer === 'sgd') return lr;
  if (optimizer !== 'momentum' && optimizer !== 'nesterov') return null;
  return momentum < 1 ? lr / (1 - momentum) : null;
}

/** Whether these runs are clipped so often that the rate should be cut instead. @param {TrialResult[]} trials */
export function isAggressive(trials) {
  return /** @type {number} */ (medianOf(trials.map(({ clipped_fraction }) => clipped_fraction))) > AGGRESSIVE_SHARE;
}

/**
 * The rate that does to a typical gradient what clipping does to it: η λ / ‖g‖. An Adam does not care how large its
 * gradients are, so there is none for it.
 *
 * @param {Config} config  clipping by the norm
 * @param {TrialResult[]} trials  of it
 * @returns {number | null}
 */
export function equivalentRate(config, trials) {
  const scalesItself = ['adam', 'nadam', 'adamw', 'rmsprop'].includes(config.optimizer);
  if (config.clip !== 'norm' || scalesItself) return null;
  const typical = /** @type {number} */ (medianOf(trials.map(({ grad_norm }) => grad_norm.p50)));
  if (!(typical > config.clip_norm)) return null;
  return round((config.lr * config.clip_norm) / typical);
}

/**
 * What the playbook says of clipping more than half of the steps.
 *
 * @param {Config} config
 * @param {TrialResult[]} trials
 * @param {number | null} equivalent
 */
export function sayAggressive(config, trials, equivalent) {
  const share = /** @type {number} */ (medianOf(trials.map(({ clipped_fraction }) => clipped_fraction)));
  const instead = equivalent === null ? '' : `; about ${figure(equivalent)} does the same to a typical gradient`;
  return `Clipping at ${figure(config.clip_norm)} shortens ${percent(share)} of the steps, more than 50 %: that is a lower learning rate in disguise, and lowering the rate is the better tool${instead}.`;
}

/**
 * The whole study.
 *
 * @param {object} study
 * @param {import('./runner.js').TrialRunner} study.runner
 * @param {Config} study.config  complete; its own clipping does not count
 * @param {number} [study.seeds]
 * @param {number[]} [study.thresholds]  λ to try; the percentile and smaller ones by default
 * @param {number | null} [study.lr_measured]  the rate at which norms are measured; config.lr by default. It must be
 *   one at which the run neither diverges nor dies
 * @param {boolean} [study.variants]  adaptive, update and in-warmup clipping as well
 * @param {AbortSignal} [study.signal]
 * @param {(trial: TrialResult) => void} [study.onTrial]
 * @returns {Promise<ClipStudy | null>}  null where no seed's norms give a percentile
 */
export async function runClipStudy({
  runner,
  config,
  seeds = 3,
  thresholds,
  lr_measured = null,
  variants = true,
  signal,
  onTrial,
}) {
  const bench = new Bench({ runner, signal, onTrial });
  const unclipped = { ...config, clip: 'off' };
  const [plain, source] = await bench.train([unclipped, { ...unclipped, lr: lr_measured ?? config.lr }], seeds);
  const measured = readThreshold(source.trials);
  if (!measured) return null;

  const byNorm =
    thresholds?.map((clip_norm) => planNormClip(unclipped, clip_norm)) ?? planNormClips(unclipped, measured.threshold);
  const contestants = [...byNorm, ...(variants ? planClipVariants(unclipped, measured.threshold) : [])];
  const cells = await bench.train(
    contestants.map((contestant) => contestant.config),
    seeds,
  );

  const aggressive = contestants.flatMap((contestant, i) => {
    if (!isAggressive(cells[i].trials)) return [];
    const equivalent_lr = equivalentRate(contestant.config, cells[i].trials);
    const twin = equivalent_lr === null ? null : `twin-${contestant.id}`;
    const clipped_fraction = /** @type {number} */ (medianOf(cells[i].trials.map((trial) => trial.clipped_fraction)));
    return [{ id: contestant.id, clipped_fraction, equivalent_lr, twin, contestant, trials: cells[i].trials }];
  });
  /** @type {ClipCell[]} */
  const twins = aggressive.flatMap(({ twin, equivalent_lr, contestant }) =>
    twin === null || equivalent_lr === null
      ? []
      : [
          {
            kind: /** @type {const} */ ('twin'),
            id: twin,
            label: `No clipping, rate ${figure(equivalent_lr)}, instead of ${contestant.label.toLowerCase()}`,
            config: { ...unclipped, lr: equivalent_lr },
          },
        ],
  );
  const twinCells = await bench.train(
    twins.map((twin) => twin.config),
    seeds,
  );
  const comparison = rankCells(
    [{ id: 'none', label: 'No clipping', config: unclipped }, ...contestants, ...twins],
    [plain, ...cells, ...twinCells],
  );
  return {
    measured,
    comparison,
    aggressive: aggressive.map(({ id, clipped_fraction, equivalent_lr, twin }) => ({
      id,
      clipped_fraction,
      equivalent_lr,
      twin,
    })),
    says: [
      sayThreshold(measured, config.clip_percentile),
      `Best checkpoint, median of ${plural(seeds, 'seed')}: ${list(comparison.cells.map(({ label, figures }) => `${label} ${figure(figures.loss)}`))}.`,
      ...aggressive.map(({ contestant, trials, equivalent_lr }) =>
        sayAggressive(contestant.config, trials, equivalent_lr),
      ),
    ],
  };
}

/**
 * @param {Threshold} measured
 * @param {number} percentile
 */
export function sayThreshold({ threshold, typical, largest, lr }, percentile) {
  return `At rate ${figure(lr)} the unclipped gradient norm has median ${figure(typical)}, ${percentile}th percentile ${figure(threshold)} and largest value ${figure(largest)}.`;
}

/** As one would type it. @param {number} value */
function round(value) {
  return Number(value.toPrecision(3));
}
