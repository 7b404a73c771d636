/**
 * What <axis-plot> is given to show, where it stands on its axis, and how its points are painted.
 *
 * @typedef {object} Spot
 * @property {string} key
 * @property {number} x
 * @property {number | null} y      null: infeasible
 * @property {number[]} values      of the seeds, for the whisker
 * @property {boolean} ring         trained, but unstable
 * @property {boolean} star         the best of its line
 * @property {boolean} partly       some of its seeds are infeasible
 * @property {string} label         what it is, said
 *
 * @typedef {{ label: string, color: string, spots: Spot[] }} SpotLine  in the order of x
 * @typedef {object} PlotScene
 * @property {SpotLine[]} lines
 * @property {number[]} places      every x there will be
 * @property {string[] | null} names  of the places 0, 1, …, where x is not a quantity
 * @property {boolean} logX
 * @property {string} xName
 * @property {{ x: number, label: string, color: string }[]} verticals
 * @property {{ from: number, label: string } | null} unstable  the region in which training is unstable
 * @property {{ at: number, next: number, name: string }} [zero]  the chart's own: where on a logarithmic axis stands what has
 *   no logarithm, and the first place beside it
 * @property {string | null} chosen  key of the spot that is looked at
 * @property {string} summary
 */

/**
 * A scene on a logarithmic axis: what is not above 0 has a place of its own at the left.
 * @param {PlotScene} scene @returns {PlotScene}
 */
export function withPlaceForZero(scene) {
  const above = scene.places.filter((place) => place > 0);
  const others = scene.places.filter((place) => !(place > 0));
  if (others.length === 0 || above.length === 0) return scene;
  const next = Math.min(...above);
  const at = next / Math.max(2, (Math.max(...above) / next) ** (1 / Math.max(1, above.length - 1)));
  const placed = (/** @type {number} */ x) => (x > 0 ? x : at);
  return {
    ...scene,
    places: [...new Set(scene.places.map(placed))],
    lines: scene.lines.map((line) => ({ ...line, spots: line.spots.map((spot) => ({ ...spot, x: placed(spot.x) })) })),
    verticals: scene.verticals.map((line) => ({ ...line, x: placed(line.x) })),
    unstable: scene.unstable && { ...scene.unstable, from: placed(scene.unstable.from) },
    zero: { at, next, name: others.every((place) => place === 0) ? '0' : '≤ 0' },
  };
}

/** The span of the x axis: its places and half a step beyond them. @param {PlotScene} scene @param {boolean} logX */
export function spanOf({ places, names }, logX) {
  const low = Math.min(...places);
  const high = Math.max(...places);
  if (names || !(high > low)) return logX ? { min: low / 2, max: high * 2 } : { min: low - 0.5, max: high + 0.5 };
  const half = 0.5 / Math.max(1, places.length - 1);
  if (logX) return { min: low * (low / high) ** half, max: high * (high / low) ** half };
  return { min: low - (high - low) * half, max: high + (high - low) * half };
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {string} color @param {boolean} bold */
export function paintCross(ctx, x, y, color, bold) {
  const arm = bold ? 5 : 3.5;
  ctx.strokeStyle = color;
  ctx.lineWidth = bold ? 2.5 : 1.5;
  ctx.beginPath();
  ctx.moveTo(x - arm, y - arm);
  ctx.lineTo(x + arm, y + arm);
  ctx.moveTo(x - arm, y + arm);
  ctx.lineTo(x + arm, y - arm);
  ctx.stroke();
}

/** From a star's middle to its points, in pixels. */
export const STAR = 10;

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {string} color @param {string} edge */
export function paintStar(ctx, x, y, color, edge) {
  ctx.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const radius = corner % 2 ? 4.2 : STAR;
    const angle = (corner * Math.PI) / 5 - Math.PI / 2;
    ctx.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  ctx.closePath();
  ctx.fillStyle = color;
  ctx.strokeStyle = edge;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.fill();
}
