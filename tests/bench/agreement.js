/**
 * Whether a peer has done the same work: equal weights and batches must give equal losses, as far as float32 and
 * another order of summation allow.
 */

/**
 * @typedef {object} Outcome  of a work from its initial weights
 * @property {number[]} [losses]  one per step
 * @property {number[]} [norms]
 * @property {string | null} [digest]
 * @property {number | null} [correct]  images
 *
 * @typedef {object} Agreement
 * @property {boolean} agrees
 * @property {number} steps  compared; 0 for an evaluation
 * @property {string} figures  what was compared, for the reader
 */

/** The first loss has seen one forward pass, and no update. */
const FIRST_TOLERANCE = 1e-4;
/** Mean of steps 11 to 20. */
const EARLY_TOLERANCE = 1e-3;
/** Of the first gradient norm, relative. */
const NORM_TOLERANCE = 1e-3;
/** The share of images whose two best classes may be a tie within rounding. */
const NEAR_TIES = 5 / 10_000;

/**
 * @param {import('./works.js').Work} work
 * @param {Outcome} ours
 * @param {Outcome} theirs
 * @param {number} [images]  of an evaluation
 * @returns {Agreement}
 */
export function compareOutcomes(work, ours, theirs, images = 0) {
  if (work.kind === 'evaluate') {
    const difference = Math.abs(Number(ours.correct) - Number(theirs.correct));
    return { agrees: difference <= NEAR_TIES * images, steps: 0, figures: `${theirs.correct} of ${images} correct` };
  }
  const [a, b] = [ours.losses ?? [], theirs.losses ?? []];
  const steps = Math.min(a.length, b.length);
  /** @type {{ name: string, values: [number, number], tolerance: number }[]} */
  const pairs = [
    { name: 'step 1', values: [a[0], b[0]], tolerance: FIRST_TOLERANCE },
    { name: 'steps 11-20', values: [mean(a, 10, 20), mean(b, 10, 20)], tolerance: EARLY_TOLERANCE },
  ];
  if (steps > 30) {
    const values = /** @type {[number, number]} */ ([mean(a, steps - 10, steps), mean(b, steps - 10, steps)]);
    pairs.push({ name: `steps ${steps - 9}-${steps}`, values, tolerance: work.loss ?? 0 });
  }
  if (work.norm && ours.norms?.length && theirs.norms?.length) {
    const [x, y] = [ours.norms[0], theirs.norms[0]];
    pairs.push({ name: 'first norm', values: [x, y], tolerance: NORM_TOLERANCE * x });
  }
  // Written so that a NaN on either side is no agreement.
  const agrees = pairs.every(({ values: [x, y], tolerance }) => Math.abs(x - y) <= tolerance);
  return { agrees, steps, figures: pairs.map(({ name, values }) => `${name} ${values[1]?.toFixed(4)}`).join(', ') };
}

/** @param {number[]} values @param {number} from @param {number} to */
function mean(values, from, to) {
  return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
}
