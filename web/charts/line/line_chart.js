/**
 * <line-chart>: curves over steps (or over learning rates), drawn from series reduced to pixel columns.
 *
 * The page hands it a `source`, a function that describes what there is to see (scene.js); the chart calls it when it
 * draws. A click, or Enter, on the step that is pointed at is an event `pick` with detail {step}.
 *
 * What the canvas shows is also said: in the canvas's label, and in the readout of the step pointed at (pointer, or
 * the arrow keys).
 *
 * @typedef {import('./scene.js').Scene} Scene
 */

import { html, nothing } from 'lit';
import { axisNumber, count } from '../../engine/words/numbers.js';
import { ChartElement } from '../drawn_element.js';
import { AXIS_EMS, canvasFont, chartFont, chartGroup, curveColor, labelHeight, themeColor } from '../frame.js';
import { placeLabels } from '../labels.js';
import { Plot } from '../plot/plot.js';
import { cutName, endsOf, marginOf, reachesOf } from './ends.js';
import { curvesOf, drawnOf, edgeMarksOf } from './layers.js';
import { shownLayers } from './legend.js';
import { lineAxes, RIGHT } from './options.js';
import { paintAbove, paintBelow } from './overlay.js';
import { legendOf, legendTemplate, valuesAt } from './readout.js';
import { placesOf, rangeOf } from './scene.js';
import { wishesOf } from './wishes.js';
import { ZoomHands } from './zoom_hands.js';

/** A pointer that moved further than this while it was pressed did not click. */
const CLICK_PIXELS = 5;

/** Below this width, in the chart's font, labels of vertical lines would cover the curve. */
const NARROW_EMS = 40;

export class LineChart extends ChartElement {
  static properties = {
    source: { attribute: false },
    heading: { type: String },
    note: { type: String },
    tools: { attribute: false },
    explain: { attribute: false },
    group: { type: String },
    x: { type: String },
    y: { type: String },
    xName: { attribute: 'x-name', type: String },
    zero: { type: Boolean },
    share: { type: Boolean },
    fixedX: { attribute: 'fixed-x', type: Boolean },
    chosenX: { state: true },
    chosenY: { state: true },
    zoomed: { state: true },
    readout: { state: true },
    legend: { state: true },
    off: { state: true },
    empty: { state: true },
  };

  constructor() {
    super();
    /** @type {(() => Scene) | null} */
    this.source = null;
    this.heading = '';
    this.note = '';
    /** What the page has to be turned at this chart. @type {import('lit').TemplateResult | undefined} */
    this.tools = undefined;
    /** How the page writes a heading that can be asked what it means. @type {((heading: string) => unknown) | null} */
    this.explain = null;
    this.group = '';
    this.x = 'linear';
    this.y = 'log';
    this.xName = 'step';
    this.fixedX = false;
    /** The linear y axis begins at 0. */
    this.zero = false;
    /** The values are shares of 1: they are said in percent, on a y axis that ends at 100 %. */
    this.share = false;
    /** @type {string | null} */
    this.chosenX = null;
    /** @type {string | null} */
    this.chosenY = null;
    this.zoomed = false;
    /** @type {import('./readout.js').Readout | null} */
    this.readout = null;
    /** @type {import('./readout.js').Entry[]} */
    this.legend = [];
    /** Labels of the layers that were switched off in the legend. @type {Set<string>} */
    this.off = new Set();
    /** @type {Scene | null} */
    this.scene = null;
    /** Where the pointer was pressed last, in pixels of the window. */
    this.pressedAt = Number.NaN;
    /** What stands in the plot where no curve does. */
    this.empty = '';
    /** Whether there is a value that the y axis measures. */
    this.measured = false;
    /** Of the labels. */
    this.font = '12px sans-serif';
    /** What stands over the curves. @type {(() => import('./overlay.js').Overlay) | null} */
    this.overlay = null;
    /** Of the names at the curves' ends, in pixels; null where they have no room. @type {number | null} */
    this.margin = 0;
    /** The same, in its place. @type {import('./overlay.js').Overlay | null} */
    this.laid = null;
    /** @type {import('./scene.js').Paint} */
    this.paint = (color, alpha) => themeColor(this, color, alpha);
    /** @type {import('./scene.js').Paint} */
    this.paintCurve = (color, alpha) => curveColor(this, color, alpha);
    this.hands = new ZoomHands(() => this.zoomTarget);
  }

  get logX() {
    return (this.chosenX ?? this.x) === 'log';
  }

