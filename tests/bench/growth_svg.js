/** The curves of growth.js as small panels with logarithmic axes, readable on light and dark pages. */

import { formatExponent } from './growth.js';

/** @typedef {import('./growth.js').Growth} Growth */

const PANEL = { width: 300, height: 220, left: 52, right: 14, top: 44, bottom: 40 };
const COLUMNS = 3;

/** @param {Growth[]} growths @returns {string} */
export function drawGrowth(growths) {
  const rows = Math.ceil(growths.length / COLUMNS);
  const [width, height] = [COLUMNS * PANEL.width, rows * PANEL.height];
  const panels = growths.map((growth, i) => {
    const [x, y] = [(i % COLUMNS) * PANEL.width, Math.floor(i / COLUMNS) * PANEL.height];
    return `<g transform="translate(${x} ${y})">${drawPanel(growth)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>Time against size: ${growths.map(({ title }) => title.toLowerCase()).join('; ')}</title>
<style>
  svg { font: 11px system-ui, sans-serif; --ink: #1b1f24; --soft: #5a626c; --grid: #e3e1db; --line: #1f6fe0; }
  @media (prefers-color-scheme: dark) { svg { --ink: #e8eaed; --soft: #a3abb5; --grid: #2a3037; --line: #68a6ff; } }
  text { fill: var(--soft); } .title { fill: var(--ink); font-size: 13px; font-weight: 600; }
  .grid { stroke: var(--grid); } .fit { stroke: var(--soft); stroke-dasharray: 4 3; fill: none; }
  .curve { stroke: var(--line); stroke-width: 1.6; fill: none; } circle { fill: var(--line); }
</style>
${panels.join('\n')}
</svg>
`;
}

/** @param {Growth} growth */
function drawPanel({ title, unit, cost, sizes, ms, exponent }) {
  const { width, height, left, right, top, bottom } = PANEL;
  const x = logScale(sizes[0], sizes[sizes.length - 1], left, width - right);
  // Two decades at least, or noise on a flat curve would look like growth.
  const middle = Math.sqrt(Math.min(...ms) * Math.max(...ms));
  const y = logScale(
    Math.min(Math.min(...ms) / 1.3, middle / 10),
    Math.max(Math.max(...ms) * 1.3, middle * 10),
    height - bottom,
    top,
  );
  const from = Math.floor(sizes.length / 2);
  // The fitted line goes through the mean of the points that it is fitted to.
  const center = geometricMean(sizes.slice(from));
  const level = geometricMean(ms.slice(from));
  const fit = [sizes[from], sizes[sizes.length - 1]].map((size) => [x(size), y(level * (size / center) ** exponent)]);
  return [
    `<text class="title" x="${left}" y="17">${title}: exponent ${formatExponent(exponent)}</text>`,
    `<text x="${left}" y="33">${cost}</text>`,
    ...decades(ms[0] / 100, ms[0] * 1e5)
      .filter((value) => y(value) <= height - bottom && y(value) >= top)
      .map(
        (value) =>
          `<line class="grid" x1="${left}" x2="${width - right}" y1="${at(y(value))}" y2="${at(y(value))}"/><text x="${left - 6}" y="${at(y(value) + 4)}" text-anchor="end">${label(value)} ms</text>`,
      ),
    ...[sizes[0], sizes[from], sizes[sizes.length - 1]].map(
      (size) => `<text x="${at(x(size))}" y="${height - bottom + 15}" text-anchor="middle">${label(size)}</text>`,
    ),
    `<text x="${(left + width - right) / 2}" y="${height - bottom + 30}" text-anchor="middle">${unit}</text>`,
    `<path class="fit" d="M${fit.map((point) => point.map(at).join(' ')).join('L')}"/>`,
    `<path class="curve" d="M${sizes.map((size, i) => `${at(x(size))} ${at(y(ms[i]))}`).join('L')}"/>`,
    ...sizes.map((size, i) => `<circle cx="${at(x(size))}" cy="${at(y(ms[i]))}" r="2.6"/>`),
  ].join('\n');
}

/** @param {number} low @param {number} high @param {number} from @param {number} to @returns {(value: number) => number} */
function logScale(low, high, from, to) {
  return (value) => from + ((to - from) * Math.log(value / low)) / Math.log(high / low);
}

/** @param {number} low @param {number} high */
function decades(low, high) {
  const values = [];
  for (let power = Math.ceil(Math.log10(low)); power <= Math.log10(high); power++) values.push(10 ** power);
  return values;
}

/** @param {number[]} values */
function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** @param {number} value */
function at(value) {
  return value.toFixed(1);
}

/** @param {number} value */
function label(value) {
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1e4 ? `${value / 1e3} k` : value.toLocaleString('en', { maximumFractionDigits: 6 });
}
