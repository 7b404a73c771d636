/** Tables whose columns are the pixels of an image, as those that MNIST is handed around in. */

/** @typedef {import('./table.js').Table} Table */

/** Pixels of an image, at least: fewer are a few bytes in a row. */
const PIXELS_MIN = 64;
/** Where no name says that they are pixels. */
const NAMELESS_MIN = 256;
const MNIST = 28 * 28;

const NUMBERED = /^(?:pixel|pix|px|p)[ _-]?(\d+)$/i;
const PLACED = /^r?(\d+)[x_]c?(\d+)$/i;

/**
 * The size of the images that some columns are: where their names count pixels or give their places, row by row, and
 * all they hold are bytes, or shares of 1.
 *
 * @param {Table} table
 * @param {number[]} pixels  the columns besides the target
 * @returns {{ height: number, width: number, areBytes: boolean } | null}
 */
export function findImages({ columns, layout }, pixels) {
  const areBytes = pixels.every((i) => holdsBytes(columns[i]));
  if (pixels.length < PIXELS_MIN || !(areBytes || pixels.every((i) => holdsShares(columns[i])))) return null;
  const names = pixels.map((i) => columns[i].name);
  const size = layout.hasHeader ? sizeOfNames(names) : sizeOfNameless(names.length, areBytes);
  return size && size.height * size.width === names.length ? { ...size, areBytes } : null;
}

/**
 * The column of the class in a table without header whose other columns are MNIST's pixels: the first, where the last
 * could not be one.
 *
 * @param {Table} table
 * @returns {number | null}
 */
export function findImageClass({ columns, layout }) {
  if (layout.hasHeader || columns.length !== MNIST + 1) return null;
  const last = columns.length - 1;
  if (columns.every(holdsBytes)) {
    const isPixel = columns[last].most > 61 || columns[last].most === 0;
    return isPixel && columns[0].most <= 61 ? 0 : last;
  }
  // Where pixels are shares of 1, a class is a number beyond it.
  const classes = [0, last].filter((i) => holdsBytes(columns[i]) && columns[i].most > 1 && columns[i].most <= 61);
  const others = columns.filter((_, i) => i !== classes[0]);
  return classes.length === 1 && others.every(holdsShares) ? classes[0] : null;
}

/** @param {import('./column.js').Column} column */
function holdsBytes({ texts, missing, isWhole, least, most }) {
  return texts === 0 && missing === 0 && isWhole && least >= 0 && most <= 255;
}

/** @param {import('./column.js').Column} column */
function holdsShares({ texts, missing, least, most }) {
  return texts === 0 && missing === 0 && least >= 0 && most <= 1;
}

/** Without names, bytes in a square of some size are pixels, and shares of 1 in MNIST's. @param {number} pixels @param {boolean} areBytes */
function sizeOfNameless(pixels, areBytes) {
  return pixels === MNIST || (areBytes && pixels >= NAMELESS_MIN) ? squareOf(pixels) : null;
}

/** @param {string[]} names */
function sizeOfNames(names) {
  const numbers = names.map((name) => NUMBERED.exec(name)).map((match) => (match ? Number(match[1]) : NaN));
  if (numbers.every((value, i) => value === numbers[0] + i) && numbers[0] <= 1) return squareOf(names.length);
  const places = names.map((name) => PLACED.exec(name)).map((match) => match && [Number(match[1]), Number(match[2])]);
  const [first, last] = [places[0], places[places.length - 1]];
  if (!first || !last) return null;
  const size = { height: last[0] - first[0] + 1, width: last[1] - first[1] + 1 };
  const areInOrder = places.every(
    (place, i) =>
      place && place[0] === first[0] + Math.floor(i / size.width) && place[1] === first[1] + (i % size.width),
  );
  return areInOrder ? size : null;
}

/** @param {number} pixels */
function squareOf(pixels) {
  const side = Math.round(Math.sqrt(pixels));
  return side * side === pixels ? { height: side, width: side } : null;
}
