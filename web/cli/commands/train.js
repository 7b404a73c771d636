/** `trainscope train`: one run from its first step to its report. */

import { TrainerError } from '../../engine/core/errors.js';
import { reportData } from '../../engine/data/data_files.js';
import { reportRun } from '../../engine/run/run_report.js';
import { writeSafetensors } from '../../engine/run/safetensors.js';
import { Session } from '../../engine/run/session.js';
import { sayNonFinite } from '../../engine/run/weight_faults.js';
import { adviseRun } from '../../engine/study/procedure/run_advice.js';
import { number } from '../../engine/words/numbers.js';
import { complaintOf, joinComplaints } from '../complaints.js';
import { checkOutput, writeOutput } from '../files/output_file.js';
import { RunLogFile } from '../files/run_log_file.js';
import { startProgress } from '../progress.js';
import { formatRunReport } from '../report.js';
import { datasetChooser, readRunInput } from '../run_input.js';
import { now, SLICE_MS, yieldNow } from '../timing.js';
import { UsageError } from '../usage_error.js';
import { loadWeights, readWeights, sayWeights } from '../weights.js';
import { findAutoRate } from './lr_find.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/run/trainer.js').Trainer} Trainer
 * @typedef {{ prompt: string, text: string, tokens: string[], probabilities: number[] }} Continuation
 */

/**
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: import('../../engine/run/run_report.js').RunReport & { data: import('../../engine/data/data_files.js').DataReport, continuation?: Continuation }, text: string, notices: string[], complaint?: string }>}
 */
export async function train(engine, args) {
  const { auto_lr, weights: from, save, out } = args.options;
  const { config, datasetOf, facts } = await readInput(engine, args);
  const weights = await readWeights(from);
  const createTrainer = (/** @type {import('../../engine/config/config.js').Config} */ planned) =>
    loadWeights(engine.createTrainer(planned, datasetOf(planned)), weights);
  let trainer = createTrainer(config);
  // Whether results can be kept is found out before a long computation, not after it.
  if (save) await checkOutput('--save', save);
  if (out) await checkOutput('--out', out);
  goOn(trainer, { ...args.options, ...(args.options.prompt === null ? {} : { max_new_tokens: 1 }) });
  let found = null;
  if (auto_lr !== 'off') {
    trainer.dispose();
    found = await findAutoRate(engine, config, createTrainer, auto_lr);
    config.lr = found.lr;
    trainer = createTrainer(config);
  }
  args.sayNotes();
  const log = out ? await RunLogFile.create(out) : null;
  const report = await conductRun(trainer, log).catch(async (error) => {
    await log?.discard();
    throw error;
  });
  const continuation = goOn(trainer, args.options);
  const about = { ...report, data: facts, ...(continuation ? { continuation } : {}) };
  const result = found ? { ...about, lr_find: found.found } : about;
  const unlogged = log ? await complaintOf(log.finish(result)) : null;
  const tensors = save ? trainer.tensors() : null;
  const unsaved = tensors ? await complaintOf(saveWeights(tensors, save)) : null;
  const lost = tensors && !unsaved ? sayNonFinite(tensors) : null;
  const { memoryBytes } = trainer;
  const { says, notes } = sayWeights(weights);
  const more = [...trainer.notices, ...(lost ? [`${save}: ${lost}, so that no run can start from it.`] : [])];
  const notices = [...notes, ...more];
  const summary = trainer.summary();
  const remarks = [...says, ...more, ...(found ? [found.says] : []), ...adviseRun(trainer.config, summary)];
  return {
    result,
    text: formatRunReport(result, { remarks, memoryBytes, summary, continuation }),
    notices,
    complaint: joinComplaints([unlogged, unsaved]),
  };
}

/**
 * How the network goes on with --prompt; asked before training too, so that what it cannot read is said at once.
 *
 * @param {Trainer} trainer
 * @param {Record<string, any>} options
 * @returns {Continuation | null}  null where nothing is asked
 */
function goOn(trainer, { prompt, max_new_tokens: maxNewTokens, temperature }) {
  if (prompt === null) {
    for (const [flag, given] of Object.entries({ '--temperature': temperature, '--max-new-tokens': maxNewTokens }))
      if (given !== null) throw new UsageError(`${flag} says how a network goes on with a --prompt, and there is none`);
    return null;
  }
  try {
    const { tokens, probabilities } = trainer.generate(prompt, {
      maxNewTokens: maxNewTokens ?? undefined,
      temperature: temperature ?? undefined,
    });
    return { prompt, text: tokens.join(''), tokens, probabilities };
  } catch (error) {
    throw error instanceof TrainerError ? new UsageError(`--prompt: ${error.message}`) : error;
  }
}

/**
 * What is trained, and its facts. What the files held is let go unless a rate is to be found first: the data set has its
 * own copy.
 *
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 */
async function readInput(engine, args) {
  const input = await readRunInput(engine, args);
  const { config, dataset, data } = input;
  const datasetOf = args.options.auto_lr === 'off' ? () => dataset : datasetChooser(engine, input);
  return { config, datasetOf, facts: reportData(dataset, data, config) };
}

/**
 * @param {Trainer} trainer
 * @param {RunLogFile | null} log
 * @returns {Promise<import('../../engine/run/run_report.js').RunReport>}
 */
async function conductRun(trainer, log) {
  log?.writeConfig(trainer.reportedConfig);
  const progress = startProgress('Training', trainer.totalSteps);
  const session = new Session(trainer, {
    now,
    yieldNow,
    sliceMs: SLICE_MS,
    observer: {
      rows: (rows) => log?.writeRows(rows, trainer.config),
      evaluated: (evaluation) => log?.writeEvaluation(evaluation),
      sharpened: (sharpness) => log?.writeSharpness(sharpness),
      sliced: () => {
        progress.update(trainer.stepsTaken, `loss ${number(trainer.summary().smoothed_loss, { digits: 4 })}`);
        return log?.drain();
      },
    },
  });
  const end = await session.run().finally(() => progress.stop());
  return reportRun(trainer, end, session.meanSpeed());
}

/** @param {ReturnType<Trainer['tensors']>} tensors @param {string} path */
async function saveWeights(tensors, path) {
  await writeOutput('--save', path, writeSafetensors(tensors, { format: 'pt' }));
}
