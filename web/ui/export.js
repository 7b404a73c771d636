/** What can be taken home: a run's steps as CSV, all runs as JSON, the charts as one picture. */

import { FIGURES, figuresOf } from './run_figures.js';

/** @typedef {import('./run.js').Run} Run */

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file name of a run's name. @param {string} name */
function fileName(name) {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'run';
}

/** One row per step, the metrics' names as columns. @param {Run} run */
export function saveRunCsv(run) {
  save(new Blob([runToCsv(run)], { type: 'text/csv' }), `${fileName(run.name)}.csv`);
}

/** The weights as they are now, as PyTorch and `train --weights` read them. @param {Run} run */
export async function saveRunWeights(run) {
  const written = await run.handle?.writeWeights();
  if (!written) return;
  save(new Blob([written.bytes]), `${fileName(run.name)}-step-${written.step}.safetensors`);
}

/** @param {Run} run */
export function runToCsv(run) {
  const evaluations = new Map(run.evaluations.map((evaluation) => [evaluation.step, evaluation]));
  const lines = [[...run.columns, 'val_loss', 'val_accuracy'].join(',')];
  for (const row of run.rows()) {
    // An evaluation after n steps stands beside the last of them.
    const evaluation = evaluations.get(row.step + 1);
    lines.push(
      [
        ...run.columns.map((name) => String(row[name])),
        evaluation?.val_loss ?? '',
        evaluation?.val_accuracy ?? '',
      ].join(','),
    );
  }
  if (run.rowsKept < run.step - run.startStep) lines.push(`# only the first ${run.rowsKept} steps are kept`);
  return `${lines.join('\n')}\n`;
}

/** The table of runs: one row per run. @param {Run[]} runs @param {(run: Run) => string} describe what a run changed */
export function saveRunsCsv(runs, describe) {
  save(new Blob([runsToCsv(runs, describe)], { type: 'text/csv' }), 'trainscope-runs.csv');
}

/** @param {Run[]} runs @param {(run: Run) => string} describe */
export function runsToCsv(runs, describe) {
  const lines = [['run', 'changed', 'status', 'steps', ...FIGURES.map(({ name }) => name)].join(',')];
  for (const run of runs) {
    const figures = FIGURES.map(({ of }) => of(run) ?? '');
    lines.push([quoted(run.name), quoted(describe(run)), run.status, run.step, ...figures].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** A text as one field of a CSV. @param {string} text */
function quoted(text) {
  return `"${text.replaceAll('"', '""')}"`;
}

/** Non-finite numbers as the strings that RUN.jsonl uses. @param {string} _ @param {unknown} value */
export function plain(_, value) {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** @param {Run[]} runs */
export function saveRunsJson(runs) {
  const all = runs.map((run) => ({
    name: run.name,
    status: run.status,
    config: run.config,
    figures: figuresOf(run),
    summary: run.summary,
    episodes: run.episodes,
    end: run.end,
    evaluations: run.evaluations,
    sharpness: run.measured,
    steps: [...run.rows()],
  }));
  save(new Blob([JSON.stringify({ runs: all }, plain, 1)], { type: 'application/json' }), 'trainscope-runs.json');
}

/**
 * Lays the charts' canvases out as they stand on the page, on paper, with their headings.
 * @param {HTMLElement[]} charts elements with a canvas and a heading @param {string} caption
 */
export function saveChartsPng(charts, caption) {
  const boxes = charts.map((chart) => chart.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.right));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  const scale = Math.max(2, devicePixelRatio);
  const canvas = document.createElement('canvas');
  canvas.width = (right - left) * scale;
  canvas.height = (bottom - top + 28) * scale;
  const context = canvas.getContext('2d');
  if (!context) return;
  const style = getComputedStyle(document.documentElement);
  context.scale(scale, scale);
  context.fillStyle = style.getPropertyValue('--paper');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.getPropertyValue('--ink');
  context.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
  for (const chart of charts) {
    const box = chart.getBoundingClientRect();
    context.fillText(/** @type {any} */ (chart).heading ?? '', box.left - left + 12, box.top - top + 20);
    const picture = chart.querySelector('canvas');
    if (!picture) continue;
    const at = picture.getBoundingClientRect();
    context.drawImage(picture, at.left - left, at.top - top, at.width, at.height);
  }
  context.fillStyle = style.getPropertyValue('--soft');
  context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  context.fillText(caption, 12, bottom - top + 16);
  canvas.toBlob((blob) => blob && save(blob, 'trainscope.png'));
}
