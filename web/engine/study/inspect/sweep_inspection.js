/** A table of trials: which is best, whether that is at the edge of what was tried, and how much the rate matters. */

import { number } from '../../words/numbers.js';
import { list, plural } from '../../words/sentences.js';
import { lrSensitivity } from '../judge/sensitivity.js';
import { medianOf } from '../trial/statistics.js';

/**
 * @typedef {import('../../logs/sweep_file.js').SweepFile} SweepFile
 * @typedef {import('../../logs/sweep_file.js').SweepRow} SweepRow
 *
 * @typedef {object} SweepGroup  trials with the same rate, or with rates of the same half decade, or with one word
 * @property {string} label
 * @property {number | null} from  of rates
 * @property {number | null} to
 * @property {number} trials
 * @property {number} infeasible
 * @property {number | null} median  of the results
 * @property {number | null} low
 * @property {number | null} high
 *
 * @typedef {object} SweepInspection
 * @property {string} name
 * @property {string} source
 * @property {number} trials
 * @property {number} infeasible  that failed or gave nothing finite
 * @property {string} metric
 * @property {{ label: string, result: number, settings: Record<string, number | string> } | null} best
 * @property {SweepGroup[]} points  by settings: those of several seeds together, best first
 * @property {string[]} axes
 * @property {string | null} rate  the axis that is the learning rate
 * @property {number | null} lr_best
 * @property {boolean | null} at_edge  whether the best rate is at an end of those tried, or beside one that fails
 * @property {number | null} lr_sensitivity  what is lost on average by a rate that is not the best one; null where the loss
 *   of guessing is not known, or rates are not spaced logarithmically
 * @property {SweepGroup[]} rates  along the rate
 * @property {string[]} notes
 * @property {string[]} advice
 */

/** With more rates than these they are put together by half decades. */
const RATES_MAX = 25;

/** A group of fewer trials says little of a median. */
const TRIALS_MIN = 3;

/** What counts seeds, and is no setting. */
const SEED = /(^|[._/])(random_)?(seed|random_state)$/i;

/** Points that are named. */
const POINTS_SHOWN = 20;

/**
 * @param {SweepFile} sweep
 * @param {{ baseline?: number | null }} [how]  the loss of guessing, where the reader knows it
 * @returns {SweepInspection}
 */
export function inspectSweep(sweep, { baseline = null } = {}) {
  const { name, source, rows, metric, rate } = sweep;
  const axes = sweep.axes.filter((axis) => !SEED.test(axis));
  const feasible = rows.filter(isFeasible);
  const best = feasible.reduce(
    (low, row) => (low === null || Number(row.result) < Number(low.result) ? row : low),
    /** @type {SweepRow | null} */ (null),
  );
  const rates = rate === null ? [] : groupRates(rows, rate);
  const tried = rates.filter((group) => group.median !== null);
  const lr_best = rate === null || best === null ? null : chooseRate(rates, best, rate);
  const holding = tried.findIndex(
    (group) => lr_best !== null && lr_best >= Number(group.from) && lr_best <= Number(group.to),
  );
  const at_edge = holding < 0 ? null : holding === 0 || holding === tried.length - 1;
  const next = at_edge && holding > 0 ? rates[rates.indexOf(tried[holding]) + 1] : undefined;
  const points = groupPoints(rows, axes);
  return {
    name,
    source,
    trials: rows.length,
    infeasible: rows.length - feasible.length,
    metric,
    best: best && { label: best.label, result: Number(best.result), settings: pickSettings(best, sweep.axes) },
    points: points.slice(0, POINTS_SHOWN),
    axes,
    rate,
    lr_best,
    at_edge,
    lr_sensitivity: rate === null ? null : findSensitivity(rows, rate, baseline),
    rates,
    notes: [...sweep.notes, ...noteSweep(sweep, { axes, points, rates: tried })],
    advice: adviseSweepFile({ best, lr_best, at_edge, rate, tried, points, holding, next }),
  };
}

/** @param {SweepRow} row */
function isFeasible({ result, failed }) {
  return !failed && result !== null && Number.isFinite(result);
}

/** @param {SweepRow} row @param {string[]} axes */
function pickSettings({ settings }, axes) {
  return Object.fromEntries(axes.filter((axis) => settings[axis] !== undefined).map((axis) => [axis, settings[axis]]));
}

/** @param {SweepRow[]} rows @param {string} label @returns {SweepGroup} */
function groupOf(rows, label) {
  const results = rows.filter(isFeasible).map(({ result }) => Number(result));
  return {
    label,
    from: null,
    to: null,
    trials: rows.length,
    infeasible: rows.length - results.length,
    median: results.length > 0 ? medianOf(results) : null,
    low: results.length > 0 ? Math.min(...results) : null,
    high: results.length > 0 ? Math.max(...results) : null,
  };
}

/** Along the rate, rising: each for itself, or by half decades where hardly two are the same. @param {SweepRow[]} rows @param {string} rate */
function groupRates(rows, rate) {
  const placed = rows.filter((row) => Number(row.settings[rate]) > 0);
  const values = new Set(placed.map((row) => Number(row.settings[rate])));
  const keyOf = (/** @type {SweepRow} */ row) => {
    const value = Number(row.settings[rate]);
    return values.size <= RATES_MAX ? value : Math.floor(2 * Math.log10(value)) / 2;
  };
  const groups = groupBy(placed, keyOf);
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([, own]) => {
      const sorted = own.map((row) => Number(row.settings[rate])).sort((a, b) => a - b);
      const [from, to] = [sorted[0], sorted[sorted.length - 1]];
      return { ...groupOf(own, from === to ? number(from) : `${number(from)} to ${number(to)}`), from, to };
    });
}

