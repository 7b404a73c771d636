/**
 * <parallel-axes>: many trials at once, a line each, across an axis for each thing that was set and each that came of it.
 * Every axis can be narrowed to a range, by dragging along it or with the keys at its two ends; what is outside of one of
 * them goes back.
 *
 * Events: `choose` with detail {key}: a line was pressed; `brush` with detail {name, range}: an axis was narrowed to
 * [low, high] as shares of its length from below, or to all of it with null.
 *
 * @typedef {object} ParallelAxis
 * @property {string} name
 * @property {string} label
 * @property {{ share: number | null, text: string }[]} ticks  share: of its length, from below; null: beyond it
 * @property {[number, number] | null} range  what it is narrowed to
 * @property {(share: number) => string} say  a place on it, in words
 * @typedef {object} ParallelLine
 * @property {string} key
 * @property {(number | null)[]} shares  its place on each axis; null: it has none, and goes to the top, beyond the axis
 * @property {number | null} rank  0, the best, to 1; null: infeasible
 * @property {boolean} isIn  within all ranges
 * @property {string} label
 * @typedef {{ axes: ParallelAxis[], lines: ParallelLine[], chosen: string | null, note: string }} ParallelScene
 */

import { html, LitElement, nothing, svg } from 'lit';

/** Of the drawing, in its own units; it is stretched to its place. */
const HEIGHT = 100;

/** Where what has no value on an axis goes, and where the axis begins and ends. */
const BEYOND = 4;
const TOP = 12;
const BOTTOM = 97;

/** What an arrow key moves an end by, and with Shift. */
const KEY_SHARE = 0.02;
const KEY_FAR = 0.1;

/** How near to a line a pointer means it, in pixels. */
const NEAR = 14;

/** A range shorter than this was a press, not a drag. */
const PRESSED = 0.01;

export class ParallelAxes extends LitElement {
  static properties = { scene: { attribute: false }, heading: { type: String }, pointed: { state: true } };

  constructor() {
    super();
    /** @type {ParallelScene | null} */
    this.scene = null;
    this.heading = '';
    /** The line that is pointed at. @type {string | null} */
    this.pointed = null;
    /** While an axis is dragged along: where it began. @type {{ name: string, from: number } | null} */
    this.drag = null;
  }

  createRenderRoot() {
    return this;
  }

  // ---- geometry ----------------------------------------------------------------------------------------------------

  /** From the top, in units of the drawing. @param {number | null} share */
  static heightOf(share) {
    return share === null ? BEYOND : BOTTOM - share * (BOTTOM - TOP);
  }

  /** From the left, as a share. @param {number} i @param {number} count */
  static placeOf(i, count) {
    return (i + 0.5) / count;
  }

  /** The share of an axis at a pointer. @param {PointerEvent} event */
  shareAt(event) {
    const box = /** @type {Element} */ (this.querySelector('.parallel-plot')).getBoundingClientRect();
    const height = ((event.clientY - box.top) / box.height) * HEIGHT;
    return Math.min(1, Math.max(0, (BOTTOM - height) / (BOTTOM - TOP)));
  }

  /** The line nearest to a pointer, or null. @param {PointerEvent | MouseEvent} event */
  lineAt(event) {
    const { scene } = this;
    const box = this.querySelector('.parallel-plot')?.getBoundingClientRect();
    if (!scene || !box) return null;
    const count = scene.axes.length;
    const across = ((event.clientX - box.left) / box.width) * count - 0.5;
    const left = Math.min(Math.max(Math.floor(across), 0), count - 2);
    const part = Math.min(1, Math.max(0, across - left));
    let nearest = null;
    let least = NEAR;
    for (const line of scene.lines) {
      const [from, to] = [line.shares[left], line.shares[left + 1]].map(ParallelAxes.heightOf);
      const away = Math.abs(((from + part * (to - from)) / HEIGHT) * box.height - (event.clientY - box.top));
      if (line.isIn && away < least) {
        nearest = line;
        least = away;
      }
    }
    return nearest;
  }

