/**
 * <norm-histogram>: how often each size of gradient norm came, over all steps, with the clipping threshold as a line
 * that can be taken hold of.
 *
 * The bars are the engine's own, equally wide on a logarithmic axis. The line is a native range input laid over the
 * canvas: it drags, it listens to the arrow keys, and a screen reader says its value.
 *
 * Events: `threshold` with detail {value, final}: final once it is let go.
 *
 * @typedef {{ edges: number[], counts: number[] }} NormBars  edges are one more than counts
 * @typedef {{ bars: NormBars | null, total: number, tiny?: number, nonFinite: number, suggested: number, when?: string,
 *             percentile: number, median?: number, threshold: number | null, active: boolean }} NormScene
 *   tiny: norms that are 0 or too small for a bar; suggested: the norms' percentile as the engine
 *   tells it, of the norms of `when` where it is not of all; median: a line of its own, where it is given; threshold: λ in
 *   force or proposed, null where there is none
 * @typedef {{ points: { x: number, y: number }[], width: number, low: number, high: number }} PlacedBars  in powers of ten
 */

import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { ordinal, TINY } from '../engine/words/norms.js';
import { axisNumber, count, significant } from '../engine/words/numbers.js';
import { linearTicks, logTicks } from './axis.js';
import { ChartElement } from './drawn_element.js';
import { AXIS_EMS, canvasFont, chartFont, labelHeight, themeColor } from './frame.js';
import { placeLabels, rowsFrom } from './labels.js';
import { paintLabel } from './line/overlay.js';
import { Plot } from './plot/plot.js';

/** Width of the slider's thumb: its travel is that much shorter than the slider. */
const THUMB = 18;

/** Room above the bars for the slider and its tag, in the chart's font. */
const TOP_EMS = 2;

export class NormHistogram extends ChartElement {
  static properties = {
    source: { attribute: false },
    explain: { attribute: false },
    heading: { type: String },
    note: { type: String },
    dragging: { state: true },
    domain: { state: true },
    drawn: { state: true },
    logY: { state: true },
  };

