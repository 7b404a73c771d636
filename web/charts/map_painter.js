/** Paints a contour map onto a canvas: the ground, which changes seldom, and the trails over it. */
import { axisNumber } from '../engine/words/numbers.js';
import { linearTicks } from './axis.js';
import { contourHeights, traceContours } from './contours.js';
import { canvasFont, themeColor } from './frame.js';

/**
 * @typedef {{ x: [number, number], y: [number, number] }} Window
 * @typedef {object} Trail
 * @property {string} label
 * @property {string} color  a colour of the theme
 * @property {number[]} dash
 * @property {string} marker  an SVG path around 0, 0
 * @property {number[]} xs @property {number[]} ys  a place per step
 * @property {number | null} divergedAt  the step that left the finite numbers
 * @typedef {object} MapScene
 * @property {string} ground  another text where the function is another one
 * @property {Window} window  what must be seen
 * @property {(window: Window, columns: number, rows: number) => Float32Array} sample
 * @property {(x: number, y: number) => number} valueAt
 * @property {number} lowest  the least value
 * @property {[number, number][]} minima
 * @property {[number, number]} start
 * @property {Trail[]} trails
 * @property {string} summary  what a listener should know
 */

/** Pixels between the grid's places at least, so that narrow valleys keep their lines. */
const SPACING = 2;

/** The most places of a grid: a map of any size takes some ten milliseconds. */
const PLACES = 100_000;

/** A label stands on a line of at least so many pixels, and so far from other labels and minima. */
const LABELLED_LENGTH = 240;
const LABELS_APART = 34;

/** Every so many lines one is stronger and says its height. */
const STRONG_EVERY = 4;

/** Pixels between the dots of a trail's steps: nearer ones would only make its line thick. */
const DOTS_APART = 6;

/** A trail longer than so many of the map's diagonals fades behind: what jumps to and fro would paint the map over. */
const BRIGHT_LENGTH = 10;
const FADED = 0.13;

/** How strong the tone of the highest ground is. */
const TONE = 0.13;

/** Beyond this many pixels outside, a canvas need not know how far. */
const FAR = 20_000;

/** The way between the plane and the canvas. */
export class MapFrame {
  /** @param {Window} window what must be seen @param {number} width @param {number} height in pixels */
  constructor(window, width, height) {
    this.width = width;
    this.height = height;
    const [spanX, spanY] = [window.x[1] - window.x[0], window.y[1] - window.y[0]];
    // One scale for both axes, or circles would not be round; the longer side shows more of the plane.
    this.scale = Math.min(width / spanX, height / spanY);
    const [moreX, moreY] = [(width / this.scale - spanX) / 2, (height / this.scale - spanY) / 2];
    /** What is seen. @type {Window} */
    this.window = {
      x: [window.x[0] - moreX, window.x[1] + moreX],
      y: [window.y[0] - moreY, window.y[1] + moreY],
    };
  }

  /** @param {number} x @param {number} y @returns {[number, number]} pixels */
  toPixel(x, y) {
    return [(x - this.window.x[0]) * this.scale, (this.window.y[1] - y) * this.scale];
  }

  /** @param {number} left @param {number} top @returns {[number, number]} */
  toPlane(left, top) {
    return [this.window.x[0] + left / this.scale, this.window.y[1] - top / this.scale];
  }

  /** @param {[number, number]} pixel */
  contains([left, top]) {
    return left >= 0 && top >= 0 && left <= this.width && top <= this.height;
  }
}

/**
 * The ground: heights as a faint tone, contour lines, minima, the numbers of the axes.
 * @param {CanvasRenderingContext2D} pen @param {Element} element whose theme it wears @param {MapFrame} frame
 * @param {MapScene} scene
 */
