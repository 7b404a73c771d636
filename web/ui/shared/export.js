/** What can be taken home: a run's steps as CSV, all runs as JSON, the charts as one picture. */

import { SCHEMA } from '../../engine/config/schema.js';
import { csvLine } from './csv_text.js';
import { FIGURES, figuresOf } from './run_figures.js';

/** @typedef {import('../state/run.js').Run} Run */

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

/**
 * The weights as they are now, as PyTorch, `train --weights` and this page read them.
 * @param {Run} run
 * @returns {Promise<string | null>}  what of them no run can start from, in a sentence
 */
export async function saveRunWeights(run) {
  const written = await run.handle?.ask('writeWeights');
  if (!written) return null;
  const { bytes, step, nonFinite } = written;
  const name = `${fileName(run.name)}-step-${step}.safetensors`;
  save(new Blob([bytes]), name);
  return nonFinite && `${name}: ${nonFinite}, so that no run can start from it.`;
}

/** @param {Run} run */
export function runToCsv(run) {
  return `${[csvLine(STEP_COLUMNS), ...stepLines(run), ...cutLine(run)].join('\n')}\n`;
}

/** Every kept step of all runs in one long table, a run's name in front of each. @param {Run[]} runs */
export function saveStepsCsv(runs) {
  save(new Blob([stepsToCsv(runs)], { type: 'text/csv' }), 'trainscope-steps.csv');
}

/** @param {Run[]} runs */
export function stepsToCsv(runs) {
  const lines = [csvLine(['run', ...STEP_COLUMNS])];
  for (const run of runs) for (const line of stepLines(run)) lines.push(`${csvLine([run.name])},${line}`);
  for (const run of runs) for (const line of cutLine(run)) lines.push(`${line}: ${csvLine([run.name])}`);
  return `${lines.join('\n')}\n`;
}

const METRICS = SCHEMA.metrics.map(({ name }) => name);
const STEP_COLUMNS = [...METRICS, 'val_loss', 'val_accuracy'];

/** A line per kept step. @param {Run} run */
function* stepLines(run) {
  const evaluations = new Map(run.evaluations.map((evaluation) => [evaluation.step, evaluation]));
  for (const row of run.rows()) {
    // An evaluation after n steps stands beside the last of them.
    const evaluation = evaluations.get(row.step + 1);
    yield csvLine([...METRICS.map((name) => row[name]), evaluation?.val_loss, evaluation?.val_accuracy]);
  }
}

/** Of a run too long to be kept whole, that it is. @param {Run} run */
function cutLine(run) {
  return run.rowsKept < run.step - run.startStep ? [`# only the first ${run.rowsKept} steps are kept`] : [];
}

/** The table of runs: one row per run. @param {Run[]} runs @param {(run: Run) => string} describe what a run changed */
export function saveRunsCsv(runs, describe) {
  save(new Blob([runsToCsv(runs, describe)], { type: 'text/csv' }), 'trainscope-runs.csv');
}

