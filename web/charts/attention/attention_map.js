/**
 * <attention-map>: what each query of a head of attention gives to the keys, as a square of shades: a row for each query
 * from top to bottom, a column for each key from left to right. Whoever points at a place, by pointer, finger or arrow
 * keys, is told its weight. As `thumb` it is a picture without axes.
 *
 * @typedef {object} AttentionScene
 * @property {string} name  of layer and head
 * @property {Float32Array} weights  [query][key]
 * @property {number} positions
 * @property {boolean} causal  a query sees no key after it
 * @property {string[] | null} labels  what stands at each position, where that can be written
 */

import { html, nothing } from 'lit';
import { significant } from '../../engine/words/numbers.js';
import { DrawnElement } from '../drawn_element.js';
import { themeColor } from '../frame.js';

const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Places that an arrow key goes with Shift. */
const STRIDE = 5;

/** More positions have no room for a label each: some have their number. */
const LABELLED = 20;
const NUMBERS = 8;

/** A weight's share of the way from paper to ink: small ones would not be seen, and most are small. @param {number} weight */
const shadeOf = (weight) => Math.sqrt(Math.min(1, Math.max(0, weight)));

export class AttentionMap extends DrawnElement {
  static properties = {
    scene: { attribute: false },
    thumb: { type: Boolean },
    /** [query, key], pointed at. */
    place: { state: true },
  };

  constructor() {
    super();
    /** @type {AttentionScene | null} */
    this.scene = null;
    this.thumb = false;
    /** @type {[number, number] | null} */
    this.place = null;
  }

  updated() {
    this.invalidate();
  }

  draw() {
    const canvas = this.querySelector('canvas');
    const { scene } = this;
    const pen = canvas?.getContext('2d');
    if (!canvas || !pen || !scene) return;
    const { positions, weights, causal } = scene;
    if (canvas.width !== positions) canvas.width = canvas.height = positions;
    const [paper, ink] = ['paper', 'ink'].map((name) => toNumbers(pen, themeColor(this, name)));
    const image = pen.createImageData(positions, positions);
    for (let i = 0; i < positions * positions; i++) {
      // What a query cannot see stays open: the ground shows through.
      if (causal && i % positions > Math.floor(i / positions)) continue;
      const shade = shadeOf(weights[i]);
      for (let part = 0; part < 3; part++) image.data[4 * i + part] = paper[part] + shade * (ink[part] - paper[part]);
      image.data[4 * i + 3] = 255;
    }
    pen.putImageData(image, 0, 0);
  }

  // ---- pointing ----------------------------------------------------------------------------------------------------

  /** @param {number} query @param {number} key */
  pointAt(query, key) {
    const last = (this.scene?.positions ?? 1) - 1;
    this.place = [Math.min(last, Math.max(0, query)), Math.min(last, Math.max(0, key))];
  }

  /** @param {PointerEvent} event */
  point(event) {
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const { positions } = /** @type {AttentionScene} */ (this.scene);
    const at = (/** @type {number} */ share) => Math.floor(share * positions);
    this.pointAt(at((event.clientY - box.top) / box.height), at((event.clientX - box.left) / box.width));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = /** @type {Record<string, number[]>} */ (WAYS)[event.key];
    if (event.key === 'Escape') this.place = null;
    if (!way) return;
    event.preventDefault();
    const far = event.shiftKey ? STRIDE : 1;
    if (this.place) this.pointAt(this.place[0] + far * way[0], this.place[1] + far * way[1]);
    else this.pointAt(0, 0);
  }

  /** @param {AttentionScene} scene */
  readout({ weights, positions, causal, labels }) {
    if (!this.place) return 'Point at a place, or use the arrow keys.';
    const [query, key] = this.place;
    const say = (/** @type {number} */ i) => `${i + 1}${labels ? ` “${labels[i]}”` : ''}`;
    if (causal && key > query) return `Query ${say(query)} cannot see key ${say(key)}, which comes after it.`;
    return `Query ${say(query)} gives key ${say(key)} ${significant(weights[query * positions + key], 3)} of 1.`;
  }

  // ---- words -------------------------------------------------------------------------------------------------------

  /** What stands along an axis, each with its place in percent. @param {AttentionScene} scene */
  marks({ positions, labels }) {
    const isWritten = labels && positions <= LABELLED;
    const every = isWritten ? 1 : 2 ** Math.ceil(Math.log2(Math.max(1, positions / NUMBERS)));
    return Array.from({ length: positions }, (_, i) => i)
      .filter((i) => isWritten || (i + 1) % every === 0)
      .map((i) => ({ text: isWritten ? labels[i] : String(i + 1), at: `${(100 * (i + 0.5)) / positions}%` }));
  }

  render() {
    const { scene } = this;
    if (!scene) return nothing;
    if (this.thumb) return html`<canvas aria-hidden="true"></canvas>`;
    const marks = this.marks(scene);
    const { positions } = scene;
    const [query, key] = this.place ?? [];
    return html`
      <div class="attention-axes">
        <span class="axis-title of-keys" aria-hidden="true">key</span>
        <span class="axis-title of-queries" aria-hidden="true">query</span>
        <div class="attention-marks of-keys" aria-hidden="true">${marks.map(({ text, at }) => html`<span style=${`left:${at}`}>${text}</span>`)}</div>
        <div class="attention-marks of-queries" aria-hidden="true">${marks.map(({ text, at }) => html`<span style=${`top:${at}`}>${text}</span>`)}</div>
        <div
          class="attention-plot"
          role="group"
          tabindex="0"
          aria-label=${`Attention of ${scene.name}, a row for each of ${positions} queries, a column for each key: arrow keys point at places`}
          @pointermove=${this.point}
          @pointerdown=${this.point}
          @pointerleave=${(/** @type {PointerEvent} */ event) => {
            if (event.pointerType === 'mouse') this.place = null;
          }}
          @keydown=${this.key}
        >
          <canvas role="img" aria-label=${`Attention of ${scene.name}`}></canvas>
          ${
            query === undefined || key === undefined
              ? nothing
              : html`<i
                class="pointed"
                style=${`left:${(100 * key) / positions}%;top:${(100 * query) / positions}%;width:${100 / positions}%;height:${100 / positions}%`}
              ></i>`
          }
        </div>
      </div>
      <p class="attention-scale"><span>0</span><i></i><span>1</span>${scene.causal ? html`<b></b><span>not seen</span>` : nothing}</p>
      <p class="readout" aria-live="polite">${this.readout(scene)}</p>
    `;
  }
}

/** A colour's red, green and blue. @param {CanvasRenderingContext2D} pen @param {string} color */
function toNumbers(pen, color) {
  pen.fillStyle = color;
  const hex = String(pen.fillStyle);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

customElements.define('attention-map', AttentionMap);
