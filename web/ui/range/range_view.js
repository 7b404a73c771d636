/**
 * <range-view>: the LR range test: a short run in which the learning rate rises, the loss against it, and what each
 * known rule reads off the curve. It runs beside a training without touching it.
 */

import { html, nothing } from 'lit';
import { duration, number, significant } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { ruleInWords, valueInWords } from '../../engine/words/settings.js';
import { explained } from '../glossary/explained_text.js';
import '../controls/field_control.js';
import { LabElement } from '../shared/lab_element.js';
import { saveBar } from '../shared/save_bar.js';
import { drawBand, rangeScene } from './range_scene.js';
import { adviseRate, HALFWAY, isWorthTrying, nameTried, rulesOf, sayRule, sayTried, triesOf } from './range_words.js';

/**
 * @typedef {import('./range_words.js').RangeResult} RangeResult
 * @typedef {import('./range_words.js').TriedResult} TriedResult
 * @typedef {import('./range_words.js').Tried} Tried
 * @typedef {import('./range_words.js').Advice} Advice
 */

/** Seeds that show how far to trust a suggestion. */
const ENOUGH_SEEDS = 5;

export class RangeView extends LabElement {
  static properties = {
    ...LabElement.properties,
    range: { attribute: false },
    dock: { attribute: false },
    result: { state: true },
    problem: { state: true },
    done: { state: true },
    running: { state: true },
    tried: { state: true },
    stayed: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./range_settings.js').RangeSettings} */
    this.range = /** @type {any} */ (null);
    /** What stands above the rules, such as a lesson. @type {unknown} */
    this.dock = null;
    /** @type {RangeResult | TriedResult | null} */
    this.result = null;
    this.problem = '';
    /** @type {AbortController | null} */
    this.running = null;
    /** Whether it was to train, and found no rate that deserves it. */
    this.stayed = false;
    /** What was tried so far, while suggestions are tried. @type {Tried[] | null} */
    this.tried = null;
    /** Points measured, of all seeds. */
    this.done = 0;
    /** @type {Map<number, import('./range_scene.js').SeedCurve>} */
    this.curves = new Map();
    /** The same as it was measured, for who saves it. @type {Map<number, { seed: number, lr: number[], loss: number[], smoothed: number[] }>} */
    this.measured = new Map();
    /** Of several seeds, once all are measured. @type {import('./range_scene.js').DrawnBand | null} */
    this.band = null;
    /** The options of the test that is drawn. @type {import('../../engine/config/config.js').RangeOptions} */
    this.tested = /** @type {any} */ (null);
    this.scene = () => {
      const { tested, done, band, result } = this;
      return rangeScene({ tested, done, band, result, seeds: [...this.curves.values()] });
    };
  }

  /** @param {{ thenTrain?: boolean }} [how] thenTrain: a new run begins with what trying the suggestions chooses */
  async run({ thenTrain = false } = {}) {
    const controller = this.begin();
    this.result = null;
    this.done = 0;
    this.curves = new Map();
    this.measured = new Map();
    this.band = null;
    this.tested = this.range.complete;
    const { lab } = this;
    const config = { ...lab.draft.settings };
    await this.finish(async () => {
      const answer = await this.range.test((progress) => this.hear(progress), controller.signal);
      this.show(answer.result, config);
      this.tested = answer.result.options;
      this.band = drawBand(answer.result.band, () => lab.makePoints());
      if (thenTrain && isWorthTrying(answer.result)) this.show(await this.askTries(answer.result, controller), config);
      if (!thenTrain) return;
      const advised = adviseRate(/** @type {RangeResult} */ (this.result));
      this.stayed = advised === null;
      if (advised) this.train(advised);
    });
  }

  /** A short training with each suggestion. */
  async tryThem() {
    const { result } = this;
    if (!result) return;
    const controller = this.begin();
    await this.finish(async () => this.show(await this.askTries(result, controller), result.config));
  }

