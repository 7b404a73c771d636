/** Hugging Face's `trainer_state.json`: a list of entries, of training, of evaluation, and a last one in summary. */

import { dataError } from '../data/data_error.js';
import { Columns, rawRun } from './columns.js';
import { CUT, objectsIn } from './loose_json.js';

const LIST = /"log_history"\s*:\s*\[/;

/** What is said once of the run, outside of the list. */
const FACTS = ['max_steps', 'global_step', 'logging_steps', 'num_train_epochs', 'best_global_step'];

/** @param {string} text  the file's begin */
export function isTrainerState(text) {
  return LIST.test(text) || (/^\s*\{/.test(text) && FACTS.filter((name) => text.includes(`"${name}"`)).length > 2);
}

/**
 * @param {string} name
 * @param {string} text
 * @returns {import('./columns.js').RawRun}
 * @throws {import('../core/errors.js').TrainerError} where nothing was logged
 */
export function readTrainerState(name, text) {
  const list = LIST.exec(text);
  const columns = new Columns();
  let row = 0;
  let dropped = 0;
  if (list) {
    for (const entry of objectsIn(text, list.index + list[0].length)) {
      // The last one sums the run up: its train_loss is a mean over all of it.
      const isSummary = 'train_runtime' in entry;
      for (const [key, value] of Object.entries(entry)) {
        if (isSummary) dropped += Number(typeof value === 'number');
        else columns.addMember(key, row, value);
      }
      row++;
    }
  }
  if (row === 0) throw dataError(`${name} is a trainer_state.json of Hugging Face in which nothing was logged yet.`);
  const run = rawRun(name, 'Hugging Face trainer state', columns);
  const { max_steps: planned, num_train_epochs: epochs } = readFacts(text);
  if (planned > 0) run.planned = planned;
  if (epochs > 0) run.facts.epochs = epochs;
  if (!/\}\s*$/.test(text)) run.notes.push(CUT);
  if (dropped > 0 && run.columns.length === 0)
    throw dataError(`${name} holds the summary of a run of Hugging Face, but none of its steps.`);
  return run;
}

/** @param {string} text @returns {Record<string, number>} */
function readFacts(text) {
  return Object.fromEntries(
    FACTS.map((name) => [name, Number(new RegExp(`"${name}"\\s*:\\s*(-?[\\d.]+)`).exec(text)?.[1] ?? Number.NaN)]),
  );
}
