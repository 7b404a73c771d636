/**
 * The page's one state, and the ways to its parts: the settings in the panel (draft), the runs so far, the event log,
 * the data sets, the page's links and what is known about rates. Components read it and call its methods; it knows no
 * element, and no view: their models are made by main.js and know the lab.
 *
 * Events: `change` when something to read or to click changed (at most ten times a second while training), `rows`
 * when the curves of a run grew, `show` when another view, or another part of one, was opened.
 *
 * @typedef {import('../../engine/config/config.js').Field} Field
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../engine/config/config.js').Problem} Problem
 * @typedef {import('./run.js').Run} Run
 * @typedef {import('./log.js').LogEntry} LogEntry
 *
 * @typedef {Pick<import('../../worker/client.js').WorkerClient,
 *   'ready' | 'threads' | 'normEdges' | 'start' | 'fork' | 'ask' | 'loadData'> & { whyNot: (arithmetic:
 *   import('../../engine/config/config.js').Config['arithmetic']) => Promise<string | null> }} Client
 *   what state asks of the worker
 * @typedef {{ id: string, name: string, sentence: string, config: import('../../engine/config/config.js').SomeSettings,
 *   card?: { name: string, says: string, asks: string }, figures?: import('../../card_figures.js').CardFigures }} Preset  card: of those
 *   that stand in sight, with the figures of its run
 */

import { Comparison } from './comparison.js';
import { DataSets } from './data_sets.js';
import { Draft } from './draft.js';
import { KnownRates } from './known_rates.js';
import { Links } from './links.js';
import { Log } from './log.js';
import { Runs } from './runs.js';
import { StartWeights } from './start_weights.js';

/** The least time between two `change` events of a training that goes on, in milliseconds. */
const CHANGE_MS = 100;

export class Lab extends EventTarget {
  /** @type {Run | null} the one the controls act on */
  active = null;
  /** @type {Run | null} the one drawn in full */
  focus = null;
  /** The view that is open; page/views.js lists them. */
  view = 'live';
  /** What is open within the view, where it has parts with names, such as a lesson, or settings of its own. */
  item = '';
  /** Names of the parts that this page does without, as in a frame; page/look.js lists them. @type {Set<string>} */
  hidden = new Set();
  /** Says in the log what happens; main.js gives one that knows the words. @type {import('./log.js').Narrator} */
  narrator = {};
  ready = false;
  /** Why nothing can be trained here, as a sentence: the engine could not be loaded. @type {string | null} */
  engineProblem = null;

  /** Opens the new version of the page that waits, where one does. @type {(() => Promise<void>) | null} */
  update = null;

  /** Keeps runs beyond the page, from when there is one on. @type {import('./kept/keeper.js').Keeper | null} */
  keeper = null;

  log = new Log(this);
  links = new Links(this);
  compare = new Comparison(this);
  rates = new KnownRates();
  weights = new StartWeights(this);

  #isUpdating = false;
  #client;
  #schema;
  #maker;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #changeTimer;
  /** What was open within each view when it was left. @type {Map<string, string>} */
  #items = new Map();
  /** Of the views that work beside the live training. @type {{ readonly isBusy: boolean }[]} */
  #models = [];

  /**
   * @param {{ client: Client, schema: import('../../engine/config/schema.js').Schema,
   *           series: import('./run.js').SeriesMaker, presets: Preset[] }} parts
   */
  constructor({ client, schema, series, presets }) {
    super();
    this.#client = client;
    this.#schema = schema;
    this.#maker = series;
    this.presets = presets;
    this.fields = schema.fields;
    this.data = new DataSets(this, client);
    this.draft = new Draft(this, client);
    this.runs = new Runs(this, client, series);
    client.ready.then(() => {
      this.ready = true;
      this.touch();
    });
  }

  /** The engine could not be loaded, and will not be. @param {string} reason */
  giveUp(reason) {
    this.engineProblem = `The engine could not be loaded: ${reason}`;
    this.ready = false;
    // What waited for it never began, and what was said of it is said in the sentence.
    for (const run of this.runs.list.filter(({ parameters }) => parameters === 0)) {
      this.log.forget(run);
      this.runs.remove(run);
    }
    this.log.note(null, 'bad', this.engineProblem, [{ label: 'Reload the page', act: () => location.reload() }]);
  }

  /**
   * The worker was asked something, and is silent for long: with a large model a step may take minutes.
   * @param {() => void} end  ends what it is at, and loses it
   */
  sayBusy(end) {
    const run = this.liveRun;
    const key = `busy ${run?.id ?? ''}`;
    this.log.entries = this.log.entries.filter((entry) => entry.key !== key);
    const text = `${run?.name ?? 'What was asked'} has not answered for a while. One step of a model of this size may take so long; it goes on unless you end it.`;
    this.log.note(run, 'warn', text, [{ label: 'End it', act: end }], null, key);
  }