  /** @param {RangeResult} test @param {AbortController} controller */
  async askTries(test, controller) {
    this.tried = [];
    const { result } = await this.range.tryRates(
      test,
      ({ tried }) => {
        this.tried = tried;
      },
      controller.signal,
    );
    return result;
  }

  begin() {
    const controller = new AbortController();
    this.running = controller;
    this.problem = '';
    this.stayed = false;
    return controller;
  }

  /** @param {() => Promise<void>} work */
  async finish(work) {
    try {
      await work();
    } catch (error) {
      const { code, message } = /** @type {import('../../engine/core/errors.js').TrainerError} */ (error);
      this.problem = code === 'cancelled' ? 'Stopped by you. What was measured so far is drawn.' : message;
    }
    this.running = null;
    this.tried = null;
    this.redraw();
  }

  /** @param {RangeResult | TriedResult} result @param {import('../../engine/config/config.js').Config} config  what was tested */
  show(result, config) {
    this.result = result;
    const advised = adviseRate(result);
    this.lab.rates.suggest(advised?.lr ?? null, config);
    this.lab.touch();
  }

  /** A new run at the advised rate, which says where it has it from. @param {Advice} advised */
  train({ lr, name }) {
    const { lab } = this;
    lab.runs.trainAt(significant(lr));
    lab.log.note(
      lab.active,
      'you',
      `Trains with η ${number(lr)}, chosen by trying a range test’s suggestions: ${name.toLowerCase()}.`,
      [],
      0,
    );
  }

  /** The test again, with enough seeds to tell a slope from noise. */
  runSeeds() {
    this.range.set('seeds', ENOUGH_SEEDS);
    this.run();
  }

  /** @param {import('../../worker/protocol.js').RangeProgress} progress */
  hear(progress) {
    let curve = this.curves.get(progress.seed);
    if (!curve) {
      curve = { loss: this.lab.makePoints(), smoothed: this.lab.makePoints() };
      this.curves.set(progress.seed, curve);
    }
    progress.lr.forEach((lr, i) => {
      curve.loss.append(lr, progress.loss[i]);
      curve.smoothed.append(lr, progress.smoothed[i]);
    });
    const { seed } = progress;
    const kept = this.measured.get(seed) ?? { seed, lr: [], loss: [], smoothed: [] };
    for (const name of /** @type {const} */ (['lr', 'loss', 'smoothed'])) kept[name].push(...progress[name]);
    this.measured.set(seed, kept);
    this.done += progress.lr.length;
    this.redraw();
  }

  redraw() {
    /** @type {any} */ (this.querySelector('line-chart'))?.invalidate();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    this.tested ??= this.range?.complete;
  }

  updated() {
    this.redraw();
  }

  /** @param {number} rate */
  use(rate) {
    this.lab.draft.useRate(significant(rate));
  }

  async saveCsv() {
    const { rangeToCsv, saveCsv } = await import('../shared/study_export.js');
    saveCsv(rangeToCsv([...this.measured.values()]), 'range');
  }

  async saveJson() {
    const { saveJson } = await import('../shared/study_export.js');
    saveJson({ options: this.tested, result: this.result, seeds: [...this.measured.values()] }, 'range');
  }

  /** The settings that the test borrows from the live view. */
  borrowed() {
    const { lab } = this;
    const say = (/** @type {string} */ name) => valueInWords(lab.field(name), lab.draft.settings[name]);
    const data = lab.draft.settings.dataset === 'custom' ? (lab.data.chosen?.name ?? 'your data') : say('dataset');
    return `${data}, ${ruleInWords(lab.draft.settings)}, batch ${say('batch')}, ${say('init')} initialization`;
  }

  options() {
    return this.range.fields.map(
      (field) => html`<field-control
        prefix="range-"
        .field=${field}
        .value=${this.range.value(field.name)}
        .changed=${field.name in this.range.options}
        ?locked=${!!this.running}
        @value=${(/** @type {CustomEvent} */ event) => this.range.set(event.detail.name, event.detail.value)}
      ></field-control>`,
    );
  }

