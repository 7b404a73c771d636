/**
 * The lessons of the page: which there are, what was run of them, and their settings on the way to the live view.
 *
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../engine/study/gallery/entry.js').Cell} Cell
 * @typedef {import('./lesson_run.js').CellState} CellState
 * @typedef {import('./lesson_run.js').Gallery} Gallery
 * @typedef {import('./lesson_run.js').Studies} Studies
 * @typedef {import('./lesson_run.js').DataFile} DataFile
 * @typedef {import('../../engine/study/gallery/entry.js').Done} Done
 * @typedef {import('../../engine/study/gallery/pictures.js').Picture} Picture
 * @typedef {{ set: (name: string, value: string | number) => void,
 *             tests: import('../../engine/study/range_result.js').RangeResult[] }} Range  the range test's options, and
 *   what it has found, for lessons that are one
 * @typedef {typeof import('./session.js')} Parts  what a lesson that is under way needs
 */
import { parseSettings } from '../../engine/config/config.js';
import { ARTICLE_PRESET } from '../../engine/study/judge/playbook.js';
import { openInLive } from '../shared/open_in_live.js';
import { fetchServerData } from '../state/server_data.js';
import { blankCells, LessonRun } from './lesson_run.js';
import { Progress } from './progress.js';

/** The server's name of the data set that some lessons need. */
const FASHION = 'fashion-mnist';

export class Lessons {
  #lab;
  #studies;
  #fetchGallery;
  /** @type {Promise<Gallery> | null} */
  #fetched = null;
  #range;
  /** @type {Map<string, LessonRun>} */
  #runs = new Map();
  /** None until they were fetched. @type {Entry[]} */
  entries = [];
  /** Their curves, by lesson; none until a lesson was opened. @type {Record<string, Picture>} */
  pictures = {};
  progress = new Progress();
  /** The lesson that stands beside the live view. @type {Entry | null} */
  docked = null;

  /** @type {Parts | null} */
  #parts = null;
  /** @type {Promise<void> | null} */
  #preparing = null;
  /** @type {Map<string, import('./session.js').LessonSession>} */
  #sessions = new Map();

  /**
   * @param {import('../state/lab.js').Lab} lab
   * @param {{ studies: Studies, fetchGallery: () => Promise<Gallery>, range: Range }} parts
   */
  constructor(lab, { studies, fetchGallery, range }) {
    this.#lab = lab;
    this.#studies = studies;
    this.#fetchGallery = fetchGallery;
    this.#range = range;
    // Ahead of the elements, which draw a moment later.
    lab.addEventListener('change', () => {
      for (const session of this.#sessions.values()) session.follow();
    });
  }

  /** The lessons, fetched once. */
  get #gallery() {
    this.#fetched ??= this.#fetchGallery();
    return this.#fetched;
  }

