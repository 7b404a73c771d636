/** The worker protocol end to end, in a worker thread: the same service and client as on the page. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TrainerError } from '../../web/engine/core/errors.js';
import { METRICS_BYTES, readMetrics } from '../../web/engine/core/record.js';
import { readSafetensors } from '../../web/engine/run/safetensors.js';
import { createEngine } from '../../web/platform/node/index.js';
import { openThread } from '../../web/platform/node/thread_port.js';
import { WorkerClient } from '../../web/worker/client.js';
import { serve } from '../../web/worker/service/service.js';
import { SnapshotRing } from '../../web/worker/snapshot_ring.js';
import { processorMs } from '../fixtures/processor_time.js';
import { makeImageFiles } from './helpers.js';

/** @typedef {import('../../web/worker/messages.js').NewsMessage<'finished'>} FinishedMessage */

const client = new WorkerClient({ openPort: openThread });
after(() => client.dispose());

const SHORT = { dataset: 'moons', samples: 200, steps: 400, eval_every: 100, batch: 16 };

/**
 * Starts a run, or forks one, and collects all that is heard of it.
 *
 * @param {(listener: import('../../web/worker/run_handle.js').RunListener) => import('../../web/worker/run_handle.js').RunHandle} begin
 */
function follow(begin) {
  /** @type {Record<string, any[]>} */
  const heard = { started: [], progress: [], adjusted: [], paused: [], finished: [], rejected: [], failed: [] };
  /** @type {{ type: string, resolve: (message: any) => void }[]} */
  let waiting = [];
  const listener = Object.fromEntries(
    Object.keys(heard).map((type) => [
      type,
      (/** @type {any} */ message) => {
        heard[type].push(message);
        for (const wait of waiting.filter((one) => one.type === type)) wait.resolve(message);
        waiting = waiting.filter((one) => one.type !== type);
      },
    ]),
  );
  const run = begin(listener);
  /** The next message of a type. @param {string} type @returns {Promise<any>} */
  const next = (type) => new Promise((resolve) => waiting.push({ type, resolve }));
  /** How the run ended, or will end. @returns {Promise<FinishedMessage>} */
  const end = async () => heard.finished[0] ?? next('finished');
  return { run, heard, next, end };
}

/** @param {Record<string, any>} config @param {Record<string, any>} [more] */
function start(config, more = {}) {
  return follow((listener) => client.start({ config, ...more }, listener));
}

/** @param {Record<string, any>} config */
async function finish(config) {
  const { next } = start(config);
  return /** @type {FinishedMessage} */ (await next('finished'));
}

/** The steps that a run's progress messages tell of. @param {any[]} progress */
function stepsOf(progress) {
  return progress.flatMap(({ rows, rowCount }) =>
    Array.from({ length: rowCount }, (_, i) => readMetrics(new DataView(rows), i * METRICS_BYTES).step),
  );
}