  rules() {
    const { result } = this;
    if (!result) {
      return this.dock
        ? nothing
        : html`<h2>What it will say</h2>
            <p class="soft">${explained('Each known rule reads a learning rate off the curve: steepest descent, fastai’s valley, a tenth of the rate with the lowest loss … They stand here once the test has run, with what speaks against them.')}</p>`;
    }
    const { suggestion, halfway, range, seeds } = result;
    const advised = adviseRate(result);
    const tries = triesOf(result);
    return html`
      <h2>What the rules read off it</h2>
      <ul class="rules">
        ${advised && tries ? this.tryOf(tries, advised) : nothing}
        ${advised ? nothing : this.unclear(result)}
        ${rulesOf(result).map(([rule, label, why], i) => {
          const isHeadline = i === 0 && advised !== null && !tries;
          const own = tries?.tried.find(({ rules }) => rules.includes(rule));
          return html`<li class=${isHeadline ? 'headline' : ''}>
            ${this.rule(label, suggestion[rule], isHeadline)}
            <p class="soft">${explained(`${why}.`)} ${explained(sayRule(result, rule))}</p>
            ${own ? html`<p class="tried">${sayTried(own)}</p>` : nothing}
            ${isHeadline && halfway.says ? html`<p class="halfway">${explained(halfway.says)}</p>` : nothing}
          </li>`;
        })}
        ${tries ? this.neighbours(tries) : nothing}
        <li>${this.rule(HALFWAY[0], halfway.lr, false)}<p class="soft">${explained(`${HALFWAY[1]}.`)}</p></li>
      </ul>
      ${
        range.base !== null && range.max !== null
          ? html`<p class="soft">For cyclical rates: between <b>${number(range.base)}</b>, where the loss has made a fifth of its drop, and <b>${number(range.max)}</b>, where it has made two thirds.</p>`
          : nothing
      }
      ${
        advised && !tries
          ? html`<p class="soft">
              ${seeds.length < 3 ? 'One curve’s suggestion can be off by two decades. Five seeds show how far to trust it; a short training with each shows what it is worth.' : 'A short training with each suggestion shows what it is worth.'}
              ${this.tryButton()}
            </p>`
          : nothing
      }
    `;
  }

  /** @param {boolean} [isFirst]  of what is offered */
  tryButton(isFirst = false) {
    return html`<button class=${isFirst ? 'primary' : ''} ?disabled=${!!this.running} @click=${() => this.tryThem()}>Try the suggestions</button>`;
  }

  /** The headline once the suggestions were tried. @param {TriedResult} tries @param {Advice} advised */
  tryOf({ chosen, tried, middle, doubt, halfway }, { lr, name }) {
    return html`<li class="headline">
      ${this.rule('Chosen by trying', lr, true)}
      <p class="soft">${name}. ${chosen && sayTried(chosen)} ${plural(tried.length, 'rate')} ${tried.length === 1 ? 'was' : 'were'} tried. ${explained(middle ?? '')}</p>
      ${doubt ? html`<p class="halfway">${explained(`Before the tries: ${doubt}`)}</p>` : nothing}
      ${halfway.says ? html`<p class="halfway">${explained(halfway.says)}</p>` : nothing}
    </li>`;
  }

  /** Rates that no rule suggests, tried on the way to the best. @param {TriedResult} tries */
  neighbours({ tried }) {
    return tried
      .filter(({ rules }) => rules.length === 0)
      .map((one) => html`<li>${this.rule(nameTried(one), one.lr, false)}<p class="tried">${sayTried(one)}</p></li>`);
  }

  /** One rule's rate, with its button. @param {string} label @param {number | null} rate @param {boolean} isHeadline */
  rule(label, rate, isHeadline) {
    return html`<p class="rule">
      <b>${label}</b><span class="rate">${rate === null ? 'none' : number(rate)}</span>
      ${
        rate === null
          ? nothing
          : html`<button class=${isHeadline ? 'primary' : ''} @click=${() => this.use(rate)} aria-label=${`Use ${number(rate)} (${label})`}>
            ${isHeadline ? 'Use this rate' : 'Use'}
          </button>`
      }
    </p>`;
  }