  constructor() {
    super();
    /** @type {(() => NormScene) | null} */
    this.source = null;
    this.heading = 'Gradient norms';
    /** How the page writes a heading that can be asked what it means. @type {((heading: string) => unknown) | null} */
    this.explain = null;
    this.note = '';
    /** @type {number | null} */
    this.dragging = null;
    /** Powers of ten at the axis's ends. */
    this.domain = { low: -2, high: 2 };
    /** @type {NormScene | null} */
    this.drawn = null;
    /** Whether the counts are on a logarithmic axis. */
    this.logY = false;
    /** Of its labels. */
    this.font = '12px sans-serif';
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('logY')) this.rebuild();
    if (changed.has('source') || changed.has('dragging')) this.invalidate();
    this.placeSlider();
  }

  buildChart() {
    super.buildChart();
    const canvas = this.querySelector('canvas');
    if (!canvas) return;
    const { plotLook: look } = this;
    const { font } = look;
    this.font = canvasFont(this);
    this.chart = new Plot(canvas, {
      ...look,
      x: {
        log: false,
        thins: true,
        ticksOf: ({ min, max }) => powerTicks(min, max),
        say: (value) => axisNumber(significant(10 ** value)),
      },
      y: { log: this.logY, ticksOf: ({ max }) => countTicks(max, this.logY) },
      axisWidth: AXIS_EMS * font.size,
      padding: { top: TOP_EMS * font.size, right: 12, left: 2 },
      paintAbove: () => {
        if (this.drawn) this.paintLines(/** @type {Plot} */ (this.chart), this.drawn);
      },
    });
  }

  /** λ as shown: where the hand holds it, else where the run has it. */
  get threshold() {
    return this.dragging ?? this.drawn?.threshold ?? null;
  }

  /** Whether a percentile with an asterisk stands in it. */
  get isMarked() {
    const { when = '', suggested = Number.NaN, active = false } = this.drawn ?? {};
    return when !== '' && suggested > 0 && !(active && suggested === this.threshold);
  }

  draw() {
    if (!this.chart || !this.source || !this.isConnected) return;
    const scene = this.source();
    this.drawn = scene;
    const bars = placeBars(scene.bars);
    const { low, high } = this.place(scene, bars);
    Object.assign(this.chart.x, { min: low, max: high });
    Object.assign(this.chart.y, this.heightsOf(bars));
    this.chart.draw([this.barsOf(bars)]);
    this.placeSlider();
    this.describe();
  }

  /**
   * The ends of the axis, around all that stands on it: a quarter of a decade at a time, and never while the line is
   * held, for an axis that creeps cannot be aimed at.
   * @param {NormScene} scene @param {PlacedBars} bars
   */
  place(scene, bars) {
    if (this.dragging !== null) return this.domain;
    let { low, high } = bars;
    for (const value of [scene.suggested, scene.threshold ?? Number.NaN, scene.median ?? Number.NaN]) {
      if (!(value > 0)) continue;
      low = Math.min(low, Math.log10(value) - 0.15);
      high = Math.max(high, Math.log10(value) + 0.15);
    }
    if (!(low < high)) [low, high] = [-2, 2];
    low = Math.floor(low * 4) / 4;
    high = Math.ceil(high * 4) / 4;
    if (low !== this.domain.low || high !== this.domain.high) this.domain = { low, high };
    return this.domain;
  }

  /** The ends of the axis of counts: a bar of one norm is to have a height. @param {PlacedBars} bars */
  heightsOf({ points }) {
    const most = points.reduce((top, { y }) => Math.max(top, y), 1);
    if (this.logY) return { min: 0.5, max: ceilingOf(most, 10 ** Math.floor(Math.log10(most))) };
    const [, step = 1] = countTicks(most, false);
    return { min: 0, max: ceilingOf(most, step) };
  }

  /** The bars, in full colour above λ. @param {PlacedBars} bars @returns {import('./plot/painters.js').Drawn} */
  barsOf({ points, width }) {
    const { threshold } = this;
    const faint = themeColor(this, 'norm', 0.42);
    const strong = themeColor(this, 'norm');
    const cut = threshold === null ? Number.POSITIVE_INFINITY : Math.log10(threshold);
    return { kind: 'bars', points, width, colors: points.map((bar) => (bar.x >= cut ? strong : faint)) };
  }

  /** The norms that are worth a line. @param {NormScene} scene */
  linesOf({ suggested, percentile, when = '', median = 0, active }) {
    const { threshold } = this;
    const lines = [];
    // While nothing clips, the line to take hold of stands on the percentile itself.
    if (suggested > 0 && suggested !== threshold) {
      const label = sayPercentile({ percentile, when, value: suggested });
      lines.push({ norm: suggested, label, color: 'soft', width: 1, dash: [2, 3] });
    }
    if (median > 0)
      lines.push({
        norm: median,
        label: `median = ${axisNumber(median)}`,
        color: 'instability',
        width: 1,
        dash: [2, 3],
      });
    if (threshold !== null) {
      lines.push({ norm: threshold, label: '', color: 'norm', width: active ? 2 : 1.5, dash: active ? [] : [4, 3] });
    }
    return lines;
  }

  /** @param {Plot} plot @param {NormScene} scene */
  paintLines({ ctx, area, x }, scene) {
    const { font } = this;
    const paint = (/** @type {string} */ color, /** @type {number} */ alpha = 1) => themeColor(this, color, alpha);
    ctx.save();
    const wishes = [];
    for (const { norm, label, color, width, dash } of this.linesOf(scene)) {
      const at = x.pixelOf(Math.log10(norm));
      if (!(at >= area.left - 1 && at <= area.right + 1)) continue;
      ctx.strokeStyle = paint(color);
      ctx.lineWidth = width;
      ctx.setLineDash(dash);
      ctx.beginPath();
      ctx.moveTo(at, area.top);
      ctx.lineTo(at, area.bottom);
      ctx.stroke();
      if (!label) continue;
      ctx.font = font;
      const size = { width: ctx.measureText(label).width + 6, height: labelHeight(font) };
      const places = rowsFrom([at - size.width / 2, at + 3, at - size.width - 3], area, size.height);
      wishes.push({ text: label, color, ...size, weight: 1, places });
    }
    ctx.setLineDash([]);
    for (const label of placeLabels(wishes, area)) paintLabel(ctx, label, { paint, font });
    ctx.restore();
  }

  /** What a listener should know of the histogram. */
  get label() {
    const { total = 0, tiny = 0, suggested = 0, percentile = 0, when = '' } = this.drawn ?? {};
    return (
      `Histogram of ${count(total)} unclipped gradient norms on a logarithmic axis${tiny > 0 ? `, ${count(tiny)} of them ${TINY}` : ''}. ` +
      (suggested > 0 ? `${ordinal(percentile)} percentile ${when && `${when} `}${axisNumber(suggested)}.` : '')
    );
  }

  /** Lays the slider over the plot so that its thumb stands on the line. */
  placeSlider() {
    const slider = /** @type {HTMLElement | null} */ (this.querySelector('.threshold'));
    const area = this.chart?.area;
    if (!slider || !area) return;
    // A plot that was built out of sight has no room yet.
    const top = Math.max(0, area.top - TOP_EMS * chartFont(this).size) + 2;
    slider.style.left = `${area.left - THUMB / 2}px`;
    slider.style.width = `${area.right - area.left + THUMB}px`;
    slider.style.top = `${top}px`;
    const tag = /** @type {HTMLElement | null} */ (this.querySelector('.threshold-tag'));
    if (tag && this.threshold !== null) {
      const share = (Math.log10(this.threshold) - this.domain.low) / (this.domain.high - this.domain.low);
      const at = area.left + share * (area.right - area.left);
      tag.style.left = `${at}px`;
      tag.classList.toggle('leftwards', share > 0.44);
      tag.style.top = `${top}px`;
    }
  }

  /** @param {Event} event */
  slide(event) {
    const value = 10 ** Number(/** @type {HTMLInputElement} */ (event.target).value);
    const final = event.type === 'change';
    const rounded = significant(value);
    this.dragging = final ? null : rounded;
    this.dispatchEvent(new CustomEvent('threshold', { detail: { value: rounded, final }, bubbles: true }));
    // The slider shows what was drawn last: until the next frame it would go back, and the next key from there.
    if (final) this.drawn = this.source?.() ?? null;
  }

  toPng() {
    return this.chart?.toPng() ?? '';
  }

  render() {
    const { low, high } = this.domain;
    const threshold = this.threshold;
    const odd = this.drawn?.nonFinite ?? 0;
    const tiny = this.drawn?.tiny ?? 0;
    return html`
      <header>
        <h3>${this.explain?.(this.heading) ?? this.heading}</h3>
        <div class="legend">
          <span class="note"
            >${this.note}${this.isMarked ? html` · * ${this.drawn?.when}` : nothing}${tiny ? html` · ${count(tiny)} ${TINY}` : nothing}${odd ? html` · <b class="bad">${odd} not finite</b>` : nothing}</span
          >
        </div>
        <div class="chips">
          <button
            class="chip"
            title=${`y axis: ${this.logY ? 'logarithmic, from 1' : 'linear'}. Click to change; the x axis is logarithmic, as the bins are`}
            aria-label=${`${this.logY ? 'log' : 'lin'} y axis of ${this.heading}`}
            @click=${() => {
              this.logY = !this.logY;
            }}
          >
            ${this.logY ? 'log y' : 'lin y'}
          </button>
        </div>
      </header>
      <div class="plot histogram">
        <canvas role="img" aria-label=${this.heading}></canvas>
        ${this.drawn && !this.drawn.bars?.counts.length ? html`<p class="plot-empty">How often the norm was how large will stand here.</p>` : nothing}
        ${
          threshold === null
            ? nothing
            : html`
              <input
                class="threshold"
                type="range"
                min=${low}
                max=${high}
                step="0.01"
                aria-label="Clipping threshold λ on the histogram"
                aria-valuetext=${`${axisNumber(threshold)}, log scale`}
                title="Drag to set λ, or use the arrow keys"
                .value=${live(String(Math.log10(threshold)))}
                @input=${this.slide}
                @change=${this.slide}
              />
              <span class="threshold-tag" aria-hidden="true"
                >${
                  this.drawn?.active || this.dragging !== null
                    ? `λ ${axisNumber(threshold)}`
                    : `${sayPercentile({ percentile: this.drawn?.percentile ?? 90, when: this.drawn?.when, value: threshold })}, drag to clip`
                }</span
              >
            `
        }
      </div>
    `;
  }
}

