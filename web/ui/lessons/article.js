/**
 * A lesson's experiment as its source shows it: accuracy and loss of its runs, on training and on validation data, and its
 * published figures beside ours. Only where the experiment was trained on the source's own data.
 */
import { html, nothing } from 'lit';
import { count, number, percent } from '../../engine/words/numbers.js';
import { list } from '../../engine/words/sentences.js';
import { scoresOf } from '../shared/scores.js';
import { lineStyle, swatch } from '../shared/trial_curves.js';
import { cellScene } from './lesson_scenes.js';

/**
 * @typedef {import('./lesson_scenes.js').Experiment} Experiment
 * @typedef {import('./lesson_scenes.js').Column} Column
 * @typedef {import('../../engine/study/gallery/entry.js').CellTrial} CellTrial
 */

/** The source's figures, each with a panel for the batches that it trained on and one for the validation data. @type {{ heading: string, column: Column, share: boolean }[]} */
const PANELS = [
  { heading: 'Training accuracy', column: 'accuracy', share: true },
  { heading: 'Validation accuracy', column: 'valAccuracy', share: true },
  { heading: 'Training loss', column: 'smoothed', share: false },
  { heading: 'Validation loss', column: 'valLoss', share: false },
];

/** @param {Experiment} experiment */
export function articleFigures(experiment) {
  const { lesson, run } = experiment;
  const { published } = lesson;
  if (!published || !run?.isFashion) return nothing;
  const others = lesson.cells.filter(({ id }) => !published.cells.includes(id)).map(({ id }) => id);
  const shown = { ...experiment, undrawn: new Set([...experiment.undrawn, ...others]) };
  return html`<section class="article">
    <h3>As the article shows it</h3>
    <div class="article-panels">
      ${PANELS.map(
        ({ heading, column, share }) => html`<line-chart
          class="panel"
          heading=${heading}
          group="lesson-article"
          y=${share ? 'linear' : 'log'}
          ?share=${share}
          .source=${() => cellScene(shown, column)}
        ></line-chart>`,
      )}
    </div>
    <div class="table-scroll"><table>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col" class="figure">Best val. accuracy</th>
          <th scope="col" class="figure">Last val. loss</th>
        </tr>
      </thead>
      <tbody>
        ${lesson.cells.map((cell, i) => {
          if (!published.cells.includes(cell.id)) return nothing;
          const figures = figuresOf(trialsOf(experiment, cell.id));
          return html`<tr>
            <th scope="row">${swatch(lineStyle(i))} ${cell.label}${rateOf(experiment, cell.id)}</th>
            <td class="figure">${figures ? percent(figures.accuracy, 2) : nothing}</td>
            <td class="figure">${figures ? number(figures.loss, { digits: 4 }) : nothing}</td>
          </tr>`;
        })}
        <tr class="published">
          <th scope="row">${published.label}</th>
          <td class="figure">${percent(published.accuracy, 2)}</td>
          <td class="figure">${number(published.loss, { digits: 4 })}</td>
        </tr>
      </tbody>
    </table></div>
    <p class="soft">${published.says} ${run.status === 'done' ? compareWith(experiment) : ''}</p>
  </section>`;
}

/** @param {Experiment} experiment @param {string} cell @returns {CellTrial[]} */
const trialsOf = ({ run }, cell) => run?.cells.find(({ id }) => id === cell)?.trials ?? [];

/**
 * What the trainings of a cell came to: the mean over the seeds of the highest accuracy and of the last loss; null before.
 * @param {CellTrial[]} trials
 */
export function figuresOf(trials) {
  if (trials.length === 0) return null;
  const scores = trials.map(({ evaluations }) => scoresOf(evaluations));
  const mean = (/** @type {(number | null)[]} */ values) =>
    values.reduce((/** @type {number} */ sum, value) => sum + (value ?? Number.NaN), 0) / values.length;
  return {
    accuracy: mean(scores.map(({ bestAccuracy }) => bestAccuracy)),
    loss: mean(scores.map(({ lastLoss }) => lastLoss)),
  };
}

/** The rate that a range test suggested for a cell, where one did. @param {Experiment} experiment @param {string} cell */
function rateOf({ lesson, ...experiment }, cell) {
  const after = lesson.cells.find(({ id }) => id === cell)?.after;
  const rates = [...new Set(trialsOf({ lesson, ...experiment }, cell).map(({ config }) => config.lr))];
  return after && rates.length === 1 ? `, ${number(rates[0])}` : '';
}

/** What our trainings of the source's runs are beside it, where all are done. @param {Experiment} experiment */
function compareWith(experiment) {
  const { lesson } = experiment;
  const { published } = lesson;
  if (!published) return '';
  const ours = published.cells.flatMap((id) => {
    const figures = figuresOf(trialsOf(experiment, id));
    const label = lesson.cells.find((cell) => cell.id === id)?.label ?? id;
    return figures ? [{ label, ...figures }] : [];
  });
  const [{ train_samples, steps }] = trialsOf(experiment, published.cells[0]);
  return `Here, with ${count(steps)} steps on ${count(train_samples)} images, ${sayNearest(ours, published)}.`;
}

/**
 * How far the two that come nearest to what was published are from it.
 * @param {{ label: string, accuracy: number, loss: number }[]} ours @param {{ accuracy: number, loss: number }} published
 */
export function sayNearest(ours, published) {
  const apart = ours.map(({ label, accuracy, loss }) => ({
    label,
    points: 100 * (accuracy - published.accuracy),
    loss: loss - published.loss,
  }));
  const nearest = apart.sort((a, b) => Math.abs(a.points) - Math.abs(b.points)).slice(0, 2);
  return list(
    nearest.map(
      ({ label, points, loss }) =>
        `${label} is ${Math.abs(points).toFixed(2)} points ${points > 0 ? 'above' : 'below'} it in accuracy and ${number(Math.abs(loss), { digits: 2 })} ${loss > 0 ? 'above' : 'below'} it in loss`,
    ),
  );
}