  /** The headline where the curve speaks for no rate: what decides is offered first. @param {RangeResult | TriedResult} result */
  unclear(result) {
    const { message, halfway, seeds } = result;
    if (!isWorthTrying(result)) return html`<li class="headline unclear"><p>${explained(message)}</p></li>`;
    return html`<li class="headline unclear">
      <p class="rule">
        <b>No clear single slope</b>
        ${this.tryButton(true)}
        ${
          seeds.length < ENOUGH_SEEDS
            ? html`<button ?disabled=${!!this.running} @click=${() => this.runSeeds()}>Run ${ENOUGH_SEEDS} seeds</button>`
            : nothing
        }
      </p>
      <p class="soft">${explained('The rules disagree, and the curve does not say which is right. Short trainings with each, and with rates around them, do.')}</p>
      <p class="halfway">${explained(message)}</p>
      ${seeds.length > 1 ? html`<p class="halfway">${halfway.says}</p>` : nothing}
    </li>`;
  }

  ending() {
    const { result } = this;
    if (this.problem) return html`<p class="bad">${this.problem}</p>`;
    if (this.tried) {
      return html`<p><progress aria-label="Tries"></progress> ${plural(this.tried.length, 'rate')} tried</p>`;
    }
    if (this.running) {
      const total = this.tested.points * this.tested.seeds;
      return html`<p>
        <progress max=${total} .value=${this.done} aria-label="Range test"></progress>
        ${this.done} of at most ${total} steps
      </p>`;
    }
    if (result) {
      const stayed = this.stayed ? html`<p class="question">Nothing was started. ${result.message}</p>` : nothing;
      return html`${stayed}
        <p>${explained(result.ending)} It took ${duration(result.seconds)}. The training on the Live view was not touched.</p>`;
    }
    return html`<p class="soft">${explained('The learning rate rises from step to step; the loss first stays, then falls, then explodes. A good rate is where it falls steeply, well before it explodes.')}</p>`;
  }

  render() {
    const { lab } = this;
    if (!lab) return nothing;
    return html`
      <div class="range-options">
        <div class="buttons">
          ${
            this.running
              ? html`<button @click=${() => this.running?.abort()}>Stop</button>`
              : html`<button class="primary wide" ?disabled=${!lab.ready} @click=${() => this.run()}>Run the range test</button>
                  <button
                    class="wide"
                    ?disabled=${!lab.ready}
                    title="Runs the test, trains shortly with what it suggests, then starts a new run with what that chooses"
                    @click=${() => this.run({ thenTrain: true })}
                  >
                    Test, then train with it
                  </button>`
          }
        </div>
        <p class="soft">Tests the settings of the Live view: ${this.borrowed()}.</p>
        <fieldset class="group">
          <details class="options" ?open=${!matchMedia('(max-width: 47.5rem)').matches}>
            <summary>Options of the test</summary>
            ${this.options()}
          </details>
        </fieldset>
      </div>
      <div class="range-chart">
        <line-chart
          class="panel"
          heading="Loss against learning rate"
          x-name="η"
          x=${this.tested.mode === 'linear' ? 'linear' : 'log'}
          y="linear"
          fixed-x
          group="rates"
          .source=${this.scene}
        ></line-chart>
        <p class="axis-name">Learning rate η</p>
        <div class="ending" role="status">${this.ending()}</div>
        ${this.done ? saveBar({ csv: () => this.saveCsv(), json: () => this.saveJson() }) : nothing}
      </div>
      <div class=${this.dock ? 'range-rules docked' : 'range-rules'}>${this.dock ?? nothing} ${this.rules()}</div>
    `;
  }
}

customElements.define('range-view', RangeView);