  // ---- reading ---------------------------------------------------------------------------------------------------

  /** Threads that train the run on screen together. */
  get threads() {
    return this.#client.threads;
  }

  /** Edges of the bins that runs count their gradient norms in. */
  get normEdges() {
    return this.#client.normEdges;
  }

  /** A setting's row of the table. @param {string} name */
  field(name) {
    return /** @type {Field} */ (this.fields.find((field) => field.name === name));
  }

  /** The run whose controls are live: running or paused. */
  get liveRun() {
    return this.active?.alive ? this.active : null;
  }

  /** The model text that a config stands for. @param {Config} config @param {number[]} [shape] of an input, where it is known */
  modelText(config, shape) {
    if (config.model !== null && config.model !== undefined) return config.model;
    const { images, points, tokens } = this.#schema.models;
    if (this.data.isTokens(config) || shape?.length === 2) return tokens;
    const isImage = shape ? shape.length === 3 : this.data.isImage(config);
    return isImage ? images : points;
  }

  /** The first training samples of a generated data set. @param {string} dataset @param {number} count */
  glimpse(dataset, count) {
    return this.#client.ask('glimpse', { config: { dataset }, count });
  }

  /** Files that were dropped or chosen: weights to start from, or data. @param {File[]} files */
  async takeFiles(files) {
    const weights = files.filter(StartWeights.isFor);
    const data = files.filter((file) => !weights.includes(file));
    // Data starts a run by itself.
    if (weights.length > 0) await this.weights.take(weights, { quiet: data.length > 0 });
    if (data.length > 0) await this.data.load(data);
  }

  /** Trains anew with the other arithmetic, where it can be had. @param {Config['arithmetic']} arithmetic */
  async trainWith(arithmetic) {
    this.draft.set('arithmetic', arithmetic);
    await this.settleArithmetic();
    if (this.draft.settings.arithmetic === arithmetic) this.runs.start();
    else this.touch();
  }

  /** Where the settings ask for arithmetic that this browser or machine lacks, the page trains plain, and says so. */
  async settleArithmetic() {
    const { draft } = this;
    const why = await this.#client.whyNot(draft.settings.arithmetic);
    if (why === null) return;
    draft.reset('arithmetic');
    this.log.note(
      null,
      'warn',
      `${why} The page trains plain instead; a digest in the link belongs to fused arithmetic.`,
    );
  }

  /** Series that a chart may be asked to draw. */
  get seriesMaker() {
    return this.#maker;
  }

  makePoints() {
    return this.#maker.createPoints();
  }

  // ---- views -----------------------------------------------------------------------------------------------------

  /**
   * Opens a view; without an item where it was left, and a second time at its beginning.
   * @param {string} view @param {string} [item]
   */
  show(view, item) {
    this.#items.set(this.view, this.item);
    this.item = item ?? (view === this.view ? '' : (this.#items.get(view) ?? ''));
    this.view = view;
    this.dispatchEvent(new Event('show'));
    this.touch();
  }

  /** Lets a view's model have a say in whether the page may be left. @param {{ readonly isBusy: boolean }} model */
  register(model) {
    this.#models.push(model);
  }

  /** Whether leaving the page would lose what its address does not bring back. */
  get wouldLose() {
    const { runs, active } = this;
    const isStudying = this.#models.some(({ isBusy }) => isBusy);
    // A recording that plays again is in the address; what a hand changes now may not be.
    const isByHand = !!active && (active.parentId !== null || (active.changes.length > 0 && !this.draft.replaying));
    if (this.#isUpdating) return false;
    return isStudying || runs.list.length > 1 || isByHand;
  }

  /** A new version of the page is there. It waits until it is asked for: runs are kept first. @param {() => void} open */
  offerUpdate(open) {
    this.update = async () => {
      await this.keeper?.finish();
      this.#isUpdating = true;
      open();
    };
    this.touch();
  }

  // ---- events ----------------------------------------------------------------------------------------------------

  /** Whether something has changed that is not seen yet. */
  get isBehind() {
    return this.#changeTimer !== undefined;
  }

  /** The curves of a run grew. */
  touchRows() {
    this.dispatchEvent(new Event('rows'));
  }

  /** Something changed that must be seen at once. */
  touch() {
    clearTimeout(this.#changeTimer);
    this.#changeTimer = undefined;
    this.dispatchEvent(new Event('change'));
  }

  /** Something changed that a tenth of a second later is soon enough for. */
  touchSoon() {
    this.#changeTimer ??= setTimeout(() => this.touch(), CHANGE_MS);
  }
}
