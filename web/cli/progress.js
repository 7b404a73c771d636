/** How far something is: a progress bar on a terminal's standard error, and a line a minute where that is none. */

import { count, duration } from '../engine/words/numbers.js';
import { now } from './timing.js';

/** Read only where there is a bar to draw. */
const drawing = process.stderr.isTTY ? await import('cli-progress') : null;

/** Who reads a log file wants to know that it goes on; what is over sooner says nothing. */
const LINE_MS = 60_000;

/**
 * @typedef {{ update: (done: number, note?: string) => void, stop: () => void }} Progress
 */

/**
 * @param {string} label
 * @param {number | null} total  null: nobody knows; then what is done is counted
 * @returns {Progress}
 */
export function startProgress(label, total) {
  if (total === 0) return { update: () => {}, stop: () => {} };
  if (!drawing) return sayEachMinute(label, total);
  const bar = new drawing.SingleBar(
    {
      format:
        total === null
          ? `${label} · {value} steps · {duration_formatted} · {note}`
          : `${label} {bar} {value}/{total} · {note}`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      fps: 15,
    },
    drawing.Presets.shades_classic,
  );
  bar.start(total ?? 1, 0, { note: '' });
  return {
    update: (done, note = '') => bar.update(done, { note }),
    stop: () => bar.stop(),
  };
}

/** @param {string} label @param {number | null} total @returns {Progress} */
function sayEachMinute(label, total) {
  const begin = now();
  const of = total === null ? ' steps' : ` of ${count(total)}`;
  let said = { done: 0, note: '' };
  const timer = setInterval(() => {
    const { done, note } = said;
    const rest = note === '' ? '' : ` · ${note}`;
    process.stderr.write(`${label} · ${count(done)}${of} · ${duration((now() - begin) / 1000)}${rest}\n`);
  }, LINE_MS);
  timer.unref();
  return {
    update: (done, note = '') => {
      said = { done, note };
    },
    stop: () => clearInterval(timer),
  };
}
