/**
 * Whether those in the ward are what they are said to be, by computation. README.md has the criteria in words.
 */

import { measure, recovered, sharesReached } from './outcome.js';
import { WELL } from './roll.js';
import { listCandidates } from './search.js';

/**
 * @typedef {import('./outcome.js').Outcome} Outcome
 * @typedef {import('./outcome.js').Config} Config
 * @typedef {import('./outcome.js').Runner} Runner
 * @typedef {import('./roll.js').Case} Case
 * @typedef {import('./search.js').Candidate} Candidate
 * @typedef {Omit<import('./known.js').Known, 'key'>} Finding
 * @typedef {Candidate & { outcome: Outcome }} Found
 */

/** A loss lower by less than this share is no finding, */
const MATERIAL = 0.05;
/** nor by less than this share of the loss of guessing: what tokens ask can be answered wholly, and the loss goes to 0. */
const NOTICED = 0.02;

/** An illness costs at least so much: the loss times this, or this of the accuracy; */
const ILL_LOSS = 1.3;
const ILL_ACCURACY = 0.03;
/** and it leaves at most this share of the healthy result. */
const ILL = 0.95;

/** A healthy setting has no seed with a loss so many times the median, and noticeably above it. */
const OUTLYING = 1.3;

/** Another change that gives back more of what an illness costs makes its name doubtful. */
const AMBIGUOUS = 0.85;

/**
 * Seeds beside those that a diagnosis has: what looked good by chance does not again. Where one network in five is dead
 * from the start, of five seeds three can be such.
 */
const FRESH = [101, 102, 103, 104, 105, 106, 107, 108, 109];
const CANDIDATES_AGAIN = 8;

/** One seed tells which candidates are worth three: those not worse than this times the setting's own loss, */
const HOPEFUL = 1.1;
/** or, of a patient, the best so many of every family. */
const KEPT = 4;

/** What undoes a disease, in the words of search.js, where it has another name there. @type {Record<string, string>} */
const UNDONE_BY = {
  rate_too_high: 'rate',
  rate_too_low: 'rate',
  batch_noise: 'batch',
  batchnorm_batch: 'batch',
};

/** Families of changes that undo nothing: they treat many an illness and are the name of none. */
const REMEDIES = ['clip', 'tuning'];

/** The disease that nothing undoes but other data. */
const INCURABLE = 'not_optimization';

/** Where nothing is wrong with the optimization, both losses are below this share of that of guessing. */
const TRAINED = 0.9;

/** @param {Runner} runner @param {Case} one @returns {Promise<Finding>} */
export function verify(runner, one) {
  if (one.disease === WELL) return verifyHealthy(runner, one);
  return one.disease === INCURABLE ? verifyIncurable(runner, one) : verifyIll(runner, one);
}

/** @param {Runner} runner @param {Case} one @returns {Promise<Finding>} */
async function verifyHealthy(runner, { config }) {
  const { own, better } = await lookAround(runner, config);
  const isOutlying = own.high > OUTLYING * own.loss && own.high > own.loss + NOTICED * own.baseline;
  let doubt = isOutlying ? `a seed has a loss of ${own.high.toPrecision(3)}` : null;
  if (better) doubt = `${write(better)} has a loss of ${better.outcome.loss.toPrecision(3)}`;
  return { doubt, own, best: better?.outcome ?? own, by_rate: null, rival: null };
}

/** @param {Runner} runner @param {Case} one @returns {Promise<Finding>} */
async function verifyIncurable(runner, { config, healthy }) {
  const well = await measure(runner, healthy, freshSeeds(healthy));
  const { own, better } = await lookAround(runner, config);
  let doubt = doubtIllness(own, well);
  if (!(own.train < TRAINED * own.baseline)) doubt = `its training loss is ${own.train.toPrecision(3)}`;
  if (!(own.loss < TRAINED * own.baseline))
    doubt = `its validation loss is ${own.loss.toPrecision(3)}, that of guessing`;
  if (better) doubt = `${write(better)} has a loss of ${better.outcome.loss.toPrecision(3)}`;
  return { doubt, own, best: better?.outcome ?? own, by_rate: null, rival: null };
}

