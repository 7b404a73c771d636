/**
 * <lesson-page>: one lesson: what to try, what to look for and why; beside it the experiment: its cells trained over
 * some seeds, their curves laid over each other, a table of figures, and whether the phenomenon was there.
 */
import { html, nothing } from 'lit';
import { parseSettings } from '../../engine/config/config.js';
import { sameValue } from '../../engine/config/config_text.js';
import { instabilityInWords } from '../../engine/config/verdicts.js';
import { number, percent } from '../../engine/words/numbers.js';
import { capitalize, plural } from '../../engine/words/sentences.js';
import { settingInWords } from '../../engine/words/settings.js';
import { LabElement } from '../shared/lab_element.js';
import { scoresOf } from '../shared/scores.js';
import { divergenceMark, lastStep, lineStyle, seriesOf, swatch } from '../shared/trial_curves.js';

/**
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../engine/study/gallery/entry.js').CellTrial} CellTrial
 * @typedef {import('./lessons.js').LessonRun} LessonRun
 * @typedef {import('./lessons.js').CellState} CellState
 * @typedef {keyof import('../shared/trial_curves.js').TrialSeries} Column
 */

/** A range test's loss beyond this multiple of its first is not worth the height it would take. */
const EXPLODED = 1.2;

/** How a chart says which of its curves are training's and which validation's. */
const BOTH = 'lines: training, smoothed; dots: validation';

/**
 * What the second chart can show.
 * @type {Record<'norm' | 'accuracy' | 'valLoss' | 'sharpness' | 'lr', { label: string, series: Column, dots?: Column, y: string, share?: boolean, note?: string }>}
 */
const QUANTITIES = {
  norm: { label: 'Gradient norm', series: 'norm', y: 'log' },
  accuracy: { label: 'Accuracy', series: 'accuracy', dots: 'valAccuracy', y: 'linear', share: true, note: BOTH },
  valLoss: { label: 'Validation loss', series: 'valLoss', y: 'log' },
  sharpness: { label: 'Sharpness', series: 'sharpness', y: 'log', note: 'dotted: the edge, 2/η' },
  lr: { label: 'Learning rate', series: 'lr', y: 'linear' },
};

/** @typedef {keyof typeof QUANTITIES} Quantity */

