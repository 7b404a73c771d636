/** The figures of a lesson's experiment: a row a cell, each over its seeds. */
import { html, nothing } from 'lit';
import { countFates, FATES } from '../../engine/config/fate.js';
import { number, percent } from '../../engine/words/numbers.js';
import { scoresOf } from '../shared/scores.js';
import { lineStyle, swatch } from '../shared/trial_curves.js';

/**
 * @typedef {import('../../engine/study/gallery/entry.js').CellTrial} CellTrial
 * @typedef {import('./lesson_run.js').CellState} CellState
 *
 * @typedef {object} Cells
 * @property {import('./lessons.js').Lessons} lessons
 * @property {import('../../engine/study/gallery/entry.js').Entry} lesson
 * @property {import('./lesson_run.js').LessonRun | null} run
 * @property {Set<string>} undrawn  ids of the cells whose curves are hidden
 * @property {(cell: CellState) => void} toggle  hides a cell's curves, or draws them again
 */

/** A row a cell: how its trainings went. @param {Cells} what */
export function cellTable({ lessons, lesson, run, undrawn, toggle }) {
  const cells = run?.cells ?? lessons.blankCells(lesson);
  const trained = cells.some((cell) => cell.trials.length > 0);
  const once = isEvaluatedOnce(lesson);
  const clips = cells.some((cell) => cell.trials.some((trial) => trial.clipped_fraction > 0));
  return html`<div class="table-scroll"><table class="cells">
    <thead>
      <tr>
        <th scope="col">Cell</th>
        <th scope="col">What happened</th>
        <th scope="col" class="figure">Training loss, last 50 steps</th>
        <th scope="col" class="figure">${once ? 'Val. loss' : 'Best val. loss'}</th>
        ${once ? nothing : html`<th scope="col" class="figure">Last val. loss</th>`}
        <th scope="col" class="figure">${once ? 'Val. accuracy' : 'Best val. accuracy'}</th>
        ${clips ? html`<th scope="col" class="figure">Clipped</th>` : nothing}
        <th scope="col"><span class="visually-hidden">Actions</span></th>
      </tr>
    </thead>
    <tbody>
      ${cells.map((cell, i) => {
        const style = lineStyle(i);
        const off = undrawn.has(cell.id);
        const { trials } = cell;
        // A range test is no training that could go well: it has its rates to tell, and no more.
        const figures = cell.cell.range ? [] : trials;
        const scores = figures.map(({ evaluations }) => scoresOf(evaluations));
        return html`<tr class=${off ? 'off' : ''}>
          <th scope="row">
            <button class="name" aria-pressed=${!off} title=${off ? 'Draw it again' : 'Hide its curves'} @click=${() => toggle(cell)}>
              ${swatch(style)} ${unbroken(cell.label)}
            </button>
          </th>
          <td>${trained || run ? happened(cell, lesson) : nothing}</td>
          <td class="figure">${spread(figures.map((trial) => trial.train.last50))}</td>
          <td class="figure">${spread(scores.map(({ bestLoss }) => bestLoss ?? Number.NaN))}</td>
          ${once ? nothing : html`<td class="figure">${spread(scores.map(({ lastLoss }) => lastLoss ?? Number.NaN))}</td>`}
          <td class="figure">${spread(
            scores.map(({ bestAccuracy }) => bestAccuracy ?? Number.NaN),
            (value) => percent(value, 1),
          )}</td>
          ${
            clips
              ? html`<td class="figure">${spread(
                  figures.map((trial) => trial.clipped_fraction),
                  (value) => percent(value, 0),
                )}</td>`
              : nothing
          }
          <td class="actions">
            <button
              ?disabled=${!lessons.canLoad(lesson, cell.cell)}
              title=${lessons.canLoad(lesson, cell.cell) || !cell.cell.after ? nothing : 'Its settings come from another cell: run the lesson first'}
              aria-label=${`Open in Live: ${cell.label}`}
              @click=${() => lessons.load(lesson, cell.cell)}
            >
              Open in Live
            </button>
          </td>
        </tr>`;
      })}
    </tbody>
  </table></div>`;
}

