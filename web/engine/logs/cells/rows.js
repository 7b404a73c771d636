/** Where a step, or a row, stands among ascending ones, and what is logged there. */

/** @typedef {{ step: Float64Array, value: Float64Array }} Series  steps ascending */

/** The first of ascending numbers that is not before a place. @param {ArrayLike<number>} numbers @param {(number: number) => boolean} isBefore */
function firstNot(numbers, isBefore) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(numbers[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first of ascending numbers that is not below one. @param {ArrayLike<number>} numbers @param {number} least */
export function firstFrom(numbers, least) {
  return firstNot(numbers, (number) => number < least);
}

/** The first of ascending numbers that is above one. @param {ArrayLike<number>} numbers @param {number} limit */
export function firstBehind(numbers, limit) {
  return firstNot(numbers, (number) => number <= limit);
}

/** The value of the last row up to a step; of the first one before it; null of none. @param {Series} series @param {number} at */
export function valueAt({ step, value }, at) {
  return value[Math.max(0, firstBehind(step, at) - 1)] ?? null;
}

/** The highest finite value of some steps, and the first where it is; null of none. @param {Series} series @param {number} from @param {number} to  both among them */
export function highestWithin({ step, value }, from, to) {
  let best = -1;
  for (let i = firstFrom(step, from); i < step.length && step[i] <= to; i++)
    if (Number.isFinite(value[i]) && (best < 0 || value[i] > value[best])) best = i;
  return best < 0 ? null : { step: step[best], value: value[best] };
}