export function paintGround(pen, element, frame, scene) {
  const { width, height } = frame;
  pen.fillStyle = themeColor(element, 'paper');
  pen.fillRect(0, 0, width, height);
  const spacing = Math.max(SPACING, Math.sqrt((width * height) / PLACES));
  const columns = Math.max(2, Math.ceil(width / spacing) + 1);
  const rows = Math.max(2, Math.ceil(height / spacing) + 1);
  const values = scene.sample(frame.window, columns, rows);
  let highest = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] -= scene.lowest;
    if (values[i] > highest && values[i] < Number.POSITIVE_INFINITY) highest = values[i];
  }
  const heights = contourHeights(highest);
  if (heights.length) {
    paintTone(pen, element, frame, values, columns, rows, heights);
    const lines = traceContours(values, columns, rows, heights);
    const taken = scene.minima.map(([x, y]) => frame.toPixel(x, y));
    paintLines(pen, element, frame, { lines, columns, rows, heights, taken });
  }
  paintAxes(pen, element, frame);
  paintMinima(pen, element, frame, scene.minima);
}

/**
 * @param {CanvasRenderingContext2D} pen @param {Element} element @param {MapFrame} frame
 * @param {Float32Array} values @param {number} columns @param {number} rows @param {number[]} heights
 */
function paintTone(pen, element, { width, height }, values, columns, rows, heights) {
  const picture = new ImageData(columns, rows);
  // A hue: what is but lighter than a dark page looks washed out.
  const tone = readColor(pen, themeColor(element, 'loss'));
  const low = Math.log2(heights[0]);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      // Rows of values go up, those of a picture down.
      const value = values[(rows - 1 - row) * columns + column];
      const share = Math.min(1, Math.max(0, (Math.log2(Math.max(value, heights[0])) - low) / heights.length));
      picture.data.set([...tone, Math.round(255 * TONE * share ** 1.6)], 4 * (row * columns + column));
    }
  }
  const small = document.createElement('canvas');
  small.width = columns;
  small.height = rows;
  small.getContext('2d')?.putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = 'high';
  // The first and the last place lie on the frame: half a cell of the picture hangs over on each side.
  const [cellX, cellY] = [width / (columns - 1), height / (rows - 1)];
  pen.drawImage(small, -cellX / 2, -cellY / 2, width + cellX, height + cellY);
}

/**
 * @param {CanvasRenderingContext2D} pen @param {Element} element @param {MapFrame} frame
 * @param {{ lines: number[][], columns: number, rows: number, heights: number[], taken: [number, number][] }} map
 *   taken: where no label may stand
 */
