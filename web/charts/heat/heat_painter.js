/** Paints a heat map onto a canvas: colours, contour lines with their values, a path, a ring, a cursor. */

import { axisNumber } from '../../engine/words/numbers.js';
import { linearTicks, logTicks } from '../axis.js';
import { traceContours } from '../contours.js';
import { canvasFont, themeColor } from '../frame.js';
import { colorAt, scaleOf } from './color_scale.js';

/**
 * @typedef {{ x: number, y: number, label: string }} HeatPoint
 * @typedef {object} HeatScene
 * @property {{ x: [number, number], y: [number, number] }} window  the first and the last place on each side
 * @property {number} places  on a side
 * @property {Float64Array} values  [places][places], rows upwards; NaN is not known, or no number
 * @property {boolean} isWhole  whether all of them are known
 * @property {HeatPoint[]} path
 * @property {[number, number][]} ring  an outline around the end of the path; empty for none
 * @property {string} xName @property {string} yName
 * @property {string} summary  what a listener should know
 * @property {(x: number, y: number) => string} describe  a place
 */

/** The least distance of two labels, of contour lines or of the path, in ems. */
const LABELS_APART = 3.2;

/** The way between the plane and a canvas with room for the axes. */
export class HeatFrame {
  /** @param {HeatScene['window']} window @param {number} width @param {number} height @param {number} em */
  constructor(window, width, height, em) {
    this.window = window;
    this.left = 4.4 * em;
    this.top = 0.5 * em;
    const bottom = 2.9 * em;
    const right = 0.75 * em;
    // One scale for both axes: distances are distances.
    const [spanX, spanY] = [window.x[1] - window.x[0], window.y[1] - window.y[0]];
    this.scale = Math.max(1e-300, Math.min((width - this.left - right) / spanX, (height - this.top - bottom) / spanY));
    this.width = spanX * this.scale;
    this.height = spanY * this.scale;
    this.left += Math.max(0, (width - this.left - right - this.width) / 2);
  }

  /** @param {number} x @param {number} y @returns {[number, number]} pixels */
  toPixel(x, y) {
    return [this.left + (x - this.window.x[0]) * this.scale, this.top + (this.window.y[1] - y) * this.scale];
  }

