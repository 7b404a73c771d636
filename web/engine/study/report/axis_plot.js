/** The playbook's axis plot in a report: best checkpoint against one setting, over the seeds, infeasible points as crosses. */

import { number } from '../../words/numbers.js';
import { ofSeeds } from '../../words/sentences.js';
import { bestLoss, judgePoint } from '../judge/judge.js';
import { drawChart } from './report_chart.js';

/**
 * @typedef {import('../judge/judge.js').Judged & { at: number }} PlacedTrial  at: its value of the setting
 *
 * @param {object} plot
 * @param {string} plot.title
 * @param {string} plot.xLabel
 * @param {PlacedTrial[]} plot.trials
 * @param {number | null} plot.best  the value that is starred
 * @param {string} plot.bestName
 * @param {number | null} [plot.unstable]  the value from which on training is unstable
 */
export function drawAxisPlot({ title, xLabel, trials, best, bestName, unstable = null }) {
  const places = [...new Set(trials.map(({ at }) => at))].sort((a, b) => a - b);
  const points = places.map((at) => {
    const own = trials.filter((trial) => trial.at === at);
    const { loss, feasible, infeasible, seeds } = judgePoint(own);
    const losses = own.map(bestLoss).filter(Number.isFinite);
    return { at, median: loss, isFeasible: feasible && loss !== null, infeasible, seeds, losses };
  });
  const feasible = points.filter(({ isFeasible }) => isFeasible);
  return drawChart({
    title,
    xLabel,
    yLabel: 'best loss',
    xLog: places.every((at) => at > 0),
    series: [
      { label: 'median of the seeds', tone: 'val', points: feasible.map(({ at, median }) => [at, Number(median)]) },
      {
        label: '',
        tone: 'val',
        look: 'dots',
        points: feasible.flatMap(({ at, losses }) =>
          losses.map((loss) => /** @type {[number, number]} */ ([at, loss])),
        ),
      },
    ],
    bands: [
      {
        tone: 'val',
        points: feasible.map(({ at, losses }) => ({ x: at, low: Math.min(...losses), high: Math.max(...losses) })),
      },
    ],
    marks: points.flatMap(({ at, isFeasible, infeasible, seeds, median }) => {
      /** @type {import('./report_chart.js').Mark[]} */
      const marks = [];
      const label = `${number(at)}: ${ofSeeds(infeasible, seeds)} infeasible`;
      if (!isFeasible) marks.push({ x: at, y: null, shape: 'cross', label });
      if (at === best) marks.push({ x: at, y: median, shape: 'star', label: `${bestName} = ${number(at)}` });
      return marks;
    }),
    rules: unstable === null ? [] : [{ axis: 'x', at: unstable, label: 'unstable from here', tone: 'bad' }],
  });
}
