/**
 * Labels as files hold them, and the classes they make: numbered from 0 in the order of the labels, whatever those are.
 * Everything that a reader might not expect of them becomes a note.
 */

import { count as written } from '../../words/numbers.js';
import { list } from '../../words/sentences.js';
import { quoted } from '../csv/words.js';
import { dataError, makeRoom, ownName } from '../data_error.js';
import { countNumbers, readerOf, stridesOf } from './file_array.js';

/**
 * @typedef {import('./file_array.js').FileArray} FileArray
 * @typedef {number | string} Label
 * @typedef {{ name: string, values: Label[] | Float64Array, note?: string }} FileLabels  note: how they were found
 *
 * @typedef {object} Classes
 * @property {Uint8Array[]} labels  class numbers, of each part
 * @property {number} classes
 * @property {string[] | null} classNames  null where the labels are the class numbers
 * @property {string[]} notes
 */

/** Labels are bytes. */
const CLASSES_MAX = 256;

/** A label that so few samples have, in shares of what the others have on average, may not be meant as a class. */
const STRAY_SHARE = 1 / 4;

/** So many classes are named in a sentence. */
const NAMED_MAX = 5;

/**
 * @param {FileArray} array  one label for each sample; or a row for each: of zeros and one 1, or of QMNIST's integers, of
 *   which the first is the class
 * @param {{ firstColumn?: boolean }} [how]  firstColumn: rows of integers may be such as QMNIST's
 * @returns {FileLabels}
 * @throws {TrainerError} naming the array
 */
export function readLabels(array, { firstColumn = false } = {}) {
  const { name, shape, type } = array;
  const [samples, ...rest] = shape;
  const width = rest.reduce((product, size) => product * size, 1);
  const steps = stridesOf(array);
  if (samples === undefined) throw dataError(`${name} is a single number: there must be a label for each sample.`);
  if (type.kind === 'text') {
    if (width !== 1) throw dataError(`${name} has ${width} texts for each sample, but a sample has one class.`);
    const { size, read } = type;
    const values = Array.from({ length: samples }, (_, i) => read(array.bytes.subarray(i * size, (i + 1) * size)));
    return { name, values };
  }
  const read = readerOf(array);
  if (width === 1) return { name, values: Float64Array.from({ length: samples }, (_, i) => read(i * steps[0])) };
  if (rest.length === 1) {
    const at = (/** @type {number} */ i, /** @type {number} */ k) => read(i * steps[0] + k * steps[1]);
    const oneHot = readOneHot({ samples, width, at });
    if (oneHot) return { name, values: oneHot };
    if (firstColumn) {
      const note = `The class is the first of the ${width} numbers that ${ownName(name)} has for each sample.`;
      return { name, values: Float64Array.from({ length: samples }, (_, i) => at(i, 0)), note };
    }
  }
  throw dataError(
    `${name} has ${rest.join('×')} numbers for each sample, which are no single 1 among zeros: a sample has one class.`,
  );
}

/**
 * @param {{ samples: number, width: number, at: (i: number, k: number) => number }} rows
 * @returns {Float64Array | null}  where the 1 of each row stands; null where rows are something else
 */
function readOneHot({ samples, width, at }) {
  const places = new Float64Array(samples);
  for (let i = 0; i < samples; i++) {
    let place = -1;
    for (let k = 0; k < width; k++) {
      const value = at(i, k);
      if (value === 0) continue;
      if (value !== 1 || place >= 0) return null;
      place = k;
    }
    if (place < 0) return null;
    places[i] = place;
  }
  return places;
}

/** Whether there are numbers that are not whole. @param {FileArray} array */
export function holdsFractions(array) {
  if (array.type.kind !== 'float') return false;
  const read = readerOf(array);
  const length = countNumbers(array.shape);
  for (let i = 0; i < length; i++) if (read(i) % 1 !== 0) return true;
  return false;
}

/**
 * Numbers to be met by squared error, one or more for each sample.
 *
 * @param {FileArray} array
 * @returns {Float32Array}  [samples][outputs]
 * @throws {TrainerError} naming the array
 */
export function readTargets(array) {
  const [samples, ...rest] = array.shape;
  const width = countNumbers(rest);
  if (rest.length > 1) throw dataError(`${array.name} has ${array.shape.length} dimensions; targets have one or two.`);
  const [step, across = 0] = stridesOf(array);
  const read = readerOf(array);
  const targets = makeRoom(Float32Array, samples * width, array.name);
  for (let at = 0; at < targets.length; at++) {
    targets[at] = read(Math.floor(at / width) * step + (at % width) * across);
    if (Number.isFinite(targets[at])) continue;
    throw dataError(
      `${array.name}: sample ${Math.floor(at / width)}, counted from 0, has a target that is not finite.`,
    );
  }
  return targets;
}

