/**
 * The network as a strip of layers, each with how large its gradient and its activations are: which it shows, and how
 * much they have grown.
 *
 * @typedef {import('../../engine/core/record.js').Records['unit_size']} UnitSize
 *
 * @typedef {object} Layer  one with weights, and what follows it without any
 * @property {string} name  "conv 6", "linear 120"
 * @property {number} gradient  norm of the loss gradient of its parameters
 * @property {number} activation  root mean square of what leaves it
 *
 * @typedef {{ step: number, layers: Layer[] }} Sizes  after so many steps
 * @typedef {Sizes & { since: number, factors: number[] }} Growth  factors: what each layer's gradient is, in times of what
 *   it was at step since
 */

/** A gradient that is so many times what it was has grown. */
const GROWN = 5;

/** Ends of both gauges, as powers of ten. */
const GRADIENT_ENDS = [-3, 2];
const ACTIVATION_ENDS = [-2, 2];

/** @param {UnitSize[]} units @returns {Layer[]} */
export function layersOf(units) {
  /** @type {Layer[]} */
  const layers = [];
  for (const [i, unit] of units.entries()) {
    const last = layers.at(-1);
    const isOutput = i === units.length - 1;
    // Normalization, rectifiers and pooling belong to the weights before them; before the first they are what enters.
    if (last && !isOutput && !isWeight(unit)) {
      last.gradient = Math.hypot(last.gradient, unit.gradient);
      if (unit.branch !== 1) last.activation = unit.activation;
    } else if (isWeight(unit) || isOutput) {
      const { gradient, activation } = unit;
      layers.push({
        name: isOutput ? `output ${unit.channels}` : `${unit.name} ${unit.channels}`,
        gradient,
        activation,
      });
    }
  }
  return layers;
}

/** Gains and biases of a normalization are one or two numbers for each channel. @param {UnitSize} unit */
function isWeight({ parameters, channels, branch }) {
  return branch === 0 && parameters > 2 * channels;
}

/** How full a gauge is, from 0 to 1; what is no number has left it. @param {number} value @param {number[]} ends */
function fill(value, [low, high]) {
  if (value === 0) return 0;
  const share = (Math.log10(value) - low) / (high - low);
  return Number.isNaN(share) ? 1 : Math.min(1, Math.max(0, share));
}

/** @param {Layer} layer */
export const gradientFill = ({ gradient }) => fill(gradient, GRADIENT_ENDS);
/** @param {Layer} layer */
export const activationFill = ({ activation }) => fill(activation, ACTIVATION_ENDS);

/**
 * The first state in which a layer's gradient has grown, against the first of all.
 *
 * @param {Sizes[]} past  states that follow each other
 * @returns {Growth | null}
 */
export function growthOf([before, ...later]) {
  for (const { step, layers } of later) {
    const factors = layers.map(({ gradient }, i) => gradient / before.layers[i].gradient);
    // What is no number any more has grown beyond all.
    const grown = factors.map((factor, i) =>
      Number.isNaN(factor) && before.layers[i].gradient > 0 ? Infinity : factor,
    );
    if (grown.some((factor) => factor >= GROWN)) return { since: before.step, step, layers, factors: grown };
  }
  return null;
}

/** Which layers' factors are worth saying: those that have grown, and of them the one that has grown most. @param {Growth} growth @returns {('most' | 'grown' | '')[]} */
export function ranksOf({ factors }) {
  const most = Math.max(...factors.filter((factor) => !Number.isNaN(factor)));
  return factors.map((factor) => (factor >= GROWN ? (factor === most ? 'most' : 'grown') : ''));
}
