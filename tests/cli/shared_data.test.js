/** Data of one's own in a pool: in memory once for all workers, whatever happens to them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { createEngine } from '../../web/platform/node/index.js';
import { openThread } from '../../web/platform/node/thread_port.js';
import { WorkerPool } from '../../web/worker/pool.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';
import { makeImageFiles, makeNoiseData } from './helpers.js';

const engine = await createEngine();
const DATA = makeNoiseData(20000);
const configs = [1, 2, 3, 4, 5, 6].map(
  (seed) =>
    engine.parseConfig({
      dataset: 'custom',
      model: `linear(${8 * seed}) relu`,
      steps: 60,
      batch: 16,
      eval_every: 30,
      val_samples: 200,
      sharpness_every: 30,
      seed,
    }).config,
);

/** @param {Record<string, any>} result  of a trial */
function withoutTime({ seconds, ...rest }) {
  return rest;
}

const local = makeLocalRunner((config) => {
  const dataset = createFileDataset(engine, DATA, config);
  const trainer = engine.createTrainer(config, dataset);
  dataset.dispose();
  return trainer;
});
/** @type {Record<string, any>[]} */
const expected = [];
for (const config of configs) expected.push(withoutTime(await local.trial(config, { record: 'every' })));

/** @typedef {{ common: any }} How */

/**
 * Threads whose messages are written down, and can be answered by the test.
 *
 * @param {object} [how]
 * @param {(message: any, thread: number) => any} [how.intercept]  what to answer instead of the thread, if anything
 * @param {(how: How) => How} [how.prepare]  what a thread is opened with
 */
function makeThreads({ intercept = () => null, prepare = (how) => how } = {}) {
  /** @type {any[]} */
  const sent = [];
  /** @type {any[]} */
  const heard = [];
  let opened = 0;
  const openPort = (/** @type {How} */ how) => {
    const thread = opened++;
    const port = openThread(prepare(how));
    /** @type {(message: any) => void} */
    let receive = () => {};
    return {
      ...port,
      listen: (/** @type {(message: any) => void} */ react) => {
        receive = (message) => {
          heard.push({ thread, ...message });
          react(message);
        };
        port.listen(receive);
      },
      send: (/** @type {any} */ message, /** @type {any} */ transfer) => {
        sent.push({ thread, ...message });
        const answer = intercept(message, thread);
        if (answer) setTimeout(() => receive(answer));
        else port.send(message, transfer);
      },
    };
  };
  return { openPort, sent, heard, count: () => opened };
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Partial<ConstructorParameters<typeof WorkerPool>[0]>} options
 */
function openPool(t, options) {
  const pool = new WorkerPool({ openPort: openThread, jobs: 3, data: DATA, ...options });
  t.after(() => pool.dispose());
  return pool;
}

/** @param {WorkerPool} pool */
async function assertRight(pool) {
  const results = await Promise.all(configs.map((config) => pool.trial(config, { record: 'every' })));
  assert.deepEqual(results.map(withoutTime), expected);
}

test('three workers give the results of a local runner, and hold less than the data', async (t) => {
  const { openPort, sent, heard, count } = makeThreads();
  await assertRight(openPool(t, { openPort }));
  assert.equal(count(), 3);
  assert.ok(sent.filter(({ type }) => type === 'keepData').every(({ isShared }) => isShared));
  const held = heard.filter(({ type }) => type === 'tried').map(({ memory }) => memory);
  assert.equal(held.length, configs.length);
  // How much it is depends on which trials a worker had, and in which order; with a copy it would be the data and more.
  assert.ok(Math.max(...held) < DATA.images.length, `${Math.max(...held)} bytes`);
});

test('files are read by one worker for all', async (t) => {
  const files = Object.entries({ ...makeImageFiles(60), ...makeImageFiles(20, 't10k') });
  const blobs = files.map(([name, bytes]) => ({ name, blob: new Blob([bytes]) }));
  const config = { ...configs[0], val_samples: 0 };
  const reading = { files: blobs, config };
  const trial = async (/** @type {any} */ options) => {
    const pool = openPool(t, { data: null, files: reading, ...options });
    const results = await Promise.all([1, 2, 3].map((seed) => pool.trial({ ...config, seed })));
    return results.map(withoutTime);
  };
  const { openPort, sent } = makeThreads();
  const shared = await trial({ openPort });
  assert.equal(sent.filter(({ type }) => type === 'loadData').length, 1);
  assert.equal(sent.filter(({ type, isShared }) => type === 'keepData' && isShared).length, 2);
  const apart = makeThreads({ prepare: () => ({ common: null }) });
  assert.deepEqual(await trial({ openPort: apart.openPort }), shared);
  assert.equal(apart.sent.filter(({ type }) => type === 'loadData').length, 3);
});