  get logY() {
    return (this.chosenY ?? this.y) === 'log';
  }

  /** On a logarithmic step axis step s stands at s + 1. */
  get shift() {
    return this.logX && !this.fixedX ? 1 : 0;
  }

  /** @returns {import('./scene.js').Axes} */
  get axes() {
    const { logX, logY, fixedX, shift, zero, share } = this;
    return { logX, logY, fixedX, shift, zero, share };
  }

  /** Charts are made one by one, each in a task of its own. */
  async scheduleUpdate() {
    if (!this.hasUpdated) await new Promise((resolve) => setTimeout(resolve));
    return super.scheduleUpdate();
  }

  connectedCallback() {
    super.connectedCallback();
    this.shared = chartGroup(this.group || `alone-${this.heading}`);
    this.followZoom = () => this.invalidate();
    this.followCrosshair = () => this.placeCrosshair();
    this.shared.addEventListener('zoom', this.followZoom);
    this.shared.addEventListener('crosshair', this.followCrosshair);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.shared?.removeEventListener('zoom', /** @type {() => void} */ (this.followZoom));
    this.shared?.removeEventListener('crosshair', /** @type {() => void} */ (this.followCrosshair));
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('chosenX') || changed.has('chosenY') || changed.has('x') || changed.has('y')) {
      if (changed.size && this.chart) this.buildChart();
      this.invalidate();
    }
    if (changed.has('source')) this.invalidate();
  }

  buildChart() {
    super.buildChart();
    this.overlay = null;
    const canvas = this.querySelector('canvas');
    if (!canvas) return;
    const { plotLook: look, axes } = this;
    const { font } = look;
    this.font = canvasFont(this);
    this.chart = new Plot(canvas, {
      ...look,
      ...lineAxes({ ...axes, font, sayValue: (value) => this.sayValue(value), isMeasured: () => this.measured }),
      axisWidth: AXIS_EMS * font.size,
      padding: { top: 6, right: RIGHT, left: 2 },
      paintBelow: (ctx) => {
        this.laid = this.overlay?.() ?? null;
        if (this.laid) paintBelow(ctx, this.laid);
      },
      paintAbove: (ctx) => {
        if (this.laid) paintAbove(ctx, this.laid);
      },
    });
  }

  /** The width of a label's text, in pixels. @param {string} text */
  measure(text) {
    const { ctx } = /** @type {Plot} */ (this.chart);
    ctx.font = this.font;
    return ctx.measureText(text).width;
  }

  /**
   * What stands over the curves, where the chart is laid out by now.
   * @param {Scene} scene
   * @param {{ ends: ReturnType<typeof endsOf>, marks: ReturnType<typeof edgeMarksOf>, range: import('./scene.js').Range }} drawn
   * @returns {import('./overlay.js').Overlay}
   */
  layOver(scene, { ends, marks, range }) {
    const { paint, font, axes, shift } = this;
    const { area, x: across, y: up, width } = /** @type {Plot} */ (this.chart);
    const plot = {
      area,
      room: { ...area, right: width - 2 },
      xOf: (/** @type {number} */ x) => across.pixelOf(x + shift),
      yOf: (/** @type {number} */ y) => up.pixelOf(y),
      measure: (/** @type {string} */ text) => this.measure(text),
      height: labelHeight(font),
      narrow: this.clientWidth < NARROW_EMS * chartFont(this).size,
      axes,
      range,
    };
    // Where they have no room they would lie on the curves.
    const roomOf = (/** @type {number} */ x) => width - RIGHT - Math.min(plot.xOf(x), area.right);
    const names =
      this.margin === null
        ? []
        : ends.map((end) => ({ ...end, label: cutName(end.label, roomOf(end.x), plot.measure) }));
    const first = marks.find(({ edge, color }) => edge === 'top' && color === 'instability');
    const above = first
      ? { x: first.x, text: first.what === 'NaN' ? 'not a number' : 'off the chart', color: first.color }
      : null;
    const last = marks.find(({ edge }) => edge === 'bottom');
    const below = last && this.logY ? { x: last.x, text: 'not above 0', color: last.color } : null;
    const wishes = wishesOf(scene, names, { above, below }, plot);
    return { scene, plot, paint, font, labels: placeLabels(wishes, plot.room) };
  }

  /** What hands zoom: all charts of the group; null where there is nothing yet. @returns {import('./zoom_hands.js').Zoomed | null} */
  get zoomTarget() {
    const { chart, scene } = this;
    if (!chart || !scene || !this.measured) return null;
    return {
      ends: chart.area,
      isZoomed: this.zoomed,
      show: (from, to) => this.zoomTo(chart.x.valueOf(from) - this.shift, chart.x.valueOf(to) - this.shift),
      mark: (stretch) => this.markStretch(stretch),
    };
  }

  /** A stretch of the scene for the whole group; pushed against its ends it keeps its length. @param {number} from @param {number} to */
  zoomTo(from, to) {
    const scene = /** @type {Scene} */ (this.scene);
    const isWhole = from <= scene.from && to >= scene.to;
    if (isWhole || !(to > from)) return this.shared?.zoomTo(null);
    this.shared?.zoomTo({ from: Math.max(from, scene.from), to: Math.min(to, scene.to) });
  }

  /** @param {{ from: number, to: number } | null} stretch  in pixels */
  markStretch(stretch) {
    const mark = /** @type {HTMLElement | null} */ (this.querySelector('.stretch'));
    const area = this.chart?.area;
    if (!mark || !area) return;
    mark.hidden = stretch === null;
    if (!stretch) return;
    mark.style.left = `${stretch.from}px`;
    mark.style.width = `${stretch.to - stretch.from}px`;
    mark.style.top = `${area.top}px`;
    mark.style.height = `${area.bottom - area.top}px`;
  }

  resetZoom() {
    this.shared?.zoomTo(null);
  }

  draw() {
    if (!this.chart || !this.source || !this.isConnected) return;
    const scene = this.source();
    this.scene = scene;
    const zoom = this.shared?.zoom ?? null;
    const view = zoom ?? { from: scene.from, to: scene.to };
    if (this.zoomed !== !!zoom) this.zoomed = !!zoom;
    const { axes } = this;
    const width = this.chart.x.length;
    const columns = Math.max(50, Math.round(width));
    const window = { ...view, columns, logX: this.logX && !this.fixedX, logY: this.logY };
    const canvas = { axes, window, width, paint: this.paintCurve };

    const layers = shownLayers(scene, this.off).filter((layer) => layer.series);
    const curves = curvesOf(layers, canvas);
    const range = rangeOf(scene, curves, axes);
    this.measured = range.measured;
    this.empty = this.measured ? '' : (scene.empty ?? '');
    Object.assign(this.chart.x, placesOf(view, axes));
    Object.assign(this.chart.y, { min: range.min, max: range.max });
    const marks = edgeMarksOf(curves, range, canvas);
    const ends = endsOf(curves, range);
    const reached = reachesOf(ends, this.chart, this.shift);
    this.margin = marginOf(reached, this.clientWidth, (text) => this.measure(text));
    this.chart.right = RIGHT + (this.margin ?? 0);
    this.overlay = () => this.layOver(scene, { ends, marks, range });
    this.chart.draw(drawnOf(layers, curves, marks, range, canvas));
    this.refreshLegend(scene);
    this.placeCrosshair();
    this.describe();
    // A long curve that is smoothed otherwise grows over a few frames.
    if (layers.some(({ series }) => series?.isBehind)) this.invalidate();
  }

  /** @param {Scene} scene */
  refreshLegend(scene) {
    const legend = legendOf(scene);
    if (JSON.stringify(legend) !== JSON.stringify(this.legend)) this.legend = legend;
  }

  get label() {
    return `${this.heading}. ${this.scene?.summary ?? ''} Arrow keys read single steps.`;
  }

  /** A value of the y axis as ticks and the readout say it. @param {number} value */
  sayValue(value) {
    return this.share ? `${axisNumber(100 * value)} %` : axisNumber(value);
  }

  placeCrosshair() {
    const hair = /** @type {HTMLElement | null} */ (this.querySelector('.crosshair'));
    const step = this.shared?.crosshair ?? null;
    if (!hair || !this.chart || !this.scene) return;
    const pixel = step === null ? Number.NaN : this.chart.x.pixelOf(step + this.shift);
    const { left, right, top, bottom } = this.chart.area;
    const inside = pixel >= left - 1 && pixel <= right + 1;
    hair.hidden = !inside;
    if (!inside || step === null) {
      if (this.readout) this.readout = null;
      return;
    }
    hair.style.transform = `translateX(${pixel}px)`;
    hair.style.top = `${top}px`;
    hair.style.height = `${bottom - top}px`;
    const values = valuesAt(this.scene, this.off, step, (value) => this.sayValue(value));
    const place = `${this.xName} ${this.fixedX ? axisNumber(step) : count(step)}`;
    this.readout = { place, values };
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.chart) return;
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const x = event.clientX - box.left;
    const { left, right } = this.chart.area;
    if (x < left - 2 || x > right + 2) this.shared?.pointAt(null);
    else this.shared?.pointAt(this.clamp(this.chart.x.valueOf(x) - this.shift));
  }

  /** A press that has not become a drag, which zooms. @param {MouseEvent} event */
  press(event) {
    if (Math.abs(event.clientX - this.pressedAt) < CLICK_PIXELS) this.pick();
  }

  pick() {
    const step = this.shared?.crosshair ?? null;
    if (step !== null) this.dispatchEvent(new CustomEvent('pick', { detail: { step }, bubbles: true }));
  }

  /** @param {number} place */
  clamp(place) {
    if (!this.scene) return place;
    const within = Math.min(this.scene.to, Math.max(this.scene.from, place));
    return this.fixedX ? within : Math.round(within);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (event.key === 'Escape') {
      this.hands.cancel();
      this.shared?.pointAt(null);
      this.resetZoom();
    } else if (event.key === 'Enter') this.pick();
    else if (way && this.scene) {
      event.preventDefault();
      const { from, to } = this.scene;
      const now = this.shared?.crosshair ?? (way > 0 ? from : to);
      const one = Math.max(1, Math.round((to - from) / 200));
      const far = this.fixedX ? (to - from) / 100 : event.shiftKey ? 1 : one;
      const next = this.fixedX && this.logX ? now * (to / from) ** (way / 100) : now + way * far;
      this.shared?.pointAt(this.clamp(next));
    }
  }

  /** @param {'chosenX' | 'chosenY'} which @param {boolean} log */
  chip(which, log) {
    const name = which === 'chosenX' ? 'x' : 'y';
    const from = name === 'x' && log && !this.fixedX ? ', step 0 stands at 1' : '';
    return html`<button
      class="chip"
      title=${`${name} axis: ${log ? 'logarithmic' : 'linear'}${from}. Click to change`}
      aria-label=${`${log ? 'log' : 'lin'} ${name} axis of ${this.heading}`}
      @click=${() => {
        this[which] = log ? 'linear' : 'log';
      }}
    >
      ${log ? 'log' : 'lin'} ${name}
    </button>`;
  }

  /** Switches the curve of that name off, or on again. @param {string} label */
  toggle(label) {
    const { off } = this;
    this.off = off.has(label) ? new Set([...off].filter((other) => other !== label)) : new Set([...off, label]);
    this.invalidate();
  }

  /** The chart's picture as a PNG data address. */
  toPng() {
    return this.chart?.toPng() ?? '';
  }

  render() {
    return html`
      <header>
        <h3>${this.explain?.(this.heading) ?? this.heading}</h3>
        ${legendTemplate(this, (label) => this.toggle(label))}
        ${this.tools ?? nothing}
        <div class="chips">
          ${this.zoomed ? html`<button class="chip" @click=${() => this.resetZoom()}>Reset zoom</button>` : nothing}
          ${this.chip('chosenX', this.logX)} ${this.chip('chosenY', this.logY)}
        </div>
      </header>
      <div
        class="plot"
        tabindex="0"
        role="group"
        aria-label=${`${this.heading}: chart`}
        @pointermove=${(/** @type {PointerEvent} */ event) => {
          this.point(event);
          this.hands.move(event);
        }}
        @pointerdown=${(/** @type {PointerEvent} */ event) => {
          this.pressedAt = event.clientX;
          this.hands.press(event);
        }}
        @pointerup=${(/** @type {PointerEvent} */ event) => this.hands.release(event)}
        @pointercancel=${() => this.hands.cancel()}
        @wheel=${(/** @type {WheelEvent} */ event) => this.hands.wheel(event)}
        @click=${this.press}
        @pointerleave=${() => this.shared?.pointAt(null)}
        @dblclick=${() => this.resetZoom()}
        @keydown=${this.key}
        @blur=${() => this.shared?.pointAt(null)}
      >
        <canvas role="img" aria-label=${this.heading}></canvas>
        <div class="crosshair" hidden></div>
        <div class="stretch" hidden></div>
        ${this.empty ? html`<p class="plot-empty">${this.empty}</p>` : nothing}
      </div>
    `;
  }
}

customElements.define('line-chart', LineChart);
