/** The library's trainer against closed forms, and its promises about state, memory and live changes. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createEngineFrom } from '../../web/engine/engine.js';
import { meanClipScale, shareAbove } from '../../web/engine/run/norm_bars.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

const POINTS = { dataset: 'moons', samples: 200, val_samples: 50, steps: 300, model: 'linear(16) tanh' };

/**
 * @param {import('../../web/engine/config/config.js').GivenConfig} config
 * @param {import('../../web/engine/data/dataset.js').Dataset | undefined} dataset
 * @param {(trainer: import('../../web/engine/run/trainer.js').Trainer) => void} use
 */
function withTrainer(config, dataset, use) {
  const trainer = engine.createTrainer(config, dataset);
  try {
    use(trainer);
  } finally {
    trainer.dispose();
  }
}

/** Three samples of two numbers in three classes. */
function tinyData() {
  return engine.createDataset({
    images: Float32Array.of(1, 2, -1, 0.5, 3, -2),
    labels: Uint8Array.of(0, 2, 1),
    shape: [2],
    classes: 3,
  });
}

// ---- closed forms ----------------------------------------------------------------------------------------------------

test('logistic regression from zero: loss ln 3, gradient (p - y) xᵀ / n', () => {
  const dataset = tinyData();
  withTrainer({ model: '', init_gain: 0, batch: 0, optimizer: 'sgd', lr: 0.5, steps: 1 }, dataset, (trainer) => {
    assert.deepEqual(
      trainer.parameters.map(({ name, shape }) => [name, shape]),
      [
        ['out.weight', [3, 2]],
        ['out.bias', [3]],
      ],
    );
    const { loss, gradient } = trainer.lossAndGradient([0, 2]);
    assertNear(loss, Math.log(3), 1e-6);
    const third = 1 / 3;
    // Samples (1, 2) of class 0 and (3, -2) of class 1.
    const expected = [
      ((third - 1) * 1 + third * 3) / 2,
      ((third - 1) * 2 + third * -2) / 2,
      (third * 1 + (third - 1) * 3) / 2,
      (third * 2 + (third - 1) * -2) / 2,
      (third * 1 + third * 3) / 2,
      (third * 2 + third * -2) / 2,
    ];
    assertClose(gradient[0].data, expected, 1e-6);
    assertClose(gradient[1].data, [(2 * third - 1) / 2, (2 * third - 1) / 2, third], 1e-6);
    assert.deepEqual(
      gradient.map(({ name, shape }) => [name, shape]),
      [
        ['out.weight', [3, 2]],
        ['out.bias', [3]],
      ],
    );

    const full = trainer.lossAndGradient([0, 1, 2]);
    const [row] = trainer.step(1);
    assertNear(row.loss, Math.log(3), 1e-6);
    const norm = Math.sqrt(sumSquares(full.gradient));
    assertNear(row.grad_norm, norm, 1e-6);
    trainer.parameters.forEach(({ data }, i) => {
      const moved = full.gradient[i].data.map((g) => -0.5 * g);
      assertClose(data, moved, 1e-6);
    });
  });
  dataset.dispose();
});

test('regression from zero: loss ½ mean Σ y², accuracy null', () => {
  const dataset = engine.createDataset({
    images: Float32Array.of(1, 2, 3, 4),
    targets: Float32Array.of(1, -2, 3, 0, 0.5, 1, 2, 2),
    shape: [1],
    validation: { images: Float32Array.of(5), targets: Float32Array.of(3, 4) },
  });
  withTrainer({ model: '', init_gain: 0 }, dataset, (trainer) => {
    assert.equal(trainer.config.loss, 'squared_error');
    assert.equal(trainer.config.dataset, 'custom');
    assert.deepEqual(trainer.evaluate('val'), { loss: 12.5, accuracy: null });
    assert.deepEqual(trainer.evaluate('train'), { loss: (5 + 9 + 1.25 + 8) / 8, accuracy: null });
    assertClose(trainer.lossAndGradient([0, 1]).gradient[0].data, [-(1 * 1 + 2 * 3) / 2, (1 * 2) / 2], 1e-6);
    assert.deepEqual(trainer.predict('train', [0, 3]), new Float32Array(4));
  });
  dataset.dispose();
});

test('without validation data there is nothing to evaluate', () => {
  const dataset = tinyData();
  withTrainer({ model: '' }, dataset, (trainer) => {
    assert.equal(trainer.evaluate('val'), null);
    assert.ok(trainer.evaluate('train'));
    assert.throws(() => trainer.evaluate(/** @type {any} */ ('test')), { code: 'argument', field: 'split' });
  });
  dataset.dispose();
});

test('norm clipping multiplies by λ / norm', () => {
  const dataset = tinyData();
  const config = { model: '', batch: 0, optimizer: 'sgd', lr: 1, clip: 'norm', clip_norm: 0.25 };
  withTrainer(config, dataset, (trainer) => {
    const before = trainer.parameters;
    const { gradient } = trainer.lossAndGradient([0, 1, 2]);
    const [row] = trainer.step();
    const norm = Math.sqrt(sumSquares(gradient));
    assert.ok(norm > 0.25);
    assertNear(row.clip_scale, 0.25 / norm, 1e-6);
    assert.equal(row.clip_threshold, 0.25);
    const moved = trainer.parameters.map(({ data }, i) => ({
      data: data.map((value, k) => value - before[i].data[k]),
    }));
    assertNear(Math.sqrt(sumSquares(moved)), 0.25, 1e-5);
  });
  dataset.dispose();
});

