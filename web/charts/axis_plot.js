/**
 * <axis-plot>: an outcome against a setting, a point per value: which is best, which are infeasible, and how far the
 * seeds lie apart. Points are drawn on a canvas; a button lies over each, so that pointer, keyboard and screen reader
 * find them. What is infeasible has no height: it stands in a row of its own at the top.
 *
 * Event `choose` with detail {key}: a point was pressed.
 *
 * @typedef {import('./spots.js').Spot} Spot
 * @typedef {import('./spots.js').PlotScene} PlotScene
 */

import { html, nothing } from 'lit';
import { axisNumber } from '../engine/words/numbers.js';
import { repeat } from '../repeat.js';
import { linearTicks, logTicks, paddedRange } from './axis.js';
import { ChartElement } from './drawn_element.js';
import { AXIS_EMS, canvasFont, chartFont, labelHeight, themeColor } from './frame.js';
import { placeLabels } from './labels.js';
import { paintAbove, paintBelow } from './line/overlay.js';
import { wishesOf } from './line/wishes.js';
import { Plot } from './plot/plot.js';
import { moveFocus } from './roving.js';
import { paintCross, paintStar, STAR, spanOf, withPlaceForZero } from './spots.js';

/** Height of the row of what is infeasible, in pixels. */
const ROW = 30;

export class AxisPlot extends ChartElement {
  static properties = {
    source: { attribute: false },
    heading: { type: String },
    y: { type: String },
    chosenX: { state: true },
    chosenY: { state: true },
    spots: { state: true },
    readout: { state: true },
    legend: { state: true },
    chosen: { state: true },
  };

  constructor() {
    super();
    /** @type {(() => PlotScene) | null} */
    this.source = null;
    this.heading = '';
    this.y = 'log';
    /** @type {string | null} */
    this.chosenX = null;
    /** @type {string | null} */
    this.chosenY = null;
    /** Where the buttons lie. @type {{ key: string, left: number, top: number, label: string }[]} */
    this.spots = [];
    this.readout = '';
    /** @type {{ label: string, color: string }[]} */
    this.legend = [];
    /** @type {string | null} */
    this.chosen = null;
    /** @type {PlotScene | null} */
    this.scene = null;
    /** Whether the x axis is logarithmic, as the chart was built last. */
    this.builtLogX = true;
    /** Of its texts. */
    this.font = '12px sans-serif';
  }

  /** A row of names has no scale. */
  get logX() {
    const own = this.scene ?? this.source?.();
    if (!own || own.names) return own?.logX ?? true;
    return (this.chosenX ?? (own.logX ? 'log' : 'linear')) === 'log';
  }

