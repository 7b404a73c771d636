/**
 * What came of a lesson, to hold a prediction against: measured on the runs and range tests that there have been since it
 * began, or on the lesson's own experiment. Nothing is known before something has shown it.
 *
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../engine/study/gallery/entry.js').Choice} Choice
 * @typedef {import('../../engine/study/gallery/entry.js').CellTrial} CellTrial
 * @typedef {import('../../engine/study/gallery/entry.js').Prediction} Prediction
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('../../engine/study/range_result.js').RangeResult} RangeResult
 * @typedef {{ runs: Run[], tests: RangeResult[], trials: (cell: string) => CellTrial[] }} Shown
 *   since the lesson began, in their order; trials: of the lesson's experiment, where it was run to its end
 * @typedef {string | number | null} Outcome  a word, a cell's id, or a number; null while it is not known
 */
import { FATES, fateOf } from '../../engine/config/fate.js';
import { number, percent } from '../../engine/words/numbers.js';
import { endOf } from '../events/learning.js';
import { scoresOf } from '../shared/scores.js';
import { cellOf, isTest, isTraining } from './deeds.js';

/** Batch losses whose mean is what a training ended with. */
const LAST_STEPS = 50;

/** The steps in which a loss may peak before anybody looks. */
const FIRST_STEPS = 10;

/** The newest whole training of a cell. @param {Entry} lesson @param {Shown} shown @param {string} cell @returns {Run | null} */
function runOf(lesson, { runs }, cell) {
  return runs.findLast((run) => isTraining(lesson, { deed: 'trained', cell }, run)) ?? null;
}

/** @param {Run} run */
function lastLoss({ series, status }) {
  if (status === 'diverged') return Number.POSITIVE_INFINITY;
  const { endStep, firstStep } = series.loss;
  const from = Math.max(firstStep, endStep - LAST_STEPS);
  let sum = 0;
  for (let step = from; step < endStep; step++) sum += series.loss.at(step) ?? Number.NaN;
  return sum / (endStep - from);
}

/** What a training ended with. @type {Record<NonNullable<Prediction['of']>, { words: string, say: (value: number) => string, run: (run: Run) => number, trial: (trial: CellTrial) => number }>} */
const ENDS = {
  loss: {
    words: 'training loss, mean of the last 50 steps',
    say: number,
    run: lastLoss,
    trial: ({ diverged, train }) => (diverged ? Number.POSITIVE_INFINITY : train.last50),
  },
  valLoss: {
    words: 'validation loss at the end',
    say: number,
    run: ({ status, evaluations }) =>
      status === 'diverged' ? Number.POSITIVE_INFINITY : (scoresOf(evaluations).lastLoss ?? Number.NaN),
    trial: ({ diverged, val }) => (diverged ? Number.POSITIVE_INFINITY : (val?.loss ?? Number.NaN)),
  },
  accuracy: {
    words: 'validation accuracy at the end',
    say: (share) => percent(share, 1),
    run: ({ status, evaluations }) => (status === 'diverged' ? 0 : (scoresOf(evaluations).lastAccuracy ?? Number.NaN)),
    trial: ({ diverged, val }) => (diverged ? 0 : (val?.accuracy ?? Number.NaN)),
  },
};

/** What a cell's training ended with: the newest run of it, or the mean over the experiment's seeds; null while there is neither.
 * @param {Entry} lesson @param {Shown} shown @param {string} cell */
function endOfCell(lesson, shown, cell) {
  const end = ENDS[lesson.predict.of ?? 'loss'];
  const run = runOf(lesson, shown, cell);
  if (run) return end.run(run);
  const trials = shown.trials(cell);
  return trials.length > 0 ? trials.reduce((sum, trial) => sum + end.trial(trial), 0) / trials.length : null;
}

/** The ends of some cells, by cell, where all are known. @param {Entry} lesson @param {Shown} shown @param {string[]} cells */
function endsOf(lesson, shown, cells) {
  const ends = cells.map((cell) => ({ cell, end: endOfCell(lesson, shown, cell) }));
  return ends.every(({ end }) => end !== null) ? /** @type {{ cell: string, end: number }[]} */ (ends) : null;
}

/** @param {Prediction} predict  the cells that may be chosen, or the two that are compared */
const cellsOf = ({ cells, choices }) => cells ?? choices.flatMap(({ cell }) => cell ?? []);

/** The cell with the best end, where all choices are known. @param {Entry} lesson @param {Shown} shown @param {1 | -1} sign */
function extreme(lesson, shown, sign) {
  const ends = endsOf(lesson, shown, cellsOf(lesson.predict));
  return ends?.reduce((best, other) => (sign * other.end < sign * best.end ? other : best)).cell ?? null;
}

/** The first cell's own training. @param {Entry} lesson @param {Shown} shown */
const firstOf = (lesson, shown) => runOf(lesson, shown, lesson.cells[0].id);

/** The test that decides. @param {Entry} lesson @param {Shown} shown */
const testOf = (lesson, { tests }) =>
  tests.findLast((test) =>
    isTest(lesson, { deed: 'tested', with: lesson.predict.with, seeds: lesson.predict.seeds }, test),
  ) ?? null;

/** @param {RangeResult} test  the rates of steepest descent, a seed each, unchecked where a check refuses them */
const ratesOf = ({ seeds }) => seeds.flatMap(({ read }) => read.steepest ?? []);

