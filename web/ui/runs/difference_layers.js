/**
 * By how much the smoothed loss of each run that is drawn is above the pinned baseline's at the same step, each in its own
 * colour: below 0 it is the better one.
 *
 * @typedef {import('../../charts/line/scene.js').Layer} Layer
 * @typedef {import('../state/run.js').Run} Run
 */
import { smoothedOf } from './learning_layers.js';

/** Whether there is a baseline, and a run beside it. @param {{ lab: import('../state/lab.js').Lab }} view */
export function hasDifferences({ lab }) {
  return comparedWith(lab).length > 0;
}

/** @param {Run} run @param {{ lab: import('../state/lab.js').Lab }} view @returns {Layer[]} */
export function differenceLayers(run, { lab }) {
  const { baseline } = lab.runs;
  if (!baseline) return [];
  const own = smoothedOf(lab, baseline, 'loss');
  return comparedWith(lab).map((other) => ({
    label: other.name,
    color: other.color,
    series: lab.seriesMaker.createGroup([smoothedOf(lab, other, 'loss'), own], 'difference'),
    width: other === run ? 2 : 1.5,
    alpha: other === run || lab.runs.standsOut(other) ? 1 : 0.6,
    // One that broke does not press the others into a line.
    context: other.status === 'diverged',
  }));
}

/** What is drawn, without the baseline itself. @param {import('../state/lab.js').Lab} lab */
function comparedWith(lab) {
  const { baseline, overlays } = lab.runs;
  if (!baseline) return [];
  return [...overlays, ...(lab.focus ? [lab.focus] : [])].filter(
    (run) => run !== baseline && run.series.loss.length > 0,
  );
}

/** The line of the baseline itself. @param {Run} _ @param {{ lab: import('../state/lab.js').Lab }} view */
export function baselineLine(_, { lab }) {
  const { baseline } = lab.runs;
  return baseline ? [{ y: 0, label: baseline.name, color: baseline.color }] : [];
}