/**
 * Bars on the logarithmic axis, in powers of ten.
 *
 * @param {NormBars | null} bars
 * @returns {PlacedBars}
 */
function placeBars(bars) {
  if (!bars?.counts.length) return { points: [], width: 0.25, low: Number.NaN, high: Number.NaN };
  const places = bars.edges.map((edge) => Math.log10(edge));
  return {
    points: bars.counts.map((y, i) => ({ x: (places[i] + places[i + 1]) / 2, y })),
    width: places[1] - places[0],
    low: places[0],
    high: places[places.length - 1],
  };
}

/** "p90 = 2.4"; "p90* = 2.4" where it is not of all norms: there is no room for more. @param {{ percentile: number, when?: string, value: number }} said */
function sayPercentile({ percentile, when = '', value }) {
  return `p${axisNumber(percentile)}${when && '*'} = ${axisNumber(value)}`;
}

/** Whole numbers to count by, from 0, or from 1 on a logarithmic axis. @param {number} most @param {boolean} isLog */
function countTicks(most, isLog) {
  return isLog ? logTicks(1, most, 5) : linearTicks(0, most, 5).filter(Number.isInteger);
}

/** The next multiple of a step. @param {number} value @param {number} step */
function ceilingOf(value, step) {
  return Math.ceil(value / step) * step;
}

/** Powers of ten of round numbers between two powers: 1–2–5, 1–3 or powers alone. @param {number} low @param {number} high */
function powerTicks(low, high) {
  const steps = high - low <= 1.6 ? [1, 2, 5] : high - low <= 3 ? [1, 3] : [1];
  const stride = Math.max(1, Math.ceil((high - low) / 8));
  const ticks = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    if (power % stride) continue;
    for (const step of steps) {
      const tick = power + Math.log10(step);
      if (tick >= low - 1e-9 && tick <= high + 1e-9) ticks.push(tick);
    }
  }
  return ticks;
}

customElements.define('norm-histogram', NormHistogram);