/**
 * What is measured, and how it is said.
 * @type {Record<Prediction['measure'], { of: (lesson: Entry, shown: Shown) => Outcome,
 *   say: (outcome: Outcome, lesson: Entry, shown: Shown) => string }>}
 */
export const MEASURES = {
  fate: {
    of: (lesson, shown) => {
      const run = firstOf(lesson, shown);
      if (run?.summary) return fateOf(endOf(run, run.summary));
      const [trial] = shown.trials(lesson.cells[0].id);
      return trial ? fateOf(trial) : null;
    },
    say: (fate) => `the training ${FATES[/** @type {keyof typeof FATES} */ (fate)].one}`,
  },
  peak: {
    of: (lesson, shown) => {
      const run = firstOf(lesson, shown);
      const losses = run
        ? Array.from({ length: FIRST_STEPS }, (_, step) => Number(run.series.loss.at(step) ?? Number.NaN))
        : (shown.trials(lesson.cells[0].id)[0]?.curve?.loss.slice(0, FIRST_STEPS) ?? []);
      return losses.length > 0 ? Math.max(...losses) / losses[0] : null;
    },
    say: (peak) => `the highest of the first ten losses is ${number(Number(peak))} times the first`,
  },
  edge: {
    of: (lesson, shown) => {
      const run = firstOf(lesson, shown);
      if (run?.status === 'diverged') return Number.POSITIVE_INFINITY;
      const [trial] = shown.trials(lesson.cells[0].id);
      const values = run?.measured ?? trial?.sharpness ?? [];
      if (values.length === 0) return null;
      const last = values.slice(Math.floor((2 * values.length) / 3));
      const mean = last.reduce((sum, { value }) => sum + value, 0) / last.length;
      return Number((run ?? trial).config.lr) * mean;
    },
    say: (product) =>
      product === Number.POSITIVE_INFINITY
        ? 'the run diverged'
        : `over the last third of the run sharpness times η is ${number(Number(product))}, and 2 is the edge`,
  },
  lowest: { of: (lesson, shown) => extreme(lesson, shown, 1), say: sayEnds },
  highest: { of: (lesson, shown) => extreme(lesson, shown, -1), say: sayEnds },
  ratio: {
    of: (lesson, shown) => {
      const ends = endsOf(lesson, shown, cellsOf(lesson.predict));
      return ends && ends[0].end / ends[1].end;
    },
    say: sayEnds,
  },
  behind: {
    of: (lesson, shown) => {
      const ends = endsOf(lesson, shown, cellsOf(lesson.predict));
      return ends && ends[1].end - ends[0].end;
    },
    say: sayEnds,
  },
  steepest: {
    of: (lesson, shown) => {
      const test = testOf(lesson, shown);
      if (test) return test.read.steepest;
      const rates = shown.trials(lesson.cells[0].id).flatMap(({ range }) => range?.suggestion.steepest ?? []);
      return rates.length > 0 ? medianOf(rates) : null;
    },
    say: (rate) => `steepest descent reads off η ${number(Number(rate))}`,
  },
  spread: {
    of: (lesson, shown) => {
      const test = testOf(lesson, shown);
      const rates = test
        ? ratesOf(test)
        : shown.trials(lesson.cells[0].id).flatMap(({ range }) => range?.suggestion.steepest ?? []);
      return rates.length > 1 ? Math.max(...rates) / Math.min(...rates) : null;
    },
    say: (factor) => `the largest of the suggestions is ${number(Number(factor))} times the smallest`,
  },
};

/** @param {number[]} values */
const medianOf = (values) => [...values].sort((a, b) => a - b)[(values.length - 1) >> 1];

/** The ends that were compared, one by one. @param {Outcome} _ @param {Entry} lesson @param {Shown} shown */
function sayEnds(_, lesson, shown) {
  const { words, say } = ENDS[lesson.predict.of ?? 'loss'];
  const ends = endsOf(lesson, shown, cellsOf(lesson.predict)) ?? [];
  const all = ends.map(({ cell, end }) => {
    const { label } = cellOf(lesson, cell);
    return `${label}: ${Number.isFinite(end) ? say(end) : 'diverged'}`;
  });
  return `${words}; ${all.join('; ')}`;
}

/** What a lesson's prediction is held against. @param {Entry} lesson @param {Shown} shown @returns {Outcome} */
export function outcomeOf(lesson, shown) {
  return MEASURES[lesson.predict.measure].of(lesson, shown);
}

/** Whether an outcome is the one that a choice names. @param {Choice} choice @param {Exclude<Outcome, null>} outcome */
export function isRight({ from = -Infinity, to = Infinity, is, cell }, outcome) {
  if (is) return /** @type {string[]} */ (is).includes(String(outcome));
  if (cell !== undefined) return cell === outcome;
  // What left every bound is beyond the last number, too.
  return Number(outcome) >= from && (Number(outcome) < to || (to === Infinity && Number(outcome) === Infinity));
}

/** What was seen, as the rest of a sentence. @param {Entry} lesson @param {Shown} shown @param {Exclude<Outcome, null>} outcome */
export function sayOutcome(lesson, shown, outcome) {
  return MEASURES[lesson.predict.measure].say(outcome, lesson, shown);
}
