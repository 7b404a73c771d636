/**
 * <range-view>: the LR range test: a short run in which the learning rate rises, the loss against it, and what each
 * known rule reads off the curve. It runs beside a training without touching it.
 */

import { html, nothing } from 'lit';
import { duration, number, significant } from '../../engine/words/numbers.js';
import { valueInWords } from '../../engine/words/settings.js';
import '../controls/field_control.js';
import { LabElement } from '../shared/lab_element.js';
import { drawBand, rangeScene } from './range_scene.js';
import { adviseRate, HALFWAY, RULES, STOPS } from './range_words.js';

/**
 * @typedef {import('../../engine/study/range_test.js').RangeResult} RangeResult
 * @typedef {import('./range_words.js').Advice} Advice
 */

/** Seeds that show how far to trust a suggestion. */
const ENOUGH_SEEDS = 5;

export class RangeView extends LabElement {
  static properties = {
    ...LabElement.properties,
    range: { attribute: false },
    result: { state: true },
    problem: { state: true },
    done: { state: true },
    running: { state: true },
    asks: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./range_settings.js').RangeSettings} */
    this.range = /** @type {any} */ (null);
    /** @type {RangeResult | null} */
    this.result = null;
    this.problem = '';
    /** @type {AbortController | null} */
    this.running = null;
    /** Whether it was to train, and found no single slope to train at. */
    this.asks = false;
    /** Points measured, of all seeds. */
    this.done = 0;
    /** @type {Map<number, import('./range_scene.js').SeedCurve>} */
    this.curves = new Map();
    /** Of several seeds, once all are measured. @type {import('./range_scene.js').DrawnBand | null} */
    this.band = null;
    /** The options of the test that is drawn. @type {import('../../engine/config/config.js').RangeOptions} */
    this.tested = /** @type {any} */ (null);
    this.scene = () => {
      const { tested, done, band, result } = this;
      return rangeScene({ tested, done, band, result, seeds: [...this.curves.values()] });
    };
  }

  /** @param {{ thenTrain?: boolean }} [how] thenTrain: a new run begins with what the test suggests */
  async run({ thenTrain = false } = {}) {
    const { lab } = this;
    const config = { ...lab.draft.settings };
    const controller = new AbortController();
    this.running = controller;
    this.problem = '';
    this.asks = false;
    this.result = null;
    this.done = 0;
    this.curves = new Map();
    this.band = null;
    this.tested = this.range.complete;
    try {
      const answer = await this.range.test((progress) => this.hear(progress), controller.signal);
      this.result = answer.result;
      const advised = adviseRate(answer.result);
      // What the test's own check refutes is no mark to steer by.
      lab.rates.suggest(advised?.lr ?? null, config);
      lab.touch();
      this.tested = answer.result.options;
      this.band = drawBand(answer.result.band, () => lab.makePoints());
      this.asks = thenTrain && !!advised && !advised.clear;
      if (thenTrain && advised?.clear) this.train(advised);
    } catch (error) {
      const { code, message } = /** @type {import('../../engine/core/errors.js').TrainerError} */ (error);
      this.problem = code === 'cancelled' ? 'Stopped by you. What was measured so far is drawn.' : message;
    }
    this.running = null;
    this.redraw();
  }

