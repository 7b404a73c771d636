/** The column that is learned: which it is, whether its values are classes, and which of them are one class. */

import { nearestName } from '../../config/names.js';
import { count } from '../../words/numbers.js';
import { list, plural } from '../../words/sentences.js';
import { FIRST_WORD, NUMBER } from './blocks.js';
import { numbersRows } from './index_columns.js';
import { isMissing, mayBeClass } from './numbers.js';
import { notANumber } from './table.js';
import { findTarget, namesClasses } from './target_names.js';
import { quoted, someOf, tableError } from './words.js';

/**
 * @typedef {import('./column.js').Column} Column
 * @typedef {import('./column.js').Word} Word
 * @typedef {import('../../config/reading_fields.js').Reading} Reading
 *
 * @typedef {object} Target
 * @property {number} index  of the column
 * @property {'classes' | 'regression'} task
 * @property {string[]} classNames  in the order of the class numbers; none for regression
 * @property {Int16Array} classOf  of each word: its class, or -1
 * @property {string[]} missing  the words that stood where there was none
 */

/** Labels are bytes. */
const CLASSES_MAX = 256;

/** So many texts of which none comes twice are names of samples. */
const NAMES_MIN = 20;

/** More different whole numbers than these are no classes by themselves. */
const WHOLE_CLASSES_MAX = 20;

/** What is wrong with a table where it is at most this share of a column, and said; beyond it is the column's kind. */
export const FEW = 0.05;

/**
 * The column that a user names: as it is written, or in another case, or by its place where columns have no names.
 *
 * @param {Column[]} columns
 * @param {string} wanted
 * @param {string} fileName
 */
export function findColumn(columns, wanted, fileName) {
  const name = wanted.trim();
  const names = columns.map((column) => column.name);
  const found = [
    names.indexOf(name),
    names.findIndex((other) => other.toLowerCase() === name.toLowerCase()),
    names.indexOf(`column ${name}`),
  ].find((index) => index >= 0);
  if (found !== undefined) return found;
  // One letter is no misspelt other.
  const nearest = name.length > 1 ? nearestName(name, names) : null;
  const there = `here are ${someOf(names.map((other) => other || '""'))}`;
  const hint = nearest ? `did you mean ${quoted(nearest)}? T${there}` : `t${there}`;
  throw tableError(fileName, `has no column ${quoted(name)}; ${hint}`);
}

/** The columns that a user leaves out: a text may name several. @param {Column[]} columns @param {string[]} ignore @param {string} fileName */
export function findIgnored(columns, ignore, fileName) {
  const isColumn = (/** @type {string} */ text) => columns.some(({ name }) => name === text.trim());
  const names = ignore.flatMap((text) =>
    isColumn(text) ? [text] : text.split(',').filter((part) => part.trim() !== ''),
  );
  return new Set(names.map((name) => findColumn(columns, name, fileName)));
}

/**
 * @param {Column[]} columns
 * @param {number[]} usable
 * @param {string | null} wanted
 * @param {string} fileName
 * @returns {{ index: number, isGuessed: boolean }}  isGuessed: only because it is the last
 */
export function chooseTarget(columns, usable, wanted, fileName) {
  if (wanted !== null) return { index: findColumn(columns, wanted, fileName), isGuessed: false };
  const names = columns.map(({ name }) => name);
  const named = findTarget(names, usable);
  if (named !== null) return { index: named, isGuessed: false };
  const learnable = usable.filter((i) => !numbersRows(columns[i]));
  return { index: (learnable.length > 0 ? learnable : usable).slice(-1)[0], isGuessed: true };
}

/**
 * What the target's values are.
 *
 * @param {Column} column  spelled
 * @param {number} index
 * @param {{ fileName: string, task: Reading['task'], notes: string[] }} how
 * @returns {Target}
 */
export function judgeTarget(column, index, { fileName, task, notes }) {
  const words = column.words.filter(({ text }) => !isMissing(text));
  const missing = column.words.filter(({ text }) => isMissing(text));
  const firstText = words.find(({ value }) => Number.isNaN(value));
  if (words.length === 0 && missing.every(({ text }) => !mayBeClass(text))) {
    throw tableError(fileName, `has no value in its target column ${quoted(column.name)}`);
  }
  if (task === 'regression' && firstText) throw notANumber(fileName, column, firstText);
  const wanted = task ?? (firstText ? 'classes' : guessTask(column, words, notes));
  const texts = missing.map(({ text }) => text);
  if (wanted === 'regression') {
    return { index, task: wanted, classNames: [], classOf: new Int16Array(), missing: texts };
  }
  checkClasses(column, words, fileName, firstText);
  const groups = groupWords(words, notes);
  // Words for nothing are classes where nothing else is left to tell apart.
  if (groups.length < 2) for (const word of missing) if (mayBeClass(word.text)) groups.push([word]);
  if (groups.length < 2) {
    const [[{ text }]] = groups;
    throw tableError(
      fileName,
      `has only one value, ${quoted(text)}, in its class column ${quoted(column.name)}; learning needs two`,
    );
  }
  const classes = orderClasses(groups);
  if (classes.length > CLASSES_MAX) throw tooMany(column, count(classes.length), fileName);
  const areNames = groups.every((group) => group.length === 1 && group[0].count === 1);
  if (firstText && areNames && groups.length > NAMES_MIN) {
    throw tableError(
      fileName,
      `has another text in each row of its class column ${quoted(column.name)}: those are no classes`,
    );
  }
  const classOf = new Int16Array(FIRST_WORD + column.words.length).fill(-1);
  const place = new Map(column.words.map((word, i) => [word, FIRST_WORD + i]));
  for (const [i, group] of classes.entries()) for (const word of group) classOf[place.get(word) ?? NUMBER] = i;
  return { index, task: wanted, classNames: classes.map(nameGroup), classOf, missing: texts };
}

