/** A RUN.jsonl of ours: every step, and what the run itself found. */

import { readRunLog } from '../run/run_log.js';
import { Columns, rawRun } from './columns.js';

/** How its first line begins. */
export const CONFIG_BEGINS = /^\s*\{"type":"config"/;

const OF_STEPS = ['lr', 'loss', 'grad_norm'];
const OF_EVALUATIONS = ['train_loss', 'val_loss', 'val_accuracy'];

/**
 * @param {string} name
 * @param {string} text
 * @returns {import('./columns.js').RawRun}
 * @throws {import('../core/errors.js').TrainerError} naming the line that is none of a run's
 */
export function readOwnRun(name, text) {
  const own = readRunLog(text, name);
  const columns = new Columns();
  for (const [lines, names] of /** @type {const} */ ([
    [own.steps, OF_STEPS],
    [own.evaluations, OF_EVALUATIONS],
  ])) {
    for (const line of lines) {
      for (const column of names) {
        if (line[column] !== null && line[column] !== undefined)
          columns.add(column, Number(line.step), Number(line[column]));
      }
    }
  }
  const run = rawRun(name, 'RUN.jsonl of Trainscope', columns);
  const { warmup_steps = 0, steps = 0 } = own.config;
  return { ...run, axis: 'step', planned: Number(warmup_steps) + Number(steps) || null, facts: { own } };
}
