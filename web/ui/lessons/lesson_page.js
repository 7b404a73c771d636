/**
 * <lesson-page>: one lesson: what to try, what to look for and why; beside it the experiment: its cells trained over
 * some seeds, their curves laid over each other, a table of figures, and whether the phenomenon was there.
 */
import { html, nothing } from 'lit';
import { capitalize, plural } from '../../engine/words/sentences.js';
import { LabElement } from '../shared/lab_element.js';
import { saveBar } from '../shared/save_bar.js';
import { articleFigures } from './article.js';
import { lessonCharts, QUANTITIES, quantitiesOf } from './lesson_charts.js';
import { isRangeTest } from './lesson_run.js';
import { cellScene, rangeScene } from './lesson_scenes.js';
import { cellTable, rangeTable } from './lesson_table.js';
import { isTold, lessonText, sharedSettings } from './lesson_text.js';

/**
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('./lesson_charts.js').Quantity} Quantity
 * @typedef {import('./lesson_scenes.js').Experiment} Experiment
 * @typedef {import('./lesson_run.js').LessonRun} LessonRun
 * @typedef {import('./lesson_run.js').CellState} CellState
 */

export class LessonPage extends LabElement {
  static properties = {
    ...LabElement.properties,
    lessons: { attribute: false },
    lesson: { attribute: false },
    shown: { state: true },
    seeds: { state: true },
    onFashion: { state: true },
    undrawn: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./lessons.js').Lessons} */
    this.lessons = /** @type {any} */ (null);
    /** @type {Entry} */
    this.lesson = /** @type {any} */ (null);
    /** The quantity of the second chart. @type {Quantity} */
    this.shown = 'norm';
    this.seeds = 3;
    /** Whether the experiment is to train on Fashion-MNIST instead of the lesson's own data. */
    this.onFashion = false;
    /** Cells that are not drawn, by id. @type {Set<string>} */
    this.undrawn = new Set();
    this.lossScene = () =>
      isRangeTest(this.lesson) ? rangeScene(this.experiment) : cellScene(this.experiment, 'smoothed', 'valLoss');
    this.otherScene = () => {
      const { series, dots } = QUANTITIES[this.shown];
      return cellScene(this.experiment, series, dots);
    };
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('lesson') || !this.lesson) return;
    this.lessons.prepare();
    this.undrawn = new Set();
    this.onFashion = this.run?.isFashion ?? false;
    this.seeds = this.run?.seeds ?? Math.max(this.lesson.quick.seeds, Math.min(3, this.lesson.seeds));
    [this.shown] = quantitiesOf(this.lesson);
    this.closest('.view')?.scrollTo({ top: 0 });
  }

  updated() {
    for (const chart of this.querySelectorAll('line-chart')) /** @type {any} */ (chart).invalidate();
  }

  /** @returns {LessonRun | null} */
  get run() {
    return this.lessons.runOf(this.lesson.id);
  }

  /** What the charts draw. @returns {Experiment} */
  get experiment() {
    const { lesson, run, undrawn } = this;
    return { lesson, run, undrawn, makePoints: () => this.lab.makePoints() };
  }

  /** What one may choose for the number of seeds: none with which the criterion cannot decide. */
  get seedChoices() {
    const { quick, seeds } = this.lesson;
    return [...new Set([1, 3, 5, quick.seeds, seeds])].filter((n) => n >= quick.seeds).sort((a, b) => a - b);
  }

  /** @param {CellState} cell */
  toggle(cell) {
    const undrawn = new Set(this.undrawn);
    if (!undrawn.delete(cell.id)) undrawn.add(cell.id);
    this.undrawn = undrawn;
  }

  // ---- the experiment --------------------------------------------------------------------------------------------

  /** What runs, in a sentence. */
  plan() {
    const { lesson } = this;
    const trainings = plural(lesson.cells.length, 'training');
    return this.seeds === 1 ? trainings : `${trainings} × ${plural(this.seeds, 'seed')}`;
  }

  controls() {
    const { lab, lesson, run } = this;
    if (run?.status === 'running') {
      return html`
        <button @click=${() => run.cancel()}>Stop</button>
        <progress max="1" .value=${run.share} aria-label="The lesson’s trainings"></progress>
        <span class="soft">${run.progressWords}</span>
      `;
    }
    return html`
      <button class="primary" ?disabled=${!lab.ready || !this.lessons.hasData(lesson)} @click=${() => this.lessons.start(lesson, this.seeds, { isFashion: this.onFashion })}>
        ${run ? 'Run it again' : 'Run this lesson'}
      </button>
      <label class="seeds">
        over
        <select
          aria-label="Seeds"
          @change=${(/** @type {Event} */ event) => {
            this.seeds = Number(/** @type {HTMLSelectElement} */ (event.target).value);
          }}
        >
          ${this.seedChoices.map((seeds) => html`<option value=${seeds} ?selected=${seeds === this.seeds}>${plural(seeds, 'seed')}</option>`)}
        </select>
      </label>
      ${this.dataChoice()}
      <span class="soft">${run ? run.progressWords : this.plan()}</span>
    `;
  }

  /** The data of the source, where they are here, instead of the lesson's own. */
  dataChoice() {
    const { lessons, lesson } = this;
    if (!lessons.canBeFashion(lesson)) return nothing;
    return html`<label class="seeds">
      on
      <select
        aria-label="Data"
        @change=${(/** @type {Event} */ event) => {
          this.onFashion = /** @type {HTMLSelectElement} */ (event.target).value === 'fashion';
        }}
      >
        <option value="own" ?selected=${!this.onFashion}>glyphs</option>
        <option value="fashion" ?selected=${this.onFashion}>Fashion-MNIST, as the article</option>
      </select>
    </label>`;
  }

  /** What to do where the lesson's data set is not there. */
  dataWanted() {
    const { lab, lesson } = this;
    const isWanted = lesson.fashion !== undefined && !this.lessons.canBeFashion(lesson);
    if (this.lessons.hasData(lesson) && !isWanted) return nothing;
    return html`<div class="data-wanted">
      <p>
        ${isWanted ? html`The article’s own data are` : html`This lesson needs`} <b>Fashion-MNIST</b>, which this server does not have. On your own machine
        <code>trainscope data fashion-mnist</code> gets it once${isWanted ? '; the lesson trains on generated glyphs meanwhile' : ''}.
      </p>
      <label class="drop">
        <input
          type="file"
          multiple
          aria-label="Choose the Fashion-MNIST files"
          @change=${(/** @type {Event} */ event) => {
            const input = /** @type {HTMLInputElement} */ (event.target);
            this.lessons.takeFiles([...(input.files ?? [])]);
            input.value = '';
          }}
        />
        ${lab.data.loading ? html`Reading ${lab.data.loading}…` : html`<b>Drop its four files here</b> or choose them: train-images, train-labels, t10k-images, t10k-labels`}
      </label>
    </div>`;
  }

  verdict() {
    const { lesson, run } = this;
    const verdict = run?.verdict ?? null;
    return html`<div class="criterion ${verdict ? (verdict.passed ? 'passed' : 'missed') : ''}" role="status">
      ${
        verdict
          ? html`<p><b>${verdict.passed ? 'Shown' : 'Not shown this time'}.</b> ${capitalize(verdict.figure)}.</p>`
          : run?.status === 'failed'
            ? html`<p class="bad">${run.problem}</p>`
            : nothing
      }
      <p class="soft">
        <span class="what">What must be seen</span>
        ${isTold(this.lessons, lesson) ? lesson.criterion : 'It is told once a run has shown it: to read it now is to know what happens.'}
      </p>
    </div>`;
  }

  async saveCsv() {
    const { rangeToCsv, saveCsv, trialsToCsv } = await import('../shared/study_export.js');
    const cells = this.run?.cells ?? [];
    const trials = cells.flatMap(({ label, trials: own }) => own.map((trial) => ({ label, trial })));
    const tests = trials.flatMap(({ trial: { seed, range } }) => (range ? [{ seed, ...range }] : []));
    saveCsv(isRangeTest(this.lesson) ? rangeToCsv(tests) : trialsToCsv(trials), `lesson-${this.lesson.id}`);
  }

  async saveJson() {
    const { saveJson } = await import('../shared/study_export.js');
    const { lesson, run } = this;
    const cells = (run?.cells ?? []).map(({ id, label, trials }) => ({ id, label, trials }));
    saveJson({ lesson: lesson.id, verdict: run?.verdict ?? null, cells }, `lesson-${lesson.id}`);
  }

  charts() {
    const { lesson, run, shown, lossScene, otherScene } = this;
    if (!run?.cells.some((cell) => cell.trials.length)) return nothing;
    const show = (/** @type {Quantity} */ quantity) => {
      this.shown = quantity;
    };
    return html`${lessonCharts({ lesson, shown, show, lossScene, otherScene })} ${articleFigures(this.experiment)}
      ${saveBar({ csv: () => this.saveCsv(), json: () => this.saveJson() })}`;
  }

  table() {
    const { lessons, lesson, run, undrawn } = this;
    const cells = { lessons, lesson, run, undrawn, toggle: (/** @type {CellState} */ cell) => this.toggle(cell) };
    return isRangeTest(lesson) ? rangeTable(cells) : cellTable(cells);
  }

  render() {
    if (!this.lab || !this.lesson) return nothing;
    return html`
      ${lessonText(this)}
      <div class="lesson-experiment">
        <div class="experiment-head">${this.controls()}</div>
        ${this.dataWanted()} ${this.verdict()} ${this.charts()} ${this.table()} ${sharedSettings(this)}
      </div>
    `;
  }
}

customElements.define('lesson-page', LessonPage);
