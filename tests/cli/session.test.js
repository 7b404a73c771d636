/** The run loop by itself, without any Worker: its clock and its yielding are the test's. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Session } from '../../web/engine/run/session.js';
import { createEngine } from '../../web/platform/node/index.js';

const BASE = { dataset: 'moons', samples: 200, steps: 60, eval_every: 20, batch: 16 };

const engine = await createEngine();
const dataset = engine.generateDataset(engine.parseConfig(BASE).config);
after(() => dataset.dispose());

/** @param {Record<string, any>} [settings] */
function makeTrainer(settings = {}) {
  return engine.createTrainer(engine.parseConfig({ ...BASE, ...settings }).config, dataset);
}

/**
 * A session on a clock that moves a millisecond with every look at it, and that calls `between` at each yield.
 *
 * @param {import('../../web/engine/run/trainer.js').Trainer} trainer
 * @param {{ between?: (count: number) => void, sliceMs?: number } & Partial<import('../../web/engine/run/session.js').SessionOptions>} [options]
 */
function makeSession(trainer, { between = () => {}, sliceMs = 12, ...options } = {}) {
  let time = 0;
  let yields = 0;
  return new Session(trainer, {
    now: () => time++,
    yieldNow: async (ms = 0) => {
      time += ms;
      between(yields++);
    },
    sliceMs,
    ...options,
  });
}

/** @param {Record<string, any>} [settings] */
async function digestOf(settings) {
  const trainer = makeTrainer(settings);
  await makeSession(trainer).run();
  const digest = trainer.digest();
  trainer.dispose();
  return digest;
}

test('runs to the end, evaluates in between and at the end, and remembers the best', async () => {
  const trainer = makeTrainer({ steps: 50 });
  /** @type {import('../../web/engine/run/session.js').Evaluation[]} */
  const evaluations = [];
  let rows = 0;
  const session = makeSession(trainer, {
    observer: {
      rows: (_packed, count) => {
        rows += count;
      },
      evaluated: (evaluation) => evaluations.push(evaluation),
    },
  });
  const end = await session.run();
  assert.equal(end.reason, 'complete');
  assert.equal(rows, 50);
  assert.deepEqual(
    evaluations.map(({ step }) => step),
    [20, 40, 50],
  );
  assert.deepEqual(end.val, { loss: evaluations[2].val_loss, accuracy: evaluations[2].val_accuracy });
  assert.deepEqual(end.val, trainer.evaluate('val'));
  assert.deepEqual(end.train, trainer.evaluate('train'));
  const best = Math.min(...evaluations.map(({ val_loss }) => /** @type {number} */ (val_loss)));
  assert.equal(trainer.summary().best_loss, best);
  assert.ok(session.over);
});

test('slices change nothing: the bits are those of stepping in one go', async () => {
  for (const batch of [16, 0]) {
    const trainer = makeTrainer({ batch });
    trainer.step(60);
    const digests = [];
    for (const sliceMs of [1, 3, 1000]) {
      const sliced = makeTrainer({ batch });
      await makeSession(sliced, { sliceMs }).run();
      digests.push(sliced.digest());
      sliced.dispose();
    }
    assert.deepEqual(digests, [trainer.digest(), trainer.digest(), trainer.digest()]);
    trainer.dispose();
  }
});

test('pause holds the run still, resume goes on to the same bits', async () => {
  const trainer = makeTrainer();
  /** @type {number[]} */
  const pausedAt = [];
  const session = makeSession(trainer, {
    sliceMs: 2,
    observer: { paused: (step) => pausedAt.push(step) },
    between: (count) => {
      if (count !== 3) return;
      session.pause();
      const taken = trainer.stepsTaken;
      setTimeout(() => {
        assert.equal(trainer.stepsTaken, taken);
        session.resume();
      }, 20);
    },
  });
  await session.run();
  assert.equal(pausedAt.length, 1);
  assert.ok(pausedAt[0] > 0 && pausedAt[0] < 60);
  assert.equal(trainer.digest(), await digestOf({}));
  trainer.dispose();
});

