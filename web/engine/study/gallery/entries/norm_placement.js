import { DEEP, PLAYBOOK, SMALL_GLYPHS } from '../entry.js';
import { everySeed, finalLoss, span, writeSeeds } from '../judging.js';

const ADAM = { optimizer: 'adam', lr: 0.01 };

/** @type {import('../entry.js').Entry} */
export const normPlacement = {
  id: 'norm-placement',
  title: 'Where the norm goes',
  section: 'Optimizers and architecture',
  line: 'Norm(x + f(x)) fails where x + Norm(f(x)) trains; ReZero; no residual at all.',
  needs: 'glyphs',
  minutes: 9,
  text: {
    look: 'Which curves leave 2.30, the loss of guessing. Norm(x + f(x)) does not; both others train as if it were easy.',
    why:
      'x + Norm(f(x)) leaves the stream x untouched from input to output, so gradients reach every block. ' +
      'Norm(x + f(x)) rescales the stream after every block, and twenty rescalings weaken what comes from below. The ' +
      'playbook’s web page recommends x + Norm(f(x)), its text on GitHub x + f(Norm(x)); here both train.',
    source: PLAYBOOK,
    quote: 'Normalize as the last operation before the residual.',
  },
  predict: {
    ask: 'Twenty residual blocks at η 0.1. Where must the norm stand for the lowest loss after 300 steps?',
    measure: 'lowest',
    of: 'loss',
    choices: [
      { says: 'after the addition: Norm(x + f(x))', cell: 'after' },
      { says: 'last in the branch: x + Norm(f(x))', cell: 'last' },
      { says: 'nowhere: x + f(x)', cell: 'bare' },
    ],
  },
  tasks: [
    {
      say: 'Train Norm(x + f(x)) at 0.1, then x + Norm(f(x)), then x + f(Norm(x)).',
      done: [
        { deed: 'trained', cell: 'after' },
        { deed: 'trained', cell: 'last' },
        { deed: 'trained', cell: 'first' },
      ],
    },
    { say: 'Take the norm away, and see how far it gets.', done: [{ deed: 'trained', cell: 'bare' }] },
    {
      say: 'ReZero, branches that start at zero and no norm anywhere: train it at 0.03, then at 0.1.',
      done: [
        { deed: 'trained', cell: 'rezero' },
        { deed: 'trained', cell: 'rezero', with: { lr: 0.1 }, label: 'ReZero, η 0.1' },
      ],
    },
    {
      say: 'Forty plain layers without residuals, at 0.03.',
      done: [{ deed: 'trained', cell: 'plain' }],
    },
  ],
  picture: ['after', 'last', 'plain'],
  config: { ...SMALL_GLYPHS, steps: 300, lr: 0.1, eval_every: 100 },
  cells: [
    { id: 'after', label: 'Norm(x + f(x)), η 0.1', config: { model: DEEP.normAfter } },
    { id: 'last', label: 'x + Norm(f(x)), η 0.1', config: { model: DEEP.normLast } },
    { id: 'first', label: 'x + f(Norm(x)), η 0.1', config: { model: DEEP.normFirst } },
    { id: 'bare', label: 'x + f(x), η 0.1', config: { model: DEEP.bare } },
    { id: 'rezero', label: 'ReZero, η 0.03', config: { model: DEEP.rezero, lr: 0.03 } },
    { id: 'plain', label: 'no residual, η 0.03', config: { model: DEEP.plain, lr: 0.03 } },
    { id: 'after-adam', label: 'Norm(x + f(x)), Adam, η 0.01', config: { model: DEEP.normAfter, ...ADAM } },
    { id: 'last-adam', label: 'x + Norm(f(x)), Adam, η 0.01', config: { model: DEEP.normLast, ...ADAM } },
  ],
  seeds: 3,
  record: 'curve',
  criterion:
    'In every seed, Norm(x + f(x)) ends above a loss of 1.9 with Momentum and with Adam, where x + Norm(f(x)) ends ' +
    'below 1; x + f(Norm(x)) and ReZero end below 1 as well; without residuals the loss is above 1.3, without a norm it ' +
    'diverges.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const loss = (/** @type {string} */ id) => finalLoss(trialOf(id));
      const fails = loss('after') > 1.9 && loss('after-adam') > 1.9 && loss('plain') > 1.3 && trialOf('bare').diverged;
      return fails && ['last', 'last-adam', 'first', 'rezero'].every((id) => loss(id) < 1);
    });
    const losses = (/** @type {string} */ id) => span(results[id].map(finalLoss));
    return {
      passed: seeds.passed,
      figure:
        `Norm(x + f(x)) ${losses('after')}, Adam ${losses('after-adam')}; x + Norm(f(x)) ${losses('last')}, Adam ` +
        `${losses('last-adam')}; x + f(Norm(x)) ${losses('first')}; ReZero ${losses('rezero')}; no residual ` +
        `${losses('plain')}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      after: { loss: 2.3 },
      last: { loss: 0.8 },
      first: { loss: 0.8 },
      bare: { diverged: true },
      rezero: { loss: 0.85 },
      plain: { loss: 1.7 },
      'after-adam': { loss: 2.1 },
      'last-adam': { loss: 0.7 },
    },
    not: [
      { after: { loss: 0.9 } },
      { last: { loss: 2.3 } },
      { 'after-adam': { loss: 0.8 } },
      { rezero: { diverged: true } },
      { plain: { loss: 0.9 } },
      { bare: { loss: 1.5 } },
    ],
  },
  // It is decided by training losses: what is evaluated on the way is not asked.
  quick: {
    seeds: 1,
    config: { steps: 200, val_samples: 200, eval_every: 0 },
    changes: { after: { steps: 80 }, 'after-adam': { steps: 80 }, plain: { steps: 150 } },
  },
  measured:
    'final loss of seeds 1 to 3: Norm(x + f(x)) 2.315 2.308 2.310, Adam 2.287 2.099 2.321; x + Norm(f(x)) 0.786 ' +
    '0.735 0.739, Adam 0.741 0.714 0.729; x + f(Norm(x)) 0.769 0.739 0.742; ReZero 0.849 0.850 0.832; no residual ' +
    '1.647 1.661 1.695; no norm diverged at step 1',
};
