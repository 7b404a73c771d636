/** The best checkpoint beside the last one: whether training on has made it worse, or validations differ by as much anyhow. */

import { selectAt } from '../../logs/cells/select.js';
import { count, number, percent } from '../../words/numbers.js';
import { movesOf } from './levels.js';

/** @typedef {import('./findings.js').Findings} Findings */

/** Far enough above the best to say so. */
const WORSE_SHARE = 0.02;

/** A validation loss so many times its lowest is worse by more than chance, where no more is known. */
const CLEARLY = 1.05;

/** Validations from which on it is known by how much they differ, and those whose median is compared. */
const KNOWN = 12;
const MEDIAN_OF = 5;

/** What is further from the best than that is from the mean by chance, and so many deviations more, is no chance. */
const BEYOND = 3;

/** So it is with medians; and nearer than this they are the same. */
const MEDIANS_AWAY = 2;
const LEVELS = 0.025;

/** Whether the last validation is above the best by no more than validations differ by. @param {Findings} found */
function isChance({ figures: { best }, run: { series } }) {
  const values = series.val_loss?.value.filter((value) => value > 0 && Number.isFinite(value));
  if (!best || !values || values.length < KNOWN) return false;
  const at = values.indexOf(best.loss);
  const first = Math.max(0, Math.min(at - (MEDIAN_OF >> 1), values.length - MEDIAN_OF));
  const around = selectAt(values.slice(first, first + MEDIAN_OF), MEDIAN_OF >> 1);
  const end = selectAt(values.slice(-MEDIAN_OF), MEDIAN_OF >> 1);
  const { usual, deviation } = movesOf(values);
  const levels = Math.log(end / around);
  // The lowest of so many is that far below their mean.
  const away = (Math.sqrt(2 * Math.log(values.length)) + BEYOND) * deviation;
  return levels < Math.max(LEVELS, MEDIANS_AWAY * usual) && Math.log(best.last / best.loss) < away;
}

/** Whether validation ends clearly above its best. @param {Findings} found */
function isBehindBest(found) {
  const { best } = found.figures;
  return (
    best !== null &&
    found.run.series.val_loss !== undefined &&
    best.loss > 0 &&
    best.last > CLEARLY * best.loss &&
    !isChance(found)
  );
}

/** Whether training goes on falling after the best checkpoint, and validation rises. @param {Findings} found */
export function overfits(found) {
  const { figures, run, losses, loss } = found;
  if (!figures.best || !isBehindBest(found) || !run.series.loss || !losses || !loss) return false;
  const { step } = figures.best;
  const after = losses.step.findIndex((at) => at >= step);
  const [then, last] = [loss.smoothed[after], loss.smoothed[loss.smoothed.length - 1]];
  return after >= 0 && last < then;
}

/** @param {Findings} found @returns {string[]} */
export function noteCheckpoints(found) {
  const { best, planned, steps, unit, diverged_at } = found.figures;
  const notes = [];
  if (best && found.run.series.val_loss) {
    const worse = best.last / best.loss - 1;
    const of = `that of ${unit} ${count(best.step)}`;
    const told = `validation loss ${number(best.loss)}`;
    const chance = isChance(found) ? ', no more than validations differ by from one to the next' : '';
    // Of a last one that is no number something is said elsewhere.
    if (!Number.isFinite(best.last)) notes.push(`The best checkpoint is ${of} (${told}).`);
    else
      notes.push(
        worse > WORSE_SHARE && best.loss > 0
          ? `The best checkpoint is ${of} (${told}); the last is ${percent(worse)} above it (${number(best.last)})${chance}.`
          : `The best checkpoint is ${best.last === best.loss ? 'the last' : `${of}, and the last hardly worse`} (${told}).`,
      );
  }
  if (planned !== null && steps < 0.98 * planned && diverged_at === null)
    notes.push(
      `The log ends at ${count(steps)} of ${count(planned)} planned ${unit}s (${percent(steps / planned)}): the run was stopped, or goes on.`,
    );
  return notes;
}

/** @param {Findings} found @returns {string[]} */
export function adviseCheckpoint(found) {
  const { best, unit } = found.figures;
  if (!best || !isBehindBest(found)) return [];
  const keep = `Keep the checkpoint of ${unit} ${count(best.step)}`;
  return [
    overfits(found)
      ? `${keep}; what comes after it only fits the training data better. Fewer steps, or more regularization.`
      : `${keep}; on validation data what comes after it is worse.`,
  ];
}
