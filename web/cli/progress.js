/** A progress bar on a terminal's standard error, and nothing anywhere else. */

/** Read only where there is a bar to draw. */
const drawing = process.stderr.isTTY ? await import('cli-progress') : null;

/**
 * @typedef {{ update: (done: number, note?: string) => void, stop: () => void }} Progress
 */

/**
 * @param {string} label
 * @param {number | null} total  null: nobody knows; then what is done is counted
 * @returns {Progress}
 */
export function startProgress(label, total) {
  if (!drawing || total === 0) return { update: () => {}, stop: () => {} };
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
