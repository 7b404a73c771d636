/**
 * One training inside the worker: its session, what the page has not been told yet, and its past.
 *
 * Progress goes out at most 30 times a second and only after the page has taken the last one. What happens in the
 * meantime is kept and sent together; a page that takes nothing for very long makes the training wait.
 */

import { TrainerError } from '../engine/core/errors.js';
import { Session } from '../engine/run/session.js';
import { SnapshotRing } from './snapshot_ring.js';

/**
 * @typedef {import('../engine/run/trainer.js').Trainer} Trainer
 * @typedef {import('../engine/run/session.js').Evaluation} Evaluation
 * @typedef {import('../engine/run/trainer.js').Snapshot} Snapshot
 */

/** The shortest time between two progress messages, in milliseconds. */
const PROGRESS_MS = 1000 / 30 + 1;

/** The time between two snapshots, in milliseconds: also about how long going back takes. */
const SNAPSHOT_MS = 250;

/** Metrics rows that wait for the page before the training waits too: 8 MB. */
const ROWS_WAITING_MAX = 2 ** 18;

export class LiveRun {
  /** @type {SnapshotRing<Snapshot>} */
  #past = new SnapshotRing();
  #session;
  #trainer;
  #tell;
  #now;

  /** Whether this is still the past of a fork's parent, replayed, of which the page knows all. */
  #replaying;
  /** What the page wants of the run once it has begun: how many steps it takes by itself, and how fast. */
  #firstSteps;
  #stepsPerSecond;
  /** @type {Evaluation[]} */
  #evaluations = [];

  /** @type {{ rows: ArrayBuffer, count: number }[]} */
  #rowsWaiting = [];
  #rowCountWaiting = 0;
  /** @type {Evaluation[]} */
  #evaluationsWaiting = [];
  /** @type {import('../engine/run/session.js').Sharpness[]} */
  #sharpnessWaiting = [];
  #hasNews = false;
  #pageIsDrawing = false;
  #sentAt = -Infinity;
  #snapshotAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {() => void} */
  #pageCaughtUp = () => {};
  #discarded = false;
  #onStarted;
  #replayTo;
  /** @type {() => void} */
  #resolveBegun = () => {};