/** @param {Runner} runner @param {Case} one @returns {Promise<Finding>} */
async function verifyIll(runner, { config, healthy, disease }) {
  const family = UNDONE_BY[disease] ?? disease;
  const well = await measure(runner, healthy, freshSeeds(healthy));
  const own = await measure(runner, config, freshSeeds(config));
  const found = await bestOfFamilies(runner, config, family);
  const gains = found
    .map((one) => ({ ...one, gain: recovered(one.outcome, { ill: own, well }) }))
    .sort((a, b) => b.gain - a.gain);
  const [rival] = gains.filter((one) => one.family !== family && !REMEDIES.includes(one.family));
  const rate = gains.find((one) => one.family === 'rate');
  const best = [well, ...found.map(({ outcome }) => outcome)].reduce((a, b) => (b.loss < a.loss ? b : a));
  let doubt = doubtIllness(own, well);
  if (!doubt && rival?.gain > AMBIGUOUS) doubt = `${write(rival)} gives back ${rival.gain.toFixed(2)} as well`;
  return {
    doubt,
    own,
    best,
    by_rate: rate?.gain ?? null,
    rival: rival ? `${rival.family} ${rival.gain.toFixed(2)}` : null,
  };
}

/** @param {Outcome} own @param {Outcome} well */
function doubtIllness(own, well) {
  const isClear = own.loss > ILL_LOSS * well.loss || (own.accuracy ?? 0) < (well.accuracy ?? 0) - ILL_ACCURACY;
  const share = sharesReached(own, well).lower;
  if (!isClear || share > ILL) {
    return `it has a loss of ${own.loss.toPrecision(3)} instead of ${well.loss.toPrecision(3)}, ${share.toFixed(2)} of the result`;
  }
  return own.low > well.high ? null : 'seeds differ by more than the illness costs';
}

/**
 * What settings achieve, and the best that is certainly better, where there is one.
 *
 * @param {Runner} runner
 * @param {Config} config
 */
async function lookAround(runner, config) {
  const first = await measure(runner, config, firstSeeds(config));
  const own = await measure(runner, config, freshSeeds(config));
  const [seed] = firstSeeds(config);
  const alone = await measure(runner, config, [seed]);
  const hopeful = (await measureAll(runner, config, listCandidates(config), [seed])).filter(
    ({ outcome }) => outcome.loss < HOPEFUL * alone.loss,
  );
  const promising = (await measureAll(runner, config, hopeful, firstSeeds(config)))
    .filter(({ outcome }) => isBetter(outcome, first))
    .sort((a, b) => a.outcome.loss - b.outcome.loss)
    .slice(0, CANDIDATES_AGAIN);
  const again = await Promise.all(promising.map((one) => measureAgain(runner, config, one)));
  const [better = null] = again
    .filter(({ outcome }) => isBetter(outcome, own))
    .sort((a, b) => a.outcome.loss - b.outcome.loss);
  return { own, better };
}

/**
 * The best of every family, by other seeds than those that chose it.
 *
 * @param {Runner} runner
 * @param {Config} config
 * @param {string} family  of the change that undoes the disease
 * @returns {Promise<Found[]>}
 */
async function bestOfFamilies(runner, config, family) {
  // What is tried with other rates as well says nothing about a disease that is the rate.
  const fitting = listCandidates(config).filter(
    ({ family: other, changes }) => family !== 'rate' || other === 'rate' || changes.lr === undefined,
  );
  const hopeful = pickByFamily(await measureAll(runner, config, fitting, firstSeeds(config).slice(0, 1)), KEPT);
  const best = pickByFamily(await measureAll(runner, config, hopeful, firstSeeds(config)), 1);
  return Promise.all(best.map((one) => measureAgain(runner, config, one)));
}

/** The best so many of every family. @param {Found[]} found @param {number} count */
function pickByFamily(found, count) {
  const families = new Set(found.map(({ family }) => family));
  return [...families].flatMap((name) =>
    found
      .filter(({ family }) => family === name)
      .sort((a, b) => a.outcome.loss - b.outcome.loss)
      .slice(0, count),
  );
}

/**
 * @param {Runner} runner
 * @param {Config} config
 * @param {Candidate[]} candidates
 * @param {number[]} seeds
 * @returns {Promise<Found[]>}
 */
function measureAll(runner, config, candidates, seeds) {
  return Promise.all(
    candidates.map(async ({ family, changes }) => ({
      family,
      changes,
      outcome: await measure(runner, { ...config, ...changes }, seeds),
    })),
  );
}

/** @param {Runner} runner @param {Config} config @param {Candidate} one @returns {Promise<Found>} */
async function measureAgain(runner, config, one) {
  return { ...one, outcome: await measure(runner, { ...config, ...one.changes }, freshSeeds(config)) };
}

/** @param {Outcome} outcome @param {Outcome} than */
function isBetter(outcome, than) {
  return outcome.loss < (1 - MATERIAL) * than.loss && outcome.loss < than.loss - NOTICED * than.baseline;
}

/** @param {Config} config */
function firstSeeds({ seed }) {
  return [seed, seed + 1, seed + 2];
}

/** @param {Config} config */
export function freshSeeds({ seed }) {
  return FRESH.map((more) => seed + more);
}

/** @param {Candidate} one */
function write({ changes }) {
  return Object.entries(changes)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