/**
 * The classes of training labels and of those to validate on.
 *
 * @param {FileLabels[]} parts
 * @returns {Classes}
 * @throws {TrainerError} naming the file
 */
export function nameClasses(parts) {
  for (const { name, values } of parts) {
    const wrong = values.findIndex(
      (/** @type {Label} */ value) => typeof value === 'number' && !Number.isInteger(value),
    );
    if (wrong >= 0) {
      throw dataError(
        `${name}: the label of sample ${wrong}, counted from 0, is ${values[wrong]}, which is no whole number.`,
      );
    }
  }
  const counts = parts.map(({ values }) => countLabels(values));
  const labels = sortLabels([...new Set(counts.flatMap((found) => [...found.keys()]))]);
  const [{ name }] = parts;
  if (labels.length > CLASSES_MAX) {
    throw dataError(
      `${name} has ${written(labels.length)} different labels, but at most ${CLASSES_MAX} classes are possible; task regression learns numbers.`,
    );
  }
  if (counts[0].size < 2) {
    throw dataError(`${name} has only one label, ${labelText([...counts[0].keys()][0])}; learning needs two classes.`);
  }
  const numbers = new Map(labels.map((label, number) => [label, number]));
  const isPlain = labels.every((label, number) => label === number);
  return {
    labels: parts.map(({ values }) => {
      const classes = new Uint8Array(values.length);
      for (let i = 0; i < values.length; i++) classes[i] = numbers.get(values[i]) ?? 0;
      return classes;
    }),
    classes: labels.length,
    classNames: isPlain ? null : labels.map(String),
    notes: [
      ...(parts[0].note ? [parts[0].note] : []),
      ...noteNumbering(parts, labels, isPlain),
      ...noteStray(parts[0], labels, counts[0]),
    ],
  };
}

/** @param {Label[] | Float64Array} values */
function countLabels(values) {
  /** @type {Map<Label, number>} */
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Numbers by size, texts in text order, but where all of them are numbers. @param {Label[]} labels */
export function sortLabels(labels) {
  const areNumbers = labels.every((label) => label !== '' && Number.isFinite(Number(label)));
  return labels.sort(areNumbers ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : Number(a > b)));
}

/** @param {FileLabels[]} parts @param {Label[]} labels  sorted @param {boolean} isPlain */
function noteNumbering(parts, labels, isPlain) {
  if (isPlain || typeof labels[0] === 'string') return [];
  return [
    `The labels of ${list(parts.map(({ name }) => ownName(name)))} are ${listLabels(labels)}: ${labels.length} classes, which keep these names.`,
  ];
}

/**
 * A label far from all others that hardly any sample has: 255 or -1 often mean "none".
 *
 * @param {FileLabels} part @param {Label[]} labels  sorted @param {Map<Label, number>} counts
 */
function noteStray({ name, values }, labels, counts) {
  if (labels.length < 3) return [];
  const numbers = labels.map(Number);
  const edges = [
    { label: labels[labels.length - 1], gap: numbers[numbers.length - 1] - numbers[numbers.length - 2] },
    { label: labels[0], gap: numbers[1] - numbers[0] },
  ];
  return edges.flatMap(({ label, gap }) => {
    const samples = counts.get(label) ?? 0;
    const others = (values.length - samples) / (labels.length - 1);
    const isApart = gap > 1 || label === -1;
    if (typeof label === 'string' || !isApart || !samples || samples > STRAY_SHARE * others) return [];
    const which =
      samples === 1 ? `sample ${values.indexOf(/** @type {never} */ (label))}, counted from 0,` : `${samples} samples`;
    return [
      `The label ${label} of ${which} in ${ownName(name)} stands apart from the others: if it means "no class", leave those samples out; here it counts as a class.`,
    ];
  });
}

/** "0 … 5, 7, 9". @param {Label[]} labels  sorted numbers */
function listLabels(labels) {
  /** @type {number[][]} */
  const runs = [];
  for (const label of labels.map(Number)) {
    const last = runs.at(-1);
    if (last && label === last[last.length - 1] + 1) last.push(label);
    else runs.push([label]);
  }
  const texts = runs.flatMap((run) => (run.length > 2 ? [`${run[0]} … ${run[run.length - 1]}`] : run.map(String)));
  return texts.length > NAMED_MAX + 1 ? `${texts.slice(0, NAMED_MAX).join(', ')} and others` : texts.join(', ');
}

/** @param {Label | undefined} label */
function labelText(label) {
  return typeof label === 'string' ? quoted(label) : String(label);
}
