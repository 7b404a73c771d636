/**
 * A run in time: steps, evaluations and sharpness measurements of one trainer, cut into slices so short that whoever
 * shares the thread stays in command. The same loop serves the Worker and the command line; it knows neither, and
 * takes its clock and its way of yielding as arguments.
 *
 *     const session = new Session(trainer, { now, yieldNow, observer: { rows: draw } });
 *     const { reason, train, val } = await session.run();
 *
 * Commands (pause, resume, step, adjust, stop) come between slices, so they act at once; a large batch is cut into
 * chunks, so a slice ends in time even inside a step. None of them changes what is computed: a run that was paused
 * ends in the same bits as one that was not.
 */

import { METRICS_BYTES } from '../core/record.js';
import { SCORED_SAMPLES } from '../data/draw.js';
import { ROWS_MAX } from './layout.js';

/**
 * @typedef {import('./trainer.js').Trainer} Trainer
 * @typedef {{ step: number, train_loss: number, val_loss: number | null, val_accuracy: number | null }} Evaluation
 *   step: steps taken; train_loss: smoothed batch loss; the others null without validation data
 * @typedef {{ step: number, value: number, limit: number }} Sharpness  largest eigenvalue of the (preconditioned)
 *   Hessian after `step` steps; training is at the edge of stability where value · η is the limit, NaN where the rule
 *   has none
 * @typedef {import('../config/config.js').Change} Change
 * @typedef {import('./trainer.js').Score} Score
 * @typedef {'complete' | 'diverged' | 'stopped'} EndReason
 * @typedef {{ reason: EndReason, train: Score | null, val: Score | null }} RunEnd
 *   train: the first 10,000 training samples, at the end, where they are scored; val: all validation data, at the end; null where stopped
 *
 * @typedef {object} Observer  what the owner of a session wants to hear; every member may be left out
 * @property {(rows: ArrayBuffer, count: number) => void} [rows]  steps were finished: packed metrics, the observer's
 * @property {boolean} [forgetsRows]  it is done with them when it returns, so that the next can lie in the same buffer
 * @property {(evaluation: Evaluation) => void} [evaluated]
 * @property {(sharpness: Sharpness) => void} [sharpened]
 * @property {(step: number) => void} [paused]
 * @property {() => void | Promise<void>} [sliced]  after each slice; a promise makes the run wait for it
 *
 * @typedef {object} SessionOptions
 * @property {() => number} now  a clock in milliseconds
 * @property {(ms?: number) => Promise<void>} yieldNow  lets other work go first; resolves after at least ms
 * @property {number} [sliceMs]  the longest stretch of work without yielding, 12 by default
 * @property {Observer} [observer]
 * @property {boolean} [paused]  true: waits for resume or step
 * @property {number} [stepsPerSecond]  0, the default, is as fast as it goes
 * @property {boolean} [scoresTrain]  false: no score of the training data is made at the end
 * @property {Map<number, Evaluation>} [known]  evaluations by step that a fork's parent has made already
 */

/**
 * How a run measures its sharpness. Preconditioned where the rule is, so that it can be held against the rule's limit;
 * other rules' preconditioner is 1.
 */
const SHARPNESS = { samples: 512, iterations: 20, preconditioned: true };

export class Session {
  #trainer;
  #now;
  #yieldNow;
  #sliceMs;
  /** @type {Observer} */
  #observer;
  #known;

  #paused;
  #stopping = false;
  /** Steps taken at which to pause, set by step(). */
  #pauseAt = Infinity;
  /** Called to end a wait early. @type {() => void} */
  #wake = () => {};

  #scoresTrain;
  /** @type {ArrayBuffer | null} */
  #buffer;
  #stepsPerSecond;
  /** Where the speed limit counts from. */
  #paceSince = 0;
  #paceFrom = 0;

  /** What the evaluation in progress is for. @type {'periodic' | 'train' | null} */
  #evaluating = null;
  #sharpening = false;
  /** Steps taken at the newest evaluation and sharpness measurement: none is made twice. */
  #evaluatedAt = -1;
  #sharpenedAt = -1;
  /** @type {Score | null} */
  #val = null;
  /** @type {Score | null} */
  #train = null;
  #diverged = false;
  #over = false;

  #steppingMs = 0;
  #stepsRun = 0;
  /** Marks of (stepping time, steps), the oldest about a second of stepping ago. */
  #marks = [{ ms: 0, steps: 0 }];

  /**
   * @param {Trainer} trainer  the session steps it, its owner disposes of it
   * @param {SessionOptions} options
   */
  constructor(trainer, options) {
    this.#trainer = trainer;
    this.#now = options.now;
    this.#yieldNow = options.yieldNow;
    this.#sliceMs = options.sliceMs ?? 12;
    this.#observer = options.observer ?? {};
    this.#paused = options.paused ?? false;
    this.#stepsPerSecond = options.stepsPerSecond ?? 0;
    this.#scoresTrain = options.scoresTrain ?? true;
    this.#buffer = this.#observer.forgetsRows ? passingRows() : null;
    this.#known = options.known ?? new Map();
    this.#sharpenedAt = trainer.stepsTaken;
    this.#diverged = trainer.summary().diverged_at >= 0;
  }