test('step takes so many steps, evaluates what falls due, and pauses', async () => {
  const trainer = makeTrainer();
  /** @type {number[]} */
  const evaluated = [];
  /** @type {number[]} */
  const pausedAt = [];
  const session = makeSession(trainer, {
    paused: true,
    observer: {
      evaluated: ({ step }) => evaluated.push(step),
      paused: (step) => {
        pausedAt.push(step);
        if (step === 1) session.step(19);
        if (step === 20) setTimeout(() => session.step(1000), 5);
      },
    },
  });
  const run = session.run();
  session.step(1);
  const { reason } = await run;
  assert.equal(reason, 'complete');
  assert.deepEqual(pausedAt, [1, 20]);
  assert.deepEqual(evaluated, [20, 40, 60]);
  trainer.dispose();
});

test('adjust is recorded, and the recorded change replays to the same bits', async () => {
  const trainer = makeTrainer();
  const session = makeSession(trainer, {
    sliceMs: 2,
    between: (count) => {
      if (count === 2) session.adjust('lr', 0.3);
      if (count === 5) session.adjust('clip', 'norm');
    },
  });
  await session.run();
  const { changes } = trainer.config;
  assert.equal(changes.length, 2);
  assert.equal(trainer.config.lr, 0.02);
  assert.equal(trainer.digest(), await digestOf({ changes }));
  assert.notEqual(trainer.digest(), await digestOf({}));
  trainer.dispose();
});

test('adjust refuses what is not live or out of range, and the run goes on', async () => {
  const trainer = makeTrainer();
  const session = makeSession(trainer);
  for (const [field, value] of [
    ['batch', 8],
    ['nonsense', 1],
    ['lr', -1],
    ['lr', NaN],
    ['clip', 'sometimes'],
  ]) {
    assert.throws(() => session.adjust(/** @type {string} */ (field), value), { name: 'TrainerError' });
  }
  assert.equal((await session.run()).reason, 'complete');
  assert.deepEqual(trainer.config.changes, []);
  trainer.dispose();
});

test('a live eval_every is obeyed from the next step on', async () => {
  const trainer = makeTrainer();
  /** @type {number[]} */
  const evaluated = [];
  const session = makeSession(trainer, {
    observer: {
      evaluated: ({ step }) => {
        evaluated.push(step);
        if (step === 20) session.adjust('eval_every', 7);
      },
    },
  });
  await session.run();
  assert.deepEqual(evaluated, [20, 21, 28, 35, 42, 49, 56, 60]);
  trainer.dispose();
});

test('recorded changes of what is measured replay at their steps, whatever the slices are', async () => {
  const measure = async (/** @type {Record<string, any>} */ settings, sliceMs = 12) => {
    const trainer = makeTrainer(settings);
    /** @type {{ evaluated: number[], sharpened: number[] }} */
    const found = { evaluated: [], sharpened: [] };
    const observer = {
      evaluated: (/** @type {{ step: number }} */ { step }) => found.evaluated.push(step),
      sharpened: (/** @type {{ step: number }} */ { step }) => found.sharpened.push(step),
    };
    await makeSession(trainer, { sliceMs, observer }).run();
    const best = trainer.summary().best_step;
    trainer.dispose();
    return { ...found, best };
  };
  const changes = '6:eval_every=5,20:eval_every=7,30:eval_every=0,8:sharpness_every=15,40:sharpness_every=10';
  const expected = { evaluated: [10, 15, 20, 21, 28, 60], sharpened: [15, 30, 50, 60] };
  for (const sliceMs of [1, 3, 12, 1e9]) {
    const { best, ...found } = await measure({ eval_every: 50, changes }, sliceMs);
    assert.deepEqual(found, expected, `${sliceMs} ms`);
    assert.ok(expected.evaluated.includes(best));
  }

  // As it was recorded: live changes and their replay measure at the same steps.
  const trainer = makeTrainer();
  /** @type {number[]} */
  const live = [];
  const session = makeSession(trainer, {
    observer: {
      evaluated: ({ step }) => {
        live.push(step);
        if (step === 20) session.adjust('eval_every', 7);
      },
    },
  });
  await session.run();
  const { evaluated } = await measure({ changes: trainer.config.changes });
  assert.deepEqual(evaluated, live);
  trainer.dispose();
});

