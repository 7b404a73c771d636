/**
 * A canvas with two axes: it fills its place, lays out the plot between its axes' names, and paints grid, names and what it
 * is given. It answers no hand and moves nothing by itself.
 *
 *     const plot = new Plot(canvas, { x, y, color, grid, font, padding, onResize });
 *     Object.assign(plot.x, { min: 0, max: 100 });
 *     plot.draw([{ kind: 'curve', points, color, width: 1.5 }]);
 */

import { paintDrawn } from './painters.js';
import { Scale } from './scale.js';

/**
 * @typedef {import('./painters.js').Drawn} Drawn
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Area  in pixels of the page
 *
 * @typedef {object} PlotLook
 * @property {import('./scale.js').ScaleLook} x
 * @property {import('./scale.js').ScaleLook} y
 * @property {string} color  of the axes' names
 * @property {string} grid  of the lines at the y axis's ticks
 * @property {{ family: string, size: number }} font
 * @property {number} axisWidth  of the y axis with its names
 * @property {{ top: number, right: number, left: number }} padding
 * @property {number} [ratio]  dots of the canvas to each pixel of the page; by default those of the screen
 * @property {() => void} onResize  the canvas has another size; it is to be drawn
 * @property {(ctx: CanvasRenderingContext2D) => void} [paintBelow]  below what is drawn, above the grid
 * @property {(ctx: CanvasRenderingContext2D) => void} [paintAbove]
 */

/** Between an axis and its names, and at least between two names, in pixels. */
const NAME_PADDING = 6;
const NAME_GAP = 12;

/** The height of a line of text in its size. */
const LINE_HEIGHT = 1.2;

/** How long a change of size may last before it is followed, in milliseconds. */
const RESIZE_MS = 60;

export class Plot {
  #canvas;
  #look;
  #sizes;
  #timer = 0;

  /** The plot without its axes. @type {Area} */
  area = { left: 0, top: 0, right: 300, bottom: 150 };
  /** Of the canvas, in pixels of the page. */
  width = 0;
  height = 0;
  /** Room to the right of the plot. */
  right;
  /** What was drawn last. @type {Drawn[]} */
  drawn = [];

  /** @param {HTMLCanvasElement} canvas @param {PlotLook} look */
  constructor(canvas, look) {
    this.#canvas = canvas;
    this.#look = look;
    this.right = look.padding.right;
    this.ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.x = new Scale(look.x);
    this.y = new Scale(look.y);
    this.#takeSize();
    const place = /** @type {HTMLElement} */ (canvas.parentElement);
    this.#sizes = new ResizeObserver(() => {
      clearTimeout(this.#timer);
      if (this.#isFitting()) return;
      this.#timer = Number(setTimeout(look.onResize, this.width > 0 ? RESIZE_MS : 0));
    });
    this.#sizes.observe(place);
    this.layOut();
  }

