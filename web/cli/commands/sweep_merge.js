/** `trainscope sweep --merge`: what the trials of several machines say together, and which of them are missing. */

import { readFile } from 'node:fs/promises';
import { configFromSearch } from '../../engine/config/config_text.js';
import { formatSweepPage, listMissing } from '../../engine/study/report/sweep_report.js';
import { recallTrials, summarizeSweep } from '../../engine/study/sweep.js';
import { planSweep } from '../../engine/study/sweep_plan.js';
import { plural } from '../../engine/words/sentences.js';
import { fileAccessError } from '../file_access.js';
import { readKept, TRIALS } from '../files/kept_file.js';
import { checkReport, leaveReport } from '../files/report_file.js';
import { formatSweepReport } from '../report.js';
import { UsageError } from '../usage_error.js';

/**
 * @typedef {import('../../engine/study/sweep.js').SweepResult} SweepResult
 * @typedef {import('../../engine/study/sweep.js').SweepTrial} SweepTrial
 * @typedef {import('../files/kept_file.js').SweepNamed} SweepNamed
 * @typedef {import('../files/kept_file.js').KeptTrial} KeptTrial
 */

/** Missing trials that are named for a reader. */
const MISSING_SHOWN = 50;

/**
 * @param {import('../../engine/engine.js').Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: SweepResult, text: string, complaint?: string }>}
 * @throws {UsageError} where the files hold no sweep, several of them, or two results of one trial
 */
export async function mergeSweep(engine, args) {
  const { merge, over, report } = args.options;
  refuseOthers(args);
  await checkReport(report);
  const { known, sweeps } = await readAll(merge, args.notes);
  const { settings, data = '', ...named } = chooseSweep(sweeps, over);
  const plan = planSweep({
    ...named,
    config: configFromSearch(settings).config,
    fingerprint: data,
    parseConfig: (given) => engine.parseConfig(given),
  });
  args.sayNotes();
  const result = summarizeSweep(plan, recallTrials(plan, known));
  return {
    result,
    text: formatSweepReport(result, listMissing(result.missing, MISSING_SHOWN)),
    complaint: (await leaveReport(report, () => formatSweepPage(result))) ?? undefined,
  };
}

/** What a sweep is of stands in its files. @param {import('../arguments.js').Arguments} args */
function refuseOthers({ settings, options }) {
  const [setting] = Object.keys(settings);
  const given = setting ?? ['data', 'config', 'shard', 'out'].find((name) => options[name] !== null);
  if (given === undefined) return;
  throw new UsageError(
    `--merge only sums up what is in the files, settings and all: leave out --${given.replaceAll('_', '-')}`,
  );
}

/**
 * @param {string[]} paths
 * @param {string[]} notes
 */
async function readAll(paths, notes) {
  /** @type {Map<string, SweepTrial>} */
  const known = new Map();
  /** By what tells them apart. @type {Map<string, { named: SweepNamed, trials: number }>} */
  const sweeps = new Map();
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch((error) => {
      throw fileAccessError('--merge', path, error);
    });
    const { lines, cut } = readKept(text, TRIALS, `--merge ${path}`);
    if (cut !== '') notes.push(`${path} ends in half a trial, which is left out.`);
    for (const { key, value } of lines) {
      const { sweep, ...trial } = /** @type {KeptTrial} */ (value);
      const other = known.get(key);
      if (other && other.digest !== trial.digest) {
        throw new UsageError(
          `--merge ${path}: the trial ${key} has another digest than in the files before it; they are of different builds, or one was changed`,
        );
      }
      known.set(key, trial);
      if (!sweep) continue;
      const id = JSON.stringify(sweep);
      const found = sweeps.get(id) ?? { named: sweep, trials: 0 };
      sweeps.set(id, { ...found, trials: found.trials + 1 });
    }
  }
  if (known.size === 0) throw new UsageError(`--merge ${paths.join(' ')}: no trial is in there`);
  return { known, sweeps: [...sweeps.values()] };
}

/**
 * @param {{ named: SweepNamed, trials: number }[]} sweeps
 * @param {string[]} over  of the one that is meant; empty where there is only one
 * @returns {SweepNamed}
 */
function chooseSweep(sweeps, over) {
  if (sweeps.length === 0) {
    throw new UsageError(
      '--merge: the files are of an older version, which did not say of what sweep they are; start it again with --out',
    );
  }
  const wanted = over.length === 0 ? sweeps : sweeps.filter(({ named }) => String(named.over) === String(over));
  if (wanted.length === 1) return wanted[0].named;
  const told = sweeps.map(({ named, trials }) => `${nameSweep(named)} (${plural(trials, 'trial')})`).join('; ');
  if (wanted.length === 0)
    throw new UsageError(`--over ${over.join(' --over ')} is none of the sweeps in the files: ${told}`);
  const advice = over.length === 0 ? 'name one with --over, or' : 'they differ in settings or seeds:';
  throw new UsageError(
    `--merge: the files hold ${plural(sweeps.length, 'sweep')}; ${advice} merge the files of one alone: ${told}`,
  );
}

/** @param {SweepNamed} named */
function nameSweep({ over, seeds, sample, settings }) {
  const drawn = sample === undefined ? '' : ` --sample ${sample}`;
  return `${over.map((axis) => `--over ${axis}`).join(' ')}${drawn} --seeds ${seeds}${settings === '' ? '' : ` with ${settings}`}`;
}
