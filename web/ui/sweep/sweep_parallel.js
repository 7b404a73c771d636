/**
 * What the parallel axes of a sweep show: a line per training, across its settings and what came of it. Lower is better
 * on every axis of the second kind.
 *
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('./sweep.js').Sweep} Sweep
 * @typedef {import('./sweep.js').SweepTrial} SweepTrial
 * @typedef {import('../../charts/parallel/parallel_axes.js').ParallelAxis} ParallelAxis
 *
 * @typedef {object} Column  an axis before it is drawn
 * @property {string} name
 * @property {string} label
 * @property {(trial: SweepTrial) => number | null} shareOf
 * @property {{ share: number | null, text: string }[]} ticks
 * @property {(share: number) => string} say
 */

import { isInstability } from '../../engine/config/verdicts.js';
import { axisNumber, count, number } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { valueInWords } from '../../engine/words/settings.js';
import { lossOf, pointKey } from './sweep_points.js';
import { scaleOf } from './sweep_scenes.js';

/** Numbers on an axis, at most. */
const TICKS = 6;

/** How a training ended, from the best to the worst. */
const ENDS = ['trained', 'unstable', 'guessing', 'diverged'];

/** @param {SweepTrial} trial */
function endOf(trial) {
  if (trial.diverged) return 3;
  if (trial.infeasible) return 2;
  return isInstability(trial.verdict) ? 1 : 0;
}

/** A training's own key. @param {SweepTrial} trial */
export function trialKey({ changes, seed }) {
  return `${pointKey(changes)} ${seed}`;
}

/**
 * @param {Lab} lab
 * @param {Sweep} sweep
 * @returns {import('../../charts/parallel/parallel_axes.js').ParallelScene | null}
 */
export function parallelScene(lab, sweep) {
  const { plan, result, ranges, chosen } = sweep;
  if (!plan || !result?.trials.length) return null;
  const { trials } = result;
  const columns = columnsOf(lab, sweep);
  const lines = trials.map((trial) => {
    const shares = columns.map(({ shareOf }) => shareOf(trial));
    const isIn = columns.every(({ name }, i) => isWithin(shares[i], ranges.get(name)));
    return { key: trialKey(trial), shares, rank: rankOf(trial, trials), isIn, label: sayTrial(sweep, trial) };
  });
  return {
    axes: columns.map(({ name, label, ticks, say }) => ({ name, label, ticks, say, range: ranges.get(name) ?? null })),
    lines,
    chosen: chosen && `${chosen.point} ${chosen.seed}`,
    note: `blue has the lowest ${lossOf(trials[0])}, amber the highest; dashed: infeasible`,
  };
}

/** What the axes have left. @param {Lab} lab @param {Sweep} sweep @returns {{ left: SweepTrial[], all: number, best: SweepTrial | null }} */
export function narrowed(lab, sweep) {
  const trials = sweep.result?.trials ?? [];
  const columns = columnsOf(lab, sweep);
  const left = trials.filter((trial) =>
    columns.every(({ name, shareOf }) => isWithin(shareOf(trial), sweep.ranges.get(name))),
  );
  const best = left.filter(({ infeasible, best: own }) => !infeasible && own).sort((a, b) => lossAt(a) - lossAt(b))[0];
  return { left, all: trials.length, best: best ?? null };
}

/** What is left, in a sentence. @param {Sweep} sweep @param {ReturnType<typeof narrowed>} found */
export function sayNarrowed(sweep, { left, all, best }) {
  const what =
    left.length === all ? `All ${plural(all, 'training')}` : `${count(left.length)} of ${plural(all, 'training')}`;
  if (!best) return left.length ? `${what}; none of them is feasible.` : `${what}.`;
  return `${what}; the best is ${sweep.settingsInWords(best.changes)}, seed ${count(best.seed)}, with a best ${lossOf(best)} of ${number(lossAt(best))}.`;
}

/** @param {SweepTrial} trial */
function lossAt(trial) {
  return trial.best?.loss ?? Number.POSITIVE_INFINITY;
}

/** @param {number | null} share @param {[number, number] | undefined} range */
function isWithin(share, range) {
  if (!range) return true;
  return share !== null && share >= range[0] - 1e-9 && share <= range[1] + 1e-9;
}