test('L2 weight decay pulls weights, not biases', () => {
  const dataset = tinyData();
  const config = { model: '', batch: 0, optimizer: 'sgd', lr: 0.1, weight_decay: 0.5 };
  withTrainer(config, dataset, (trainer) => {
    trainer.setParameters([{ data: Float32Array.of(1, 2, 3, 4, 5, 6) }, { data: Float32Array.of(1, 1, 1) }]);
    const { gradient } = trainer.lossAndGradient([0, 1, 2]);
    trainer.step();
    const [weight, bias] = trainer.parameters;
    assertClose(
      weight.data,
      [1, 2, 3, 4, 5, 6].map((w, i) => w - 0.1 * (gradient[0].data[i] + 0.5 * w)),
      1e-6,
    );
    assertClose(
      bias.data,
      [1, 1, 1].map((b, i) => b - 0.1 * gradient[1].data[i]),
      1e-6,
    );
  });
  dataset.dispose();
});

test('sharpness of linear least squares is the largest eigenvalue of the data', () => {
  // ½ mean (w x + b - y)²: the Hessian is the mean of (x, 1)(x, 1)ᵀ.
  const dataset = engine.createDataset({
    images: Float32Array.of(1, 2, 3, 4),
    targets: new Float32Array(4),
    shape: [1],
  });
  withTrainer({ model: '' }, dataset, (trainer) => {
    const [a, b, d] = [30 / 4, 10 / 4, 1];
    const expected = (a + d) / 2 + Math.sqrt(((a - d) / 2) ** 2 + b * b);
    assertNear(trainer.sharpness({ samples: 4, iterations: 10 }), expected, 1e-3 * expected);
    const digest = trainer.digest();
    trainer.sharpness();
    assert.equal(trainer.digest(), digest);
    assert.throws(() => trainer.sharpness({ samples: 0 }), { code: 'argument', field: 'samples' });
  });
  dataset.dispose();
});

// ---- steps -----------------------------------------------------------------------------------------------------------

