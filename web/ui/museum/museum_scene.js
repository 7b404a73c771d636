/** The curves of a right and a mistaken training over each other, and of a guess beside them. */

import { divergenceMark, lastStep, seriesOf } from '../shared/trial_curves.js';

/**
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {{ label: string, trial: TrialResult, color: string, dash?: number[] }} Line
 */

/** How the three are drawn. */
export const LOOKS = {
  right: { label: 'the rule', color: 'loss' },
  wrong: { label: 'otherwise', color: 'instability', dash: [7, 3] },
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
