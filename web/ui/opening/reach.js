/** How far the axis of steps reaches: it grows with a run, so that what happens is seen as it happens, or goes to a step. */

/** Where it begins; from there it goes in steps of 1, 2 and 5. */
const FIRST = 100;
const RUNGS = [1, 2, 5];

/** One that reaches this share of the run shows all of it. */
const NEARLY = 0.8;

/**
 * The first of 100, 200, 500, 1,000 … that lies beyond the step, and the run's end where that comes before.
 *
 * @param {number} step  taken
 * @param {number} from  where the run began: a fork has had its past before
 * @param {number} end  the run's last step; 0 where it is not known yet
 * @returns {number}
 */
export function reachOf(step, from, end) {
  const wanted = Math.max(step, from + FIRST / 2);
  for (let power = FIRST; power < end; power *= 10) {
    const reach = RUNGS.map((rung) => rung * power).find((rung) => rung > wanted);
    if (reach) return reach < NEARLY * end ? reach : end;
  }
  return end || FIRST;
}

/** Steps on each side of one that is shown, at least, and as a share of all. */
const AROUND = { least: 20, share: 0.08 };

/** What is around a step of so many. @param {number} step @param {number} steps @returns {{ from: number, to: number }} */
export function surroundingsOf(step, steps) {
  const half = Math.max(AROUND.least, Math.round(AROUND.share * steps));
  return { from: Math.max(0, step - half), to: Math.max(step - half, 0) + 2 * half };
}
