import { isInstability, kindOfRun } from '../../../config/verdicts.js';
import { PLAYBOOK } from '../entry.js';
import { fallingTo } from '../examples.js';
import { everySeed, findSuddenRise, span, writeSeeds } from '../judging.js';
import { FIGURE_7 } from '../starts.js';

/** @typedef {import('../entry.js').CellTrial} CellTrial */

/** @param {CellTrial} trial */
const riseOf = (trial) => findSuddenRise(trial.curve?.loss ?? []);

/** @type {import('../entry.js').Entry} */
export const figure7 = {
  id: 'figure-7',
  title: 'Five times the best rate',
  section: 'Instability',
  line: 'At five times the best rate all is well for hundreds of steps; then the loss rises, and does not come back.',
  needs: 'glyphs',
  minutes: 9,
  text: {
    look:
      'A decline in which the mean of ten losses comes down to 0.7 to 0.85, then a rise to 2.3, which is guessing. Just ' +
      'before, the gradient norm grows. At 0.03 nothing of the kind happens in the same number of steps.',
    why:
      'At a rate this high the weights grow and the loss bends more and more sharply along their path, until one step ' +
      'overshoots so far that the units of a layer are switched off for good. Since this is no matter of the start, ' +
      'warmup is no cure. A lower rate is, and so is clipping so hard that it amounts to one.',
    source: PLAYBOOK,
    quote: 'Sudden instability in the middle of training.',
  },
  predict: {
    ask: 'η 0.15 is five times the best rate for this network. It trains for 1,500 steps: what does the loss do?',
    measure: 'fate',
    choices: [
      { says: 'it falls to the end', is: ['stable'] },
      { says: 'it jumps in the first steps, and falls then', is: ['early'] },
      { says: 'it falls for hundreds of steps, then rises', is: ['mid', 'lost'] },
      { says: 'it never falls', is: ['unlearned', 'diverged', 'costly'] },
    ],
  },
  tasks: [
    { say: 'Train at 0.15 to the end.', done: [{ deed: 'trained', cell: '0.15' }] },
    {
      say: 'Rewind to before the loss rises, lower the rate to 0.03, and let both futures run.',
      done: [{ deed: 'forked', cell: '0.15', with: { lr: { from: 0.02, to: 0.045 } } }],
    },
    {
      say: 'Try 100 steps of warmup. Then clip at 1 instead, and watch the share of clipped steps.',
      done: [
        { deed: 'trained', cell: '0.15-warmup' },
        { deed: 'trained', cell: '0.15', with: { clip: 'norm', clip_norm: 1 }, label: 'η 0.15, clipped at 1' },
      ],
    },
    {
      say: 'Train at 0.03, 0.06 and 0.3, and hold the best losses against each other.',
      done: [
        { deed: 'trained', cell: '0.03' },
        { deed: 'trained', cell: '0.06' },
        { deed: 'trained', cell: '0.3' },
      ],
    },
  ],
  picture: ['0.15', '0.03'],
  config: FIGURE_7.config,
  cells: [
    { id: '0.15', label: 'η 0.15, five times the best', config: { lr: FIGURE_7.lr } },
    { id: '0.03', label: 'η 0.03', config: { lr: 0.03 } },
    { id: '0.15-warmup', label: 'η 0.15, warmup 100', config: { lr: 0.15, warmup_steps: 100, steps: 1400 } },
    { id: '0.01', label: 'η 0.01', config: { lr: 0.01 } },
    { id: '0.06', label: 'η 0.06', config: { lr: 0.06 } },
    { id: '0.3', label: 'η 0.3, ten times the best', config: { lr: 0.3 } },
  ],
  seeds: 5,
  record: 'every',
  criterion:
    'In every seed, at 0.15 the mean of ten losses reaches twice its earlier minimum after step 300, and the verdict is ' +
    'mid; at 0.03 it never does, and the verdict is stable.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const [high, low] = [trialOf('0.15'), trialOf('0.03')];
      const rise = riseOf(high);
      const isSudden = rise !== null && rise.step > 300 && kindOfRun(high) === 'mid';
      return isSudden && riseOf(low) === null && !isInstability(low.verdict);
    });
    const rises = results['0.15'].flatMap((trial) => riseOf(trial) ?? []);
    const when =
      rises.length === 0
        ? 'no rise at 0.15'
        : `falls to ${span(rises.map(({ minimum }) => minimum))}, rises at step ${span(
            rises.map(({ step }) => step),
            String,
          )}`;
    return { passed: seeds.passed, figure: `${when}; ${writeSeeds(seeds)}` };
  },
  examples: {
    shown: { 0.15: { verdict: 'mid', ...fallingTo(0.7, 800) }, 0.03: fallingTo(0.4) },
    not: [
      { 0.15: { verdict: 'mid', ...fallingTo(0.7) } },
      { 0.15: { verdict: 'early', ...fallingTo(0.7, 800) } },
      { 0.15: { verdict: 'mid', ...fallingTo(0.4, 150) } },
      { 0.03: { verdict: 'mid', ...fallingTo(0.4, 1200) } },
    ],
  },
  // What is evaluated on the way is not asked.
  quick: { cells: ['0.15', '0.03'], seeds: 1, config: { val_samples: 200, eval_every: 0 } },
  measured:
    'seeds 1 to 5, 0.15: minimum 0.692 … 0.82, rise at step 904 … 1272, warmup 100: 5 of 5 still mid; clipped at 1: final loss 0.58 … 0.65, stable; best validation loss ' +
    '0.01: 0.631 … 0.687, 0.03: 0.610 … 0.672, 0.06: 0.646 … 0.695, 0.3: 1.94 or more',
};