  get logY() {
    return (this.chosenY ?? this.y) === 'log';
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('chosenX') || changed.has('chosenY') || changed.has('y')) this.buildChart();
    if (changed.has('chosenX') || changed.has('chosenY') || changed.has('y') || changed.has('source'))
      this.invalidate();
  }

  /** Builds the chart anew where the kind of its axes has changed. */
  buildChart() {
    super.buildChart();
    const canvas = this.querySelector('canvas');
    if (!canvas) return;
    const { plotLook: look } = this;
    this.font = canvasFont(this);
    this.builtLogX = this.logX;
    this.chart = new Plot(canvas, {
      ...look,
      x: {
        log: this.builtLogX,
        say: (value) => this.nameOf(value),
        ticksOf: ({ min, max, length }) => this.placesOf(min, max, length),
      },
      y: {
        log: this.logY,
        // Without points there is nothing to measure yet.
        ticksOf: ({ min }) => (this.measured ? (this.logY ? logTicks : linearTicks)(min, this.ceiling, 6) : []),
      },
      axisWidth: AXIS_EMS * look.font.size,
      padding: { top: 4, right: 16, left: 2 },
      paintBelow: (ctx) => {
        if (this.scene) paintBelow(ctx, this.layOver(/** @type {Plot} */ (this.chart), this.scene));
      },
      paintAbove: (ctx) => {
        if (this.scene) paintAbove(ctx, this.layOver(/** @type {Plot} */ (this.chart), this.scene));
        this.paint(/** @type {Plot} */ (this.chart));
      },
    });
  }

  /** The largest value of the y axis below the row of what is infeasible. */
  ceiling = 1;

  /** Whether there is a point with a height. */
  measured = false;

  /** @param {number} x */
  nameOf(x) {
    if (this.scene?.names) return this.scene.names[x] ?? '';
    return x === this.scene?.zero?.at ? this.scene.zero.name : axisNumber(x);
  }

  /** Ticks of the x axis. @param {number} low @param {number} high @param {number} width */
  placesOf(low, high, width) {
    if (this.scene?.names) return this.scene.places;
    const most = Math.max(3, Math.round(width / (5.4 * chartFont(this).size)));
    const zero = this.scene?.zero;
    const ticks = (this.logX ? logTicks : linearTicks)(zero ? zero.next : low, high, most);
    return zero ? [zero.at, ...ticks] : ticks;
  }

  draw() {
    if (!this.chart || !this.source || !this.isConnected) return;
    this.scene = this.source();
    if (this.logX !== this.builtLogX) this.buildChart();
    if (this.logX && !this.scene.names) this.scene = withPlaceForZero(this.scene);
    const { scene } = this;
    const { chart } = this;
    const { x, y } = chart;
    Object.assign(x, spanOf(scene, this.logX));
    const drawn = scene.lines.flatMap((line) => line.spots.filter((spot) => spot.y !== null));
    const values = drawn.flatMap((spot) => [...spot.values, Number(spot.y)]).filter((value) => !this.logY || value > 0);
    const range = paddedRange(
      Math.min(...values, Number.POSITIVE_INFINITY),
      Math.max(...values, Number.NEGATIVE_INFINITY),
      this.logY,
    );
    this.ceiling = range.max;
    this.measured = values.length > 0;
    const share = ROW / Math.max(80, y.length);
    y.min = range.min;
    y.max = this.logY
      ? range.max * (range.max / range.min) ** (share / (1 - share))
      : range.max + ((range.max - range.min) * share) / (1 - share);
    chart.draw(
      scene.lines.map((line) => ({
        kind: /** @type {const} */ ('curve'),
        points: line.spots
          .flatMap((spot) => (spot.y === null ? [] : [{ x: spot.x, y: spot.y }]))
          .filter((spot) => !(this.logY && spot.y <= 0)),
        color: themeColor(this, line.color, 0.75),
        width: 1.5,
      })),
    );
    this.placeSpots(scene);
    this.chosen = scene.chosen;
    const legend = scene.lines.length > 1 ? scene.lines.map(({ label, color }) => ({ label, color })) : [];
    if (JSON.stringify(legend) !== JSON.stringify(this.legend)) this.legend = legend;
    this.querySelector('canvas')?.setAttribute('aria-label', `${this.heading}. ${scene.summary}`);
  }

  /** Lines and the unstable region, with their labels below the row of what is infeasible. @param {Plot} chart @param {PlotScene} scene @returns {import('./line/overlay.js').Overlay} */
  layOver({ area, x: across, y: up, ctx }, { unstable, verticals }) {
    const { logX, logY } = this;
    const regions = unstable
      ? [{ from: unstable.from, to: across.max, label: unstable.label, color: 'instability' }]
      : [];
    const plot = {
      area,
      room: area,
      xOf: (/** @type {number} */ x) => across.pixelOf(x),
      yOf: (/** @type {number} */ y) => up.pixelOf(y),
      measure: (/** @type {string} */ text) => {
        ctx.font = this.font;
        return ctx.measureText(text).width;
      },
      height: labelHeight(this.font),
      axes: { logX, logY, fixedX: true, shift: 0, zero: false, share: false },
      range: { min: up.min, max: up.max },
      narrow: false,
    };
    const scene = { layers: [], from: across.min, to: across.max, verticals, regions };
    const below = { ...area, top: area.top + ROW };
    const labels = placeLabels(wishesOf(scene, [], {}, { ...plot, area: below, room: below }), below, this.spotBoxes());
    return { scene, plot, labels, font: this.font, paint: (color, alpha) => themeColor(this, color, alpha) };
  }

  /** Whiskers, points, stars and crosses. @param {Plot} chart */
  paint(chart) {
    const { scene } = this;
    if (!scene) return;
    const { ctx, area } = chart;
    const row = area.top + ROW / 2 - 2;
    const paper = themeColor(this, 'paper');
    const red = themeColor(this, 'instability');
    ctx.save();
    ctx.lineCap = 'round';
    ctx.strokeStyle = themeColor(this, 'line');
    ctx.fillStyle = themeColor(this, 'faint');
    ctx.lineWidth = 1;
    for (const place of scene.places) {
      const x = chart.x.pixelOf(place);
      ctx.beginPath();
      ctx.moveTo(x, area.bottom);
      ctx.lineTo(x, area.bottom - 4);
      ctx.stroke();
    }
    const crossed = scene.lines.some((line) => line.spots.some((spot) => spot.y === null || spot.partly));
    if (crossed) {
      ctx.beginPath();
      ctx.moveTo(area.left, area.top + ROW);
      ctx.lineTo(area.right, area.top + ROW);
      ctx.stroke();
      ctx.font = this.font;
      ctx.textAlign = 'left';
      ctx.textBaseline = 'middle';
      ctx.fillText('infeasible', area.left + 6, row);
    }
    scene.lines.forEach((line, i) => {
      const color = themeColor(this, line.color);
      const shift = (i - (scene.lines.length - 1) / 2) * 5;
      for (const spot of line.spots) {
        const at = this.pixelOf(spot, shift);
        if (spot.y === null || spot.partly) {
          paintCross(
            ctx,
            at.x + (spot.y === null ? 0 : shift),
            row,
            scene.lines.length > 1 ? color : red,
            spot.y === null,
          );
        }
        if (spot.y === null) continue;
        const heights = spot.values.map((value) => this.pixelOf({ ...spot, y: value }, 0).y);
        ctx.strokeStyle = themeColor(this, line.color, 0.55);
        ctx.lineWidth = 1.5;
        if (heights.length > 1) {
          ctx.beginPath();
          ctx.moveTo(at.x, Math.max(...heights));
          ctx.lineTo(at.x, Math.min(...heights));
          ctx.stroke();
          ctx.fillStyle = themeColor(this, line.color, 0.55);
          for (const height of heights) ctx.fillRect(at.x - 3, height - 0.75, 6, 1.5);
        }
        if (spot.star) paintStar(ctx, at.x, at.y, themeColor(this, 'lr'), paper);
        else {
          ctx.beginPath();
          ctx.arc(at.x, at.y, 4.5, 0, 2 * Math.PI);
          ctx.fillStyle = spot.ring ? paper : color;
          ctx.fill();
          ctx.lineWidth = spot.ring ? 2.5 : 1.5;
          ctx.strokeStyle = spot.ring ? red : paper;
          ctx.stroke();
        }
      }
    });
    ctx.restore();
  }

  /** What the points take, the best one's star among them: no label lies beneath one. @returns {import('./labels.js').Box[]} */
  spotBoxes() {
    return (this.scene?.lines ?? []).flatMap(({ spots }) =>
      spots.map((spot) => {
        const { x, y } = this.pixelOf(spot, 0);
        return { left: x - STAR, top: y - STAR, right: x + STAR, bottom: y + STAR };
      }),
    );
  }

  /** @param {Spot} spot @param {number} shift between the lines, for what stands in the row of the infeasible */
  pixelOf(spot, shift) {
    const { area, x: across, y: up } = /** @type {Plot} */ (this.chart);
    const x = across.pixelOf(spot.x);
    if (spot.y === null) return { x: x + shift, y: area.top + ROW / 2 - 2 };
    // What has no logarithm stands at the lower end.
    return { x, y: this.logY && spot.y <= 0 ? area.bottom : up.pixelOf(spot.y) };
  }

  /** @param {PlotScene} scene */
  placeSpots(scene) {
    this.spots = scene.lines.flatMap((line, i) =>
      line.spots.map((spot) => {
        const { x, y } = this.pixelOf(spot, (i - (scene.lines.length - 1) / 2) * 5);
        return { key: spot.key, left: x, top: y, label: spot.label };
      }),
    );
  }

  /** @param {'chosenX' | 'chosenY'} which @param {boolean} log */
  chip(which, log) {
    const name = which === 'chosenX' ? 'x' : 'y';
    const rest = log
      ? `; what is not above 0 stands ${name === 'x' ? 'by itself at the left' : 'at the lower end'}`
      : '';
    return html`<button
      class="chip"
      title=${`${name} axis: ${log ? 'logarithmic' : 'linear'}${rest}. Click to change`}
      aria-label=${`${log ? 'log' : 'lin'} ${name} axis of ${this.heading}`}
      @click=${() => {
        this[which] = log ? 'linear' : 'log';
      }}
    >
      ${log ? 'log' : 'lin'} ${name}
    </button>`;
  }

  /** @param {string} key */
  choose(key) {
    this.dispatchEvent(new CustomEvent('choose', { detail: { key }, bubbles: true }));
  }

  toPng() {
    return this.chart?.toPng() ?? '';
  }

  render() {
    const first = this.spots.some((spot) => spot.key === this.chosen) ? this.chosen : this.spots[0]?.key;
    return html`
      <header>
        <h3>${this.heading}</h3>
        <div class="legend">
          <div class="keys" ?inert=${!!this.readout}>
            ${this.legend.map(({ label, color }) => html`<span class="key" style="--key:var(--${color})">${label}</span>`)}
          </div>
          ${this.readout ? html`<div class="reading"><span class="readout">${this.readout}</span></div>` : nothing}
        </div>
        <div class="chips">
          ${this.scene?.names ? nothing : this.chip('chosenX', this.logX)} ${this.chip('chosenY', this.logY)}
        </div>
      </header>
      <div class="plot" role="group" aria-label=${`${this.heading}: points`} @keydown=${moveFocus}>
        <canvas role="img" aria-label=${this.heading}></canvas>
        ${repeat(
          this.spots,
          ({ key }) => key,
          ({ key, left, top, label }) => html`<button
            class="spot"
            style=${`left:${left}px;top:${top}px`}
            aria-label=${label}
            aria-pressed=${key === this.chosen}
            tabindex=${key === first ? 0 : -1}
            @click=${() => this.choose(key)}
            @pointerenter=${() => this.read(label)}
            @pointerleave=${() => this.read('')}
            @focus=${() => this.read(label)}
            @blur=${() => this.read('')}
          ></button>`,
        )}
        ${this.spots.length || !this.scene?.summary ? nothing : html`<p class="plot-empty">${this.scene?.summary ?? ''}</p>`}
      </div>
      <p class="axis-name">${this.scene?.xName ?? ''}</p>
    `;
  }

  /** @param {string} label */
  read(label) {
    this.readout = label;
  }
}

customElements.define('axis-plot', AxisPlot);
