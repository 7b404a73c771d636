/**
 * The states that page and command line are driven through, so that what they say can be held together: settings, with
 * live changes, and sweeps. Small nets on points: a state takes a fraction of a second.
 *
 * @typedef {import('../../web/engine/config/config.js').GivenConfig} GivenConfig
 *
 * @typedef {object} RunState
 * @property {string} name
 * @property {GivenConfig} settings
 * @property {{ pauseAt: number, edits: GivenConfig }} [paused]  on the page: what is turned while it stands still there
 *
 * @typedef {object} SweepState
 * @property {string} name
 * @property {GivenConfig} settings
 * @property {string} over
 * @property {string} [shard]  on the command line, as where a sweep is stopped: most trials are missing
 */

/** @type {GivenConfig} */
const POINTS = {
  dataset: 'moons',
  samples: 300,
  model: 'linear(16) relu linear(16) relu',
  batch: 16,
  lr: 0.05,
  steps: 300,
};

/** @param {string} name @param {GivenConfig} [settings] @param {RunState['paused']} [paused] @returns {RunState} */
const run = (name, settings = {}, paused) => ({ name, settings: { ...POINTS, ...settings }, paused });

/** @param {number} step @param {string} field @param {string | number | boolean} value */
const change = (step, field, value) => ({ step, field, value });

/** @type {RunState[]} */
export const RUNS = [
  run('trains'),
  run('a rate far too large from a step on: diverges', { changes: [change(150, 'lr', 1e4)] }),
  run('a rate too large from a step on: goes on', { changes: [change(150, 'lr', 3)] }),
  run('diverges at once', { lr: 1e6 }),
  run('a rate of 0', { lr: 0 }),
  run('a rate too small', { lr: 1e-5 }),
  run('a rate of its own that is too large', { lr: 2, steps: 400 }),
  run('clipped at every step', { clip: 'norm', clip_norm: 0.001 }),
  run('clipped at none', { clip: 'norm', clip_norm: 1000 }),
  run('clipped late, nearly always', { changes: [change(200, 'clip_norm', 0.01), change(200, 'clip', 'norm')] }),
  run('clipped for a while', {
    clip_norm: 0.01,
    changes: [change(100, 'clip', 'norm'), change(150, 'clip', 'off')],
  }),
  run('the update is clipped', { clip: 'update', clip_norm: 1e-4 }),
  run('adaptive clipping of most', { clip: 'adaptive', clip_percentile: 20 }),
  run('adaptive clipping of few', { clip: 'adaptive' }),
  run('clipped after warmup only', { clip: 'norm', clip_norm: 0.01, warmup_steps: 100, clip_in_warmup: false }),
  run('clipped, then broken', { clip: 'norm', clip_norm: 100, changes: [change(150, 'lr', 30)] }),
  run('a long warmup', { warmup_steps: 150 }),
  run('squared error of classes', { loss: 'squared_error' }),
  run('regression', { dataset: 'plane', lr: 0.02 }),
  run('regression that diverges', { dataset: 'plane', lr: 1e5 }),
  run('no validation data', { val_fraction: 0 }),
  run('sharpness beside its edge', { batch: 0, optimizer: 'sgd', lr: 0.5, sharpness_every: 50 }),
  run('sharpness of weights beyond numbers', {
    init_gain: 1000,
    model: '(linear(16) relu)*12',
    optimizer: 'sgd',
    lr: 1e-6,
    sharpness_every: 1,
    steps: 20,
  }),
  run('guesses that are exactly right: norms of 0', { dataset: 'blobs', optimizer: 'sgd', lr: 500, model: '' }),
  run('dead units', { optimizer: 'sgd', changes: [change(150, 'lr', 200), change(160, 'lr', 0.05)] }),
  run('one step', { steps: 1 }),
  run('no step', { steps: 0 }),
  run('Adam, far too fast', { optimizer: 'adam', lr: 3 }),
  run('weight decay that is too strong', { optimizer: 'sgd', lr: 0.3, weight_decay: 10 }),
  run('inputs a hundred times too large now and then', { outliers: 0.02 }),
  run('another percentile while it stands still', {}, { pauseAt: 120, edits: { clip_percentile: 60 } }),
  run(
    'another percentile while it stands still, broken',
    { changes: [change(100, 'lr', 3)] },
    {
      pauseAt: 160,
      edits: { clip_percentile: 75 },
    },
  ),
];

/** @type {SweepState[]} */
export const SWEEPS = [
  { name: 'a 0 among the rates', settings: { ...POINTS, steps: 60 }, over: 'lr=0.05,0,1e5,0.2' },
  { name: 'all rates', settings: { ...POINTS, steps: 60 }, over: 'lr=1e-2:1e4:5' },
  { name: 'rates that all fail', settings: { ...POINTS, steps: 20 }, over: 'lr=1e5:1e6:3' },
  { name: 'the highest rate is the best', settings: { ...POINTS, steps: 60 }, over: 'lr=1e-4:1e-2:3' },
  { name: 'stopped', settings: { ...POINTS, steps: 60 }, over: 'lr=1e-2:1e4:10', shard: '1/5' },
];
