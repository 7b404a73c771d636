/** The crew of a study on the command line: the command's own thread as one of the pool's workers, and others beside it. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Crew } from '../../web/cli/study/crew.js';
import { createCommonMemory } from '../../web/engine/core/wasm.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { createEngine } from '../../web/platform/node/index.js';
import { openTrialThread } from '../../web/platform/node/thread_port.js';
import { WorkerPool } from '../../web/worker/pool.js';
import { IS_FUSED_BUILT } from '../fixtures/fused_build.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';
import { makeFolder, makeNoiseData, ROOT, runCli, runJson, spawnCli } from './helpers.js';

const MOONS = { dataset: 'moons', samples: 200, steps: 100, batch: 16, eval_every: 50, sharpness_every: 50 };
const ENDLESS = { ...MOONS, steps: 1_000_000 };
const DATA = makeNoiseData(20000);
const OWN_DATA = {
  dataset: 'custom',
  model: 'linear(16) relu',
  steps: 60,
  batch: 16,
  eval_every: 30,
  val_samples: 200,
};

/** Takes long for a whole batch, little room, and hardly any time for one sample. */
const DEEP = 'conv(64,3,pad=1) relu conv(64,3,pad=1) relu conv(64,3,pad=1) relu';

const engine = await createEngine();

/** @param {Record<string, any>} settings @param {number[]} seeds */
function makeConfigs(settings, seeds) {
  return seeds.map((seed) => engine.parseConfig({ ...settings, seed }).config);
}

/** @param {Record<string, any>} result  of a trial */
function withoutTime({ seconds, ...rest }) {
  return rest;
}

/**
 * A pool on a crew of two, whose threads are counted and whose messages are written down; worker 0 is the own thread.
 *
 * @param {import('node:test').TestContext} t
 * @param {Partial<ConstructorParameters<typeof WorkerPool>[0]>} [options]
 */
function openCrew(t, options = {}) {
  const seen = {
    threads: 0,
    commons: /** @type {any[]} */ ([]),
    sent: /** @type {any[]} */ ([]),
    heard: /** @type {any[]} */ ([]),
  };
  const crew = new Crew(2, {
    openOther: (how) => {
      seen.threads++;
      return openTrialThread(how);
    },
  });
  const openPort = (/** @type {Parameters<import('../../web/worker/pool.js').OpenPort>[0]} */ how) => {
    const port = crew.openPort(how);
    const worker = seen.commons.push(how.common) - 1;
    return {
      ...port,
      send: (/** @type {any} */ message, /** @type {any} */ transfer) => {
        seen.sent.push({ worker, ...message });
        port.send(message, transfer);
      },
      listen: (/** @type {(message: any) => void} */ react) =>
        port.listen((message) => {
          seen.heard.push({ worker, ...message });
          react(message);
        }),
    };
  };
  const pool = new WorkerPool({ openPort, jobs: 2, ...options });
  t.after(() => pool.dispose());
  return { pool, seen };
}

/** @param {any[]} messages @param {string} type */
const ofType = (messages, type) => messages.filter((message) => message.type === type);

test('own thread and others give the results of a local runner, in both arithmetics', async (t) => {
  const arithmetics = IS_FUSED_BUILT ? ['plain', 'fused'] : ['plain'];
  const configs = arithmetics.flatMap((arithmetic) => makeConfigs({ ...MOONS, arithmetic }, [1, 2, 3]));
  const { pool, seen } = openCrew(t);
  const results = await Promise.all(configs.map((config) => pool.trial(config, { record: 'every' })));
  for (const [i, config] of configs.entries()) {
    const judge = await createEngine({ arithmetic: /** @type {'plain' | 'fused'} */ (config.arithmetic) });
    const local = makeLocalRunner((planned) => judge.createTrainer(planned));
    assert.deepEqual(withoutTime(results[i]), withoutTime(await local.trial(config, { record: 'every' })));
  }
  assert.ok(seen.threads >= 1);
  assert.ok(ofType(seen.heard, 'tried').some(({ worker }) => worker === 0));
  await assert.rejects(pool.trial({ ...configs[0], model: 'conv(3,3)' }), {
    name: 'TrainerError',
    field: 'model',
    position: 0,
  });
});

