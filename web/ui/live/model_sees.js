/**
 * <model-sees>: what the network in focus answers now: for points in the plane its decision surface, for images a
 * grid of validation samples with its guesses, for columns a list, for tokens prompts and answers.
 */
import { html, nothing } from 'lit';
import { count } from '../../engine/words/numbers.js';
import { LabElement } from '../shared/lab_element.js';
import { paintImage } from '../shared/sample_paint.js';
import { attends } from './charts.js';
import { guessesOf, rightInWords, scoreInWords } from './guesses.js';

/** How often the network is asked while it trains. */
const LOOK_EVERY_MS = 400;
const SURFACE = 60;
const POINTS = 300;
const IMAGES = 24;
/** Fewer where classes have names, which take more room. */
const NAMED_IMAGES = 16;

/**
 * @typedef {import('../../worker/protocol.js').Look} Look
 * @typedef {import('../../worker/protocol.js').SamplesSeen} SamplesSeen
 * @typedef {import('../../worker/run_handle.js').RunHandle} RunHandle
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {{ left: number, right: number, bottom: number, top: number }} Bounds
 * @typedef {{ runId: number, points: SamplesSeen, bounds: Bounds, wanted: null }} Plane  points, and a square around them
 * @typedef {{ runId: number, points: null, bounds: null, wanted: import('../../worker/protocol.js').SamplesWanted }} Followed
 *   samples that are looked at again and again
 * @typedef {Plane | Followed} Fixed
 */

export class ModelSees extends LabElement {
  static properties = { ...LabElement.properties, seen: { state: true } };

  constructor() {
    super();
    /** The last answer, with the page's number of the run. @type {Look | null} */
    this.seen = null;
    /** What does not change during a run. @type {Fixed | null} */
    this.fixed = null;
    /** Fetched with the first sequences. @type {typeof import('../../page_sequences.js') | null} */
    this.ofSequences = null;
    /** Fetched with the first points of a plane. @type {typeof import('./plane_seen.js') | null} */
    this.ofPlane = null;
    this.lookedAt = 0;
    this.asking = false;
    this.askedStep = -1;
    this.visible = true;
    this.followTheme = () => this.paint();
  }

