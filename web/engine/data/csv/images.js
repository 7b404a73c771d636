/** Tables whose columns are the pixels of an image, as those that MNIST is handed around in. */

/** @typedef {import('./table.js').Table} Table */

/** Pixels of an image, at least: fewer are a few bytes in a row. */
const PIXELS_MIN = 64;

const NUMBERED = /^(?:pixel|pix|px|p)[ _-]?(\d+)$/i;
const PLACED = /^r?(\d+)[x_]c?(\d+)$/i;

/**
 * The size of the images that some columns are: where their names count pixels or give their places, row by row, and
 * all they hold are bytes.
 *
 * @param {Table} table
 * @param {number[]} pixels  the columns besides the target
 * @returns {{ height: number, width: number } | null}
 */
export function findImages({ columns, layout }, pixels) {
  if (pixels.length < PIXELS_MIN || !pixels.every((i) => holdsBytes(columns[i]))) return null;
  const names = pixels.map((i) => columns[i].name);
  const size = layout.hasHeader ? sizeOfNames(names) : squareOf(names.length);
  return size && size.height * size.width === names.length ? size : null;
}

/**
 * The column of the class in a table without header whose other columns are MNIST's pixels: the first, where the last
 * could not be one.
 *
 * @param {Table} table
 * @returns {number | null}
 */
export function findImageClass({ columns, layout }) {
  if (layout.hasHeader || columns.length !== 28 * 28 + 1 || !columns.every(holdsBytes)) return null;
  const isPixel = columns[columns.length - 1].most > 61 || columns[columns.length - 1].most === 0;
  return isPixel && columns[0].most <= 61 ? 0 : columns.length - 1;
}

/** @param {import('./column.js').Column} column */
function holdsBytes({ texts, missing, isWhole, least, most }) {
  return texts === 0 && missing === 0 && isWhole && least >= 0 && most <= 255;
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
