/**
 * A lesson's experiment: its cells trained over some seeds, and the verdict of its criterion.
 *
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../engine/study/gallery/entry.js').Cell} Cell
 * @typedef {import('../../engine/study/gallery/entry.js').CellTrial} CellTrial
 * @typedef {import('../../engine/study/gallery/entry.js').Judgement} Judgement
 * @typedef {{ id: string, label: string, cell: Cell, seeds: number, trials: CellTrial[], running: Map<number, number> }} CellState
 *   trials: the finished ones, by rising seed; running: the share that is done, by seed
 * @typedef {import('../../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @typedef {Pick<import('../../worker/study_client.js').StudyClient, 'run'>} Studies
 * @typedef {{ entries: Entry[], run: (what: { entry: Entry, runner: TrialRunner, seeds: number, signal: AbortSignal, isFashion: boolean,
 *             onTrial: (cell: Cell, trial: CellTrial) => void }) => Promise<{ judgement: Judgement }>,
 *             pictures: Record<string, import('../../engine/study/gallery/pictures.js').Picture> }} Gallery
 * @typedef {{ name: string, blob: Blob }} DataFile
 */
import { parseSettings } from '../../engine/config/config.js';
import { configToSearch } from '../../engine/config/config_text.js';
import { duration } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';

/** One run of a lesson's experiment, and what is known of it so far. */
export class LessonRun {
  /** @type {'running' | 'done' | 'stopped' | 'failed'} */
  status = 'running';
  /** @type {Judgement | null} */
  verdict = null;
  problem = '';
  done = 0;

  #lab;
  /** Which cell and seed a config belongs to, where that is known beforehand. @type {Map<string, { cell: CellState, seed: number }>} */
  #planned = new Map();
  #beganAt = performance.now();
  #endedAt = 0;
  #controller = new AbortController();

  /** @param {import('../state/lab.js').Lab} lab @param {Entry} lesson @param {number} seeds @param {boolean} [isFashion]  trained on Fashion-MNIST, where the lesson says how */
  constructor(lab, lesson, seeds, isFashion = false) {
    this.#lab = lab;
    this.lesson = lesson;
    this.seeds = seeds;
    this.isFashion = isFashion;
    this.cells = blankCells(lesson, seeds);
    for (const cell of this.cells.filter((state) => !state.cell.after)) {
      for (let seed = 1; seed <= seeds; seed++) {
        const { config } = parseSettings({
          ...this.#shared,
          ...cell.cell.config,
          ...(isFashion && cell.cell.fashion),
          seed,
        });
        this.#planned.set(configToSearch(config), { cell, seed });
      }
    }
  }

  /** What all cells share, on the data that they are trained on. */
  get #shared() {
    return { ...this.lesson.config, ...(this.isFashion && this.lesson.fashion) };
  }

  get total() {
    return this.cells.length * this.seeds;
  }

  get seconds() {
    return ((this.status === 'running' ? performance.now() : this.#endedAt) - this.#beganAt) / 1000;
  }

  /** How much of it is done, from 0 to 1. */
  get share() {
    const begun = this.cells.flatMap((cell) => [...cell.running.values()]);
    return (this.done + begun.reduce((sum, share) => sum + share, 0)) / this.total;
  }

  get progressWords() {
    const of = `${this.done} of ${plural(this.total, 'training')}`;
    if (this.status !== 'running') {
      return this.status === 'done'
        ? `${plural(this.total, 'training')} in ${duration(this.seconds)}`
        : `stopped after ${of}`;
    }
    const { share, seconds } = this;
    return share > 0.05 && seconds > 1 ? `${of}, ${duration((seconds * (1 - share)) / share)} left` : of;
  }

  /** What came of it, in a sentence. */
  get sentence() {
    if (!this.verdict) return this.progressWords;
    return `${this.verdict.passed ? 'Shown' : 'Not shown this time'}: ${this.verdict.figure}`;
  }

  /** @param {Studies} studies @param {Promise<Gallery>} arriving @param {(signal: AbortSignal) => Promise<DataFile[] | null>} getFiles */
  async start(studies, arriving, getFiles) {
    const lab = this.#lab;
    const { signal: stopping } = this.#controller;
    lab.touch();
    try {
      const [gallery, files] = await Promise.all([arriving, getFiles(stopping)]);
      stopping.throwIfAborted();
      const study = studies.run(
        (runner, signal) =>
          gallery.run({
            entry: this.lesson,
            runner: this.#watch(runner),
            seeds: this.seeds,
            isFashion: this.isFashion,
            signal,
            onTrial: (cell, trial) => this.#take(cell, trial),
          }),
        { config: parseSettings(this.#shared).config, files, arithmetic: lab.draft.settings.arithmetic },
      );
      stopping.addEventListener('abort', study.cancel);
      const { judgement } = await study.result;
      this.verdict = judgement;
      this.status = 'done';
    } catch (error) {
      this.status = stopping.aborted ? 'stopped' : 'failed';
      if (this.status === 'failed') this.problem = /** @type {Error} */ (error).message;
    }
    this.#endedAt = performance.now();
    for (const cell of this.cells) cell.running.clear();
    lab.touch();
  }

  cancel() {
    this.#controller.abort();
  }

  /** The same runner, with an ear on how far each trial is. @param {TrialRunner} runner @returns {TrialRunner} */
  #watch(runner) {
    return {
      jobs: runner.jobs,
      trial: (config, options) => {
        const planned = this.#planned.get(configToSearch(config));
        return runner.trial(config, {
          ...options,
          onProgress: ({ step, totalSteps }) => {
            planned?.cell.running.set(planned.seed, totalSteps ? step / totalSteps : 0);
            this.#lab.touchSoon();
          },
        });
      },
    };
  }

  /** @param {Cell} cell @param {CellTrial} trial */
  #take(cell, trial) {
    const state = /** @type {CellState} */ (this.cells.find((other) => other.id === cell.id));
    state.running.delete(trial.seed);
    state.trials = [...state.trials, trial].sort((a, b) => a.seed - b.seed);
    this.done++;
    this.#lab.touchSoon();
  }
}

/** Whether its cells are range tests: losses against rates instead of steps. @param {Entry} lesson */
export function isRangeTest(lesson) {
  return lesson.cells.every((cell) => cell.range);
}

/** The cells before any training. @param {Entry} lesson @param {number} seeds @returns {CellState[]} */
export function blankCells(lesson, seeds) {
  return lesson.cells.map((cell) => ({ id: cell.id, label: cell.label, cell, seeds, trials: [], running: new Map() }));
}
