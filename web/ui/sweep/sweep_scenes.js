/**
 * What a sweep's charts show: the scenes of <axis-plot> and <tile-map>.
 *
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('./sweep.js').Sweep} Sweep
 * @typedef {import('../../engine/study/sweep.js').Axis} Axis
 * @typedef {import('./sweep_points.js').SweepPoint} SweepPoint
 */

import { number } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { valueInWords } from '../../engine/words/settings.js';
import { countValues } from './sweep_axis.js';
import { OUTCOMES, pointKey, pointsOf } from './sweep_points.js';

/** Colours of the lines of the second setting; one line alone is the validation's. */
const COLORS = ['validation', 'loss', 'norm', 'run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6'];

/** The axes as drawn: the learning rate goes along x, whichever was named first. @param {Axis[]} axes */
function arrange(axes) {
  const rate = axes.findIndex(({ field }) => field === 'lr');
  const first = Math.max(0, rate);
  return { along: axes[first], other: axes.find((_, i) => i !== first) ?? null };
}

/** @param {Lab} lab @param {Axis} axis */
function isQuantity(lab, { field: name }) {
  return ['real', 'int'].includes(lab.field(name).kind);
}

/**
 * Whether an axis is a quantity on a logarithmic scale, one on a linear scale, or a row of names: those of options, and
 * of numbers with a 0 among them, which then stand in their order.
 * @param {Lab} lab @param {Axis} axis
 */
export function scaleOf(lab, axis) {
  if (!isQuantity(lab, axis)) return 'names';
  if (lab.field(axis.field).scale !== 'log') return 'linear';
  return axis.values.every((value) => Number(value) > 0) ? 'log' : 'names';
}

/** @param {Lab} lab @param {Sweep} sweep @returns {import('../../charts/axis_plot.js').PlotScene} */
export function plotScene(lab, sweep) {
  const { plan, result } = sweep;
  if (!plan || !result) return emptyScene(lab, sweep);
  const { along, other } = arrange(plan.axes);
  const field = lab.field(along.field);
  const scale = scaleOf(lab, along);
  const values = isQuantity(lab, along) ? [...along.values].sort((a, b) => Number(a) - Number(b)) : along.values;
  const placeOf = (/** @type {import('../../engine/config/config.js').SettingValue} */ value) =>
    scale === 'names' ? values.indexOf(value) : Number(value);
  const points = pointsOf(result, sweep.measure);
  const stars = starKeys(sweep);
  const lines = (other ? other.values : [null]).map((value, i) => ({
    label: other ? sweep.settingsInWords({ [other.field]: value }) : '',
    color: COLORS[i % COLORS.length],
    spots: points
      .filter((point) => !other || point.changes[other.field] === value)
      .map((point) => spotOf(sweep, point, placeOf(point.changes[along.field]), stars.has(point.key)))
      .sort((a, b) => a.x - b.x),
  }));
  const { summary, leading } = result;
  const alone = summary && !other && along.field === 'lr' ? summary : null;
  return {
    lines,
    places: values.map(placeOf),
    names: scale === 'names' ? values.map((value) => valueInWords(field, value)) : null,
    logX: scale === 'log',
    xName: `${field.label}${field.unit ? ` (${field.unit})` : ''}`,
    verticals:
      alone && alone.lr_best !== null
        ? [{ x: placeOf(alone.lr_best), label: `lr* ${number(alone.lr_best)}`, color: 'lr' }]
        : [],
    unstable:
      alone && alone.lr_unstable !== null ? { from: placeOf(alone.lr_unstable), label: 'unstable from here' } : null,
    chosen: sweep.chosen?.point ?? null,
    summary: leading
      ? `${result.best ? 'Best' : 'Lowest so far'}: ${sweep.settingsInWords(leading.changes)}, ${number(leading.median)}.`
      : sweep.running
        ? 'Training…'
        : '',
  };
}

/** The axis that is about to be swept, without points. @param {Lab} lab @param {Sweep} sweep */
function emptyScene(lab, sweep) {
  const [axis] = sweep.axes;
  const field = lab.field(axis.field);
  const [from, to, count] = [Number(axis.from), Number(axis.to), countValues(axis)];
  const known = axis.mode === 'range' && from > 0 && to > 0 && count > 1 && count <= 200;
  const places = known ? Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1))) : [0];
  return {
    lines: [],
    places,
    names: known ? null : [''],
    logX: known,
    xName: `${field.label}${field.unit ? ` (${field.unit})` : ''}`,
    verticals: [],
    unstable: null,
    chosen: null,
    summary: 'Points appear here as their trainings finish.',
  };
}

