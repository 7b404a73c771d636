/**
 * The page's one state: the settings being edited, the runs so far, the event log, and everything that the worker
 * answers. Components read it and call its methods; it knows no element.
 *
 * Events: `change` when something to read or to click changed (at most ten times a second while training), `rows`
 * when the curves of a run grew.
 *
 * @typedef {import('../engine/config.js').Field} Field
 * @typedef {Record<string, any>} Config
 * @typedef {{ field: string | null, message: string, position?: number | null }} Problem
 * @typedef {{ label: string, why?: string, act: () => void }} Action
 * @typedef {{ id: number, runId: number | null, step: number | null, tone: 'quiet' | 'you' | 'good' | 'bad' | 'warn',
 *             text: string, actions: Action[], key?: string }} LogEntry
 * @typedef {{ id: number, name: string, shape: number[], classes: number, classNames: string[] | null, trainCount: number,
 *             valCount: number, slug: string | null }} LoadedData
 */

import { configFromSearch, configToSearch, defaultConfig, fieldApplies } from '../engine/config.js';
import { tellEnd, tellProgress } from './narrator.js';
import { Run } from './run.js';
import { fetchServerData, knownFacts } from './server_data.js';
import { count, describeChanges, memorableName, same, shortName, valueInWords } from './words.js';

/** Colours of runs that are not in focus, by theme name; the one in focus wears the quantities' own. */
const RUN_COLORS = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6'];

/** Runs whose state stays in the worker, so that they can be looked at and forked. */
const RUNS_IN_WORKER = 8;

/** Earlier runs drawn behind the one in focus. */
const OVERLAYS = 5;

const LOG_LENGTH = 60;

/** How long a live setting must rest before it acts: a drag is one change, not fifty. */
const SETTLE_MS = 140;

export class Lab extends EventTarget {
  /** @type {Run[]} oldest first */
  runs = [];
  /** @type {Run | null} the one the controls act on */
  active = null;
  /** @type {Run | null} the one drawn in full */
  focus = null;
  /** @type {LogEntry[]} newest first */
  log = [];
  /** @type {Problem[]} */
  problems = [];
  /** @type {LoadedData[]} */
  data = [];
  /** What the page's server offers. @type {import('./server_data.js').Offered[]} */
  offered = [];
  /** @type {number | null} */
  dataId = null;
  /** @type {{ steps: Uint32Array, rates: Float32Array, totalSteps: number, facts: any, problem: Problem | null } | null} */
  preview = null;
  /** @type {'live' | 'range'} */
  view = 'live';
  /** What the last range test suggested, and for which settings. @type {{ lr: number, like: string } | null} */
  suggested = null;
  stepsPerSecond = 0;
  loading = '';
  ready = false;

  #client;
  #schema;
  #maker;
  #nextRun = 1;
  #nextEntry = 1;
  #changeTimer = 0;
  #previewTimer = 0;
  #previewRunning = false;
  #previewAgain = false;
  /** @type {Map<string, number>} */
  #settling = new Map();

  /**
   * @param {{ client: any, schema: any, series: import('./run.js').SeriesMaker,
   *           presets: { name: string, sentence: string, config: Config }[] }} parts
   */
  constructor({ client, schema, series, presets }) {
    super();
    this.#client = client;
    this.#schema = schema;
    this.#maker = series;
    this.presets = presets;
    /** @type {Field[]} */
    this.fields = schema.fields;
    /** @type {Field[]} */
    this.rangeFields = schema.range_test;
    /** @type {Config} the settings in the panel */
    this.draft = defaultConfig();
    /** @type {Config} the options of the range test that were edited; the others are the preset's */
    this.rangeOptions = {};
    client.ready.then(() => {
      this.ready = true;
      this.touch();
    });
  }

  // ---- reading ---------------------------------------------------------------------------------------------------

  /** @param {string} name */
  field(name) {
    return /** @type {Field} */ (this.fields.find((field) => field.name === name));
  }

  /** Whether a field has an effect. @param {Field} field @param {Config} [config] */
  applies = (field, config = this.draft) => fieldApplies(field, config);

