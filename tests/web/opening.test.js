/** What the Live view opens with: how fast, how far its axes reach, and what guessing comes to. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../web/engine/config/config.js';
import { changeSettings } from '../../web/engine/config/rules.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { PRESETS } from '../../web/presets.js';
import { cardOf } from '../../web/ui/opening/cards.js';
import { guessedAccuracy, guessedLoss } from '../../web/ui/opening/guessing.js';
import { headlineOf } from '../../web/ui/opening/headline.js';
import { activationFill, gradientFill, growthOf, layersOf, ranksOf } from '../../web/ui/opening/layers.js';
import { reachOf, surroundingsOf } from '../../web/ui/opening/reach.js';
import { takeLook } from '../../web/ui/page/look.js';
import { CALM, SPEEDS, speedsWith, stepsPerSecond } from '../../web/ui/state/pace.js';

test('the axis of steps grows with the run: 100, 200, 500, 1,000 …, and shows all of it before the end', () => {
  const reaches = (/** @type {number[]} */ steps, /** @type {number} */ end, from = 0) =>
    steps.map((step) => reachOf(step, from, end));
  assert.deepEqual(
    reaches([0, 99, 100, 199, 200, 499, 500, 799, 1049], 1050),
    [100, 100, 200, 200, 500, 500, 1050, 1050, 1050],
  );
  assert.deepEqual(reaches([999, 1000, 9999, 50_000], 100_000), [1000, 2000, 10_000, 100_000]);
  assert.deepEqual(reaches([0, 39], 40), [40, 40], 'a short run is seen whole');
  assert.deepEqual(reaches([0], 0), [100], 'one that is not known yet');
  assert.deepEqual(reaches([200, 260], 1050, 200), [500, 500], 'a fork has its past before it');
});

test('calm is a run in 20 s, whatever its length; full speed has no limit', () => {
  assert.equal(stepsPerSecond(CALM, { steps: 1000, warmup_steps: 50 }), 53);
  assert.equal(stepsPerSecond(CALM, { steps: 3, warmup_steps: 0 }), 1);
  assert.equal(stepsPerSecond(0, { steps: 1000, warmup_steps: 0 }), 0);
  assert.ok(SPEEDS.some(([speed, label]) => speed === CALM && label.includes('20 s')));
  assert.equal(speedsWith(CALM), SPEEDS);
  assert.deepEqual(speedsWith(50)[0], [50, '50 steps/s'], 'that of a link stands to be chosen, too');
});

test('guessing is a line where its cost is known, and its accuracy where the classes are equally frequent', () => {
  const run = (/** @type {number} */ baseline_loss, /** @type {number} */ classes, loss = 'cross_entropy') =>
    /** @type {any} */ ({ summary: { baseline_loss }, classes, inForce: { loss } });
  assert.deepEqual(
    guessedLoss(run(2.3, 10)).map(({ y }) => y),
    [2.3],
  );
  assert.deepEqual(guessedLoss(/** @type {any} */ ({ summary: null })), []);
  const [even] = guessedAccuracy(run(Math.log(10), 10));
  assert.ok(Math.abs(even.y - 0.1) < 1e-9);
  // Nine in ten of one class: the most frequent one is right more often than its entropy says.
  assert.deepEqual(guessedAccuracy(run(0.325, 2)), []);
  assert.deepEqual(guessedAccuracy(run(Math.log(10), 10, 'squared_error')), []);
  assert.deepEqual(guessedAccuracy(run(0.3, 0)), []);
});

test('the axis goes to a step of an entry, with what is around it', () => {
  assert.deepEqual(surroundingsOf(209, 1050), { from: 125, to: 293 });
  assert.deepEqual(surroundingsOf(3, 40), { from: 0, to: 40 }, 'never before the first');
});

/** @param {Record<string, any>} given  of a unit that is a linear layer of eight outputs else */
const unit = (given) => ({
  name: 'linear',
  branch: 0,
  parameters: 24,
  channels: 8,
  gradient: 1,
  activation: 1,
  ...given,
});