  get #ratio() {
    return this.#look.ratio ?? globalThis.devicePixelRatio ?? 1;
  }

  #isFitting() {
    const { clientWidth, clientHeight } = /** @type {HTMLElement} */ (this.#canvas.parentElement);
    return clientWidth === this.width && clientHeight === this.height;
  }

  /** As large as its place, in whole dots. */
  #takeSize() {
    const canvas = this.#canvas;
    const place = canvas.parentElement;
    if (!place) return;
    const { clientWidth, clientHeight } = place;
    const dots = { width: Math.floor(clientWidth * this.#ratio), height: Math.floor(clientHeight * this.#ratio) };
    this.width = clientWidth;
    this.height = clientHeight;
    if (canvas.width !== dots.width) canvas.width = dots.width;
    if (canvas.height !== dots.height) canvas.height = dots.height;
    canvas.style.width = `${clientWidth}px`;
    canvas.style.height = `${clientHeight}px`;
  }

  /** Places the plot and its ticks. What the x axis names at its right end stays on the canvas. */
  layOut() {
    const { font, axisWidth, padding } = this.#look;
    const line = font.size * LINE_HEIGHT;
    const { width, height, x, y } = this;
    const bottom = Math.max(1, height - line - NAME_PADDING);
    this.area = {
      left: padding.left + axisWidth,
      top: Math.max(padding.top, line / 2),
      right: width - this.right,
      bottom,
    };
    const { area } = this;
    area.right = Math.max(area.left + 1, area.right);
    area.top = Math.min(area.top, bottom - 1);
    Object.assign(y, { start: area.bottom, end: area.top });
    y.measure();
    Object.assign(x, { start: area.left, end: area.right });
    x.measure();
    const last = x.ticks.at(-1);
    if (last === undefined) return;
    const beyond = x.pixelOf(last) + this.#widthOf(x.say(last)) / 2 - width;
    if (!(beyond > 0)) return;
    area.right = Math.max(area.left + 1, area.right - beyond);
    x.end = area.right;
    x.measure();
  }

  /** @param {string} text */
  #widthOf(text) {
    const { family, size } = this.#look.font;
    this.ctx.font = `${size}px ${family}`;
    return this.ctx.measureText(text).width;
  }

  /** Paints all anew, where the plot stands by now. @param {Drawn[]} drawn */
  draw(drawn) {
    this.drawn = drawn;
    if (!this.#canvas.isConnected) return;
    this.#takeSize();
    this.layOut();
    const { ctx } = this;
    const { paintBelow, paintAbove } = this.#look;
    ctx.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    ctx.clearRect(0, 0, this.width, this.height);
    this.#paintAxes();
    paintBelow?.(ctx);
    for (const one of drawn) {
      ctx.save();
      this.#clip(one.clip ?? 0);
      paintDrawn(ctx, one, this);
      ctx.restore();
    }
    paintAbove?.(ctx);
  }

  /** @param {number} beyond  the plot, in pixels */
  #clip(beyond) {
    const { left, top, right, bottom } = this.area;
    this.ctx.beginPath();
    this.ctx.rect(left - beyond, top - beyond, right - left + 2 * beyond, bottom - top + 2 * beyond);
    this.ctx.clip();
  }

  #paintAxes() {
    const { ctx, x, y, area } = this;
    const { grid, color, font } = this.#look;
    ctx.save();
    ctx.strokeStyle = grid;
    ctx.lineWidth = 1;
    ctx.fillStyle = color;
    ctx.font = `${font.size}px ${font.family}`;
    ctx.textAlign = 'right';
    ctx.textBaseline = 'middle';
    for (const tick of y.ticks) {
      const at = y.pixelOf(tick);
      // On whole dots a line is sharp.
      const sharp = (Math.round(at * this.#ratio - 0.5) + 0.5) / this.#ratio;
      ctx.beginPath();
      ctx.moveTo(area.left, sharp);
      ctx.lineTo(area.right, sharp);
      ctx.stroke();
      ctx.fillText(y.say(tick), area.left - NAME_PADDING, at);
    }
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    for (const tick of x.thins ? this.#thin(x.ticks) : x.ticks) {
      ctx.fillText(x.say(tick), x.pixelOf(tick), area.bottom + NAME_PADDING);
    }
    ctx.restore();
  }

  /** Every tick, every second one, and so on, until none touches the next. @param {number[]} ticks */
  #thin(ticks) {
    const places = ticks.map((tick) => ({ at: this.x.pixelOf(tick), half: this.#widthOf(this.x.say(tick)) / 2 }));
    for (let stride = 1; stride < ticks.length; stride++) {
      const kept = places.filter((_, i) => i % stride === 0);
      if (kept.every(({ at, half }, i) => i === 0 || at - half >= kept[i - 1].at + kept[i - 1].half + NAME_GAP)) {
        return ticks.filter((_, i) => i % stride === 0);
      }
    }
    return ticks.slice(0, 1);
  }

  /** Its picture as a PNG data address. */
  toPng() {
    return this.#canvas.toDataURL('image/png');
  }

  destroy() {
    clearTimeout(this.#timer);
    this.#sizes.disconnect();
  }
}