  connectedCallback() {
    super.connectedCallback();
    this.observer = new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1].isIntersecting;
      if (this.visible) this.requestUpdate();
    });
    this.observer.observe(this);
    window.addEventListener('themechange', this.followTheme);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.observer?.disconnect();
    window.removeEventListener('themechange', this.followTheme);
    clearTimeout(this.timer);
  }

  updated() {
    this.paint();
    this.askSoon();
  }

  /** Asks the network again where it has moved on, not more often than LOOK_EVERY_MS. */
  askSoon() {
    const run = this.lab?.focus;
    if (!run?.handle || !run.shape.length || this.asking || !this.visible) return;
    const moved = this.seen?.runId !== run.id || this.askedStep !== run.step;
    if (!moved) return;
    const wait = this.lookedAt + LOOK_EVERY_MS - performance.now();
    clearTimeout(this.timer);
    if (wait > 0) this.timer = setTimeout(() => this.askSoon(), wait);
    else this.ask(run);
  }

  /** @param {import('../state/run.js').Run} run */
  async ask(run) {
    const { handle } = run;
    if (!handle) return;
    this.asking = true;
    this.lookedAt = performance.now();
    this.askedStep = run.step;
    try {
      if (this.fixed?.runId !== run.id) this.fixed = await this.meet(run, handle);
      const { bounds, wanted: samples } = this.fixed;
      const answer = await handle.ask(
        'look',
        bounds ? { surface: { ...bounds, columns: SURFACE, rows: SURFACE } } : { samples },
      );
      if (bounds) this.ofPlane ??= await import('./plane_seen.js');
      if (answer.samples?.tokens || attends(run)) this.ofSequences ??= await import('../../page_sequences.js');
      if (this.lab.focus === run) this.seen = { ...answer, runId: run.id };
    } catch {
      // The run was given up in the meantime; the next one will be asked.
    }
    this.asking = false;
    this.askSoon();
  }

  /** The first look at a run: its points and their bounds, or which samples to follow. @param {Run} run @param {RunHandle} handle @returns {Promise<Fixed>} */
  async meet(run, handle) {
    const split = run.valCount ? 'val' : 'train';
    const available = split === 'val' ? run.valCount : run.trainCount;
    const flat = run.shape.length === 1 && run.shape[0] === 2;
    const images = this.lab.data.classNamesOf(run) ? NAMED_IMAGES : IMAGES;
    const wanted = flat ? Math.min(POINTS, run.trainCount) : Math.min(images, available);
    const indices = Array.from({ length: wanted }, (_, i) => i);
    if (!flat) return { runId: run.id, wanted: { split, indices }, points: null, bounds: null };
    const look = await handle.ask('look', { samples: { split: 'train', indices } });
    const points = /** @type {SamplesSeen} */ (look.samples);
    let [left, right, bottom, top] = [1e9, -1e9, 1e9, -1e9];
    for (let i = 0; i < wanted; i++) {
      left = Math.min(left, points.inputs[2 * i]);
      right = Math.max(right, points.inputs[2 * i]);
      bottom = Math.min(bottom, points.inputs[2 * i + 1]);
      top = Math.max(top, points.inputs[2 * i + 1]);
    }
    const half = Math.max(right - left, top - bottom, 1e-6) * 0.56;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return {
      runId: run.id,
      points,
      wanted: null,
      bounds: { left: x - half, right: x + half, bottom: y - half, top: y + half },
    };
  }

  paint() {
    const { seen, fixed } = this;
    if (!seen || !fixed || seen.runId !== fixed.runId) return;
    const { surface, samples } = seen;
    if (surface && fixed.bounds) {
      const canvas = /** @type {HTMLCanvasElement | null} */ (this.querySelector('canvas.surface'));
      if (canvas) this.ofPlane?.paintPlane(canvas, surface, { ...fixed, outputs: seen.outputs });
    }
    if (samples?.shape.length === 3) {
      this.querySelectorAll('canvas.sample').forEach((canvas, i) => {
        paintImage(/** @type {HTMLCanvasElement} */ (canvas), samples, i);
      });
    }
  }

  /** @param {SamplesSeen} samples @param {number} outputs */
  images(samples, outputs) {
    const { guesses, names, label } = this.guesses(samples, outputs);
    return html`<div class=${names ? 'samples named' : 'samples'}>
        ${guesses.map(
          (guess) => html`<figure
            class=${guess.right ? '' : 'wrong'}
            title=${guess.right ? rightInWords(guess, label(guess.best)) : `says ${label(guess.best)}, is ${label(guess.truth)}`}
          >
            <canvas
              class="sample"
              role="img"
              aria-label=${guess.right ? `Right: ${label(guess.best)}` : `Wrong: says ${label(guess.best)}, is ${label(guess.truth)}`}
            ></canvas>
            <figcaption>${guess.best === null ? '–' : label(guess.best)}${guess.right ? nothing : html`<s>${label(guess.truth)}</s>`}</figcaption>
          </figure>`,
        )}
      </div>
      <p class="hint">${scoreInWords(samples.split, 'sample', guesses)}</p>`;
  }

  /** @param {SamplesSeen} samples @param {number} outputs */
  rows(samples, outputs) {
    if (!samples.labels) return nothing;
    const { guesses, label } = this.guesses(samples, outputs);
    return html`<ul class="guesses">
        ${guesses.slice(0, 12).map(
          (guess) => html`<li class=${guess.right ? '' : 'wrong'}>
            ${guess.share === null ? nothing : html`<span class="bar" style=${`--share:${guess.share}`}></span>`}${label(guess.best)}${
              guess.right ? nothing : html` <s>${label(guess.truth)}</s>`
            }
          </li>`,
        )}
      </ul>
      <p class="hint">${scoreInWords(samples.split, 'row', guesses)}</p>`;
  }

  /** The guesses for what was seen last, and what the run in focus calls its classes. @param {SamplesSeen} samples @param {number} outputs */
  guesses(samples, outputs) {
    const run = /** @type {import('../state/run.js').Run} */ (this.lab.focus);
    const names = this.lab.data.classNamesOf(run);
    const label = (/** @type {number | null} */ of) => (of === null ? 'no number' : (names?.[of] ?? String(of)));
    return { guesses: guessesOf({ samples, outputs }, run.config.loss), names, label };
  }

  body() {
    const run = this.lab.focus;
    const { seen, fixed } = this;
    if (!run) return this.lab.ready ? html`<p class="soft">Press Run.</p>` : nothing;
    if (!run.handle && seen?.runId !== run.id) return html`<p class="soft">This run’s weights are no longer kept.</p>`;
    if (!seen || seen.runId !== run.id || fixed?.runId !== run.id) return html`<div class="sees-empty"></div>`;
    if (seen.surface) {
      return html`<canvas class="surface" role="img" aria-label=${`Decision surface after ${count(seen.step)} steps`}></canvas>
        <p class="hint">${run.classes ? 'Background: the network’s answer. Dots: training data.' : 'Background: the network’s output. Dots: targets.'}</p>`;
    }
    const { samples, outputs } = seen;
    if (!samples) return nothing;
    if (samples.tokens && !this.ofSequences) return nothing;
    const shown = samples.tokens
      ? this.ofSequences?.tokensSeen(samples, run.config.loss)
      : samples.shape.length === 3
        ? this.images(samples, outputs)
        : this.rows(samples, outputs);
    return html`${shown}
      ${samples.tokens && run.handle ? html`<text-continuation .lab=${this.lab} .tokens=${samples.tokens}></text-continuation>` : nothing}
      ${this.ofSequences && attends(run) ? html`<attention-view .lab=${this.lab} .samples=${samples}></attention-view>` : nothing}`;
  }

  render() {
    if (!this.lab) return nothing;
    return html`<h2>What it sees${this.seen && this.seen.runId === this.lab.focus?.id ? html` <i>step ${count(this.seen.step)}</i>` : nothing}</h2>
      ${this.body()}
      ${this.lab.focus?.handle ? html`<button class="link" @click=${() => this.lab.show('slice')}>The loss surface around it ›</button>` : nothing}`;
  }
}

customElements.define('model-sees', ModelSees);
