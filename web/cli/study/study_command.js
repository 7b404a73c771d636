/**
 * What the commands of the playbook's procedures have in common: they read one run's input, spread trials over a pool,
 * and may leave a report.
 */

import { TrainerError } from '../../engine/core/errors.js';
import { parseShard } from '../../engine/study/sweep_plan.js';
import { plural } from '../../engine/words/sentences.js';
import { joinComplaints, sayInterruption } from '../complaints.js';
import { KeptFile, TRAININGS } from '../files/kept_file.js';
import { checkReport, leaveReport } from '../files/report_file.js';
import { startProgress } from '../progress.js';
import { readRunInput } from '../run_input.js';
import { now } from '../timing.js';
import { UsageError } from '../usage_error.js';
import { KeptRunner, WAITS } from './kept_runner.js';
import { withStudyPool } from './study_pool.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../engine/study/procedure/procedure.js').ProcedureOptions} ProcedureOptions
 */

/**
 * @template {{ interrupted: boolean, runs: number }} Study
 * @template Outcome
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @param {object} procedure
 * @param {string} procedure.title  of the progress bar
 * @param {(how: ProcedureOptions) => Promise<Outcome>} procedure.run
 * @param {(outcome: Outcome) => { result: Study, text: string }} procedure.tell
 * @param {(outcome: Outcome) => string} procedure.format  as the page that --report asks for
 * @returns {Promise<{ result: Study | { complete: false, waits: string }, text: string, complaint?: string }>}  waits: of
 *   a shard, for what
 */
export async function runStudyCommand(engine, args, { title, run, tell, format }) {
  const { budget, seeds, jobs, report, out, shard } = args.options;
  const part = shard === null ? null : parseShard(shard);
  if (part && out === null) throw new UsageError('--shard needs --out FILE: shards go on from what all have found');
  const { config, dataset, data } = await readRunInput(engine, args);
  try {
    // What does not fit together is found before threads are started.
    engine.measureModel(config, dataset);
  } finally {
    dataset.dispose();
  }
  await checkReport(report);
  args.sayNotes();
  /** @type {KeptFile<TrialResult> | null} */
  const file = out === null ? null : KeptFile.open(out, TRAININGS);
  const fingerprint = file ? (await import('../files/fingerprint.js')).fingerprintOf(data) : '';
  const progress = startProgress(title, budget);
  const sayStopped = (/** @type {number} */ runs) => sayInterruption(plural(runs, 'run'), out);
  /** @type {AbortSignal | null} */
  let stop = null;
  let trained = 0;
  try {
    const outcome = await withStudyPool({ jobs, data }, (pool, signal) => {
      stop = signal;
      return run({
        runner: file ? new KeptRunner({ runner: pool, file, shard: part, fingerprint }) : pool,
        config,
        seeds,
        budget: budget ?? Infinity,
        now,
        signal,
        onProgress: ({ title: stage, steps, runs }) => {
          trained = runs;
          progress.update(steps, stage);
        },
      }).finally(() => progress.stop());
    });
    const { result, text } = tell(outcome);
    const stopped = result.interrupted ? sayStopped(result.runs) : null;
    const unwritten = await leaveReport(report, () => format(outcome));
    return { result, text, complaint: joinComplaints([stopped, file?.finish(), unwritten]) };
  } catch (error) {
    // Before anything is known there is no result to tell it beside.
    if (isReasonOf(stop, error)) throw new Error(sayStopped(trained), { cause: error });
    if (!(error instanceof TrainerError && error.code === WAITS)) throw error;
    const waits = error.message;
    return { result: { complete: false, waits }, text: waits, complaint: file?.finish() ?? undefined };
  } finally {
    file?.close();
  }
}

/** @param {AbortSignal | null} signal @param {unknown} error */
function isReasonOf(signal, error) {
  return signal?.aborted === true && signal.reason === error;
}