test('the strip has a box for each layer with weights: what follows it without any is its own', () => {
  const layers = layersOf(
    /** @type {any[]} */ ([
      unit({ name: 'conv', parameters: 156, channels: 6, activation: 2 }),
      unit({ name: 'batchnorm', parameters: 12, channels: 6, gradient: 0.75, activation: 1.5 }),
      unit({ name: 'relu', parameters: 0, gradient: 0, activation: 1.2 }),
      unit({ name: 'residual', branch: 1, parameters: 0, gradient: 0, activation: 9 }),
      unit({ name: 'linear', parameters: 72, gradient: 0 }),
      unit({ name: 'residual', branch: 2, parameters: 0, gradient: 0, activation: 3 }),
      unit({ channels: 10, parameters: 90, gradient: 100, activation: Number.NaN }),
    ]),
  );
  assert.deepEqual(layers, [
    { name: 'conv 6', gradient: 1.25, activation: 1.2 },
    { name: 'linear 8', gradient: 0, activation: 3 },
    { name: 'output 10', gradient: 100, activation: Number.NaN },
  ]);
  assert.deepEqual(layers.map(gradientFill), [(Math.log10(1.25) + 3) / 5, 0, 1]);
  assert.equal(activationFill(layers[2]), 1, 'what is no number has left the gauge');
});

test('where a gradient grew first is the first state in which one is five times what it was', () => {
  const state = (/** @type {number} */ step, /** @type {number[]} */ ...gradients) => ({
    step,
    layers: gradients.map((gradient) => ({ name: '', gradient, activation: 1 })),
  });
  const growth = growthOf([state(8, 1, 2, 0), state(9, 4, 2, 0), state(10, 6, 60, 0), state(11, 900, NaN, 0)]);
  assert.deepEqual([growth?.since, growth?.step], [8, 10]);
  assert.deepEqual(growth?.factors.slice(0, 2), [6, 30]);
  assert.deepEqual(ranksOf(/** @type {any} */ (growth)), ['grown', 'most', '']);
  assert.equal(growthOf([state(8, 1), state(9, 4.9)]), null);
  assert.equal(growthOf([state(8, 1), state(9, NaN)])?.factors[0], Infinity);
});

/** A lab with a run, as far as the headline looks at it. @param {Record<string, any>} run */
function labOf(run) {
  const config = { ...defaultConfig(), dataset: 'glyphs', ...run.config };
  const focus = {
    id: 1,
    status: 'running',
    parameters: 61706,
    totalSteps: 1000,
    trainCount: 20000,
    shape: [1, 28, 28],
    classes: 10,
    episodes: [],
    evaluations: [],
    changes: config.changes,
    inForce: config,
    summary: null,
    series: { smoothed_accuracy: { at: () => 0.84 } },
    ...run,
    config,
  };
  const field = (/** @type {string} */ name) => SCHEMA.fields.find((one) => one.name === name);
  const presets = PRESETS.map((preset) => ({ ...preset }));
  return /** @type {any} */ ({
    focus,
    ready: true,
    engineProblem: null,
    presets,
    fields: SCHEMA.fields,
    field,
    data: { find: () => null },
    modelText: () => SCHEMA.models.images,
  });
}

const WELL = { diverged_at: -1, dead_at: -1, verdict: 0, infeasible: 0, baseline_loss: Math.log(10) };