test('step returns plain rows, fewer at the end, then none', () => {
  withTrainer({ ...POINTS, warmup_steps: 3, steps: 7 }, undefined, (trainer) => {
    assert.equal(trainer.totalSteps, 10);
    assert.deepEqual(trainer.step(0), []);
    const rows = [...trainer.step(), ...trainer.step(4), ...trainer.step(100)];
    assert.deepEqual(
      rows.map(({ step }) => step),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.deepEqual(Object.keys(rows[0]), [...engine.schema.metrics.map(({ name }) => name), 'diverged']);
    assert.deepEqual(trainer.step(5), []);
    assert.equal(trainer.stepsTaken, 10);
    assert.deepEqual(
      Float32Array.from(rows, ({ lr }) => lr),
      engine.learningRates(trainer.config),
    );
    for (const count of [-1, 1.5, NaN, '3']) {
      assert.throws(() => trainer.step(/** @type {any} */ (count)), { code: 'argument', field: 'count' });
    }
  });
});

test('packed rows are the same rows', () => {
  const config = { ...POINTS, steps: 2000 };
  const columns = engine.schema.metrics.map(({ name }) => name);
  const [width, loss] = [columns.length, columns.indexOf('loss')];
  withTrainer(config, undefined, (trainer) => {
    const plain = trainer.step(1500);
    withTrainer(config, undefined, (packed) => {
      let seen = 0;
      while (seen < 1500) {
        const { rows, rowCount } = packed.advancePacked(1500 - seen);
        const [words, floats] = [new Int32Array(rows), new Float32Array(rows)];
        assert.equal(words.length, width * rowCount);
        for (let i = 0; i < rowCount; i++, seen++) {
          assert.equal(words[width * i], seen);
          assert.equal(floats[width * i + loss], plain[seen].loss);
        }
      }
      assert.equal(packed.digest(), trainer.digest());
    });
  });
});

test('the accuracy of a batch is the share that the network gets right', () => {
  for (const loss of ['cross_entropy', 'squared_error']) {
    // At rate 0 the network stays, so one epoch's batches are together what an evaluation sees.
    withTrainer({ ...POINTS, loss, lr: 0, batch: 8, steps: 50 }, undefined, (trainer) => {
      const evaluated = trainer.evaluate('train')?.accuracy ?? NaN;
      const epochs = trainer.step(50).map(({ accuracy }) => accuracy);
      assert.ok(epochs.every((share) => Number.isInteger(8 * share)));
      assert.ok(new Set(epochs).size > 2, 'batches differ');
      for (const epoch of [epochs.slice(0, 25), epochs.slice(25)])
        assertNear(epoch.reduce((sum, share) => sum + share, 0) / 25, evaluated, 1e-6);
      // And what an evaluation sees is what the predictions say.
      const all = Array.from({ length: 200 }, (_, i) => i);
      const outputs = trainer.predict('train', all);
      const guesses = all.map((i) => Number(outputs[2 * i + 1] > outputs[2 * i]));
      const { labels } = trainer.dataset.readSamples('train', all);
      assertNear(guesses.filter((guess, i) => guess === labels?.[i]).length / 200, evaluated, 1e-9);
    });
  }
  withTrainer({ dataset: 'plane', steps: 3 }, undefined, (trainer) => {
    for (const row of trainer.step(3)) assert.ok(Number.isNaN(row.accuracy) && Number.isNaN(row.smoothed_accuracy));
  });
});

test('a diverged step is recorded and not applied, and the run has ended', () => {
  const dataset = engine.createDataset({
    images: Float32Array.of(1e20, -1e20, 1, 2),
    targets: Float32Array.of(1, 2, 3, 4),
    shape: [1],
  });
  withTrainer({ model: 'linear(4) relu', batch: 0, lr: 1 }, dataset, (trainer) => {
    const rows = trainer.step(100);
    assert.ok(rows.at(-1)?.diverged);
    assert.ok(rows.length < 100);
    assert.equal(trainer.stepsTaken, rows.length - 1);
    assert.equal(trainer.summary().diverged_at, rows.at(-1)?.step);
    assert.ok(trainer.parameters.every(({ data }) => data.every(Number.isFinite)));
    assert.deepEqual(trainer.step(5), []);
  });
  dataset.dispose();
});

test('a full batch is cut into chunks and gives the rows of whole steps', () => {
  const config = { ...POINTS, samples: 1000, batch: 0, steps: 5 };
  withTrainer(config, undefined, (whole) => {
    whole.step(5);
    withTrainer(config, undefined, (cut) => {
      let calls = 0;
      while (cut.stepsTaken < 5) {
        const { rowCount } = cut.advancePacked(5, () => true);
        calls++;
        assert.equal(cut.midStep, rowCount === 0);
      }
      assert.ok(calls > 5);
      assert.equal(cut.digest(), whole.digest());
    });
  });
});

test('a batch larger than the data says so', () => {
  withTrainer({ ...POINTS, batch: 500 }, undefined, (trainer) => {
    assert.equal(trainer.batchRows, 200);
    assert.match(trainer.notices[0], /500.*200/);
  });
  withTrainer({ ...POINTS, batch: 0 }, undefined, (trainer) => assert.deepEqual(trainer.notices, []));
});

// ---- state -----------------------------------------------------------------------------------------------------------

const STATEFUL = {
  ...POINTS,
  optimizer: 'adam',
  model: 'linear(16) batchnorm tanh dropout(0.2)',
  clip: 'adaptive',
  schedule: 'cosine',
};

test('a snapshot restored goes on to the same bits', () => {
  withTrainer(STATEFUL, undefined, (trainer) => {
    trainer.step(100);
    const snapshot = structuredClone(trainer.snapshot());
    const rows = trainer.step(100);
    const digest = trainer.digest();
    const summary = trainer.summary();
    trainer.restore(snapshot);
    assert.equal(trainer.stepsTaken, 100);
    assert.deepEqual(trainer.step(100), rows);
    assert.equal(trainer.digest(), digest);
    assert.deepEqual(trainer.summary(), summary);
    withTrainer(STATEFUL, undefined, (other) => {
      other.restore(snapshot);
      assert.deepEqual(other.step(100), rows);
      assert.equal(other.digest(), digest);
    });
  });
});

test('a snapshot takes config.changes along, and back', () => {
  const { config } = engine.parseConfig(POINTS);
  withTrainer(config, undefined, (trainer) => {
    trainer.step(10);
    trainer.set({ lr: 0.5 });
    const snapshot = trainer.snapshot();
    trainer.step(10);
    trainer.set({ lr: 0.01, clip: 'norm' });
    assert.equal(trainer.config.changes.length, 3);
    assert.equal(trainer.settings.clip, 'norm');
    trainer.restore(snapshot);
    const expected = [{ step: 10, field: 'lr', value: 0.5 }];
    assert.deepEqual(trainer.config.changes, expected);
    assert.deepEqual(config.changes, expected);
    assert.equal(trainer.settings.clip, 'off');
    assert.ok(Math.abs(trainer.step()[0].lr - 0.5) < 1e-6);
  });
});

test('a snapshot of other settings, models or data is refused', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    const snapshot = trainer.snapshot();
    for (const other of [
      { seed: 2 },
      { model: 'linear(17) tanh' },
      { optimizer: 'sgd' },
      { data_seed: 9 },
      { samples: 100 },
    ]) {
      withTrainer({ ...POINTS, ...other }, undefined, (stranger) => {
        assert.throws(() => stranger.restore(snapshot), { code: 'argument', field: 'snapshot' });
      });
    }
    withTrainer({ ...POINTS, lr: 5 }, undefined, (same) => same.restore(snapshot));
    for (const wrong of [null, {}, { ...snapshot, state: snapshot.state.slice(16) }]) {
      assert.throws(() => trainer.restore(/** @type {any} */ (wrong)), { code: 'argument', field: 'snapshot' });
    }
  });
});

