import { equivalentRate } from '../../../config/clip_rate.js';
import { MLP, PLAYBOOK, SMALL_GLYPHS } from '../entry.js';
import { everySeed, finalLoss, span, writePercent, writeSeeds } from '../judging.js';

const LR = 0.03;
const CLIP = 0.1;

/** @type {import('../entry.js').Entry} */
export const clipIsLowerLr = {
  id: 'clip-is-lower-lr',
  title: 'Every step clipped',
  section: 'Gradient clipping',
  line: 'Clip every step and you have only lowered the learning rate.',
  needs: 'glyphs',
  minutes: 6,
  text: {
    look: 'Two curves that can hardly be told apart, and a third far below them.',
    why:
      'When every gradient is longer than λ, each step is cut to the length η λ: the same as a rate that is lower by ' +
      'λ / ‖g‖. If more than half of the steps are clipped, lower the rate instead; it says what it does.',
    source: PLAYBOOK,
    quote:
      'If you find yourself using extremely aggressive clipping, you probably should just cut the learning rate ' +
      'instead.',
  },
  predict: {
    ask: 'One run at 0.03 is clipped at 0.1, below every gradient norm. Another is not clipped, and trains at the mean rate that clipping left of 0.03. How do their final losses compare?',
    measure: 'ratio',
    of: 'loss',
    cells: ['clip', 'lower'],
    choices: [
      { says: 'the clipped one ends lower', to: 0.94 },
      { says: 'they end within 6 % of each other', from: 0.94, to: 1.06 },
      { says: 'the lower rate ends lower', from: 1.06 },
    ],
  },
  tasks: [
    {
      say: 'Train at 0.03, clipped at 0.1. Watch the share of clipped steps.',
      done: [{ deed: 'trained', cell: 'clip' }],
    },
    {
      say: 'Divide: λ / ‖g‖ is 0.046 in the mean over the steps, and 0.03 × 0.046 is 0.0014. Train at that rate, unclipped.',
      done: [{ deed: 'trained', cell: 'lower' }],
    },
    {
      say: 'Lay both over the run at 0.03 without clipping.',
      done: [{ deed: 'trained', cell: 'free' }],
    },
  ],
  picture: ['clip', 'lower', 'free'],
  config: { ...SMALL_GLYPHS, model: MLP, lr: LR, steps: 600, eval_every: 100 },
  cells: [
    { id: 'clip', label: `η ${LR}, clipped at ${CLIP}`, config: { clip: 'norm', clip_norm: CLIP } },
    {
      id: 'lower',
      label: 'the equivalent lower rate',
      config: {},
      after: {
        cell: 'clip',
        sets: { lr: { from: 0.0012, to: 0.0016 } },
        settings: ({ config, clip_scale }) => ({ lr: equivalentRate(config, clip_scale) ?? LR }),
      },
    },
    { id: 'free', label: `η ${LR}, not clipped`, config: {} },
  ],
  seeds: 5,
  record: 'curve',
  criterion:
    'In every seed, more than 99 % of the steps are clipped, the final losses of the clipped run and of the lower rate ' +
    'differ by less than 6 %, and both are more than 1.5 times that of the unclipped run.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const [clip, lower, free] = [trialOf('clip'), trialOf('lower'), trialOf('free')];
      const isSame = Math.abs(finalLoss(clip) / finalLoss(lower) - 1) < 0.06;
      const isSlow = Math.min(finalLoss(clip), finalLoss(lower)) > 1.5 * finalLoss(free);
      return clip.clipped_fraction > 0.99 && isSame && isSlow;
    });
    const losses = (/** @type {string} */ id) => span(results[id].map(finalLoss));
    const share = span(
      results.clip.map(({ clipped_fraction }) => clipped_fraction),
      writePercent,
    );
    return {
      passed: seeds.passed,
      figure: `${share} clipped: ${losses('clip')}, lower rate ${losses('lower')}, unclipped ${losses('free')}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: { clip: { loss: 1.05, clipped_fraction: 1 }, lower: { loss: 1.07 }, free: { loss: 0.56 } },
    not: [{ clip: { loss: 1.05, clipped_fraction: 0.6 } }, { lower: { loss: 0.8 } }, { free: { loss: 0.9 } }],
  },
  // It is decided by training losses: what is evaluated on the way is not asked.
  quick: { seeds: 1, config: { steps: 300, val_samples: 200, eval_every: 0 } },
  measured:
    'final loss of seeds 1 to 5: clipped 1.054 1.025 1.075 1.063 1.096, lower rate (0.00135 to 0.00144) 1.061 1.031 ' +
    '1.081 1.069 1.103, unclipped 0.558 0.591 0.579 0.540 0.569',
};
