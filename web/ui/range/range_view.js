/**
 * <range-view>: the LR range test: a short run in which the learning rate rises, the loss against it, and what each
 * known rule reads off the curve. It runs beside a training without touching it.
 */

import { html, nothing } from 'lit';
import { duration, number, significant } from '../../engine/words/numbers.js';
import { medianOver } from '../../engine/words/sentences.js';
import { valueInWords } from '../../engine/words/settings.js';
import '../controls/field_control.js';
import { LabElement } from '../shared/lab_element.js';

/** The rules, the headline first: what each looks at, in one sentence. */
const RULES = [
  ['steepest', 'Steepest descent', 'where the smoothed loss falls fastest per decade of η'],
  ['valley', 'Valley', 'fastai’s default: two thirds down the longest falling stretch, so noise moves it least'],
  ['minimum_tenth', 'Minimum ÷ 10', 'a tenth of the rate with the lowest loss: Smith’s and fastai’s rule of thumb'],
  ['slide', 'Slide', 'the last rate before the curve stops sliding down and begins to rise'],
  ['steep', 'Steep', 'the steepest single difference of neighbouring points, without a window'],
];

/** What the check of the headline reads off; it stands among the rules. */
const HALFWAY = ['Halfway', 'where the loss has made half of its drop: the steepest descent should be near it'];

/** Seeds that show how far to trust a suggestion. */
const ENOUGH_SEEDS = 5;

