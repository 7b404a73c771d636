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
 * @typedef {{ factor: number, step: number }} Growth  of the gradient, against its median before
 */

/** Samples of a layer's gradient that its median is of, and those that there must be. */
const MEDIAN_OF = 24;
const MEDIAN_FROM = 5;

/** A gradient so many times its median has grown. */
export const GROWN = 5;

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

/** What the layers of one run have been like: how large their gradients are as a rule, and how far they have gone beyond. */
export class LayerPast {
  /** @type {number[][]} the newest gradients of each layer */
  #seen = [];
  /** Each layer's farthest, of a run that is unstable; null of one that is well. @type {(Growth | null)[]} */
  grown = [];

  /**
   * @param {Layer[]} layers  as they are now
   * @param {number} step
   * @param {boolean} isUnwell  whether the run is unstable: its gradients are then none of those that are usual
   */
  add(layers, step, isUnwell) {
    layers.forEach(({ gradient }, i) => {
      this.#seen[i] ??= [];
      const seen = this.#seen[i];
      const usual = seen.length >= MEDIAN_FROM ? [...seen].sort((a, b) => a - b)[seen.length >> 1] : Number.NaN;
      const factor = Number.isNaN(gradient) ? Number.POSITIVE_INFINITY : gradient / usual;
      const before = this.grown[i];
      if (factor >= GROWN && !(before && before.factor >= factor)) this.grown[i] = { factor, step };
      else if (!isUnwell && factor < GROWN) this.grown[i] = null;
      if (!isUnwell && Number.isFinite(gradient)) seen.push(gradient);
      if (seen.length > MEDIAN_OF) seen.shift();
    });
  }
}
