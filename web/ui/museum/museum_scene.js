/** The curves of a right and a mistaken training over each other, and of a guess beside them. */

import { divergenceMark, lastStep, seriesOf } from '../shared/trial_curves.js';

/**
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {{ label: string, trial: TrialResult, color: string, dash?: number[] }} Line
 */

/** How the three are drawn. */
export const LOOKS = {
  right: { label: 'the rule', color: 'loss' },
  wrong: { label: 'the library', color: 'instability', dash: [7, 3] },
  guess: { label: 'your guess', color: 'run-3', dash: [2, 3] },
};

/**
 * @param {Line[]} lines  from the back to the front
 * @param {'smoothed' | 'norm'} which
 * @param {() => import('../../charts/series.js').PointSeries} makePoints
 * @param {string} summary  for who hears the chart
 * @returns {import('../../charts/line/scene.js').Scene}
 */
export function museumScene(lines, which, makePoints, summary) {
  const marks = lines.flatMap(({ trial, color }) => divergenceMark(trial, which, color) ?? []);
  return {
    layers: lines.map(({ label, trial, color, dash }) => ({
      label,
      color,
      series: seriesOf(trial, makePoints)[which],
      // Norms jump from step to step: lines of two would be one thicket.
      ...(which === 'norm' ? { kind: /** @type {const} */ ('dots'), width: 2.5 } : { dash, width: 2 }),
    })),
    marks,
    from: 0,
    to: lastStep(lines.map(({ trial }) => ({ curve: trial.curve }))),
    summary,
  };
}

/** A smoothed loss beyond this multiple of the first is not worth the height that it would take. */
const EXPLODED = 1.2;

/**
 * Range tests over each other: the smoothed loss against the rate, and the rate that was read off it.
 *
 * @param {{ label: string, color: string, dash?: number[], reading: import('./range_pair.js').Reading }[]} tests
 * @param {() => import('../../charts/series.js').PointSeries} makePoints
 * @param {string} summary
 * @returns {import('../../charts/line/scene.js').Scene}
 */
export function testScene(tests, makePoints, summary) {
  /** @type {import('../../charts/line/scene.js').Layer[]} */
  const layers = [];
  /** @type {import('../../charts/line/scene.js').Mark[]} */
  const marks = [];
  for (const { label, color, dash, reading } of tests) {
    const [series, slope] = [makePoints(), makePoints()];
    reading.lr.forEach((rate, i) => {
      series.append(rate, reading.smoothed[i]);
      if (reading.smoothed[i] <= EXPLODED * tests[0].reading.smoothed[0]) slope.append(rate, reading.smoothed[i]);
    });
    // The descent decides the height of the axis; what explodes leaves it at the top.
    layers.push({ label: '', color, series: slope, alpha: 0, legend: false });
    layers.push({ label, color, dash, width: 2, series, context: true });
    const y = reading.smoothed[reading.lr.indexOf(reading.suggested)] ?? null;
    marks.push({ x: reading.suggested, y, kind: 'dot', color });
  }
  const rates = tests.flatMap(({ reading }) => reading.lr);
  return { layers, marks, from: Math.min(...rates), to: Math.max(...rates), summary };
}
