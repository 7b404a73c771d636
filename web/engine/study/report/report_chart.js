/**
 * Charts as SVG text: small, without a library, in the colours of the page that holds them. What is not finite is
 * drawn as a cross at the chart's upper edge.
 */

import { axisNumber, significant } from '../../words/numbers.js';

/**
 * @typedef {[x: number, y: number]} Point
 *
 * @typedef {object} Series
 * @property {string} label
 * @property {Point[]} points  in the order of x
 * @property {string} tone  name of a CSS colour variable: loss, val, rate, norm, bad, quiet
 * @property {'line' | 'dashed' | 'dots' | 'faint'} [look]
 *
 * @typedef {object} Mark
 * @property {number} x
 * @property {number | null} y  null: at the upper edge
 * @property {'star' | 'cross'} shape
 * @property {string} label
 *
 * @typedef {object} Rule  a line across the chart
 * @property {'x' | 'y'} axis
 * @property {number} at
 * @property {string} label
 * @property {string} tone
 * @property {boolean} [below]  the label stands below the line; of an x, above other labels
 *
 * @typedef {object} Band  low to high at every x
 * @property {{ x: number, low: number, high: number }[]} points
 * @property {string} tone
 *
 * @typedef {object} ChartSpec
 * @property {string} title  for those who do not see it
 * @property {string} xLabel
 * @property {string} yLabel
 * @property {boolean} [xLog]
 * @property {boolean} [yLog]
 * @property {Series[]} series
 * @property {Band[]} [bands]
 * @property {Mark[]} [marks]
 * @property {Rule[]} [rules]
 *
 * @typedef {{ low: number, high: number, log: boolean }} Scale
 */

const WIDTH = 640;
const HEIGHT = 260;
const LEFT = 56;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 40;

/** Above this multiple of the 95th percentile, values are drawn at the upper edge: one explosion would hide the rest. */
const CAP = 3;

/** @param {string} text */
export function escapeHtml(text) {
  const codes = /** @type {Record<string, string>} */ ({
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  });
  return String(text).replace(/[&<>"']/g, (character) => codes[character]);
}

/** @param {ChartSpec} spec @returns {string} */
export function drawChart({
  title,
  xLabel,
  yLabel,
  xLog = false,
  yLog = false,
  series,
  bands = [],
  marks = [],
  rules = [],
}) {
  const all = series.flatMap(({ points }) => points);
  const xs = [
    ...all.map(([x]) => x),
    ...marks.map(({ x }) => x),
    ...rules.filter(({ axis }) => axis === 'x').map(({ at }) => at),
  ];
  const ys = [
    ...all.map(([, y]) => y),
    ...bands.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
    ...rules.filter(({ axis }) => axis === 'y').map(({ at }) => at),
  ];
  const xScale = fitScale(xs, xLog, false);
  const yScale = fitScale(ys, yLog, !yLog);
  if (!xScale || !yScale) return '';
  /** @param {number} x */
  const toX = (x) => round(LEFT + share(xScale, x) * (WIDTH - LEFT - RIGHT));
  /** @param {number} y */
  const toY = (y) => round(HEIGHT - BOTTOM - Math.min(1, Math.max(0, share(yScale, y))) * (HEIGHT - TOP - BOTTOM));

  const parts = [
    ...drawAxes({ xScale, yScale, toX, toY, xLabel, yLabel }),
    ...rules.map((rule) => drawRule(rule, toX, toY)),
    ...bands.map((band) => drawBand(band, toX, toY)),
    ...series.map((one) => drawSeries(one, toX, toY)),
    ...marks.map((mark) => drawMark(mark, toX(mark.x), mark.y === null ? TOP + 6 : toY(mark.y))),
  ];
  const legend = series
    .filter(({ label }) => label !== '')
    .map(({ label, tone }) => `<span style="--tone:var(--${tone})">${escapeHtml(label)}</span>`);
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${parts.join('')}</svg><figcaption><b>${escapeHtml(title)}</b> ${legend.join(' ')}</figcaption></figure>`;
}

/**
 * A histogram over a logarithmic axis.
 *
 * @param {{ title: string, xLabel: string, yLabel: string, tone: string, edges: number[], counts: number[],
 *           rules: Rule[] }} spec
 * @returns {string}
 */
export function drawBars({ title, xLabel, yLabel, tone, edges, counts, rules }) {
  const xScale = fitScale([...edges, ...rules.map(({ at }) => at)], true, false);
  const yScale = fitScale([0, ...counts], false, false);
  if (!xScale || !yScale || counts.length === 0) return '';
  /** @param {number} x */
  const toX = (x) => round(LEFT + share(xScale, x) * (WIDTH - LEFT - RIGHT));
  /** @param {number} y */
  const toY = (y) => round(HEIGHT - BOTTOM - share(yScale, y) * (HEIGHT - TOP - BOTTOM));
  const bars = counts.map((count, i) => {
    const [left, right, top] = [toX(edges[i]), toX(edges[i + 1]), toY(count)];
    return `<rect class="bar" x="${left}" y="${top}" width="${round(Math.max(0.5, right - left - 1))}" height="${round(HEIGHT - BOTTOM - top)}"/>`;
  });
  const parts = [
    ...drawAxes({ xScale, yScale, toX, toY, xLabel, yLabel }),
    `<g style="--tone:var(--${tone})">${bars.join('')}</g>`,
    ...rules.map((rule) => drawRule(rule, toX, toY)),
  ];
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${parts.join('')}</svg><figcaption><b>${escapeHtml(title)}</b></figcaption></figure>`;
}

/** @param {number[]} values @param {boolean} log @param {boolean} isCapped @returns {Scale | null} */
function fitScale(values, log, isCapped) {
  const usable = values.filter((value) => Number.isFinite(value) && (!log || value > 0)).sort((a, b) => a - b);
  if (usable.length === 0) return null;
  const low = usable[0];
  const cap = CAP * usable[Math.floor(0.95 * (usable.length - 1))];
  const top = usable[usable.length - 1];
  const high = isCapped && cap > 0 ? Math.min(top, cap) : top;
  if (log) return { low: low / 1.1, high: Math.max(high, low) * 1.1, log };
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  return { low: low >= 0 ? Math.max(0, low - room) : low - room, high: high + room, log };
}

/** Where a value is between the ends. @param {Scale} scale @param {number} value */
function share({ low, high, log }, value) {
  if (!Number.isFinite(value)) return 1;
  if (log) return value <= 0 ? 0 : Math.log(value / low) / Math.log(high / low);
  return (value - low) / (high - low);
}

/**
 * @param {{ xScale: Scale, yScale: Scale, toX: (x: number) => number, toY: (y: number) => number, xLabel: string, yLabel: string }} axes
 * @returns {string[]}
 */
function drawAxes({ xScale, yScale, toX, toY, xLabel, yLabel }) {
  const [right, bottom] = [WIDTH - RIGHT, HEIGHT - BOTTOM];
  return [
    ...listTicks(yScale).map(
      (y) =>
        `<line class="grid" x1="${LEFT}" x2="${right}" y1="${toY(y)}" y2="${toY(y)}"/><text class="tick" x="${LEFT - 6}" y="${toY(y) + 4}" text-anchor="end">${axisNumber(y)}</text>`,
    ),
    ...listTicks(xScale).map(
      (x) =>
        `<line class="grid" x1="${toX(x)}" x2="${toX(x)}" y1="${TOP}" y2="${bottom}"/><text class="tick" x="${toX(x)}" y="${bottom + 15}" text-anchor="middle">${axisNumber(x)}</text>`,
    ),
    `<line class="axis" x1="${LEFT}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    `<text class="tick" x="${(LEFT + right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(xLabel)}</text>`,
    `<text class="tick" transform="translate(12 ${(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yLabel)}</text>`,
  ];
}

/** @param {Scale} scale @returns {number[]} */
function listTicks({ low, high, log }) {
  if (log) {
    const decades = Math.log10(high / low);
    const steps = decades > 5 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5];
    /** @type {number[]} */
    const ticks = [];
    const every = decades > 8 ? Math.ceil(decades / 6) : 1;
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += every) {
      ticks.push(...steps.map((step) => significant(step * 10 ** power, 6)));
    }
    return ticks.filter((tick) => tick >= low && tick <= high);
  }
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => significant((first + i) * step, 6));
}