  /** Fetches what nothing that opens first needs: the lessons, their curves, and what follows a learner. */
  prepare() {
    this.#preparing ??= Promise.all([import('./session.js'), this.#gallery]).then(([parts, { entries, pictures }]) => {
      this.#parts = parts;
      this.pictures = pictures;
      this.entries = entries;
      this.#lab.touch();
    });
    return this.#preparing;
  }

  /** What a learner has done of a lesson since it was opened; null until all is there that it needs. @param {Entry} lesson */
  sessionOf(lesson) {
    const known = this.#sessions.get(lesson.id);
    if (known || !this.#parts) return known ?? null;
    const session = new this.#parts.LessonSession(lesson, {
      lab: this.#lab,
      progress: this.progress,
      guess: this.pictures[lesson.id]?.guess ?? null,
      tests: () => this.#range.tests,
      trials: (cell) => this.#trialsOf(lesson, cell),
    });
    this.#sessions.set(lesson.id, session);
    return session;
  }

  /** Of the experiment, where it was run to its end. @param {Entry} lesson @param {string} cell */
  #trialsOf(lesson, cell) {
    const run = this.runOf(lesson.id);
    return run?.status === 'done' ? (run.cells.find(({ id }) => id === cell)?.trials ?? []) : [];
  }

  /** The lesson after another one, in the order of the course. @param {Entry} lesson */
  after(lesson) {
    return this.entries[this.entries.indexOf(lesson) + 1] ?? null;
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
    return lesson.needs !== 'fashion-mnist' || !!this.#fashion || !!this.#offered;
  }

  /** Whether a lesson can be trained on Fashion-MNIST instead of its own data. @param {Entry} lesson */
  canBeFashion(lesson) {
    return lesson.fashion !== undefined && (!!this.#fashion || !!this.#offered);
  }

  /** Files dropped on a lesson: loaded beside the others, without starting to train on them. @param {File[]} files */
  takeFiles(files) {
    this.#lab.data.load(files, { quiet: true });
  }

  /** @param {boolean} isFashion @param {AbortSignal} signal @returns {Promise<DataFile[] | null>} what `dataset=custom` means in a lesson */
  async filesOf(isFashion, signal) {
    if (!isFashion) return null;
    const loaded = this.#fashion;
    if (loaded) return loaded.files;
    const set = this.#offered;
    if (!set) throw new Error('This lesson needs Fashion-MNIST.');
    return (await fetchServerData(set, signal)).map((file) => ({ name: file.name, blob: file }));
  }

  // ---- doing -----------------------------------------------------------------------------------------------------

  /** Runs a lesson's experiment. @param {Entry} lesson @param {number} seeds @param {{ isFashion?: boolean }} [how]  on Fashion-MNIST instead of its own data */
  start(lesson, seeds, { isFashion = false } = {}) {
    this.runOf(lesson.id)?.cancel();
    const run = new LessonRun(this.#lab, lesson, seeds, isFashion);
    this.#runs.set(lesson.id, run);
    run.start(this.#studies, this.#gallery, (signal) =>
      this.filesOf(isFashion || lesson.needs === 'fashion-mnist', signal),
    );
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

  /**
   * Puts a cell's settings into the live view and starts it, or a range test's into the range test.
   * @param {Entry} lesson @param {Cell} [cell] @param {{ paused?: boolean }} [how]  paused: it waits before its first step
   */
  async load(lesson, cell = lesson.cells[0], how = {}) {
    const lab = this.#lab;
    const config = this.#trialOf(lesson, cell)?.config ?? parseSettings({ ...lesson.config, ...cell.config }).config;
    const dataId = await this.#loadData(config);
    if (cell.range) return this.#loadTest(lesson, cell, dataId);
    openInLive(lab, config, dataId, `From the lesson “${lesson.title}”: ${cell.label}.`, how);
  }

  /** @param {Entry} lesson @param {Cell} cell @param {number | null} dataId @param {import('../../engine/config/config.js').SomeSettings} [over] */
  #loadTest(lesson, cell, dataId, over = {}) {
    const lab = this.#lab;
    const { lr_min, lr, steps, schedule, ...own } = /** @type {Record<string, string | number>} */ (cell.config);
    if (dataId !== null) lab.data.chosenId = dataId;
    const options = { preset: ARTICLE_PRESET, lr_min, lr_max: lr, points: steps };
    for (const [name, value] of Object.entries(options)) this.#range.set(name, value);
    lab.draft.take(parseSettings({ ...lesson.config, ...own, ...over }).config);
    lab.show('range');
  }

  /** @param {{ dataset?: unknown }} config @returns {Promise<number | null>} */
  async #loadData({ dataset }) {
    if (dataset !== 'custom') return null;
    const set = this.#offered;
    if (!this.#fashion && set) await this.#lab.data.loadOffered(set, { quiet: true });
    return this.#fashion?.id ?? null;
  }

  // ---- a lesson beside the live view -----------------------------------------------------------------------------

  /** Begins a lesson: its settings wait before the first step, so that there is something to predict. @param {Entry} lesson */
  async begin(lesson) {
    const lab = this.#lab;
    await this.prepare();
    this.#sessions.delete(lesson.id);
    this.docked = lesson;
    lab.links.lesson = lesson.id;
    this.sessionOf(lesson);
    await this.load(lesson, lesson.cells[0], { paused: true });
  }

  /** Puts the lesson away; what was trained stays. */
  leave() {
    this.docked = null;
    this.#lab.links.lesson = null;
    this.#lab.touch();
  }

  /**
   * Begins the lesson that the page's address names; where it names settings as well, with those.
   * @returns {Promise<boolean>} whether there was one
   */
  async openLinked() {
    const lab = this.#lab;
    const id = lab.links.lesson;
    if (id === null) return false;
    const { entries } = await this.#gallery;
    const lesson = entries.find((entry) => entry.id === id);
    lab.links.lesson = null;
    if (!lesson) {
      lab.draft.report({
        field: null,
        message: `There is no lesson “${id.slice(0, 40)}”: see Lessons for all there are.`,
      });
      if (lab.links.isLessonAlone) lab.links.openBare();
      return false;
    }
    if (!this.hasData(lesson)) {
      if (lab.links.isLessonAlone) lab.links.openBare();
      lab.show('lessons', id);
      return false;
    }
    if (lab.links.isLessonAlone) {
      // What is wrong with the link is said beside the lesson that it opens.
      const { problems } = lab.draft;
      await this.begin(lesson);
      lab.draft.problems = problems;
      lab.touch();
      return true;
    }
    await this.prepare();
    this.docked = lesson;
    lab.links.lesson = id;
    this.sessionOf(lesson);
    lab.runs.start({ paused: true });
    return true;
  }

  /**
   * Does what a deed asks for as far as it can be done for somebody: the lesson's own settings with its changes, whatever
   * stands in the panel, trained beside the runs so far; and the control that they are about, in sight and in focus.
   *
   * @param {Entry} lesson @param {Done} done
   */
  async tryOut(lesson, done) {
    const lab = this.#lab;
    await this.prepare();
    const { cellOf, settingsOf, controlOf, isTraining } = /** @type {Parts} */ (this.#parts);
    const cell = cellOf(lesson, done.cell);
    switch (done.deed) {
      case 'experimented':
        return lab.show('lessons', lesson.id);
      case 'clipped at p90':
        return lab.draft.seek('clip');
      case 'forked': {
        const run = lab.runs.list.findLast((one) => isTraining(lesson, { deed: 'trained', cell: done.cell }, one));
        if (run) {
          lab.runs.focusOn(run);
          lab.runs.rewindTo(run.step / 2);
        }
        return lab.show('live');
      }
      case 'tested': {
        if (done.seeds !== undefined) this.#range.set('seeds', done.seeds);
        const test = cell.range ? cell : lesson.cells.find(({ range }) => range);
        const dataId = await this.#loadData(lesson.config);
        if (test) this.#loadTest(lesson, test, dataId, plainOf(settingsOf(lesson, done), done));
        return;
      }
      default: {
        const own = done.deed === 'changed' ? { cell: done.cell } : done;
        // What a hand is to change must last until it does.
        if (done.deed === 'changed') lab.runs.calmDown();
        const known = done.with || !cell.after ? null : this.#trialOf(lesson, cell)?.config;
        const config = known ?? settingsOf(lesson, own);
        const dataId = await this.#loadData(config);
        if (dataId !== null) lab.data.chosenId = dataId;
        lab.weights.choose(null);
        lab.draft.take(config, []);
        lab.runs.start();
        lab.draft.seek(controlOf(lesson, done));
      }
    }
  }
}

/** The settings that a deed names, with the values they have. @param {import('../../engine/config/config.js').Config} settings @param {Done} done */
function plainOf(settings, done) {
  const names = Object.keys(done.with ?? {});
  return Object.fromEntries(
    names.map((name) => [name, /** @type {import('../../engine/config/config.js').SettingValue} */ (settings[name])]),
  );
}
