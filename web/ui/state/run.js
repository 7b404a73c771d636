/**
 * One training as the page knows it: its settings, its curves in bounded memory, what was measured, how it ended.
 *
 * @typedef {import('../../worker/protocol.js').Evaluation} Evaluation
 * @typedef {import('../../worker/protocol.js').Episode} Episode
 * @typedef {import('../../worker/protocol.js').Sharpness} Sharpness
 * @typedef {import('../../engine/config/config.js').Change} Change
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../worker/protocol.js').Finished} Finished
 * @typedef {import('../../engine/core/record.js').MetricsRow} MetricsRow
 * @typedef {'waiting' | 'running' | 'paused' | 'complete' | 'diverged' | 'stopped' | 'failed'} Status
 * @typedef {import('./measured.js').SeriesMaker} SeriesMaker
 */

import { LiveChanges } from '../../engine/config/live_changes.js';
import { SCHEMA } from '../../engine/config/schema.js';
import { METRICS_BYTES, readMetrics } from '../../engine/core/record.js';
import { CURVES, Measured, makeCurves } from './measured.js';

/** Steps whose losses are averaged where it is asked how a run stands: as few as a dead network is watched for. */
const LATEST_STEPS = 15;

export class Run extends Measured {
  /** @type {Status} */
  status = 'waiting';
  step = 0;
  startStep = 0;
  totalSteps = 0;
  parameters = 0;
  /** @type {number[]} */
  shape = [];
  classes = 0;
  outputs = 0;
  trainCount = 0;
  valCount = 0;
  /** @type {Record<string, number> | null} */
  summary = null;
  /** @type {Episode[]} */
  episodes = [];
  /** @type {Uint32Array | null} */
  bins = null;
  stepMs = 0;
  samplesPerSecond = 0;
  /** @type {Pick<Finished, 'reason' | 'train' | 'val' | 'digest'> | null} */
  end = null;
  /** Milliseconds spent training; pauses do not count. */
  elapsed = 0;
  /** @type {number | null} */
  runningSince = null;
  /** What the event log has said about it already. @type {Set<string>} */
  told = new Set();
  /** Not drawn behind the one in focus. */
  hidden = false;
  /** The run in the worker; null once its state is no longer kept: it can be read, not looked at or forked.
   * @type {import('../../worker/run_handle.js').RunHandle | null} */
  handle = null;
  /** What the engine said as it began, the weights that it read first. @type {string[]} */
  notices = [];
  /** The preset that its settings began as. @type {string | null} */
  preset = null;
  /** The page's number of the run that this one was forked from. @type {number | null} */
  parentId = null;

  #config;
  #live;
  #maker;

  /**
   * @param {{ id: number, name: string, color: string, config: Config, dataId: number | null,
   *   weights?: import('../../worker/protocol.js').NamedBytes | null, series: SeriesMaker }} members
   *   config: the run's own; weights: what it started from, where those are no random ones
   */
  constructor({ id, name, color, config, dataId, weights = null, series }) {
    super(series);
    this.id = id;
    this.name = name;
    this.color = color;
    this.#config = config;
    this.#live = new LiveChanges(config);
    this.dataId = dataId;
    this.weights = weights;
    this.#maker = series;
  }

  /**
   * The mean batch loss of the newest steps. After a blow-up the smoothed loss needs hundreds of steps to come down from
   * it, and says nothing of the network as it is.
   */
  get latestLoss() {
    return this.latestLosses.reduce((sum, loss) => sum + loss, 0) / this.latestLosses.length;
  }

  get alive() {
    return this.status === 'running' || this.status === 'paused' || this.status === 'waiting';
  }

  /** As started; with the changes since, in `changes`. */
  get config() {
    return this.#config;
  }

  /** Those made, and those that a recording has yet to make, in the order of steps. */
  get changes() {
    return this.#config.changes;
  }

  /** The settings in force after the changes made so far: not to be written to, and another object after each. */
  get inForce() {
    while (this.#live.takeDue(this.step));
    return this.#live.settings;
  }

  /** @param {Config} config */
  #follow(config) {
    this.#config = config;
    this.#live = new LiveChanges(config);
  }

