/** Arrays of images and labels put together: what belongs to what, and whether it fits. */

import { defaultReading } from '../../config/reading_fields.js';
import { plural } from '../../words/sentences.js';
import { dataError, ownName } from '../data_error.js';
import { countNumbers } from './file_array.js';
import { holdsFractions, nameClasses, readLabels, readTargets } from './labels.js';
import { readSamples } from './samples.js';

/**
 * @typedef {import('./file_array.js').FileArray} FileArray
 * @typedef {{ images: FileArray, labels: FileArray }} Pair
 */

/**
 * @param {{ train: Pair, validation: Pair | null }} pairs
 * @param {{ name: string, reading?: import('../../config/reading_fields.js').Reading, firstColumn?: boolean,
 *   notes?: string[] }} how  firstColumn: as readLabels takes it
 * @returns {import('../data_files.js').DataFiles}
 * @throws {TrainerError} naming the array
 */
export function assembleData({ train, validation }, { name, reading = defaultReading(), firstColumn, notes = [] }) {
  const pairs = validation ? [train, validation] : [train];
  for (const { images, labels } of pairs) {
    checkCounts({ images, labels });
    if (countNumbers(images.shape) === 0) throw dataError(`${images.name} has no images.`);
  }
  const {
    images,
    notes: told,
    ...layout
  } = readSamples(
    pairs.map((pair) => pair.images),
    { transpose: reading.transpose ?? false },
  );
  const meant = readMeaning(
    pairs.map((pair) => pair.labels),
    reading.task,
    firstColumn,
  );
  const [own, other] = images.map((inputs, i) => ({ images: inputs, ...meant.parts[i] }));
  const { classes, classNames } = meant;
  return {
    name,
    ...own,
    ...layout,
    classes,
    classNames,
    scaleTargets: classes === 0,
    target: null,
    notes: [...notes, ...told, ...meant.notes],
    validation: other ?? null,
  };
}

/** @param {Pair} pair @throws {TrainerError} where there are not as many labels as images */
export function checkCounts({ images, labels }) {
  if (labels.shape[0] === images.shape[0]) return;
  throw dataError(
    `${labels.name} has ${plural(labels.shape[0] ?? 1, 'label')}, but ${images.name} has ${plural(images.shape[0] ?? 1, 'image')}.`,
  );
}

/**
 * What is to be learned: classes, or numbers where that is asked for or the labels are none that classes could have.
 *
 * @param {FileArray[]} arrays
 * @param {import('../../config/reading_fields.js').Task | null} task
 * @param {boolean | undefined} firstColumn
 * @returns {{ parts: { labels?: Uint8Array, targets?: Float32Array }[], classes: number, classNames: string[] | null,
 *   notes: string[] }}
 */
function readMeaning(arrays, task, firstColumn) {
  const isAsked = task === 'regression';
  if (isAsked || (task === null && arrays.some(holdsFractions))) {
    const [{ name }] = arrays;
    const notes = isAsked
      ? []
      : [`The values of ${ownName(name)} are no class numbers: they are learned by squared error.`];
    return { parts: arrays.map((array) => ({ targets: readTargets(array) })), classes: 0, classNames: null, notes };
  }
  const found = nameClasses(arrays.map((array) => readLabels(array, { firstColumn })));
  return { ...found, parts: found.labels.map((labels) => ({ labels })) };
}
