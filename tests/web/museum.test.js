/** The museum of published mistakes: an exhibit for each, draws that are what their number says, and true sentences. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsAt } from '../../web/engine/config/config.js';
import { createEngine } from '../../web/platform/node/index.js';
import { damageOf, sayDamage, saySeeds } from '../../web/ui/museum/damage.js';
import {
  configOf,
  DRAWS,
  drawOf,
  MISTAKES,
  mistakesIn,
  readDraw,
  roomOf,
  writeDraw,
} from '../../web/ui/museum/draws.js';
import { EXHIBITS, ROOMS } from '../../web/ui/museum/exhibits.js';
import { RANGE_MISTAKES, RANGE_ROOM } from '../../web/ui/museum/range_exhibits.js';
import { readTest, testConfig } from '../../web/ui/museum/range_pair.js';

/** @typedef {import('../../web/engine/study/trial/trial.js').TrialResult} TrialResult */

const engine = await createEngine();

test('every mistake of the table has an exhibit with a source, and a room where it can hang', () => {
  assert.deepEqual(Object.keys(EXHIBITS).sort(), MISTAKES.map(({ name }) => name).sort());
  for (const mistake of MISTAKES) {
    const { what, notice, sources } = EXHIBITS[mistake.name];
    assert.ok(what.endsWith('.') || what.endsWith(')'), mistake.name);
    assert.ok(notice.endsWith('.') && sources.length > 0, mistake.name);
    for (const { label, url } of sources) assert.ok(label && new URL(url).protocol === 'https:', mistake.name);
    assert.ok(roomOf(mistake) in ROOMS, mistake.name);
  }
});

test('the settings of every room train, with each mistake that can hang there, clipped and decayed', () => {
  for (const room of Object.keys(ROOMS).filter((name) => name !== RANGE_ROOM)) {
    assert.ok(mistakesIn(room).length >= 2, `${room}: there is something to guess`);
    for (const name of ['none', ...mistakesIn(room).map((mistake) => mistake.name)]) {
      const config = configOf(room, name, 3);
      assert.deepEqual(engine.parseConfig(config).problems, [], `${room}, ${name}`);
      assert.equal(config.mistake, name);
      assert.deepEqual(
        { ...settingsAt(config, 0), mistake: 'none' },
        { ...settingsAt(configOf(room, 'none', 3), 0) },
        'nothing else is another',
      );
      assert.ok(config.weight_decay > 0 && config.clip === 'norm');
    }
  }
});

test('a draw is what its number says; over all of them every mistake comes in every room', () => {
  assert.deepEqual(drawOf(17), drawOf(17));
  const seen = new Map();
  for (let number = 1; number <= 700; number++) {
    const { room, mistake, seed } = drawOf(number);
    assert.ok(mistake.rules.includes(room));
    assert.equal(seed, number);
    const place = `${room} ${mistake.name}`;
    seen.set(place, (seen.get(place) ?? 0) + 1);
  }
  const places = Object.keys(ROOMS).flatMap((room) => mistakesIn(room).map(({ name }) => `${room} ${name}`));
  assert.deepEqual([...seen.keys()].sort(), places.sort());
  const even = 700 / places.length;
  for (const [place, times] of seen) assert.ok(times > even / 2 && times < even * 2, `${place}: ${times}`);
  assert.equal(readDraw(writeDraw(17)), 17);
  for (const item of ['', 'guess=0', `guess=${DRAWS + 1}`, 'guess=1.5', 'guess=-1', 'guess=', 'sgd']) {
    assert.equal(readDraw(item), null, item);
  }
});

/**
 * As much of a trial as the sentences look at.
 *
 * @param {{ smoothed?: number[], digest?: string, last50?: number, accuracy?: number, max?: number, seed?: number,
 *           diverged?: boolean, diverged_at?: number, steps?: number }} facts
 * @returns {TrialResult}
 */
function trial({
  smoothed = [1, 0.5, 0.25],
  digest = 'a',
  last50 = 0.25,
  accuracy = 0.9,
  max = 2,
  seed = 1,
  steps = 3,
  ...rest
}) {
  return /** @type {any} */ ({
    seed,
    config: { steps },
    digest,
    curve: { step: smoothed.map((_, i) => i), smoothed },
    train: { last50 },
    val: { accuracy },
    grad_norm: { max },
    diverged: false,
    diverged_at: null,
    ...rest,
  });
}

