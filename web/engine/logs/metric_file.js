/** MLflow's files of metrics: one metric a file, a line for each number: the time in milliseconds, the value, the step. */

import { agree } from '../words/sentences.js';
import { Columns, rawRun } from './columns.js';
import { linesOf } from './text_log.js';

const LINE = /^\d{12,14} (\S+) (\d+)$/;

/** @param {string} head  the file's begin */
export function isMetricFile(head) {
  const lines = head.split(/\r?\n/, 3).filter(Boolean);
  return lines.length > 0 && lines.every((line, i) => LINE.test(line) || (i > 0 && i === lines.length - 1));
}

/**
 * @param {string} name @param {Uint8Array} bytes
 * @returns {import('./columns.js').RawRun}
 */
export function readMetricFile(name, bytes) {
  const metric = partsOfMetric(name).metric;
  const columns = new Columns();
  let row = 0;
  let foreign = 0;
  for (const line of linesOf(bytes)) {
    const [, value, step] = LINE.exec(line) ?? [];
    if (value !== undefined) columns.addText(metric, Number(step), value);
    else if (line.trim() !== '') foreign++;
    row++;
  }
  const run = { ...rawRun(name, 'MLflow metric', columns), axis: /** @type {const} */ ('step') };
  if (foreign > 0)
    run.notes.push(
      `${agree(foreign, 'A line was', `${foreign} lines were`)} no time, number and step, and left aside.`,
    );
  const [column] = run.columns;
  // Who gives MLflow no step gets 0 for all.
  if (row > 1 && column?.at.every((at) => at === 0)) {
    column.at = column.at.map((_, i) => i);
    run.notes.push('The metric names no step: its numbers were counted, from 0.');
  }
  return run;
}

/** The run's folder, and the metric, whose name may hold slashes. @param {string} name */
export function partsOfMetric(name) {
  const [, folder = '', metric] = /^(.*?)(?:^|\/)metrics\/(.+)$/.exec(name) ?? [];
  if (metric !== undefined) return { folder, metric };
  const cut = name.lastIndexOf('/');
  return { folder: name.slice(0, Math.max(cut, 0)), metric: name.slice(cut + 1) };
}
