/**
 * Studies for the page. A study leads its trials from the page's thread, where deciding what to train next costs
 * nothing; the trainings are computed by workers of its own, opened for the study and closed with it. The page's live
 * run goes on in its own worker, untouched.
 *
 *     const studies = new StudyClient({ openPort: openWorker });
 *     const sweep = studies.sweep({ config, over: ['lr=1e-4:1:9'], seeds: 3 }, { onTrial: () => draw(sweep.soFar()) });
 *     drawAxes(sweep.plan.axes);
 *     cancelButton.onclick = () => sweep.cancel();
 *     const { trials, points, best, summary, complete } = await sweep.result;
 *
 * points are what an axis plot draws: per setting the median of best, and how many seeds were infeasible or unstable.
 * A trial has its curve, for a click on its point. Any other study of engine/study is run the same way:
 *
 *     const { result, cancel } = studies.run((runner, signal) => runClipStudy({ runner, config, signal, now }), {});
 */

import { TrainerError } from '../engine/core/errors.js';
import { recallTrials, runSweep, summarizeSweep } from '../engine/study/sweep.js';
import { planSweep } from '../engine/study/sweep_plan.js';
import { WorkerPool } from './pool.js';

/**
 * @typedef {import('./client.js').Port} Port
 * @typedef {import('./client.js').DataFile} DataFile
 * @typedef {import('../engine/config/config.js').GivenConfig} GivenConfig
 * @typedef {import('../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('../engine/study/sweep.js').SweepPlan} SweepPlan
 * @typedef {import('../engine/study/sweep.js').SweepTrial} SweepTrial
 * @typedef {import('../engine/study/sweep.js').SweepResult} SweepResult
 * @typedef {import('../engine/study/sweep.js').PlannedTrial} PlannedTrial
 * @typedef {import('../engine/study/trial/trial.js').TrialProgress} TrialProgress
 *
 * @typedef {object} StudyResources
 * @property {number} [jobs]  trials at once; as many as the machine has cores by default
 * @property {DataFile[] | null} [files]  what the setting dataset calls custom, as for WorkerClient.loadData
 *
 * @typedef {object} SweepListener  every member may be left out
 * @property {(trial: SweepTrial, planned: PlannedTrial) => void} [onTrial]  a trial has been computed; those
 *   that are known from an earlier sweep are in soFar() from the start
 * @property {(planned: PlannedTrial, progress: TrialProgress) => void} [onProgress]  at most ten times a second for
 *   each trial that is running
 *
 * @typedef {object} SweepHandle
 * @property {SweepPlan} plan  the axes, and every trial there will be
 * @property {() => SweepResult} soFar  of the trials that are finished
 * @property {() => void} cancel  ends the sweep; its result has what was finished, with complete: false
 * @property {Promise<SweepResult>} result  rejects with a TrainerError where a trial is impossible, field and position
 *   as for a run
 */

/**
 * @template T
 * @typedef {{ result: Promise<T>, cancel: () => void }} StudyHandle  after cancel, result is the study's to settle
 */

/** Trials that are kept, so that a sweep that is repeated with more seeds or another grid computes only what is new. */
const KNOWN_MAX = 2000;

export class StudyClient {
  #openPort;
  #jobs;
  /** Trials of generated data by key, the oldest first. @type {Map<string, SweepTrial>} */
  #known = new Map();

  /** @param {{ openPort: import('./pool.js').OpenPort, jobs?: number }} options  jobs: as many as the machine has cores by default */
  constructor({ openPort, jobs = globalThis.navigator?.hardwareConcurrency ?? 2 }) {
    this.#openPort = openPort;
    this.#jobs = jobs;
  }

  /** Trials at once where a study does not say. */
  get jobs() {
    return this.#jobs;
  }

  /**
   * @param {{ config: GivenConfig, over: (string | import('../engine/study/sweep.js').Axis)[],
   *           seeds?: number } & StudyResources} what  over: `lr=1e-4:1:9`, `warmup_steps=0,100`, or { field, values }
   * @param {SweepListener} [listener]
   * @returns {SweepHandle}
   * @throws {import('../engine/core/errors.js').TrainerError} where the tables have something against it, at once
   */
  sweep({ config, over, seeds = 1, ...resources }, { onTrial, onProgress } = {}) {
    const plan = planSweep({ config, over, seeds });
    const known = new Map(resources.files ? [] : this.#known);
    /** @type {Map<string, SweepTrial>} */
    const finished = new Map(known);
    const { result, cancel } = this.run(
      (runner, signal) =>
        runSweep({
          runner,
          plan,
          known,
          record: 'curve',
          signal,
          onProgress,
          onTrial: (trial, planned) => {
            finished.set(planned.key, trial);
            if (!resources.files) this.#keep(planned.key, trial);
            onTrial?.(trial, planned);
          },
        }),
      { config, ...resources },
    );
    return { plan, result, cancel, soFar: () => summarizeSweep(plan, recallTrials(plan, finished)) };
  }

  /**
   * Runs a study on workers of its own.
   *
   * @template T
   * @param {(runner: TrialRunner, signal: AbortSignal) => Promise<T>} study
   * @param {StudyResources & { config?: GivenConfig, arithmetic?: import('./pool.js').Arithmetic | null }} resources
   *   config: needed with files; arithmetic: of all trials, where their configs do not say
   * @returns {StudyHandle<T>}
   */
  run(study, { jobs = this.#jobs, files = null, config = {}, arithmetic = null }) {
    const controller = new AbortController();
    const pool = new WorkerPool({ openPort: this.#openPort, jobs, files: files && { files, config }, arithmetic });
    const result = (async () => {
      try {
        return await study(pool, controller.signal);
      } finally {
        pool.dispose();
      }
    })();
    return { result, cancel: () => controller.abort(new TrainerError('cancelled', null, 'The study was given up.')) };
  }

  /** @param {string} key @param {SweepTrial} trial */
  #keep(key, trial) {
    this.#known.set(key, trial);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) break;
      this.#known.delete(oldest);
    }
  }
}
