/** One of many numbers by its place among them, without sorting all. */

/** Rounds that the most unlucky order gets before it is sorted. */
const ROUNDS_MAX = 60;

/**
 * The number that would stand at a place if they were sorted. They are put in another order.
 *
 * @param {Float64Array} numbers  none of them NaN
 * @param {number} place
 * @param {number} [length]  of those that count
 */
export function selectAt(numbers, place, length = numbers.length) {
  let [low, high] = [0, length - 1];
  for (let round = 0; low < high; round++) {
    if (round === ROUNDS_MAX) return numbers.subarray(0, length).sort()[place];
    const pivot = numbers[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (numbers[i] < pivot) i++;
      while (numbers[j] > pivot) j--;
      if (i > j) break;
      const other = numbers[i];
      numbers[i++] = numbers[j];
      numbers[j--] = other;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return numbers[place];
}
