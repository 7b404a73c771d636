/** `trainscope sweep`: a grid of settings, trained on as many threads as there are cores, and what it says. */

import { fixedValues } from '../../engine/config/config.js';
import { configToSearch, formatSettings } from '../../engine/config/config_text.js';
import { TrainerError } from '../../engine/core/errors.js';
import { runSweep } from '../../engine/study/sweep.js';
import { parseShard, planSweep } from '../../engine/study/sweep_plan.js';
import { WorkerData } from '../../worker/worker_data.js';
import { joinComplaints, sayInterruption } from '../complaints.js';
import { KeptFile, TRIALS } from '../files/kept_file.js';
import { checkReport, leaveReport } from '../files/report_file.js';
import { startProgress } from '../progress.js';
import { formatSweepReport } from '../report.js';
import { readRunInput } from '../run_input.js';
import { openStudyHost, withStudyPool } from '../study/study_pool.js';
import { UsageError } from '../usage_error.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('../../engine/study/sweep_plan.js').SweepPlan} SweepPlan
 * @typedef {import('../files/kept_file.js').SweepNamed} SweepNamed
 * @typedef {import('../files/kept_file.js').KeptTrial} KeptTrial
 * @typedef {import('../../engine/study/sweep.js').SweepResult} SweepResult
 */

/** The id of what --data holds. */
const DATA_ID = 1;

/**
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: SweepResult, text: string, complaint?: string }>}
 */
export async function sweep(engine, args) {
  const { over, seeds, sample, shard, jobs, out, merge, report } = args.options;
  if (merge.length > 0) return (await import('./sweep_merge.js')).mergeSweep(engine, args);
  const host = await openStudyHost(engine, { data: args.options.data });
  const { config, dataset, data } = await readRunInput(host.engine, args);
  dataset.dispose();
  const fingerprint = out ? (await import('../files/fingerprint.js')).fingerprintOf(data) : '';
  const plan = planSweep({
    config,
    over,
    seeds,
    sample,
    shard: shard === null ? null : parseShard(shard),
    fingerprint,
    parseConfig: (given) => engine.parseConfig(given),
  });
  checkPoints(host.engine, plan, data);
  await checkReport(report);
  args.sayNotes();
  /** @type {KeptFile<KeptTrial> | null} */
  const file = out === null ? null : KeptFile.open(out, TRIALS);
  try {
    /** @type {SweepNamed} */
    const named = { settings: configToSearch(plan.config), over, seeds };
    if (sample !== null) named.sample = sample;
    if (fingerprint !== '') named.data = fingerprint;
    const result = await computeSweep(plan, { file, named, jobs, data, host });
    const stopped = result.complete
      ? null
      : sayInterruption(`${result.trials.length} of ${plan.trials.length} trials`, out);
    const unkept = await leaveReport(report, async () => {
      const { formatSweepPage } = await import('../../engine/study/report/sweep_report.js');
      return formatSweepPage(result);
    });
    return { result, text: formatSweepReport(result), complaint: joinComplaints([stopped, file?.finish(), unkept]) };
  } finally {
    file?.close();
  }
}

/**
 * @param {SweepPlan} plan
 * @param {{ file: KeptFile<KeptTrial> | null, named: SweepNamed, jobs: number | null, data: DataFiles | null,
 *           host: import("../study/study_pool.js").StudyHost }} how
 * @returns {Promise<SweepResult>}
 */
function computeSweep(plan, { file, named, jobs, data, host }) {
  /** @type {Map<string, import('../../engine/study/sweep.js').SweepTrial>} */
  const known = new Map([...(file?.known ?? [])].map(([key, { sweep, ...trial }]) => [key, trial]));
  const progress = startProgress('Sweep', plan.trials.length);
  let finished = plan.trials.filter(({ key }) => known.has(key)).length;
  progress.update(finished);
  return withStudyPool({ jobs, data, host }, async (runner, signal) => {
    try {
      return await runSweep({
        runner,
        plan,
        known,
        signal,
        onTrial: (trial, { key }) => {
          file?.add(key, { ...trial, sweep: named });
          progress.update(++finished, `${formatSettings(trial.changes)}, seed ${trial.seed}`);
        },
      });
    } finally {
      progress.stop();
    }
  });
}

/**
 * Finds a point that no run can be made of before the others are computed.
 *
 * @param {Engine} engine
 * @param {SweepPlan} plan
 * @param {DataFiles | null} data
 * @throws {import('../../engine/core/errors.js').TrainerError} where model and data do not fit together
 */
function checkPoints(engine, plan, data) {
  const sets = new WorkerData(engine);
  if (data) sets.keepFiles(DATA_ID, data);
  try {
    for (const { changes, config } of listPoints(plan)) {
      if (config.dataset === 'custom' && !data) throw new UsageError('--over dataset=custom needs --data PATH');
      try {
        engine.measureModel(config, sets.find(config, DATA_ID));
      } catch (error) {
        throw error instanceof TrainerError ? new UsageError(`${formatSettings(changes)}: ${error.message}`) : error;
      }
    }
  } finally {
    // The trials find its memory empty.
    sets.dispose();
  }
}

/**
 * One trial for each network and data of a plan: neither another seed of a point nor a live setting makes others.
 *
 * @param {SweepPlan} plan
 */
function* listPoints({ trials }) {
  const known = new Set();
  let point = null;
  for (const trial of trials) {
    if (trial.changes === point) continue;
    point = trial.changes;
    const made = JSON.stringify(fixedValues(trial.config));
    if (known.has(made)) continue;
    known.add(made);
    yield trial;
  }
}