export class LessonPage extends LabElement {
  static properties = {
    ...LabElement.properties,
    lessons: { attribute: false },
    lesson: { attribute: false },
    shown: { state: true },
    seeds: { state: true },
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
    /** Cells that are not drawn, by id. @type {Set<string>} */
    this.undrawn = new Set();
    this.lossScene = () => (this.isRangeTest ? this.rangeScene() : this.scene('smoothed', 'valLoss'));
    this.otherScene = () => this.scene(QUANTITIES[this.shown].series, QUANTITIES[this.shown].dots);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('lesson') || !this.lesson) return;
    this.undrawn = new Set();
    this.seeds = this.run?.seeds ?? Math.max(this.lesson.quick.seeds, Math.min(3, this.lesson.seeds));
    this.shown = this.quantities[0];
    this.closest('.view')?.scrollTo({ top: 0 });
  }

  updated() {
    for (const chart of this.querySelectorAll('line-chart')) /** @type {any} */ (chart).invalidate();
  }

  /** @returns {LessonRun | null} */
  get run() {
    return this.lessons.runOf(this.lesson.id);
  }

  /** The quantities that this lesson's second chart offers, the one it is about first. @returns {Quantity[]} */
  get quantities() {
    const measured =
      this.lesson.config.sharpness_every || this.lesson.cells.some((cell) => cell.config.sharpness_every);
    const scheduled = this.lesson.cells.some((cell) => cell.config.schedule);
    const first = this.lesson.beside ?? (measured ? 'sharpness' : scheduled ? 'lr' : 'norm');
    const all = /** @type {Quantity[]} */ (Object.keys(QUANTITIES));
    return [first, ...all.filter((quantity) => quantity !== first && (measured || quantity !== 'sharpness'))];
  }

  /** Whether its cells are range tests: losses against rates instead of steps. */
  get isRangeTest() {
    return this.lesson.cells.every((cell) => cell.range);
  }

  /** What one may choose for the number of seeds: none with which the criterion cannot decide. */
  get seedChoices() {
    const { quick, seeds } = this.lesson;
    return [...new Set([1, 3, 5, quick.seeds, seeds])].filter((n) => n >= quick.seeds).sort((a, b) => a - b);
  }

  // ---- curves ----------------------------------------------------------------------------------------------------

  /** The cells' curves over each other. @param {Column} which @param {Column} [dots] drawn as dots beside it, of the first seed */
  scene(which, dots) {
    const { run } = this;
    const cells = run?.cells ?? [];
    const drawn = cells
      .map((cell, i) => ({ cell, style: lineStyle(i) }))
      .filter(({ cell }) => !this.undrawn.has(cell.id));
    const trials = drawn.flatMap(({ cell }) => cell.trials);
    const someTrain = trials.some((trial) => !trial.diverged);
    const makePoints = () => this.lab.makePoints();
    /** @type {any[]} */
    const layers = [];
    /** @type {any[]} */
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
    const isFaint = (/** @type {any} */ layer) => Number(layer.alpha < 1);
    layers.sort((a, b) => isFaint(b) - isFaint(a));
    return { layers, marks, from: 0, to: lastStep(trials), summary: run ? run.sentence : '' };
  }

  /** The smoothed loss against the rate, and where it falls fastest. */
  rangeScene() {
    const cells = (this.run?.cells ?? []).map((cell, i) => ({ cell, style: lineStyle(i) }));
    const drawn = cells.filter(({ cell }) => !this.undrawn.has(cell.id));
    const { lr_min = 1e-8, lr = 1 } = this.lesson.cells[0].config;
    /** @type {any[]} */
    const layers = [];
    /** @type {any[]} */
    const marks = [];
    for (const { cell, style } of drawn) {
      cell.trials.forEach((trial, i) => {
        const { range } = trial;
        if (!range) return;
        const series = this.lab.makePoints();
        const slope = this.lab.makePoints();
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
    return { layers, marks, from: Number(lr_min), to: Number(lr), summary: this.run?.sentence ?? '' };
  }

  /** @param {CellState} cell */
  toggle(cell) {
    const undrawn = new Set(this.undrawn);
    if (!undrawn.delete(cell.id)) undrawn.add(cell.id);
    this.undrawn = undrawn;
  }

  // ---- words -----------------------------------------------------------------------------------------------------

  /** What the other cells turn, as links that turn it in the live view. */
  couldTry() {
    const { lab, lesson } = this;
    const [first, ...others] = lesson.cells;
    if (first.range) return nothing;
    const before = parseSettings({ ...lesson.config, ...first.config }).config;
    const offers = others
      .filter((cell) => !cell.after && !cell.range)
      .map((cell) => {
        const after = parseSettings({ ...lesson.config, ...cell.config }).config;
        const changes = Object.fromEntries(
          Object.entries(after).filter(([name, value]) => !sameValue(before[name], value) && name !== 'changes'),
        );
        const fields = lab.fields.filter((field) => lab.applies(field, after));
        return { changes, words: describeTargets(fields, changes) };
      })
      .filter(({ words }) => words);
    if (!offers.length) return nothing;
    return html`<p class="could-try">
      You could try
      ${offers.map(({ changes, words }, i) => html`${i ? ' · ' : nothing}<button class="link" @click=${() => this.lessons.tryOut(changes)}>${words}</button>`)}
    </p>`;
  }

  text() {
    const { lesson } = this;
    const { text } = lesson;
    return html`
      <div class="lesson-text">
        <a class="back narrow" href="#view=lessons">‹ All lessons</a>
        <p class="theme">${lesson.section}</p>
        <h2>${lesson.title}</h2>
        <p class="line">${lesson.line}</p>
        <div class="buttons">
          <button ?disabled=${!this.lessons.hasData(lesson)} @click=${() => this.lessons.load(lesson)}>
            ${lesson.cells[0].range ? 'Open in the range test' : 'Load into Live'}
          </button>
        </div>
        <h3>Try</h3>
        <ol>${text.try.map((task) => html`<li>${task}</li>`)}</ol>
        ${this.couldTry()}
        <h3>Look for</h3>
        <p>${text.look}</p>
        <h3>Why</h3>
        <p>${text.why}</p>
        ${text.quote ? html`<blockquote>“${text.quote}”</blockquote>` : nothing}
        <p class="source">
          ${text.quote ? '' : 'Source: '}${text.source.url ? html`<a href=${text.source.url} target="_blank" rel="noopener">${text.source.label}</a>` : text.source.label}
        </p>
      </div>
    `;
  }

  // ---- the experiment --------------------------------------------------------------------------------------------

  /** What runs, in a sentence. */
  plan() {
    const { lesson } = this;
    const trainings = plural(lesson.cells.length, 'training');
    return this.seeds === 1 ? trainings : `${trainings} × ${this.seeds} seeds`;
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
      <button class="primary" ?disabled=${!lab.ready || !this.lessons.hasData(lesson)} @click=${() => this.lessons.start(lesson, this.seeds)}>
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
      <span class="soft">${run ? run.progressWords : this.plan()}</span>
    `;
  }

  /** What to do where the lesson's data set is not there. */
  dataWanted() {
    const { lab, lesson } = this;
    if (this.lessons.hasData(lesson)) return nothing;
    return html`<div class="data-wanted">
      <p>
        This lesson needs <b>Fashion-MNIST</b>, which this server does not have. On your own machine
        <code>trainscope data fashion-mnist</code> gets it once.
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
      <p class="soft"><span class="what">What must be seen</span> ${lesson.criterion}</p>
    </div>`;
  }

  table() {
    const { lesson, run } = this;
    if (this.isRangeTest) return this.rangeTable();
    const cells = run?.cells ?? this.lessons.blankCells(lesson);
    const trained = cells.some((cell) => cell.trials.length > 0);
    const clips = cells.some((cell) => cell.trials.some((trial) => trial.clipped_fraction > 0));
    return html`<div class="table-scroll"><table class="cells">
      <thead>
        <tr>
          <th scope="col">Cell</th>
          <th scope="col" class="figure">Training loss, last 50 steps</th>
          <th scope="col" class="figure">Best val. loss</th>
          <th scope="col" class="figure">Last val. loss</th>
          <th scope="col" class="figure">Best val. accuracy</th>
          ${clips ? html`<th scope="col" class="figure">Clipped</th>` : nothing}
          <th scope="col">What happened</th>
          <th scope="col"><span class="visually-hidden">Actions</span></th>
        </tr>
      </thead>
      <tbody>
        ${cells.map((cell, i) => {
          const style = lineStyle(i);
          const off = this.undrawn.has(cell.id);
          const { trials } = cell;
          const scores = trials.map(({ evaluations }) => scoresOf(evaluations));
          return html`<tr class=${off ? 'off' : ''}>
            <th scope="row">
              <button class="name" aria-pressed=${!off} title=${off ? 'Draw it again' : 'Hide its curves'} @click=${() => this.toggle(cell)}>
                ${swatch(style)} ${cell.label}
              </button>
            </th>
            <td class="figure">${spread(trials.map((trial) => trial.train.last50))}</td>
            <td class="figure">${spread(scores.map(({ bestLoss }) => bestLoss ?? Number.NaN))}</td>
            <td class="figure">${spread(scores.map(({ lastLoss }) => lastLoss ?? Number.NaN))}</td>
            <td class="figure">${spread(
              scores.map(({ bestAccuracy }) => bestAccuracy ?? Number.NaN),
              (value) => percent(value, 1),
            )}</td>
            ${
              clips
                ? html`<td class="figure">${spread(
                    trials.map((trial) => trial.clipped_fraction),
                    (value) => percent(value, 0),
                  )}</td>`
                : nothing
            }
            <td>${trained || run ? happened(cell) : nothing}</td>
            <td class="actions">
              <button
                ?disabled=${!this.lessons.canLoad(lesson, cell.cell)}
                title=${this.lessons.canLoad(lesson, cell.cell) || !cell.cell.after ? nothing : 'Its settings come from another cell: run the lesson first'}
                aria-label=${`Load ${cell.label} into Live`}
                @click=${() => this.lessons.load(lesson, cell.cell)}
              >
                Load
              </button>
            </td>
          </tr>`;
        })}
      </tbody>
    </table></div>`;
  }

  rangeTable() {
    const { lesson, run } = this;
    const cells = run?.cells ?? this.lessons.blankCells(lesson);
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
          return html`<tr class=${this.undrawn.has(cell.id) ? 'off' : ''}>
            <th scope="row">
              <button class="name" aria-pressed=${!this.undrawn.has(cell.id)} @click=${() => this.toggle(cell)}>
                ${swatch(lineStyle(i))} ${cell.label}
              </button>
            </th>
            <td class="figure">${spread(rates('steepest'))}</td>
            <td class="figure">${steepest.length > 1 ? `${number(Math.max(...steepest) / Math.min(...steepest))} ×` : nothing}</td>
            <td class="figure">${spread(rates('valley'))}</td>
            <td class="figure">${spread(rates('minimum_tenth'))}</td>
            <td class="actions">
              <button ?disabled=${!this.lessons.hasData(lesson)} aria-label=${`Open ${cell.label} in the range test`} @click=${() => this.lessons.load(lesson, cell.cell)}>
                Open
              </button>
            </td>
          </tr>`;
        })}
      </tbody>
    </table></div>`;
  }

  charts() {
    const { run } = this;
    if (!run?.cells.some((cell) => cell.trials.length)) return nothing;
    if (this.isRangeTest) {
      return html`<div class="lesson-charts single">
        <line-chart class="panel" heading="Loss against learning rate" note="smoothed; ● where it falls fastest" x-name="η" x="log" y="linear" fixed-x group="lesson-rates" .source=${this.lossScene}></line-chart>
      </div>`;
    }
    const { label, y, share = false, note = '' } = QUANTITIES[this.shown];
    return html`<div class="lesson-charts">
      <line-chart class="panel" heading="Loss" note=${BOTH} group="lesson" .source=${this.lossScene}></line-chart>
      <div class="panel-with-tabs">
        <line-chart class="panel" heading=${label} note=${note} group="lesson" y=${y} ?share=${share} .source=${this.otherScene}></line-chart>
        <div class="small-tabs" role="group" aria-label="Second chart">
          ${this.quantities.map(
            (quantity) => html`<button
              class="chip"
              aria-pressed=${quantity === this.shown}
              @click=${() => {
                this.shown = quantity;
              }}
            >
              ${QUANTITIES[quantity].label}
            </button>`,
          )}
        </div>
      </div>
    </div>`;
  }

  /** What the cells have in common, as far as it is not the default. */
  shared() {
    const { lab, lesson } = this;
    const { model, ...settings } = lesson.config;
    const varied = new Set(lesson.cells.flatMap((cell) => Object.keys(cell.config)));
    const { config } = parseSettings(lesson.config);
    const say = lab.fields
      .filter(({ name }) => name in settings && name !== 'eval_every' && !varied.has(name))
      .map((field) =>
        field.name === 'dataset' && lesson.needs === 'fashion-mnist'
          ? 'Fashion-MNIST'
          : settingInWords(field.name, config[field.name]),
      );
    return html`<div class="shared">
      <h3>All cells share</h3>
      <p>${say.join(' · ')}</p>
      ${model === undefined ? nothing : html`<pre><code>${model}</code></pre>`}
    </div>`;
  }

  render() {
    if (!this.lab || !this.lesson) return nothing;
    return html`
      ${this.text()}
      <div class="lesson-experiment">
        <div class="experiment-head">${this.controls()}</div>
        ${this.dataWanted()} ${this.verdict()} ${this.charts()} ${this.table()} ${this.shared()}
      </div>
    `;
  }
}

/**
 * What settings are turned to: "η 0.03, warmup 100". A model is too long to be said; empty where there is one.
 * @param {import('../state/lab.js').Field[]} fields @param {Record<string, any>} changes
 */
function describeTargets(fields, changes) {
  if ('model' in changes) return '';
  return fields
    .filter((field) => field.name in changes)
    .map(({ name }) => settingInWords(name, changes[name]))
    .join(', ');
}

/** The median of the seeds, and how far they lie apart. @param {number[]} values @param {(value: number) => string} [say] */
function spread(values, say = number) {
  if (values.length === 0) return nothing;
  const rising = [...values].sort((a, b) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b));
  const middle = rising[(rising.length - 1) >> 1];
  const finite = rising.filter((value) => Number.isFinite(value));
  const range =
    finite.length > 1 && say(finite[0]) !== say(finite[finite.length - 1])
      ? html`<small class="spread">${say(finite[0])} … ${say(finite[finite.length - 1])}</small>`
      : nothing;
  return html`${Number.isFinite(middle) ? say(middle) : '✕'}${range}`;
}

/** What happened to a cell's trainings, in a few words. @param {CellState} cell */
function happened({ trials, running, seeds }) {
  if (trials.length === 0 && running.size === 0) return html`<span class="soft">waiting</span>`;
  if (trials.length < seeds && running.size > 0) {
    const share = [...running.values()].reduce((sum, part) => sum + part, 0) / running.size;
    return html`<span class="soft">training, ${percent(share, 0)}</span>`;
  }
  /** @type {[string, string, (trial: CellTrial) => boolean][]} */
  const kinds = [
    ['✕ diverged', 'bad', (trial) => trial.diverged],
    ['✕ learns nothing', 'bad', (trial) => !trial.diverged && trial.infeasible],
    [instabilityInWords('early'), 'amber', (trial) => !trial.infeasible && trial.verdict === 'early'],
    [instabilityInWords('mid'), 'amber', (trial) => !trial.infeasible && trial.verdict === 'mid'],
    ['stable', 'good', (trial) => !trial.infeasible && trial.verdict === 'stable'],
  ];
  const said = kinds
    .map(([label, tone, test]) => ({ label, tone, found: trials.filter(test).length }))
    .filter(({ found }) => found > 0);
  return said.map(
    ({ label, tone, found }, i) =>
      html`${i ? ', ' : nothing}<span class=${tone}>${label}${said.length > 1 || found > 1 ? html` <small>${found} of ${trials.length}</small>` : nothing}</span>`,
  );
}

customElements.define('lesson-page', LessonPage);
