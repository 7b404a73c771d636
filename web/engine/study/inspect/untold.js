/** What cannot be told of a run's stability, because of how its log was written: however calm it looks. */

import { SCHEMA } from '../../config/schema.js';
import { count, number } from '../../words/numbers.js';
import { list, plural } from '../../words/sentences.js';
import { hasGaps } from './odd_values.js';

/**
 * @typedef {import('./findings.js').Findings} Findings
 * @typedef {import('../../config/log_verdicts.js').Untold} Untold
 */

/** Rows further apart than so many steps hide what happens in the first. */
const COARSE = SCHEMA.definitions.early_spike_steps;

/** Fewer rows show a trend and nothing else. */
const ROWS_FEW = 10;

/** A log that reaches so much of the planned run has nearly all of it. */
const WHOLE = 0.98;

/** A hole is so many times as wide as what is usual around it, and so much of the log. */
const HOLE = 10;
const HOLE_SHARE = 0.02;
const HOLE_ROWS = 5;
const HOLES_NAMED = 3;

/** What to log instead. */
const EVERY_STEP = 'log the loss of every step, at least of the first thousand';

/**
 * @param {Findings} found
 * @returns {{ untold: Untold[], notes: string[] }}
 */
export function findUntold({ run, figures, interval, isSummary, losses, loss }) {
  if (!losses || !loss || figures.verdict === null) return { untold: [], notes: [] };
  const rows = losses.step.length;
  const isCounted = run.unit === 'step' && !isSummary;
  const isCoarse = !isCounted || interval > COARSE;
  /** @type {Set<Untold>} */
  const untold = new Set();
  const notes = [];
  if (rows < ROWS_FEW) notes.push(`${plural(rows, 'row')} are few: little can be told from them.`);
  if (run.isCutAtHead) {
    untold.add('start');
    notes.push(
      `The log begins at ${run.unit} ${count(losses.step[0])}: warmup, the loss at initialization and early instability cannot be told from it.`,
    );
  }
  if (run.blank) {
    untold.add('rest');
    notes.push(sayBlank(run, run.blank, losses.step[rows - 1]));
  }
  if (hasGaps(run, losses)) untold.add('gaps');
  if (run.gaps.some(({ role, isAtHead }) => isAtHead && losses === run.series[role])) untold.add('start');
  const holes = findHoles(losses.step, [
    ...Object.values(run.series).map(({ step }) => step),
    ...[...run.gaps, ...run.odd].map(({ steps }) => steps),
  ]);
  if (holes.length > 0) {
    untold.add('holes');
    const places = holes.slice(0, HOLES_NAMED).map(([from, to]) => `${count(from)} and ${count(to)}`);
    const more = holes.length > HOLES_NAMED ? `, and in ${plural(holes.length - HOLES_NAMED, 'more place')}` : '';
    notes.push(`No row stands between ${run.unit} ${list(places)}${more}: what happened there is not known.`);
  }
  if (isCoarse || rows < ROWS_FEW) untold.add('start');
  if (!isCounted || interval > 1) untold.add('short');
  if (isCoarse) {
    const every = isCounted ? `every ${count(interval)} steps` : `for each ${run.unit}`;
    notes.push(
      run.areSamples
        ? `A loss every ${count(interval)} samples: how many steps that is the log does not say, and an early spike lasts a few: ${EVERY_STEP}.`
        : `A loss ${every} is too coarse to show an early spike, which lasts a few steps: ${EVERY_STEP}.`,
    );
  } else if (interval > 1) {
    notes.push(
      `A loss every ${count(interval)} steps: a spike of one step in between would not show, nor its true height.`,
    );
  }
  if (loss.isNoisy && !isSummary) {
    untold.add('noise');
    notes.push(
      rows < ROWS_FEW
        ? 'Of so few rows it is not known by how much they differ anyhow: a rise counts only where it is far above the first loss, and lasts.'
        : `The loss differs much from row to row: a rise to less than ${number(loss.leastRise, { digits: 2 })} times its lowest does not stand out of that. Log the loss of the same samples each time, or a mean of several steps, beside it.`,
    );
  } else if (figures.verdict === 'stable' && loss.isJudged && loss.leastRise > 1) {
    notes.push(
      `What would have been told: a rise of the loss to ${number(loss.leastRise, { digits: 2 })} times its lowest, that lasts.`,
    );
  }
  if (loss.isSmooth && isCounted) {
    untold.add('height');
    notes.push(
      'From row to row the loss moves more evenly than that of single batches does: it may be smoothed, a running mean, or of all data. Smoothing flattens a short spike and delays it: log the loss as it is.',
    );
  }
  const { planned, steps, diverged_at } = figures;
  if (planned !== null && steps < WHOLE * planned && diverged_at === null) untold.add('rest');
  return { untold: [...untold], notes };
}

/**
 * @param {import('../../logs/settle.js').LogRun} run @param {import('../../logs/cells/gaps.js').Blank} blank
 * @param {number} last  step of a loss
 */
function sayBlank({ unit, source }, { rows, beside, isEmpty }, last) {
  const goesOn = `while "${beside}" goes on`;
  if (source === 'text')
    return `The loss ends at ${unit} ${count(last)}, ${goesOn} for ${plural(rows, 'row')}: what became of it is not known, and the run may have diverged there.`;
  const cause = isEmpty ? 'pandas and JSON write NaN as nothing, so ' : '';
  return `After ${unit} ${count(last)} the loss is ${isEmpty ? 'empty' : 'no number'} in ${plural(rows, 'row')}, ${goesOn}: ${cause}the run may have diverged there.`;
}

/**
 * Where rows are missing in the middle of a log: from and to.
 *
 * @param {Float64Array} step  of the losses
 * @param {ArrayLike<number>[]} all  steps of rows that hold anything
 * @returns {[number, number][]}
 */
function findHoles(step, all) {
  const last = step.length - 1;
  const least = HOLE_SHARE * (step[last] - step[0]);
  /** @type {[number, number][]} */
  const holes = [];
  for (let i = 1; i <= last; i++) {
    const gap = step[i] - step[i - 1];
    if (gap < least || gap < HOLE) continue;
    const before = Math.max(0, i - 1 - HOLE_ROWS);
    const after = Math.min(last, i + HOLE_ROWS);
    // Logs may become coarser as they go on: then what follows is as wide.
    const usual = Math.max(
      (step[i - 1] - step[before]) / Math.max(1, i - 1 - before),
      (step[after] - step[i]) / Math.max(1, after - i),
    );
    if (gap < HOLE * usual) continue;
    const isEmpty = all.every((steps) => !Array.from(steps).some((at) => at > step[i - 1] && at < step[i]));
    if (isEmpty) holes.push([step[i - 1], step[i]]);
  }
  return holes;
}
