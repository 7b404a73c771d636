/**
 * The patients: a healthy setting each, and the one thing that was done to it. That it makes them ill, and that nothing
 * else undoes it, is verified (verify.js).
 */

/**
 * @typedef {import('../../web/engine/config/config.js').Config} Config
 * @typedef {import('../../web/engine/config/config.js').SomeSettings} SomeSettings
 * @typedef {(healthy: Config) => SomeSettings} Illness
 */

/** @param {'lr'} name @param {number} factor @returns {Illness} */
const times = (name, factor) => (healthy) => ({ [name]: Number((healthy[name] * factor).toPrecision(3)) });

/** @param {SomeSettings} changes @returns {Illness} */
const to = (changes) => () => changes;

/** Norm(x + f(x)), wherever the norm was. @type {Illness} */
const normAfter = ({ model }) => ({
  model: String(model).replace(
    /residual\((?:layernorm )?(.*?\))(?: layernorm)?\)\*(\d+) layernorm/,
    '(residual($1) layernorm)*$2',
  ),
});

/** @type {Illness} */
const withoutNorm = ({ model }) => ({ model: String(model).replaceAll(/ (layernorm|batchnorm)/g, '') });

/** By disease, in the order of the contract: the healthy setting, and what is done to it. @type {Record<string, [string, Illness, string?][]>} */
const WARDS = {
  rate_too_high: [
    ['moons-momentum', times('lr', 30)],
    ['xor-sgd', times('lr', 100)],
    ['blobs-rmsprop', times('lr', 2000)],
    ['spiral-adam', times('lr', 30)],
    ['glyphs-mlp-wd', times('lr', 20)],
    ['specimens-adam', times('lr', 100)],
    ['plane-sgd', times('lr', 20)],
    ['circle-nadam-ln', times('lr', 300)],
    ['sort-pre', times('lr', 30)],
    ['addition-gru', times('lr', 30)],
  ],
  rate_too_low: [
    ['moons-momentum', times('lr', 1e-3)],
    ['circle-nesterov', times('lr', 1e-2)],
    ['glyphs-conv-wd', times('lr', 1e-2)],
    ['readings-xavier', times('lr', 1e-2)],
    ['spiral-adam', times('lr', 3e-3)],
    ['plane-sgd', times('lr', 1e-3)],
    ['blobs-logistic-1', times('lr', 1e-3)],
    ['sentences-rnn', times('lr', 1e-2)],
    ['sort-pre', times('lr', 1e-2)],
    ['recall-gru', times('lr', 1e-2)],
  ],
  weight_decay: [
    ['xor-sgd', to({ weight_decay: 10 })],
    ['moons-momentum', to({ weight_decay: 0.3 })],
    ['circle-nesterov', to({ weight_decay: 1 })],
    ['circle-adamw-4', to({ weight_decay: 10 })],
    ['glyphs-mlp-wd', to({ weight_decay: 1 })],
    ['plane-sgd', to({ weight_decay: 5 })],
    ['sentences-rnn', to({ weight_decay: 0.1 })],
    ['glyphs-gru', to({ weight_decay: 1 })],
  ],
  momentum: [
    ['glyphs-logistic', to({ momentum: 0.999 })],
    ['glyphs-sig-ln-momentum', to({ momentum: 0.999 })],
    ['moons-onecycle', to({ momentum: 0.999 })],
    ['xor-sig-ln-momentum', to({ momentum: 0 })],
    ['blobs-sig-bn-nesterov', to({ momentum: 1 })],
    ['recall-rnn', to({ momentum: 0.999 })],
  ],
  beta2: [
    ['xor-adamw-1', to({ beta2: 0 })],
    ['glyphs-pre-adamw', to({ beta2: 0.1 })],
    ['circle-adamw-4', to({ beta2: 0 })],
    ['plane-adamw-4', to({ beta2: 0 })],
    ['moons-sig-bn-adamw', to({ beta2: 0 })],
    ['reverse-pre', to({ beta2: 0 })],
    ['glyphs-vit', to({ beta2: 0 })],
    ['sentences-lstm', to({ beta2: 0 })],
  ],
  epsilon: [
    ['xor-sigmoid-adamw', to({ epsilon: 1 })],
    ['xor-sigmoid-adam-16', to({ epsilon: 1 })],
    ['readings-adamw', to({ epsilon: 1 })],
    ['glyphs-vit', to({ epsilon: 1 })],
  ],
  initialization: [
    ['moons-momentum', to({ init_gain: 0 }), 'zero'],
    ['moons-momentum', to({ init_gain: 30 }), 'large'],
    ['circle-nesterov', to({ init_gain: 20 })],
    ['readings-xavier', to({ init_gain: 10 })],
    ['specimens-adam', to({ init_gain: 20 })],
    ['sentences-rnn', to({ init_gain: 10 })],
    ['addition-gru', to({ init_gain: 10 })],
  ],
  norm_placement: [
    ['circle-pre-20-adam', normAfter],
    ['circle-pre-30', normAfter],
    ['moons-pre-32-nesterov', normAfter],
    ['xor-pre-32', normAfter],
    ['spiral-pre-20-adam', normAfter],
    ['blobs-pre-28-nesterov', normAfter],
  ],
  no_normalization: [
    ['xor-sig-ln-momentum', withoutNorm],
    ['circle-sig-ln-nesterov', withoutNorm],
    ['glyphs-sig-ln-momentum', withoutNorm],
    ['xor-sig-bn-momentum', withoutNorm],
    ['blobs-sig-bn-nesterov', withoutNorm],
    ['circle-sig-bn-momentum', withoutNorm],
    ['glyphs-sig-bn-momentum', withoutNorm],
  ],
  outliers: [
    ['blobs-logistic-1', to({ outliers: 0.03 })],
    ['plane-sgd-full', to({ outliers: 0.03 })],
    ['plane-rmsprop-64', to({ outliers: 0.03 })],
    ['plane-momentum-1', to({ outliers: 0.03 })],
    ['circle-sgd-bn', to({ outliers: 0.03 })],
  ],
  data_scale: [
    ['glyphs-logistic', to({ standardize: false })],
    ['glyphs-logistic-nadam', to({ standardize: false })],
    ['specimens-adam', to({ standardize: false })],
    ['specimens-sgd-1', to({ standardize: false })],
    ['specimens-momentum-full', to({ standardize: false })],
    ['specimens-rmsprop-4', to({ standardize: false })],
  ],
  batch_noise: [
    ['moons-momentum', to({ batch: 1 })],
    ['circle-nesterov', to({ batch: 1 })],
    ['spiral-adam', to({ batch: 1 })],
    ['glyphs-mlp-wd', to({ batch: 1 })],
    ['readings-xavier', to({ batch: 1 })],
  ],
  batchnorm_batch: [
    ['xor-adamw-bn', to({ batch: 1 })],
    ['circle-sgd-bn', to({ batch: 1 })],
    ['blobs-momentum-bn', to({ batch: 1 })],
    ['spiral-bn-nesterov', to({ batch: 2 })],
    ['glyphs-convbn', to({ batch: 1 })],
  ],
  clipping: [
    ['moons-momentum', to({ clip: 'update', clip_norm: 1e-4 })],
    ['spiral-adam', to({ clip: 'update', clip_norm: 1e-3 })],
    ['glyphs-conv-wd', to({ clip: 'update', clip_norm: 1e-3 })],
    ['blobs-rmsprop', to({ clip: 'update', clip_norm: 1e-3 })],
    ['circle-nesterov', to({ clip: 'norm', clip_norm: 1e-6 })],
    ['readings-xavier', to({ clip: 'norm', clip_norm: 1e-6 })],
    ['sort-pre', to({ clip: 'update', clip_norm: 1e-3 })],
    ['addition-gru', to({ clip: 'update', clip_norm: 1e-3 })],
  ],
  schedule: [
    ['moons-momentum', to({ schedule: 'step', decay_steps: 5 })],
    ['circle-nesterov', to({ schedule: 'exponential', decay_steps: 10 })],
    ['spiral-adam', to({ schedule: 'step', decay_steps: 15 })],
    ['glyphs-conv-wd', to({ schedule: 'exponential', decay_steps: 10 })],
    ['readings-xavier', to({ schedule: 'step', decay_steps: 10 })],
    ['sort-pre', to({ schedule: 'exponential', decay_steps: 10 })],
    ['glyphs-vit', to({ schedule: 'step', decay_steps: 10 })],
    ['addition-gru', to({ schedule: 'step', decay_steps: 15 })],
  ],
  not_optimization: [
    ['blobs-sgd-full', to({ samples: 16 })],
    ['glyphs-mlp-wd', to({ label_noise: 0.5 })],
    ['glyphs-logistic', to({ samples: 80 })],
    ['specimens-momentum-full', to({ label_noise: 0.4 })],
    ['xor-momentum-full', to({ label_noise: 0.3 })],
    ['glyphs-vit', to({ label_noise: 0.5 })],
  ],
};

/** @type {{ disease: string, base: string, ill: Illness, name: string }[]} */
export const PATIENTS = Object.entries(WARDS).flatMap(([disease, rows]) =>
  rows.map(([base, ill, name = '']) => ({ disease, base, ill, name })),
);
