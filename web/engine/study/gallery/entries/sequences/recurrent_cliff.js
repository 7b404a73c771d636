import { everySeed, finalLoss, span, writePercent, writeSeeds } from '../../judging.js';

const RNN = 'embed(64) rnn(64, gain=1.3)';
const CURELESS = ['none', 'warmup', 'percentile'];

/** How the figure calls the cells. */
const TOLD = {
  none: 'no remedy',
  warmup: 'warmup',
  clip: 'clipped at 1',
  percentile: 'at the percentile',
  lower: 'at 0.01',
  lstm: 'LSTM',
  gru: 'GRU',
};

/** @type {import('../../entry.js').Entry} */
export const recurrentCliff = {
  id: 'recurrent-cliff',
  title: 'The cliff of a recurrent network',
  section: 'Transformers and recurrent networks',
  line: 'A recurrent network that no warmup saves learns with clipping, of nine steps in ten.',
  needs: 'tokens',
  minutes: 7,
  text: {
    look:
      'Unclipped, the loss begins to fall and is thrown back again and again, each time beside a jump of the gradient norm. ' +
      'Warmup postpones the throw. Clipped at 1 the loss falls to almost nothing, with nine of ten steps clipped.',
    why:
      'The same weights are applied at every position, so an error that grows by a third from one to the next has grown ' +
      'hundreds of times over twenty. The loss then has walls: on one side the gradient is small, on the wall it is huge, ' +
      'and one step off it undoes hundreds. Clipping bounds that step, at any time; warmup is over when it comes. The ' +
      'playbook would lower the rate where more than half of the steps are clipped: at 0.01 this network learns as well, ' +
      'more slowly. Clipping at the 90th percentile of the norms is not enough here: between the jumps they are too large, ' +
      'too. Gated networks have no such walls, and need no clipping. Steadier is not faster: the LSTM has learned nothing ' +
      'after these 300 steps, the GRU with Adam has.',
    source: {
      label: 'Pascanu et al., On the difficulty of training recurrent neural networks (2013)',
      url: 'https://arxiv.org/abs/1211.5063',
    },
  },
  predict: {
    ask: 'Momentum at 0.05 throws this network back again and again. With which remedy does it end lowest?',
    measure: 'lowest',
    of: 'loss',
    choices: [
      { says: 'none', cell: 'none' },
      { says: '100 steps of warmup', cell: 'warmup' },
      { says: 'clipping at 1', cell: 'clip' },
    ],
  },
  tasks: [
    {
      say: 'Train it without a remedy. Watch the gradient norm where the loss rises.',
      done: [{ deed: 'trained', cell: 'none' }],
    },
    { say: 'Add 100 steps of warmup.', done: [{ deed: 'trained', cell: 'warmup' }] },
    {
      say: 'Turn warmup off and clip at 1. How many of the steps are clipped?',
      done: [{ deed: 'trained', cell: 'clip' }],
    },
    {
      say: 'What else helps? Train at 0.01, unclipped. Then an LSTM at 0.05, and a GRU with Adam.',
      done: [
        { deed: 'trained', cell: 'lower' },
        { deed: 'trained', cell: 'lstm' },
        { deed: 'trained', cell: 'gru' },
      ],
    },
  ],
  picture: ['none', 'warmup', 'clip'],
  config: {
    dataset: 'recall',
    symbols: 8,
    samples: 4000,
    val_samples: 500,
    batch: 64,
    init: 'lecun',
    model: RNN,
    lr: 0.05,
    steps: 300,
    eval_every: 0,
  },
  cells: [
    { id: 'none', label: 'no remedy', config: {} },
    { id: 'warmup', label: 'warmup 100', config: { warmup_steps: 100 } },
    { id: 'clip', label: 'clipped at 1', config: { clip: 'norm', clip_norm: 1 } },
    { id: 'percentile', label: 'clipped at the 90th percentile', config: { clip: 'adaptive' } },
    { id: 'lower', label: '0.01, no clipping', config: { lr: 0.01 } },
    { id: 'lstm', label: 'LSTM, no clipping', config: { model: 'embed(64) lstm(64)' } },
    { id: 'gru', label: 'GRU, Adam 0.01', config: { model: 'embed(64) gru(64)', optimizer: 'adam', lr: 0.01 } },
  ],
  seeds: 4,
  record: 'curve',
  criterion:
    'In every seed, the loss ends above 1 without a remedy, with 100 steps of warmup and with clipping at the 90th ' +
    'percentile; clipped at 1, which clips more than half of the steps, it ends below 0.2, and below that of the rate 0.01. ' +
    'Unclipped, the LSTM’s norm stays below 1 and its loss above 2, and the GRU with Adam ends below 0.6.',
  judge(results) {
    const cureless = CURELESS.filter((id) => results[id]);
    const seeds = everySeed(results, (trialOf) => {
      const clip = trialOf('clip');
      const loss = (/** @type {string} */ id, missing = 0) => (results[id] ? finalLoss(trialOf(id)) : missing);
      const isCured = finalLoss(clip) < Math.min(0.2, loss('lower', Infinity)) && clip.clipped_fraction > 0.5;
      const isSteady = !results.lstm || (trialOf('lstm').grad_norm.max < 1 && loss('lstm') > 2);
      return cureless.every((id) => loss(id) > 1) && isCured && isSteady && loss('gru') < 0.6;
    });
    const told = Object.entries(TOLD).filter(([id]) => results[id]);
    const share = span(
      results.clip.map(({ clipped_fraction }) => clipped_fraction),
      writePercent,
    );
    const ends = told.map(([id, name]) => `${name}: ${span(results[id].map(finalLoss))}`);
    return {
      passed: seeds.passed,
      figure: `loss at the end with ${ends.join('; ')}; ${share} of the steps clipped at 1; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      none: { loss: 1.6 },
      warmup: { loss: 1.9 },
      clip: { loss: 0.06, clipped_fraction: 0.8 },
      percentile: { loss: 1.5 },
      lower: { loss: 0.15 },
      lstm: { loss: 2.08, grad_norm: { p50: 0.1, p90: 0.2, max: 0.3 } },
      gru: { loss: 0.3 },
    },
    not: [
      { none: { loss: 0.1 } },
      { warmup: { loss: 0.1 } },
      { percentile: { loss: 0.2 } },
      { clip: { loss: 1.5, clipped_fraction: 0.8 } },
      { clip: { loss: 0.06, clipped_fraction: 0.1 } },
      { lower: { loss: 0.03 } },
      { lstm: { loss: 2.08, grad_norm: { p50: 0.1, p90: 0.2, max: 30 } } },
      { gru: { loss: 2 } },
    ],
  },
  quick: {
    cells: ['none', 'warmup', 'clip'],
    seeds: 1,
    config: { steps: 180, samples: 1000, val_samples: 100 },
    changes: { warmup: { steps: 80 } },
  },
  measured:
    'final loss of seeds 1 to 4: 1.456 2.014 1.831 1.581, with warmup 1.869 1.995 2.100 2.040, clipped at 1 0.062 0.056 ' +
    '0.055 0.053 (95 90 90 87 % of the steps), at the 90th percentile 1.899 1.607 1.376 1.559; at 0.01 0.154 0.151 0.123 ' +
    '0.125; LSTM 2.08, norm at most 0.31; GRU 0.318 0.311 0.361 0.318',
};