test('stop ends the run where it stands, paused or not', async () => {
  for (const paused of [false, true]) {
    const trainer = makeTrainer();
    const session = makeSession(trainer, { paused, sliceMs: 2, between: (count) => count === 2 && session.stop() });
    if (paused) setTimeout(() => session.stop(), 5);
    const { reason, train } = await session.run();
    assert.equal(reason, 'stopped');
    assert.equal(train, null);
    assert.ok(trainer.stepsTaken < 60);
    trainer.dispose();
  }
});

test('a diverged run ends with reason "diverged" and its last finite parameters', async () => {
  const trainer = makeTrainer({ lr: 1e6, model: 'linear(8)*4', loss: 'squared_error' });
  const { reason, train } = await makeSession(trainer).run();
  assert.equal(reason, 'diverged');
  assert.ok(train);
  assert.equal(trainer.summary().diverged_at, trainer.stepsTaken);
  trainer.dispose();
});

test('the speed limit spreads the steps over time', async () => {
  let time = 0;
  const trainer = makeTrainer({ steps: 30, eval_every: 0 });
  const session = new Session(trainer, {
    now: () => time,
    yieldNow: async (ms = 0) => {
      time += Math.max(ms, 1);
    },
    stepsPerSecond: 10,
  });
  await session.run();
  assert.ok(time > 2800 && time < 3100, `${time} ms`);
  trainer.dispose();
});

test('sharpness is measured every so many steps and changes nothing', async () => {
  const trainer = makeTrainer({ sharpness_every: 25 });
  /** @type {import('../../web/engine/run/session.js').Sharpness[]} */
  const measured = [];
  await makeSession(trainer, { observer: { sharpened: (sharpness) => measured.push(sharpness) } }).run();
  assert.deepEqual(
    measured.map(({ step }) => step),
    [25, 50],
  );
  for (const { value } of measured) assert.ok(value > 0);
  assert.equal(trainer.digest(), await digestOf({}));
  trainer.dispose();
});

test('without validation data the best is the lowest smoothed training loss', async () => {
  const bare = engine.createDataset({
    images: Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
    labels: Uint8Array.from({ length: 20 }, (_, i) => i % 2),
    shape: [2],
    classes: 2,
  });
  const trainer = engine.createTrainer(engine.parseConfig({ steps: 20, eval_every: 5, batch: 0 }).config, bare);
  /** @type {import('../../web/engine/run/session.js').Evaluation[]} */
  const evaluations = [];
  const end = await makeSession(trainer, { observer: { evaluated: (one) => evaluations.push(one) } }).run();
  assert.equal(end.val, null);
  assert.deepEqual(
    evaluations.map(({ val_loss, val_accuracy }) => [val_loss, val_accuracy]),
    Array.from({ length: 4 }, () => [null, null]),
  );
  assert.equal(trainer.summary().best_loss, Math.min(...evaluations.map(({ train_loss }) => train_loss)));
  trainer.dispose();
  bare.dispose();
});

test('an observer can make the run wait', async () => {
  const trainer = makeTrainer();
  let waits = 0;
  const session = makeSession(trainer, {
    sliceMs: 2,
    observer: {
      sliced: async () => {
        const taken = trainer.stepsTaken;
        await new Promise((resolve) => setTimeout(resolve, 1));
        assert.equal(trainer.stepsTaken, taken);
        waits++;
      },
    },
  });
  await session.run();
  assert.ok(waits > 2);
  trainer.dispose();
});