test('where the reader is lost, or the files are wrong', async (t) => {
  let losses = 0;
  const lost = makeThreads({
    intercept: ({ type, requestId }) =>
      type === 'loadData' && losses++ === 0
        ? { type: 'failed', runId: null, requestId, code: 'RuntimeError', message: 'unreachable', fatal: true }
        : null,
  });
  const blobs = Object.entries(makeImageFiles(60)).map(([name, bytes]) => ({ name, blob: new Blob([bytes]) }));
  const config = { ...configs[0], val_samples: 0 };
  const pool = openPool(t, { data: null, files: { files: blobs, config }, openPort: lost.openPort });
  const results = await Promise.all([1, 1, 1].map((seed) => pool.trial({ ...config, seed })));
  assert.equal(new Set(results.map(({ digest }) => digest)).size, 1);

  const broken = openPool(t, { data: null, files: { files: [{ name: 'a.csv', blob: new Blob(['x']) }], config } });
  const ends = await Promise.allSettled([1, 2, 3, 4].map((seed) => broken.trial({ ...config, seed })));
  for (const end of ends) assert.equal(/** @type {PromiseRejectedResult} */ (end).reason.code, 'data');
});

test('workers that end in the middle of trials leave the others and their successors as they were', async (t) => {
  // Ended from outside, as a browser does where memory is short: nobody says good-bye.
  /** @type {(() => void)[]} */
  const kills = [];
  const openPort = (/** @type {How} */ how) => {
    const port = openThread(how);
    /** @type {(reason: string) => void} */
    let fail = () => {};
    kills.push(() => {
      port.close();
      fail('It was ended.');
    });
    return {
      ...port,
      onBroken: (/** @type {(reason: string) => void} */ react) => {
        fail = react;
        port.onBroken(react);
      },
    };
  };
  const pool = openPool(t, { openPort });
  const long = { ...configs[5], steps: 1_000_000, eval_every: 0, sharpness_every: 0 };
  const controller = new AbortController();
  let killed = 0;
  const trials = [1, 2, 3].map((seed) =>
    pool.trial(
      { ...long, seed },
      {
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step > 0 && killed < 2) kills[killed++]();
          else if (kills.length >= 5) controller.abort(new Error('enough'));
        },
      },
    ),
  );
  await Promise.allSettled(trials);
  assert.equal(killed, 2);
  await assertRight(pool);
  await assertRight(pool);
});

test('after a trap nothing that shared its memory is used', async (t) => {
  let traps = 0;
  const { openPort, sent, count } = makeThreads({
    intercept: ({ type, requestId, config }) =>
      type === 'trial' && config.seed === 2 && traps++ === 0
        ? { type: 'failed', runId: null, requestId, code: 'RuntimeError', message: 'unreachable', fatal: true }
        : null,
  });
  const pool = openPool(t, { openPort });
  await assertRight(pool);
  assert.ok(count() >= 5, 'the others were replaced too');
  const late = sent.filter(({ type, thread }) => type === 'keepData' && thread === count() - 1);
  assert.deepEqual(
    late.map(({ isShared }) => isShared),
    [false],
  );
});

test('a run that finds no room beside the others has a worker with a memory of its own', async (t) => {
  let isCrowded = false;
  const { openPort, sent } = makeThreads({
    prepare: (how) => {
      if (how.common && !isCrowded) {
        isCrowded = true;
        how.common.grow(32768 - how.common.buffer.byteLength / 65536 - 64);
      }
      return how;
    },
  });
  const pool = openPool(t, { openPort, jobs: 1 });
  const large = { ...configs[0], model: 'linear(1000) relu', steps: 2 };
  assert.equal((await pool.trial(large)).digest, (await local.trial(large)).digest);
  assert.deepEqual(
    sent.filter(({ type }) => type === 'keepData').map(({ isShared }) => isShared),
    [true, false],
  );
  await assertRight(pool);
  // What fits nowhere is said once, in the words of a memory of its own.
  await assert.rejects(pool.trial({ ...large, model: 'linear(11000)*2', optimizer: 'adam' }), {
    code: 'memory',
    field: 'model',
  });
});