test('another thread is given its next trial ahead, but the last ones go to whoever is free', async (t) => {
  const { pool, seen } = openCrew(t);
  // Both threads are at hand, and have had a trial.
  await Promise.all(makeConfigs(MOONS, [1, 2]).map((config) => pool.trial(config)));
  /** What each worker was given and had not done, at its most. */
  const most = [0, 0];
  const owed = [0, 0];
  const count = 12;
  let given = 0;
  const send = seen.sent.push.bind(seen.sent);
  seen.sent.push = (message) => {
    if (message.type === 'trial') {
      given++;
      owed[message.worker]++;
      most[message.worker] = Math.max(most[message.worker], owed[message.worker]);
      if (owed[message.worker] > 1) assert.ok(count - given >= pool.jobs, `${given} of ${count}`);
    }
    return send(message);
  };
  const hear = seen.heard.push.bind(seen.heard);
  seen.heard.push = (message) => {
    if (message.type === 'tried') owed[message.worker]--;
    return hear(message);
  };
  const configs = makeConfigs(
    MOONS,
    Array.from({ length: count }, (_, i) => i),
  );
  const results = await Promise.all(configs.map((config) => pool.trial(config)));
  const local = makeLocalRunner((config) => engine.createTrainer(config));
  for (const [i, config] of configs.entries()) {
    assert.deepEqual(withoutTime(results[i]), withoutTime(await local.trial(config)));
  }
  assert.deepEqual(most, [1, 2]);
});

/**
 * A worker that trains nothing and keeps a queue.
 *
 * @param {object} how
 * @param {number} [how.culprit]  the seed that it dies of
 * @param {(config: any) => number} [how.secondsOf]  what it says that a trial took
 * @param {(owed: any[]) => void} [how.onOwed]  it was given a trial: the configs of all that it has not done
 * @returns {import('../../web/worker/client.js').Port}
 */
function openStub({ culprit, secondsOf = () => 0, onOwed = () => {} }) {
  let hear = (/** @type {any} */ _) => {};
  let fail = (/** @type {string} */ _) => {};
  const owed = /** @type {any[]} */ ([]);
  const send = (/** @type {any} */ { type, requestId, config }) => {
    if (type !== 'trial') return;
    owed.push(config);
    onOwed(owed);
    const { seed } = config;
    setTimeout(() => {
      owed.shift();
      if (seed === culprit) fail('lost');
      else hear({ type: 'tried', requestId, result: { seed, seconds: secondsOf(config) } });
    });
  };
  const listen = (/** @type {typeof hear} */ receive) => {
    hear = receive;
    setTimeout(() => hear({ type: 'ready', threads: 1, normEdges: [] }));
  };
  const onBroken = (/** @type {typeof fail} */ react) => {
    fail = react;
  };
  return { send, listen, onBroken, close: () => {}, keepsQueue: true };
}

test('no trial is given ahead behind one that takes long, nor is such a one, whatever the worker did before', async () => {
  const ahead = /** @type {number[][]} */ ([]);
  const onOwed = (/** @type {any[]} */ owed) => owed.length > 1 && ahead.push(owed.map(({ steps }) => steps));
  const secondsOf = (/** @type {any} */ { steps }) => steps / 100;
  const pool = new WorkerPool({ openPort: () => openStub({ secondsOf, onOwed }), jobs: 2 });
  const seeds = [1, 2, 3, 4, 5, 6];
  const lengths = [10, 1000, 10, 2000];
  const configs = lengths.flatMap((steps) => makeConfigs({ ...MOONS, steps }, seeds));
  await Promise.all(configs.map((config) => pool.trial(config)));
  pool.dispose();
  assert.ok(ahead.length > 0);
  for (const owed of ahead) assert.deepEqual(owed, [10, 10]);
});

