/** The curve of a learning-rate finder that another program ran: its losses, ours smoothed, and the rates that are read off. */

import { number } from '../../engine/words/numbers.js';

/**
 * @typedef {import('../../engine/study/inspect/range_inspection.js').RangeInspection} RangeInspection
 * @typedef {import('../../charts/line/scene.js').Scene} Scene
 * @typedef {import('../../charts/series.js').PointSeries} PointSeries
 */

/** What lies beyond this multiple of the smoothed loss's begin is not worth the height it would take. */
const EXPLODED = 1.2;

/**
 * @param {RangeInspection} found
 * @param {() => PointSeries} makePoints
 * @returns {Scene}
 */
export function rangeCurve({ lr, loss, smoothed, suggestion, said, clear }, makePoints) {
  const curve = (/** @type {number[]} */ values) => {
    const points = makePoints();
    for (const [i, rate] of lr.entries()) points.append(rate, values[i]);
    return points;
  };
  const series = curve(smoothed);
  const { steepest } = suggestion;
  // The slope decides the height of the axis; what explodes leaves it at the top.
  const slope = curve(smoothed.map((value) => (value <= EXPLODED * smoothed[0] ? value : Number.NaN)));
  return {
    layers: [
      {
        label: 'as logged',
        color: 'loss',
        series: curve(loss),
        alpha: 0.3,
        width: 1,
        legend: false,
        context: true,
        quiet: true,
      },
      { label: '', color: 'loss', series: slope, alpha: 0, legend: false, quiet: true },
      { label: 'smoothed loss', color: 'loss', series, width: 2, context: true },
    ],
    from: lr[0],
    to: lr[lr.length - 1],
    verticals: said === null ? [] : [{ x: said, label: `the file: ${number(said)}`, color: 'soft' }],
    marks:
      steepest === null
        ? []
        : [
            {
              x: steepest,
              y: series.at(steepest * 1.0001),
              kind: 'dot',
              color: 'instability',
              label: number(steepest),
            },
          ],
    summary:
      clear && steepest !== null ? `It falls fastest at ${number(steepest)}.` : 'No learning rate is read off it.',
  };
}
