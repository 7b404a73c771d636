/**
 * Paints what a scene has besides curves: regions below them, lines, marks and labels above.
 *
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./scene.js').Paint} Paint
 * @typedef {import('./wishes.js').Plot} Plot
 * @typedef {{ scene: Scene, plot: Plot, paint: Paint, labels: import('../labels.js').PlacedLabel[], font: string }} Overlay
 */
import { horizontalsOf } from './scene.js';
import { heightOfMark } from './wishes.js';

/** @param {CanvasRenderingContext2D} ctx @param {Overlay} overlay */
export function paintBelow(ctx, { scene, plot, paint }) {
  const { area, xOf } = plot;
  for (const { from, to, color } of scene.regions ?? []) {
    const left = Math.max(area.left, xOf(Math.max(from, scene.from)));
    const right = Math.min(area.right, xOf(to));
    if (!(right > left)) continue;
    ctx.fillStyle = paint(color, 0.09);
    ctx.fillRect(left, area.top, right - left, area.bottom - area.top);
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {Overlay} overlay */
export function paintAbove(ctx, overlay) {
  const { scene, plot, paint, labels } = overlay;
  const { area, xOf, yOf, axes } = plot;
  ctx.save();
  ctx.lineWidth = 1;
  for (const { x, color } of scene.verticals ?? []) {
    const at = xOf(x);
    if (at < area.left - 1 || at > area.right + 1) continue;
    paintLine(ctx, [at, area.top, at, area.bottom], paint(color), [2, 3]);
  }
  for (const { y, color } of horizontalsOf(scene, axes)) {
    const at = yOf(y);
    if (at < area.top - 1 || at > area.bottom + 1) continue;
    paintLine(ctx, [area.left, at, area.right, at], paint(color), [6, 4]);
  }
  ctx.setLineDash([]);
  for (const mark of scene.marks ?? []) paintMark(ctx, mark, overlay);
  for (const label of labels) paintLabel(ctx, label, overlay);
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {number[]} ends @param {string} color @param {number[]} dash */
function paintLine(ctx, [x0, y0, x1, y1], color, dash) {
  ctx.strokeStyle = color;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {import('./scene.js').Mark} mark @param {Overlay} overlay */
function paintMark(ctx, mark, { plot, paint }) {
  const x = plot.xOf(mark.x);
  if (x < plot.area.left - 1 || x > plot.area.right + 1) return;
  const y = plot.yOf(heightOfMark(mark, plot).y);
  ctx.beginPath();
  if (mark.kind === 'cross') {
    ctx.strokeStyle = paint(mark.color);
    ctx.lineWidth = 2.5;
    for (const way of [1, -1]) {
      ctx.moveTo(x - 4.5, y - 4.5 * way);
      ctx.lineTo(x + 4.5, y + 4.5 * way);
    }
  } else {
    ctx.arc(x, y, 5, 0, 2 * Math.PI);
    ctx.fillStyle = paint(mark.color);
    ctx.fill();
    ctx.strokeStyle = paint('paper');
    ctx.lineWidth = 1.5;
  }
  ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {import('../labels.js').PlacedLabel} label @param {Pick<Overlay, 'paint' | 'font'>} look */
export function paintLabel(ctx, { text, color, box }, { paint, font }) {
  ctx.fillStyle = paint('paper', 0.85);
  ctx.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  ctx.fillStyle = paint(color);
  ctx.font = font;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, (box.left + box.right) / 2, (box.top + box.bottom) / 2 + 0.5);
}
