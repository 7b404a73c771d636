/**
 * What stands in a plot, painted: curves, bands, dots and bars. Values that an axis has no place for, NaN among them, tear
 * a curve.
 *
 * @typedef {{ x: number, y: number }} Point
 *
 * @typedef {{ kind: 'curve', points: Point[], color: string, width: number, dash?: number[], clip?: number }} Curve
 * @typedef {{ kind: 'band', upper: Point[], lower: Point[], color: string, clip?: number }} Band
 * @typedef {{ kind: 'dots', points: Point[], colors: string | string[], radius: number, shape?: 'disc' | 'stroke' | 'up' | 'down',
 *   ring?: string, ringWidth?: number, clip?: number }} Dots
 *   stroke: upright, in the ring's colour; up, down: a triangle that points there
 * @typedef {{ kind: 'bars', points: Point[], colors: string[], width: number, clip?: number }} Bars  width: of x
 * @typedef {Curve | Band | Dots | Bars} Drawn  clip: how far it may stand beyond the plot, in pixels
 *
 * @typedef {{ x: import('./scale.js').Scale, y: import('./scale.js').Scale }} Scales
 */

/** @param {CanvasRenderingContext2D} ctx @param {Drawn} drawn @param {Scales} scales */
export function paintDrawn(ctx, drawn, scales) {
  if (drawn.kind === 'curve') paintCurve(ctx, drawn, scales);
  else if (drawn.kind === 'band') paintBand(ctx, drawn, scales);
  else if (drawn.kind === 'dots') paintDots(ctx, drawn, scales);
  else paintBars(ctx, drawn, scales);
}

/** @param {CanvasRenderingContext2D} ctx @param {Curve} curve @param {Scales} scales */
function paintCurve(ctx, { points, color, width, dash = [] }, { x, y }) {
  ctx.beginPath();
  let isOn = false;
  for (const point of points) {
    const height = y.pixelOf(point.y);
    const isThere = Number.isFinite(height);
    if (isThere && isOn) ctx.lineTo(x.pixelOf(point.x), height);
    else if (isThere) ctx.moveTo(x.pixelOf(point.x), height);
    isOn = isThere;
  }
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.lineJoin = 'round';
  ctx.lineCap = 'butt';
  ctx.setLineDash(dash);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} ctx @param {Band} band @param {Scales} scales */
function paintBand(ctx, { upper, lower, color }, { x, y }) {
  ctx.beginPath();
  for (const point of [...upper, ...[...lower].reverse()]) {
    const height = y.pixelOf(point.y);
    if (Number.isFinite(height)) ctx.lineTo(x.pixelOf(point.x), height);
  }
  ctx.closePath();
  ctx.fillStyle = color;
  ctx.fill();
}

/** @param {CanvasRenderingContext2D} ctx @param {Dots} dots @param {Scales} scales */
function paintDots(ctx, { points, colors, radius, shape = 'disc', ring, ringWidth = 1 }, { x, y }) {
  ctx.lineWidth = ringWidth;
  ctx.strokeStyle = ring ?? '';
  points.forEach((point, i) => {
    const at = { x: x.pixelOf(point.x), y: y.pixelOf(point.y) };
    if (!Number.isFinite(at.x) || !Number.isFinite(at.y)) return;
    ctx.beginPath();
    if (shape === 'disc') ctx.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    else if (shape === 'stroke') {
      ctx.moveTo(at.x, at.y - radius);
      ctx.lineTo(at.x, at.y + radius);
    } else triangleAt(ctx, at, shape === 'up' ? radius : -radius);
    if (shape !== 'stroke') {
      ctx.fillStyle = typeof colors === 'string' ? colors : colors[i];
      ctx.fill();
    }
    if (ring && ringWidth > 0) ctx.stroke();
  });
}

/** A triangle of equal sides around a place. @param {CanvasRenderingContext2D} ctx @param {Point} at @param {number} radius */
function triangleAt(ctx, at, radius) {
  const half = Math.abs(radius) * Math.sin(Math.PI / 3);
  ctx.moveTo(at.x, at.y - radius);
  ctx.lineTo(at.x + half, at.y + radius / 2);
  ctx.lineTo(at.x - half, at.y + radius / 2);
  ctx.closePath();
}

/** From the lower end of the axis. @param {CanvasRenderingContext2D} ctx @param {Bars} bars @param {Scales} scales */
function paintBars(ctx, { points, colors, width }, { x, y }) {
  points.forEach((point, i) => {
    const top = y.pixelOf(point.y);
    if (!Number.isFinite(top) || top >= y.start) return;
    const left = x.pixelOf(point.x - width / 2);
    // A pixel of air between them.
    const thickness = Math.max(1, x.pixelOf(point.x + width / 2) - left - 1);
    ctx.fillStyle = colors[i];
    ctx.fillRect(left, top, thickness, y.start - top);
  });
}
