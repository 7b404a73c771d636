/** A progress bar on a terminal's standard error, and nothing anywhere else. */

import { Presets, SingleBar } from 'cli-progress';

/**
 * @typedef {{ update: (done: number, note?: string) => void, stop: () => void }} Progress
 */

/**
 * @param {string} label
 * @param {number} total
 * @returns {Progress}
 */
export function startProgress(label, total) {
  if (!process.stderr.isTTY || total === 0) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar(
    {
      format: `${label} {bar} {value}/{total} · {note}`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      fps: 15,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: '' });
  return {
    update: (done, note = '') => bar.update(done, { note }),
    stop: () => bar.stop(),
  };
}
