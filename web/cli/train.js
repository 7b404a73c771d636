/** `trainscope train`: one run from its first step to its report. */

import { readFile, writeFile } from 'node:fs/promises';
import { TrainerError } from '../engine/errors.js';
import { reportRun } from '../engine/run_report.js';
import { readSafetensors, writeSafetensors } from '../engine/safetensors.js';
import { Session } from '../engine/session.js';
import { adviseRun } from '../engine/study/advice.js';
import { findRate } from './lr_find.js';
import { startProgress } from './progress.js';
import { formatRunReport } from './report.js';
import { fileAccessError, readRunInput } from './run_input.js';
import { RunLogFile } from './run_log_file.js';
import { now, SLICE_MS, yieldNow } from './timing.js';

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../engine/trainer.js').Trainer} Trainer
 */

/**
 * @param {Engine} engine
 * @param {import('./arguments.js').Arguments} args
 * @returns {Promise<{ result: import('../engine/run_report.js').RunReport, text: string }>}
 */
export async function train(engine, args) {
  const { options } = args;
  const { config, dataset } = await readRunInput(engine, args);
  const found = options.auto_lr ? await findRate(engine, config, dataset) : null;
  if (found) config.lr = found.lr;
  const trainer = engine.createTrainer(config, dataset);
  if (options.weights) await loadWeights(trainer, options.weights);
  if (options.save) await checkWritable(options.save);
  const log = options.out ? await RunLogFile.create(options.out) : null;

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
        progress.update(trainer.stepsTaken, `loss ${trainer.summary().smoothed_loss.toPrecision(4)}`);
        return log?.drain();
      },
    },
  });
  const end = await session.run();
  progress.stop();

  const result = reportRun(trainer, end, session.meanSpeed());
  await log?.finish(result);
  if (options.save) await saveWeights(trainer, options.save);
  const notices = [...trainer.notices, ...(found ? [found.says] : []), ...adviseRun(trainer.config, result)];
  return { result, text: formatRunReport(result, { notices, memoryBytes: trainer.memoryBytes }) };
}

/** @param {Trainer} trainer @param {string} path */
async function loadWeights(trainer, path) {
  const bytes = await readFile(path).catch((error) => {
    throw fileAccessError('--weights', path, error);
  });
  const { tensors } = readSafetensors(bytes, path);
  try {
    trainer.setTensors(tensors);
  } catch (error) {
    if (error instanceof TrainerError) throw new TrainerError('data', 'weights', `${path}: ${error.message}`);
    throw error;
  }
}

/** @param {Trainer} trainer @param {string} path */
async function saveWeights(trainer, path) {
  await writeFile(path, writeSafetensors(trainer.tensors(), { format: 'pt' })).catch((error) => {
    throw fileAccessError('--save', path, error);
  });
}

/** Finds out before a long training, not after it. @param {string} path */
async function checkWritable(path) {
  await writeFile(path, '', { flag: 'a' }).catch((error) => {
    throw fileAccessError('--save', path, error);
  });
}