  /** @param {number} left @param {number} top @returns {[number, number]} */
  toPlane(left, top) {
    return [this.window.x[0] + (left - this.left) / this.scale, this.window.y[1] - (top - this.top) / this.scale];
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Element} element @param {HeatFrame} frame @param {HeatScene} scene */
export function paintHeat(pen, element, frame, scene) {
  const scale = scaleOf(scene.values);
  const { left, top, width, height } = frame;
  pen.fillStyle = themeColor(element, 'grid');
  pen.fillRect(left, top, width, height);
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  if (scale) {
    paintColors(pen, frame, scene, scale);
    if (scene.isWhole) paintContours(pen, element, frame, scene, scale);
  }
  paintPath(pen, element, frame, scene);
  pen.restore();
  paintAxes(pen, element, frame, scene);
}

/** @param {CanvasRenderingContext2D} pen @param {HeatFrame} frame @param {HeatScene} scene @param {{ low: number, high: number }} scale */
function paintColors(pen, frame, { values, places, isWhole }, { low, high }) {
  const picture = new ImageData(places, places);
  const span = Math.log(high / low);
  for (let row = 0; row < places; row++) {
    for (let column = 0; column < places; column++) {
      // Rows of values go up, those of a picture down.
      const value = values[(places - 1 - row) * places + column];
      if (!Number.isFinite(value)) continue;
      const color = colorAt(Math.log(Math.max(value, low) / low) / span);
      picture.data.set([...color, 255], 4 * (row * places + column));
    }
  }
  const small = document.createElement('canvas');
  small.width = small.height = places;
  small.getContext('2d')?.putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = isWhole;
  pen.imageSmoothingQuality = 'high';
  // The first and the last place lie on the frame: half a cell hangs over on each side.
  const [cellX, cellY] = [frame.width / (places - 1), frame.height / (places - 1)];
  pen.drawImage(small, frame.left - cellX / 2, frame.top - cellY / 2, frame.width + cellX, frame.height + cellY);
}

/** @param {CanvasRenderingContext2D} pen @param {Element} element @param {HeatFrame} frame @param {HeatScene} scene @param {{ low: number, high: number }} scale */
function paintContours(pen, element, frame, { values, places, path }, { low, high }) {
  const round = logTicks(low, high, 18);
  const levels = round.length > 4 ? round : linearTicks(low, high, 10);
  const lines = traceContours(values, places, places, levels);
  const [cellX, cellY] = [frame.width / (places - 1), frame.height / (places - 1)];
  const em = Number.parseFloat(getComputedStyle(element).fontSize);
  pen.font = canvasFont(element);
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  /** @type {[number, number][]} */
  // The path has labels of its own.
  const taken = [frame.toPixel(0, 0), ...path.map(({ x, y }) => frame.toPixel(x, y))];
  const labels = [];
  for (const [i, line] of lines.entries()) {
    /** @type {[number, number] | null} */
    let place = null;
    let nearest = Number.POSITIVE_INFINITY;
    pen.beginPath();
    for (let k = 0; k < line.length; k += 4) {
      const [x, y] = [frame.left + line[k] * cellX, frame.top + frame.height - line[k + 1] * cellY];
      pen.moveTo(x, y);
      pen.lineTo(frame.left + line[k + 2] * cellX, frame.top + frame.height - line[k + 3] * cellY);
      // Labels climb along a diagonal.
      const [shareX, shareY] = [(x - frame.left) / frame.width, (y - frame.top) / frame.height];
      const inside = shareX > 0.06 && shareX < 0.94 && shareY > 0.05 && shareY < 0.95;
      const distance = Math.abs(shareX - 1 + shareY);
      const isFree = taken.every(([left, top]) => Math.hypot(left - x, top - y) > LABELS_APART * em);
      if (inside && isFree && distance < nearest) {
        nearest = distance;
        place = [x, y];
      }
    }
    pen.strokeStyle = 'rgb(255 255 255 / 0.55)';
    pen.lineWidth = 1;
    pen.stroke();
    if (place) {
      taken.push(place);
      labels.push({ text: axisNumber(levels[i]), place });
    }
  }
  for (const { text, place } of labels) writeOver(pen, text, ...place);
}

/** A text that stands on any colour. @param {CanvasRenderingContext2D} pen @param {string} text @param {number} x @param {number} y */
function writeOver(pen, text, x, y) {
  pen.lineWidth = 3;
  pen.lineJoin = 'round';
  pen.strokeStyle = 'rgb(0 0 0 / 0.75)';
  pen.strokeText(text, x, y);
  pen.fillStyle = '#ffffff';
  pen.fillText(text, x, y);
}

/** Strokes twice, dark below light: seen on any colour. @param {CanvasRenderingContext2D} pen @param {Path2D} path @param {number} width */
function strokeOver(pen, path, width) {
  pen.lineJoin = 'round';
  pen.lineCap = 'round';
  pen.strokeStyle = 'rgb(0 0 0 / 0.75)';
  pen.lineWidth = width + 2.5;
  pen.stroke(path);
  pen.strokeStyle = '#ffffff';
  pen.lineWidth = width;
  pen.stroke(path);
}

/** @param {CanvasRenderingContext2D} pen @param {Element} element @param {HeatFrame} frame @param {HeatScene} scene */
function paintPath(pen, element, frame, { path, ring }) {
  const em = Number.parseFloat(getComputedStyle(element).fontSize);
  const pixels = path.map(({ x, y }) => frame.toPixel(x, y));
  const here = frame.toPixel(0, 0);
  const line = new Path2D();
  pixels.forEach(([x, y], i) => {
    if (i) line.lineTo(x, y);
    else line.moveTo(x, y);
  });
  strokeOver(pen, line, 1.75);
  const dots = new Path2D();
  for (const [x, y] of pixels) {
    dots.moveTo(x + 1.5, y);
    dots.arc(x, y, 1.5, 0, 2 * Math.PI);
  }
  strokeOver(pen, dots, 2);
  if (ring.length > 0) {
    const round = new Path2D();
    for (const [x, y] of ring) round.lineTo(...frame.toPixel(x, y));
    round.closePath();
    strokeOver(pen, round, 1.5);
  }
  const middle = new Path2D();
  middle.arc(...here, 3.5, 0, 2 * Math.PI);
  strokeOver(pen, middle, 2);
  pen.fillStyle = '#ffffff';
  pen.fill(middle);
  pen.font = canvasFont(element);
  pen.textAlign = 'left';
  pen.textBaseline = 'bottom';
  /** @type {[number, number][]} */
  const taken = [];
  // The end first, then the start, then what has room between.
  const order = [path.length - 1, 0, ...path.keys()];
  for (const i of order) {
    if (i < 0 || taken.some(([x, y]) => Math.hypot(x - pixels[i][0], y - pixels[i][1]) < LABELS_APART * em)) continue;
    taken.push(pixels[i]);
    if (path[i].label) writeOver(pen, path[i].label, pixels[i][0] + 0.5 * em, pixels[i][1] - 0.35 * em);
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Element} element @param {HeatFrame} frame @param {HeatScene} scene */
function paintAxes(pen, element, frame, { xName, yName }) {
  const em = Number.parseFloat(getComputedStyle(element).fontSize);
  const { window, left, top, width, height } = frame;
  pen.font = canvasFont(element);
  pen.fillStyle = themeColor(element, 'soft');
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  const minus = (/** @type {number} */ value) => axisNumber(value).replace('-', '−');
  for (const x of linearTicks(...window.x, Math.max(2, width / (6 * em))))
    pen.fillText(minus(x), frame.toPixel(x, 0)[0], top + height + 0.3 * em);
  pen.fillText(xName, left + width / 2, top + height + 1.6 * em);
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (const y of linearTicks(...window.y, Math.max(2, height / (4.5 * em))))
    pen.fillText(minus(y), left - 0.4 * em, frame.toPixel(0, y)[1]);
  pen.save();
  pen.translate(left - 3.8 * em, top + height / 2);
  pen.rotate(-Math.PI / 2);
  pen.textAlign = 'center';
  pen.fillText(yName, 0, 0);
  pen.restore();
}

/** Where the cursor is. @param {CanvasRenderingContext2D} pen @param {HeatFrame} frame @param {[number, number]} place */
export function paintCursor(pen, frame, place) {
  const [x, y] = frame.toPixel(...place);
  const cross = new Path2D();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ]) {
    cross.moveTo(x + 5 * dx, y + 5 * dy);
    cross.lineTo(x + 12 * dx, y + 12 * dy);
  }
  strokeOver(pen, cross, 1.75);
}
