/**
 * Where values stand at either end of a log, and how they get from row to row: whether a loss falls, rises again or stands
 * still, and steps overshoot.
 */

import { valueAt } from '../../logs/cells/rows.js';
import { selectAt } from '../../logs/cells/select.js';

/** @typedef {import('../../logs/settle.js').Series} Series */

/** Of fewer rows nothing is said; of more, a share at either end is compared. */
const ROWS = 20;
const SHARE = 0.1;

/** What is lost in a training that works is more than this. */
const FALLEN = 0.98;

/** What rises again is this much above its lowest, by a share of the whole fall, and by so many deviations of a median. */
const CLIMBED = 1.2;
const CLIMBED_OF_FALL = 0.05;
const CLIMBED_NOISE = 5;

/** A rate that is so many times as high takes the loss with it, as where a schedule restarts. */
export const RATE_UP = 1.5;

/** The median of a normal noise's absolute differences, and a median's deviation by that of a mean. */
const OF_DIFFERENCE = 0.954;
const OF_MEDIAN = 1.2533;

/** What stands still does so to the end, in so many rows and in this share of all. */
const STILL_ROWS = 20;
const STILL_SHARE = 0.05;

/** Independent values turn at two rows of three; of so many rows, this share is no chance. */
const TURNS_ROWS = 200;
const TURNS = 0.85;

/**
 * How far values are from one to the next, in logarithms: the median, and the deviation of a normal noise that has it.
 *
 * @param {Float64Array} values  above 0
 */
export function movesOf(values) {
  const moves = values.subarray(1).map((value, i) => Math.abs(Math.log(value / values[i])));
  const usual = selectAt(moves, moves.length >> 1);
  return { usual, deviation: usual / OF_DIFFERENCE };
}

/** Medians of so many values each, from the first on, and of the last ones. @param {Float64Array} all */
function mediansOf(all) {
  const values = all.filter((value) => Number.isFinite(value));
  if (values.length < ROWS) return null;
  const part = Math.max(5, Math.floor(SHARE * values.length));
  const medians = [];
  for (let at = 0; at + part <= values.length; at += part)
    medians.push(selectAt(values.slice(at, at + part), part >> 1));
  return { first: medians[0], last: selectAt(values.slice(-part), part >> 1), medians, part };
}

/** Medians of the first and the last rows. @param {Float64Array} values */
export function endsOf(values) {
  const found = mediansOf(values);
  return found && { first: found.first, last: found.last };
}

/** Where a loss stands throughout that does not fall. @param {Float64Array} losses */
export function findLevel(losses) {
  const found = mediansOf(losses);
  if (!found) return null;
  const { first, last, medians } = found;
  return Math.min(...medians, last) < FALLEN * first ? null : { first, last };
}

/**
 * Where a loss is lowest that rises again, slowly enough to be no instability; a rate that restarts is reason enough.
 *
 * @param {Series} losses @param {Series | undefined} rates
 */
export function findClimb({ step, value }, rates) {
  const found = mediansOf(value);
  if (!found || !value.every((loss) => loss > 0 && Number.isFinite(loss))) return null;
  const { first, last, medians, part } = found;
  const lowest = Math.min(...medians);
  const rise = Math.log(last / lowest);
  if (rise < Math.log(CLIMBED) || last - lowest < CLIMBED_OF_FALL * (first - lowest)) return null;
  const noise = movesOf(value).deviation * (OF_MEDIAN / Math.sqrt(part));
  if (rise < CLIMBED_NOISE * noise) return null;
  const at = step[medians.indexOf(lowest) * part + (part >> 1)];
  if (rates && valueAt(rates, step[step.length - 1 - (part >> 1)]) > RATE_UP * valueAt(rates, at)) return null;
  return { lowest, at, last };
}

/** From where on a series is one number to its end. @param {Series | undefined} series */
export function findStill(series) {
  if (!series) return null;
  const { step, value } = series;
  const last = value[value.length - 1];
  let from = value.length - 1;
  while (from > 0 && value[from - 1] === last) from--;
  const rows = value.length - from;
  return rows >= STILL_ROWS && rows >= STILL_SHARE * value.length ? { from: step[from], rows, value: last } : null;
}

/** In which share of the rows of its second half a loss turns, where that is more often than chance has it. @param {Float64Array} losses */
export function findTurns(losses) {
  let [turns, moves, before] = [0, 0, 0];
  for (let i = Math.max(1, losses.length >> 1); i < losses.length; i++) {
    const way = Math.sign(losses[i] - losses[i - 1]);
    if (!way) continue;
    if (before) {
      moves++;
      turns += Number(way !== before);
    }
    before = way;
  }
  return moves >= TURNS_ROWS && turns > TURNS * moves ? turns / moves : null;
}