/** How a test ended, in a sentence. */
const STOPS = {
  completed:
    'The test went through to its highest rate: the loss never exceeded the stop factor. A higher “To” would show where training breaks.',
  diverged:
    'The test stopped because the smoothed loss exceeded its best by the stop factor: higher rates are unstable.',
  'non-finite': 'The test stopped at the first loss that was not a finite number: higher rates blow up at once.',
  'too-few-points': 'The test ended after too few points to judge its curve.',
};

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
    /** @type {import('../../engine/study/range_test.js').RangeResult | null} */
    this.result = null;
    this.problem = '';
    /** @type {AbortController | null} */
    this.running = null;
    /** Whether it was to train, and found no single slope to train at. */
    this.asks = false;
    /** Points measured, of all seeds. */
    this.done = 0;
    /** @type {Map<number, { loss: any, smoothed: any }>} */
    this.curves = new Map();
    /** Of several seeds, once all are measured. @type {{ low: any, median: any, high: any } | null} */
    this.band = null;
    this.tested = { lr_min: 1e-8, lr_max: 1, points: 100, seeds: 1, mode: 'exponential' };
    this.scene = () => this.describe();
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
    this.tested = /** @type {any} */ ({ ...this.tested, ...this.range.defaults(), ...this.range.options });
    try {
      const answer = await this.range.test((progress) => this.hear(progress), controller.signal);
      this.result = answer.result;
      const advised = adviseRate(answer.result);
      // What the test's own check refutes is no mark to steer by.
      lab.rates.suggest(advised?.lr ?? null, config);
      lab.touch();
      this.tested = /** @type {any} */ ({ ...this.tested, ...answer.result.options });
      this.band = this.drawnBand(answer.result.band);
      this.asks = thenTrain && !!advised && !advised.clear;
      if (thenTrain && advised?.clear) this.train(advised);
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
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

  updated() {
    this.redraw();
  }

  /** @param {import('../../engine/study/trial/statistics.js').Band | null} band */
  drawnBand(band) {
    if (!band) return null;
    const [low, median, high] = [band.low, band.median, band.high].map((values) => {
      const points = this.lab.makePoints();
      values.forEach((value, i) => {
        points.append(band.x[i], value);
      });
      return points;
    });
    return { low, median, high };
  }

  /** While it runs, and of one seed: each seed's smoothed curve, the first one's batches behind it. @param {any[]} seeds */
  layersOfCurves(seeds) {
    /** @type {any[]} */
    const layers = [];
    seeds.forEach((curve, i) => {
      const first = i === 0;
      if (first)
        layers.push({
          label: 'batch',
          color: 'loss',
          series: curve.loss,
          alpha: 0.3,
          width: 1,
          legend: false,
          context: 'down',
        });
      layers.push({
        label: first ? 'smoothed loss' : 'other seeds',
        color: 'loss',
        series: curve.smoothed,
        alpha: first ? 1 : 0.4,
        width: first ? 2.2 : 1.2,
        legend: i < 2,
      });
    });
    return layers;
  }

  /**
   * Of several seeds, when all are measured: the band, every seed thin, the median on top.
   * @param {{ low: any, median: any, high: any }} band @param {any[]} seeds
   */
  layersOfMany(band, seeds) {
    return [
      { label: 'middle half of the seeds', kind: 'band', color: 'loss', series: band.high, floor: band.low },
      ...seeds.map((curve) => ({
        label: 'one seed',
        color: 'loss',
        series: curve.smoothed,
        alpha: 0.3,
        width: 1,
        legend: false,
      })),
      { label: medianOver(seeds.length), color: 'loss', series: band.median, width: 2.2 },
    ];
  }

  describe() {
    const { result, tested } = this;
    const from = Number(tested.lr_min);
    const to = Number(tested.lr_max);
    const seeds = [...this.curves.values()];
    const layers = this.band ? this.layersOfMany(this.band, seeds) : this.layersOfCurves(seeds);
    /** The curve that the suggestion stands on. */
    const main = this.band?.median ?? seeds[0]?.smoothed;
    const marks = [];
    const verticals = [];
    const regions = [];
    if (result) {
      const { suggestion, halfway, range } = result;
      if (range.base !== null && range.max !== null && range.base < range.max) {
        regions.push({ from: range.base, to: range.max, color: 'lr', label: 'cyclical range' });
      }
      RULES.slice(1).forEach(([rule, label], i) => {
        const rate = /** @type {any} */ (suggestion)[rule];
        if (rate !== null) verticals.push({ x: rate, label, color: 'soft', row: i + 1 });
      });
      if (halfway.off > 0) verticals.push({ x: halfway.lr, label: 'Halfway', color: 'soft', row: RULES.length });
      if (suggestion.steepest !== null) {
        verticals.push({ x: suggestion.steepest, label: '', color: 'instability', row: 0 });
        marks.push({
          x: suggestion.steepest,
          y: main?.at(suggestion.steepest * 1.0001) ?? null,
          kind: /** @type {const} */ ('dot'),
          color: 'instability',
          label: number(suggestion.steepest),
        });
      }
    }
    return {
      layers,
      from,
      to,
      marks,
      verticals,
      regions,
      empty: 'The loss appears here as the rate rises.',
      summary: result
        ? `Suggested learning rate ${number(adviseRate(result)?.lr)}. ${STOPS[result.stop]}`
        : `${this.done} points measured.`,
    };
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
    const spreadOf = (/** @type {string} */ rule) => {
      const found = /** @type {any} */ (spread)[rule];
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
          const rate = /** @type {any} */ (suggestion)[rule];
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
   * @param {import('../../engine/study/range_test.js').RangeResult} result @param {Advice} advised
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
      const total = Number(this.tested.points) * Number(this.tested.seeds);
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

/**
 * @typedef {{ lr: number, name: string, clear: boolean, why: string }} Advice
 *   clear: the steepest descent is where the slope is
 */

/**
 * The rate to go on with: the steepest descent; where that is far from the middle of the slope, the rule that noise
 * moves least.
 * @param {import('../../engine/study/range_test.js').RangeResult} result
 * @returns {Advice | null}
 */
function adviseRate({ suggestion: { steepest, valley }, halfway }) {
  if (steepest === null) return null;
  if (halfway.clear) return { lr: steepest, name: 'Steepest descent', clear: true, why: '' };
  if (valley !== null) {
    const why = 'The rules disagree. The valley is the one that noise moves least.';
    return { lr: valley, name: 'Valley', clear: false, why };
  }
  const why = 'The rules disagree. Half of the drop lies on either side of this rate.';
  return { lr: /** @type {number} */ (halfway.lr), name: 'Halfway rate', clear: false, why };
}

customElements.define('range-view', RangeView);