  /**
   * @param {object} options
   * @param {number} options.runId
   * @param {Trainer} options.trainer  the run's own: disposed of with it
   * @param {number | null} options.dataId
   * @param {import('../engine/run/safetensors.js').Weights | null} [options.weights]  what it started from
   * @param {boolean} options.paused
   * @param {number} options.stepsPerSecond
   * @param {number} [options.replayTo]  steps taken up to which this repeats a parent's past
   * @param {Evaluation[]} [options.known]  the parent's evaluations up to there
   * @param {() => number} options.now
   * @param {(ms?: number) => Promise<void>} options.yieldNow
   * @param {import('./messages.js').Tell} options.tell
   * @param {() => void} options.onStarted  the run is where the page believes it: time to say `started`
   */
  constructor(options) {
    this.runId = options.runId;
    this.dataId = options.dataId;
    this.weights = options.weights ?? null;
    this.#trainer = options.trainer;
    this.#tell = options.tell;
    this.#now = options.now;
    this.#firstSteps = options.paused ? 0 : Infinity;
    this.#stepsPerSecond = options.stepsPerSecond;
    this.#onStarted = options.onStarted;
    const known = options.known ?? [];
    const replayTo = options.replayTo ?? this.#trainer.stepsTaken;
    this.#replaying = replayTo > this.#trainer.stepsTaken;
    this.#evaluations = [...known];
    this.#session = new Session(this.#trainer, {
      now: options.now,
      yieldNow: options.yieldNow,
      paused: true,
      known: new Map(known.map((evaluation) => [evaluation.step, evaluation])),
      observer: {
        rows: (rows, count) => this.#keepRows(rows, count),
        evaluated: (evaluation) => this.#keepEvaluation(evaluation),
        sharpened: (sharpness) => this.#keepSharpness(sharpness),
        paused: (step) => this.#onPaused(step),
        sliced: () => this.#onSliced(),
      },
    });
    this.#replayTo = replayTo;
    /** Resolves when the parent's past is replayed: changes wait for it. @type {Promise<void>} */
    this.begun = new Promise((resolve) => {
      this.#resolveBegun = resolve;
    });
  }

  get session() {
    return this.#session;
  }

  get trainer() {
    return this.#trainer;
  }

  get evaluations() {
    return this.#evaluations;
  }

  get past() {
    return this.#past;
  }

  /** Runs to the end and says `finished`. Rejects where the engine fails, or the run was stopped before it began. */
  async run() {
    if (this.#replaying) this.#session.step(this.#replayTo - this.#trainer.stepsTaken);
    else this.#begin();
    const end = await this.#session.run().finally(this.#resolveBegun);
    if (this.#discarded) return;
    if (this.#replaying) throw new TrainerError('cancelled', null, 'The fork was stopped before it had begun.');
    this.#keepSnapshot();
    await this.#sendLastProgress();
    if (this.#discarded) return;
    this.#tell('finished', {
      runId: this.runId,
      reason: end.reason,
      step: this.#trainer.stepsTaken,
      config: this.#trainer.config,
      summary: this.#trainer.summary(),
      train: end.train,
      val: end.val,
      digest: this.#trainer.digest(),
    });
  }

  pause() {
    if (!this.#replaying) return this.#session.pause();
    this.#firstSteps = 0;
    // For the page, which is not told of the replay, the run stands where it was forked.
    this.#tell('paused', { runId: this.runId, step: this.#replayTo });
  }

  resume() {
    if (this.#replaying) this.#firstSteps = Infinity;
    else this.#session.resume();
  }

  /** @param {number} count */
  step(count) {
    if (this.#replaying) this.#firstSteps = count;
    else this.#session.step(count);
  }

  stop() {
    this.#session.stop();
  }

  /** @param {number} stepsPerSecond  0 is as fast as it goes, and so is a replay */
  limitSpeed(stepsPerSecond) {
    this.#stepsPerSecond = stepsPerSecond;
    if (!this.#replaying) this.#session.limitSpeed(stepsPerSecond);
  }

  /** The page has drawn the last progress. */
  taken() {
    this.#pageIsDrawing = false;
    this.#pageCaughtUp();
    this.#sendSoon();
  }

  /** A setting has changed: what the summary says of it follows, also while the run stands still. */
  sayAdjusted() {
    this.#hasNews = true;
    this.#sendSoon();
  }

  /** Keeps the present state. Returns the steps taken. */
  keepSnapshot() {
    this.#keepSnapshot();
    return this.#trainer.stepsTaken;
  }

  /** Stops without a further word and frees the memory. */
  discard() {
    this.#discarded = true;
    clearTimeout(this.#timer);
    this.#session.stop();
    this.#pageCaughtUp();
    this.#past.clear();
    this.#trainer.dispose();
  }

  /** The present is where the page believes it: from here on it hears everything. */
  #begin() {
    this.#replaying = false;
    this.#keepSnapshot();
    this.#onStarted();
    this.#resolveBegun();
    this.#session.limitSpeed(this.#stepsPerSecond);
    if (this.#firstSteps > 0) this.#session.step(this.#firstSteps);
  }

  /** @param {number} step */
  #onPaused(step) {
    if (this.#replaying) {
      this.#begin();
      return;
    }
    this.#keepSnapshot();
    // Where it paused is known before it is said that it did: the page never shows a run that stands and grows.
    if (this.#hasNews && !this.#discarded) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#sendProgress();
    }
    this.#tell('paused', { runId: this.runId, step });
  }

  /** @param {ArrayBuffer} rows @param {number} count */
  #keepRows(rows, count) {
    if (this.#now() - this.#snapshotAt >= SNAPSHOT_MS) this.#keepSnapshot();
    if (this.#replaying) return;
    this.#rowsWaiting.push({ rows, count });
    this.#rowCountWaiting += count;
    this.#hasNews = true;
  }

  /** @param {Evaluation} evaluation */
  #keepEvaluation(evaluation) {
    if (this.#evaluations.some(({ step }) => step === evaluation.step)) return;
    this.#evaluations.push(evaluation);
    this.#evaluationsWaiting.push(evaluation);
    this.#hasNews = true;
  }

  /** @param {import('../engine/run/session.js').Sharpness} sharpness */
  #keepSharpness(sharpness) {
    if (this.#replaying) return;
    this.#sharpnessWaiting.push(sharpness);
    this.#hasNews = true;
  }

  #keepSnapshot() {
    const bytes = this.#trainer.stateBytes;
    if (!this.#past.accepts(bytes)) return;
    this.#snapshotAt = this.#now();
    this.#past.add({ step: this.#trainer.stepsTaken, bytes, snapshot: this.#trainer.snapshot() });
  }

  /** After each slice: tells the page, or waits for it. @returns {void | Promise<void>} */
  #onSliced() {
    if (this.#replaying) return;
    this.#sendSoon();
    if (this.#rowCountWaiting < ROWS_WAITING_MAX) return;
    return new Promise((resolve) => {
      this.#pageCaughtUp = () => resolve(undefined);
    });
  }

  #sendSoon() {
    if (!this.#hasNews || this.#pageIsDrawing || this.#discarded || this.#timer !== undefined) return;
    const restMs = this.#sentAt + PROGRESS_MS - this.#now();
    if (restMs <= 0) this.#sendProgress();
    else {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#sendSoon();
      }, restMs);
    }
  }

  /** The last progress goes out whether or not the page has caught up: nothing follows that could pile up. */
  async #sendLastProgress() {
    clearTimeout(this.#timer);
    const restMs = this.#sentAt + PROGRESS_MS - this.#now();
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    if (!this.#discarded) this.#sendProgress();
  }

  #sendProgress() {
    const rows = joinBuffers(this.#rowsWaiting.map((waiting) => waiting.rows));
    /** @type {import('./protocol.js').Progress} */
    const progress = {
      runId: this.runId,
      step: this.#trainer.stepsTaken,
      rows,
      rowCount: this.#rowCountWaiting,
      evaluations: this.#evaluationsWaiting,
      sharpness: this.#sharpnessWaiting,
      summary: this.#trainer.summary(),
      episodes: this.#trainer.episodes(),
      bins: this.#trainer.normBins(),
      ...this.#session.speed(),
    };
    this.#rowsWaiting = [];
    this.#rowCountWaiting = 0;
    this.#evaluationsWaiting = [];
    this.#sharpnessWaiting = [];
    this.#hasNews = false;
    this.#pageIsDrawing = true;
    this.#sentAt = this.#now();
    this.#tell('progress', progress);
  }
}

/** @param {ArrayBuffer[]} buffers @returns {ArrayBuffer} */
function joinBuffers(buffers) {
  if (buffers.length === 1) return buffers[0];
  const joined = new Uint8Array(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const buffer of buffers) {
    joined.set(new Uint8Array(buffer), at);
    at += buffer.byteLength;
  }
  return joined.buffer;
}
