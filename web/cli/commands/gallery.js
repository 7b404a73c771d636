/** `trainscope gallery`: the phenomena of the gallery, listed, run, or checked by their criteria. */

import { nearestName } from '../../engine/config/names.js';
import { countTrials, runEntry, runGalleryCheck } from '../../engine/study/gallery/check.js';
import { ENTRIES, findEntry } from '../../engine/study/gallery/index.js';
import { readDataPath } from '../files/data_path.js';
import { formatEntryRun, formatGalleryCheck, formatGalleryList } from '../gallery_report.js';
import { startProgress } from '../progress.js';
import { withStudyPool } from '../study/study_pool.js';
import { UsageError } from '../usage_error.js';
import { findFashionMnist } from './data.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('../../engine/study/gallery/index.js').Entry} Entry
 * @typedef {import('../../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('../arguments.js').Arguments} Arguments
 * @typedef {{ result: unknown, text: string, complaint?: string }} Outcome
 */

const ACTIONS = ['list', 'run', 'check'];

/**
 * @param {Engine} engine
 * @param {Arguments} args
 * @returns {Promise<Outcome>}
 */
export async function gallery(engine, args) {
  const { argument, subject } = args;
  switch (argument ?? 'list') {
    case 'list':
      if (subject !== null) throw new UsageError(`gallery list takes no entry, but "${subject}" was given`);
      return listEntries();
    case 'run':
      if (subject === null) throw new UsageError('name the entry: trainscope gallery run ID; gallery list has them');
      return run(engine, args, requireEntry(subject));
    case 'check':
      return check(engine, args, subject === null ? ENTRIES : [requireEntry(subject)]);
    default:
      throw new UsageError(
        `gallery can ${ACTIONS.join(', ')}, not "${argument}"${didYouMean(argument ?? '', ACTIONS)}`,
      );
  }
}

/** @param {string} id */
function requireEntry(id) {
  const entry = findEntry(id);
  if (entry) return entry;
  const names = ENTRIES.map((one) => one.id);
  throw new UsageError(`the gallery has no entry ${id}${didYouMean(id, names)}`);
}

/** @param {string} name @param {string[]} names */
function didYouMean(name, names) {
  const nearest = nearestName(name, names);
  return nearest ? `; did you mean ${nearest}?` : '';
}

/** @returns {Outcome} */
function listEntries() {
  const entries = ENTRIES.map(({ id, title, section, line, needs, criterion, measured }) => {
    return { id, title, section, line, needs, criterion, measured };
  });
  return { result: { entries }, text: formatGalleryList(ENTRIES) };
}

/**
 * @param {Engine} engine
 * @param {Arguments} args
 * @param {Entry} entry
 * @returns {Promise<Outcome>}
 */
async function run(engine, { options }, entry) {
  const needsData = entry.needs === 'fashion-mnist';
  const wantsData = needsData || (!options.quick && entry.fashion !== undefined);
  const data = await readFashionMnist(engine, options.data, wantsData);
  if (needsData && !data) {
    throw new UsageError(`${entry.id} needs Fashion-MNIST: get it with trainscope data fashion-mnist, or give --data`);
  }
  const outcome = await conduct(engine, options, { title: entry.id, entries: [entry], data }, (how, tick) =>
    runEntry({
      ...how,
      entry,
      settings: data ? { dataset: 'custom' } : {},
      isFashion: data !== null,
      onTrial: (cell, trial) => tick(`${cell.label}, seed ${trial.seed}`),
    }),
  );
  const { id, title, criterion } = entry;
  const { judgement, seconds } = outcome;
  const cells = outcome.cells.map((cell) => {
    const trials = outcome.results[cell.id].map(({ curve, norm_histogram, range, ...trial }) => {
      return range ? { ...trial, suggestion: range.suggestion } : trial;
    });
    return { id: cell.id, label: cell.label, trials };
  });
  return { result: { id, title, ...judgement, criterion, cells, seconds }, text: formatEntryRun(outcome) };
}

/**
 * @param {Engine} engine
 * @param {Arguments} args
 * @param {Entry[]} entries
 * @returns {Promise<Outcome>}
 */
async function check(engine, { options }, entries) {
  const needsData = entries.some(
    ({ needs, fashion }) => needs === 'fashion-mnist' || (!options.quick && fashion !== undefined),
  );
  const data = needsData ? await readFashionMnist(engine, options.data, true) : null;
  const counted = entries.filter(({ needs }) => data || needs !== 'fashion-mnist');
  const outcome = await conduct(engine, options, { title: 'Gallery', entries: counted, data }, (how, tick) =>
    runGalleryCheck({ ...how, entries, hasFashionMnist: data !== null, onTrial: ({ id }) => tick(id) }),
  );
  const failed = outcome.results.filter(({ passed }) => passed === false);
  return {
    result: outcome,
    text: formatGalleryCheck(outcome.results),
    complaint: failed.length > 0 ? `not shown: ${failed.map(({ id }) => id).join(', ')}` : undefined,
  };
}

/**
 * Has entries trained on a pool, with a bar that counts their trials.
 *
 * @template T
 * @param {Engine} engine
 * @param {Arguments['options']} options
 * @param {{ title: string, entries: Entry[], data: DataFiles | null }} what  title: of the bar
 * @param {(how: { engine: Engine, runner: TrialRunner, quick: boolean, seeds: number | null, signal: AbortSignal },
 *          tick: (note: string) => void) => Promise<T>} work  calls tick for each trial that is finished
 * @returns {Promise<T>}
 */
async function conduct(engine, { quick, seeds, jobs }, { title, entries, data }, work) {
  const trials = entries.reduce((sum, entry) => sum + countTrials(entry, { quick, seeds }), 0);
  const progress = startProgress(title, trials);
  let done = 0;
  const tick = (/** @type {string} */ note) => progress.update(++done, note);
  return withStudyPool({ jobs, data, arithmetic: engine.arithmetic }, (runner, signal) =>
    work({ engine, runner, quick, seeds, signal }, tick),
  ).finally(() => progress.stop());
}

/**
 * The data of --data, or Fashion-MNIST where it is usually kept; null where there is none.
 *
 * @param {Engine} engine
 * @param {string | null} path  as given
 * @param {boolean} isNeeded  false: read only where a path was given
 * @returns {Promise<DataFiles | null>}
 */
async function readFashionMnist(engine, path, isNeeded) {
  if (path !== null) return readDataPath(engine, path);
  if (!isNeeded) return null;
  const found = findFashionMnist();
  return found ? readDataPath(engine, found) : null;
}