test('measuring changes nothing of a run, even inside a large step', () => {
  const config = { ...STATEFUL, dataset: 'spiral', samples: 600, batch: 100, steps: 40, sharpness_every: 3 };
  /** @param {boolean} measures */
  const run = (measures) => {
    let digest = '';
    withTrainer(config, undefined, (trainer) => {
      for (let i = 0; i < 40; i++) {
        trainer.step();
        if (!measures) continue;
        trainer.evaluate('val');
        trainer.lossAndGradient([i, 2 * i, 3 * i]);
        trainer.predict('train', [1, 2, 3]);
        trainer.predictInputs(Float32Array.of(0.5, 0.5));
        if (i % 10 === 0) trainer.sharpness({ samples: 64, iterations: 3 });
        trainer.snapshot();
        trainer.digest();
      }
      digest = trainer.digest();
    });
    return digest;
  };
  assert.equal(run(true), run(false));

  const full = { ...POINTS, samples: 1000, batch: 0, steps: 3 };
  withTrainer(full, undefined, (whole) => {
    whole.step(3);
    withTrainer(full, undefined, (cut) => {
      while (cut.stepsTaken < 3) {
        cut.advancePacked(1, () => true);
        if (Math.random() < 0.3) cut.evaluate('val');
      }
      cut.lossAndGradient([1]);
      assert.equal(cut.digest(), whole.digest());
    });
  });
});

test('trainers in one module are independent, also on memory that others have used', async () => {
  const settings = [POINTS, STATEFUL, { ...POINTS, seed: 7, optimizer: 'nesterov' }];
  const alone = await Promise.all(
    settings.map(async (config) => {
      const fresh = await createEngineFrom(await readFile(new URL('../../build/trainscope.wasm', import.meta.url)));
      const trainer = fresh.createTrainer(config);
      trainer.step(90);
      return trainer.digest();
    }),
  );
  const trainers = settings.map((config) => engine.createTrainer(config));
  for (let i = 0; i < 30; i++) for (const trainer of trainers) trainer.step(3);
  assert.deepEqual(
    trainers.map((trainer) => trainer.digest()),
    alone,
  );
  for (const trainer of trainers) trainer.dispose();
});

// ---- live changes ----------------------------------------------------------------------------------------------------

test('live changes are recorded, and replayed from the config give the same digest', () => {
  const { config } = engine.parseConfig({ ...STATEFUL, schedule: 'linear' });
  withTrainer(config, undefined, (trainer) => {
    trainer.set({ momentum: 0.5 });
    trainer.step(20);
    trainer.set({ lr: '0.3', clip_norm: 0.5 });
    trainer.set({ clip: 'norm' });
    trainer.step(20);
    const recorded = trainer.set({ weight_decay: 0.01, clip_in_warmup: 'off' });
    assert.deepEqual(recorded, [
      { step: 40, field: 'weight_decay', value: 0.01 },
      { step: 40, field: 'clip_in_warmup', value: false },
    ]);
    const rows = trainer.step(20);
    assert.equal(config.changes.length, 6);
    assert.deepEqual(trainer.config.changes, config.changes);
    assert.equal(trainer.config.lr, 0.02);
    assert.equal(trainer.settings.lr, 0.3);
    const replayed = JSON.parse(JSON.stringify(config));
    withTrainer(replayed, undefined, (replay) => {
      assert.deepEqual(replay.step(60).slice(40), rows);
      assert.equal(replay.digest(), trainer.digest());
      assert.deepEqual(replay.config.changes, config.changes);
    });
    assert.deepEqual(
      Float32Array.from(rows, ({ lr }) => lr),
      engine.learningRates(config).slice(40, 60),
    );
  });
});

test('two trainers of one config keep their changes apart', () => {
  const { config } = engine.parseConfig(POINTS);
  const [a, b] = [engine.createTrainer(config), engine.createTrainer(config)];
  a.step(5);
  a.set({ lr: 1 });
  b.step(10);
  assert.deepEqual(b.config.changes, []);
  withTrainer(POINTS, undefined, (plain) => {
    plain.step(10);
    assert.equal(b.digest(), plain.digest());
  });
  a.dispose();
  b.dispose();
});

test('set refuses what is unknown, fixed or out of range, and then changes nothing', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    for (const [settings, field, message] of /** @type {[any, string, RegExp][]} */ ([
      [{ lr: 0.1, learning: 1 }, 'learning', /no setting "learning"/],
      [{ lr: 0.1, batch: 8 }, 'batch', /batch cannot change on a running training/],
      [{ lr: 0.1, momentum: 2 }, 'momentum', /momentum must be between 0 and 1/],
      [{ lr: NaN }, 'lr', /lr must be between/],
    ])) {
      assert.throws(() => trainer.set(settings), { code: 'setting', field, message });
    }
    assert.throws(() => trainer.set(/** @type {any} */ (null)), { code: 'argument' });
    assert.deepEqual(trainer.config.changes, []);
    assert.equal(trainer.settings.lr, 0.02);
  });
});

