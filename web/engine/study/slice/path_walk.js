/**
 * The points of a run's path: its weights after some of its steps. What was kept of its past is taken as it is; what lies
 * between is trained again, which gives the same bits.
 */

/**
 * @typedef {import('../../run/trainer.js').Trainer} Trainer
 * @typedef {import('../../run/trainer.js').Snapshot} Snapshot
 * @typedef {import('../../run/slice/loss_slice.js').PathPoint} PathPoint
 *
 * @typedef {object} Past  of a run
 * @property {(step: number) => { step: number, snapshot: Snapshot } | null} nearest  what was kept at a step or before it
 * @property {number[]} steps  of all that was kept
 *
 * @typedef {PathPoint & { lr: number }} LastStep  where the run was one step before the end, and the rate of that step
 */

/** Points of a path: enough to see its bends, few enough to keep. */
const POINTS_WANTED = 33;
const BYTES_MAX = 64 * 2 ** 20;

/** Where so many points were kept anyway, nothing is trained again for others. */
const KEPT_ENOUGH = 24;

/**
 * The steps at which to look at a run's weights: evenly spread from its start to where it stands, or the nearest that
 * were kept, where those are many. Always the first and the last.
 *
 * @param {number} taken  steps taken
 * @param {number} parameters
 * @param {number[]} [kept]  steps at which the weights are kept
 * @returns {number[]}  rising
 */
export function chooseSteps(taken, parameters, kept = []) {
  const most = Math.max(3, Math.min(POINTS_WANTED, Math.floor(BYTES_MAX / (4 * parameters))));
  const count = Math.min(most, taken + 1);
  const even = Array.from({ length: count }, (_, i) => (count === 1 ? taken : Math.round((i * taken) / (count - 1))));
  if (kept.length < KEPT_ENOUGH) return even;
  const nearest = (/** @type {number} */ step) =>
    kept.reduce((best, other) => (Math.abs(other - step) < Math.abs(best - step) ? other : best));
  return [...new Set([0, ...even.slice(1, -1).map(nearest), taken])].sort((a, b) => a - b);
}

/**
 * @param {object} walk
 * @param {Trainer} walk.trainer  at the run's start; it is trained on, and stands at the last point afterwards
 * @param {number} walk.taken  the run's steps taken, up to which the path is wanted; it ends before where the run does
 * @param {Past} [walk.past]
 * @param {import('../../config/config.js').Change[]} [walk.changes]  of the run, where it has a past
 * @param {() => number} walk.now
 * @param {(ms?: number) => Promise<void>} walk.yieldNow
 * @param {number} walk.sliceMs  the longest time between two yields
 * @param {import('../trial/abort.js').Signal} [walk.signal]
 * @param {(done: number, all: number) => void} [walk.onPoint]  after each point, how many there are
 * @returns {Promise<{ path: PathPoint[], last: LastStep | null }>}
 */
export async function walkPath({ trainer, taken, past, changes, now, yieldNow, sliceMs, signal, onPoint }) {
  const wanted = chooseSteps(taken, trainer.parameterCount, past?.steps);
  // The step before the last too, for the length of a step.
  const steps = [...new Set([...wanted.slice(0, -1), Math.max(0, taken - 1), taken])].sort((a, b) => a - b);
  /** @type {PathPoint[]} */
  const points = [];
  /** @type {LastStep | null} */
  let last = null;
  let end = now() + sliceMs;
  const rest = async () => {
    if (now() < end) return;
    await yieldNow();
    signal?.throwIfAborted();
    end = now() + sliceMs;
  };
  for (const step of steps) {
    const entry = past?.nearest(step);
    // The last step is always taken, for its rate.
    const isNext = step === trainer.stepsTaken + 1;
    if (entry && entry.step > trainer.stepsTaken && !isNext) trainer.restore(entry.snapshot, { changes });
    let hasEnded = false;
    while (trainer.stepsTaken < step && !hasEnded) {
      const { rows, ended } = trainer.advanceRows(step - trainer.stepsTaken, () => now() >= end);
      hasEnded = ended;
      const before = points.at(-1);
      if (step === taken && before?.step === taken - 1 && rows.length > 0) last = { ...before, lr: rows[0].lr };
      await rest();
    }
    if (trainer.stepsTaken < step) break;
    points.push({ step, parameters: trainer.parameters });
    onPoint?.(points.length, steps.length);
    await rest();
  }
  const isWanted = new Set(wanted);
  return { path: points.filter(({ step }) => isWanted.has(step)), last };
}
