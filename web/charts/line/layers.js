/**
 * A scene's layers as a plot draws them: the part of each that is in view, reduced to pixel columns.
 *
 * @typedef {import('./scene.js').Layer} Layer
 * @typedef {import('./scene.js').Axes} Axes
 * @typedef {import('./scene.js').Paint} Paint
 * @typedef {import('../series.js').Point} Point
 * @typedef {import('../series.js').Reduced} Reduced
 * @typedef {import('../series.js').Window} Window
 * @typedef {import('../plot/painters.js').Drawn} Drawn
 * @typedef {{ axes: Axes, window: Window, width: number, paint: Paint }} Canvas  width: of the plot, in pixels
 */

/** Values beyond the axis are marked up to this number, and so far from each other. */
const EDGE_MARKS = 400;
const MARK_PIXELS = 11;

/** The layers that are drawn through their points, each with what of it is in view. @param {Layer[]} layers @param {Canvas} canvas */
export function curvesOf(layers, canvas) {
  const curves = layers.filter(({ kind }) => kind !== 'ticks' && kind !== 'band');
  return new Map(curves.map((layer) => [layer, reduce(layer, canvas)]));
}

/**
 * @param {Layer[]} layers  from the back to the front
 * @param {Map<Layer, Reduced>} curves  what curvesOf made of them
 * @param {ReturnType<typeof edgeMarksOf>} marks  of what lies beyond the axis
 * @param {import('./scene.js').Range} range
 * @param {Canvas} canvas
 * @returns {Drawn[]}
 */
export function drawnOf(layers, curves, marks, range, canvas) {
  const ticks = layers.filter(({ kind }) => kind === 'ticks');
  return [
    ...layers.flatMap((layer) => {
      const curve = curves.get(layer);
      if (curve) return [curveOf(layer, held(curve.points, range, canvas.axes), canvas)];
      return layer.kind === 'band' ? [bandOf(layer, canvas)] : [];
    }),
    ...ticks.map((layer) => ticksOf(layer, range.min, canvas)),
    ...edgesOf(marks, range, canvas),
  ];
}

/**
 * The part of a curve that is in view, as many points as there are pixel columns for it.
 * @param {Layer} layer @param {Canvas} canvas @returns {Reduced}
 */
function reduce({ series, until }, { axes, window }) {
  const { from, to, columns } = window;
  const end = until === undefined ? to : Math.min(to, until);
  const share = Math.max(2, Math.round((columns * (end - from)) / (to - from)));
  const own = axes.logX ? window : { ...window, to: end, columns: share };
  const reduced = /** @type {import('./scene.js').Series} */ (series).reduce(own);
  return until === undefined ? reduced : { ...reduced, points: reduced.points.filter(({ x }) => x <= end) };
}

/** Points where the x axis has their steps. @param {Point[]} points @param {Axes} axes */
function shifted(points, { shift }) {
  return shift ? points.map(({ x, y }) => ({ x: x + shift, y })) : points;
}

/** A curve as a line, or as dots. @param {Layer} layer @param {Point[]} points @param {Canvas} canvas @returns {Drawn} */
function curveOf(layer, points, { axes, width, paint }) {
  const color = paint(layer.color, layer.alpha);
  const placed = shifted(points, axes);
  if (layer.kind !== 'dots') {
    return { kind: 'curve', points: placed, color, width: layer.width ?? 1.5, dash: layer.dash, clip: 2 };
  }
  // Where they would lie on each other, small dots without rings show the curve that they are.
  const room = width / Math.max(1, points.length);
  const radius = Math.min(layer.width ?? 3.5, Math.max(1, room / 2));
  const isCrowded = radius < (layer.width ?? 3.5);
  return {
    kind: 'dots',
    points: placed,
    colors: color,
    radius,
    ring: paint('paper'),
    ringWidth: isCrowded ? 0 : 1,
    clip: 2,
  };
}

/**
 * A band between its edges. It does not stretch the y axis: the curves that it belongs to do.
 * @param {Layer} layer @param {Canvas} canvas @returns {Drawn}
 */
