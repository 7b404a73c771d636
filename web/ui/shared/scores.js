/** What the evaluations on the validation data of one training came to. */

/**
 * @typedef {{ val_loss: number | string | null, val_accuracy: number | string | null }} Evaluated  what is not finite
 *   may have been told as text
 * @typedef {{ bestLoss: number | null, lastLoss: number | null, bestAccuracy: number | null,
 *             lastAccuracy: number | null }} Scores
 *   best: lowest loss and highest accuracy, each by itself; last: a loss that is not a number where the run diverged;
 *   null where there is none: without validation data, and the accuracy of regression or beside such a loss
 */

/** @param {Evaluated[]} evaluations  in the order of steps @returns {Scores} */
export function scoresOf(evaluations) {
  const losses = numbersOf(evaluations.map(({ val_loss }) => val_loss));
  const last = evaluations.at(-1)?.val_accuracy ?? null;
  const accuracies = numbersOf(evaluations.map(({ val_accuracy }) => val_accuracy));
  const finite = losses.filter((loss) => Number.isFinite(loss));
  return {
    bestLoss: finite.length ? Math.min(...finite) : null,
    lastLoss: losses.at(-1) ?? null,
    bestAccuracy: accuracies.length ? Math.max(...accuracies) : null,
    lastAccuracy: last === null ? null : Number(last),
  };
}

/** @param {(number | string | null)[]} values */
function numbersOf(values) {
  return values.filter((value) => value !== null).map(Number);
}