test('the headline says what is trained and asks what to try; where it broke, that, with the steps', () => {
  const open = headlineOf(labOf({ summary: WELL }));
  assert.equal(open.says, 'This network learns ten shapes.');
  assert.match(open.asks, /How far can you turn η up/);
  assert.match(open.below, /^A convolutional network of 61,706 weights, 20,000 training images\./);

  const changes = [{ step: 205, field: 'lr', value: 0.18 }];
  const broke = headlineOf(
    labOf({ status: 'diverged', config: { lr: 0.05, changes }, summary: { ...WELL, diverged_at: 209 } }),
  );
  assert.equal(broke.says, 'It broke at step 209, 4 steps after you set η to 0.18.');
  assert.equal(broke.tone, 'bad');
  assert.equal(broke.below, 'At step 208 it was right about 84 % of its training batches.');
  assert.match(broke.hint, /^Rewind to before it/, 'apart, since on paper no hand can');
  // One step for one event: the one from which it is shaded, however late it was noticed.
  const episode = { begin: 67, detected_at: 270, recovered_at: -1, kind: 2, loss_before: 0.1, loss_peak: 2 };
  const slow = headlineOf(labOf({ episodes: [episode], summary: WELL }));
  assert.equal(slow.says, 'It became unstable at step 67 of 1,000.');
  assert.match(slow.below, /^At step 67 /);
  const atOnce = headlineOf(labOf({ episodes: [{ ...episode, begin: 0 }], summary: WELL }));
  assert.equal(atOnce.hint, 'Start again with what would have helped.', 'before step 0 there is nothing to go back to');
  const lost = headlineOf(labOf({ episodes: [episode], summary: { ...WELL, diverged_at: 300 } }));
  assert.equal(lost.says, 'It began to break at step 67 of 1,000, and diverged at 300.');
  const alone = headlineOf(labOf({ status: 'diverged', config: { lr: 3 }, summary: { ...WELL, diverged_at: 12 } }));
  assert.equal(alone.says, 'It broke at step 12 of 1,000.');
  const dead = headlineOf(labOf({ summary: { ...WELL, dead_at: 40, verdict: 4 } }));
  assert.equal(dead.says, 'It broke at step 40 of 1,000.');

  const end = { val: { loss: 0.2, accuracy: 0.939 }, train: null };
  assert.equal(
    headlineOf(labOf({ status: 'complete', summary: WELL, end })).says,
    'It learned ten shapes: 93.9 % of the validation data right.',
  );
  const none = headlineOf(labOf({ status: 'complete', totalSteps: 0, summary: { ...WELL, infeasible: 1 } }));
  assert.equal(none.says, 'Nothing was trained: no steps were asked for.');
  assert.equal(none.asks, '', 'who asked for none need not turn anything up');
  const nothing = headlineOf(
    labOf({ status: 'complete', summary: { ...WELL, infeasible: 1 }, end: { val: null, train: null } }),
  );
  assert.equal(nothing.says, 'It learned next to nothing.');
});

test('of a run that was unstable and came back nobody is asked how far η goes until it breaks', () => {
  const unstable = { ...WELL, verdict: SCHEMA.verdicts.findIndex(({ name }) => name === 'mid') };
  const episodes = [{ detected_at: 29, recovered_at: 60, kind: unstable.verdict }];
  assert.equal(headlineOf(labOf({ summary: unstable, episodes })).asks, 'Would a smaller η keep it steady?');
  const end = { val: { loss: 0.2, accuracy: 0.939 }, train: null };
  const done = headlineOf(labOf({ status: 'complete', summary: unstable, episodes, end }));
  assert.equal(done.asks, 'Would a smaller η have kept it steady?');
});

test('a card is on where every setting is its preset’s, and asks its own question', () => {
  for (const { config, card } of PRESETS.filter((preset) => preset.card)) {
    const lab = labOf({ config: changeSettings(defaultConfig(), config), summary: WELL });
    assert.equal(cardOf(lab, lab.focus.config)?.card, card);
    assert.equal(headlineOf(lab).asks, card?.asks);
    assert.equal(cardOf(lab, { ...lab.focus.config, seed: 99 }), null);
  }
});

test('an address may ask for a speed', () => {
  assert.deepEqual(
    ['full', 'calm', '30', '0', 'fast'].map((speed) => takeLook(`?lr=0.1&speed=${speed}`).look.speed),
    [0, CALM, 30, null, null],
  );
  assert.equal(takeLook('?lr=0.1&speed=full').search, '?lr=0.1');
  assert.match(takeLook('?speed=fast').problems[0], /speed is full, calm or steps a second, not "fast"/);
  assert.equal(takeLook('?lr=0.1').look.speed, null);
});
