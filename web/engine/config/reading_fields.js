/**
 * The table of how a table of data is read, where its own words leave a choice: options of the command line, controls
 * beside dropped files, and parts of a link. They say what the data are, not how it is trained on, so they are no
 * settings of a run.
 */

/**
 * @typedef {'classes' | 'regression'} Task
 *
 * @typedef {object} Reading  null and empty: what the file itself suggests
 * @property {string | null} target  the column to be predicted
 * @property {Task | null} task
 * @property {string[]} ignore  columns to be left out; each may name several, with commas between them
 * @property {boolean} [transpose]  images are stored with rows and columns exchanged
 *
 * @typedef {object} ReadingField
 * @property {'text' | 'word' | 'columns' | 'flag'} kind  columns: several texts
 * @property {keyof Reading} name
 * @property {string} [placeholder]  what stands for the value in the help
 * @property {string[]} [words]  of a choice
 * @property {string} label
 * @property {string} help
 */

/** @type {ReadingField[]} */
export const READING_FIELDS = [
  {
    kind: 'text',
    name: 'target',
    placeholder: 'COLUMN',
    label: 'Target',
    help: 'The column of a table that is learned; the one called label, class, target, species or y, or else the last, when left out',
  },
  {
    kind: 'word',
    name: 'task',
    placeholder: 'classes|regression',
    words: ['classes', 'regression'],
    label: 'Task',
    help: 'Whether the values of the target are classes, or numbers to be met by squared error; decided by the values when left out',
  },
  {
    kind: 'columns',
    name: 'ignore',
    placeholder: 'COLUMN…',
    label: 'Ignore',
    help: 'Columns of a table to leave out',
  },
  {
    kind: 'flag',
    name: 'transpose',
    label: 'Transposed images',
    help: 'Exchange rows and columns of each image: EMNIST stores its images that way',
  },
];

/** How data is read where nothing was asked for. @returns {Reading} */
export function defaultReading() {
  return { target: null, task: null, ignore: [], transpose: false };
}

/** What was asked for, of an object that may hold more. @param {Partial<Reading>} given @returns {Reading} */
export function readingOf({ target, task, ignore, transpose }) {
  return { target: target ?? null, task: task ?? null, ignore: ignore ?? [], transpose: transpose ?? false };
}