test('a fork goes on from here with changes of its own', () => {
  withTrainer(STATEFUL, undefined, (trainer) => {
    trainer.step(30);
    trainer.set({ clip: 'off' });
    trainer.step(20);
    const same = trainer.fork();
    const other = trainer.fork({
      changes: [
        { field: 'lr', value: 0.5 },
        { step: 60, field: 'clip', value: 'norm' },
      ],
    });
    assert.throws(() => trainer.fork({ changes: [{ step: 10, field: 'lr', value: 1 }] }), { field: 'changes' });
    const rows = trainer.step(30);
    assert.deepEqual(same.step(30), rows);
    other.step(30);
    assert.notEqual(other.digest(), trainer.digest());
    assert.equal(other.config.changes.length, 3);
    withTrainer(other.config, undefined, (replay) => {
      replay.step(80);
      assert.equal(replay.digest(), other.digest());
    });
    same.dispose();
    other.dispose();
  });
});

// ---- tensors ---------------------------------------------------------------------------------------------------------

test('parameters are copies; setParameters checks lengths and shapes', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    const digest = trainer.digest();
    const parameters = trainer.parameters;
    for (const { data } of parameters) data.fill(7);
    assert.equal(trainer.digest(), digest);
    const [first, ...rest] = trainer.parameters;
    for (const wrong of [
      undefined,
      [first],
      [{ ...first, data: first.data.slice(1) }, ...rest],
      [{ ...first, shape: [2, 16] }, ...rest],
      [{ data: 'x' }, ...rest],
      [null, ...rest],
    ]) {
      assert.throws(() => trainer.setParameters(/** @type {any} */ (wrong)), { code: 'argument' });
    }
    assert.equal(trainer.digest(), digest);
    trainer.step(10);
    trainer.setParameters([first, ...rest].map(({ data }) => ({ data })));
    assert.equal(trainer.digest(), digest);
    assert.equal(trainer.stepsTaken, 10);
  });
});

test('tensors by name, running statistics among them', () => {
  const config = { ...POINTS, model: 'linear(4) batchnorm relu' };
  withTrainer(config, undefined, (trainer) => {
    trainer.step(20);
    const tensors = trainer.tensors();
    const names = tensors.map(({ name }) => name);
    assert.ok(names.includes('1.batchnorm.running_mean') && names.includes('1.batchnorm.running_var'), String(names));
    assert.ok(!trainer.parameters.some(({ name }) => name.includes('running')));
    withTrainer({ ...config, seed: 5 }, undefined, (other) => {
      other.setTensors([...tensors].reverse());
      assert.equal(other.digest(), trainer.digest());
      assert.deepEqual(other.evaluate('val'), trainer.evaluate('val'));
      assert.throws(() => other.setTensors(tensors.slice(1)), { code: 'data', message: /0\.linear\.weight/ });
      const extra = { name: 'x', shape: [1], data: new Float32Array(1) };
      assert.throws(() => other.setTensors([...tensors, extra]), { code: 'data', message: /no tensor x/ });
    });
  });
});

test('every NaN that leaves the engine is 0x7fc00000', () => {
  const odd = new Float32Array(new Uint32Array([0xffc12345, 0x7f800001]).buffer);
  withTrainer({ ...POINTS, model: '' }, undefined, (trainer) => {
    const digestWith = (/** @type {Float32Array} */ bias) => {
      const [weight] = trainer.parameters;
      trainer.setParameters([weight, { data: bias }]);
      return trainer.digest();
    };
    assert.equal(digestWith(odd), digestWith(Float32Array.of(NaN, NaN)));
    digestWith(odd);
    const words = new Uint32Array(trainer.parameters[1].data.buffer);
    assert.deepEqual([...words], [0x7fc00000, 0x7fc00000]);
    const state = new Uint8Array(trainer.snapshot().state);
    const all = new Uint32Array(state.buffer);
    assert.ok(!all.includes(0xffc12345) && !all.includes(0x7f800001));
  });
});

test('lossAndGradient judges its indices', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    for (const wrong of [[], [-1], [200], [0.5], [NaN], undefined, 'x']) {
      assert.throws(() => trainer.lossAndGradient(/** @type {any} */ (wrong)), { code: 'argument', field: 'indices' });
    }
    assert.equal(trainer.lossAndGradient(Int32Array.of(3, 3)).loss, trainer.lossAndGradient([3, 3]).loss);
  });
  withTrainer({ ...STATEFUL, batch: 20 }, undefined, (trainer) => {
    const many = new Array(trainer.trainCount + 1).fill(0);
    assert.throws(() => trainer.lossAndGradient(many), { code: 'argument', message: /batchnorm/ });
  });
});

test('predictions are probabilities, and of raw inputs the same as of stored ones', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    trainer.step(50);
    const { inputs, labels } = trainer.readSamples('val', [0, 1, 2]);
    const outputs = trainer.predict('val', [0, 1, 2]);
    assert.equal(labels?.length, 3);
    for (let i = 0; i < 3; i++) assertNear(outputs[2 * i] + outputs[2 * i + 1], 1, 1e-6);
    assert.deepEqual(trainer.predictInputs(inputs), outputs);
    assert.deepEqual(trainer.samplePixels('val', 0), inputs.slice(0, 2));
    assert.throws(() => trainer.predictInputs(new Float32Array(3)), { code: 'argument', field: 'inputs' });
    assert.throws(() => trainer.predict('val', [50]), { code: 'argument', field: 'indices' });
  });
  withTrainer({ dataset: 'glyphs', samples: 30, val_samples: 10, downsample: 2 }, undefined, (trainer) => {
    assert.deepEqual(trainer.inputShape, [1, 14, 14]);
    assert.equal(trainer.predictInputs(new Float32Array(196)).length, 10);
    assert.equal(trainer.samplePixels('train', 3).length, 784);
  });
});

