/**
 * Running the gallery's experiments: the cells of an entry over its seeds, and the judge's verdict.
 *
 *     const { judgement } = await runEntry({ entry, runner, engine });
 */

import { TrainerError } from '../../core/errors.js';
import { readRangeTest } from '../range_test.js';
import { onAbort } from '../trial/abort.js';

/**
 * @typedef {import('../trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('./entry.js').Entry} Entry
 * @typedef {import('./entry.js').Cell} Cell
 * @typedef {import('./entry.js').CellTrial} CellTrial
 * @typedef {import('./entry.js').Results} Results
 * @typedef {import('./entry.js').Judgement} Judgement
 * @typedef {import('../../engine.js').Engine} Engine
 *
 * @typedef {Pick<Engine, 'parseConfig'> & import('../range_test.js').RangeFormulas} Formulas  what of an engine is asked:
 *   to judge settings, and to read range tests
 *
 * @typedef {object} EntryRun
 * @property {Entry} entry
 * @property {Cell[]} cells  that were run
 * @property {Results} results
 * @property {Judgement} judgement
 * @property {number} seconds  of all trials, as if one had followed the other
 *
 * @typedef {object} CheckResult
 * @property {string} id
 * @property {boolean | null} passed  null where it was skipped
 * @property {string} figure  the numbers that decided, or why it was skipped
 * @property {string} criterion
 * @property {boolean} [skipped]
 * @property {number} seeds
 * @property {number} seconds
 */

/** Why an entry is skipped. */
export const NO_FASHION_MNIST = 'skipped: no Fashion-MNIST';

/**
 * Runs an entry's cells, as many trials at once as the runner has jobs, and judges them.
 *
 * @param {object} run
 * @param {Entry} run.entry
 * @param {TrialRunner} run.runner
 * @param {Formulas} run.engine
 * @param {boolean} [run.quick]  the deciding cells only, with the seeds of a quick check
 * @param {number | null} [run.seeds]  how many seeds, from 1; the entry's own number where it is left out
 * @param {import('./entry.js').Settings} [run.settings]  over the entry's config: other data
 * @param {boolean} [run.isFashion]  whether the runner's own data are Fashion-MNIST, on which the entry is trained where
 *   it says how; a quick check has no time for it
 * @param {import('../trial/abort.js').Signal} [run.signal]
 * @param {(cell: Cell, trial: CellTrial) => void} [run.onTrial]  a trial is finished; in order of finishing
 * @returns {Promise<EntryRun>}
 * @throws whatever makes a run impossible, and the signal's reason where it was given up
 */
export async function runEntry({
  entry,
  runner,
  engine,
  quick = false,
  seeds = null,
  settings,
  isFashion = false,
  signal,
  onTrial,
}) {
  const cells = listCells(entry, quick);
  const asTrained = quick ? { ...entry, config: { ...entry.config, ...entry.quick.config } } : entry;
  const count = countSeeds(entry, { quick, seeds });
  const seedNumbers = Array.from({ length: count }, (_, i) => i + 1);
  const other = isFashion && !quick && entry.fashion !== undefined;
  const stopper = new AbortController();
  const forget = onAbort(signal, () => stopper.abort(signal?.reason));

  /** Trials by cell and seed: a cell may wait for another one's. @type {Map<string, Promise<CellTrial>>} */
  const asked = new Map();

  /** @param {Cell} cell @param {number} seed @returns {Promise<CellTrial>} */
  const ask = (cell, seed) => {
    const key = `${cell.id} ${seed}`;
    const known = asked.get(key);
    if (known) return known;
    const trial = makeTrial(cell, seed);
    asked.set(key, trial);
    return trial;
  };

  /** @param {Cell} cell @param {number} seed */
  const makeTrial = async (cell, seed) => {
    const { after } = cell;
    const bases = after && (await Promise.all(seedNumbers.map((one) => ask(findCell(entry, after.cell), one))));
    const config = completeConfig(engine, asTrained, cell, {
      ...(other && { ...entry.fashion, ...cell.fashion }),
      ...settings,
      ...(bases && after?.settings(bases[seed - 1], bases)),
      seed,
    });
    const result = await runner.trial(config, { record: entry.record, signal: stopper.signal });
    return cell.range ? { ...result, range: readRangeTest(engine, result) } : result;
  };

  /** @param {Cell} cell @param {number} seed @returns {Promise<CellTrial>} */
  const finish = async (cell, seed) => {
    try {
      const trial = await ask(cell, seed);
      onTrial?.(cell, trial);
      return trial;
    } catch (error) {
      stopper.abort(error);
      throw error;
    }
  };

  try {
    const waiting = cells.map((cell) => Promise.allSettled(seedNumbers.map((seed) => finish(cell, seed))));
    const ends = await Promise.all(waiting);
    if (ends.flat().some(({ status }) => status === 'rejected')) throw stopper.signal.reason;
    const trials = ends.map((cell) => cell.map((end) => /** @type {PromiseFulfilledResult<CellTrial>} */ (end).value));
    const results = Object.fromEntries(cells.map(({ id }, i) => [id, trials[i]]));
    const seconds = trials.flat().reduce((sum, trial) => sum + trial.seconds, 0);
    return { entry, cells, results, judgement: entry.judge(results), seconds };
  } finally {
    forget();
  }
}

