/**
 * <heat-map>: a function of two numbers as colours with contour lines, and a path over it. Whoever points at a place, by
 * pointer, finger or arrow keys, is told its value.
 *
 * The page hands it a `source`, a function that describes what there is to see; the map calls it when it draws.
 *
 * @typedef {import('./heat_painter.js').HeatScene} HeatScene
 */

import { html, nothing } from 'lit';
import { number } from '../../engine/words/numbers.js';
import { DrawnElement } from '../drawn_element.js';
import { scaleGradient, scaleOf } from './color_scale.js';
import { HeatFrame, paintCursor, paintHeat } from './heat_painter.js';

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Places that an arrow key goes with Shift. */
const STRIDE = 5;

export class HeatMap extends DrawnElement {
  static properties = {
    source: { attribute: false },
    heading: { type: String },
    note: { type: String },
    readout: { state: true },
    scale: { state: true },
  };

  constructor() {
    super();
    /** @type {(() => HeatScene | null) | null} */
    this.source = null;
    this.heading = '';
    this.note = '';
    this.readout = '';
    /** @type {{ low: number, high: number, isCut: boolean } | null} */
    this.scale = null;
    /** @type {HeatScene | null} */
    this.scene = null;
    /** @type {HeatFrame | null} */
    this.frame = null;
    /** The map as it was painted last, below the cursor. */
    this.ground = document.createElement('canvas');
    /** Pointed at. @type {[number, number] | null} */
    this.place = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.sizes = new ResizeObserver(() => this.invalidate());
    if (this.hasUpdated) this.followSize();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes?.disconnect();
  }

  firstUpdated() {
    this.followSize();
    super.firstUpdated();
  }

  followSize() {
    const plot = this.querySelector('.heat-plot');
    if (plot) this.sizes?.observe(plot);
  }

  draw() {
    const canvas = this.querySelector('canvas');
    if (!canvas || !this.isConnected) return;
    const scene = this.source?.() ?? null;
    this.scene = scene;
    const { clientWidth: width, clientHeight: height } = /** @type {HTMLElement} */ (canvas.parentElement);
    if (width < 2 || height < 2) return;
    const density = Math.min(3, window.devicePixelRatio || 1);
    for (const sheet of [canvas, this.ground]) {
      sheet.width = Math.round(width * density);
      sheet.height = Math.round(height * density);
    }
    this.scale = scene && scaleOf(scene.values);
    if (!scene) return;
    this.frame = new HeatFrame(scene.window, width, height, Number.parseFloat(getComputedStyle(this).fontSize));
    const pen = /** @type {CanvasRenderingContext2D} */ (this.ground.getContext('2d'));
    pen.setTransform(density, 0, 0, density, 0, 0);
    paintHeat(pen, this, this.frame, scene);
    canvas.setAttribute('aria-label', `${this.heading}. ${scene.summary}`);
    // What is pointed at may be known by now, or be another map's.
    if (this.place) this.pointAt(this.place);
    else this.showCursor();
  }

  /** Puts the map and the cursor on the canvas that is seen. */
  showCursor() {
    const canvas = this.querySelector('canvas');
    const pen = canvas?.getContext('2d');
    if (!canvas || !pen || !this.frame) return;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(this.ground, 0, 0);
    const density = canvas.width / (canvas.parentElement?.clientWidth || 1);
    pen.setTransform(density, 0, 0, density, 0, 0);
    if (this.place) paintCursor(pen, this.frame, this.place);
  }

  // ---- pointing ----------------------------------------------------------------------------------------------------

  /** The nearest place of the grid, told. @param {[number, number] | null} wanted */
  pointAt(wanted) {
    const { scene } = this;
    if (!scene || !wanted) {
      this.place = null;
      this.readout = '';
    } else {
      const { window, places } = scene;
      const snap = (/** @type {number} */ value, /** @type {[number, number]} */ [low, high]) => {
        const step = (high - low) / (places - 1);
        return low + step * Math.min(places - 1, Math.max(0, Math.round((value - low) / step)));
      };
      this.place = [snap(wanted[0], window.x), snap(wanted[1], window.y)];
      this.readout = scene.describe(...this.place);
    }
    this.showCursor();
  }

  /** @param {PointerEvent} event */
  point(event) {
    const box = this.querySelector('.heat-plot')?.getBoundingClientRect();
    if (!box || !this.frame) return;
    const { frame } = this;
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const isOver =
      left >= frame.left && left <= frame.left + frame.width && top >= frame.top && top <= frame.top + frame.height;
    this.pointAt(isOver ? frame.toPlane(left, top) : null);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    // A key may come before the first drawing.
    this.scene ??= this.source?.() ?? null;
    const { scene } = this;
    if (!scene) return;
    const way = /** @type {Record<string, number[]>} */ (WAYS)[event.key];
    if (event.key === 'Escape') return this.pointAt(null);
    if (!way && event.key !== 'Home') return;
    event.preventDefault();
    if (!way || !this.place) return this.pointAt([0, 0]);
    const { window, places } = scene;
    const far = event.shiftKey ? STRIDE : 1;
    const step = (/** @type {[number, number]} */ [low, high]) => (far * (high - low)) / (places - 1);
    this.pointAt([this.place[0] + way[0] * step(window.x), this.place[1] + way[1] * step(window.y)]);
  }

  render() {
    const { scale } = this;
    return html`
      <header>
        <h3>${this.heading}</h3>
        <div class="legend">
          <span class=${this.readout ? 'readout' : 'note'} aria-live="polite">${this.readout || this.note}</span>
        </div>
        ${
          scale
            ? html`<p class="color-scale">
              <span>${number(scale.low)}</span><i style=${`background:${scaleGradient()}`}></i
              ><span>${number(scale.high)}${scale.isCut ? ' and more' : ''}</span>
            </p>`
            : nothing
        }
      </header>
      <div
        class="heat-plot"
        role="group"
        tabindex="0"
        aria-label=${`${this.heading}: arrow keys point at places, Home at where the run stands`}
        @pointermove=${this.point}
        @pointerdown=${this.point}
        @pointerleave=${(/** @type {PointerEvent} */ event) => event.pointerType === 'mouse' && this.pointAt(null)}
        @keydown=${this.key}
      >
        <canvas role="img" aria-label=${this.heading}></canvas>
      </div>
    `;
  }
}

customElements.define('heat-map', HeatMap);
