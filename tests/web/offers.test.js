/** What is said of a training that became unstable: the verdict is the engine's, the numbers are those in force. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../web/engine/config/config.js';
import { divergenceInWords } from '../../web/ui/events/instability_words.js';
import { offersFor, offersForEpisode } from '../../web/ui/events/offers.js';

/** A run that diverged, with episodes of these kinds: 1 is early, 2 is mid. @param {number} at @param {number[]} kinds */
function divergedRun(at, kinds, settings = {}) {
  const config = { ...defaultConfig(), ...settings };
  return /** @type {any} */ ({
    config,
    inForce: config,
    status: 'diverged',
    changes: [],
    step: at,
    startStep: 0,
    totalSteps: 1000,
    summary: {
      diverged_at: at,
      verdict: Math.max(...kinds),
      steps: at,
      typical_count: at - 50,
      norm_suggested: 0.5,
      smoothed_loss: 0.3,
      baseline_loss: 0.7,
    },
    // Those before the last have passed.
    episodes: kinds.map((kind, i) => ({ kind, loss_before: 0.3, recovered_at: i < kinds.length - 1 ? 50 : -1 })),
    lastFinite: { step: at - 1, loss: 3, grad_norm: 100 },
  });
}

test('whether a divergence is early or mid-training is what its episode was judged to be', () => {
  // A network that has not begun to learn is early at any step; one that has is not.
  assert.match(divergenceInWords(divergedRun(400, [1])).numbers, /This is early instability/);
  assert.match(divergenceInWords(divergedRun(30, [2])).numbers, /This is mid-training instability/);
  // An early episode that passed is not what the run ended of.
  assert.match(divergenceInWords(divergedRun(700, [1, 2])).numbers, /This is mid-training instability/);
});

test('a rate that was lowered by hand when all was lost is to be tried from the start before a tenth of it', () => {
  const last = (/** @type {any} */ run) => offersFor(run, 'linear(8) tanh').at(-1)?.label;
  const run = divergedRun(100, [1], { lr: 10 });
  assert.equal(last(run), 'Lower η to 1');
  assert.equal(last({ ...run, inForce: { ...run.inForce, lr: 0.01 } }), 'Lower η to 0.01');
  assert.equal(last({ ...run, inForce: { ...run.inForce, lr: 5 } }), 'Lower η to 1');
});

test('the threshold that is offered is named after the percentile in force', () => {
  const whyOf = (/** @type {number} */ percentile) =>
    offersFor(divergedRun(100, [2], { clip_percentile: percentile }), 'linear(8) tanh').find(
      ({ label }) => label === 'Clip at 0.5',
    )?.why;
  assert.match(whyOf(90) ?? '', /^the 90th percentile of the norms before the instability/);
  assert.match(whyOf(75) ?? '', /^the 75th percentile of the norms before the instability/);
});

test('what is offered for an episode follows the playbook: a fork at a lower rate is the last resort', () => {
  const MODEL = '(residual(linear(8) relu linear(8)) layernorm)*2';
  /** @param {object} settings @param {object} [summary] */
  const labelsFor = (settings, summary = {}) => {
    const run = divergedRun(100, [2], settings);
    Object.assign(run, { alive: true, status: 'running', summary: { ...run.summary, ...summary } });
    return offersForEpisode(run, { ...run.episodes[0], begin: 57 }, MODEL).map(({ label }) => label);
  };
  assert.deepEqual(labelsFor({}), ['Clip at 0.5', 'Rewind to 50 and fork']);
  assert.deepEqual(labelsFor({ clip: 'norm', clip_norm: 0.1 }), [
    'Try Adam',
    'Normalize: x + Norm(f(x))',
    'Start branches at 0 (ReZero)',
    'Rewind to 50 and fork',
  ]);
});