test('the accuracy of an evaluation is that of the predictions', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    trainer.step(20);
    const indices = Array.from({ length: 50 }, (_, i) => i);
    const outputs = trainer.predict('val', indices);
    const { labels } = trainer.readSamples('val', indices);
    const right = indices.filter((i) => (outputs[2 * i + 1] > outputs[2 * i] ? 1 : 0) === labels?.[i]).length;
    const loss = indices.reduce((sum, i) => sum - Math.log(outputs[2 * i + /** @type {any} */ (labels)[i]]), 0) / 50;
    const score = trainer.evaluate('val');
    assert.equal(score?.accuracy, right / 50);
    assertNear(/** @type {any} */ (score).loss, loss, 1e-5);
    trainer.beginEvaluation('val', 10);
    let part = null;
    while (!part) part = trainer.advanceEvaluation();
    assert.equal(part.count, 10);
    assert.throws(() => trainer.advanceEvaluation(), { code: 'argument' });
    trainer.recordBest(/** @type {any} */ (score).loss, /** @type {any} */ (score).accuracy);
    assert.equal(trainer.summary().best_step, 20);
  });
});

test('norms are counted in bins', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    const rows = trainer.step(100);
    const bins = trainer.normBins();
    const { normEdges } = engine;
    assert.equal(normEdges.length, bins.length + 1);
    // A norm that is an edge to float32 may be counted on either side of it.
    const countAbove = (/** @type {number} */ value) => rows.filter(({ grad_norm }) => grad_norm >= value).length;
    for (const [bin, edge] of normEdges.entries()) {
      const above = 100 * shareAbove(bins, normEdges, edge);
      assert.ok(
        above <= countAbove(edge * (1 - 1e-6)) + 1e-9 && above >= countAbove(edge * (1 + 1e-6)) - 1e-9,
        `${bin}`,
      );
    }
    // By how much clipping would shorten the mean step: from the rows themselves, and from the bins.
    for (const threshold of [1e-3, 0.3, 1, 1e3]) {
      const scales = rows.map(({ grad_norm }) => Math.min(1, threshold / grad_norm));
      const mean = scales.reduce((sum, scale) => sum + scale, 0) / scales.length;
      assertNear(meanClipScale(bins, normEdges, threshold), mean, 0.019 * mean);
    }
    assert.equal(meanClipScale(new Uint32Array(bins.length), normEdges, 1, 3), 1, 'norms of 0 are not shortened');
    const { edges, counts } = trainer.normHistogram();
    assert.equal(edges.length, counts.length + 1);
    assert.ok(counts.length <= 48 && counts[0] > 0 && /** @type {number} */ (counts.at(-1)) > 0);
    for (const [bar, count] of counts.entries()) {
      const share = shareAbove(bins, normEdges, edges[bar]) - shareAbove(bins, normEdges, edges[bar + 1]);
      assert.equal(Math.round(100 * share), count);
    }
    const { threshold } = engine.gradientNormStats(rows.map(({ grad_norm }) => grad_norm));
    assertNear(trainer.summary().norm_p90, /** @type {number} */ (threshold), 0.03 * /** @type {number} */ (threshold));
    assert.ok(Array.isArray(trainer.episodes()));
  });
});

// ---- memory ----------------------------------------------------------------------------------------------------------

test('steps allocate nothing', () => {
  withTrainer({ ...STATEFUL, steps: 2000 }, undefined, (trainer) => {
    trainer.step(10);
    const { memoryBuffer } = engine;
    const { used } = engine.memory;
    for (let i = 0; i < 10; i++) trainer.step(100);
    assert.equal(engine.memoryBuffer, memoryBuffer);
    assert.equal(engine.memory.used, used);
  });
});

test('dispose returns the memory, and what is disposed of says so', () => {
  const before = engine.memory.used;
  const trainer = engine.createTrainer(STATEFUL);
  assert.ok(engine.memory.used > before);
  trainer.dispose();
  trainer.dispose();
  assert.equal(engine.memory.used, before);
  for (const use of [
    () => trainer.step(),
    () => trainer.parameters,
    () => trainer.evaluate('train'),
    () => trainer.digest(),
    () => trainer.set({ lr: 1 }),
    () => trainer.snapshot(),
    () => trainer.summary(),
    () => trainer.sharpness(),
    () => trainer.lossAndGradient([0]),
    () => trainer.normBins(),
    () => trainer.episodes(),
    () => trainer.fork(),
  ]) {
    assert.throws(use, { name: 'TrainerError', code: 'disposed' });
  }
});

test('memory is used again', () => {
  const trainer = engine.createTrainer(STATEFUL);
  trainer.dispose();
  const { total } = engine.memory;
  for (let i = 0; i < 200; i++) engine.createTrainer({ ...STATEFUL, seed: i }).dispose();
  assert.equal(engine.memory.total, total);
});

