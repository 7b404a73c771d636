/**
 * <contour-map>: a function of two numbers seen from above, with contour lines, and trails that run over it from a
 * starting point that can be dragged, or moved with the arrow keys.
 *
 * The page hands it a `source`, a function that describes what there is to see; the map calls it when it draws.
 * Where the charts of its group are pointed at a step, the trails end at that step.
 * Event `start` with detail {x, y}: the starting point was moved there; with null: back to where it usually is.
 *
 * @typedef {import('./map_painter.js').MapScene} MapScene
 */

import { html } from 'lit';
import { axisNumber } from '../engine/words/numbers.js';
import { DrawnElement } from './drawn_element.js';
import { chartGroup } from './frame.js';
import { MapFrame, paintGround, paintTrails } from './map_painter.js';

/** How far an arrow key moves the start, as a share of the map's width; with Shift ten times as far. */
const KEY_SHARE = 1 / 200;

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class ContourMap extends DrawnElement {
  static properties = {
    source: { attribute: false },
    heading: { type: String },
    note: { type: String },
    group: { type: String },
    readout: { state: true },
  };

  constructor() {
    super();
    /** @type {(() => MapScene | null) | null} */
    this.source = null;
    this.heading = '';
    this.note = '';
    this.group = '';
    this.readout = '';
    /** @type {MapScene | null} */
    this.scene = null;
    /** @type {MapFrame | null} */
    this.frame = null;
    /** The ground as it was painted last, and what it was painted for. */
    this.ground = document.createElement('canvas');
    this.groundKey = '';
    this.dragging = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.shared = chartGroup(this.group || `alone-${this.heading}`);
    this.follow = () => this.invalidate();
    this.shared.addEventListener('crosshair', this.follow);
    this.sizes = new ResizeObserver(this.follow);
    if (this.hasUpdated) this.followSize();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.shared?.removeEventListener('crosshair', /** @type {() => void} */ (this.follow));
    this.sizes?.disconnect();
  }

  firstUpdated() {
    this.followSize();
    super.firstUpdated();
  }

  followSize() {
    const plot = this.querySelector('.map-plot');
    if (plot) this.sizes?.observe(plot);
  }

  rebuild() {
    this.groundKey = '';
    super.rebuild();
  }

  draw() {
    const canvas = this.querySelector('canvas');
    const scene = this.source?.() ?? null;
    if (!canvas || !scene || !this.isConnected) return;
    this.scene = scene;
    const { clientWidth: width, clientHeight: height } = /** @type {HTMLElement} */ (canvas.parentElement);
    if (width < 2 || height < 2) return;
    const density = Math.min(3, window.devicePixelRatio || 1);
    this.frame = new MapFrame(scene.window, width, height);
    this.#refreshGround(scene, this.frame, density);
    for (const [side, size] of /** @type {['width' | 'height', number][]} */ ([
      ['width', width],
      ['height', height],
    ])) {
      const pixels = Math.round(size * density);
      if (canvas[side] !== pixels) canvas[side] = pixels;
    }
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.ground, 0, 0);
    pen.setTransform(density, 0, 0, density, 0, 0);
    const step = this.shared?.crosshair ?? Number.POSITIVE_INFINITY;
    paintTrails(pen, this, this.frame, scene.trails, step);
    canvas.setAttribute('aria-label', `${this.heading}. ${scene.summary}`);
    this.#placeHandle(scene, this.frame);
  }

  /** @param {MapScene} scene @param {MapFrame} frame @param {number} density */
  #refreshGround(scene, frame, density) {
    const key = [scene.ground, frame.width, frame.height, density].join(' ');
    if (key === this.groundKey) return;
    this.groundKey = key;
    this.ground.width = Math.round(frame.width * density);
    this.ground.height = Math.round(frame.height * density);
    const pen = /** @type {CanvasRenderingContext2D} */ (this.ground.getContext('2d'));
    pen.setTransform(density, 0, 0, density, 0, 0);
    paintGround(pen, this, frame, scene);
  }

  /** @param {MapScene} scene @param {MapFrame} frame */
  #placeHandle({ start }, frame) {
    const handle = /** @type {HTMLElement | null} */ (this.querySelector('.start-handle'));
    if (!handle) return;
    const [left, top] = frame.toPixel(...start);
    handle.style.transform = `translate(${Math.min(Math.max(left, 0), frame.width)}px, ${Math.min(Math.max(top, 0), frame.height)}px)`;
    const [x, y] = start.map(axisNumber);
    handle.setAttribute('aria-label', `Starting point: x ${x}, y ${y}. Arrow keys move it`);
  }

  // ---- moving the start --------------------------------------------------------------------------------------------

  /** @param {[number, number] | null} place */
  moveTo(place) {
    // A hand means no more digits than a pixel has.
    const digits = this.frame ? Math.max(0, Math.ceil(Math.log10(this.frame.scale))) : 3;
    const detail = place && { x: Number(place[0].toFixed(digits)), y: Number(place[1].toFixed(digits)) };
    this.dispatchEvent(new CustomEvent('start', { detail, bubbles: true }));
  }

  /** The place under a pointer, on the map. @param {PointerEvent | MouseEvent} event @returns {[number, number] | null} */
  placeOf(event) {
    const box = this.querySelector('.map-plot')?.getBoundingClientRect();
    if (!box || !this.frame) return null;
    const left = Math.min(Math.max(event.clientX - box.left, 0), box.width);
    const top = Math.min(Math.max(event.clientY - box.top, 0), box.height);
    return this.frame.toPlane(left, top);
  }

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button !== 0) return;
    this.dragging = true;
    /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (this.dragging) this.moveTo(this.placeOf(event));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === 'Home') {
      event.preventDefault();
      this.moveTo(null);
      return;
    }
    const way = /** @type {Record<string, number[]>} */ (WAYS)[event.key];
    if (!way || !this.frame) return;
    event.preventDefault();
    // Where it is, not where it was drawn last: of two keys before the next frame, the second goes on from the first.
    const scene = this.source?.();
    if (!scene) return;
    const { x } = this.frame.window;
    const far = (x[1] - x[0]) * KEY_SHARE * (event.shiftKey ? 10 : 1);
    const [startX, startY] = scene.start;
    this.moveTo([startX + way[0] * far, startY + way[1] * far]);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const place = this.placeOf(event);
    if (!place || !this.scene) return;
    const [x, y, value] = [...place, this.scene.valueAt(...place) - this.scene.lowest].map(axisNumber);
    this.readout = `x ${x}, y ${y}, f − f* ${value}`;
  }

  render() {
    return html`
      <header>
        <h3>${this.heading}</h3>
        <div class="legend">
          ${this.readout ? html`<span class="readout">${this.readout}</span>` : html`<span class="note">${this.note}</span>`}
        </div>
      </header>
      <div
        class="map-plot"
        @pointermove=${this.point}
        @pointerleave=${() => {
          this.readout = '';
        }}
      >
        <canvas role="img" aria-label=${this.heading} @click=${(/** @type {MouseEvent} */ event) => this.moveTo(this.placeOf(event))}></canvas>
        <button
          class="start-handle"
          title="Drag to start elsewhere; Home brings it back"
          @pointerdown=${this.grab}
          @pointermove=${this.drag}
          @pointerup=${() => {
            this.dragging = false;
          }}
          @pointercancel=${() => {
            this.dragging = false;
          }}
          @dblclick=${() => this.moveTo(null)}
          @keydown=${this.key}
        ></button>
      </div>
    `;
  }
}

customElements.define('contour-map', ContourMap);
