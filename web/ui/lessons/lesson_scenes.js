/** The curves of a lesson's experiment, as its charts draw them: each cell a colour, its first seed in front. */
import { trialsCeiling } from '../shared/ceilings.js';
import { divergenceMark, lastStep, lineStyle, seriesOf } from '../shared/trial_curves.js';

/**
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../charts/line/scene.js').Scene} Scene
 * @typedef {import('../../charts/line/scene.js').Layer} Layer
 * @typedef {import('../../charts/line/scene.js').Mark} Mark
 * @typedef {import('./lesson_run.js').LessonRun} LessonRun
 * @typedef {keyof import('../shared/trial_curves.js').TrialSeries} Column
 *
 * @typedef {object} Experiment
 * @property {Entry} lesson
 * @property {LessonRun | null} run
 * @property {Set<string>} undrawn  ids of the cells whose curves are hidden
 * @property {() => import('../../charts/series.js').PointSeries} makePoints
 */

/** A range test's loss beyond this multiple of its first is not worth the height it would take. */
const EXPLODED = 1.2;

/**
 * The cells' curves over each other.
 *
 * @param {Experiment} experiment
 * @param {Column} which
 * @param {Column} [dots]  drawn as dots beside it, of the first seed
 * @returns {Scene}
 */
export function cellScene({ run, undrawn, makePoints }, which, dots) {
  // A range test among trainings has steps of another kind.
  const drawn = drawnCells(run, undrawn).filter(({ cell }) => !cell.cell.range);
  const trials = drawn.flatMap(({ cell }) => cell.trials);
  const someTrain = trials.some((trial) => !trial.diverged);
  /** @type {Layer[]} */
  const layers = [];
  /** @type {Mark[]} */
  const marks = [];
  for (const { cell, style } of drawn) {
    cell.trials.forEach((trial, i) => {
      const first = i === 0;
      const series = seriesOf(trial, makePoints);
      // What left every bound does not decide how the others are seen.
      const context = trial.diverged && someTrain ? 'down' : undefined;
      layers.push({
        label: cell.label,
        ...style,
        series: series[which],
        width: first ? 2 : 1,
        alpha: first ? 1 : 0.45,
        legend: first,
        quiet: which === 'sharpness',
        context,
      });
      if (dots && first)
        layers.push({
          label: `${cell.label}, validation`,
          color: style.color,
          series: series[dots],
          kind: 'dots',
          width: 3.5,
          legend: false,
          context,
        });
      if (which === 'sharpness' && first)
        layers.push({
          label: `edge: ${cell.label}`,
          color: style.color,
          series: series.edge,
          width: 1.2,
          dash: [2, 3],
          legend: false,
        });
      const mark =
        which === 'smoothed' || which === 'norm'
          ? divergenceMark(trial, which === 'norm' ? 'norm' : 'smoothed', style.color)
          : null;
      if (mark) marks.push(mark);
    });
  }
  // The first seed's curves lie above the other seeds'.
  const isFaint = (/** @type {Layer} */ layer) => Number((layer.alpha ?? 1) < 1);
  layers.sort((a, b) => isFaint(b) - isFaint(a));
  const isLoss = which === 'smoothed' || which === 'loss' || which === 'valLoss';
  const ceiling = isLoss ? trialsCeiling(trials) : undefined;
  return { layers, marks, from: 0, to: lastStep(trials), ceiling, summary: run ? run.sentence : '' };
}

/** Of range tests: the smoothed loss against the rate, and where it falls fastest. @param {Experiment} experiment @returns {Scene} */
export function rangeScene({ run, undrawn, makePoints, lesson }) {
  const drawn = drawnCells(run, undrawn);
  const { lr_min = 1e-8, lr = 1 } = lesson.cells[0].config;
  /** @type {Layer[]} */
  const layers = [];
  /** @type {Mark[]} */
  const marks = [];
  for (const { cell, style } of drawn) {
    cell.trials.forEach((trial, i) => {
      const { range } = trial;
      if (!range) return;
      const series = makePoints();
      const slope = makePoints();
      for (const [j, rate] of range.lr.entries()) {
        series.append(rate, range.smoothed[j]);
        if (range.smoothed[j] <= EXPLODED * range.smoothed[0]) slope.append(rate, range.smoothed[j]);
      }
      // The slope decides the height of the axis; what explodes leaves it at the top.
      layers.push({ label: '', color: 'loss', series: slope, alpha: 0, legend: false });
      layers.push({
        label: cell.label,
        ...style,
        series,
        width: i ? 1 : 2,
        alpha: i ? 0.5 : 1,
        legend: i === 0 && drawn.length > 1,
        context: true,
      });
      const { steepest } = range.suggestion;
      if (steepest) marks.push({ x: steepest, y: series.at(steepest * 1.0001), kind: 'dot', color: style.color });
    });
  }
  return { layers, marks, from: Number(lr_min), to: Number(lr), summary: run?.sentence ?? '' };
}

/** The cells that are not hidden, each with its place's style. @param {LessonRun | null} run @param {Set<string>} undrawn */
function drawnCells(run, undrawn) {
  return (run?.cells ?? [])
    .map((cell, i) => ({ cell, style: lineStyle(i) }))
    .filter(({ cell }) => !undrawn.has(cell.id));
}