test('memory that grows under a run does not disturb it', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    withTrainer(POINTS, undefined, (plain) => {
      plain.step(20);
      trainer.step(10);
      const large = engine.createDataset({
        images: new Uint8Array(64 * 2 ** 20),
        labels: new Uint8Array(64),
        shape: [2 ** 20],
        classes: 2,
      });
      trainer.step(10);
      assert.equal(trainer.digest(), plain.digest());
      large.dispose();
    });
  });
});

test('a measurement between two chunks, of other parameters or of the same a step later, changes nothing', () => {
  // 6,144 validation samples and 2,000 for the sharpness are several chunks each.
  const config = {
    dataset: 'moons',
    samples: 8192,
    val_fraction: 0.75,
    steps: 30,
    batch: 16,
    lr: 0.5,
    model: 'linear(16) tanh',
  };
  withTrainer(config, undefined, (trainer) => {
    trainer.step(3);
    const expected = trainer.evaluate('val');
    const sharpness = trainer.sharpness({ samples: 2000, iterations: 4 });

    trainer.beginSharpness({ samples: 2000, iterations: 4 });
    trainer.beginEvaluation('val', 0);
    let score = null;
    let found = null;
    while (!score || found === null) {
      found ??= trainer.advanceSharpness();
      score ??= trainer.advanceEvaluation();
    }
    assert.equal(score.loss, expected?.loss);
    assert.equal(found, sharpness);

    // Half of the evaluation before other parameters are set: the other half is theirs alone.
    const mine = trainer.parameters;
    const zeros = mine.map(({ data }) => ({ data: new Float32Array(data.length) }));
    trainer.beginEvaluation('val', 0);
    let chunks = 1;
    while (!trainer.advanceEvaluation()) chunks++;
    assert.ok(chunks > 2, `${chunks} chunks`);
    trainer.beginEvaluation('val', 0);
    trainer.advanceEvaluation();
    trainer.setParameters(zeros);
    for (let i = 1; i < chunks - 1; i++) assert.equal(trainer.advanceEvaluation(), null);
    const { loss: mixed } = /** @type {any} */ (trainer.advanceEvaluation());
    trainer.setParameters(mine);
    trainer.beginEvaluation('val', 6144 / chunks);
    const { loss: first, count } = /** @type {any} */ (trainer.advanceEvaluation());
    assertNear(mixed, (first * count + Math.LN2 * (6144 - count)) / 6144, 1e-6);
  });
});

test('percentiles of a run are within 2 % of the exact ones, few norms or many', () => {
  const clip = { clip: 'adaptive', clip_percentile: 75 };
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    withTrainer({ ...POINTS, ...clip, batch: 4, lr: 0.2, seed }, undefined, (trainer) => {
      /** @type {number[]} */
      const norms = [];
      for (let step = 0; step < 60; step++) {
        const [{ grad_norm, clip_threshold }] = trainer.step(1);
        norms.push(grad_norm);
        const exact = (/** @type {number} */ percentile) =>
          /** @type {number} */ (engine.gradientNormStats(norms, { percentile }).threshold);
        const { norm_p50, norm_p90 } = trainer.summary();
        assertNear(norm_p50, exact(50), 0.02 * exact(50));
        assertNear(norm_p90, exact(90), 0.02 * exact(90));
        if (step >= 20) assertNear(clip_threshold, exact(75), 0.02 * exact(75));
      }
    });
  }
});

test('batch statistics of more samples than a step has', () => {
  const model = 'linear(6) batchnorm tanh';
  const few = { dataset: 'moons', samples: 600, batch: 64, model, init: 'torch' };
  withTrainer(few, undefined, (trainer) => {
    trainer.step(5);
    const before = trainer.digest();
    withTrainer({ ...few, batch: 0 }, undefined, (whole) => {
      whole.setParameters(trainer.parameters);
      const all = Array.from({ length: 480 }, (_, i) => i);
      assert.deepEqual(trainer.lossAndGradient(all), whole.lossAndGradient(all));
      assert.equal(trainer.sharpness({ samples: 480 }), whole.sharpness({ samples: 480 }));
    });
    assert.equal(trainer.digest(), before);
    assert.throws(() => trainer.lossAndGradient(new Array(601).fill(0)), { field: 'indices' });
  });
});

test('the default network for images says where images are too small for it', () => {
  const config = { dataset: 'glyphs', samples: 20, downsample: 4 };
  assert.throws(() => engine.createTrainer(config), {
    code: 'model',
    field: 'model',
    position: null,
    message:
      'model: it was left out, and the default for images is too large for 7 × 7 pixels: name one that fits, such as linear(32) tanh',
  });
});

test('a loss that a float cannot hold is a divergence, where it is recorded', () => {
  const config = { dataset: 'plane', samples: 200, model: '', lr: 30, steps: 300, optimizer: 'sgd', batch: 0 };
  withTrainer(engine.parseConfig(config).config, undefined, (trainer) => {
    const rows = trainer.step(300);
    const last = /** @type {import('../../web/engine/run/trainer.js').Row} */ (rows.at(-1));
    assert.ok(last.diverged);
    assert.ok(rows.slice(0, -1).every(({ loss, grad_norm }) => Number.isFinite(loss) && Number.isFinite(grad_norm)));
  });
});

