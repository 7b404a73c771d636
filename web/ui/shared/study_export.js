/**
 * What the studies' views have measured, to take home: trainings as one long table, a range test's curves, a race's paths.
 *
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {Pick<TrialResult, 'seed'> & { curve?: TrialResult['curve'], evaluations?: TrialResult['evaluations'] }} Trial
 */
import { csvLine } from './csv_text.js';
import { plain, save } from './export.js';

/** @param {string[]} columns @param {Iterable<unknown[]>} rows */
function toCsv(columns, rows) {
  const lines = [csvLine(columns)];
  for (const row of rows) lines.push(csvLine(row));
  return `${lines.join('\n')}\n`;
}

/** @param {string} text @param {string} name  of the view */
export function saveCsv(text, name) {
  save(new Blob([text], { type: 'text/csv' }), `trainscope-${name}.csv`);
}

/** @param {unknown} value @param {string} name  of the view */
export function saveJson(value, name) {
  save(new Blob([JSON.stringify(value, plain, 1)], { type: 'application/json' }), `trainscope-${name}.json`);
}

/**
 * A row per recorded step of every trial, and one per evaluation: that is after so many steps.
 * @param {{ label: string, trial: Trial }[]} trials
 */
export function trialsToCsv(trials) {
  const columns = [
    'run',
    'seed',
    'what',
    'step',
    'loss',
    'smoothed',
    'accuracy',
    'norm',
    'lr',
    'val_loss',
    'val_accuracy',
  ];
  return toCsv(columns, trialRows(trials));
}

/** @param {{ label: string, trial: Trial }[]} trials @returns {Generator<unknown[]>} */
function* trialRows(trials) {
  for (const { label, trial } of trials) {
    const { seed, curve, evaluations } = trial;
    for (const [i, step] of (curve?.step ?? []).entries()) {
      const { loss, smoothed, accuracy, norm, lr } = /** @type {NonNullable<typeof curve>} */ (curve);
      yield [label, seed, 'step', step, loss[i], smoothed[i], accuracy[i], norm[i], lr[i], '', ''];
    }
    for (const { step, val_loss, val_accuracy } of evaluations ?? [])
      yield [label, seed, 'evaluation', step, '', '', '', '', '', val_loss, val_accuracy];
  }
}

/**
 * A row per tested rate of each seed.
 * @param {{ seed: number, lr: number[], loss?: number[], smoothed: number[] }[]} seeds  loss: where it was kept
 */
export function rangeToCsv(seeds) {
  const rows = seeds.flatMap(({ seed, lr, loss, smoothed }) =>
    lr.map((rate, i) => [seed, rate, loss?.[i], smoothed[i]]),
  );
  return toCsv(['seed', 'lr', 'loss', 'smoothed'], rows);
}

/** A row per step of each racer, the start first. @param {{ rule: string, lr: number, xs: number[], ys: number[], excess: number[] }[]} racers */
export function raceToCsv(racers) {
  const rows = racers.flatMap(({ rule, lr, xs, ys, excess }) => xs.map((x, i) => [rule, lr, i, x, ys[i], excess[i]]));
  return toCsv(['rule', 'lr', 'step', 'x', 'y', 'excess'], rows);
}
