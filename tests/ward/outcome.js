/**
 * What settings achieve: the best checkpoint on validation data, over several seeds. Everything that the ward compares
 * is compared by these.
 *
 * A result is worth the share of the loss of guessing that training took away, 1 − loss / L₀ (for a regression that is
 * R²), and the accuracy where there are classes. What a fix reaches of the best known result is the lower of the two
 * shares: accuracy alone is content with a classifier that barely knows what it knows.
 */

/**
 * @typedef {import('../../web/engine/config/config.js').Config} Config
 * @typedef {import('../../web/engine/study/trial/trial.js').TrialResult} TrialResult
 *
 * @typedef {{ trial: (config: Config, options?: { record: 'none' }) => Promise<TrialResult> }} Runner
 *
 * @typedef {object} Outcome
 * @property {number} loss  the median over the seeds; that of guessing where no seed has a better one
 * @property {number} low  of the seeds
 * @property {number} high
 * @property {number | null} accuracy  the median; null for a regression
 * @property {number} baseline  L₀, the loss of guessing
 * @property {number} train  the median of the training loss at the end
 */

/**
 * @param {Runner} runner
 * @param {Config} config
 * @param {number[]} seeds
 * @returns {Promise<Outcome>}
 */
export async function measure(runner, config, seeds) {
  return outcomeOf(await train(runner, config, seeds));
}

/**
 * The loss on validation data at the end, which is what a diagnosis tells: the median over the seeds.
 *
 * @param {Runner} runner
 * @param {Config} config
 * @param {number[]} seeds
 */
export async function measureEnd(runner, config, seeds) {
  const trials = await train(runner, config, seeds);
  return middle(sorted(trials.map(({ val }) => val?.loss ?? Infinity)));
}

/** @param {Runner} runner @param {Config} config @param {number[]} seeds */
function train(runner, config, seeds) {
  return Promise.all(seeds.map((seed) => runner.trial({ ...config, seed }, { record: 'none' })));
}

/** @param {TrialResult[]} trials  of one setting @returns {Outcome} */
export function outcomeOf(trials) {
  const [{ baseline_loss: baseline }] = trials;
  const losses = sorted(trials.map(({ best }) => Math.min(best?.loss ?? Infinity, baseline)));
  const accuracies = trials.map(({ best }) => best?.accuracy ?? null).filter((value) => value !== null);
  return {
    loss: middle(losses),
    low: losses[0],
    high: losses[losses.length - 1],
    accuracy: accuracies.length === 0 ? null : middle(sorted(accuracies)),
    baseline,
    train: middle(sorted(trials.map(({ train }) => (Number.isFinite(train.loss) ? train.loss : Infinity)))),
  };
}

/** The share of the loss of guessing that training took away. @param {Outcome} outcome */
export function explained({ loss, baseline }) {
  return Math.max(0, 1 - loss / baseline);
}

/**
 * What an outcome reaches of the best known: by what is explained, by accuracy, and the lower of the two.
 *
 * @param {Outcome} outcome
 * @param {Outcome} best
 */
export function sharesReached(outcome, best) {
  const loss = explained(outcome) / explained(best);
  // A regression has no accuracy.
  const accuracy = outcome.accuracy === null || best.accuracy === null ? loss : outcome.accuracy / best.accuracy;
  return { loss, accuracy, lower: Math.min(loss, accuracy) };
}

/** How much of what an illness costs is got back. @param {Outcome} outcome @param {{ ill: Outcome, well: Outcome }} of */
export function recovered(outcome, { ill, well }) {
  return (ill.loss - outcome.loss) / (ill.loss - well.loss);
}

/** @param {number[]} values */
function sorted(values) {
  return [...values].sort((a, b) => a - b);
}

/** @param {number[]} values  sorted, an odd number */
function middle(values) {
  return values[values.length >> 1];
}