test('a loss that is 0 from the start is stable', () => {
  const data = engine.createDataset({
    images: Float32Array.from({ length: 40 }, (_, i) => i / 40),
    targets: new Float32Array(40),
    shape: [1],
  });
  withTrainer({ dataset: 'custom', model: '', init_gain: 0, steps: 30, loss: 'squared_error' }, data, (trainer) => {
    trainer.step(30);
    assert.deepEqual(trainer.episodes(), []);
  });
});

test('a run that diverges in its first step has no smoothed loss', () => {
  withTrainer(POINTS, undefined, (trainer) => {
    trainer.setParameters(trainer.parameters.map(({ data }) => ({ data: data.fill(3e38) })));
    const [row] = trainer.step(1);
    assert.ok(row.diverged && Number.isNaN(row.smoothed_loss), `${row.smoothed_loss}`);
    assert.ok(Number.isNaN(trainer.episodes()[0].loss_peak));
  });
});

test('too many parameters are refused where their number would wrap around in 32 bits', () => {
  const points = { dataset: 'moons', samples: 20 };
  const images = { dataset: 'glyphs', samples: 20 };
  for (const [settings, model] of /** @type {const} */ ([
    [points, 'linear(65536) linear(65536)'], // 2^32
    [points, 'linear(32768) linear(131072)'],
    [points, 'linear(65536) residual(linear(4) linear(1000000))'],
    [images, 'maxpool(28) conv(65536,1) conv(65536,1)'],
    [images, 'conv(1000000,1024,pad=1000)'], // 2^40, more than an int of taps
    [images, 'conv(64,1) residual(linear(1000000))'],
  ])) {
    const judged = engine.parseConfig({ ...settings, model });
    assert.throws(
      () => engine.createTrainer(judged.config),
      {
        name: 'TrainerError',
        code: 'model',
        field: 'model',
        message: /brings the model above 134,217,728 parameters|makes too large an output/,
      },
      model,
    );
  }
});

test('a run too large for memory is one sentence', () => {
  const { used } = engine.memory;
  const config = { ...POINTS, model: 'linear(8000) relu linear(8000) relu linear(7000)' };
  assert.throws(() => engine.createTrainer(config), {
    name: 'TrainerError',
    code: 'memory',
    message: /needs .* GB .*limit is 2 GB/,
  });
  assert.equal(engine.memory.used, used);
});

test('a run whose buffers exceed 32-bit arithmetic is refused, not wrapped', () => {
  const { used } = engine.memory;
  const dataset = engine.generateDataset({ dataset: 'glyphs', samples: 60000 });
  for (const channels of [85, 92, 100, 171]) {
    const config = { dataset: 'glyphs', samples: 60000, batch: 0, model: `conv(${channels}, 3, pad=1) batchnorm` };
    assert.throws(() => engine.createTrainer(config, dataset), { code: 'memory', message: /needs [\d.]+ GB/ });
  }
  dataset.dispose();
  assert.equal(engine.memory.used, used);
});

test('a data set that is none, or lives elsewhere, is refused', async () => {
  const other = await createEngineFrom(await readFile(new URL('../../build/trainscope.wasm', import.meta.url)));
  const foreign = other.generateDataset(POINTS);
  for (const wrong of [foreign, {}, 7]) {
    assert.throws(() => engine.createTrainer(POINTS, /** @type {any} */ (wrong)), {
      code: 'argument',
      field: 'dataset',
    });
  }
});

test('a config or model that does not fit throws its first problem', () => {
  const { used } = engine.memory;
  assert.throws(() => engine.createTrainer({ lr: -1 }), { code: 'setting', field: 'lr' });
  assert.throws(() => engine.createTrainer({ optimiser: 'adam' }), { code: 'setting', field: 'optimiser' });
  assert.throws(() => engine.createTrainer({ model: 'linear(3) tnh' }), {
    code: 'model',
    field: 'model',
    position: 10,
  });
  assert.throws(() => engine.createTrainer({ model: 'relu conv(3, 3)' }), {
    code: 'model',
    field: 'model',
    position: 5,
  });
  // Characters are counted, not bytes: what is said and what is pointed at.
  for (const wrong of ['conv(3, 3)', 'cnov(3, 3)']) {
    assert.throws(() => engine.createTrainer({ model: `# größe über alles\n${wrong}` }), {
      code: 'model',
      message: /\(at character 20\)$/,
      position: 19,
    });
  }
  assert.equal(engine.memory.used, used);
});

// ---- helpers ---------------------------------------------------------------------------------------------------------

/** @param {{ data: Float32Array }[]} tensors */
function sumSquares(tensors) {
  return tensors.reduce((sum, { data }) => data.reduce((part, value) => part + value * value, sum), 0);
}

/** @param {number} actual @param {number} expected @param {number} tolerance */
function assertNear(actual, expected, tolerance) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} within ${tolerance}`);
}

/** @param {ArrayLike<number>} actual @param {ArrayLike<number>} expected @param {number} tolerance */
function assertClose(actual, expected, tolerance) {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) assertNear(actual[i], expected[i], tolerance);
}
