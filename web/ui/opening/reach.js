/** How far the axis of steps reaches while a run goes on: it grows with it, so that what happens is seen as it happens. */

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
