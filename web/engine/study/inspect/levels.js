/** Where values stand at either end of a log, and how they get from row to row: whether a loss falls, and steps overshoot. */

/** Of fewer rows nothing is said; of more, a share at either end is compared. */
const ROWS = 20;
const SHARE = 0.1;

/** What is lost in a training that works is more than this. */
const FALLEN = 0.98;

/** Independent values turn at two rows of three; of so many rows, this share is no chance. */
const TURNS_ROWS = 200;
const TURNS = 0.85;

/** Medians of so many values each, from the first on, and of the last ones. @param {Float64Array} all */
function mediansOf(all) {
  const values = all.filter((value) => Number.isFinite(value));
  if (values.length < ROWS) return null;
  const part = Math.max(5, Math.floor(SHARE * values.length));
  const medians = [];
  for (let at = 0; at + part <= values.length; at += part) medians.push(values.slice(at, at + part).sort()[part >> 1]);
  return { first: medians[0], last: values.slice(-part).sort()[part >> 1], medians };
}

/** Medians of the first and the last rows. @param {Float64Array} values */
export function endsOf(values) {
  const found = mediansOf(values);
  return found && { first: found.first, last: found.last };
}

/** Where a loss stands throughout that does not fall. @param {Float64Array} losses */
export function findLevel(losses) {
  const found = mediansOf(losses);
  if (!found) return null;
  const { first, last, medians } = found;
  return Math.min(...medians, last) < FALLEN * first ? null : { first, last };
}

/** In which share of the rows of its second half a loss turns, where that is more often than chance has it. @param {Float64Array} losses */
export function findTurns(losses) {
  let [turns, moves, before] = [0, 0, 0];
  for (let i = Math.max(1, losses.length >> 1); i < losses.length; i++) {
    const way = Math.sign(losses[i] - losses[i - 1]);
    if (!way) continue;
    if (before) {
      moves++;
      turns += Number(way !== before);
    }
    before = way;
  }
  return moves >= TURNS_ROWS && turns > TURNS * moves ? turns / moves : null;
}
