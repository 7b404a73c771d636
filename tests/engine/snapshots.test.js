/** Snapshots that were damaged, made up or mixed: refused whole, or restored to a run that goes on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksumOf } from '../../web/engine/run/snapshot_checksum.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeRandom } from '../fixtures/random.js';

const engine = await createEngine();

/** With every kind of state: clipping, a rule with moments, running statistics, an episode or two. */
const BUSY = {
  dataset: 'moons',
  samples: 100,
  model: 'linear(6) batchnorm tanh dropout(0.1)',
  optimizer: 'adam',
  clip: 'norm',
  batch: 8,
  lr: 0.5,
  steps: 200,
};

/** How many are tried of each kind. */
const TRIES = Number(process.env.TRAINSCOPE_MUTATIONS ?? 300);

/** @param {import('../../web/engine/config/config.js').SomeSettings} [settings] */
function makeTrainer(settings = BUSY) {
  const { config, problems } = engine.parseConfig(settings);
  assert.deepEqual(problems, []);
  return engine.createTrainer(config);
}

test('whatever changed in a snapshot is found, and the trainer is as it was', () => {
  const trainer = makeTrainer();
  trainer.step(40);
  trainer.set({ lr: 0.1 });
  const snapshot = trainer.snapshot();
  trainer.step(10);
  const before = { digest: trainer.digest(), config: structuredClone(trainer.config), steps: trainer.stepsTaken };
  const random = makeRandom(1);
  const refuse = (/** @type {unknown} */ wrong, /** @type {RegExp} */ message, field = 'snapshot') => {
    assert.throws(() => trainer.restore(/** @type {any} */ (wrong)), { code: 'argument', field, message });
    assert.equal(trainer.stepsTaken, before.steps);
    assert.deepEqual(trainer.config, before.config);
  };
  for (let i = 0; i < TRIES; i++) {
    const state = snapshot.state.slice();
    state[random(state.length)] ^= 1 << random(8);
    refuse({ ...snapshot, state }, /^The snapshot is damaged: /);
  }
  const { checksum, ...old } = snapshot;
  refuse(old, /^The snapshot has no checksum: it was taken by an older version/);
  for (const wrong of [{ step: 41 }, { step: NaN }, { changes: [] }, { changes: null }]) {
    refuse({ ...snapshot, ...wrong }, /^The snapshot is damaged: /);
  }
  const sealed = (/** @type {object} */ part) => {
    const whole = { ...snapshot, ...part };
    return { ...whole, checksum: checksumOf(whole) };
  };
  refuse(sealed({ step: 41 }), /says another step than its state does\.$/);
  refuse(sealed({ changes: [{ step: 1, field: 'batch', value: 3 }] }), /batch cannot change/, 'changes');
  refuse(sealed({ changes: [{ step: 'x', field: 'lr', value: 0.1 }] }), /a step must be a whole number/, 'changes');
  refuse(sealed({ changes: [{ step: 1, field: 'lr', value: -3 }] }), /lr must be/, 'changes');
  for (const none of [undefined, null, 3, 'x', [], {}]) refuse(none, /^restore takes what snapshot\(\) returned/);
  assert.equal(trainer.digest(), before.digest);
  trainer.restore(snapshot);
  trainer.step(10);
  assert.equal(trainer.digest(), before.digest, 'the whole one is as good as ever');
  trainer.dispose();
});

test('a state that was made up is refused, or trains to its end: nothing traps', () => {
  const trainer = makeTrainer();
  trainer.step(60);
  const snapshot = trainer.snapshot();
  const random = makeRandom(2);
  const stateful = trainer.parameterCount * 4 * 3;
  const counts = { refused: 0, taken: 0 };
  for (let i = 0; i < TRIES; i++) {
    const state = snapshot.state.slice();
    // Most of the state is numbers of which any will do; what can trap stands before them.
    const words = new DataView(state.buffer);
    const at = 4 * random((state.length - stateful) / 4);
    words.setUint32(at, i % 3 === 0 ? random(2 ** 32) : i % 3 === 1 ? random(2000) : 2 ** 31 - random(9), true);
    const whole = { ...snapshot, state };
    try {
      trainer.restore({ ...whole, checksum: checksumOf(whole) });
      counts.taken++;
    } catch (error) {
      assert.match(/** @type {Error} */ (error).message, /^The snapshot cannot be restored: .*\.$/);
      counts.refused++;
    }
    trainer.step(4);
    trainer.summary();
    trainer.snapshot();
    trainer.restore(snapshot);
  }
  assert.ok(counts.refused > 0.5 * TRIES, JSON.stringify(counts));
  trainer.dispose();
});

test('a fork that cannot be takes no memory', () => {
  const trainer = makeTrainer();
  trainer.step(5);
  const other = makeTrainer();
  const bytes = () => engine.memory.used;
  trainer.dispose();
  const before = bytes();
  for (let i = 0; i < 3; i++) assert.throws(() => trainer.fork(), { name: 'TrainerError' });
  assert.equal(bytes(), before);
  for (const changes of [
    [{ field: 'lr', value: -1 }],
    [{ step: -4, field: 'lr', value: 1 }],
    [{ field: 'seed', value: 1 }],
  ]) {
    assert.throws(() => other.fork({ changes: /** @type {any} */ (changes) }), { name: 'TrainerError' });
  }
  assert.equal(bytes(), before);
  other.dispose();
});