/** @param {Series} series @param {(x: number) => number} toX @param {(y: number) => number} toY */
function drawSeries({ points, tone, look = 'line' }, toX, toY) {
  const style = `style="--tone:var(--${tone})"`;
  if (look === 'dots') {
    const dots = points.map(([x, y]) => `<circle class="dot" cx="${toX(x)}" cy="${toY(y)}" r="3"/>`);
    return `<g ${style}>${dots.join('')}</g>`;
  }
  const finite = points.filter(([, y]) => Number.isFinite(y));
  const path = finite.map(([x, y]) => `${toX(x)},${toY(y)}`).join(' ');
  const lost = points.find(([, y]) => !Number.isFinite(y));
  const cross = lost ? drawMark({ x: 0, y: null, shape: 'cross', label: 'not finite' }, toX(lost[0]), TOP + 6) : '';
  return `<polyline class="${look}" ${style} points="${path}"/>${cross}`;
}

/** @param {Band} band @param {(x: number) => number} toX @param {(y: number) => number} toY */
function drawBand({ points, tone }, toX, toY) {
  const upper = points.map(({ x, high }) => `${toX(x)},${toY(high)}`);
  const lower = [...points].reverse().map(({ x, low }) => `${toX(x)},${toY(low)}`);
  return `<polygon class="band" style="--tone:var(--${tone})" points="${[...upper, ...lower].join(' ')}"/>`;
}

/** @param {Rule} rule @param {(x: number) => number} toX @param {(y: number) => number} toY */
function drawRule({ axis, at, label, tone, below = false }, toX, toY) {
  const style = `style="--tone:var(--${tone})"`;
  if (axis === 'x') {
    const x = toX(at);
    return `<line class="rule" ${style} x1="${x}" x2="${x}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text class="note" ${style} x="${x + 4}" y="${below ? TOP + 10 : TOP + 28}">${escapeHtml(label)}</text>`;
  }
  const y = toY(at);
  return `<line class="rule" ${style} x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text class="note" ${style} x="${WIDTH - RIGHT}" y="${below ? y + 13 : y - 4}" text-anchor="end">${escapeHtml(label)}</text>`;
}

/** @param {Mark} mark @param {number} x @param {number} y */
function drawMark({ shape, label }, x, y) {
  const isStar = shape === 'star';
  return `<text class="${shape}" x="${x}" y="${y + 5}" text-anchor="middle"><title>${escapeHtml(label)}</title>${isStar ? '★' : '✕'}</text>`;
}

/** @param {number} value  in the picture's units */
function round(value) {
  return Number(value.toFixed(1));
}
