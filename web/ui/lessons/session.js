/**
 * A lesson that is under way beside the live view: the learner's prediction, which of its tasks are done, and whether what
 * was trained has shown its outcome, which is not told before.
 *
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../engine/study/gallery/entry.js').Done} Done
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('./outcomes.js').Shown} Shown
 */

import { changesBetween } from '../../engine/config/config_text.js';
import { FIELD_BY_NAME } from '../../engine/config/schema.js';
import { cellOf, isDone, settingsOf } from './deeds.js';
import { isRight, outcomeOf, sayOutcome } from './outcomes.js';
import { blankSketch, compareSketch, isWhole, sayComparison } from './sketch/sketch.js';

export { cellOf, isTraining, settingsOf } from './deeds.js';

/** A drawing reaches so many times as high as guessing costs. */
const REACH = 2;

export class LessonSession {
  /** The choice made, by its place. @type {number | null} */
  choice = null;
  /** What was drawn. @type {import('./sketch/sketch.js').Sketch} */
  sketch = blankSketch();
  /** Whether the learner asked for the outcome before it was shown. */
  peeked = false;

  #lab;
  #progress;
  #tests;
  #trials;
  #firstRun;
  #firstTest;
  /** What was looked at last, and what came of it. @type {{ mark: string, outcome: import('./outcomes.js').Outcome }} */
  #known = { mark: '', outcome: null };

  /**
   * @param {Entry} lesson
   * @param {object} parts
   * @param {number | null} parts.guess  the loss of guessing, where it is known
   * @param {Pick<import('../state/lab.js').Lab, 'runs'>} parts.lab
   * @param {import('./progress.js').Progress} parts.progress
   * @param {() => import('../../engine/study/range_result.js').RangeResult[]} parts.tests  all range tests of the page
   * @param {Shown['trials']} parts.trials  of the lesson's experiment, where it has ended
   */
  constructor(lesson, { lab, progress, guess, tests, trials }) {
    this.lesson = lesson;
    this.guess = guess;
    this.#lab = lab;
    this.#progress = progress;
    this.#tests = tests;
    this.#trials = trials;
    this.#firstRun = Math.max(0, ...lab.runs.list.map(({ id }) => id));
    this.#firstTest = tests().length;
  }

  /** The runs since it began. */
  get runs() {
    return this.#lab.runs.list.filter(({ id }) => id > this.#firstRun);
  }

  /** @returns {Shown} */
  get #shown() {
    return { runs: this.runs, tests: this.#tests().slice(this.#firstTest), trials: this.#trials };
  }

  /** Whether something was trained: what is said of it from now on is no prediction. */
  get hasBegun() {
    return this.#known.outcome !== null || this.runs.some(({ step, startStep }) => step > startStep);
  }

  /** What came of it; null while nothing has shown it. */
  get outcome() {
    return this.#known.outcome;
  }

  /** Whether its outcome may be told. */
  get isShown() {
    return this.outcome !== null || this.peeked;
  }

  /** Looks at what was done: ticks tasks off, and sees whether the outcome is known. */
  follow() {
    const { lesson } = this;
    const shown = this.#shown;
    const hasTrials = lesson.cells.some(({ id }) => shown.trials(id).length > 0);
    // A training that goes on decides nothing: only what has ended, or was changed by hand, is looked at again.
    const mark = JSON.stringify([
      hasTrials,
      shown.tests.length,
      shown.runs.map(({ id, status, changes }) => [id, status, changes.length]),
      shown.runs.map(({ inForce }) => [inForce.clip, inForce.clip_norm]),
    ]);
    if (mark === this.#known.mark && !shown.runs.some(({ status }) => status === 'running')) return;
    const doings = { runs: shown.runs, tests: shown.tests, experimented: hasTrials };
    const { ticked } = this.#progress.of(lesson.id);
    const news = deedsOf(lesson).filter(({ key, done }) => !ticked.includes(key) && isDone(lesson, done, doings));
    if (news.length > 0) this.#progress.keep(lesson.id, { ticked: [...ticked, ...news.map(({ key }) => key)] });
    const before = this.#known.outcome;
    this.#known = { mark, outcome: outcomeOf(lesson, shown) ?? before };
    if (this.outcome !== null && !this.#progress.of(lesson.id).seen) this.#progress.keep(lesson.id, { seen: true });
  }

  /** Whether a deed of a task was done, now or on another day. @param {number} task @param {number} deed */
  isTicked(task, deed) {
    return this.#progress.of(this.lesson.id).ticked.includes(keyOf(task, deed));
  }

  /** Whether the choice was right; null where none was made, or the outcome is not known. */
  get isRight() {
    if (this.choice === null || this.outcome === null) return null;
    return isRight(this.lesson.predict.choices[this.choice], this.outcome);
  }

  /** What was seen, as the rest of a sentence. */
  get outcomeInWords() {
    return this.outcome === null ? '' : sayOutcome(this.lesson, this.#shown, this.outcome);
  }

  /** The choice that was right; null where none is. */
  get rightChoice() {
    const { outcome } = this;
    if (outcome === null) return null;
    return this.lesson.predict.choices.find((choice) => isRight(choice, outcome)) ?? null;
  }

  // ---- the drawing -----------------------------------------------------------------------------------------------

  /** The upper end of what can be drawn. */
  get top() {
    return REACH * (this.guess ?? this.drawnRun?.summary?.baseline_loss ?? Number.NaN);
  }

  /** The run that was drawn: the first one. */
  get drawnRun() {
    return this.runs[0] ?? null;
  }

  get hasSketch() {
    return isWhole(this.sketch);
  }

  /** How far the drawing is from the run, in sentences; none before the run has ended. @returns {string[]} */
  get comparison() {
    const run = this.drawnRun;
    const { sketch, top } = this;
    if (!run?.summary || (run.status !== 'complete' && run.status !== 'diverged') || !isWhole(sketch)) return [];
    const compared = compareSketch(sketch, run.series.smoothed_loss, {
      total: run.totalSteps - 1,
      last: run.series.smoothed_loss.endStep - 1,
      top,
    });
    if (!compared) return [];
    const divergedAt = run.status === 'diverged' ? run.summary.diverged_at : null;
    return sayComparison(compared, { guess: run.summary.baseline_loss, top, divergedAt });
  }
}

/** A lesson's deeds, each with the key that it is kept by. @param {Entry} lesson @returns {{ key: string, done: Done }[]} */
export function deedsOf(lesson) {
  return lesson.tasks.flatMap((task, i) => task.done.map((done, k) => ({ key: keyOf(i, k), done })));
}

/** @param {number} task @param {number} deed */
const keyOf = (task, deed) => `${task}.${deed}`;

/** The control that a deed is about: of what it has otherwise than the lesson's first cell, what the panel shows first. @param {Entry} lesson @param {Done} done */
export function controlOf(lesson, done) {
  const changed = changesBetween(settingsOf(lesson, {}), settingsOf(lesson, done));
  const names = [
    ...Object.keys(done.with ?? {}),
    ...Object.keys(cellOf(lesson, done.cell).config),
    ...Object.keys(changed),
  ];
  const inPanel = [...FIELD_BY_NAME.keys()].filter((name) => names.includes(name) && name !== 'steps');
  return inPanel.find((name) => done.with && name in done.with) ?? inPanel.find((name) => name in changed) ?? 'lr';
}
