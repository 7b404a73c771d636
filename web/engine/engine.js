/**
 * The library's front door: everything that one instance of the C core can do.
 *
 *     const engine = await createEngineFrom(wasmBytes);
 *     const { config, problems } = engine.parseConfig({ dataset: 'moons', lr: 0.1 });
 *     const trainer = engine.createTrainer(config);
 *
 * No DOM, no Worker, no Node: whoever has the bytes of trainscope.wasm has an engine. Whatever a user can do about is
 * a TrainerError with one sentence.
 */

import { SCHEMA_DIGEST, VERSION } from '../generated/schema.js';
import { parseSettings } from './config/config.js';
import { describeValue } from './config/names.js';
import { publishSchema, SCHEMA } from './config/schema.js';
import { argumentError, checkWhole } from './core/arguments.js';
import { arithmeticOf, checkOwnArithmetic } from './core/arithmetic.js';
import { TrainerError } from './core/errors.js';
import { findModelProblem, findProblem } from './core/problem.js';
import { withConfig } from './core/record.js';
import { Team } from './core/team.js';
import { makeRoomInCommon, openCore } from './core/wasm.js';
import { checkDataset, createDataset, generateDataset, splitData } from './data/dataset.js';
import { parseIdxHeader } from './data/idx_header.js';
import { mapArrays, storeData } from './data/shared_data.js';
import { Optimizer, settingsOfRule } from './race/optimizer.js';
import { Race, readRace } from './race/race.js';
import { parseSurfaceOptions, Surface } from './race/surface.js';
import { judgeCurve } from './range/range_check.js';
import { RangeCurve } from './range/range_curve.js';
import { parseRangeOptions, rangeRates } from './range/range_options.js';
import { suggest } from './range/suggestion.js';
import { measureModel } from './run/layout.js';
import { learningRates, learningRatesAt } from './run/learning_rates.js';
import { readNormEdges } from './run/norm_bars.js';
import { gradientNormStats } from './run/norm_statistics.js';
import { fitToData } from './run/run_facts.js';
import { Trainer } from './run/trainer.js';
import { endSentence } from './words/sentences.js';

export { loadSource, readEngineOptions } from './core/engine_options.js';

/**
 * @typedef {import('./core/wasm.js').Core} Core
 * @typedef {import('./config/config.js').Config} Config
 * @typedef {import('./config/config.js').GivenConfig} GivenConfig
 * @typedef {import('./config/config.js').GivenSettings} GivenSettings
 * @typedef {import('./config/config.js').SomeSettings} SomeSettings
 * @typedef {import('./config/config.js').RangeOptions} RangeOptions
 * @typedef {import('./config/config.js').Problem} Problem
 * @typedef {import('./data/dataset.js').Dataset} Dataset
 * @typedef {import('./data/judging.js').GivenData} GivenData
 * @typedef {import('./data/data_files.js').DataFiles} DataFiles
 * @typedef {import('./range/suggestion.js').Suggestion} Suggestion
 * @typedef {import('./range/suggestion.js').SuggestOptions} SuggestOptions
 * @typedef {import('./range/range_check.js').RangeCheck} RangeCheck
 * @typedef {import('./run/norm_statistics.js').NormStats} NormStats
 */

/**
 * @param {ArrayBuffer | Uint8Array | import('./core/wasm.js').WebAssemblyModule} source  the bytes of trainscope.wasm, or
 *   compileCore's module; of trainscope-threads.wasm where there are several threads, or a common memory
 * @param {object} [how]
 * @param {number} [how.threads]  that train together, the caller's own included
 * @param {import('./core/team.js').StartThread | null} [how.startThread]  needed where there are several
 * @param {object | null} [how.common]  the memory of createCommonMemory of wasm.js, for this engine among others
 * @param {boolean} [how.isShared]  whether threads may join it later, by completeCore
 * @param {import('./core/arithmetic.js').Arithmetic} [how.arithmetic]  that the binary was built for
 * @returns {Promise<Engine>}
 * @throws {TrainerError} code `build`: binary and tables are of different builds; `argument`; `arithmetic`: it is another
 */
