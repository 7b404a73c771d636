/** A sweep to take home: everything as JSON, or a row per trial as CSV. */
import { csvLine } from '../shared/csv_text.js';
import { plain, save } from '../shared/export.js';

/** @typedef {import('../../engine/study/sweep.js').SweepResult} SweepResult */

/** @param {SweepResult} result */
export function saveSweepJson(result) {
  save(new Blob([JSON.stringify(result, plain, 1)], { type: 'application/json' }), 'trainscope-sweep.json');
}

/** @param {SweepResult} result */
export function saveSweepCsv(result) {
  save(new Blob([sweepToCsv(result)], { type: 'text/csv' }), 'trainscope-sweep.csv');
}

/** The swept settings first, then what became of the trial. @param {SweepResult} result */
export function sweepToCsv({ over, trials }) {
  const names = over.map(({ field }) => field);
  const figures = 'seed,steps,infeasible,diverged_at,verdict,best_step,best_loss,best_accuracy,val_loss,val_accuracy';
  const lines = [`${names.join(',')},${figures},digest`];
  for (const trial of trials) {
    const { best, val } = trial;
    const cells = [
      ...names.map((name) => trial.changes[name]),
      trial.seed,
      trial.steps,
      trial.infeasible ? 1 : 0,
      trial.diverged_at ?? '',
      trial.verdict,
      best?.step ?? '',
      best?.loss ?? '',
      best?.accuracy ?? '',
      val?.loss ?? '',
      val?.accuracy ?? '',
      trial.digest,
    ];
    lines.push(csvLine(cells));
  }
  return `${lines.join('\n')}\n`;
}