  /** A new run at the advised rate, which says where it has it from. @param {Advice} advised */
  train({ lr, name }) {
    const { lab } = this;
    this.asks = false;
    lab.runs.trainAt(significant(lr));
    lab.log.note(lab.active, 'you', `Trains with η ${number(lr)}, the range test’s ${name.toLowerCase()}.`, [], 0);
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

  /** The settings that the test borrows from the live view. */
  borrowed() {
    const { lab } = this;
    const say = (/** @type {string} */ name) => valueInWords(lab.field(name), lab.draft.settings[name]);
    const data = lab.draft.settings.dataset === 'custom' ? (lab.data.chosen?.name ?? 'your data') : say('dataset');
    return `${data}, ${say('optimizer')}, batch ${say('batch')}, ${say('init')} initialization`;
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
    if (!result) return nothing;
    const { suggestion, spread, halfway, range, seeds } = result;
    const spreadOf = (/** @type {keyof RangeResult['spread']} */ rule) => {
      const found = spread[rule];
      if (!found || found.count < 2) return nothing;
      return html`<span class="spread"
        >Median of ${found.count} seeds; the middle half ${number(found.q25)} … ${number(found.q75)}, all
        ${number(found.min)} … ${number(found.max)}.</span
      >`;
    };
    const advised = adviseRate(result);
    const isClear = advised?.clear ?? true;
    return html`
      <h2>What the rules read off it</h2>
      <ul class="rules">
        ${advised && !isClear ? this.unclear(result, advised) : nothing}
        ${RULES.map(([rule, label, why], i) => {
          const rate = suggestion[rule];
          const isHeadline = i === 0 && isClear;
          return html`<li class=${isHeadline ? 'headline' : ''}>
            ${this.rule(label, rate, isHeadline)}
            <p class="soft">${why}. ${spreadOf(rule)}</p>
            ${isHeadline && halfway.says ? html`<p class="halfway">${halfway.says}</p>` : nothing}
          </li>`;
        })}
        <li>${this.rule(HALFWAY[0], halfway.lr, false)}<p class="soft">${HALFWAY[1]}.</p></li>
      </ul>
      ${
        range.base !== null && range.max !== null
          ? html`<p class="soft">For cyclical rates: between <b>${number(range.base)}</b>, where the loss has made a fifth of its drop, and <b>${number(range.max)}</b>, where it has made two thirds.</p>`
          : nothing
      }
      ${
        seeds.length < 3 && isClear
          ? html`<p class="soft">One curve’s suggestion can be off by two decades. Five seeds show how far to trust it.</p>`
          : nothing
      }
    `;
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

  /**
   * The headline where the steepest descent is refuted by its own check.
   * @param {RangeResult} result @param {Advice} advised
   */
  unclear({ halfway, seeds }, { lr, name, why }) {
    return html`<li class="headline unclear">
      <p class="rule">
        <b>No clear single slope</b><span class="rate">${number(lr)}</span>
        <button class="primary" @click=${() => this.use(lr)}>Use ${number(lr)}, the ${name.toLowerCase()}</button>
        ${
          seeds.length < ENOUGH_SEEDS
            ? html`<button ?disabled=${!!this.running} @click=${() => this.runSeeds()}>Run ${ENOUGH_SEEDS} seeds</button>`
            : nothing
        }
      </p>
      <p class="soft">${why}</p>
      <p class="halfway">${halfway.says}</p>
    </li>`;
  }

  /** What is asked where a run was wanted and the test gives no clear rate. @param {Advice} advised */
  question(advised) {
    const { lr, name } = advised;
    return html`<p class="question">
      Nothing was started: the loss has no clear single slope, so its steepest point is no rate to train with unseen.
      <button class="primary" @click=${() => this.train(advised)}>Train with ${number(lr)}, the ${name.toLowerCase()}</button>
      <button @click=${() => this.runSeeds()}>Run ${ENOUGH_SEEDS} seeds first</button>
    </p>`;
  }

  ending() {
    const { result } = this;
    if (this.problem) return html`<p class="bad">${this.problem}</p>`;
    if (this.running) {
      const total = this.tested.points * this.tested.seeds;
      return html`<p>
        <progress max=${total} .value=${this.done} aria-label="Range test"></progress>
        ${this.done} of at most ${total} steps
      </p>`;
    }
    if (result) {
      const advised = adviseRate(result);
      return html`${this.asks && advised ? this.question(advised) : nothing}
        <p>${result.message ?? STOPS[result.stop]} It took ${duration(result.seconds)}. The training on the Live view was not touched.</p>`;
    }
    return html`<p class="soft">
      The rate rises from step to step; the loss first stays, then falls, then explodes. A good rate is where it falls
      steeply, well before it explodes.
    </p>`;
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
                    title="Runs the test, then starts a new run with the steepest descent; it asks where there is no clear slope"
                    @click=${() => this.run({ thenTrain: true })}
                  >
                    Test, then train with it
                  </button>`
          }
        </div>
        <p class="soft">Tests the settings of the Live view: ${this.borrowed()}.</p>
        <fieldset class="group">
          <details class="options" ?open=${!matchMedia('(max-width: 760px)').matches}>
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
      </div>
      <div class="range-rules">${this.rules()}</div>
    `;
  }
}

customElements.define('range-view', RangeView);
