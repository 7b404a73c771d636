/**
 * The lessons of the page: which there are, what was run of them, and their settings on the way to the live view.
 *
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../engine/study/gallery/entry.js').Cell} Cell
 * @typedef {import('../../engine/study/gallery/entry.js').CellTrial} CellTrial
 * @typedef {import('../../engine/study/gallery/entry.js').Judgement} Judgement
 * @typedef {{ id: string, label: string, cell: Cell, seeds: number, trials: CellTrial[], running: Map<number, number> }} CellState
 *   trials: the finished ones, by rising seed; running: the share that is done, by seed
 * @typedef {import('../../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @typedef {Pick<import('../../worker/study_client.js').StudyClient, 'run'>} Studies
 * @typedef {{ entries: Entry[], run: (what: { entry: Entry, runner: TrialRunner, seeds: number, signal: AbortSignal,
 *             onTrial: (cell: Cell, trial: CellTrial) => void }) => Promise<{ judgement: Judgement }> }} Gallery
 * @typedef {{ name: string, blob: Blob }} DataFile
 */
import { parseSettings } from '../../engine/config/config.js';
import { configToSearch } from '../../engine/config/config_text.js';
import { ARTICLE_PRESET } from '../../engine/study/judge/playbook.js';
import { duration } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { openInLive } from '../shared/open_in_live.js';
import { fetchServerData } from '../state/server_data.js';

/** The server's name of the data set that some lessons need. */
const FASHION = 'fashion-mnist';

export class Lessons {
  #lab;
  #studies;
  #gallery;
  #range;
  /** @type {Map<string, LessonRun>} */
  #runs = new Map();
  /** None until the gallery has arrived. @type {Entry[]} */
  entries = [];

  /**
   * @param {import('../state/lab.js').Lab} lab
   * @param {{ studies: Studies, gallery: Promise<Gallery>, range: { set: (name: string, value: string | number) => void } }} parts
   *   range: the options of the range test, for lessons that are one
   */
  constructor(lab, { studies, gallery, range }) {
    this.#lab = lab;
    this.#studies = studies;
    this.#gallery = gallery;
    this.#range = range;
    gallery.then(({ entries }) => {
      this.entries = entries;
      lab.touch();
    });
  }

  /** What was run of a lesson last, if anything. @param {string} id */
  runOf(id) {
    return this.#runs.get(id) ?? null;
  }

  /** The cells of a lesson that was not run yet. @param {Entry} lesson */
  blankCells(lesson) {
    return blankCells(lesson, 0);
  }

  // ---- data ------------------------------------------------------------------------------------------------------

  /** The loaded data set that a lesson can train on. */
  get #fashion() {
    const { loaded, chosen } = this.#lab.data;
    const fits = (/** @type {import('../state/data_sets.js').LoadedData | null} */ data) =>
      !!data && data.shape.join() === '1,28,28' && data.classes === 10;
    return loaded.find((data) => data.slug === FASHION) ?? (fits(chosen) ? chosen : null);
  }

  get #offered() {
    return this.#lab.data.offered.find((set) => set.name === FASHION) ?? null;
  }

  /** Whether a lesson's data are at hand. @param {Entry} lesson */
  hasData(lesson) {
    return lesson.needs === 'glyphs' || !!this.#fashion || !!this.#offered;
  }

  /** Files dropped on a lesson: loaded beside the others, without starting to train on them. @param {File[]} files */
  takeFiles(files) {
    this.#lab.data.load(files, { quiet: true });
  }

  /** @param {Entry} lesson @param {AbortSignal} signal @returns {Promise<DataFile[] | null>} what `dataset=custom` means in it */
  async filesOf(lesson, signal) {
    if (lesson.needs === 'glyphs') return null;
    const loaded = this.#fashion;
    if (loaded) return loaded.files;
    const set = this.#offered;
    if (!set) throw new Error('This lesson needs Fashion-MNIST.');
    return (await fetchServerData(set, signal)).map((file) => ({ name: file.name, blob: file }));
  }

  // ---- doing -----------------------------------------------------------------------------------------------------

  /** Runs a lesson's experiment. @param {Entry} lesson @param {number} seeds */
  start(lesson, seeds) {
    this.runOf(lesson.id)?.cancel();
    const run = new LessonRun(this.#lab, lesson, seeds);
    this.#runs.set(lesson.id, run);
    run.start(this.#studies, this.#gallery, (signal) => this.filesOf(lesson, signal));
  }

  /** Whether any lesson's experiment is going on. */
  get isBusy() {
    return [...this.#runs.values()].some(({ status }) => status === 'running');
  }

  /** Whether a cell's settings are known: those that depend on another cell's run are not before it. @param {Entry} lesson @param {Cell} cell */
  canLoad(lesson, cell) {
    return this.hasData(lesson) && (!cell.after || !!this.#trialOf(lesson, cell));
  }

  /** @param {Entry} lesson @param {Cell} cell */
  #trialOf(lesson, cell) {
    return this.runOf(lesson.id)?.cells.find((state) => state.id === cell.id)?.trials[0] ?? null;
  }

  /** Puts a cell's settings into the live view and starts it, or a range test's into the range test. @param {Entry} lesson @param {Cell} [cell] */
  async load(lesson, cell = lesson.cells[0]) {
    const lab = this.#lab;
    const dataId = await this.#loadData(lesson);
    if (cell.range) {
      const { lr_min, lr, steps, schedule, ...own } = /** @type {Record<string, string | number>} */ (cell.config);
      if (dataId !== null) lab.data.chosenId = dataId;
      const options = { preset: ARTICLE_PRESET, lr_min, lr_max: lr, points: steps };
      for (const [name, value] of Object.entries(options)) this.#range.set(name, value);
      lab.draft.take(parseSettings({ ...lesson.config, ...own }).config);
      lab.show('range');
      return;
    }
    const config = this.#trialOf(lesson, cell)?.config ?? parseSettings({ ...lesson.config, ...cell.config }).config;
    openInLive(lab, config, dataId, `From the lesson “${lesson.title}”: ${cell.label}.`);
  }

  /** @param {Entry} lesson @returns {Promise<number | null>} */
  async #loadData(lesson) {
    if (lesson.needs === 'glyphs') return null;
    const set = this.#offered;
    if (!this.#fashion && set) await this.#lab.data.loadOffered(set, { quiet: true });
    return this.#fashion?.id ?? null;
  }

  /** Sets controls and goes to the live view, where a training goes on if it can. @param {import('../../engine/config/config.js').SomeSettings} changes */
  tryOut(changes) {
    this.#lab.draft.change(changes);
    this.#lab.show('live');
  }
}

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

  /** @param {import('../state/lab.js').Lab} lab @param {Entry} lesson @param {number} seeds */
  constructor(lab, lesson, seeds) {
    this.#lab = lab;
    this.lesson = lesson;
    this.seeds = seeds;
    this.cells = blankCells(lesson, seeds);
    for (const cell of this.cells.filter((state) => !state.cell.after)) {
      for (let seed = 1; seed <= seeds; seed++) {
        const { config } = parseSettings({ ...lesson.config, ...cell.cell.config, seed });
        this.#planned.set(configToSearch(config), { cell, seed });
      }
    }
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
            signal,
            onTrial: (cell, trial) => this.#take(cell, trial),
          }),
        { config: parseSettings(this.lesson.config).config, files },
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

/** @param {Entry} lesson @param {number} seeds @returns {CellState[]} */
function blankCells(lesson, seeds) {
  return lesson.cells.map((cell) => ({ id: cell.id, label: cell.label, cell, seeds, trials: [], running: new Map() }));
}
