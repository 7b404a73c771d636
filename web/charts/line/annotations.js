/**
 * A scene's marks, lines and regions, as the annotation plugin draws them.
 *
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./scene.js').Axes} Axes
 * @typedef {import('./scene.js').Range} Range
 * @typedef {{ axes: Axes, paint: import('./scene.js').Paint, font: { family: string, size: number }, narrow: boolean }} Look
 *   narrow: labels of vertical lines would cover the curve
 */
import { horizontalsOf } from './scene.js';

/** @param {Scene} scene @param {Range} range @param {Look} look @returns {Record<string, any>} */
export function annotate(scene, range, look) {
  const { regions = [], verticals = [], marks = [] } = scene;
  const places = placeLabels(scene);
  return Object.fromEntries([
    ...regions.map((region, i) => [`region${i}`, regionOf(region, places[i], scene, look)]),
    ...verticals.map((line, i) => [`vertical${i}`, verticalOf(line, scene, look)]),
    ...horizontalsOf(scene, look.axes).map((line, i) => [`horizontal${i}`, horizontalOf(line, look)]),
    ...marks.flatMap((mark, i) => {
      const point = [`mark${i}`, markOf(mark, range, look)];
      return mark.label ? [point, [`label${i}`, labelOf(mark, scene, range, look)]] : [point];
    }),
  ]);
}

/** What the labels of lines and marks look like. @param {Look} look */
function labelLook({ paint, font }) {
  return {
    font: { ...font, weight: 'normal' },
    backgroundColor: paint('paper', 0.85),
  };
}

/** @param {import('./scene.js').Region} region @param {'start' | 'end'} place  of its label @param {Scene} scene @param {Look} look */
function regionOf(region, place, scene, look) {
  const { axes, paint } = look;
  return {
    type: 'box',
    xMin: Math.max(region.from, scene.from) + axes.shift,
    xMax: region.to + axes.shift,
    backgroundColor: paint(region.color, 0.09),
    borderWidth: 0,
    drawTime: 'beforeDatasetsDraw',
    label: {
      display: !!region.label,
      content: region.label,
      position: { x: 'start', y: place },
      color: paint(region.color),
      font: labelLook(look).font,
      padding: 4,
    },
  };
}

/** Labels that begin nearer to each other than this share of the chart stand on each other: of lines, and of regions. */
const NEAR = 0.15;

/**
 * Where the regions' labels stand: at the top, unless a line's label or an earlier region's stands there; then at the
 * bottom.
 * @param {Scene} scene @returns {('start' | 'end')[]}
 */
export function placeLabels({ regions = [], verticals = [], from, to }) {
  /** @type {{ at: number, place: 'start' | 'end' }[]} */
  const taken = verticals.filter(({ label }) => label).map(({ x }) => ({ at: x, place: 'start' }));
  return regions.map((region) => {
    const at = Math.max(region.from, from);
    const isFree = (/** @type {'start' | 'end'} */ place) =>
      !taken.some((other) => other.place === place && Math.abs(other.at - at) < NEAR * (to - from));
    const place = isFree('start') || !isFree('end') ? 'start' : 'end';
    if (region.label) taken.push({ at, place });
    return place;
  });
}

/** @param {import('./scene.js').Vertical} line @param {Scene} scene @param {Look} look */
function verticalOf(line, scene, look) {
  const { axes, paint } = look;
  return {
    type: 'line',
    scaleID: 'x',
    value: line.x + axes.shift,
    borderColor: paint(line.color),
    borderWidth: 1,
    borderDash: [2, 3],
    label: {
      ...labelLook(look),
      // On a narrow chart labels would cover the curve; the rules are listed beside it anyway.
      display: !!line.label && !(axes.fixedX && look.narrow),
      content: line.label,
      position: 'start',
      color: paint(line.color),
      padding: { x: 4, y: 2 },
      borderRadius: 2,
      xAdjust: 0,
      yAdjust: (line.row ?? 0) * 1.5 * look.font.size,
      ...labelSide(line.x, scene),
    },
  };
}

/** A label stands on the side of its line that has room. @param {number} x @param {Scene} scene */
function labelSide(x, scene) {
  const share = (x - scene.from) / (scene.to - scene.from || 1);
  return { textAlign: share > 0.7 ? 'end' : 'start' };
}

/** @param {import('./scene.js').Horizontal} line @param {Look} look */
function horizontalOf(line, look) {
  const { paint } = look;
  return {
    type: 'line',
    scaleID: 'y',
    value: line.y,
    borderColor: paint(line.color),
    borderWidth: 1,
    borderDash: [6, 4],
    label: {
      ...labelLook(look),
      display: !!line.label,
      content: line.label,
      position: 'end',
      yAdjust: (line.below ? 0.8 : -0.8) * look.font.size,
      color: paint(line.color),
      padding: { x: 4, y: 1 },
    },
  };
}

/**
 * Where a mark stands; one without a height that the axis can hold is missing, and stands at the top.
 * @param {import('./scene.js').Mark} mark @param {Range} range @param {Axes} axes
 */
function heightOfMark({ y }, range, { logY }) {
  const missing = y === null || !Number.isFinite(y) || (logY && y <= 0);
  return { missing, y: missing ? range.max : y };
}

/** @param {import('./scene.js').Mark} mark @param {Range} range @param {Look} look */
function markOf(mark, range, { axes, paint }) {
  const color = paint(mark.color);
  const isCross = mark.kind === 'cross';
  return {
    type: 'point',
    xValue: mark.x + axes.shift,
    yValue: heightOfMark(mark, range, axes).y,
    radius: isCross ? 6 : 5,
    pointStyle: isCross ? 'crossRot' : 'circle',
    borderColor: isCross ? color : paint('paper'),
    backgroundColor: color,
    borderWidth: isCross ? 2.5 : 1.5,
  };
}

/** A mark's label, on the side that has room. @param {import('./scene.js').Mark} mark @param {Scene} scene @param {Range} range @param {Look} look */
function labelOf(mark, scene, range, look) {
  const { axes, paint } = look;
  const { missing, y } = heightOfMark(mark, range, axes);
  const isFixedLog = axes.logX && !axes.shift;
  const isRight = mark.x > scene.from + (scene.to - scene.from) * 0.6;
  return {
    ...labelLook(look),
    type: 'label',
    xValue: mark.x + axes.shift,
    yValue: y,
    content: mark.label,
    position: { x: (isFixedLog ? mark.y !== null : isRight) ? 'end' : 'start', y: 'center' },
    xAdjust: isFixedLog || isRight ? -8 : 8,
    yAdjust: missing || heightOf(y, range, axes) > 0.85 ? 1.3 * look.font.size : -look.font.size,
    color: paint(mark.color),
    padding: { x: 3, y: 1 },
  };
}

/** Where a value stands on the y axis, from 0 to 1. @param {number} y @param {Range} range @param {Axes} axes */
function heightOf(y, { min, max }, { logY }) {
  return logY ? Math.log(y / min) / Math.log(max / min) : (y - min) / (max - min);
}
