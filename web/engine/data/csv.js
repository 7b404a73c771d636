/**
 * Tables of text as data sets: CSV as people have it, with whatever delimiter, header, style of numbers and encoding.
 *
 * What the file leaves open is decided by what its columns hold, and every decision that could have been another is said
 * in a note. What cannot be read is refused in a sentence that names file, line and column.
 */

import { defaultReading } from '../config/reading_fields.js';
import { count } from '../words/numbers.js';
import { list, plural, printable } from '../words/sentences.js';
import { chooseFeatures, isTooSmall, markWhole, offsetOf, sayLacking, sayStyles } from './csv/features.js';
import { findImageClass, findImages } from './csv/images.js';
import { markLabelled, takeInputs, takeLabels, takeTargets } from './csv/samples.js';
import { readTable } from './csv/table.js';
import { chooseTarget, findColumn, findIgnored, judgeTarget, sayMissing } from './csv/target.js';
import { findTarget, isTargetName, listTargets } from './csv/target_names.js';
import { quoted, tableError } from './csv/words.js';

/**
 * @typedef {import('./csv/table.js').Table} Table
 * @typedef {import('./csv/table.js').ByteSource} ByteSource
 * @typedef {import('../config/reading_fields.js').Reading} Reading
 */

/**
 * @param {ByteSource} source
 * @param {Reading} [reading]
 * @returns {Promise<import('./data_files.js').DataFiles>}
 * @throws {import('../core/errors.js').TrainerError} naming file, line and column
 */
export async function readCsv(source, reading = defaultReading()) {
  const fileName = printable(source.name);
  const { table, index, isGuessed } = await readWithTarget({ ...source, name: fileName }, reading);
  const { columns, layout, blocks } = table;
  /** @type {string[]} */
  const notes = [];
  if (table.encoding === 'windows-1252') notes.push('The file is not UTF-8; its letters were read as Windows-1252.');
  if (table.comments > 0) notes.push(`Its first ${plural(table.comments, 'line')} with a # were skipped.`);
  if (!layout.hasHeader) {
    notes.push(
      `There is no header: the columns are called ${quoted(columns[0].name)} to ${quoted(columns[columns.length - 1].name)}.`,
    );
  }
  const name = columns[index].name;
  const ignored = findIgnored(columns, reading.ignore, fileName);
  if (isGuessed)
    notes.push(
      `What is learned is ${quoted(name)}, the last column: none is called label, class, target, species or y.`,
    );
  else if (reading.target === null) notes.push(...sayOtherTargets(columns, index, ignored));
  const target = judgeTarget(columns[index], index, { fileName, task: reading.task, notes });

  if (ignored.has(index)) throw tableError(fileName, `cannot both ignore and learn ${quoted(name)}`);
  const others = columns.map((_, i) => i).filter((i) => i !== index && !ignored.has(i));
  const images = findImages(table, others);
  const features = images
    ? { numbers: others.map((column, input) => ({ column, input, offset: 0 })), texts: [], inputs: others.length }
    : chooseFeatures(table, { target: index, ignored, notes });
  const used = features.numbers.map(({ column }) => column);
  notes.push(...sayStyles(table, target.task === 'regression' ? [...used, index] : used));
  if (images) notes.push(`Its columns are the pixels of images, ${images.height} × ${images.width}.`);

  const keep = new Uint8Array(blocks.rows).fill(1);
  const isRegression = target.task === 'regression';
  const meant = isRegression ? markWhole(blocks, [index], keep) : markLabelled(table, target, keep);
  if (meant < blocks.rows) notes.push(sayMissing(target, name, blocks.rows - meant, blocks.rows));
  const rows = markWhole(blocks, used, keep);
  if (rows < meant) notes.push(sayLacking(table, used, meant - rows, blocks.rows));
  if (rows === 0) throw tableError(fileName, `has no row without something missing (${count(blocks.rows)} rows)`);

  const about = {
    name: fileName,
    shape: images ? [1, images.height, images.width] : [features.inputs],
    scalePerFeature: !images,
    scaleTogether: images !== null && !images.areBytes,
    target: name,
    columns: columns.map((column) => column.name),
    notes,
    validation: null,
  };
  const takeAll = () => takeInputs(table, { keep, rows, features, areBytes: images?.areBytes ?? false });
  if (isRegression) {
    if (isTooSmall(columns[index]))
      throw tableError(fileName, `has numbers too small for floats in its target ${quoted(name)}`);
    const targets = takeTargets(table, index, offsetOf(columns[index]), keep, rows);
    return { ...about, classes: 0, classNames: null, targets, scaleTargets: true, images: takeAll() };
  }
  const { labels, classNames } = packClasses(takeLabels(table, target, keep, rows), target.classNames);
  if (classNames.length < 2) {
    throw tableError(
      fileName,
      `has only the class ${quoted(classNames[0])} in the rows without anything missing; learning needs two`,
    );
  }
  return { ...about, classes: classNames.length, classNames, labels, images: takeAll() };
}

/** Columns that could have been meant as well. @param {Table['columns']} columns @param {number} index @param {Set<number>} ignored */
function sayOtherTargets(columns, index, ignored) {
  const usable = columns.map((_, i) => i).filter((i) => !ignored.has(i) && columns[i].filled > 0);
  const names = columns.map((column) => column.name);
  const others = listTargets(names, usable).filter((i) => i !== index);
  if (others.length === 0 || !isTargetName(names[index])) return [];
  const called = list(others.map((i) => quoted(names[i])));
  return [`What is learned is ${quoted(names[index])}; ${called} could be meant as well, and counts as an input.`];
}

/**
 * The table, and the column of it that is learned. Only that is kept as it is spelled, so where the file's columns turn
 * out to be other than their names said, it is read again.
 *
 * @param {ByteSource} source
 * @param {Reading} reading
 * @returns {Promise<{ table: Table, index: number, isGuessed: boolean }>}
 */
async function readWithTarget(source, reading) {
  /** @type {number | null} */
  let spelled = null;
  for (;;) {
    const table = await readTable(source, (names, columns) => {
      if (spelled !== null) return [spelled];
      if (reading.target !== null) return [findColumn(columns, reading.target, source.name)];
      const all = names.map((_, i) => i);
      return [findTarget(names, all) ?? names.length - 1];
    });
    const { columns } = table;
    const ignored = findIgnored(columns, reading.ignore, source.name);
    const usable = columns.map((_, i) => i).filter((i) => !ignored.has(i) && columns[i].filled > 0);
    if (columns.length < 2) throw tableError(source.name, 'needs at least two columns: a number and the class');
    if (usable.length < 1) throw tableError(source.name, 'has no column left that holds anything');
    const ofImages = reading.target === null ? findImageClass(table) : null;
    const chosen =
      ofImages === null
        ? chooseTarget(columns, usable, reading.target, source.name)
        : { index: ofImages, isGuessed: false };
    if (columns[chosen.index].isSpelled) return { table, ...chosen };
    spelled = chosen.index;
  }
}

/**
 * Class numbers without gaps: rows that were left out may have taken a class with them.
 *
 * @param {Uint8Array} labels
 * @param {string[]} names
 */
function packClasses(labels, names) {
  const counts = new Array(names.length).fill(0);
  for (const label of labels) counts[label]++;
  const kept = names.map((_, i) => i).filter((i) => counts[i] > 0);
  const place = new Map(kept.map((old, i) => [old, i]));
  return {
    labels: kept.length === names.length ? labels : labels.map((label) => place.get(label) ?? 0),
    classNames: kept.map((i) => names[i]),
  };
}