  /** The run whose controls are live: running or paused. */
  get liveRun() {
    return this.active?.alive ? this.active : null;
  }

  /** Earlier runs drawn behind the one in focus, newest first. */
  get overlays() {
    return this.runs
      .filter((run) => run !== this.focus && !run.hidden && run.series.loss.length > 0)
      .reverse()
      .slice(0, OVERLAYS);
  }

  /** Whether the panel holds the settings of a link or a run with recorded changes, untouched. */
  get replaying() {
    return (this.draft.changes?.length ?? 0) > 0;
  }

  /** What a control shows: its setting, or during a replay what is in force now. @param {string} name */
  shown(name) {
    const { liveRun } = this;
    return this.replaying && liveRun && this.field(name).live ? liveRun.inForce[name] : this.draft[name];
  }

  /** Fields edited since the active run started that act only on a new run. */
  get pending() {
    const { active } = this;
    if (!active) return [];
    const now = this.replaying ? active.config : active.inForce;
    const fields = this.fields.filter(
      (field) =>
        !same(this.draft[field.name], now[field.name]) &&
        !(active.alive && field.live) &&
        (this.applies(field) || this.applies(field, now)),
    );
    return fields;
  }

  /** Whether the data that would be trained on is another than the active run's. */
  get dataPending() {
    return (
      !!this.active &&
      this.draft.dataset === 'custom' &&
      this.active.inForce.dataset === 'custom' &&
      this.active.dataId !== this.dataId
    );
  }

  /** @param {string} name */
  isDefault(name) {
    return same(this.draft[name], this.field(name).default);
  }

  /** The model text that a config stands for. @param {Config} config @param {number[]} [shape] */
  modelText(config, shape) {
    if (config.model !== null && config.model !== undefined) return String(config.model);
    const image = shape ? shape.length === 3 : this.isImageData(config);
    return image ? this.#schema.models.images : this.#schema.models.points;
  }

  /** @param {Config} config */
  isImageData(config) {
    if (config.dataset === 'custom') return (this.currentData?.shape.length ?? 3) === 3;
    return config.dataset === 'glyphs';
  }

  get currentData() {
    return this.data.find((data) => data.id === this.dataId) ?? null;
  }

  /** @param {Run} run */
  classNamesOf(run) {
    return this.data.find((data) => data.id === run.dataId)?.classNames ?? null;
  }

  /** What distinguishes a run from its parent, or from the run before it. @param {Run} run */
  changesInWords(run) {
    const index = this.runs.indexOf(run);
    const parent = this.runs.find((other) => other.id === run.parentId);
    const before = parent ?? this.runs[index - 1];
    if (!before) return '';
    const data = this.data.find((other) => other.id === run.dataId)?.name;
    const words = [describeChanges(this.fields, before.config, run.config, this.applies)];
    if (data) words[0] = words[0].replace('→ Your data', `→ ${data}`);
    words.push(this.liveChangesInWords(run, parent));
    const all = words.filter(Boolean).join(', then ');
    return all || (parent ? 'the same future again' : 'the same settings again');
  }

  /** The changes on the running training that its parent did not have: "η 0.06 at 312". @param {Run} run @param {Run} [parent] */
  liveChangesInWords(run, parent) {
    const own = run.changes.filter((change) => !parent?.changes.some((other) => sameChange(other, change)));
    const said = own.slice(-3).map((change) => {
      const field = this.field(change.field);
      return `${shortName(field)} ${valueInWords(field, change.value)} at ${count(change.step)}`;
    });
    return (own.length > 3 ? '… ' : '') + said.join(', ');
  }

  // ---- settings --------------------------------------------------------------------------------------------------