/**
 * Checks entries one after the other.
 *
 * @param {object} check
 * @param {Entry[]} check.entries
 * @param {TrialRunner} check.runner
 * @param {Formulas} check.engine
 * @param {boolean} check.hasFashionMnist  whether the runner's own data are Fashion-MNIST; without, what needs them is
 *   skipped
 * @param {boolean} [check.quick]
 * @param {number | null} [check.seeds]
 * @param {import('../trial/abort.js').Signal} [check.signal]
 * @param {(entry: Entry, cell: Cell, trial: CellTrial) => void} [check.onTrial]
 * @param {(result: CheckResult) => void} [check.onResult]
 * @returns {Promise<{ results: CheckResult[] }>}
 */
export async function runGalleryCheck({ entries, hasFashionMnist, onTrial, onResult, ...rest }) {
  const how = { ...rest, isFashion: hasFashionMnist };
  /** @type {CheckResult[]} */
  const results = [];
  for (const entry of entries) {
    const isSkipped = entry.needs === 'fashion-mnist' && !hasFashionMnist;
    const result = isSkipped ? describeSkipped(entry) : await checkEntry(entry, how, onTrial);
    results.push(result);
    onResult?.(result);
  }
  return { results };
}

/** Trials that a run takes. @param {Entry} entry @param {{ quick?: boolean, seeds?: number | null }} [how] */
export function countTrials(entry, { quick = false, seeds = null } = {}) {
  return listCells(entry, quick).length * countSeeds(entry, { quick, seeds });
}

/**
 * A cell's settings, complete.
 *
 * @param {Pick<Engine, 'parseConfig'>} engine
 * @param {Entry} entry
 * @param {Cell} cell
 * @param {import('./entry.js').Settings} [settings]  over both
 * @returns {import('../../config/config.js').Config}
 * @throws {TrainerError} where they make no config
 */
export function completeConfig(engine, entry, cell, settings = {}) {
  const { config, problems } = engine.parseConfig({ ...entry.config, ...cell.config, ...settings });
  if (problems.length > 0) throw new TrainerError('setting', problems[0].field, problems[0].message);
  return config;
}

/**
 * @param {Entry} entry
 * @param {Omit<Parameters<typeof runEntry>[0], 'entry' | 'onTrial' | 'settings'>} how
 * @param {((entry: Entry, cell: Cell, trial: CellTrial) => void) | undefined} onTrial
 * @returns {Promise<CheckResult>}
 */
async function checkEntry(entry, how, onTrial) {
  const { judgement, seconds } = await runEntry({
    ...how,
    entry,
    onTrial: (cell, trial) => onTrial?.(entry, cell, trial),
  });
  const { id, criterion } = entry;
  return { id, passed: judgement.passed, figure: judgement.figure, criterion, seeds: countSeeds(entry, how), seconds };
}

/** @param {Entry} entry @returns {CheckResult} */
function describeSkipped({ id, criterion }) {
  return { id, passed: null, figure: NO_FASHION_MNIST, criterion, skipped: true, seeds: 0, seconds: 0 };
}

/** @param {Entry} entry @param {boolean} quick */
function listCells(entry, quick) {
  const { cells: ids, changes = {} } = entry.quick;
  if (!quick) return entry.cells;
  const cells = ids ? ids.map((id) => findCell(entry, id)) : entry.cells;
  return cells.map((cell) => ({ ...cell, config: { ...cell.config, ...changes[cell.id] } }));
}

/** @param {Entry} entry @param {string} id @returns {Cell} */
function findCell(entry, id) {
  const cell = entry.cells.find((one) => one.id === id);
  if (!cell) throw new Error(`${entry.id} has no cell ${id}`);
  return cell;
}

/** @param {Entry} entry @param {{ quick?: boolean, seeds?: number | null }} how */
function countSeeds(entry, { quick = false, seeds = null }) {
  return seeds ?? (quick ? entry.quick.seeds : entry.seeds);
}