function paintLines(pen, element, { width, height }, { lines, columns, rows, heights, taken }) {
  const [cellX, cellY] = [width / (columns - 1), height / (rows - 1)];
  /** @type {{ text: string, place: [number, number] }[]} */
  const labels = [];
  const isFree = (/** @type {number[]} */ [left, top]) =>
    [...taken, ...labels.map(({ place }) => place)].every(
      (other) => Math.hypot(left - other[0], top - other[1]) > LABELS_APART,
    );
  lines.forEach((line, i) => {
    const strong = Math.round(Math.log2(heights[i])) % STRONG_EVERY === 0;
    pen.beginPath();
    /** @type {[number, number] | null} */
    let place = null;
    let nearest = 0.06;
    let length = 0;
    for (let k = 0; k < line.length; k += 4) {
      const [left, top] = [line[k] * cellX, height - line[k + 1] * cellY];
      const [nextLeft, nextTop] = [line[k + 2] * cellX, height - line[k + 3] * cellY];
      pen.moveTo(left, top);
      pen.lineTo(nextLeft, nextTop);
      length += Math.hypot(nextLeft - left, nextTop - top);
      // Labels climb along a diagonal.
      const distance = Math.abs(left / width - 0.5 - 0.45 * (1 - top / height));
      const inside = left > 40 && left < width - 40 && top > 16 && top < height - 28;
      if (strong && inside && distance < nearest && isFree([left, top])) {
        nearest = distance;
        place = [left, top];
      }
    }
    pen.strokeStyle = themeColor(element, 'ink', strong ? 0.3 : 0.14);
    pen.lineWidth = 1;
    pen.stroke();
    if (place && length > LABELLED_LENGTH) labels.push({ text: axisNumber(heights[i]), place });
  });
  pen.font = canvasFont(element);
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.lineWidth = 4;
  pen.strokeStyle = themeColor(element, 'paper', 0.85);
  pen.fillStyle = themeColor(element, 'faint');
  for (const { text, place } of labels) {
    pen.strokeText(text, ...place);
    pen.fillText(text, ...place);
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Element} element @param {MapFrame} frame */
function paintAxes(pen, element, frame) {
  const { window, width, height } = frame;
  pen.font = canvasFont(element);
  pen.fillStyle = themeColor(element, 'faint');
  pen.strokeStyle = themeColor(element, 'paper', 0.8);
  pen.lineWidth = 3;
  pen.textBaseline = 'alphabetic';
  pen.textAlign = 'center';
  /** @param {string} text @param {number} left @param {number} top */
  const write = (text, left, top) => {
    pen.strokeText(text, left, top);
    pen.fillText(text, left, top);
  };
  for (const x of linearTicks(...window.x, Math.max(2, width / 110))) {
    const [left] = frame.toPixel(x, 0);
    if (left > 24 && left < width - 12) write(minus(x), left, height - 6);
  }
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  for (const y of linearTicks(...window.y, Math.max(2, height / 80))) {
    const [, top] = frame.toPixel(0, y);
    if (top > 10 && top < height - 22) write(minus(y), 7, top);
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Element} element @param {MapFrame} frame @param {[number, number][]} minima */
function paintMinima(pen, element, frame, minima) {
  pen.strokeStyle = themeColor(element, 'soft');
  pen.lineWidth = 1.25;
  pen.beginPath();
  for (const [x, y] of minima) {
    const [left, top] = frame.toPixel(x, y);
    pen.moveTo(left - 5, top);
    pen.lineTo(left + 5, top);
    pen.moveTo(left, top - 5);
    pen.lineTo(left, top + 5);
  }
  pen.stroke();
}

/**
 * The trails up to a step; their heads last, so that none is hidden: a marker where a racer is, an arrow where it left
 * the map, a ✕ where it ended.
 * @param {CanvasRenderingContext2D} pen @param {Element} element @param {MapFrame} frame @param {Trail[]} trails
 * @param {number} step
 */
export function paintTrails(pen, element, frame, trails, step) {
  const drawn = trails.map((trail) => {
    const last = Math.min(step, trail.xs.length - 1);
    /** @type {[number, number][]} */
    const pixels = [];
    for (let i = 0; i <= last; i++) {
      const [left, top] = frame.toPixel(trail.xs[i], trail.ys[i]);
      pixels.push([clampFar(left), clampFar(top)]);
    }
    return { trail, pixels, color: themeColor(element, trail.color) };
  });
  for (const { trail, pixels, color } of drawn) paintPath(pen, element, frame, pixels, color, trail.dash);
  for (const { trail, pixels, color } of drawn) {
    const ended = trail.divergedAt !== null && step >= trail.divergedAt;
    const head = pixels[pixels.length - 1];
    if (frame.contains(head) && !ended) paintMarker(pen, element, trail.marker, head, color);
    else paintExit(pen, element, frame, pixels, color, ended);
  }
}

/**
 * @param {CanvasRenderingContext2D} pen @param {Element} element @param {MapFrame} frame
 * @param {[number, number][]} pixels @param {string} color @param {number[]} dash
 */
function paintPath(pen, element, frame, pixels, color, dash) {
  pen.lineJoin = 'round';
  pen.lineCap = 'butt';
  // Bright is the way to where the trail is, or was last, on the map: backwards from there, up to a length.
  const end = Math.min(lastInside(pixels, frame) + 1, pixels.length - 1);
  const diagonal = Math.hypot(frame.width, frame.height);
  let begin = end;
  for (let length = 0; begin > 0 && length < BRIGHT_LENGTH * diagonal; begin--) {
    const [to, from] = [pixels[begin], pixels[begin - 1]];
    length += Math.min(diagonal, Math.hypot(to[0] - from[0], to[1] - from[1]));
  }
  const bright = pixels.slice(begin, end + 1);
  const path = pathThrough(bright);
  pen.setLineDash(dash);
  pen.strokeStyle = color;
  pen.lineWidth = 1.75;
  pen.globalAlpha = FADED;
  pen.stroke(pathThrough(pixels.slice(0, begin + 1)));
  pen.stroke(pathThrough(pixels.slice(end)));
  pen.globalAlpha = 1;
  pen.setLineDash([]);
  pen.strokeStyle = themeColor(element, 'paper', 0.75);
  pen.lineWidth = 4;
  pen.stroke(path);
  pen.setLineDash(dash);
  pen.strokeStyle = color;
  pen.lineWidth = 1.75;
  pen.stroke(path);
  pen.setLineDash([]);
  pen.fillStyle = color;
  let before = bright[0];
  for (const pixel of bright) {
    if (!frame.contains(pixel) || Math.hypot(pixel[0] - before[0], pixel[1] - before[1]) < DOTS_APART) continue;
    before = pixel;
    pen.beginPath();
    pen.arc(pixel[0], pixel[1], 2, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** The last place of a trail that is on the map, or its start. @param {[number, number][]} pixels @param {MapFrame} frame */
function lastInside(pixels, frame) {
  let inside = pixels.length - 1;
  while (inside > 0 && !frame.contains(pixels[inside])) inside--;
  return inside;
}

/** @param {[number, number][]} pixels */
function pathThrough(pixels) {
  const path = new Path2D();
  pixels.forEach(([left, top], i) => {
    if (i) path.lineTo(left, top);
    else path.moveTo(left, top);
  });
  return path;
}

/** @param {CanvasRenderingContext2D} pen @param {Element} element @param {string} marker @param {[number, number]} place @param {string} color */
function paintMarker(pen, element, marker, [left, top], color) {
  pen.save();
  pen.translate(left, top);
  pen.scale(1.15, 1.15);
  const shape = new Path2D(marker);
  pen.strokeStyle = themeColor(element, 'paper');
  pen.lineWidth = 2.5;
  pen.stroke(shape);
  pen.fillStyle = color;
  pen.fill(shape);
  pen.restore();
}

/**
 * Where a trail that is not on the map any more was seen last.
 * @param {CanvasRenderingContext2D} pen @param {Element} element @param {MapFrame} frame
 * @param {[number, number][]} pixels @param {string} color @param {boolean} ended
 */
function paintExit(pen, element, frame, pixels, color, ended) {
  const inside = lastInside(pixels, frame);
  const from = pixels[inside];
  const to = pixels[Math.min(inside + 1, pixels.length - 1)];
  const edge = 10;
  const left = Math.min(Math.max(from[0] + crossing(from, to, frame) * (to[0] - from[0]), edge), frame.width - edge);
  const top = Math.min(Math.max(from[1] + crossing(from, to, frame) * (to[1] - from[1]), edge), frame.height - edge);
  pen.save();
  pen.translate(left, top);
  const shape = new Path2D(ended ? 'M-5-5L5 5M5-5L-5 5' : 'M-6-5L7 0-6 5-3 0Z');
  if (!ended) pen.rotate(Math.atan2(to[1] - from[1], to[0] - from[0]));
  pen.strokeStyle = themeColor(element, 'paper');
  pen.lineWidth = ended ? 6 : 2.5;
  pen.stroke(shape);
  if (ended) {
    pen.strokeStyle = color;
    pen.lineWidth = 2.75;
    pen.stroke(shape);
  } else {
    pen.fillStyle = color;
    pen.fill(shape);
  }
  pen.restore();
}

/** Which share of the way from a place to another lies on the map. @param {number[]} from @param {number[]} to @param {MapFrame} frame */
function crossing(from, to, { width, height }) {
  let share = 1;
  [width, height].forEach((size, i) => {
    const way = to[i] - from[i];
    if (way > 0) share = Math.min(share, (size - from[i]) / way);
    if (way < 0) share = Math.min(share, from[i] / -way);
  });
  return Math.max(0, share);
}

/** @param {number} pixel */
function clampFar(pixel) {
  return Math.min(Math.max(pixel, -FAR), FAR);
}

/** An axis number with a minus sign of its own length. @param {number} value */
function minus(value) {
  return axisNumber(value).replace('-', '−');
}

/** @param {CanvasRenderingContext2D} pen @param {string} color @returns {[number, number, number]} */
function readColor(pen, color) {
  pen.fillStyle = color;
  const hex = String(pen.fillStyle);
  return /** @type {[number, number, number]} */ ([1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
}