  // ---- pointing ----------------------------------------------------------------------------------------------------

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.drag) this.pointed = this.lineAt(event)?.key ?? null;
  }

  leave() {
    this.pointed = null;
  }

  /** @param {MouseEvent} event */
  press(event) {
    const line = this.lineAt(event);
    if (line) this.dispatchEvent(new CustomEvent('choose', { detail: { key: line.key }, bubbles: true }));
  }

  // ---- narrowing ---------------------------------------------------------------------------------------------------

  /** @param {string} name @param {[number, number] | null} range */
  brush(name, range) {
    const isAll = range && range[0] <= 0 && range[1] >= 1;
    this.dispatchEvent(new CustomEvent('brush', { detail: { name, range: isAll ? null : range }, bubbles: true }));
  }

  /** @param {PointerEvent} event @param {string} name */
  grab(event, name) {
    if (event.button !== 0) return;
    /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
    this.drag = { name, from: this.shareAt(event) };
  }

  /** @param {PointerEvent} event */
  pull(event) {
    if (!this.drag) return;
    const { name, from } = this.drag;
    const to = this.shareAt(event);
    if (Math.abs(to - from) >= PRESSED) this.brush(name, [Math.min(from, to), Math.max(from, to)]);
  }

  /** @param {PointerEvent} event */
  drop(event) {
    if (!this.drag) return;
    const { name, from } = this.drag;
    if (Math.abs(this.shareAt(event) - from) < PRESSED) this.brush(name, null);
    this.drag = null;
  }

  /** @param {KeyboardEvent} event @param {ParallelAxis} axis @param {0 | 1} end */
  key(event, { name, range }, end) {
    const now = /** @type {[number, number]} */ ([...(range ?? [0, 1])]);
    const far = event.shiftKey ? KEY_FAR : KEY_SHARE;
    if (event.key === 'ArrowUp' || event.key === 'ArrowRight') now[end] += far;
    else if (event.key === 'ArrowDown' || event.key === 'ArrowLeft') now[end] -= far;
    else if (event.key === 'Home') now[end] = end === 0 ? 0 : now[0];
    else if (event.key === 'End') now[end] = end === 1 ? 1 : now[1];
    else if (event.key !== 'Escape' && event.key !== 'Delete') return;
    event.preventDefault();
    if (event.key === 'Escape' || event.key === 'Delete') return this.brush(name, null);
    // An end does not pass the other.
    now[end] = end === 0 ? Math.min(Math.max(0, now[0]), now[1]) : Math.max(Math.min(1, now[1]), now[0]);
    this.brush(name, now);
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------

  /** @param {ParallelAxis} axis @param {0 | 1} end */
  handle(axis, end) {
    const share = axis.range?.[end] ?? end;
    return html`<button
      class=${end ? 'brush-end upper' : 'brush-end'}
      role="slider"
      style=${`top:${((100 * ParallelAxes.heightOf(share)) / HEIGHT).toFixed(2)}%`}
      aria-label=${`${axis.label}, ${end ? 'highest' : 'lowest'} shown`}
      aria-orientation="vertical"
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(100 * share)}
      aria-valuetext=${axis.say(share)}
      title="Arrow keys narrow the axis, Escape widens it"
      @keydown=${(/** @type {KeyboardEvent} */ event) => this.key(event, axis, end)}
    ></button>`;
  }

  /** @param {ParallelAxis} axis @param {number} i @param {number} count */
  axis(axis, i, count) {
    const [low, high] = axis.range ?? [0, 1];
    const fromTop = (/** @type {number | null} */ share) =>
      `${((100 * ParallelAxes.heightOf(share)) / HEIGHT).toFixed(2)}%`;
    return html`<div class=${i === count - 1 ? 'parallel-axis last' : 'parallel-axis'} style=${`left:${(100 * ParallelAxes.placeOf(i, count)).toFixed(2)}%`}>
      <div
        class="parallel-rail"
        @click=${(/** @type {Event} */ event) => event.stopPropagation()}
        @pointerdown=${(/** @type {PointerEvent} */ event) => this.grab(event, axis.name)}
        @pointermove=${this.pull}
        @pointerup=${this.drop}
        @pointercancel=${() => {
          this.drag = null;
        }}
      ></div>
      ${axis.range ? html`<i class="parallel-range" style=${`top:${fromTop(high)};bottom:calc(100% - ${fromTop(low)})`}></i>` : nothing}
      ${axis.ticks.map(({ share, text }) => html`<span class="parallel-tick" style=${`top:${fromTop(share)}`}>${text}</span>`)}
      ${this.handle(axis, 0)}${this.handle(axis, 1)}
    </div>`;
  }

  /** @param {ParallelLine} line @param {number} count */
  line({ key, shares, rank, isIn }, count) {
    const points = shares.map(
      (share, i) => `${(1000 * ParallelAxes.placeOf(i, count)).toFixed(1)},${ParallelAxes.heightOf(share).toFixed(2)}`,
    );
    const kind = [isIn ? 'in' : 'out', rank === null ? 'lost' : ''].join(' ');
    const isStrong = key === this.pointed || key === this.scene?.chosen;
    return svg`<polyline class=${`${kind}${isStrong ? ' strong' : ''}`} style=${`--rank:${Math.round(100 * (rank ?? 1))}%`} points=${points.join(' ')} vector-effect="non-scaling-stroke" />`;
  }

  render() {
    const { scene } = this;
    if (!scene) return nothing;
    const { axes, lines, note } = scene;
    // The best and what is pointed at lie on top.
    const order = [...lines].sort(
      (a, b) => Number(a.isIn) - Number(b.isIn) || (b.rank ?? 2) - (a.rank ?? 2) || Number(a.key === this.pointed),
    );
    const told = lines.find(({ key }) => key === this.pointed)?.label ?? note;
    return html`
      <header>
        <h3>${this.heading}</h3>
        <div class="legend"><span class=${this.pointed ? 'readout' : 'note'}>${told}</span></div>
      </header>
      <div class="parallel-wide">
      <div class="parallel-names">
        ${axes.map(({ label, range, name }) => html`<span>${label}${range ? html` <button class="link" aria-label=${`All of ${label}`} @click=${() => this.brush(name, null)}>✕</button>` : nothing}</span>`)}
      </div>
      <div
        class="parallel-plot"
        role="group"
        aria-label=${`${this.heading}: an axis each for ${axes.map(({ label }) => label).join(', ')}`}
        @pointermove=${this.point}
        @pointerleave=${this.leave}
        @click=${this.press}
      >
        <svg viewBox="0 0 1000 ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
          ${order.map((line) => this.line(line, axes.length))}
        </svg>
        ${axes.map((axis, i) => this.axis(axis, i, axes.length))}
      </div>
      </div>
    `;
  }
}

customElements.define('parallel-axes', ParallelAxes);