/** A row a range test: the rates that its rules suggest. @param {Cells} what */
export function rangeTable({ lessons, lesson, run, undrawn, toggle }) {
  const cells = run?.cells ?? lessons.blankCells(lesson);
  return html`<div class="table-scroll"><table class="cells">
    <thead>
      <tr>
        <th scope="col">Test</th>
        <th scope="col" class="figure">Steepest descent</th>
        <th scope="col" class="figure">Largest ÷ smallest</th>
        <th scope="col" class="figure">Valley</th>
        <th scope="col" class="figure">Minimum ÷ 10</th>
        <th scope="col"><span class="visually-hidden">Actions</span></th>
      </tr>
    </thead>
    <tbody>
      ${cells.map((cell, i) => {
        const rates = (/** @type {'steepest' | 'valley' | 'minimum_tenth'} */ rule) =>
          cell.trials.map((trial) => trial.range?.suggestion[rule] ?? Number.NaN);
        const steepest = rates('steepest').filter((rate) => rate > 0);
        return html`<tr class=${undrawn.has(cell.id) ? 'off' : ''}>
          <th scope="row">
            <button class="name" aria-pressed=${!undrawn.has(cell.id)} @click=${() => toggle(cell)}>
              ${swatch(lineStyle(i))} ${unbroken(cell.label)}
            </button>
          </th>
          <td class="figure">${spread(rates('steepest'))}</td>
          <td class="figure">${steepest.length > 1 ? `${number(Math.max(...steepest) / Math.min(...steepest))} ×` : nothing}</td>
          <td class="figure">${spread(rates('valley'))}</td>
          <td class="figure">${spread(rates('minimum_tenth'))}</td>
          <td class="actions">
            <button ?disabled=${!lessons.hasData(lesson)} aria-label=${`Open ${cell.label} in the range test`} @click=${() => lessons.load(lesson, cell.cell)}>
              Open
            </button>
          </td>
        </tr>`;
      })}
    </tbody>
  </table></div>`;
}

/** In one line. @param {string} words */
const joined = (words) => words.replaceAll(' ', '\u00a0');

/** A rate stays in the line of its letter. @param {string} label */
const unbroken = (label) => label.replaceAll('η ', joined('η '));

/**
 * Whether no training is evaluated before its end, so that its last validation loss is its best one, too.
 * @param {Cells['lesson']} lesson
 */
function isEvaluatedOnce(lesson) {
  return lesson.cells.every(({ config }) => {
    const { eval_every, steps } = { ...lesson.config, ...config };
    return eval_every !== undefined && (eval_every === 0 || Number(eval_every) >= Number(steps));
  });
}

/** The rates of steepest descent. @param {CellTrial[]} trials */
function suggestionsOf(trials) {
  return trials.map((trial) => trial.range?.suggestion.steepest ?? Number.NaN);
}

/** The median of the seeds, and how far they lie apart. @param {number[]} values @param {(value: number) => string} [say] */
function spread(values, say = number) {
  if (values.length === 0) return nothing;
  const rising = [...values].sort((a, b) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b));
  const middle = rising[(rising.length - 1) >> 1];
  const finite = rising.filter((value) => Number.isFinite(value));
  const range =
    finite.length > 1 && say(finite[0]) !== say(finite[finite.length - 1])
      ? html`<small class="spread">${[`${say(finite[0])} …`, say(finite[finite.length - 1])].map(joined).join(' ')}</small>`
      : nothing;
  return html`${Number.isFinite(middle) ? say(middle) : '✕'}${range}`;
}

/** What happened to a cell's trainings, in a few words. @param {CellState} cell @param {Cells['lesson']} lesson */
function happened({ cell, trials, running, seeds }, { quiet }) {
  if (trials.length === 0 && running.size === 0) return html`<span class="soft">waiting</span>`;
  if (trials.length < seeds && running.size > 0) {
    const share = [...running.values()].reduce((sum, part) => sum + part, 0) / running.size;
    return html`<span class="soft">training, ${percent(share, 0)}</span>`;
  }
  if (cell.range) return html`suggests ${spread(suggestionsOf(trials))}`;
  const said = countFates(trials).map(({ fate, count }) => {
    const words = fate === 'stable' && quiet ? { short: quiet, tone: 'soft' } : FATES[fate];
    return { ...words, found: count };
  });
  return said.map(
    ({ short, tone, found }, i) =>
      html`${i ? ', ' : nothing}<span class=${tone}>${short}${said.length > 1 || found > 1 ? html` <small>${found} of ${trials.length}</small>` : nothing}</span>`,
  );
}