  get trainer() {
    return this.#trainer;
  }

  get paused() {
    return this.#paused;
  }

  /** Whether run() has returned, or is about to. */
  get over() {
    return this.#over;
  }

  /** Runs until the last step, divergence or stop(). Call once. @returns {Promise<RunEnd>} */
  async run() {
    this.#startPace();
    while (!this.#over) {
      if (this.#stopping) {
        this.#over = true;
        return { reason: 'stopped', train: null, val: this.#val };
      }
      if (this.#paused) {
        await new Promise((resolve) => {
          this.#wake = () => resolve(undefined);
        });
        continue;
      }
      const waitMs = this.#runSlice();
      await this.#observer.sliced?.();
      if (!this.#over) await this.#yieldNow(waitMs);
    }
    return {
      reason: this.#diverged ? 'diverged' : 'complete',
      train: this.#train,
      val: this.#val,
    };
  }

  pause() {
    if (this.#over || this.#stopping) return;
    this.#pauseAt = Infinity;
    if (!this.#paused) this.#becomePaused();
    else this.#observer.paused?.(this.#trainer.stepsTaken);
  }

  resume() {
    this.#pauseAt = Infinity;
    this.#continue();
  }

  /** Takes count steps, with the evaluations that fall due, and pauses. @param {number} count */
  step(count = 1) {
    this.#pauseAt = this.#trainer.stepsTaken + count;
    this.#continue();
  }

  /** Ends the run where it stands; run() returns with reason "stopped". */
  stop() {
    this.#stopping = true;
    this.#wake();
  }

  /** @param {number} stepsPerSecond  0 is as fast as it goes */
  limitSpeed(stepsPerSecond) {
    this.#stepsPerSecond = stepsPerSecond;
    this.#startPace();
    this.#wake();
  }

  /**
   * Changes a live setting from the next step on and records it in the config's changes.
   *
   * @param {string} field
   * @param {import('../config/config.js').SettingValue} value
   * @returns {Change}
   * @throws {import('../core/errors.js').TrainerError} where the field is unknown or not live, or the value out of range
   */
  adjust(field, value) {
    const [change] = this.#trainer.set({ [field]: value });
    return change;
  }

  /** Speed over the last second of stepping; zeros while no step is finished. */
  speed() {
    const [oldest] = this.#marks;
    const ms = this.#steppingMs - oldest.ms;
    const steps = this.#stepsRun - oldest.steps;
    return describeSpeed(ms, steps, this.#trainer.batchRows);
  }

  /** Speed over everything this session has stepped. */
  meanSpeed() {
    return describeSpeed(this.#steppingMs, this.#stepsRun, this.#trainer.batchRows);
  }

  #continue() {
    if (!this.#paused) return;
    this.#paused = false;
    this.#startPace();
    this.#wake();
  }

  #becomePaused() {
    this.#paused = true;
    this.#pauseAt = Infinity;
    this.#observer.paused?.(this.#trainer.stepsTaken);
  }

  #startPace() {
    this.#paceSince = this.#now();
    this.#paceFrom = this.#trainer.stepsTaken;
  }

  /** Works for at most a slice, or a chunk where that is longer. Returns how many milliseconds to rest. */
  #runSlice() {
    const deadline = this.#now() + this.#sliceMs;
    do {
      if (this.#evaluating) this.#advanceEvaluation(deadline);
      else if (this.#sharpening) this.#advanceSharpness(deadline);
      else if (this.#measureWhatIsDue()) continue;
      else if (this.#trainer.stepsTaken >= this.#pauseAt) this.#becomePaused();
      else if (this.#ended) this.#advanceEnd();
      else {
        const allowed = this.#stepsAllowed();
        if (allowed < 1) return Math.min(1000 / this.#stepsPerSecond, 20);
        this.#advanceSteps(allowed, deadline);
      }
    } while (!this.#over && !this.#paused && this.#now() < deadline);
    return 0;
  }

  get #ended() {
    return this.#diverged || this.#trainer.stepsTaken >= this.#trainer.totalSteps;
  }

  /** Steps up to whatever comes next: a pause, an evaluation, a measurement, a recorded change, the limit of speed. */
  #stepsAllowed() {
    const taken = this.#trainer.stepsTaken;
    const { eval_every, sharpness_every } = this.#trainer.settings;
    const paced =
      this.#stepsPerSecond > 0
        ? Math.floor(((this.#now() - this.#paceSince) / 1000) * this.#stepsPerSecond) + 1 - (taken - this.#paceFrom)
        : Infinity;
    return Math.min(
      this.#pauseAt - taken,
      stepsToMultiple(taken, eval_every),
      stepsToMultiple(taken, sharpness_every),
      this.#trainer.nextChangeStep - taken,
      paced,
    );
  }

  /**
   * @param {number} count
   * @param {number} deadline
   */
  #advanceSteps(count, deadline) {
    const begun = this.#now();
    const isLate = () => this.#now() >= deadline;
    const { rows, rowCount, diverged } = this.#trainer.advancePacked(count, isLate, this.#buffer);
    this.#steppingMs += this.#now() - begun;
    this.#stepsRun += rowCount;
    this.#mark();
    if (diverged) this.#diverged = true;
    if (rowCount > 0) this.#observer.rows?.(rows, rowCount);
  }

  #mark() {
    const newest = this.#marks[this.#marks.length - 1];
    if (this.#steppingMs - newest.ms < 100) return;
    this.#marks.push({ ms: this.#steppingMs, steps: this.#stepsRun });
    while (this.#marks.length > 2 && this.#steppingMs - this.#marks[1].ms > 1000) this.#marks.shift();
  }

  /**
   * Starts the evaluation or makes the measurement that the steps taken call for, by the settings that the last of them
   * was taken with: a change that is made now counts from the next step on, and a replay of it finds the same.
   */
  #measureWhatIsDue() {
    const taken = this.#trainer.stepsTaken;
    const { eval_every, sharpness_every } = this.#trainer.lastStepSettings;
    if (this.#sharpenedAt !== taken && isMultiple(taken, sharpness_every) && !this.#diverged) {
      this.#sharpenedAt = taken;
      this.#trainer.beginSharpness(SHARPNESS);
      this.#sharpening = true;
      return true;
    }
    if (this.#evaluatedAt !== taken && isMultiple(taken, eval_every)) {
      this.#evaluate();
      return true;
    }
    return false;
  }

  /** @param {number} deadline */
  #advanceSharpness(deadline) {
    let value = null;
    do {
      value = this.#trainer.advanceSharpness();
    } while (value === null && this.#now() < deadline);
    if (value === null) return;
    this.#sharpening = false;
    this.#observer.sharpened?.({ step: this.#trainer.stepsTaken, value, limit: this.#trainer.stabilityLimit });
  }

  #evaluate() {
    const taken = this.#trainer.stepsTaken;
    this.#evaluatedAt = taken;
    const known = this.#known.get(taken);
    if (known) this.#record(known);
    else if (this.#trainer.valCount > 0) {
      this.#trainer.beginEvaluation('val', 0);
      this.#evaluating = 'periodic';
    } else this.#record(this.#describeEvaluation(null));
  }

  /** @param {number} deadline */
  #advanceEvaluation(deadline) {
    let found = null;
    do {
      found = this.#trainer.advanceEvaluation();
    } while (!found && this.#now() < deadline);
    if (!found) return;
    const { count, ...score } = found;
    const kind = this.#evaluating;
    this.#evaluating = null;
    if (kind === 'train') {
      this.#train = score;
      this.#over = true;
    } else this.#record(this.#describeEvaluation(score), score);
  }

  /** @param {Score | null} score @returns {Evaluation} */
  #describeEvaluation(score) {
    return {
      step: this.#trainer.stepsTaken,
      train_loss: this.#trainer.smoothedLoss,
      val_loss: score?.loss ?? null,
      val_accuracy: score?.accuracy ?? null,
    };
  }

  /** @param {Evaluation} evaluation @param {Score} [score]  what it was made of, where that was just measured */
  #record(evaluation, score) {
    const { val_loss, val_accuracy, train_loss } = evaluation;
    this.#val = score ?? (val_loss === null ? null : { loss: val_loss, accuracy: val_accuracy });
    this.#trainer.recordBest(val_loss ?? train_loss, val_accuracy);
    this.#observer.evaluated?.(evaluation);
  }

  /** The last evaluation on the validation data, then the training data's; the run is over after it. */
  #advanceEnd() {
    if (this.#evaluatedAt !== this.#trainer.stepsTaken) this.#evaluate();
    else if (!this.#scoresTrain) this.#over = true;
    else {
      this.#trainer.beginEvaluation('train', SCORED_SAMPLES);
      this.#evaluating = 'train';
    }
  }
}

/** @type {ArrayBuffer | null} */
let passing = null;

/** Where rows lie that are forgotten before the next are written, of whatever session. */
function passingRows() {
  passing ??= new ArrayBuffer(ROWS_MAX * METRICS_BYTES);
  return passing;
}

/** @param {number} step @param {number} every */
function isMultiple(step, every) {
  return every > 0 && step > 0 && step % every === 0;
}

/** @param {number} step @param {number} every */
function stepsToMultiple(step, every) {
  return every > 0 ? every - (step % every) : Infinity;
}

/**
 * @param {number} ms
 * @param {number} steps
 * @param {number} batchRows
 */
function describeSpeed(ms, steps, batchRows) {
  if (steps === 0 || ms <= 0) return { stepMs: 0, samplesPerSecond: 0 };
  return { stepMs: ms / steps, samplesPerSecond: (1000 * steps * batchRows) / ms };
}