function bandOf(layer, { axes, window, paint }) {
  const [lower, upper] = [layer.floor, layer.series].map((series) =>
    shifted(series?.reduce(window).points ?? [], axes),
  );
  return { kind: 'band', upper, lower, color: paint(layer.color, layer.alpha ?? 0.18), clip: 2 };
}

/**
 * A short stroke at the lower edge for each step whose value is below 1.
 * @param {Layer} layer @param {number} bottom @param {Canvas} canvas @returns {Drawn}
 */
function ticksOf(layer, bottom, { axes, window, paint }) {
  const series = /** @type {import('../series.js').StepSeries} */ (layer.series);
  const color = paint(layer.color, layer.alpha ?? 0.8);
  const points = shifted(
    series.below(window, 1).map((step) => ({ x: step, y: bottom })),
    axes,
  );
  return { kind: 'dots', points, colors: color, radius: 5, shape: 'stroke', ring: color, clip: 8 };
}

/**
 * What of the curves lies beyond the axis: values that it cannot hold at all, such as NaN, and those above its end. Of
 * marks that would lie on each other one is left.
 *
 * @param {Map<Layer, Reduced>} curves @param {import('./scene.js').Range} range @param {Canvas} canvas
 * @returns {{ x: number, edge: 'top' | 'bottom', color: string, what: string }[]}
 */
export function edgeMarksOf(curves, range, { axes, window, width }) {
  const placeOf = (/** @type {number} */ x) => (axes.logX ? Math.log(x + axes.shift) : x);
  const cell =
    (MARK_PIXELS * (placeOf(window.to) - placeOf(Math.max(window.from, axes.shift ? 0 : window.from)))) /
    Math.max(1, width);
  const cellOf = (/** @type {number} */ x) => Math.round(placeOf(x) / cell);
  /** @type {Map<string, { x: number, edge: 'top' | 'bottom', color: string, what: string }>} */
  const marks = new Map();
  for (const [{ color, quiet, context }, reduced] of curves) {
    if (quiet) continue;
    const above = reduced.points.flatMap(({ x, y }) =>
      y > range.max ? [{ x, edge: /** @type {const} */ ('top'), what: '' }] : [],
    );
    for (const { x, edge, what } of [...reduced.marks, ...above]) {
      // Of the run in focus they are an alarm; those of the runs behind it wear their own colours.
      const mark = { x, edge, what, color: context || edge === 'bottom' ? color : 'instability' };
      const key = `${edge} ${cellOf(x)}`;
      const other = marks.get(key);
      if (!other || !context) marks.set(key, mark);
    }
  }
  return [...marks.values()].slice(0, EDGE_MARKS);
}

/**
 * Triangles at the upper and lower edge for them.
 * @param {ReturnType<typeof edgeMarksOf>} marks @param {import('./scene.js').Range} range @param {Canvas} canvas @returns {Drawn[]}
 */
function edgesOf(marks, range, { axes, paint }) {
  return ['top', 'bottom'].flatMap((edge) => {
    const here = marks.filter((mark) => mark.edge === edge);
    if (!here.length) return [];
    return {
      kind: /** @type {const} */ ('dots'),
      points: shifted(
        here.map(({ x }) => ({ x, y: edge === 'top' ? range.max : range.min })),
        axes,
      ),
      colors: here.map(({ color }) => paint(color)),
      radius: 5,
      shape: edge === 'top' ? /** @type {const} */ ('up') : /** @type {const} */ ('down'),
      ring: paint('paper'),
      clip: 8,
    };
  });
}

/** How many heights of the plot a curve goes on beyond it: a canvas does not hold numbers of any size. */
const BEYOND = 3;

/**
 * Points whose heights a canvas can hold; what was above the plot still is.
 * @param {Point[]} points @param {import('./scene.js').Range} range @param {Axes} axes
 */
function held(points, { min, max }, { logY }) {
  const most = logY ? max * (max / min) ** BEYOND : max + BEYOND * (max - min);
  return points.some(({ y }) => y > most) ? points.map(({ x, y }) => ({ x, y: Math.min(y, most) })) : points;
}