/** Whether numbers are classes. @param {Column} column @param {Word[]} words  numbers all @param {string[]} notes @returns {'classes' | 'regression'} */
function guessTask(column, words, notes) {
  const values = new Set(words.map(({ value }) => value));
  const different = column.hasMoreWords ? Infinity : values.size;
  const { name, isWhole, numbers } = column;
  if (namesClasses(name)) {
    if (different <= (isWhole ? CLASSES_MAX : WHOLE_CLASSES_MAX)) return 'classes';
  } else if (different <= 2) return 'classes';
  else if (isWhole && different <= WHOLE_CLASSES_MAX && (different <= 3 || numbers >= 2 * different)) {
    notes.push(`The ${different} different numbers of ${quoted(name)} are taken for classes.`);
    return 'classes';
  }
  const deviation = `in units of its standard deviation`;
  notes.push(`The target ${quoted(name)} is continuous: regression by squared error, ${deviation}.`);
  return 'regression';
}

/** @param {Column} column @param {Word[]} words @param {string} fileName @param {Word} [firstText] */
function checkClasses(column, words, fileName, firstText) {
  if (!column.hasMoreWords) return;
  if (firstText && column.texts <= FEW * column.filled) throw notANumber(fileName, column, firstText);
  throw tooMany(column, `more than ${count(words.length - 1)}`, fileName);
}

/** @param {Column} column @param {string} amount @param {string} fileName */
function tooMany({ name }, amount, fileName) {
  return tableError(
    fileName,
    `has ${amount} different values in its class column ${quoted(name)}; at most ${CLASSES_MAX} are possible`,
  );
}

/**
 * Words that are spelled differently and mean the same: equal numbers, and texts that differ in case, blanks or a last
 * point only.
 *
 * @param {Word[]} words
 * @param {string[]} notes
 * @returns {Word[][]}
 */
function groupWords(words, notes) {
  /** @type {Map<string, Word[]>} */
  const groups = new Map();
  for (const word of words) {
    const key = Number.isNaN(word.value) ? foldClass(word.text) : `${word.value}`;
    groups.set(key, [...(groups.get(key) ?? []), word]);
  }
  const several = [...groups.values()].filter((group) => group.length > 1);
  if (several.length > 0) {
    notes.push(
      `Spelled differently, but one class: ${someOf(several.map((group) => group.map(({ text }) => text).join(' = ')))}.`,
    );
  }
  const letters = words.filter(({ text }) => text.length === 1).map(({ text }) => text);
  const alike = letters.filter((text) => text !== text.toLowerCase() && letters.includes(text.toLowerCase()));
  if (alike.length > 0) notes.push(`Letters in both cases are two classes each: ${someOf(alike)}.`);
  return [...groups.values()];
}

/** @param {string} text */
function foldClass(text) {
  const even = text.replace(/[\s\u00a0]+/g, ' ').trim();
  return even.length > 1 ? even.replace(/\.+$/, '').toLowerCase() : even;
}

/** A class is called as it is spelled most often. @param {Word[]} group */
function nameGroup(group) {
  return group.reduce((best, word) => (word.count > best.count ? word : best)).text;
}

/** In numeric order where all are numbers, else in text order. @param {Word[][]} groups */
function orderClasses(groups) {
  const isNumeric = groups.every(([{ value }]) => !Number.isNaN(value));
  if (isNumeric) return groups.sort(([a], [b]) => a.value - b.value);
  return groups.sort((a, b) => (nameGroup(a) < nameGroup(b) ? -1 : 1));
}

/** @param {Target} target @param {string} name @param {number} left @param {number} all */
export function sayMissing({ task, missing }, name, left, all) {
  const words = missing.length > 0 ? `, such as ${list(missing.slice(0, 3).map(quoted))}` : '';
  const what = task === 'classes' ? 'no class' : 'no number';
  return `${count(left)} of ${plural(all, 'row')} left out: ${what} in ${quoted(name)}${words}.`;
}
