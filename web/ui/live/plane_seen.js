/** A plane of two numbers: what the network answers at each place as the ground, the samples as dots. */

import { CLASS_COLORS } from '../shared/sample_paint.js';

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('../../worker/protocol.js').SurfaceSeen} surface  over the bounds
 * @param {{ points: import('../../worker/protocol.js').SamplesSeen, outputs: number,
 *   bounds: { left: number, right: number, bottom: number, top: number } }} plane
 */
export function paintPlane(canvas, surface, { points, bounds, outputs }) {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { columns, rows } = surface;
  const image = new ImageData(columns, rows);
  const style = getComputedStyle(canvas);
  const paper = hexToRgb(style.getPropertyValue('--paper').trim());
  // What rings the dots is the lighter of both, so that they stand out from a ground of their own colour.
  const ring = style.getPropertyValue(style.colorScheme === 'dark' ? '--ink' : '--paper').trim();
  for (let cell = 0; cell < columns * rows; cell++) {
    if (outputs === 1) image.data.set(rampColor(surface.outputs[cell], paper), cell * 4);
    else mixClasses(surface.outputs, cell * outputs, outputs, paper, image.data, cell * 4);
    image.data[cell * 4 + 3] = 255;
  }
  const small = new OffscreenCanvas(columns, rows);
  small.getContext('2d')?.putImageData(image, 0, 0);
  const size = Math.round(canvas.clientWidth * devicePixelRatio);
  if (canvas.width !== size) {
    canvas.width = size;
    canvas.height = size;
  }
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  const { inputs, labels, targets } = points;
  for (let i = 0; 2 * i < inputs.length; i++) {
    const x = ((inputs[2 * i] - bounds.left) / (bounds.right - bounds.left)) * canvas.width;
    const y = ((bounds.top - inputs[2 * i + 1]) / (bounds.top - bounds.bottom)) * canvas.height;
    context.beginPath();
    context.arc(x, y, 2.6 * devicePixelRatio, 0, 2 * Math.PI);
    context.fillStyle = labels
      ? CLASS_COLORS[labels[i] % CLASS_COLORS.length]
      : `rgb(${rampColor(targets?.[i] ?? 0, paper).join(' ')})`;
    context.fill();
    context.lineWidth = devicePixelRatio;
    context.strokeStyle = ring;
    context.stroke();
  }
}

/** @param {string} hex @returns {[number, number, number]} */
function hexToRgb(hex) {
  const digits = hex.replace('#', '');
  // A minified sheet says #fff for #ffffff.
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const value = Number.parseInt(full, 16) || 0;
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/**
 * Writes the classes' colours, weighted by their outputs as far as they are positive, on paper: probabilities, or what
 * squared error has made of them.
 * @param {Float32Array} outputs @param {number} at @param {number} classes @param {number[]} paper
 * @param {Uint8ClampedArray} pixels @param {number} to
 */
function mixClasses(outputs, at, classes, paper, pixels, to) {
  let sum = 0;
  for (let k = 0; k < classes; k++) if (outputs[at + k] > 0) sum += outputs[at + k];
  for (let part = 0; part < 3; part++) {
    let mixed = sum > 0 ? 0 : paper[part];
    for (let k = 0; k < classes && sum > 0; k++) {
      if (outputs[at + k] > 0) mixed += (outputs[at + k] / sum) * CLASS_RGB[k % CLASS_RGB.length][part];
    }
    pixels[to + part] = mixed * 0.45 + paper[part] * 0.55;
  }
}

/** A value between −1 and 1 on the way from one class's colour over paper to another's. @param {number} value @param {number[]} paper */
function rampColor(value, paper) {
  const share = Math.min(1, Math.max(-1, value || 0));
  const end = CLASS_RGB[share < 0 ? 1 : 0];
  return end.map((part, i) => Math.round(part * Math.abs(share) * 0.8 + paper[i] * (1 - Math.abs(share) * 0.8)));
}

const CLASS_RGB = CLASS_COLORS.map(hexToRgb);
