/** Samples as small pictures: images as they are, points of the plane in their classes' colours. */

/** Colours of classes: Tol's bright scheme, distinguishable for colour-blind readers. */
export const CLASS_COLORS = [
  '#4477aa',
  '#ee6677',
  '#228833',
  '#ccbb44',
  '#66ccee',
  '#aa3377',
  '#999999',
  '#dd8833',
  '#44aa99',
  '#882255',
];

/** @typedef {import('../../worker/protocol.js').Glimpse} Samples */

/** @param {HTMLCanvasElement} canvas @param {Pick<Samples, 'shape' | 'inputs'>} samples @param {number} i */
export function paintImage(canvas, samples, i) {
  const [channels, height, width] = samples.shape;
  const context = canvas.getContext('2d');
  if (!context) return;
  if (canvas.width !== width) {
    canvas.width = width;
    canvas.height = height;
  }
  const plane = width * height;
  const from = i * channels * plane;
  const image = new ImageData(width, height);
  const brightness = shadesOf(samples.inputs);
  for (let pixel = 0; pixel < plane; pixel++) {
    const red = brightness(samples.inputs[from + pixel]);
    const green = channels >= 3 ? brightness(samples.inputs[from + plane + pixel]) : red;
    const blue = channels >= 3 ? brightness(samples.inputs[from + 2 * plane + pixel]) : red;
    image.data.set([red, green, blue, 255], pixel * 4);
  }
  context.putImageData(image, 0, 0);
}

/**
 * How bright a value is: bytes are what they say; values of another range, such as 0 … 1, fill it.
 *
 * @param {Float32Array} values  of all images that are shown together
 * @returns {(value: number) => number}  0 … 255
 */
function shadesOf(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if ((low >= 0 && high <= 255 && high > 1) || high <= low) return (value) => value;
  return (value) => (255 * (value - low)) / (high - low);
}

/** How many images a thumbnail shows, and how many points. */
export const THUMBNAIL = { images: 2, points: 90 };

/** Some samples of a data set on one small canvas. @param {HTMLCanvasElement} canvas @param {Samples} samples */
export function paintThumbnail(canvas, samples) {
  if (samples.shape.length === 3) paintImages(canvas, samples);
  else paintPoints(canvas, samples);
}

/** @param {HTMLCanvasElement} canvas @param {Samples} samples */
function paintImages(canvas, samples) {
  const [, height, width] = samples.shape;
  const gap = 2;
  canvas.width = THUMBNAIL.images * (width + gap) - gap;
  canvas.height = height;
  for (let i = 0; i < THUMBNAIL.images; i++) {
    const one = document.createElement('canvas');
    paintImage(one, samples, i);
    canvas.getContext('2d')?.drawImage(one, i * (width + gap), 0);
  }
}

/** @param {HTMLCanvasElement} canvas @param {Samples} samples */
function paintPoints(canvas, { inputs, labels, targets }) {
  const size = 96;
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context) return;
  const across = [0, 1].map((axis) => {
    const values = [...inputs].filter((_, i) => i % 2 === axis);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, width: high - low };
  });
  const scale = (size - 10) / Math.max(across[0].width, across[1].width, 1e-6);
  const place = (/** @type {number} */ i) => size / 2 + (inputs[i] - across[i % 2].middle) * scale;
  for (let i = 0; 2 * i < inputs.length; i++) {
    const group = labels ? labels[i] : Number((targets?.[i] ?? 0) > 0);
    context.fillStyle = CLASS_COLORS[group % CLASS_COLORS.length];
    context.beginPath();
    context.arc(place(2 * i), size - place(2 * i + 1), 4, 0, 2 * Math.PI);
    context.fill();
  }
}
