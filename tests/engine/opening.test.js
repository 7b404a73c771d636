/** The core that the page begins with: what it can do, what waits for the whole one, and the same bits behind it. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { completeCore } from '../../web/engine/core/team.js';
import { createEngineFrom } from '../../web/engine/engine.js';
import { OPENING_DIGEST } from '../../web/generated/opening.js';
import { createEngine } from '../../web/platform/node/index.js';
import { startTeamThread } from '../../web/platform/node/team_thread_port.js';
import { PRESETS } from '../../web/presets.js';
import { makeOrder, makeQuestion } from '../../web/worker/messages.js';
import { Opening } from '../../web/worker/opening.js';

const BUILD = new URL('../../build/', import.meta.url);
const STEPS = 60;

const whole = await createEngine();
const { config } = whole.parseConfig(PRESETS[0].config);

/** @param {string} file */
const read = (file) => readFile(new URL(file, BUILD));

/** @param {import('../../web/engine/engine.js').Engine} engine @param {() => Promise<void>} [halfway] */
async function trainOpening(engine, halfway = async () => {}) {
  const trainer = engine.createTrainer(engine.parseConfig({ ...PRESETS[0].config, steps: STEPS }).config);
  trainer.step(STEPS / 2);
  const early = trainer.snapshot();
  await halfway();
  trainer.step(STEPS / 2);
  const trained = { digest: trainer.digest(), score: trainer.evaluate('val') };
  trainer.restore(early);
  trainer.step(STEPS / 2);
  assert.equal(trainer.digest(), trained.digest);
  trainer.dispose();
  return trained;
}

test('the opening goes on from its own core to the whole one, and to two threads, to the same bits', async () => {
  const plain = await createEngineFrom(await read('first.wasm'));
  const threaded = await createEngineFrom(await read('first-threads.wasm'), { isShared: true });
  assert.equal(threaded.threads, 1);
  const expected = await trainOpening(whole);
  const alone = { threads: 1, startThread: startTeamThread };
  assert.deepEqual(
    await trainOpening(plain, async () => completeCore(plain.core, await read('trainscope.wasm'), alone)),
    expected,
  );
  const team = { threads: 2, startThread: startTeamThread };
  assert.deepEqual(
    await trainOpening(threaded, async () => completeCore(threaded.core, await read('trainscope-threads.wasm'), team)),
    expected,
  );
  assert.equal(threaded.threads, 2);
  threaded.dispose();
});

test('what the opening does not call is left out of its core, and there once it is whole', async () => {
  const engine = await createEngineFrom(await read('first.wasm'));
  const other = { dataset: 'sort', model: 'embed(8) lstm(8)', steps: 2 };
  const train = () => {
    const trainer = engine.createTrainer(engine.parseConfig(other).config);
    trainer.step(2);
    return trainer.digest();
  };
  assert.throws(train, WebAssembly.RuntimeError);
  await completeCore(engine.core, await read('trainscope.wasm'), { threads: 1, startThread: startTeamThread });
  const known = whole.createTrainer(whole.parseConfig(other).config);
  known.step(2);
  assert.equal(train(), known.digest());
});

test('what else the page asks for waits for the whole core, which is fetched again where it could not be', async () => {
  let fetches = 0;
  let isOnline = false;
  const opening = new Opening(OPENING_DIGEST, async () => {
    fetches++;
    if (!isOnline) throw new TypeError('Failed to fetch');
  });
  const start = { runId: 1, config };
  for (const message of [
    makeOrder('start', start),
    makeQuestion('preview', 2, { config: Object.fromEntries(Object.entries(config).reverse()) }),
    makeOrder('taken', { runId: 1 }),
    makeOrder('pause', { runId: 1 }),
    makeQuestion('look', 3, { runId: 1, samples: { split: 'val', indices: [0] } }),
  ])
    assert.equal(opening.fetchFor(message), null, message.type);
  assert.equal(fetches, 0);
  const bytes = { name: 'some.safetensors', bytes: new ArrayBuffer(0) };
  const others = [
    makeOrder('start', { ...start, config: { ...config, lr: 0.04 } }),
    makeOrder('start', { ...start, weights: bytes }),
    makeQuestion('preview', 2, { config: { ...config, optimizer: 'adam' } }),
    makeQuestion('sizeUnits', 3, { runId: 1, steps: [1] }),
    makeOrder('adjust', { runId: 1, field: 'lr', value: 0.1 }),
    makeOrder('fork', { runId: 2, parentId: 1, step: 0 }),
  ];
  for (const message of others) {
    await assert.rejects(Promise.resolve(opening.fetchFor(message)), { code: 'build', message: /network/ });
  }
  assert.equal(fetches, others.length);
  isOnline = true;
  await opening.complete();
  await opening.fetchFor(others[0]);
  assert.equal(fetches, others.length + 1);
});
