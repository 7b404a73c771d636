/** The numbers at the rate's axis of a schedule. */

/** Lines across, at most: more have no room for their numbers. */
const LINES = 4;

/**
 * The rates that the axis goes through, from the highest down. A logarithmic one goes by powers of ten, where there are
 * two of them at least.
 *
 * @param {number} low  lowest rate above 0
 * @param {number} high
 * @param {boolean} isLog
 * @returns {number[]}
 */
export function rateTicks(low, high, isLog) {
  if (!(high > 0)) return [0];
  if (!isLog) return [high, high / 2, 0];
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.ceil((last - first + 1) / LINES);
  const powers = [];
  for (let power = last; power >= first; power -= stride) powers.push(10 ** power);
  return powers.length >= 2 ? powers : [high, Math.sqrt(low * high), low];
}