test('the workers that can be opened do the work, and when the last is lost what is left is refused', async () => {
  let opened = 0;
  const openPort = () => {
    if (opened++ > 0) throw new Error('none left');
    return openStub({ culprit: 2 });
  };
  const pool = new WorkerPool({ openPort, jobs: 2 });
  const ends = await Promise.allSettled(makeConfigs(MOONS, [1, 3, 2, 4]).map((config) => pool.trial(config)));
  pool.dispose();
  assert.deepEqual(
    ends.map((end) => (end.status === 'fulfilled' ? end.value.seed : end.reason.message)),
    [1, 3, 'none left', 'none left'],
  );
});

test('a trial that was given ahead is not to blame for the loss of its worker, and is computed by the next', async () => {
  const culprit = 2;
  const pool = new WorkerPool({ openPort: () => openStub({ culprit }), jobs: 1 });
  const configs = makeConfigs(MOONS, [1, culprit, 3, 4, 5, 6]);
  const ends = await Promise.allSettled(configs.map((config) => pool.trial(config)));
  assert.deepEqual(
    ends.map((end) => (end.status === 'fulfilled' ? end.value.seed : end.reason.code)),
    [1, 'worker-lost', 3, 4, 5, 6],
  );
  pool.dispose();
});

test("the command's engine trains its own thread's trials, until that has to be another", async (t) => {
  const trained = /** @type {number[]} */ ([]);
  const spied = new Proxy(engine, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (/** @type {any[]} */ ...given) => {
        if (name === 'createTrainer') trained.push(given[0].seed);
        return Reflect.apply(member, target, given);
      };
    },
  });
  const crew = new Crew(1, {
    host: { engine: spied, common: null },
    openOther: () => assert.fail('no other is needed'),
  });
  const pool = new WorkerPool({ openPort: (how) => crew.openPort(how), jobs: 1 });
  t.after(() => pool.dispose());
  const between = /** @type {'plain' | 'fused'} */ (IS_FUSED_BUILT ? 'fused' : 'plain');
  const configs = makeConfigs(MOONS, [1, 2, 3, 4]).map((config) =>
    config.seed === 3 ? { ...config, arithmetic: between } : config,
  );
  const results = await Promise.all(configs.map((config) => pool.trial(config)));
  assert.deepEqual(trained, IS_FUSED_BUILT ? [1, 2] : [1, 2, 3, 4]);
  const local = makeLocalRunner((config) => engine.createTrainer(config));
  for (const i of [0, 1, 3]) assert.deepEqual(withoutTime(results[i]), withoutTime(await local.trial(configs[i])));
});

test('one trial needs no other thread, and each after it neither', async (t) => {
  const { pool, seen } = openCrew(t);
  for (const config of makeConfigs(MOONS, [1, 2])) await pool.trial(config);
  assert.deepEqual([seen.commons.length, seen.threads], [1, 0]);
});

test('a trial whose pieces may be long is not for the own thread, which has to hear Ctrl-C, nor is any after it', async (t) => {
  const { pool, seen } = openCrew(t);
  const deep = { dataset: 'glyphs', model: DEEP, samples: 16, val_samples: 16, batch: 1, steps: 1 };
  const configs = [...makeConfigs(MOONS, [1]), ...makeConfigs(deep, [1]), ...makeConfigs(MOONS, [2])];
  const results = [];
  for (const config of configs) results.push(await pool.trial(config));
  const local = makeLocalRunner((config) => engine.createTrainer(config));
  for (const [i, config] of configs.entries())
    assert.deepEqual(withoutTime(results[i]), withoutTime(await local.trial(config)));
  assert.deepEqual(
    ofType(seen.heard, 'tried').map(({ worker }) => worker > 0),
    [false, true, true],
  );
});

test('where addresses are limited the own thread takes any trial: another engine might find none', async () => {
  const sweep = `sweep --over lr=0.001 --seeds 1 --jobs 1 --dataset glyphs --samples 16 --val-samples 16 --batch 1 --steps 1`;
  const script = `ulimit -v 12000000; exec "${process.execPath}" "${join(ROOT, 'web/cli.js')}" ${sweep} --model "${DEEP}" --json`;
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'exit');
  assert.equal(code, 0, said);
});

