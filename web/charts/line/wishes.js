/**
 * The labels that a scene asks for, with the places where each may stand: of lines, regions and marks, of curves at
 * their ends, and of what lies above the axis.
 *
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./scene.js').Range} Range
 * @typedef {import('./scene.js').Axes} Axes
 * @typedef {import('../labels.js').Wish} Wish
 * @typedef {import('../labels.js').Box} Box
 *
 * @typedef {{ above?: { x: number, text: string, color: string } | null, below?: { x: number, text: string, color: string } | null }} Beyond
 *
 * @typedef {object} Plot  where values stand, in pixels
 * @property {(x: number) => number} xOf  of a place of the scene
 * @property {(y: number) => number} yOf
 * @property {Box} area         of the curves
 * @property {Box} room         of the labels: the area, and a margin at its right where there is one
 * @property {(text: string) => number} measure  the width of a text
 * @property {number} height    of a label
 * @property {Axes} axes
 * @property {Range} range
 * @property {boolean} narrow   labels of vertical lines would cover the curve
 */
import { heightsAround, rowsFrom } from '../labels.js';
import { horizontalsOf } from './scene.js';

/** What matters more chooses its place first. */
const WEIGHTS = { end: 6, mark: 5, above: 4, vertical: 3, region: 2, horizontal: 1 };

/** Between a line and its label, in pixels, and beside a text on either side. */
const BESIDE = 3;
const PADDING = 3;

/** How far a triangle at the top reaches down, in pixels. */
const TRIANGLE = 8;

/**
 * @param {Scene} scene
 * @param {{ label: string, color: string, x: number, y: number }[]} ends  names at the ends of curves
 * @param {Beyond} beyond  what is said of values above the axis, and below it
 * @param {Plot} plot
 * @returns {Wish[]}
 */
export function wishesOf(scene, ends, { above = null, below = null }, plot) {
  const { verticals = [], regions = [], marks = [] } = scene;
  return [
    // In front lies what is looked at: it is named first.
    ...ends.toReversed().map((end) => endWish(end, plot)),
    ...marks.flatMap((mark) => (mark.label ? [markWish(mark, mark.label, plot)] : [])),
    ...(above ? [beyondWish(above, 'top', plot)] : []),
    ...(below ? [beyondWish(below, 'bottom', plot)] : []),
    ...verticals.flatMap((line) => (isNamed(line, plot) ? [verticalWish(line, plot)] : [])),
    ...regions.flatMap((region) => (region.label && isInSight(region, plot) ? [regionWish(region, plot)] : [])),
    ...horizontalsOf(scene, plot.axes).flatMap((line) => (line.label ? [horizontalWish(line, plot)] : [])),
  ];
}

/** @param {string} text @param {string} color @param {keyof typeof WEIGHTS} kind @param {Plot} plot */
function wish(text, color, kind, plot) {
  return { text, color, width: plot.measure(text) + 2 * PADDING, height: plot.height, weight: WEIGHTS[kind] };
}

/** Whether a line has a label that is drawn: on a narrow chart of rates, the rules are listed beside it anyway. @param {import('./scene.js').Vertical} line @param {Plot} plot */
function isNamed({ x, label }, { axes, narrow, xOf, area }) {
  const at = xOf(x);
  return !!label && !(axes.fixedX && narrow) && at >= area.left - 1 && at <= area.right + 1;
}

/** @param {import('./scene.js').Region} region @param {Plot} plot */
function isInSight({ from, to }, { xOf, area }) {
  return xOf(to) > area.left && xOf(from) < area.right;
}

/** Beside its line at the top, on the side with room; else a row lower. @param {import('./scene.js').Vertical} line @param {Plot} plot @returns {Wish} */
function verticalWish({ x, label, color }, plot) {
  const own = wish(label, color, 'vertical', plot);
  const at = plot.xOf(x);
  const sides = [at + BESIDE, at - BESIDE - own.width];
  if (sides[0] + own.width > plot.area.right) sides.reverse();
  return { ...own, places: rowsFrom(sides, plot.area, own.height) };
}

/** At the region's left, at the top or at the bottom. @param {import('./scene.js').Region} region @param {Plot} plot @returns {Wish} */
function regionWish({ from, label = '', color }, plot) {
  const own = wish(label, color, 'region', plot);
  const left = [Math.max(plot.xOf(from), plot.area.left) + 1];
  const top = rowsFrom(left, plot.area, own.height);
  const bottom = rowsFrom(left, plot.area, own.height, 'bottom');
  return { ...own, places: top.flatMap((place, i) => (i < 2 ? [place, bottom[i]] : [])).concat(top.slice(2)) };
}

/** Over its line or under it, at the right, or where there is room. @param {import('./scene.js').Horizontal} line @param {Plot} plot @returns {Wish} */
function horizontalWish({ y, label, color, below }, plot) {
  const own = wish(label, color, 'horizontal', plot);
  const { left, right } = plot.area;
  const at = plot.yOf(y);
  const heights = [at - own.height - 1, at + 1];
  if (below) heights.reverse();
  const lefts = [
    right - own.width - 2,
    right - own.width - (right - left) / 3,
    (left + right - own.width) / 2,
    left + 2,
  ];
  return { ...own, places: heights.flatMap((height) => lefts.map((x) => ({ x, y: height }))) };
}

/** Beside its mark, on the side that has room. @param {import('./scene.js').Mark} mark @param {string} label @param {Plot} plot @returns {Wish} */
function markWish(mark, label, plot) {
  const own = wish(label, mark.color, 'mark', plot);
  const x = plot.xOf(mark.x);
  const y = plot.yOf(heightOfMark(mark, plot).y);
  const sides = [x + 8, x - 8 - own.width];
  const { left, right } = plot.area;
  if (x > left + (right - left) * 0.6) sides.reverse();
  const heights = [y - own.height / 2, ...heightsAround(y - own.height - 4, own.height, plot.area)];
  const within = heights.map((height) => Math.max(plot.area.top, Math.min(height, plot.area.bottom - own.height)));
  return { ...own, places: within.flatMap((height) => sides.map((side) => ({ x: side, y: height }))) };
}

/** Where a mark stands; one without a height that the axis can hold stands at the top. @param {import('./scene.js').Mark} mark @param {Plot} plot */
export function heightOfMark({ y }, { range, axes: { logY } }) {
  const isMissing = y === null || !Number.isFinite(y) || (logY && y <= 0) || y > range.max;
  return { y: isMissing ? range.max : y };
}

/** Beside the first triangle at that edge. @param {NonNullable<Beyond['above']>} beyond @param {'top' | 'bottom'} edge @param {Plot} plot @returns {Wish} */
function beyondWish({ x, text, color }, edge, plot) {
  const own = wish(text, color, 'above', plot);
  const at = plot.xOf(x);
  const lefts = [at + 8, at - 8 - own.width];
  if (lefts[0] + own.width > plot.area.right) lefts.reverse();
  const { top, bottom } = plot.area;
  const room = { ...plot.area, top: top + TRIANGLE, bottom: bottom - TRIANGLE };
  return { ...own, places: rowsFrom(lefts, room, own.height, edge) };
}

/** At the right of the curve's end, as near to its height as can be. @param {{ label: string, color: string, x: number, y: number }} end @param {Plot} plot @returns {Wish} */
function endWish({ label, color, x, y }, plot) {
  const own = wish(label, color, 'end', plot);
  const at = plot.xOf(x);
  const left = at + BESIDE + 2;
  const heights = heightsAround(plot.yOf(y) - own.height / 2, own.height, plot.area);
  return { ...own, places: heights.map((height) => ({ x: left, y: height })) };
}
