/**
 * Tables of trials: one row a trial, with settings and final metrics as columns. W&B's export of runs, optuna's frame of
 * trials, and the trials that `trainscope sweep --out` writes.
 */

import { describeValue, shorten } from '../config/names.js';
import { plural } from '../words/sentences.js';
import { isRecord, parseLoosely } from './loose_json.js';
import { classify } from './names.js';
import { linesOf } from './text_log.js';

/**
 * @typedef {object} SweepRow
 * @property {Record<string, number | string>} settings
 * @property {number | null} result  what is to be low; null where the trial gave none
 * @property {string} label
 * @property {boolean} failed
 * @property {boolean} [diverged]  as far as the table tells that from other failures
 * @property {number} [final]  the loss at the end, where that is not the result
 * @property {number} [baseline]  the loss of guessing, where the table says it
 *
 * @typedef {object} SweepFile
 * @property {string} name
 * @property {string} source
 * @property {SweepRow[]} rows
 * @property {string[]} axes  settings that differ between trials
 * @property {string | null} rate  the axis that is the learning rate
 * @property {string} metric  the name of the result
 * @property {string[]} notes
 */

/** Columns of W&B and of optuna that are of the trial itself. */
const ABOUT = new Set(
  'name,id,state,notes,user,tags,created,runtime,sweep,host,number,datetime_start,datetime_complete,duration,description,group,commit,hostname,end time,updated,job type,gpu count,gpu type,run_name,params,trial,trial_id'.split(
    ',',
  ),
);

/** @param {string} column */
function isAbout(column) {
  return column === '' || ABOUT.has(column.toLowerCase()) || /^_|^wandb|^system_attrs|^user_attrs/i.test(column);
}

/** States of trials that came to their end. */
const DONE = /^(complete|completed|finished|terminated|done|succeeded)$/i;

/**
 * @param {string} name
 * @param {import('./table.js').LogTable} table
 * @returns {SweepFile | null}
 */
export function readSweepTable(name, { names, rows, columns, words }) {
  const lower = names.map((each) => each.toLowerCase());
  const isOptuna =
    lower.includes('number') && lower.includes('value') && lower.some((each) => each.startsWith('params_'));
  const isWandb =
    lower[0] === 'name' && lower.includes('state') && (lower.includes('runtime') || lower.includes('created'));
  const isPlain =
    !names.some((each) => ['step', 'epoch'].includes(classify(each).kind ?? '')) && hasRates(columns, words);
  if (!isOptuna && !isWandb && !isPlain) return null;
  const metric = isOptuna ? 'value' : chooseMetric(columns);
  if (metric === null) return null;
  const cells = tabulate(names, rows, columns, words);
  const isResult = (/** @type {string} */ each) =>
    isOptuna ? !each.startsWith('params_') : isAbout(each) || isMeasured(each, names) || each === metric;
  const settings = names.filter((each) => !isResult(each) && !(isOptuna && each === 'value'));
  const axes = settings.filter((each) => new Set(cells.map((row) => row[each])).size > 1);
  const state = names.find((each) => each.toLowerCase() === 'state');
  const label = names.find((each) => ['name', 'number', 'trial', 'id'].includes(each.toLowerCase()));
  const trials = cells.map((row, i) => ({
    settings: Object.fromEntries(settings.filter((each) => row[each] !== undefined).map((each) => [each, row[each]])),
    result: typeof row[metric] === 'number' ? /** @type {number} */ (row[metric]) : null,
    label: String((label && row[label]) ?? i),
    failed: state !== undefined && row[state] !== undefined && !DONE.test(String(row[state])),
  }));
  /** @type {string[]} */
  const notes = [];
  const repeated = trials.length - new Set(trials.map((trial) => trial.label)).size;
  if (repeated > 0) notes.push('Names of trials repeat, as those of several seeds do.');
  const fixed = settings.filter((each) => !axes.includes(each) && classify(each.replace(/^params_/, '')).kind === 'lr');
  if (fixed.length > 0) notes.push(`"${fixed[0]}" is the same in all trials, so nothing is said of the best rate.`);
  const rate = axes.find((each) => classify(each.replace(/^params_/, '')).kind === 'lr') ?? null;
  notes.push(...noteCells(trials, { cells, metric, rate }));
  return {
    name,
    source: isOptuna ? 'optuna’s trials' : isWandb ? 'W&B’s table of runs' : 'table of trials',
    rows: trials,
    axes,
    rate,
    metric,
    notes,
  };
}

/**
 * On trials that ended and whose result, or rate, is no number.
 *
 * @param {SweepRow[]} trials
 * @param {{ cells: Record<string, number | string>[], metric: string, rate: string | null }} what
 */