  /**
   * Opens the page: settings from the address, or those of a preset where the address has none.
   * @param {string} search the address's query
   * @param {Config} otherwise partial settings for a bare address
   * @param {import('./server_data.js').Offered[]} offered the server's own data; Fashion-MNIST is what a bare address
   *   trains on where it is there
   */
  async open(search, otherwise, offered = []) {
    this.offered = offered;
    const { slug, rest } = splitAddress(search);
    const { config, problems } = configFromSearch(rest);
    const bare = !rest && slug === null;
    this.draft = { ...config, ...(bare ? otherwise : {}) };
    this.problems = problems;
    const wanted = slug ?? (bare ? 'fashion-mnist' : null);
    const set = offered.find((other) => other.name === wanted);
    if (set) await this.loadOffered(set, { quiet: true });
    else if (slug !== null) {
      this.#report({
        field: 'dataset',
        message: `This link trains on the data set “${slug.slice(0, 40)}”, which this server does not have. Drop its files on the page.`,
      });
    }
    this.requestPreview();
    this.touch();
  }

  /** Edits a setting; a live one acts on the running training. @param {string} name @param {any} value */
  setField(name, value) {
    const field = this.field(name);
    this.draft = { ...this.draft, [name]: value };
    if (name === 'dataset') this.draft.loss = value === 'plane' ? 'squared_error' : this.field('loss').default;
    this.problems = this.problems.filter((problem) => problem.field !== name);
    if (field.live) {
      // From here on the run is the hand's, not the recording's.
      if (this.replaying && this.liveRun) {
        const now = this.liveRun.inForce;
        for (const other of this.fields)
          if (other.live && other.name !== name) this.draft[other.name] = now[other.name];
      }
      this.draft.changes = [];
      clearTimeout(this.#settling.get(name));
      this.#settling.set(name, Number(setTimeout(() => this.#adjust(name), SETTLE_MS)));
    }
    this.requestPreview();
    this.touch();
  }

  /** @param {string} name */
  #adjust(name) {
    this.#settling.delete(name);
    const run = this.liveRun;
    if (!run || run.status === 'waiting' || same(run.inForce[name], this.draft[name])) return;
    run.handle?.adjust(name, this.draft[name]);
  }

  /** Changes several settings: live ones at once, others wait for a restart. @param {Config} changes */
  setFields(changes) {
    for (const [name, value] of Object.entries(changes)) this.setField(name, value);
  }

  /** @param {string} name */
  resetField(name) {
    this.setField(name, this.field(name).default);
  }

  discardEdits() {
    if (!this.active) return;
    this.draft = { ...this.active.inForce, changes: this.draft.changes };
    this.dataId = this.active.dataId ?? this.dataId;
    this.problems = [];
    this.requestPreview();
    this.touch();
  }

  /** Takes a preset's settings and starts at once. @param {{ config: Config }} preset */
  applyPreset(preset) {
    this.draft = { ...defaultConfig(), ...preset.config };
    // Curves of another task behind this one would only confuse; a click brings them back.
    for (const run of this.runs) run.hidden = true;
    this.problems = [];
    this.requestPreview();
    this.start();
  }

  /** Puts a run's settings back into the panel. @param {Run} run */
  restoreSettings(run) {
    this.draft = { ...run.config };
    if (run.dataId !== null) this.dataId = run.dataId;
    this.note(null, 'quiet', `The settings of ${run.name} are back in the panel.`, [
      { label: 'Run them again', act: () => this.start() },
    ]);
    this.requestPreview();
    this.touch();
  }

  /** The address of what is in focus, or of the panel where it was edited since. @param {Run | null} [run] */
  permalink(run) {
    const edited = this.pending.length > 0 || !this.active;
    const config = run ? run.config : edited ? this.draft : /** @type {Run} */ (this.active).config;
    const query = configToSearch(config).replace(/^\?/, '');
    const slug = this.data.find((data) => data.id === (run?.dataId ?? this.dataId))?.slug;
    const all = [config.dataset === 'custom' && slug ? `data=${encodeURIComponent(slug)}` : '', query].filter(Boolean);
    return all.length ? `?${all.join('&')}` : '';
  }

  requestPreview() {
    clearTimeout(this.#previewTimer);
    this.#previewTimer = Number(setTimeout(() => this.#preview(), 60));
  }

  async #preview() {
    if (this.#previewRunning) {
      this.#previewAgain = true;
      return;
    }
    if (this.draft.dataset === 'custom' && this.dataId === null) return;
    this.#previewRunning = true;
    try {
      this.preview = await this.#client.preview({ config: this.draft, dataId: this.dataId });
    } catch (error) {
      const { message, field = null, position = null } = /** @type {any} */ (error);
      this.preview = {
        steps: new Uint32Array(),
        rates: new Float32Array(),
        totalSteps: 0,
        facts: null,
        problem: { message, field, position },
      };
    }
    this.#previewRunning = false;
    if (this.#previewAgain) {
      this.#previewAgain = false;
      this.#preview();
    }
    this.touch();
  }

  /** The problem that a control should show. @param {string} name */
  problemOf(name) {
    return (
      this.problems.find((problem) => problem.field === name) ??
      (this.preview?.problem?.field === name ? this.preview.problem : null)
    );
  }

  /** @param {Problem} problem */
  dismiss(problem) {
    this.problems = this.problems.filter((other) => other !== problem);
    this.touch();
  }

  // ---- training --------------------------------------------------------------------------------------------------

  /** Starts a new run with the panel's settings. The one before it stays on the page. @param {{ paused?: boolean }} [how] */
  start({ paused = false } = {}) {
    if (this.draft.dataset === 'custom' && this.dataId === null) {
      if (!this.problemOf('dataset')) {
        this.#report({
          field: 'dataset',
          message: 'This needs your data: drop IDX or CSV files on the page, or choose another data set.',
        });
      }
      return;
    }
    this.#stopActive();
    const run = this.#newRun({ ...this.draft, changes: [...(this.draft.changes ?? [])] });
    run.handle = this.#client.start(
      { config: run.config, dataId: run.dataId, paused, stepsPerSecond: this.stepsPerSecond },
      this.#listenTo(run),
    );
    run.enter(paused ? 'paused' : 'running');
    this.touch();
  }

  #stopActive() {
    const { active } = this;
    if (!active?.alive) return;
    active.handle?.stop();
    active.enter('stopped');
    // A run that never took a step is not worth a row.
    if (active.step === active.startStep && active.series.loss.length === 0) this.removeRun(active);
  }

  /** @param {Config} config @param {Partial<{ name: string }>} [given] */
  #newRun(config, { name } = {}) {
    const id = this.#nextRun++;
    const run = new Run({
      id,
      name: name ?? memorableName(id - 1),
      color: RUN_COLORS[(id - 1) % RUN_COLORS.length],
      config,
      dataId: config.dataset === 'custom' ? this.dataId : null,
      columns: this.#schema.metrics.map((/** @type {Field} */ metric) => metric.name),
      series: this.#maker,
    });
    this.runs = [...this.runs, run];
    this.active = run;
    this.focus = run;
    for (const old of this.runs.filter((other) => !other.alive).slice(0, -RUNS_IN_WORKER)) {
      old.handle?.discard();
      old.handle = null;
    }
    this.dispatchEvent(new Event('rows'));
    return run;
  }

  /** Run, pause, or start anew where the run has ended. */
  toggle() {
    const run = this.liveRun;
    if (!run) this.start();
    else if (run.status === 'running') run.handle?.pause();
    else {
      run.handle?.resume();
      run.enter('running');
    }
    this.touch();
  }

  /** One step; on a fresh page or after the end, the first step of a new run. @param {number} [steps] */
  stepOnce(steps = 1) {
    if (!this.liveRun) this.start({ paused: true });
    const run = /** @type {Run} */ (this.liveRun);
    if (!run) return;
    run.handle?.step(steps);
    this.touch();
  }

  /** @param {number} stepsPerSecond 0 is as fast as it goes */
  setSpeed(stepsPerSecond) {
    this.stepsPerSecond = stepsPerSecond;
    this.liveRun?.handle?.setSpeed(stepsPerSecond);
    this.touch();
  }

  /** From step 0 again, with the panel's settings. */
  reset() {
    this.start();
  }

  /** @param {Run} parent @param {number} step @param {Config} changes live settings */
  fork(parent, step, changes) {
    const { handle } = parent;
    if (!handle) {
      this.note(
        parent,
        'warn',
        `${parent.name} is too old to be forked: its state is no longer kept. Run its settings again first.`,
      );
      return;
    }
    this.#stopActive();
    const list = Object.entries(changes).map(([field, value]) => ({ step, field, value }));
    const kept = parent.changes.filter((change) => change.step < step);
    const run = this.#newRun(
      { ...parent.config, changes: [...kept, ...list] },
      { name: `${parent.name.split(' · ')[0]} · fork at ${step}` },
    );
    run.dataId = parent.dataId;
    run.parentId = parent.id;
    run.handle = this.#client.fork(
      handle,
      { step, changes: list, stepsPerSecond: this.stepsPerSecond },
      this.#listenTo(run),
    );
    run.enter('running');
    this.draft = { ...run.config, ...changes, changes: [] };
    for (const change of kept) this.draft[change.field] = changes[change.field] ?? change.value;
    const words = list.map(
      (change) => `${shortName(this.field(change.field))} ${valueInWords(this.field(change.field), change.value)}`,
    );
    this.note(
      run,
      'you',
      `Forked ${parent.name} at step ${step}${words.length ? ` with ${words.join(', ')}` : ''}. Same weights, same batches from here on.`,
      [],
      step,
    );
    this.requestPreview();
  }

  /** A remedy's button: a fork, or live changes, or a new run. @param {Run} run @param {import('./remedies.js').Remedy} remedy */
  apply(run, remedy) {
    if (remedy.forkAt !== undefined) this.fork(run, remedy.forkAt, remedy.changes);
    else if (run === this.liveRun && Object.keys(remedy.changes).every((name) => this.field(name).live))
      this.setFields(remedy.changes);
    else {
      this.draft = { ...run.inForce, changes: [], ...remedy.changes };
      this.requestPreview();
      this.start();
    }
  }

  // ---- runs ------------------------------------------------------------------------------------------------------

  /** @param {Run} run */
  focusOn(run) {
    this.focus = run;
    run.hidden = false;
    this.dispatchEvent(new Event('rows'));
    this.touch();
  }

  /** @param {Run} run */
  toggleHidden(run) {
    run.hidden = !run.hidden;
    this.dispatchEvent(new Event('rows'));
    this.touch();
  }

  /** @param {Run} run @param {string} name */
  rename(run, name) {
    run.name = name.trim().slice(0, 60) || run.name;
    this.touch();
  }

  /** @param {Run} run */
  removeRun(run) {
    this.runs = this.runs.filter((other) => other !== run);
    run.handle?.discard();
    run.handle = null;
    if (this.active === run) this.active = this.runs[this.runs.length - 1] ?? null;
    if (this.focus === run) this.focus = this.active;
    this.dispatchEvent(new Event('rows'));
    this.touch();
  }

  // ---- data ------------------------------------------------------------------------------------------------------

  /**
   * Reads dropped or chosen files and trains on them.
   * @param {File[]} files @param {{ slug?: string | null, name?: string, classNames?: string[] | null, quiet?: boolean }} [how]
   */
  async loadFiles(files, { slug = null, name = '', classNames = null, quiet = false } = {}) {
    if (!files.length) return false;
    this.loading = files.length === 1 ? files[0].name : `${files.length} files`;
    this.touch();
    try {
      const loaded = await this.#client.loadData(
        files.map((file) => ({ name: file.name, blob: file })),
        this.draft,
      );
      const { dataId } = loaded;
      this.data = [
        ...this.data,
        { ...loaded, id: dataId, slug, name: name || loaded.name, classNames: loaded.classNames ?? classNames },
      ];
      this.dataId = dataId;
      this.draft = { ...this.draft, dataset: 'custom' };
      this.problems = this.problems.filter((problem) => problem.field !== 'dataset');
      if (!quiet) {
        this.note(
          null,
          'you',
          `Loaded ${loaded.name}: ${count(loaded.trainCount)} training and ${count(loaded.valCount)} validation samples of ${loaded.shape.join(' × ')}${loaded.shape.length === 1 ? ' features' : ''}, ${loaded.classes} classes.`,
        );
        this.start();
      }
      this.requestPreview();
      return true;
    } catch (error) {
      this.#report({ field: 'dataset', message: /** @type {Error} */ (error).message });
      return false;
    } finally {
      this.loading = '';
      this.touch();
    }
  }

  /** Loads what the server offers. @param {import('./server_data.js').Offered} set @param {{ quiet?: boolean }} [how] */
  async loadOffered(set, { quiet = false } = {}) {
    const known = this.data.find((data) => data.slug === set.name);
    if (known) return this.chooseData(known.id);
    const { title, classNames } = knownFacts(set);
    this.loading = title;
    this.touch();
    try {
      const files = await fetchServerData(set);
      await this.loadFiles(files, { slug: set.name, name: title, classNames, quiet: true });
      if (!quiet) this.requestPreview();
    } catch (error) {
      this.loading = '';
      this.#report({ field: 'dataset', message: /** @type {Error} */ (error).message });
    }
  }

  /** @param {number} id */
  chooseData(id) {
    this.dataId = id;
    this.setField('dataset', 'custom');
  }

  // ---- range test ------------------------------------------------------------------------------------------------

  /**
   * @param {(progress: import('../worker/protocol.js').RangeProgressMessage) => void} onProgress
   * @param {AbortSignal} signal
   */
  rangeTest(onProgress, signal) {
    return this.#client.rangeTest(
      { config: { ...this.draft, changes: [] }, dataId: this.dataId, options: this.rangeOptions },
      { progress: onProgress, signal },
    );
  }

  /** The options that the chosen preset starts from. */
  rangeDefaults() {
    const own = this.#schema.range_presets?.[this.rangeOptions.preset ?? ''] ?? {};
    return { ...Object.fromEntries(this.rangeFields.map((field) => [field.name, field.default])), ...own };
  }

  /** @param {string} name */
  rangeValue(name) {
    return this.rangeOptions[name] ?? this.rangeDefaults()[name];
  }

  /** @param {string} name @param {any} value */
  setRangeOption(name, value) {
    this.rangeOptions = { ...this.rangeOptions, [name]: value };
    if (same(this.rangeDefaults()[name], value)) delete this.rangeOptions[name];
    this.touch();
  }

  makePoints() {
    return this.#maker.createPoints();
  }

  /** @param {number | null} lr */
  noteSuggestion(lr) {
    this.suggested = lr === null ? null : { lr: Number(lr.toPrecision(3)), like: likeness(this.draft) };
    this.touch();
  }

  /** What is known about rates for the panel's settings: the range test's suggestion, and the lowest that broke. */
  get rateMarks() {
    const like = likeness(this.draft);
    const marks = [];
    if (this.suggested?.like === like) marks.push({ value: this.suggested.lr, label: 'range test', tone: 'lr' });
    const broke = this.runs
      .filter(
        (run) =>
          likeness(run.config) === like && !run.changes.length && (run.status === 'diverged' || run.episodes.length),
      )
      .map((run) => Number(run.config.lr));
    if (broke.length) marks.push({ value: Math.min(...broke), label: 'unstable from', tone: 'bad' });
    return marks;
  }

  /** A rate that the range test found: into the panel, and back to the training. @param {number} lr */
  useRate(lr) {
    this.setField('lr', lr);
    this.view = 'live';
    this.touch();
  }

  /** @param {'live' | 'range'} view */
  show(view) {
    this.view = view;
    this.touch();
  }

  // ---- hearing ---------------------------------------------------------------------------------------------------

  /** What is done about the worker's messages of a run. @param {Run} run */
  #listenTo(run) {
    return {
      started: (/** @type {import('../worker/protocol.js').StartedMessage} */ message) => {
        run.begin(message);
        for (const notice of message.notices) this.note(run, 'warn', notice);
        this.touch();
      },
      progress: (/** @type {import('../worker/protocol.js').ProgressMessage} */ message) => {
        run.take(message);
        tellProgress(this, run);
        this.dispatchEvent(new Event('rows'));
        this.touchSoon();
        return drawn();
      },
      adjusted: (/** @type {import('../worker/protocol.js').AdjustedMessage} */ message) =>
        this.#adjusted(run, message),
      paused: () => {
        if (run.alive) run.enter('paused');
        this.touch();
      },
      finished: (/** @type {import('../worker/protocol.js').FinishedMessage} */ message) => this.#finish(run, message),
      rejected: (/** @type {import('../worker/protocol.js').RejectedMessage} */ message) => {
        if (run.parameters === 0) this.removeRun(run);
        this.#report({ field: message.field, position: message.position, message: message.message });
      },
      failed: (/** @type {import('../worker/protocol.js').FailedMessage} */ message) => {
        run.enter('failed');
        run.handle = null;
        this.note(run, 'bad', `Something broke that should not have: ${message.message} The curves so far are kept.`, [
          { label: 'Start again', act: () => this.start() },
        ]);
      },
    };
  }

  /** @param {Run} run @param {import('../worker/protocol.js').AdjustedMessage} message */
  #adjusted(run, { step, field: name, value }) {
    const field = this.field(name);
    const was = run.inForce[name];
    run.config = { ...run.config, changes: [...run.changes, { step, field: name, value }] };
    const symbol = shortName(field) === field.unit ? ` ${field.unit}` : '';
    this.note(
      run,
      'you',
      `${field.label}${symbol} ${valueInWords(field, was)} → ${valueInWords(field, value)}`,
      [],
      step,
    );
    this.dispatchEvent(new Event('rows'));
    this.touch();
  }

  /** @param {Problem} problem */
  #report(problem) {
    this.problems = [...this.problems.filter((other) => other.field !== problem.field), problem];
    this.touch();
  }

  /** @param {Run} run @param {import('../worker/protocol.js').FinishedMessage} message */
  #finish(run, message) {
    run.enter(message.reason);
    run.config = { ...run.config, ...message.config };
    run.summary = message.summary;
    run.end = { reason: message.reason, train: message.train, val: message.val, digest: message.digest };
    tellEnd(this, run);
    this.dispatchEvent(new Event('rows'));
    this.touch();
  }

  /**
   * Writes into the event log. An entry with the key of an older one at nearly the same step replaces it.
   * @param {Run | null} run @param {LogEntry['tone']} tone @param {string} text @param {Action[]} [actions]
   * @param {number | null} [step] @param {string} [key]
   */
  note(run, tone, text, actions = [], step = null, key) {
    this.log = [{ id: this.#nextEntry++, runId: run?.id ?? null, step, tone, text, actions, key }, ...this.log].slice(
      0,
      LOG_LENGTH,
    );
    this.touch();
  }

  /** Something changed that must be seen at once. */
  touch() {
    clearTimeout(this.#changeTimer);
    this.#changeTimer = 0;
    this.dispatchEvent(new Event('change'));
  }

  /** Something changed that a tenth of a second later is soon enough for. */
  touchSoon() {
    if (this.#changeTimer) return;
    this.#changeTimer = Number(
      setTimeout(() => {
        this.#changeTimer = 0;
        this.dispatchEvent(new Event('change'));
      }, 100),
    );
  }
}

/** Resolves when the page has drawn; a hidden tab draws nothing, and training goes on there. */
function drawn() {
  return new Promise((resolve) => {
    // The timer also serves the tab that is hidden while it waits for its frame.
    setTimeout(resolve, document.hidden ? 30 : 400);
    requestAnimationFrame(() => resolve(undefined));
  });
}

/** The name of the server's data set in an address, and the rest of it. @param {string} search */
export function splitAddress(search) {
  const parts = search.replace(/^\?/, '').split('&').filter(Boolean);
  const data = parts.find((part) => part.startsWith('data='));
  let slug = null;
  try {
    slug = data === undefined ? null : decodeURIComponent(data.slice(5).replaceAll('+', ' '));
  } catch {
    slug = '';
  }
  return { slug, rest: parts.filter((part) => part !== data).join('&') };
}

/** What two configs must share for a learning rate to mean the same in both. @param {Config} config */
function likeness({ dataset, downsample, model, init, init_gain, optimizer, momentum, batch, warmup_steps, clip }) {
  return JSON.stringify([dataset, downsample, model, init, init_gain, optimizer, momentum, batch, warmup_steps, clip]);
}

/** @param {import('./run.js').Change} a @param {import('./run.js').Change} b */
function sameChange(a, b) {
  return a.step === b.step && a.field === b.field && same(a.value, b.value);
}
