/**
 * What the range test's chart shows: the loss against the rate, the middle of several seeds, and where the rules stand.
 *
 * @typedef {import('./range_words.js').RangeResult} RangeResult
 * @typedef {import('./range_words.js').TriedResult} TriedResult
 * @typedef {import('../../charts/line/scene.js').Layer} Layer
 * @typedef {import('../../charts/line/scene.js').Scene} Scene
 * @typedef {import('../../charts/series.js').PointSeries} PointSeries
 * @typedef {{ loss: PointSeries, smoothed: PointSeries }} SeedCurve
 * @typedef {{ low: PointSeries, median: PointSeries, high: PointSeries }} DrawnBand
 */

import { number } from '../../engine/words/numbers.js';
import { medianOver } from '../../engine/words/sentences.js';
import { adviseRate, rulesOf } from './range_words.js';

/**
 * @param {object} test
 * @param {{ lr_min: number, lr_max: number }} test.tested
 * @param {number} test.done  points measured, of all seeds
 * @param {SeedCurve[]} test.seeds
 * @param {DrawnBand | null} test.band  of several seeds, once all are measured
 * @param {RangeResult | TriedResult | null} test.result
 * @returns {Scene}
 */
export function rangeScene({ tested, done, seeds, band, result }) {
  /** The curve that the suggestion stands on. */
  const main = band?.median ?? seeds[0]?.smoothed;
  return {
    layers: band ? layersOfMany(band, seeds) : layersOfCurves(seeds),
    from: tested.lr_min,
    to: tested.lr_max,
    ...(result && marksOf(result, main)),
    empty: 'The loss appears here as the rate rises.',
    summary: result ? summarize(result) : `${done} points measured.`,
  };
}

/** @param {RangeResult | TriedResult} result */
function summarize(result) {
  const advised = adviseRate(result);
  const rate = advised ? `Suggested learning rate ${number(advised.lr)}.` : 'No learning rate is suggested.';
  return [rate, ...(result.message === null ? [] : [result.message]), result.ending].join(' ');
}

/** The rates that the rules read off, and the one to go on with. @param {RangeResult | TriedResult} result @param {PointSeries} main @returns {Pick<Scene, 'marks' | 'verticals' | 'regions'>} */
function marksOf(result, main) {
  const { suggestion, halfway, range } = result;
  const advised = adviseRate(result);
  /** @type {Scene['verticals']} */
  const verticals = [];
  const rules = rulesOf(result);
  rules.forEach(([rule, label]) => {
    const rate = suggestion[rule];
    if (rate !== null && rate !== advised?.lr) verticals.push({ x: rate, label, color: 'soft' });
  });
  if (halfway.lr !== null && halfway.off > 0) {
    verticals.push({ x: halfway.lr, label: 'Halfway', color: 'soft' });
  }
  const hasRange = range.base !== null && range.max !== null && range.base < range.max;
  const regions = hasRange
    ? [{ from: Number(range.base), to: Number(range.max), color: 'lr', label: 'cyclical range' }]
    : [];
  if (!advised) return { verticals, regions };
  const color = 'instability';
  verticals.push({ x: advised.lr, label: '', color });
  const y = main?.at(advised.lr * 1.0001) ?? null;
  return { verticals, regions, marks: [{ x: advised.lr, y, kind: 'dot', color, label: number(advised.lr) }] };
}

/** While it runs, and of one seed: each seed's smoothed curve, the first one's batches behind it. @param {SeedCurve[]} seeds @returns {Layer[]} */
function layersOfCurves(seeds) {
  return seeds.flatMap((curve, i) => {
    const isFirst = i === 0;
    /** @type {Layer} */
    const smoothed = {
      label: isFirst ? 'smoothed loss' : 'other seeds',
      color: 'loss',
      series: curve.smoothed,
      alpha: isFirst ? 1 : 0.4,
      width: isFirst ? 2.2 : 1.2,
      legend: i < 2,
    };
    if (!isFirst) return [smoothed];
    return [
      { label: 'batch', color: 'loss', series: curve.loss, alpha: 0.3, width: 1, legend: false, context: 'down' },
      smoothed,
    ];
  });
}

/** Of several seeds, when all are measured: the band, every seed thin, the median on top. @param {DrawnBand} band @param {SeedCurve[]} seeds @returns {Layer[]} */
function layersOfMany(band, seeds) {
  return [
    { label: 'middle half of the seeds', kind: 'band', color: 'loss', series: band.high, floor: band.low },
    ...seeds.map(({ smoothed }) => ({
      label: 'one seed',
      color: 'loss',
      series: smoothed,
      alpha: 0.3,
      width: 1,
      legend: false,
    })),
    { label: medianOver(seeds.length), color: 'loss', series: band.median, width: 2.2 },
  ];
}

/**
 * The middle half of several seeds' curves as series.
 * @param {import('../../engine/study/trial/statistics.js').Band | null} band @param {() => PointSeries} makePoints
 * @returns {DrawnBand | null}
 */
export function drawBand(band, makePoints) {
  if (!band) return null;
  const [low, median, high] = [band.low, band.median, band.high].map((values) => {
    const points = makePoints();
    values.forEach((value, i) => {
      points.append(band.x[i], value);
    });
    return points;
  });
  return { low, median, high };
}