/** What to call groups of rates; those of half decades beside each other are one span. @param {SweepGroup[]} good @param {SweepGroup[]} tried */
function spansOf(good, tried) {
  /** @type {{ label: string, from: number, to: number, last: number }[]} */
  const spans = [];
  for (const group of good) {
    const place = tried.indexOf(group);
    const [from, to] = [Number(group.from), Number(group.to)];
    const span = spans[spans.length - 1];
    if (span && span.last === place - 1 && (span.from < span.to || from < to)) {
      Object.assign(span, { label: `${number(span.from)} to ${number(to)}`, to, last: place });
    } else spans.push({ label: group.label, from, to, last: place });
  }
  return spans.map(({ label }) => label);
}

/** @template T, K @param {T[]} values @param {(value: T) => K} keyOf @returns {Map<K, T[]>} */
function groupBy(values, keyOf) {
  /** @type {Map<K, T[]>} */
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

/** lr*: of a grid with seeds the rate of the lowest median, else that of the best trial. @param {SweepGroup[]} rates @param {SweepRow} best @param {string} rate */
function chooseRate(rates, best, rate) {
  const isGrid = rates.every(({ from, to }) => from === to) && rates.some(({ trials }) => trials > 1);
  if (!isGrid) return Number(best.settings[rate]);
  const known = rates.filter((group) => group.median !== null);
  return known.reduce((low, group) => (Number(group.median) < Number(low.median) ? group : low)).from;
}

/** @param {SweepRow[]} rows @param {string} rate @param {number | null} guessing */
function findSensitivity(rows, rate, guessing) {
  const points = [...groupBy(rows, (row) => Number(row.settings[rate]))].map(([lr, own]) => ({
    lr,
    trials: own.map(
      ({ result, final = result ?? Number.NaN, failed, diverged = failed, baseline = guessing ?? Number.NaN }) => ({
        diverged,
        val: { loss: final },
        baseline_loss: baseline,
      }),
    ),
  }));
  return lrSensitivity(points);
}

/** Trials with the same settings, seeds apart; best median first. @param {SweepRow[]} rows @param {string[]} axes */
function groupPoints(rows, axes) {
  const label = (/** @type {SweepRow} */ row) =>
    axes.map((axis) => `${axis}=${row.settings[axis] ?? ''}`).join(' ') || row.label;
  const names = new Set(rows.map((row) => row.label));
  const isNamed = names.size < rows.length && names.size > 1;
  return [...groupBy(rows, isNamed ? (row) => row.label : label)]
    .map(([key, own]) => groupOf(own, key))
    .sort((a, b) => (a.median ?? Infinity) - (b.median ?? Infinity));
}

/** @param {SweepFile} sweep @param {{ axes: string[], points: SweepGroup[], rates: SweepGroup[] }} what */
function noteSweep({ rows, metric }, { axes, points, rates }) {
  const notes = [
    `${plural(rows.length, 'trial')} of ${plural(points.length, 'setting')}, judged by "${metric}", the lower the better.`,
  ];
  if (/^val|loss/i.test(metric) && !/^(best|value)/.test(metric))
    notes.push(
      `"${metric}" may be the last of a run, not its best: an overfitted run looks worse than its best checkpoint.`,
    );
  if (axes.length > 3)
    notes.push(
      `${axes.length} settings vary at once, so no plot of one of them is clean: a sampler also crowds where results were good.`,
    );
  const few = rates.filter(({ trials }) => trials < TRIALS_MIN).length;
  if (few > 0 && rates.length > 1)
    notes.push(`${few} of ${rates.length} groups of rates have fewer than ${TRIALS_MIN} trials.`);
  return notes;
}

/**
 * @param {{ best: SweepRow | null, lr_best: number | null, at_edge: boolean | null, rate: string | null, tried: SweepGroup[], points: SweepGroup[], holding: number, next: SweepGroup | undefined }} what
 * @returns {string[]}
 */
function adviseSweepFile({ best, lr_best, at_edge, rate, tried, points, holding, next }) {
  if (!best) return ['No trial gave a finite result: try lower rates first.'];
  if (rate === null || lr_best === null) {
    const [first, ...rest] = points.filter(({ median }) => median !== null);
    const last = rest[rest.length - 1];
    const worst = last ? `, the worst ${last.label} (${number(last.median)})` : '';
    return [
      `Best is ${first.label} (median ${number(first.median)})${worst}.`,
      'No rate was varied, so each setting may be judged at another distance from its own best rate: sweep the rate with each.',
    ];
  }
  const good = tried.filter(
    ({ median, trials }) =>
      trials >= TRIALS_MIN &&
      Number(median) <=
        2 * Math.min(...tried.filter((group) => group.trials >= TRIALS_MIN).map((group) => Number(group.median))),
  );
  const span =
    good.length > 0 ? ` Medians are within twice the lowest for rates of ${list(spansOf(good, tried))}.` : '';
  if (next) {
    return [
      `The best rate, ${number(lr_best)}, is the highest that works: ${next.label} fails. It is at the edge of stability, so warmup and clipping may carry training beyond it.${span}`,
    ];
  }
  if (at_edge) {
    const isHigh = holding === tried.length - 1 && tried.length > 1;
    return [
      `The best rate, ${number(lr_best)}, is at the ${isHigh ? 'upper' : 'lower'} end of those tried: extend the range ${isHigh ? 'upwards' : 'downwards'}.${span}`,
    ];
  }
  return [
    `The best rate, ${number(lr_best)}, lies inside the range that was tried (${number(tried[0]?.from)} to ${number(tried[tried.length - 1]?.to)}).${span}`,
  ];
}