export async function createEngineFrom(source, how = {}) {
  const { threads = 1, startThread = null, common = null, arithmetic = 'plain' } = how;
  checkWhole('threads', threads, { min: 1 });
  const hasTeam = startThread !== null && threads > 1;
  const isShared = hasTeam || how.isShared === true;
  const core = await openCore(source, SCHEMA_DIGEST, { isShared, common });
  checkOwnArithmetic(core, arithmetic);
  if (hasTeam) await Team.start(core, threads, startThread);
  return new Engine(core);
}

export class Engine {
  #core;
  /** @type {import('./config/schema.js').PublicSchema | null} */
  #published = null;
  /** Configs that parseConfig made: a trainer keeps their list of changes up to date. @type {WeakSet<Config>} */
  #parsed = new WeakSet();

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /** Threads that train together; their number changes no bit. */
  get threads() {
    return this.#core.team?.count ?? 1;
  }

  /** What its runs compute with: the setting arithmetic of every config that it trains. */
  get arithmetic() {
    return arithmeticOf(this.#core);
  }

  /** Of the package, as npm counts. */
  get version() {
    return VERSION;
  }

  /** Ends the engine's threads, where it has any; nothing of it may be used any more. */
  dispose() {
    this.#core.team?.dispose();
  }

  /** The tables as they are published, JSON-able: fields, rules, metrics, range_test and so on (schema_text.js). */
  get schema() {
    this.#published ??= publishSchema();
    return this.#published;
  }

  /** The tables as our own code reads them, with each option's label beside its name. */
  get tables() {
    return SCHEMA;
  }

  /** Bytes of wasm memory in use, held in all, and the most it can hold; in a common memory, this engine's own part. */
  get memory() {
    return this.#core.usage;
  }

  /** The buffer of wasm memory: a new one after every growth. */
  get memoryBuffer() {
    return this.#core.buffer;
  }

  /** Where the bins of Trainer.normBins begin, and where the last one ends: ascending, one more than bins. */
  get normEdges() {
    return readNormEdges(this.#core).slice();
  }

  // ---- settings ----------------------------------------------------------------------------------------------------

  /**
   * A complete config of a user's settings. Never throws on them: what is wrong is a problem, and its default stands in.
   *
   * @param {GivenSettings} [input]  settings by name; numbers, flags, options and changes may be text
   * @returns {{ config: Config, problems: Problem[] }}
   */
  parseConfig(input) {
    const { config, problems } = parseSettings(input, { arithmetic: this.arithmetic });
    this.#parsed.add(config);
    const core = this.#core;
    const found = withConfig(core, config, (settings) =>
      findProblem(core, (problem) => core.call.tscope_config_validate(settings, problem)),
    );
    if (found) problems.push({ field: found.field, message: endSentence(found.message) });
    const inText = config.model === null ? null : this.checkModel(config.model);
    if (inText) problems.push({ field: 'model', ...inText });
    return { config, problems };
  }

  /**
   * Judges a model text alone: names, arguments, brackets, limits.
   *
   * @param {string} text
   * @returns {{ position: number | null, message: string } | null}  position: index of the character
   */
  checkModel(text) {
    if (typeof text !== 'string') throw argumentError('text', `text must be a text, not ${describeValue(text)}.`);
    return findModelProblem(this.#core, text);
  }

  /**
   * Facts of a config's model for its data, and of the run that would train it.
   * @param {GivenConfig} config
   * @param {Dataset} [dataset]  generated where it is left out
   * @returns {import('./run/layout.js').ModelFacts}
   * @throws {TrainerError} where they do not fit together
   */
  measureModel(config, dataset) {
    const complete = this.#complete(config);
    if (dataset === undefined || dataset === null) {
      return this.#withGenerated(complete, (generated) => this.measureModel(complete, generated));
    }
    checkDataset(dataset, this.#core);
    return measureModel(this.#core, fitToData(complete, dataset), dataset);
  }

  /**
   * η at every step, warmup and recorded changes of lr included.
   *
   * @param {GivenConfig} config
   * @returns {Float32Array}
   */
  learningRates(config) {
    return learningRates(this.#core, this.#complete(config));
  }

  /**
   * η at some steps only.
   * @param {GivenConfig} config
   * @param {ArrayLike<number>} steps
   * @returns {Float32Array}  one rate per step given
   */
  learningRatesAt(config, steps) {
    // What parseConfig made is previewed as it stands, also where it said that settings contradict each other.
    const isParsed = this.#parsed.has(/** @type {Config} */ (config));
    return learningRatesAt(this.#core, isParsed ? parseSettings(config).config : this.#complete(config), steps);
  }

  // ---- data --------------------------------------------------------------------------------------------------------

  /**
   * A data set of the caller's own arrays, tokens or text.
   *
   * @param {GivenData} input
   * @returns {Dataset}
   * @throws {TrainerError} code `data`, in one sentence, where anything does not fit together; code `memory`
   */
  createDataset(input) {
    return createDataset(this.#core, input);
  }

  /**
   * A data set of data without a validation set: val_fraction is held back, chosen by data_seed.
   *
   * @param {GivenData} input
   * @param {GivenConfig} [config]
   * @returns {Dataset}
   */
  splitDataset(input, config = {}) {
    return this.createDataset(this.splitData(input, config));
  }

  /**
   * The data of splitDataset, which are not in the engine's memory yet.
   * @template {GivenData} Given @param {Given} input @param {GivenConfig} [config] @returns {Given}
   */
  splitData(input, config = {}) {
    return splitData(this.#core, input, this.#complete(config));
  }

  /**
   * Moves the arrays of files into the memory that this engine shares with others, which then need no copy of them.
   *
   * @param {DataFiles} data
   * @returns {DataFiles | null}  to be adopted by the others; null where this engine shares none, or has no room left
   */
  shareData(data) {
    const known = mapArrays(data, (array) => array);
    const shared = this.#core.common && storeData(this.#core.common, known);
    return shared && this.adoptData(shared);
  }

  /** Room for an array in the memory that this engine shares; null where there is none. @param {number} bytes */
  makeRoom(bytes) {
    return makeRoomInCommon(this.#core.common, checkWhole('bytes', bytes));
  }

  /**
   * Takes note that the arrays lie in the memory that this engine shares, so that data sets made of them copy nothing.
   * Harmless where it shares none.
   *
   * @param {DataFiles} data  storeData's, or another engine's shareData's
   * @returns {DataFiles}  over the same arrays
   */
  adoptData(data) {
    return mapArrays(data, (array) => (this.#core.common ? this.#core.adopt(array) : array));
  }

  /**
   * The data set that a config generates.
   * @param {GivenConfig} [config]
   * @returns {Dataset}
   */
  generateDataset(config = {}) {
    return generateDataset(this.#core, this.#complete(config));
  }

  /**
   * The header of an IDX file.
   * @param {Uint8Array} bytes  unpacked
   * @param {{ isWhole?: boolean }} [how]  isWhole: they are the whole file, so that the data must fill it
   * @returns {import('./data/idx_header.js').IdxHeader}
   * @throws {TrainerError} where it is no IDX file, or too short or too long
   */
  parseIdx(bytes, how) {
    return parseIdxHeader(this.#core, bytes, how);
  }

  // ---- training ----------------------------------------------------------------------------------------------------

  /**
   * A training, at its first step.
   *
   * @param {GivenConfig} config  parseConfig's, whose list of changes it keeps up to date, or another
   * @param {Dataset} [dataset]  without it, the config's own is generated
   * @returns {Trainer}  the caller's to dispose of
   * @throws {TrainerError} with the first thing that does not fit; code `memory` where the run is too large
   */
  createTrainer(config, dataset) {
    const complete = this.#complete(config);
    const known = /** @type {Config} */ (config);
    const callersChanges = this.#parsed.has(known) && Object.isExtensible(known.changes) ? known.changes : null;
    if (dataset !== undefined && dataset !== null) {
      checkDataset(dataset, this.#core);
      return new Trainer(this.#core, fitToData(complete, dataset), dataset, callersChanges);
    }
    if (complete.dataset === 'custom') {
      throw new TrainerError('data', 'dataset', 'dataset custom needs data: give createTrainer a data set.');
    }
    return this.#withGenerated(complete, (generated) => new Trainer(this.#core, complete, generated, callersChanges));
  }

  /**
   * An update rule on bare vectors.
   *
   * @param {string} name  of the setting optimizer
   * @param {SomeSettings} settings  momentum, beta1 and so on; those that the rule lacks are ignored
   * @param {number} n  numbers in a vector
   * @returns {Optimizer}
   * @throws {TrainerError} where the rule or a setting is unknown, or a value out of range
   */
  createOptimizer(name, settings, n) {
    return new Optimizer(this.#core, this.#complete({ ...settingsOfRule(name, settings), optimizer: name }), n);
  }

  /**
   * A surface over the plane: a function of two numbers with its gradient, Hessian and map.
   *
   * @param {SomeSettings} [options]  of the table surface: which one, its curvatures, noise
   * @returns {Surface}  the caller's to dispose of
   */
  createSurface(options = {}) {
    return new Surface(this.#core, parseSurfaceOptions(options));
  }

  /**
   * Update rules on a surface, from one start, in lockstep.
   *
   * @param {object} race
   * @param {SomeSettings} [race.surface]  as createSurface takes it
   * @param {[number, number]} [race.start]  without it, where the table says
   * @param {import('./race/race.js').Entry[]} race.entries  a rule with its learning rate and settings each
   * @returns {Race}  the caller's to dispose of, its surface with it
   * @throws {TrainerError} naming the option or setting
   */
  createRace(race) {
    const { surface: options, start, entries } = readRace(race);
    const surface = this.createSurface(options);
    const createOptimizer = (/** @type {import('./race/race.js').Entry} */ { rule, settings = {} }) =>
      this.createOptimizer(rule, settings, 2);
    return new Race(surface, createOptimizer, entries, start ?? surface.facts.start);
  }

  // ---- the LR range test's formulas --------------------------------------------------------------------------------

  /**
   * Complete options of a range test: the preset's own, and what the user says instead.
   *
   * @param {SomeSettings} [input]
   * @returns {RangeOptions}
   * @throws {TrainerError} naming the option
   */
  parseRangeOptions(input = {}) {
    return parseRangeOptions(input);
  }

  /** The learning rates of a range test, in order. @param {RangeOptions} options @returns {number[]} */
  rangeRates(options) {
    return rangeRates(this.#core, options);
  }

  /** Its smoothing and stop rule, one loss at a time. @param {RangeOptions} options @returns {RangeCurve} */
  createRangeCurve(options) {
    return new RangeCurve(this.#core, options);
  }

  /** How far from halfway, as a factor, the steepest descent still counts as half way down. */
  get rangeHalfwayFactor() {
    return this.#core.constants.RANGE_HALFWAY_FACTOR;
  }

  /**
   * What every rule reads off a curve of a range test. Nothing is smoothed here.
   * @param {ArrayLike<number>} lr  rates, rising
   * @param {ArrayLike<number>} loss  the curve to judge; may contain NaN and Infinity
   * @param {SuggestOptions} [options]
   * @returns {Suggestion}
   * @throws {TrainerError} where the arrays differ in length or an option is wrong
   */
  suggest(lr, loss, options) {
    return suggest(this.#core, lr, loss, options);
  }

  /**
   * The same of a smoothed curve with its losses as measured: whether they have a descent that stands out of their
   * noise, and which rules read their rate off that.
   *
   * @param {import('./range/range_check.js').CurveToJudge} curve
   * @param {SuggestOptions} [options]
   * @returns {{ suggestion: Suggestion, check: RangeCheck }}
   * @throws {TrainerError} where the arrays differ in length or an option is wrong
   */
  judgeCurve(curve, options) {
    return judgeCurve(this.#core, curve, options);
  }

  /**
   * Statistics of gradient norms: a threshold to clip at, and a histogram.
   *
   * @param {ArrayLike<number>} norms  unclipped
   * @param {{ percentile?: number, bins?: number }} [options]  percentile: 0 … 100, 90 by default, by linear
   *   interpolation between the sorted norms
   * @returns {NormStats}
   */
  gradientNormStats(norms, options) {
    return gradientNormStats(this.#core, norms, options);
  }

  /** For parts of the engine that are fetched when they are needed. */
  get core() {
    return this.#core;
  }

  /** @template T @param {Config} config  complete @param {(dataset: Dataset) => T} use @returns {T} */
  #withGenerated(config, use) {
    const generated = generateDataset(this.#core, config);
    try {
      return use(generated);
    } finally {
      generated.dispose();
    }
  }

  /** A valid, complete copy of a config. @param {unknown} config @returns {Config} */
  #complete(config) {
    const { config: complete, problems } = this.parseConfig(/** @type {GivenSettings} */ (config));
    if (problems.length === 0) return complete;
    const { field, message, position = null } = problems[0];
    const error = new TrainerError(position === null ? 'setting' : 'model', field, message);
    error.position = position;
    throw error;
  }
}
