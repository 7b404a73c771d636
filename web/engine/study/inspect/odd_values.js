/**
 * What in a log's series is no value of its kind: losses, rates and norms that are no finite numbers and are followed by
 * finite ones, rates and norms below 0, cells that hold something else than a number, and rows that hold nothing.
 */

import { isBadVerdict } from '../../config/log_verdicts.js';
import { shorten } from '../../config/names.js';
import { count, number } from '../../words/numbers.js';
import { agree, list, plural } from '../../words/sentences.js';

/** @typedef {import('./findings.js').Findings} Findings @typedef {import('../../logs/settle.js').Series} Series */

/** Of steps that are named. */
const NAMED_MAX = 6;

/** NaN that takes as many rows as numbers do, in so many places, stands for what was not logged. */
const SPARSE_PLACES = 3;

/** What each role is called in a sentence. @type {Record<import('../../logs/roles.js').Role, string>} */
const CALLED = {
  loss: 'loss',
  val_loss: 'validation loss',
  lr: 'rate',
  grad_norm: 'norm',
  reward: 'reward',
};

/** What a number is that is not finite, as programs write it. @param {number} value */
function nameValue(value) {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'infinite' : 'minus infinite';
}

/** "a, b or c". @param {string[]} parts */
function choice(parts) {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts[parts.length - 1]}`;
}

/** @typedef {{ what: string, rows: number[], isSparse: boolean, isToEnd: boolean }} NotFinite */

/**
 * Rows that are not finite, before a step.
 *
 * @param {Series} series @param {number | null} before  from where on it is told already
 * @returns {NotFinite | null}
 */
function findNotFinite({ step, value }, before) {
  /** @type {number[]} */
  const rows = [];
  let places = 0;
  for (let i = 0; i < value.length && !(before !== null && step[i] >= before); i++) {
    if (Number.isFinite(value[i])) continue;
    if (rows[rows.length - 1] !== i - 1) places++;
    rows.push(i);
  }
  if (rows.length === 0) return null;
  const what = [...new Set(rows.map((row) => nameValue(value[row])))];
  const isSparse = what.join() === 'NaN' && places >= SPARSE_PLACES && 2 * rows.length >= value.length;
  return { what: choice(what), rows, isSparse, isToEnd: rows[rows.length - 1] === value.length - 1 };
}

/** @param {Series} series @param {number[]} rows @param {string} unit */
function sayRows({ step }, rows, unit) {
  return saySteps(
    rows.map((row) => step[row]),
    step.length,
    unit,
  );
}

/** "at step 30", "at steps 30 and 31", "in 12 of 61 rows, from step 30 to 41". @param {number[]} steps @param {number} of @param {string} unit */
function saySteps(steps, of, unit) {
  if (steps.length <= NAMED_MAX) return `at ${agree(steps.length, unit, `${unit}s`)} ${list(steps.map(count))}`;
  const [first, last] = [steps[0], steps[steps.length - 1]];
  return `in ${count(steps.length)} of ${count(of)} rows, from ${unit} ${count(first)} to ${count(last)}`;
}

/** Rows that are below 0. @param {Series} series */
function rowsBelow({ value }) {
  /** @type {number[]} */
  const rows = [];
  for (let row = 0; row < value.length; row++) if (value[row] < 0) rows.push(row);
  return rows;
}

/** Whether losses that are judged lack some rows. @param {import('../../logs/settle.js').LogRun} run @param {Series} losses */
export function hasGaps({ series, blank, odd, gaps }, losses) {
  const { length } = losses.value;
  let end = length;
  while (end > 0 && !Number.isFinite(losses.value[end - 1])) end--;
  const role = series.loss ? 'loss' : 'val_loss';
  return (
    losses.value.subarray(0, end).some((value) => !Number.isFinite(value)) ||
    gaps.some((each) => each.role === role) ||
    (!blank && odd.some((each) => each.role === role))
  );
}

/** Losses that are no finite numbers, and are not told elsewhere. @param {Findings} found */
function oddLosses({ run: { series }, figures }) {
  return /** @type {const} */ (['loss', 'val_loss']).flatMap((role) => {
    const of = series[role];
    const found = of ? findNotFinite(of, figures.diverged_at) : null;
    return of && found ? [{ role, of, ...found }] : [];
  });
}

/** @param {Findings} found @returns {string[]} */
export function noteOdd(found) {
  const { run, figures } = found;
  const { series } = run;
  const { unit } = figures;
  const notes = oddLosses(found).map(({ role, of, what, rows, isSparse, isToEnd }) => {
    const told = `The ${CALLED[role]} is ${what} ${sayRows(of, rows, unit)}`;
    if (isSparse) return `${told}: presumably where none was logged.`;
    if (isToEnd) return `${told}, the last one among them.`;
    return role === 'loss'
      ? `${told}, and finite after that: a scaler of 16-bit training (PyTorch’s GradScaler) skips such steps, and then the weights took no harm. The log does not say whether it did.`
      : `${told}, and finite after that.`;
  });
  for (const role of /** @type {const} */ (['lr', 'reward'])) {
    const of = series[role];
    const odd = of ? findNotFinite(of, null) : null;
    if (of && odd)
      notes.push(
        `The ${CALLED[role]} is ${odd.what} ${sayRows(of, odd.rows, unit)}${odd.isSparse ? ': presumably where none was logged' : ''}.`,
      );
  }
  const { lr, grad_norm } = series;
  const negative = lr ? rowsBelow(lr) : [];
  if (lr && negative.length > 0) {
    const least = negative.reduce((low, row) => Math.min(low, lr.value[row]), 0);
    notes.push(
      `The rate is below 0 ${sayRows(lr, negative, unit)}, and ${number(least)} at its lowest: a step of such a rate climbs the loss, and no schedule goes there.`,
    );
  }
  const impossible = grad_norm ? rowsBelow(grad_norm) : [];
  if (grad_norm && impossible.length > 0)
    notes.push(
      `The norm is below 0 ${sayRows(grad_norm, impossible, unit)}, which no norm is: ${agree(impossible.length, 'it was', 'these were')} left aside.`,
    );
  return [...notes, ...noteGaps(found), ...noteCells(run)];
}

/** @param {Findings} found @returns {string[]} */
function noteGaps({ run, figures: { unit } }) {
  return run.gaps.map(({ role, beside, steps, of, isToEnd }) => {
    const told = `The ${CALLED[role]} is missing ${saySteps(steps, of, unit)}${isToEnd ? ', the last one among them' : ''}`;
    if (beside === null) return `${told}.`;
    const cause = role === 'lr' ? '' : ': pandas and JSON write NaN as nothing, so it may have been NaN there';
    return `${told}, where "${shorten(beside)}" stands${cause}.`;
  });
}

/** @param {import('../../logs/settle.js').LogRun} run @returns {string[]} */
function noteCells({ odd }) {
  return odd.map(({ name, rows, first, at, isAll }) => {
    const where = rows === 1 ? at : `the first ${at}`;
    return `"${shorten(name)}" holds ${isAll ? 'no number at all, and something else' : 'what is no number'} in ${plural(rows, 'row')}, ${where}${first === null ? '' : `: ${first}`}.`;
  });
}

/** What is to be found out before anything is tried. @param {Findings} found @returns {string[]} */
export function adviseOdd(found) {
  const { run, figures } = found;
  const { lr, loss } = run.series;
  const { unit } = figures;
  const advice = [];
  const negative = lr ? rowsBelow(lr) : [];
  if (lr && negative.length > 0) {
    const isFallen = lr.value[0] > 0 && lr.value[lr.value.length - 1] < 0;
    const cause = isFallen ? ' So ends a schedule that goes on behind its last step: keep it at 0 or above.' : '';
    advice.push(
      `Keep the rate from going below 0, ${sayRows(lr, negative, unit)}: there each step climbs the loss.${cause}`,
    );
  }
  // What is unstable is not to have a higher rate anyhow.
  if (figures.verdict === null || isBadVerdict(figures)) return advice;
  for (const { role, of, what, rows, isSparse } of oddLosses(found)) {
    if (isSparse) continue;
    advice.push(
      `Find out why the ${CALLED[role]} is ${what} ${sayRows(of, rows, unit)}, before a higher rate is tried: ${role === 'loss' ? 'where no scaler skipped such steps, they may be the first sign of a rate that is too high, or of broken data.' : 'the network may be broken, or the data that it is measured on.'}`,
    );
  }
  const judged = loss ? 'loss' : 'val_loss';
  const gap = run.gaps.find(({ role }) => role === judged);
  if (gap)
    advice.push(
      `Find out what the ${CALLED[judged]} is where it is missing (${plural(gap.steps.length, 'row')}), before a higher rate is tried.`,
    );
  const cells = run.odd.find(({ role, isAll }) => !isAll && role === judged);
  if (cells && !run.blank)
    advice.push(
      `Find out what the loss is where "${shorten(cells.name)}" holds no number (${plural(cells.rows, 'row')}), before a higher rate is tried.`,
    );
  return advice;
}