/** @param {Lab} lab @param {Sweep} sweep @returns {Column[]} */
function columnsOf(lab, sweep) {
  const { plan, result } = sweep;
  if (!plan || !result) return [];
  const { trials } = result;
  const settings = plan.axes.map((axis) => {
    const field = lab.field(axis.field);
    const scale = scaleOf(lab, axis);
    const label = `${field.label}${field.unit ? ` (${field.unit})` : ''}`;
    const of = (/** @type {SweepTrial} */ trial) => trial.changes[axis.field];
    if (scale === 'names') {
      const names = axis.values.map((value) => valueInWords(field, value, { rounded: true }));
      return nameColumn(axis.field, label, names, (trial) =>
        axis.values.indexOf(/** @type {import('../../engine/config/config.js').SettingValue} */ (of(trial))),
      );
    }
    return numberColumn(axis.field, label, axis.values.map(Number), scale === 'log', (trial) => Number(of(trial)));
  });
  const seeds = [...new Set(trials.map(({ seed }) => seed))].sort((a, b) => a - b);
  const seed = nameColumn('seed', 'Seed', seeds.map(String), (trial) => seeds.indexOf(trial.seed));
  const final = (/** @type {SweepTrial} */ trial) => trial.val?.loss ?? trial.train.loss;
  return [
    ...settings,
    ...(seeds.length > 1 ? [seed] : []),
    lossColumn('best', 'Best loss', trials, lossAt),
    lossColumn('final', 'Final loss', trials, final),
    nameColumn('ended', 'Ended', ENDS, endOf),
  ];
}

/** @param {string} name @param {string} label @param {string[]} names @param {(trial: SweepTrial) => number} indexOf @returns {Column} */
function nameColumn(name, label, names, indexOf) {
  const shareAt = (/** @type {number} */ i) => (names.length > 1 ? i / (names.length - 1) : 0.5);
  const stride = Math.ceil(names.length / (2 * TICKS));
  return {
    name,
    label,
    shareOf: (trial) => shareAt(indexOf(trial)),
    ticks: names.flatMap((text, i) => (i % stride === 0 ? [{ share: shareAt(i), text }] : [])),
    say: (share) => names[Math.round(share * (names.length - 1))] ?? '',
  };
}

/**
 * @param {string} name @param {string} label @param {number[]} values  that there are @param {boolean} isLog
 * @param {(trial: SweepTrial) => number} of
 * @returns {Column}
 */
function numberColumn(name, label, values, isLog, of) {
  const scale = (/** @type {number} */ value) => (isLog ? Math.log(value) : value);
  const [low, high] = [Math.min(...values), Math.max(...values)].map(scale);
  const shareAt = (/** @type {number} */ value) => (high > low ? (scale(value) - low) / (high - low) : 0.5);
  const rising = [...new Set(values)].sort((a, b) => a - b);
  const stride = Math.ceil(rising.length / (2 * TICKS));
  return {
    name,
    label,
    shareOf: (trial) => {
      const share = shareAt(of(trial));
      return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : null;
    },
    ticks: rising.flatMap((value, i) => (i % stride === 0 ? [{ share: shareAt(value), text: axisNumber(value) }] : [])),
    say: (share) => number(isLog ? Math.exp(low + share * (high - low)) : low + share * (high - low)),
  };
}

/** Losses of what is feasible; the rest goes beyond the axis. @param {string} name @param {string} label @param {SweepTrial[]} trials @param {(trial: SweepTrial) => number} of @returns {Column} */
function lossColumn(name, label, trials, of) {
  const isShown = (/** @type {SweepTrial} */ trial) => !trial.infeasible && of(trial) > 0 && Number.isFinite(of(trial));
  const values = trials.filter(isShown).map(of);
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0.1, 1];
  const even = Array.from({ length: TICKS }, (_, i) => low * (high / low) ** (i / (TICKS - 1)));
  const column = numberColumn(name, label, high > low ? even : [low], true, of);
  return {
    ...column,
    shareOf: (trial) => (isShown(trial) ? column.shareOf(trial) : null),
    ticks: [...column.ticks, ...(values.length < trials.length ? [{ share: null, text: '✕' }] : [])],
  };
}

/** From the best feasible training, 0, to the worst, 1. @param {SweepTrial} trial @param {SweepTrial[]} trials */
function rankOf(trial, trials) {
  if (trial.infeasible) return null;
  const losses = trials
    .filter(({ infeasible }) => !infeasible)
    .map(lossAt)
    .filter((loss) => loss > 0 && Number.isFinite(loss));
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const share = high > low ? Math.log(lossAt(trial) / low) / Math.log(high / low) : 0;
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 1;
}

/** @param {Sweep} sweep @param {SweepTrial} trial */
function sayTrial(sweep, trial) {
  const end = ENDS[endOf(trial)];
  const loss = trial.infeasible ? '' : `, best ${lossOf(trial)} ${number(lossAt(trial))}`;
  return `${sweep.settingsInWords(trial.changes)}, seed ${count(trial.seed)}: ${end}${loss}`;
}
