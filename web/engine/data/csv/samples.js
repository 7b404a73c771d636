/** The rows of a table as samples: inputs, and labels or targets. Each block is let go as soon as it was copied. */

import { count } from '../../words/numbers.js';
import { FIRST_WORD, NUMBER } from './blocks.js';
import { tableError } from './words.js';

/** Bytes of blocks that may wait to be collected. */
const IDLE_MAX = 1 << 26;

/**
 * @typedef {import('./table.js').Table} Table
 * @typedef {import('./features.js').Features} Features
 * @typedef {import('./target.js').Target} Target
 */

/**
 * @param {Table} table
 * @param {object} how
 * @param {Uint8Array} how.keep  of each row: 1 where it is kept
 * @param {number} how.rows  that are kept
 * @param {Features} how.features
 * @param {boolean} how.areBytes  whether inputs are pixels
 * @returns {Uint8Array | Float32Array}  [rows][inputs]
 */
export function takeInputs({ blocks, fileName }, { keep, rows, features, areBytes }) {
  const { inputs } = features;
  const images = allocate(areBytes, rows * inputs, fileName);
  let first = 0;
  let at = 0;
  let idle = 0;
  for (const [i, block] of blocks.list.entries()) {
    if (!block) continue;
    for (let row = 0; row < block.rows; row++) {
      if (keep[first + row] === 0) continue;
      takeRow(images, at, block, row, blocks.columns, features);
      at += inputs;
    }
    first += block.rows;
    blocks.list[i] = null;
    idle += block.cells.byteLength;
    if (idle >= IDLE_MAX) {
      remindCollector();
      idle = 0;
    }
  }
  return images;
}

/**
 * Engines collect the memory behind arrays only where more of it is taken, and a page that is never touched costs nothing:
 * without this, the blocks that were let go stay until all of them are copied, and a large table is there twice.
 */
function remindCollector() {
  new ArrayBuffer(2 * IDLE_MAX);
}

/**
 * @param {Uint8Array | Float32Array} images
 * @param {number} at  where the sample begins
 * @param {import('./blocks.js').Block} block
 * @param {number} row
 * @param {number} columns
 * @param {Features} features
 */
function takeRow(images, at, { cells, doubles, words }, row, columns, { numbers, texts }) {
  const from = row * columns;
  for (let j = 0; j < numbers.length; j++) {
    const { column, input, offset } = numbers[j];
    const own = offset === 0 ? undefined : doubles.get(column);
    images[at + input] = own ? own[row] - offset : cells[from + column] - offset;
  }
  for (let j = 0; j < texts.length; j++) {
    const { column, inputOf, inputOfNumber } = texts[j];
    const word = words.get(column)?.[row] ?? NUMBER;
    const input =
      word === NUMBER ? (inputOfNumber.get(cells[from + column]) ?? -1) : word >= FIRST_WORD ? inputOf[word] : -1;
    if (input >= 0) images[at + input] = 1;
  }
}

/**
 * Takes the rows out that have no class.
 *
 * @param {Table} table
 * @param {Target} target
 * @param {Uint8Array} keep
 * @returns {number}  rows that are kept
 */
export function markLabelled({ blocks }, { index, classOf }, keep) {
  let first = 0;
  let kept = 0;
  for (const block of blocks.list) {
    if (!block) continue;
    const words = block.words.get(index);
    for (let row = 0; row < block.rows; row++) {
      if (!words || (classOf[words[row]] ?? -1) < 0) keep[first + row] = 0;
      kept += keep[first + row];
    }
    first += block.rows;
  }
  return kept;
}

/**
 * @param {Table} table
 * @param {Target} target
 * @param {Uint8Array} keep
 * @param {number} rows  that are kept, each with a class
 */
export function takeLabels({ blocks }, { index, classOf }, keep, rows) {
  const labels = new Uint8Array(rows);
  let first = 0;
  let at = 0;
  for (const block of blocks.list) {
    if (!block) continue;
    const words = /** @type {Uint16Array} */ (block.words.get(index));
    for (let row = 0; row < block.rows; row++) if (keep[first + row]) labels[at++] = classOf[words[row]];
    first += block.rows;
  }
  return labels;
}

/**
 * @param {Table} table
 * @param {number} index
 * @param {number} offset
 * @param {Uint8Array} keep
 * @param {number} rows  that are kept, each with a number
 */
export function takeTargets({ blocks }, index, offset, keep, rows) {
  const targets = new Float32Array(rows);
  let first = 0;
  let at = 0;
  for (const block of blocks.list) {
    if (!block) continue;
    const doubles = block.doubles.get(index);
    for (let row = 0; row < block.rows; row++) {
      if (!keep[first + row]) continue;
      targets[at++] = (doubles ? doubles[row] : block.cells[row * blocks.columns + index]) - offset;
    }
    first += block.rows;
  }
  return targets;
}

/** @param {boolean} areBytes @param {number} length @param {string} fileName */
function allocate(areBytes, length, fileName) {
  try {
    return areBytes ? new Uint8Array(length) : new Float32Array(length);
  } catch {
    throw tableError(fileName, `holds ${count(length)} numbers, more than there is memory for`);
  }
}