test('trials are given up on the own thread too, and others follow', async (t) => {
  const { pool } = openCrew(t);
  const controller = new AbortController();
  const reason = new Error('enough');
  const running = new Set();
  const given = makeConfigs(ENDLESS, [1, 2, 3, 4]).map((config) =>
    pool.trial(config, {
      signal: controller.signal,
      onProgress: () => running.add(config.seed).size === 2 && controller.abort(reason),
    }),
  );
  for (const end of await Promise.allSettled(given)) assert.equal(/** @type {any} */ (end).reason, reason);
  const configs = makeConfigs(MOONS, [1, 2]);
  assert.deepEqual(
    (await Promise.all(configs.map((config) => pool.trial(config)))).map(({ steps }) => steps),
    [MOONS.steps, MOONS.steps],
  );
});

/** What trains on data of one's own beside the pools. */
const local = makeLocalRunner((config) => {
  const dataset = createFileDataset(engine, DATA, config);
  const trainer = engine.createTrainer(config, dataset);
  dataset.dispose();
  return trainer;
});

/** @param {WorkerPool} pool */
async function assertRightOnData(pool) {
  const configs = makeConfigs(OWN_DATA, [1, 2, 3, 4]);
  const results = await Promise.all(configs.map((config) => pool.trial(config, { record: 'every' })));
  for (const [i, config] of configs.entries()) {
    assert.deepEqual(withoutTime(results[i]), withoutTime(await local.trial(config, { record: 'every' })));
  }
}

test("data of one's own are where the command read them for the own thread too", async (t) => {
  const common = /** @type {object} */ (createCommonMemory());
  const host = await createEngine({ common });
  const shared = /** @type {import('../../web/engine/data/data_files.js').DataFiles} */ (host.shareData(DATA));
  const { pool, seen } = openCrew(t, { data: shared, host: { common, arithmetic: host.arithmetic } });
  await assertRightOnData(pool);
  assert.deepEqual(seen.commons, [common, common]);
  assert.ok(ofType(seen.sent, 'keepData').every(({ isShared }) => isShared));
  const held = ofType(seen.heard, 'tried').map(({ memory }) => memory);
  assert.ok(Math.max(...held) < DATA.images.length, `${Math.max(...held)} bytes`);
});

test('a trap on the own thread loses it and all that shared its memory, and other threads take over', async (t) => {
  const { pool, seen } = openCrew(t, { data: DATA });
  const common = () => /** @type {WebAssembly.Memory} */ (seen.commons[0]);
  let isSpoilt = false;
  const spoil = () => {
    if (isSpoilt) return;
    isSpoilt = true;
    new Uint8Array(common().buffer).fill(255);
  };
  const [long] = makeConfigs({ ...OWN_DATA, steps: 10000, eval_every: 0 }, [1]);
  const result = await pool.trial(long, { record: 'none', onProgress: spoil });
  assert.ok(isSpoilt, 'it was at work');
  assert.equal(ofType(seen.heard, 'failed')[0].code, 'RuntimeError');
  assert.equal(result.digest, (await local.trial(long, { record: 'none' })).digest);
  await assertRightOnData(pool);
  const [, ...others] = seen.commons;
  assert.ok(others.includes(null), 'what was spoilt is not used again');
  assert.equal(seen.threads, others.length, 'and its thread trains no more');
});

test('a run that finds no room in the common memory has one to itself, on the own thread as well', async (t) => {
  const common = /** @type {WebAssembly.Memory} */ (createCommonMemory());
  const host = await createEngine({ common });
  const data = /** @type {import('../../web/engine/data/data_files.js').DataFiles} */ (host.shareData(DATA));
  common.grow(32768 - common.buffer.byteLength / 65536 - 64);
  const { pool, seen } = openCrew(t, { data, host: { common, arithmetic: host.arithmetic } });
  const [large] = makeConfigs({ ...OWN_DATA, model: 'linear(1000) relu', steps: 2 }, [1]);
  assert.equal((await pool.trial(large)).digest, (await local.trial(large)).digest);
  assert.deepEqual([seen.commons, seen.threads], [[common, null], 0]);
});