/** The keys of the best point, and of the best rate for each value of the other setting. @param {Sweep} sweep */
function starKeys({ plan, result }) {
  const keys = new Set(result?.best ? [pointKey(result.best.changes)] : []);
  for (const row of result?.summary?.rows ?? []) {
    if (row.lr_best === null) continue;
    const changes = Object.fromEntries(
      (plan?.axes ?? []).map(({ field }) => [field, field === 'lr' ? row.lr_best : row.changes[field]]),
    );
    keys.add(pointKey(changes));
  }
  return keys;
}

/** @param {Sweep} sweep @param {SweepPoint} point @param {number} x @param {boolean} star */
function spotOf(sweep, point, x, star) {
  const infeasible = point.outcome === 'infeasible' || point.value === null;
  return {
    key: point.key,
    x,
    y: infeasible ? null : point.value,
    values: point.values,
    ring: point.outcome === 'unstable',
    star,
    partly: point.infeasible > 0,
    label: sayPoint(sweep, point, star),
  };
}

/**
 * A point in words.
 *
 * @param {Sweep} sweep @param {SweepPoint} point @param {boolean} star
 * @param {{ digits?: number }} [how]  of its figures: significant digits
 */
function sayPoint(sweep, point, star, how) {
  const seeds = point.trials.length;
  const low = Math.min(...point.values);
  const high = Math.max(...point.values);
  const spread =
    point.values.length > 1 ? ` (${number(low, how)} … ${number(high, how)}, ${plural(seeds, 'seed')})` : '';
  const what =
    point.outcome === 'infeasible' || point.value === null
      ? OUTCOMES.infeasible
      : `${number(point.value, how)}${spread}${point.outcome === 'unstable' ? ', unstable' : ''}`;
  return `${sweep.settingsInWords(point.changes)}: ${what}${star ? ', the best' : ''}`;
}

/** The map of two settings; null where only one is swept. @param {Lab} lab @param {Sweep} sweep @returns {import('../../charts/tile_map.js').TileScene | null} */
export function tileScene(lab, sweep) {
  const { plan, result } = sweep;
  if (!plan || !result || plan.axes.length !== 2) return null;
  const { along, other } = arrange(plan.axes);
  if (!other) return null;
  const points = new Map(pointsOf(result, 'best').map((point) => [point.key, point]));
  const stars = starKeys(sweep);
  const say = (/** @type {Axis} */ axis, /** @type {import('../../engine/config/config.js').SettingValue} */ value) => {
    return valueInWords(lab.field(axis.field), value, { rounded: true });
  };
  const rows =
    scaleOf(lab, other) === 'names' && lab.field(other.field).kind === 'enum'
      ? other.values
      : [...other.values].reverse();
  const best = result.leading?.median ?? 0;
  return {
    columns: along.values.map((value) => say(along, value)),
    rows: rows.map((value) => say(other, value)),
    xName: lab.field(along.field).label,
    yName: lab.field(other.field).label,
    chosen: sweep.chosen?.point ?? null,
    tiles: rows.map((row) =>
      along.values.map((column) => {
        const values = { [along.field]: column, [other.field]: row };
        // The plan's own order of the axes makes the key.
        const key = pointKey(Object.fromEntries(plan.axes.map(({ field }) => [field, values[field]])));
        const point = points.get(key);
        return point ? tileOf(sweep, point, best, stars.has(key)) : null;
      }),
    ),
  };
}

/** How a tile's figure is written on it. */
const WRITTEN = { digits: 2 };

/** @param {Sweep} sweep @param {SweepPoint} point @param {number} best @param {boolean} star */
function tileOf(sweep, point, best, star) {
  const { outcome, value, trials } = point;
  const start = trials[0].baseline_loss;
  const share = value && best > 0 && start > best ? Math.log(start / value) / Math.log(start / best) : 1;
  return {
    key: point.key,
    outcome,
    text: outcome === 'infeasible' || value === null ? '✕' : number(value, WRITTEN),
    name: sayPoint(sweep, point, star, WRITTEN),
    label: sayPoint(sweep, point, star),
    blown: outcome === 'unstable' || outcome === 'infeasible',
    star,
    share: Math.min(1, Math.max(0, share)) ** 2,
  };
}
