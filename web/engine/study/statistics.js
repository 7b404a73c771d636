/** What studies count over the seeds of one setting. */

/** The median; of an even number of values, the mean of the middle two; null of none. @param {number[]} values  no NaN */
export function medianOf(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