test('a study that ends keeps no program alive, whatever its threads were at', async (t) => {
  const script = `
    import { Crew } from '${ROOT}web/cli/study/crew.js';
    import { createEngine } from '${ROOT}web/platform/node/index.js';
    import { prepareTrialThreads } from '${ROOT}web/platform/node/thread_port.js';
    import { WorkerPool } from '${ROOT}web/worker/pool.js';
    prepareTrialThreads(2);
    const crew = new Crew(2);
    const pool = new WorkerPool({ openPort: (how) => crew.openPort(how), jobs: 2 });
    const { config } = (await createEngine()).parseConfig(${JSON.stringify(ENDLESS)});
    const trials = [1, 2].map((seed) => pool.trial({ ...config, seed }, { onProgress: () => pool.dispose() }));
    for (const { reason } of await Promise.allSettled(trials)) console.log(reason.code);`;
  const folder = await makeFolder(t, { 'study.mjs': script });
  const child = spawn(process.execPath, [join(folder, 'study.mjs')], { timeout: 20_000 });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code, signal] = await new Promise((resolve) => child.on('close', (...end) => resolve(end)));
  assert.deepEqual([code, signal, said], [0, null, 'disposed\ndisposed\n']);
});

test('threads that were started early and are not needed say nothing and end with the program', async () => {
  const words = ['sweep', '--dataset', 'moons', '--steps', '2', '--seeds', '1', '--jobs', '3'];
  const one = await spawnCli([...words, '--over', 'lr=0.1']);
  assert.deepEqual([one.code, one.stderr], [0, '']);
  const wrong = await spawnCli([...words, '--over', 'lrr=0.1']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^trainscope: [^\n]*did you mean lr\?[^\n]*\n$/);
});

test('where no other thread can be started the own one does all, and of wrong words nothing else is said', async () => {
  const noThreads = `
    import threads from 'node:worker_threads';
    import { syncBuiltinESMExports } from 'node:module';
    threads.Worker = class {
      constructor() {
        throw new Error('EAGAIN');
      }
    };
    syncBuiltinESMExports();`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(noThreads)}` };
  const words = ['sweep', '--dataset', 'moons', '--steps', '2', '--seeds', '4', '--json'];
  for (const jobs of [[], ['--jobs', '3']]) {
    const without = await spawnCli([...words, '--over', 'lr=0.1,0.2', ...jobs], { env });
    assert.deepEqual([without.code, without.stderr], [0, '']);
    assert.deepEqual(JSON.parse(without.stdout), await runJson([...words.slice(0, -1), '--over', 'lr=0.1,0.2']));
    const wrong = await spawnCli([...words, '--over', 'lrr=0.1', ...jobs], { env });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^trainscope: [^\n]*did you mean lr\?[^\n]*\n$/);
  }
});

test('threads are started early for a study, but for none of which each part is a program of its own', async (t) => {
  let threads = 0;
  const count = () => {
    threads++;
  };
  process.on('worker', count);
  t.after(() => process.off('worker', count));
  const ward = await runCli(['ward', '--only', 'nobody', '--jobs', '3']);
  assert.match(ward.stderr, /--only does not know nobody/);
  assert.equal(threads, 0);
  const sweep = await runCli(['sweep', '--over', 'lrr=0.1', '--jobs', '3']);
  assert.match(sweep.stderr, /did you mean lr\?/);
  assert.equal(threads, 2);
});

test('a program of one line has other threads too', async () => {
  const script = `
    import { openTrialThread } from '${ROOT}web/platform/node/thread_port.js';
    const port = openTrialThread();
    port.onBroken((reason) => console.log(reason));
    port.listen(({ type }) => {
      console.log(type);
      port.close();
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  await new Promise((resolve) => child.on('close', resolve));
  assert.equal(said, 'ready\n');
});