  get seconds() {
    return (this.elapsed + (this.runningSince === null ? 0 : performance.now() - this.runningSince)) / 1000;
  }

  /** Best evaluation so far. */
  get best() {
    const { summary } = this;
    if (!summary || summary.best_step < 0) return null;
    return { step: summary.best_step, loss: summary.best_loss, accuracy: summary.best_accuracy };
  }

  /** @param {Status} status */
  enter(status) {
    if (status === 'running' && this.runningSince === null) this.runningSince = performance.now();
    if (status !== 'running' && this.runningSince !== null) {
      this.elapsed += performance.now() - this.runningSince;
      this.runningSince = null;
    }
    this.status = status;
  }

  /** @param {import('../../worker/protocol.js').Started} message */
  begin(message) {
    // One that was kept goes on: its curves are there.
    const goesOn = this.step === message.step && this.step > this.startStep;
    this.#follow(message.config);
    if (!goesOn) {
      this.step = message.step;
      this.startStep = message.step;
    }
    this.totalSteps = message.totalSteps;
    this.parameters = message.parameters;
    this.shape = message.shape;
    this.classes = message.classes;
    this.outputs = message.outputs;
    this.trainCount = message.trainCount;
    this.valCount = message.valCount;
    if (goesOn) return;
    this.series = makeCurves(this.#maker, message.step);
    for (const evaluation of message.evaluations) this.addEvaluation(evaluation);
  }

  /** A setting was changed while it trains. @param {Change} change */
  addChange(change) {
    this.#live.add(change.step, [change]);
  }

  /** @param {Finished} message */
  finish({ reason, config, summary, train, val, digest }) {
    this.enter(reason);
    this.placeSharpness(true);
    this.#follow(config);
    this.summary = summary;
    this.end = { reason, train, val, digest };
  }

  /** @param {import('../../worker/protocol.js').Progress} message */
  take(message) {
    const reals = new Float32Array(message.rows);
    const words = SCHEMA.metrics.length;
    for (const { name, column } of CURVES) this.series[name].appendColumn(reals, column, words, message.rowCount);
    const view = new DataView(message.rows);
    for (let i = Math.max(0, message.rowCount - LATEST_STEPS); i < message.rowCount; i++) {
      this.latestLosses.push(readMetrics(view, i * METRICS_BYTES).loss);
    }
    this.latestLosses.splice(0, this.latestLosses.length - LATEST_STEPS);
    for (let i = message.rowCount - 1; i >= 0; i--) {
      const row = readMetrics(view, i * METRICS_BYTES);
      if (!Number.isFinite(row.loss)) continue;
      this.lastFinite = row;
      break;
    }
    this.keepRows(message.rows, message.rowCount);
    for (const evaluation of message.evaluations) this.addEvaluation(evaluation);
    this.measured.push(...message.sharpness);
    this.unplaced.push(...message.sharpness);
    this.placeSharpness();
    this.step = message.step;
    this.summary = message.summary;
    this.episodes = message.episodes;
    this.bins = message.bins;
    if (message.stepMs > 0) this.stepMs = message.stepMs;
    if (message.samplesPerSecond > 0) this.samplesPerSecond = message.samplesPerSecond;
  }

  /** Whether every row of its curves is kept. */
  get hasAllRows() {
    return this.rowsKept >= this.series.loss.length;
  }

  /** Its curves as plain objects. */
  keepSeries() {
    return Object.fromEntries(CURVES.map(({ name }) => [name, this.series[name].keep()]));
  }

  /** Curves that keepSeries gave, up to a step. @param {Record<string, import('../../charts/series.js').KeptSeries>} kept @param {number} step */
  takeSeries(kept, step) {
    for (const { name } of CURVES) this.series[name].takeKept(kept[name], step);
  }

  /** Forgets all that was measured of it. @param {number} [first] the step at which its curves begin */
  clear(first = 0) {
    Object.assign(this, new Measured(this.#maker, first));
  }

  /** Every kept row as an object of the metrics' names. */
  *rows() {
    for (const { rows, count } of this.chunks) {
      const view = new DataView(rows);
      for (let i = 0; i < count; i++) yield readMetrics(view, i * METRICS_BYTES);
    }
  }
}
