/** Rows that sum up an epoch each, whatever the log calls what it counts. */

/** @typedef {{ step: Float64Array, value: Float64Array }} Series */

/**
 * Whether a row sums up an epoch: where epochs are counted, or each row has its validation.
 *
 * @param {{ unit: string, series: { loss?: Series, val_loss?: Series } }} run
 */
export function areSummaries({ unit, series: { loss, val_loss } }) {
  if (unit === 'epoch') return true;
  if (!loss || !val_loss || loss.step.length < 2) return false;
  return intervalOf(loss.step) === 1 && isBesideMost(val_loss, loss);
}

/** Where numbers are that are none, nothing may have been measured. @param {Series} few @param {Series} all */
function isBesideMost(few, all) {
  let [shared, of] = [0, 0];
  for (let i = 0, j = 0; i < all.step.length; i++) {
    if (!Number.isFinite(all.value[i])) continue;
    of++;
    while (j < few.step.length && few.step[j] < all.step[i]) j++;
    if (few.step[j] === all.step[i] && Number.isFinite(few.value[j])) shared++;
  }
  return shared > 0.9 * of;
}

/** The usual distance between rows. @param {Float64Array} steps */
export function intervalOf(steps) {
  if (steps.length < 2) return 0;
  const gaps = Float64Array.from(
    { length: Math.min(steps.length - 1, 1001) },
    (_, i) => steps[i + 1] - steps[i],
  ).sort();
  return gaps[gaps.length >> 1];
}