function noteCells(trials, { cells, metric, rate }) {
  return [metric, rate].flatMap((column) => {
    if (column === null) return [];
    const odd = trials.flatMap(({ failed, label }, i) =>
      failed || typeof cells[i][column] === 'number' ? [] : [{ label, held: cells[i][column] }],
    );
    if (odd.length === 0) return [];
    const [{ label, held }] = odd;
    const first = `${odd.length > 1 ? 'the first time ' : ''}in ${label}${held === undefined ? '' : `: ${describeValue(held)}`}`;
    return [
      `"${shorten(column)}" is ${odd.every((each) => each.held === undefined) ? 'empty' : 'no number'} in ${plural(odd.length, 'trial')} that did not fail, ${first}.`,
    ];
  });
}

/** Whether a column is a measurement of the trial rather than a setting. @param {string} column @param {string[]} names */
function isMeasured(column, names) {
  const { kind } = classify(column);
  if (kind === 'lr') {
    // What was logged at the end beside the setting.
    return column === 'lr' && names.includes('learning_rate');
  }
  if (kind === 'step') return !/^(max|warmup|total)/.test(column);
  return kind !== null;
}

/**
 * A rate that differs between rows and does not run along, as that of a schedule does, up once and down once.
 *
 * @param {import('./columns.js').Column[]} columns @param {Map<string, unknown>} words
 */
function hasRates(columns, words) {
  const rate = columns.find((column) => classify(column.name.replace(/^(params_|config[./])/, '')).kind === 'lr');
  if (!rate || rate.value.length < 2 || !columns.some((column) => classify(column.name).kind === 'loss')) return false;
  if (new Set(rate.value).size < 2) return false;
  let turns = 0;
  let before = 0;
  for (let i = 1; i < rate.value.length; i++) {
    const way = Math.sign(rate.value[i] - rate.value[i - 1]);
    if (way !== 0 && way !== before) turns++;
    if (way !== 0) before = way;
  }
  return turns > 2 || words.size > 0 || columns.some(({ name }) => /(^|[._/])seed$/i.test(name));
}

/** The validation loss before any other loss. @param {import('./columns.js').Column[]} columns */
function chooseMetric(columns) {
  const losses = columns
    .map(({ name }) => ({ name, ...classify(name) }))
    .filter(({ kind }) => kind === 'loss')
    .sort((a, b) => Number(b.split === 'val') - Number(a.split === 'val') || a.rank - b.rank);
  return losses[0]?.name ?? null;
}

/**
 * @param {string[]} names @param {number} rows @param {import('./columns.js').Column[]} columns
 * @param {Map<string, { at: number[], text: string[] }>} words
 */
function tabulate(names, rows, columns, words) {
  /** @type {Record<string, number | string>[]} */
  const cells = Array.from({ length: rows }, () => ({}));
  for (const { name, at, value } of columns) for (const [i, row] of at.entries()) cells[row][name] = value[i];
  for (const name of names) {
    const { at = [], text = [] } = words.get(name) ?? {};
    for (const [i, row] of at.entries()) cells[row][name] = text[i];
  }
  return cells;
}

/** How a line of our own trials begins. */
export const TRIAL_BEGINS = /^\{"type":"trial","key":/;

/** The trials of `trainscope sweep --out`. @param {string} name @param {Uint8Array} bytes @returns {SweepFile | null} */
export function readOwnSweep(name, bytes) {
  /** @type {SweepRow[]} */
  const rows = [];
  for (const line of linesOf(bytes)) {
    const trial = parseLoosely(line);
    if (!isRecord(trial) || trial.type !== 'trial' || !isRecord(trial.changes)) continue;
    const best = isRecord(trial.best) ? Number(trial.best.loss) : Number.NaN;
    rows.push({
      settings: /** @type {SweepRow['settings']} */ (trial.changes),
      result: Number.isFinite(best) ? best : null,
      label: Object.entries(trial.changes)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      failed: trial.infeasible === true || trial.diverged === true,
      diverged: trial.diverged === true,
      final: isRecord(trial.val) ? Number(trial.val.loss) : undefined,
      baseline: typeof trial.baseline_loss === 'number' ? trial.baseline_loss : undefined,
    });
  }
  if (rows.length === 0) return null;
  const settings = [...new Set(rows.flatMap((row) => Object.keys(row.settings)))];
  const axes = settings.filter((each) => new Set(rows.map((row) => row.settings[each])).size > 1);
  return {
    name,
    source: 'trials of trainscope sweep',
    rows,
    axes,
    rate: axes.includes('lr') ? 'lr' : null,
    metric: 'best validation loss',
    notes: [],
  };
}