/** @param {number} from @param {number} to */
function range(from, to) {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

test('a run from start to finish: every row once, in order, and the bits of a direct run', async () => {
  const { run, heard, next } = start(SHORT);
  const { digest, reason, summary, train, val, config } = await next('finished');
  // Its past can be looked at, step by step.
  const { sizes } = await run.ask('sizeUnits', { steps: [0, 3, 4] });
  await assert.rejects(run.ask('sizeUnits', { steps: [4, 3] }), /in their order/);
  await assert.rejects(run.ask('sizeUnits', { steps: [401] }), /steps must be a whole number between 0 and 400/);
  assert.equal(reason, 'complete');
  const [started] = heard.started;
  assert.equal(started.totalSteps, 400);
  assert.deepEqual(started.shape, [2]);
  assert.equal(started.classes, 2);
  assert.equal(started.trainCount, 200);
  assert.deepEqual(started.config, config);
  assert.deepEqual(stepsOf(heard.progress), range(0, 400));
  assert.deepEqual(
    heard.progress.flatMap(({ evaluations }) => evaluations.map((/** @type {any} */ { step }) => step)),
    [100, 200, 300, 400],
  );
  const last = heard.progress[heard.progress.length - 1];
  assert.equal(last.step, 400);
  assert.equal(
    last.bins.reduce((/** @type {number} */ sum, /** @type {number} */ count) => sum + count, 0),
    400,
  );
  assert.ok(last.samplesPerSecond > 0);
  assert.equal(summary.steps, 400);
  assert.ok(train.loss > 0 && val.loss > 0);

  const engine = await createEngine();
  const direct = engine.createTrainer(engine.parseConfig(SHORT).config);
  assert.deepEqual(
    sizes,
    [0, 3, 4].map((step) => {
      direct.step(step - direct.stepsTaken);
      return { step, units: direct.unitSizes() };
    }),
  );
  direct.step(396);
  assert.equal(digest, direct.digest());
  assert.deepEqual(train, direct.evaluate('train'));
  direct.dispose();
});

test('progress waits for the page, at most 30 a second, and drops nothing', async () => {
  let drawing = 0;
  let count = 0;
  /** @type {any[]} */
  const progress = [];
  const begun = performance.now();
  await new Promise((resolve) =>
    client.start(
      { config: { ...SHORT, steps: 20000 } },
      {
        progress: async (message) => {
          progress.push(message);
          drawing++;
          // The very last one does not wait, so that a hidden page learns of the end.
          if (message.step < 20000) assert.equal(drawing, 1);
          count++;
          await new Promise((drawn) => setTimeout(drawn, 50));
          drawing--;
        },
        finished: resolve,
      },
    ),
  );
  const seconds = (performance.now() - begun) / 1000;
  assert.ok(count <= 30 * seconds + 2, `${count} in ${seconds} s`);
  assert.deepEqual(stepsOf(progress), range(0, 20000));
});

/**
 * How long a run takes to pause: each time by the processors' time, which neighbours do not add to; by the clock, which
 * knows waiting too, the quickest of several counts.
 *
 * @param {ReturnType<typeof follow>['run']} run
 * @param {ReturnType<typeof follow>['next']} next
 */
async function timePause(run, next) {
  const [processor, clock] = [processorMs(), performance.now()];
  run.pause();
  const { step } = await next('paused');
  return { step, processorMs: processorMs() - processor, clockMs: performance.now() - clock };
}

test('pause, step, resume and stop', async () => {
  const { run, heard, next } = start({ ...SHORT, steps: 1e6 }, { paused: true });
  await next('started');
  run.step(5);
  assert.equal((await next('paused')).step, 5);
  run.resume();
  const clock = [];
  let step = 0;
  for (let i = 0; i < 3; i++) {
    await next('progress');
    const pause = await timePause(run, next);
    assert.ok(pause.processorMs < 250, 'pause acts at once');
    clock.push(pause.clockMs);
    step = pause.step;
    if (i < 2) run.resume();
  }
  assert.ok(Math.min(...clock) < 250, 'pause acts at once');
  assert.deepEqual(stepsOf(heard.progress), range(0, step), 'all steps are told before the word');
  await new Promise((resolve) => setTimeout(resolve, 60));
  run.step(1);
  assert.equal((await next('paused')).step, step + 1);
  run.stop();
  const { reason, train } = await next('finished');
  assert.equal(reason, 'stopped');
  assert.equal(train, null);
  assert.deepEqual(stepsOf(heard.progress), range(0, step + 1));
});

test('a slow network is cut into slices: commands are heard in between', async () => {
  for (const batch of [64, 0]) {
    const { run, next } = start({ dataset: 'glyphs', samples: 3000, steps: 1e6, batch, eval_every: 5 });
    await next('started');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const clock = [];
    for (let i = 0; i < 5; i++) {
      const pause = await timePause(run, next);
      // Slices take 12 ms; the rest is for the compiler's threads.
      assert.ok(pause.processorMs < 400, `${pause.processorMs} ms`);
      clock.push(pause.clockMs);
      run.resume();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    assert.ok(Math.min(...clock) < 400, `${clock} ms`);
    run.discard();
  }
});

test('adjust: recorded with its step, replays bit for bit; what is not live is refused', async () => {
  const { run, heard, next } = start(SHORT, { paused: true });
  run.step(50);
  await next('paused');
  run.adjust('lr', 0.2);
  assert.deepEqual(await next('adjusted'), { type: 'adjusted', runId: run.id, step: 50, field: 'lr', value: 0.2 });
  run.adjust('batch', 3);
  const refused = await next('rejected');
  assert.equal(refused.field, 'batch');
  assert.match(refused.message, /batch/);
  run.resume();
  const { digest, config } = await next('finished');
  assert.deepEqual(config.changes, [{ step: 50, field: 'lr', value: 0.2 }]);
  assert.equal((await finish(config)).digest, digest);
  assert.equal(heard.failed.length, 0);
});

test('fork: without changes the same future, with changes that of --change', async () => {
  const parent = start({ ...SHORT, steps: 3000, optimizer: 'adam' });
  const { digest, config } = await parent.next('finished');
  for (const step of [0, 1, 777, 2999, 3000]) {
    const child = follow((listener) => client.fork(parent.run, { step }, listener));
    const end = await child.next('finished');
    assert.equal(end.digest, digest, `fork at ${step}`);
    assert.deepEqual(end.config, config);
    const [started] = child.heard.started;
    assert.equal(started.step, step);
    assert.equal(started.parentId, parent.run.id);
    assert.deepEqual(
      started.evaluations.map((/** @type {any} */ evaluation) => evaluation.step),
      range(1, 31)
        .map((i) => 100 * i)
        .filter((at) => at <= step),
    );
    assert.deepEqual(stepsOf(child.heard.progress), range(step, 3000));
    child.run.discard();
  }

  const changes = [{ step: 500, field: 'lr', value: 0.001 }];
  const other = follow((listener) => client.fork(parent.run, { step: 500, changes }, listener));
  const forked = await other.next('finished');
  const direct = await finish({ ...config, changes });
  assert.equal(forked.digest, direct.digest);
  assert.deepEqual(forked.summary, direct.summary);
  assert.notEqual(forked.digest, digest);

  const grandchild = follow((listener) => client.fork(other.run, { step: 100 }, listener));
  assert.equal((await grandchild.next('finished')).digest, digest, 'before the change the parent is the same');
});

test('fork: of a paused run that was adjusted at that very step, and of what cannot be', async () => {
  const parent = start(SHORT, { paused: true });
  parent.run.step(100);
  await parent.next('paused');
  parent.run.adjust('lr', 0.5);
  await parent.next('adjusted');
  parent.run.step(1);
  await parent.next('paused');
  const before = follow((listener) => client.fork(parent.run, { step: 100 }, listener));
  assert.equal((await before.next('finished')).digest, (await finish(SHORT)).digest);
  const late = follow((listener) => client.fork(parent.run, { step: 101 }, listener));
  const changes = [{ step: 100, field: 'lr', value: 0.5 }];
  assert.equal((await late.next('finished')).digest, (await finish({ ...SHORT, changes })).digest);

  for (const what of [
    { step: 102 },
    { step: -1 },
    { step: 50, changes: [{ step: 40, field: 'lr', value: 1 }] },
    { step: 50, changes: [{ step: 60, field: 'batch', value: 1 }] },
  ]) {
    const impossible = follow((listener) => client.fork(parent.run, what, listener));
    assert.match((await impossible.next('rejected')).message, /\S/);
  }
  parent.run.discard();
  const orphan = follow((listener) => client.fork(parent.run, { step: 0 }, listener));
  assert.equal((await orphan.next('rejected')).code, 'unknown-run');
});

test('side by side, and one after another', async () => {
  const alone = await finish(SHORT);
  const first = start(SHORT);
  const second = start(SHORT);
  const third = start(SHORT, { after: second.run });
  await second.next('finished');
  assert.equal(third.heard.progress.length, 0);
  const ends = [await first.end(), await third.end()];
  assert.deepEqual(
    ends.map(({ digest }) => digest),
    [alone.digest, alone.digest],
  );
});

test('range test, previews and looks beside a training leave no trace', async () => {
  const config = { ...SHORT, steps: 20000 };
  const alone = await finish(config);
  const { run, next, end } = start(config);
  await next('progress');
  /** @type {number[]} */
  const points = [];
  const [{ result }, preview, looked, sized] = await Promise.all([
    client.ask(
      'rangeTest',
      { config, options: { points: 40, seeds: 2 } },
      { progress: (message) => points.push(...message.lr) },
    ),
    client.ask('preview', { config: { ...config, schedule: 'cosine', warmup_steps: 100 } }),
    run.ask('look', {
      samples: { split: 'val', indices: [0, 5] },
      surface: { left: -1, right: 1, top: 1, bottom: -1, columns: 8, rows: 4 },
    }),
    run.ask('sizeUnits'),
  ]);
  assert.ok(sized.sizes.every(({ units }) => units.every(({ activation }) => activation > 0)));
  assert.equal(points.length, 80);
  assert.equal(result.seeds.length, 2);
  assert.equal(result.lr.length, 40);
  assert.equal(preview.totalSteps, 20100);
  assert.equal(preview.rates.length, 600);
  assert.deepEqual([preview.steps[0], preview.steps[599]], [0, 20099]);
  assert.ok(preview.facts && preview.facts.parameters > 0);
  assert.ok(preview.facts.memory > 4 * preview.facts.parameters);
  assert.equal(preview.problem, null);
  assert.deepEqual(looked.samples?.inputs.length, 4);
  assert.equal(looked.samples?.outputs.length, 4);
  assert.equal(looked.surface?.outputs.length, 64);
  assert.equal((await end()).digest, alone.digest);
});

test('a glimpse at a data set is its first training samples', async () => {
  const { shape, inputs, labels } = await client.ask('glimpse', { config: { dataset: 'moons' }, count: 6 });
  assert.deepEqual(shape, [2]);
  assert.equal(inputs.length, 12);
  assert.equal(labels?.length, 6);
  const images = await client.ask('glimpse', { config: { dataset: 'glyphs' }, count: 2 });
  assert.equal(images.inputs.length, 2 * 28 * 28);
  assert.ok(Math.max(...images.inputs) > 100, 'pixels, 0 … 255');
  const plane = await client.ask('glimpse', { config: { dataset: 'plane' }, count: 3 });
  assert.deepEqual([plane.labels, plane.targets?.length], [null, 3]);
});

test('a preview says what is wrong, and previews what it can', async () => {
  const model = await client.ask('preview', { config: { model: 'linear(3) linaer(4)' } });
  assert.equal(model.problem?.field, 'model');
  assert.equal(model.problem?.position, 10);
  assert.equal(model.facts, null);
  assert.equal(model.rates.length, 600);
  const misfit = await client.ask('preview', { config: { dataset: 'moons', model: 'conv(3,3)' } });
  assert.equal(misfit.problem?.field, 'model');
  const setting = await client.ask('preview', { config: { lr: -1 } });
  assert.equal(setting.problem?.field, 'lr');
  assert.equal((await client.ask('preview', { config: { steps: 0 } })).rates.length, 0);
});

test('a range test can be given up', async () => {
  const controller = new AbortController();
  const asked = client.ask(
    'rangeTest',
    { config: SHORT, options: { points: 100000, stop_factor: 1e6, lr_max: 1e-7 } },
    { signal: controller.signal, progress: () => controller.abort() },
  );
  await assert.rejects(asked, { code: 'cancelled' });
});

test('bad starts are rejected with field and place', async () => {
  const cases = [
    [{ ...SHORT, lr: -1 }, 'lr', null],
    [{ ...SHORT, modle: 'x' }, 'modle', null],
    [{ ...SHORT, model: 'relu linaer(3)' }, 'model', 5],
    [{ ...SHORT, dataset: 'custom' }, 'dataset', null],
  ];
  for (const [config, field, position] of cases) {
    const { next, run } = start(/** @type {any} */ (config));
    const rejected = await next('rejected');
    assert.equal(rejected.field, field);
    assert.equal(rejected.position, position);
    assert.ok(run.ended);
  }
});

test('data of one’s own: loaded once, used by runs, gone when unloaded', async () => {
  const files = Object.entries({ ...makeImageFiles(40), ...makeImageFiles(12, 't10k') }).map(([name, bytes]) => ({
    name,
    blob: new Blob([bytes]),
  }));
  const config = { dataset: 'custom', model: 'linear(4) relu', steps: 20, batch: 8, samples: 30 };
  const data = await client.loadData(files, config);
  assert.deepEqual(data.shape, [1, 6, 6]);
  assert.deepEqual([data.classes, data.trainCount, data.valCount], [2, 40, 12]);
  const { dataId } = data;
  const first = start(config, { dataId });
  const { digest } = await first.next('finished');
  const look = await first.run.ask('look', { samples: { split: 'train', indices: [1, 2, 3] } });
  assert.equal(look.samples?.inputs.length, 3 * 36);
  assert.deepEqual([...(look.samples?.labels ?? [])], [1, 0, 1]);
  client.unloadData(dataId);
  const fork = follow((listener) => client.fork(first.run, { step: 10 }, listener));
  assert.equal((await fork.next('finished')).digest, digest, 'a run keeps its data');
  assert.equal((await start(config, { dataId }).next('rejected')).code, 'unknown-data');

  const csv = new Blob(['a,label\n1,x\n2,y\n3,x\n4,y\n5,x\n']);
  const table = await client.loadData([{ name: 'table.csv', blob: csv }], config);
  assert.deepEqual(table.classNames, ['x', 'y']);
  await assert.rejects(client.loadData([{ name: 'bad.csv', blob: new Blob(['a,label\n1,x\nz,y\n']) }], config), {
    message: /bad\.csv, line 3, column "a"/,
  });
});

test('snapshot and weights of a run', async () => {
  const { run, next } = start({ ...SHORT, model: 'linear(4) batchnorm tanh' }, { paused: true });
  run.step(7);
  await next('paused');
  assert.equal((await run.ask('snapshot')).step, 7);
  const { bytes, step } = await run.ask('writeWeights');
  assert.equal(step, 7);
  const names = readSafetensors(new Uint8Array(bytes), 'w').tensors.map(({ name }) => name);
  assert.ok(names.includes('out.weight') && names.some((name) => name.includes('running_mean')));
  run.discard();
  await assert.rejects(run.ask('snapshot'), { code: 'unknown-run' });
});

test('a run goes on elsewhere from a snapshot, with the changes that came after it, to the same bits', async () => {
  const config = { ...SHORT, changes: [{ step: 300, field: 'lr', value: 0.05 }] };
  const { run, next } = start(config, { paused: true });
  run.step(250);
  await next('paused');
  const { past } = await run.ask('writeSnapshot');
  assert.deepEqual([past.snapshot.step, past.evaluations.map(({ step }) => step)], [250, [100, 200]]);
  run.adjust('momentum', 0.8);
  const changes = [{ step: 250, field: 'momentum', value: 0.8 }, ...config.changes];
  run.resume();
  const { digest, config: whole } = await next('finished');
  assert.deepEqual(whole.changes, changes);

  const again = start({ ...config, changes }, { past });
  assert.deepEqual([(await again.end()).digest, again.heard.started[0].step], [digest, 250]);
  const state = past.snapshot.state.slice();
  state[state.length - 5] ^= 1;
  const damaged = { ...past, snapshot: { ...past.snapshot, state } };
  assert.match((await start(config, { past: damaged }).next('rejected')).message, /^The snapshot is damaged/);
});

test('a run starts from the weights that another saved, also where a fork of it replays its past', async () => {
  const config = { ...SHORT, steps: 40, model: 'linear(4) batchnorm tanh' };
  const first = start(config);
  const { digest } = await first.end();
  const weights = { name: 'w.safetensors', bytes: (await first.run.ask('writeWeights')).bytes };
  const rest = start({ ...config, steps: 0 }, { weights });
  assert.equal((await rest.end()).digest, digest);
  assert.deepEqual(rest.heard.started[0].notices, ['Read 8 tensors of w.safetensors.']);

  const second = start(config, { weights });
  const whole = (await second.end()).digest;
  assert.notEqual(whole, digest);
  // So many later runs cost it its snapshots.
  for (let i = 0; i < 8; i++) await finish({ ...config, steps: 0, seed: i });
  const fork = follow((listener) => client.fork(second.run, { step: 20 }, listener));
  assert.equal((await fork.end()).digest, whole);
  assert.deepEqual(fork.heard.started[0].notices, []);

  const { message } = await start({ ...config, model: 'linear(5) tanh' }, { weights }).next('rejected');
  assert.match(message, /^w\.safetensors does not fit the model: it has 1\.batchnorm/);
});

test('a diverged run says so and can be forked before the divergence', async () => {
  const { run, next } = start({ ...SHORT, lr: 1e6, model: 'linear(8)*4', loss: 'squared_error' });
  const { reason, summary } = await next('finished');
  assert.equal(reason, 'diverged');
  const changes = [{ step: 0, field: 'lr', value: 0.01 }];
  const rescued = follow((listener) => client.fork(run, { step: 0, changes }, listener));
  assert.equal((await rescued.next('finished')).reason, 'complete');
  assert.ok(summary.diverged_at >= 0);
});

test('the past is bounded: all that is recent, an even selection of the rest, and the start', () => {
  /** @type {SnapshotRing<number>} */
  const ring = new SnapshotRing({ countMax: 8, bytesMax: 1000 });
  for (let step = 0; step <= 1000; step += 10) ring.add({ step, bytes: 1, snapshot: step });
  assert.equal(ring.count, 8);
  assert.equal(ring.nearest(1000)?.step, 1000);
  assert.equal(ring.nearest(9)?.step, 0);
  assert.equal(ring.nearest(-1), null);
  const gap = (/** @type {number} */ step) => step - (ring.nearest(step)?.step ?? 0);
  assert.ok(gap(979) < 10, `${gap(979)}`);
  for (let step = 0; step <= 1000; step++) assert.ok(gap(step) <= 600, `${gap(step)} at ${step}`);

  const small = new SnapshotRing({ countMax: 8, bytesMax: 100 });
  for (let step = 0; step < 20; step++) small.add({ step, bytes: 30, snapshot: step });
  assert.ok(small.bytes <= 100);
  assert.equal(small.nearest(19)?.step, 19);
  assert.equal(small.accepts(34), false);
});

test('a worker that no longer answers is replaced, and its runs are told', async () => {
  /** @type {((message: any) => void)[]} */
  const listeners = [];
  let closed = 0;
  /** @type {any[]} */
  const sent = [];
  const deaf = new WorkerClient({
    openPort: () => ({
      send: (message) => sent.push(message),
      listen: (receive) => listeners.push(receive),
      onBroken: () => {},
      close: () => closed++,
    }),
    stuckMs: 30,
  });
  listeners[0]({ type: 'ready' });
  const { next, run } = follow((listener) => deaf.start({ config: {} }, listener));
  run.pause();
  assert.equal((await next('failed')).code, 'worker-lost');
  assert.equal(closed, 1);
  assert.equal(listeners.length, 2, 'a new worker was opened');
  const asked = deaf.ask('preview', { config: {} });
  listeners[0]({ type: 'previewed', requestId: sent[sent.length - 1].requestId });
  await assert.rejects(asked, { code: 'worker-lost' }, 'the old worker is not listened to');
  deaf.dispose();
});

test('what a worker has said while this thread was held up is heard, however long that was', async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  const heldUp = new WorkerClient({
    openPort: () => ({
      send: () => {},
      listen: (react) => port1.addEventListener('message', ({ data }) => react(data)),
      onBroken: () => {},
      close: () => {},
    }),
    onRestarted: () => assert.fail('it has answered'),
    stuckMs: 50,
  });
  port1.start();
  t.after(() => heldUp.dispose());
  port2.postMessage({ type: 'ready' });
  await heldUp.ready;
  const asked = heldUp.ask('glimpse', { config: {}, count: 1 });
  // Where the command's own thread trains: what is due by the clock comes before what was sent.
  await new Promise((resolve) => setImmediate(resolve));
  port2.postMessage({ type: 'glimpsed', requestId: 1 });
  const until = performance.now() + 100;
  while (performance.now() < until);
  assert.ok(await asked);
});

test('a worker that has answered everything may be silent', async () => {
  let receive = (/** @type {any} */ _message) => {};
  /** @type {any[]} */
  const sent = [];
  const quiet = new WorkerClient({
    openPort: () => ({
      send: (message) => sent.push(message),
      listen: (react) => {
        receive = react;
      },
      onBroken: () => {},
      close: () => {},
    }),
    onRestarted: () => assert.fail('it owes nothing'),
    stuckMs: 30,
  });
  receive({ type: 'ready' });
  const asked = quiet.ask('preview', { config: {} });
  const { run } = follow((listener) => quiet.start({ config: {} }, listener));
  run.pause();
  receive({ type: 'previewed', requestId: sent[0].requestId });
  receive({ type: 'paused', runId: run.id, step: 0 });
  await asked;
  await new Promise((resolve) => setTimeout(resolve, 90));
  assert.ok(!run.ended);
  quiet.dispose();
});

test('while a fork replays its past, commands act at once and nothing else is lost', { timeout: 120_000 }, async () => {
  // Snapshots of so large a state are not kept: a fork repeats everything.
  const large = { ...SHORT, model: 'linear(1800) tanh linear(1800)', lr: 1e-6, steps: 1e6, batch: 1, eval_every: 0 };
  let restarts = 0;
  const patient = new WorkerClient({ openPort: openThread, onRestarted: () => restarts++ });
  const begin = (/** @type {Record<string, any>} */ config, /** @type {Record<string, any>} */ more = {}) =>
    follow((listener) => patient.start({ config, ...more }, listener));
  const fork = (/** @type {Parameters<typeof patient.fork>[1]} */ what) =>
    follow((listener) => patient.fork(parent.run, what, listener));
  const parent = begin(large);
  await parent.next('started');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  parent.run.stop();
  const { step } = await parent.end();
  const other = begin(SHORT, { paused: true });
  await other.next('started');

  const stopped = fork({ step });
  stopped.run.stop();
  assert.equal((await stopped.next('rejected')).code, 'cancelled');
  assert.ok(stopped.run.ended && stopped.heard.started.length === 0);

  const child = fork({ step, stepsPerSecond: 1e-3 });
  child.run.pause();
  assert.equal((await child.next('paused')).step, step);
  assert.equal(child.heard.started.length, 0);
  child.run.resume();
  child.run.step(3);
  child.run.setSpeed(0);
  child.run.adjust('lr', 0.001);
  const [started, adjusted, paused] = await Promise.all(['started', 'adjusted', 'paused'].map(child.next));
  assert.equal(started.step, step);
  assert.ok(adjusted.step >= step, 'from the next step on');
  assert.equal(paused.step, step + 3);
  child.run.stop();
  await child.end();
  assert.deepEqual(stepsOf(child.heard.progress), range(step, step + 3));

  other.run.resume();
  assert.equal((await other.end()).digest, (await finish(SHORT)).digest);
  assert.equal(restarts, 0);
  patient.dispose();
});

/**
 * A client on services of this very thread.
 *
 * @param {() => Promise<any>} makeEngine
 * @param {Partial<ConstructorParameters<typeof WorkerClient>[0]>} options
 */
function connect(makeEngine, options) {
  const openPort = () => {
    let hearPage = (/** @type {any} */ _message) => {};
    let hearWorker = (/** @type {any} */ _message) => {};
    serve(
      {
        send: (message) => setImmediate(() => hearWorker(message)),
        listen: (receive) => {
          hearPage = receive;
        },
        yieldNow: () => new Promise((resolve) => setImmediate(resolve)),
      },
      makeEngine,
    );
    return {
      send: (/** @type {any} */ message) => setImmediate(() => hearPage(message)),
      listen: (/** @type {(message: any) => void} */ receive) => {
        hearWorker = receive;
      },
      onBroken: () => {},
      close: () => {},
    };
  };
  return new WorkerClient({ openPort, ...options });
}

test('messages that are none are answered where they can be, and end nothing', async () => {
  /** @type {any[]} */
  const heard = [];
  let send = (/** @type {unknown} */ _message) => {};
  const engine = await createEngine();
  serve(
    {
      send: (message) => heard.push(message),
      listen: (receive) => {
        send = receive;
      },
      yieldNow: () => new Promise((resolve) => setImmediate(resolve)),
    },
    async () => engine,
  );
  send({ type: 'start', runId: 1, config: SHORT, paused: true });
  const look = { type: 'look', requestId: 7, runId: 1 };
  /** @type {[unknown, { runId?: number, requestId?: number, message: RegExp }][]} */
  const junk = [
    [undefined, { message: /unknown message type/ }],
    [null, { message: /unknown message type/ }],
    ['start', { message: /unknown message type/ }],
    [[], { message: /unknown message type/ }],
    [{}, { message: /unknown message type/ }],
    [{ type: 'nonsense' }, { message: /unknown message type "nonsense"/ }],
    [
      { type: 'constructor', requestId: 5 },
      { requestId: 5, message: /unknown message type "constructor"/ },
    ],
    [
      { type: 'paused', runId: 1, step: 0 },
      { runId: 1, message: /unknown message type "paused"/ },
    ],
    [{ type: { toJSON: null } }, { message: /unknown message type/ }],
    [{ type: 3n }, { message: /unknown message type bigint/ }],
    [
      { type: 'start', runId: 1, config: SHORT },
      { runId: 1, message: /There is a run 1 already/ },
    ],
    [{ type: 'start', config: SHORT }, { message: /start lacks runId \(number\)/ }],
    [
      { type: 'step', runId: 1, count: NaN },
      { runId: 1, message: /step lacks count \(number\)/ },
    ],
    [
      { type: 'speed', runId: 1, stepsPerSecond: 'fast' },
      { runId: 1, message: /speed lacks stepsPerSecond/ },
    ],
    [
      { type: 'fork', runId: 2, parentId: 1, step: 0, changes: {} },
      { runId: 2, message: /fork lacks changes \(list\)/ },
    ],
    [{ type: 'preview', config: SHORT }, { message: /preview lacks requestId \(number\)/ }],
    [{ type: 'keepData', dataId: 1, data: null, isShared: true }, { message: /keepData lacks data \(object\)/ }],
    [
      { type: 'loadData', requestId: 6, dataId: 1, files: [null], config: {} },
      { requestId: 6, message: /\S/ },
    ],
    [
      { ...look, samples: { split: 'val', indices: [1e9] } },
      { requestId: 7, message: /\S/ },
    ],
    [
      { ...look, samples: { split: 'none', indices: [0] } },
      { requestId: 7, message: /\S/ },
    ],
    [
      { ...look, surface: { columns: -1, rows: 1 } },
      { requestId: 7, message: /\S/ },
    ],
  ];
  const until = async (/** @type {(message: any) => boolean} */ isIt) => {
    while (!heard.some(isIt)) await new Promise((resolve) => setTimeout(resolve, 5));
    return heard.find(isIt);
  };
  await until(({ type }) => type === 'paused' || type === 'started');
  for (const [message, expected] of junk) {
    heard.length = 0;
    send(message);
    const answer = await until(({ type }) => type === 'failed' || type === 'rejected');
    assert.deepEqual([answer.runId, answer.requestId], [expected.runId ?? null, expected.requestId ?? null]);
    assert.match(answer.message, expected.message);
    assert.ok(!answer.fatal, `${expected.message} ends the worker`);
  }
  send({ type: 'resume', runId: 1 });
  assert.equal((await until(({ type }) => type === 'finished')).digest, (await finish(SHORT)).digest);
  send({ type: 'preview', requestId: 9, config: SHORT });
  assert.equal((await until(({ type }) => type === 'previewed')).totalSteps, 400);
});

test('an engine that cannot be loaded is said at once, to all who wait and to all who come later', async () => {
  const causes = [
    new TrainerError('build', null, 'Trainscope is not built yet: run ./build.sh build.'),
    new TypeError('Failed to fetch'),
    'no reason at all',
  ];
  for (const cause of causes) {
    const message = cause instanceof Error ? cause.message : cause;
    let attempts = 0;
    /** @type {string[]} */
    const said = [];
    const stillborn = connect(
      () => {
        attempts++;
        return Promise.reject(cause);
      },
      { onUnusable: (reason) => said.push(reason), onRestarted: () => assert.fail('it was never ready'), stuckMs: 1e6 },
    );
    const asked = stillborn.ask('preview', { config: {} });
    const waiting = follow((listener) => stillborn.start({ config: SHORT }, listener));
    waiting.run.pause();
    await assert.rejects(asked, { code: 'worker-lost', message });
    assert.equal(waiting.heard.failed[0].message, message);
    assert.deepEqual(said, [message]);

    await assert.rejects(stillborn.ask('preview', { config: {} }), { message });
    await assert.rejects(stillborn.loadData([{ name: 'a.csv', blob: new Blob(['a,label\n1,x\n']) }], {}), { message });
    const late = follow((listener) => stillborn.start({ config: SHORT }, listener));
    assert.equal((await late.next('failed')).message, message);
    assert.ok(late.run.ended);
    assert.deepEqual([attempts, said.length], [1, 1]);
  }
});

test('a worker that breaks before it was ready is not opened again', async () => {
  let opened = 0;
  let breakDown = (/** @type {string} */ _reason) => {};
  /** @type {string[]} */
  const said = [];
  const broken = new WorkerClient({
    openPort: () => {
      opened++;
      const onBroken = (/** @type {(reason: string) => void} */ fail) => {
        breakDown = fail;
      };
      return { send: () => {}, listen: () => {}, onBroken, close: () => {} };
    },
    onUnusable: (message) => said.push(message),
  });
  const asked = broken.ask('glimpse', { config: {}, count: 1 });
  breakDown('The worker could not be loaded.');
  await assert.rejects(asked, { message: 'The worker could not be loaded.' });
  assert.deepEqual([said, opened], [['The worker could not be loaded.'], 1]);
});

test('a question that takes longer than a worker may be silent is answered, and no run is lost over it', async () => {
  const engine = await createEngine();
  const patient = connect(async () => engine, { onRestarted: () => assert.fail('it was at work'), stuckMs: 1500 });
  await patient.ready;
  // A file whose parts come slowly, as those of a large one do.
  const lines = ['a,label\n', ...Array.from({ length: 10 }, (_, i) => `${i},${i % 2 ? 'x' : 'y'}\n`)];
  const stream = () =>
    new ReadableStream({
      async start(controller) {
        for (const line of lines) {
          await new Promise((resolve) => setTimeout(resolve, 250));
          controller.enqueue(new TextEncoder().encode(line));
        }
        controller.close();
      },
    });
  const blob = /** @type {Blob} */ (/** @type {unknown} */ ({ stream, size: 100 }));
  const began = performance.now();
  const { trainCount, valCount } = await patient.loadData([{ name: 'slow.csv', blob }], {});
  assert.equal(trainCount + valCount, 10);
  assert.ok(performance.now() - began > 2000);
  patient.dispose();
});

test('a run that has ended is not made a failed one: not by the loss of its worker, nor by what is asked of it later', async () => {
  /** @type {(reason: string) => void} */
  let breakDown = () => {};
  const fragile = new WorkerClient({
    openPort: () => {
      const port = openThread();
      return {
        ...port,
        onBroken: (fail) => {
          breakDown = fail;
          port.onBroken(fail);
        },
      };
    },
  });
  const ended = follow((listener) => fragile.start({ config: SHORT }, listener));
  const { digest } = await ended.end();
  const going = follow((listener) => fragile.start({ config: { ...SHORT, steps: 1e6 } }, listener));
  await going.next('started');
  const lost = going.next('failed');
  breakDown('The worker broke.');
  assert.equal((await lost).message, 'The worker broke.');
  assert.deepEqual([ended.heard.failed, ended.heard.rejected], [[], []]);
  await assert.rejects(ended.run.ask('look'), { code: 'unknown-run' });
  ended.run.stop();
  ended.run.step(Number.NaN);
  // The next worker trains to the same bits.
  const again = follow((listener) => fragile.start({ config: SHORT }, listener));
  assert.equal((await again.end()).digest, digest);
  assert.deepEqual(ended.heard.failed, []);
  fragile.dispose();
});

test('what can never fit into memory is known beforehand, and the run that goes on is not touched', async () => {
  const { run, next } = start({ ...SHORT, steps: 1e6 });
  await next('started');
  const huge = { ...SHORT, model: 'linear(11000) linear(11000)' };
  const never = await client.ask('preview', { config: huge });
  assert.ok(never.facts && never.facts.memory > 1e9);
  assert.deepEqual([never.fits, never.problem], [false, null]);
  assert.equal((await start(huge).next('rejected')).code, 'memory');
  assert.equal((await client.ask('preview', { config: SHORT })).fits, true);
  run.stop();
  assert.equal((await next('finished')).reason, 'stopped');
});

test('a message with a wrong member does not cost its run anything', async () => {
  const { run, heard, next } = start(SHORT, { paused: true });
  await next('started');
  for (const wrong of [Number.NaN, 'fast', null, {}, [], undefined]) {
    run.setSpeed(/** @type {any} */ (wrong));
    run.step(/** @type {any} */ (wrong ?? Number.NaN));
    run.adjust(/** @type {any} */ (wrong), 1);
  }
  run.resume();
  const { digest } = await next('finished');
  assert.equal(digest, (await finish(SHORT)).digest);
  assert.equal(heard.failed.length, 0);
  assert.ok(heard.rejected.length >= 12);
  assert.ok(heard.rejected.every(({ message }) => message.length > 0));
});

test('one step that takes longer than a worker may be silent is no death: it says so before it begins', async (t) => {
  let silences = 0;
  const onRestarted = () => assert.fail('it was at work');
  const patient = new WorkerClient({ openPort: openThread, onRestarted, onSilent: () => silences++, stuckMs: 40 });
  t.after(() => patient.dispose());
  await patient.ready;
  // A step of some hundred milliseconds, in one piece.
  const config = { ...SHORT, model: 'linear(2400) tanh linear(2400)', lr: 1e-4, steps: 2, batch: 128, eval_every: 0 };
  const { run, heard, next } = follow((listener) => patient.start({ config }, listener));
  await next('started');
  run.pause();
  await next('paused');
  assert.ok(silences > 0, 'whoever asked is told that it may take long');
  run.resume();
  assert.equal((await next('finished')).step, 2);
  assert.deepEqual(heard.failed, []);
});

test('a worker that is ended by hand in the middle of a long step is replaced', async (t) => {
  /** @type {WorkerClient} */
  const impatient = new WorkerClient({ openPort: openThread, onSilent: () => impatient.giveUp(), stuckMs: 40 });
  t.after(() => impatient.dispose());
  await impatient.ready;
  const config = { ...SHORT, model: 'linear(2400) tanh linear(2400)', lr: 1e-4, steps: 1e6, batch: 128 };
  const { run, next } = follow((listener) => impatient.start({ config }, listener));
  await next('started');
  const failed = next('failed');
  run.pause();
  assert.equal((await failed).code, 'given-up');
  const { end } = follow((listener) => impatient.start({ config: SHORT }, listener));
  assert.equal((await end()).digest, (await finish(SHORT)).digest);
});

test('a run that can never fit costs no ended run, also where memory is crowded', async (t) => {
  const engine = await createEngine();
  const { limit, total } = engine.memory;
  const full = new Proxy(engine, {
    get(target, name) {
      if (name === 'memory') return { used: 0.9 * limit, total, limit };
      const member = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const crowded = connect(async () => full, {});
  t.after(() => crowded.dispose());
  const { run, end } = follow((listener) => crowded.start({ config: SHORT }, listener));
  await end();
  const huge = { ...SHORT, model: 'linear(11000) linear(11000)' };
  const refused = follow((listener) => crowded.start({ config: huge }, listener));
  assert.equal((await refused.next('rejected')).code, 'memory');
  assert.equal((await run.ask('look')).step, SHORT.steps);
});

test('a map of the loss around a run: told bit by bit, given up at once, and the run goes on to the same bits', async () => {
  const settings = { ...SHORT, steps: 3000, eval_every: 0 };
  const { run, next, end } = start(settings, { stepsPerSecond: 2000 });
  await next('started');
  run.pause();
  await next('paused');
  run.step(120);
  const { step } = await next('paused');
  /** @type {any[]} */
  const told = [];
  run.resume();
  const { map } = await run.ask(
    'slice',
    { options: { places: 9, loss_samples: 64 } },
    { progress: (news) => told.push(news) },
  );
  assert.ok(map.step >= step);
  assert.equal(told.filter(({ frame }) => frame).length, 1);
  assert.ok(told.some(({ walked }) => walked));
  assert.equal(
    told.reduce((sum, { found }) => sum + (found?.losses.length ?? 0), 0),
    81,
  );
  const engine = await createEngine();
  const direct = engine.createTrainer(engine.parseConfig(settings).config);
  const path = [];
  for (const point of map.path) {
    direct.step(point.step - direct.stepsTaken);
    path.push({ step: point.step, parameters: direct.parameters });
  }
  const slice = direct.slice({ ...map.options, path });
  assert.deepEqual(slice.path, map.path);
  assert.equal(slice.lossAt(map.region.a[0], map.region.b[0]), map.losses[0]);
  const controller = new AbortController();
  const given = run.ask(
    'slice',
    { options: { places: 257 } },
    { signal: controller.signal, progress: ({ found }) => found && controller.abort() },
  );
  await assert.rejects(given, { code: 'cancelled' });
  await assert.rejects(run.ask('slice', { options: { plane: 'flat' } }), { code: 'setting', field: 'plane' });
  const { digest } = await end();
  direct.step(Infinity);
  assert.equal(digest, direct.digest());
  slice.dispose();
  direct.dispose();
});