test('what is said of the damage is what was measured', () => {
  const right = trial({});
  const worse = trial({ digest: 'b', smoothed: [1, 0.6, 0.5], last50: 0.5, accuracy: 0.8 });
  assert.deepEqual(damageOf({ right, wrong: worse }).apart, { step: 2, right: 0.25, wrong: 0.5 });
  assert.equal(damageOf({ right, wrong: worse }).firstSeen, 1);
  assert.match(sayDamage({ right, wrong: worse }).join(' '), /part at step 1 .* at step 2: .* 0.5 instead of 0.25/);
  const hidden = trial({ digest: 'b', smoothed: [1, 0.5, 0.252] });
  assert.match(sayDamage({ right, wrong: hidden })[0], /^No difference that one could see: .* 0\.8/);
  assert.deepEqual(sayDamage({ right, wrong: trial({}) }).slice(1), ['Nothing differs in this run.']);
  assert.match(sayDamage({ right, wrong: trial({ max: 0.5 }) }).join(' '), /to the bit\. .* 0\.5 instead of 2\./);
  const burst = trial({ digest: 'b', diverged: true, diverged_at: 7 });
  assert.deepEqual(sayDamage({ right, wrong: burst }), ['The other run diverged, at step 7.']);
  const seeds = (/** @type {number[]} */ losses) =>
    saySeeds(losses.map((last50, i) => ({ right: trial({ seed: i + 1 }), wrong: trial({ digest: 'b', last50 }) })));
  assert.match(seeds([0.5, 0.4, 0.3]), /seeds 1, 2 and 3 .* higher each time/);
  assert.match(seeds([0.5, 0.2, 0.3]), /higher in 2 of 3/);
  assert.match(seeds([0.1, 0.2, 0.2]), /lower each time/);
  assert.match(saySeeds([1, 2].map((seed) => ({ right: trial({ seed }), wrong: trial({ seed }) }))), /alike/);
});

test('what the exhibits say of their first steps is what the core does', () => {
  /** The lengths of steps 1, 2, 10 and 100 under a gradient of 1. @param {string} mistake */
  const steps = (mistake, rule = 'adam') => {
    const optimizer = engine.createOptimizer(rule, { mistake, epsilon: 1e-12, momentum: 0 }, 1);
    const moved = Array.from({ length: 100 }, () => {
      const theta = new Float32Array(1);
      optimizer.step(theta, Float32Array.of(1), 1);
      return 0 - theta[0];
    });
    optimizer.dispose();
    return [1, 2, 10, 100].map((step) => moved[step - 1]);
  };
  const [first, , tenth, hundredth] = steps('adam_multiplies');
  assert.deepEqual([first, tenth, hundredth].map(Math.round), [10, 43, 11]);
  const [none, second] = steps('adam_bias_lags');
  assert.deepEqual([none, Math.round(100 * second)], [0, 74], 'of a bias');
  assert.ok(Math.abs(steps('rmsprop_from_zero', 'rmsprop')[0] - Math.sqrt(10)) < 1e-4);
});

test('the room of range tests: each reading differs from ours in the one thing that its row names', () => {
  /** @param {string} mistake */
  const read = (mistake) => {
    const trainer = engine.createTrainer(testConfig(configOf(RANGE_ROOM, 'none', 1), mistake));
    const rows = trainer.step(100);
    trainer.dispose();
    const curve = { lr: rows.map(({ lr }) => lr), loss: rows.map(({ loss }) => loss) };
    return { rows, ...readTest(engine, /** @type {any} */ ({ curve }), mistake) };
  };
  assert.deepEqual(
    RANGE_MISTAKES.map(({ name }) => name),
    ['range_by_rate', 'range_shifted', 'range_linear'],
  );
  const ours = read('none');
  const [byRate, shifted, linear] = RANGE_MISTAKES.map(({ name }) => read(name));
  assert.deepEqual(byRate.smoothed, ours.smoothed);
  // The lowest quotient of differences, where the rates are closest together.
  assert.ok(byRate.suggested < 1e-4 && ours.suggested > 1e-3, `${byRate.suggested}, ${ours.suggested}`);
  assert.deepEqual(shifted.rows, ours.rows);
  shifted.smoothed.forEach((value, i) => {
    const expected = (ours.smoothed[i] * (1 - 0.95 ** (i + 1))) / (1 - 0.95 ** (i + 2));
    assert.ok(Math.abs(value / expected - 1) < 1e-6, `point ${i}`);
  });
  assert.ok(Math.abs(linear.lr[1] - 0.2) < 1e-5 && Math.abs(linear.lr[2] - 0.3) < 1e-5);
  assert.ok(linear.suggested > 0.5);
});

test('what is said of a range test names both rates, and that nothing comes of equal ones', () => {
  const reading = (/** @type {number} */ suggested) => ({ lr: [], smoothed: [], suggested });
  const pair = (/** @type {number} */ wrong) => ({
    right: trial({ steps: 300 }),
    wrong: trial({ digest: 'b', last50: 2, steps: 300 }),
    tests: { right: reading(0.25), wrong: reading(wrong) },
  });
  assert.match(
    sayDamage(pair(1e-5)).join(' '),
    /η 1e-5 instead of 0.25\. .* 1e-5 ends at a loss of 2, one with 0.25 .* 0.25/,
  );
  assert.match(sayDamage(pair(0.25)).join(' '), /Both .* 0.25: in this run nothing comes of it/);
  assert.match(saySeeds([pair(1e-5), pair(1e-5)]), /it suggests 1e-5 and 1e-5 instead of 0.25 and 0.25\. The loss/);
});