/** @param {Run[]} runs @param {(run: Run) => string} describe */
export function runsToCsv(runs, describe) {
  const lines = [csvLine(['run', 'changed', 'status', 'steps', ...FIGURES.map(({ name }) => name)])];
  for (const run of runs) {
    const figures = FIGURES.map(({ of }) => of(run) ?? '');
    lines.push(csvLine([run.name, describe(run), run.status, run.step, ...figures]));
  }
  return `${lines.join('\n')}\n`;
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

/** What is painted of each chart besides its canvas: where its heading stands, and lines of its legend. */
const HEADING = { left: 12, top: 20, line: 17 };

/**
 * Lays the charts' canvases out as they stand on the page, on paper, with their headings and legends.
 * @param {import('../../charts/drawn_element.js').DrawnElement[]} charts elements with a canvas, a heading and a legend
 * @param {string} caption
 * @param {string} name  of the file
 */
export async function saveChartsPng(charts, caption, name) {
  if (charts.length === 0) return;
  // Charts are made one by one when a page opens.
  await Promise.all(charts.map((chart) => chart.updateComplete));
  // What has not been in sight has not been drawn, and drawing tells a chart what its legend names.
  for (const chart of charts) chart.drawNow();
  await Promise.all(charts.map((chart) => chart.updateComplete));
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
  for (const chart of charts) {
    const box = chart.getBoundingClientRect();
    const heading = /** @type {any} */ (chart).heading ?? '';
    const x = box.left - left + HEADING.left;
    const y = box.top - top + HEADING.top;
    context.fillStyle = style.getPropertyValue('--ink');
    context.font = fontOf(chart.querySelector('h3') ?? chart);
    context.fillText(heading, x, y);
    const after = x + context.measureText(heading).width + 12;
    context.font = fontOf(chart.querySelector('.legend') ?? chart);
    paintLegend(context, chart, { x: after, y, end: box.right - left - 8 });
    const picture = chart.querySelector('canvas');
    if (!picture?.width || !picture.height) continue;
    const at = picture.getBoundingClientRect();
    context.drawImage(picture, at.left - left, at.top - top, at.width, at.height);
  }
  context.fillStyle = style.getPropertyValue('--soft');
  context.font = fontOf(charts[0]);
  context.fillText(caption, 12, bottom - top + 16);
  canvas.toBlob((blob) => blob && save(blob, `${name}.png`));
}

/** The font of an element, as a canvas takes it. @param {Element} element */
function fontOf(element) {
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  return `${fontWeight} ${fontSize} ${fontFamily}`;
}

/**
 * The names of a chart's curves beside its heading, with their strokes, in as many lines as the heading's row has.
 * What was switched off is not drawn, and not named.
 * @param {CanvasRenderingContext2D} context @param {Element} chart @param {{ x: number, y: number, end: number }} place
 */
function paintLegend(context, chart, { x, y, end }) {
  const rows = Math.floor((chart.querySelector('header')?.getBoundingClientRect().height ?? 0) / HEADING.line);
  const last = y + HEADING.line * (Math.max(1, rows) - 1);
  let at = { x, y };
  for (const entry of chart.querySelectorAll('.legend :is(.keys > .key:not([aria-pressed="false"]), .note)')) {
    const words = entry.textContent?.trim() ?? '';
    const indent = entry.matches('.key') ? 18 : 0;
    const { width } = context.measureText(words);
    if (at.x + indent + width > end && at.x > x) at = { x, y: at.y + HEADING.line };
    if (at.y > last) return;
    if (indent) paintKey(context, entry, at);
    context.fillStyle = getComputedStyle(entry).color;
    context.fillText(words, at.x + indent, at.y, Math.max(1, end - at.x - indent));
    at.x += indent + width + 12;
  }
}

/**
 * The stroke before a curve's name, as panel.css draws it.
 * @param {CanvasRenderingContext2D} context @param {Element} key @param {{ x: number, y: number }} at
 */
function paintKey(context, key, { x, y }) {
  const stroke = getComputedStyle(key, '::before');
  const width = Number.parseFloat(stroke.width);
  const height = Number.parseFloat(stroke.height);
  const middle = y - 4;
  context.save();
  context.globalAlpha = Number(stroke.opacity);
  context.fillStyle = context.strokeStyle = getComputedStyle(key).getPropertyValue('--key').trim();
  context.lineWidth = height;
  context.setLineDash(key.matches('.dashed') ? [4, 2] : key.matches('.dotted') ? [2, 3] : []);
  context.beginPath();
  if (key.matches('.dots')) {
    context.arc(x + width / 2, middle, width / 2, 0, 2 * Math.PI);
    context.fill();
  } else {
    context.moveTo(x, middle);
    context.lineTo(x + width, middle);
    context.stroke();
  }
  context.restore();
}
