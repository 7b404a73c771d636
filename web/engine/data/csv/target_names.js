/** What the column that is to be learned is usually called. */

/** In the order in which they are believed. */
const NAMES = ['label', 'class', 'target', 'species', 'y'];

/** Those that are also a coordinate's name, and believed at an end of the table only. */
const AT_ENDS = new Set(['y']);

/** @param {string} text */
function fold(text) {
  return text.trim().toLowerCase();
}

/** @param {string} name */
export function isTargetName(name) {
  return NAMES.includes(fold(name));
}

/**
 * The columns that are called like targets, the most likely first.
 *
 * @param {string[]} names
 * @param {number[]} columns  that there are values in
 */
export function listTargets(names, columns) {
  const ends = new Set([columns[0], columns[columns.length - 1]]);
  return NAMES.flatMap((wanted) => {
    const found = columns.filter((i) => fold(names[i]) === wanted && (ends.has(i) || !AT_ENDS.has(wanted)));
    return [...found.filter((i) => ends.has(i)), ...found.filter((i) => !ends.has(i))];
  });
}

/** The column that is called like a target. @param {string[]} names @param {number[]} columns  that there are values in @returns {number | null} */
export function findTarget(names, columns) {
  return listTargets(names, columns)[0] ?? null;
}

/** Whether a name says that what stands below are classes, be they numbers. @param {string} name */
export function namesClasses(name) {
  return ['label', 'class', 'species'].includes(fold(name));
}
