/**
 * <curve-sketch>: a place to draw a loss curve, by hand or by keys: a stroke draws, and each knot is a slider that the
 * arrow keys lift and lower; left and right go from knot to knot. Every change is an event `sketch` with detail {sketch}.
 */
import { html, LitElement, nothing, svg } from 'lit';
import { count, number } from '../../../engine/words/numbers.js';
import { blankSketch, isWhole, KNOTS, setKnot, stroke } from './sketch.js';

/** How many small steps of a key, and how many large ones, the whole height has. */
const STEPS = { ArrowUp: 40, ArrowDown: -40, PageUp: 8, PageDown: -8 };

export class CurveSketch extends LitElement {
  static properties = {
    sketch: { attribute: false },
    top: { type: Number },
    guess: { type: Number },
    steps: { type: Number },
    knot: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./sketch.js').Sketch} */
    this.sketch = blankSketch();
    /** The loss at the upper end. */
    this.top = 1;
    /** The loss of guessing. */
    this.guess = Number.NaN;
    /** Of the run that is drawn. */
    this.steps = 0;
    /** The knot that the tab key leads to. */
    this.knot = 0;
    /** Where the hand was last while it draws. @type {{ x: number, y: number } | null} */
    this.hand = null;
  }

  createRenderRoot() {
    return this;
  }

  /** @param {import('./sketch.js').Sketch} sketch */
  take(sketch) {
    this.sketch = sketch;
    this.dispatchEvent(new CustomEvent('sketch', { detail: { sketch } }));
  }

  /** @param {PointerEvent} event */
  placeOf(event) {
    const { left, top, width, height } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const within = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
    return {
      x: within((event.clientX - left) / width),
      y: this.top * (1 - within((event.clientY - top) / height)),
    };
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
    this.hand = this.placeOf(event);
    this.take(stroke(this.sketch, this.hand, this.hand));
  }

  /** @param {PointerEvent} event */
  draw(event) {
    if (!this.hand) return;
    const place = this.placeOf(event);
    this.take(stroke(this.sketch, this.hand, place));
    this.hand = place;
  }

  lift() {
    this.hand = null;
  }

  /** @param {KeyboardEvent} event */
  async key(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const parts = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
    const ends = { Home: 0, End: this.top }[event.key];
    if (way === undefined && parts === undefined && ends === undefined) return;
    event.preventDefault();
    if (way !== undefined) {
      this.knot = Math.min(KNOTS - 1, Math.max(0, this.knot + way));
      await this.updateComplete;
      /** @type {HTMLElement | null} */ (this.querySelector(`[data-knot="${this.knot}"]`))?.focus();
      return;
    }
    const now = this.sketch[this.knot] ?? this.guess;
    const value = ends ?? now + this.top / parts;
    this.take(setKnot(this.sketch, this.knot, Math.min(this.top, Math.max(0, value))));
  }

  /** @param {number} loss */
  height(loss) {
    return 100 - (100 * Math.min(loss, this.top)) / this.top;
  }

  line() {
    const { sketch } = this;
    if (!isWhole(sketch)) return nothing;
    const points = sketch.map((loss, i) => `${(100 * i) / (KNOTS - 1)},${this.height(loss)}`).join(' ');
    return svg`<polyline points=${points} vector-effect="non-scaling-stroke" />`;
  }

  /** @param {number} i */
  slider(i) {
    const loss = this.sketch[i];
    const step = Math.round((i * this.steps) / (KNOTS - 1));
    return html`<span
      class=${loss === null ? 'knot blank' : 'knot'}
      role="slider"
      tabindex=${i === this.knot ? 0 : -1}
      data-knot=${i}
      style=${`left:${(100 * i) / (KNOTS - 1)}%;top:${this.height(loss ?? this.guess)}%`}
      aria-label=${`Loss at step ${count(step)}`}
      aria-orientation="vertical"
      aria-valuemin="0"
      aria-valuemax=${this.top}
      aria-valuenow=${loss ?? this.guess}
      aria-valuetext=${loss === null ? 'not drawn' : number(loss)}
      @focus=${() => {
        this.knot = i;
      }}
    ></span>`;
  }

  render() {
    if (!(this.top > 0)) return nothing;
    return html`
      <div
        class="sketch-plot"
        role="group"
        aria-label="Your loss curve"
        @pointerdown=${this.press}
        @pointermove=${this.draw}
        @pointerup=${this.lift}
        @pointercancel=${this.lift}
        @keydown=${this.key}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path class="guess" d=${`M0 ${this.height(this.guess)}H100`} vector-effect="non-scaling-stroke" />
          ${this.line()}
        </svg>
        <span class="sketch-mark" style=${`top:${this.height(this.guess)}%`}>guessing, ${number(this.guess)}</span>
        ${Array.from({ length: KNOTS }, (_, i) => this.slider(i))}
        ${isWhole(this.sketch) ? nothing : html`<span class="sketch-hint">Draw the loss here</span>`}
      </div>
      <p class="sketch-axis"><span>step 0</span><span>${count(this.steps)}</span></p>
    `;
  }
}

customElements.define('curve-sketch', CurveSketch);
