/** Attention: its metric, what it may see, and the sentences where it does not fit. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** Five samples of T + 1 ids. */
const TOKENS = Uint8Array.from({ length: 5 * 5 }, (_, i) => (i * i + 3 * i) % 7);
const tokens = () => engine.createDataset({ tokens: TOKENS, length: 4, vocabulary: 7, scoredFrom: 1 });

test('attention_max is the largest |q·k|/√d of the batch, of pairs that may see each other', () => {
  for (const [options, sees] of /** @type {[string, (query: number, key: number) => boolean][]} */ ([
    ['', (query, key) => key <= query],
    [',causal=0', () => true],
  ])) {
    const dataset = tokens();
    const trainer = engine.createTrainer(
      { model: `embed(6) attention(2${options},gain=3)`, batch: 0, steps: 2 },
      dataset,
    );
    const [embed, weight, bias] = trainer.parameters.map(({ data }) => data);
    const project = (/** @type {number} */ id, /** @type {number} */ row) =>
      Array.from({ length: 6 }, (_, c) => weight[row * 6 + c] * embed[id * 6 + c]).reduce((a, b) => a + b, bias[row]);
    let largest = 0;
    for (let sample = 0; sample < 5; sample++) {
      for (let query = 0; query < 4; query++) {
        for (let key = 0; key < 4; key++) {
          if (!sees(query, key)) continue;
          const [a, b] = [TOKENS[sample * 5 + query], TOKENS[sample * 5 + key]];
          for (let head = 0; head < 2; head++) {
            const score = [0, 1, 2].reduce(
              (sum, d) => sum + project(a, head * 3 + d) * project(b, 6 + head * 3 + d),
              0,
            );
            largest = Math.max(largest, Math.abs(score) / Math.sqrt(3));
          }
        }
      }
    }
    const [row] = trainer.step(1);
    assert.ok(Math.abs(row.attention_max - largest) < 1e-5 * largest, `${row.attention_max} ${largest}`);
    trainer.dispose();
    dataset.dispose();
  }
  const trainer = engine.createTrainer({ steps: 1 });
  assert.equal(trainer.step(1)[0].attention_max, 0);
  trainer.dispose();
});

test('what comes after a position changes nothing of its prediction, unless it may be seen', () => {
  const dataset = engine.createDataset({
    tokens: Uint8Array.of(1, 2, 3, 4, 0, 1, 2, 3, 0, 0),
    length: 4,
    vocabulary: 5,
  });
  const differs = (/** @type {string} */ model) => {
    const trainer = engine.createTrainer({ model, batch: 0, steps: 1 }, dataset);
    const [one, other] = [0, 1].map((i) => trainer.predict('train', [i]));
    trainer.dispose();
    return [0, 1, 2, 3].map((t) => one.slice(5 * t, 5 * t + 5).some((value, k) => value !== other[5 * t + k]));
  };
  assert.deepEqual(differs('embed(6) position attention(2)'), [false, false, false, true]);
  assert.deepEqual(differs('embed(6) position attention(2,causal=0)'), [true, true, true, true]);
  dataset.dispose();
});

test('what does not fit is one sentence with the character', () => {
  const sequences = engine.createDataset({
    images: new Float32Array(24),
    shape: [4, 3],
    labels: Uint8Array.of(0, 1),
    classes: 2,
  });
  const text = tokens();
  for (const [model, dataset, message] of /** @type {const} */ ([
    ['attention(4) mean', sequences, /attention needs a width that its heads divide evenly \(at character 1\)/],
    ['attention(1,rope=1) mean', sequences, /attention with rope needs an even width of each head \(at character 1\)/],
    ['linear(4) tanh', sequences, /last layer needs a vector, but its input is a sequence: end with mean or last/],
    ['mean attention(1)', sequences, /attention needs a sequence, but its input is a vector \(at character 6\)/],
    ['embed(4) mean', sequences, /embed needs tokens, but its input is a sequence/],
    ['embed(4) mean', text, /last layer needs a sequence, but its input is a vector/],
    ['embed(4) embed(4)', text, /embed needs tokens, but its input is a sequence \(at character 10\)/],
    ['embed(4) conv(3,3)', text, /conv needs an image, but its input is a sequence \(at character 10\)/],
    ['embed(4) maxpool(2)', text, /maxpool needs an image, but its input is a sequence/],
    ['embed(4) residual(mean)', text, /residual changes what its positions are/],
  ])) {
    assert.throws(
      () => engine.createTrainer({ model, steps: 1 }, dataset),
      (/** @type {Error} */ error) => message.test(error.message) && !/\n/.test(error.message),
      `${model}`,
    );
  }
  assert.throws(
    () => engine.createTrainer({ model: 'attention(1)', steps: 1 }),
    /needs a sequence, but its input is a vector/,
  );
  sequences.dispose();
  text.dispose();
});

test('a step allocates nothing, and the memory of a run is known before', () => {
  const config = { dataset: /** @type {const} */ ('sort'), samples: 64, steps: 30, eval_every: 0 };
  const { memory } = engine.measureModel(config);
  const before = engine.memory.used;
  const trainer = engine.createTrainer(config);
  trainer.step(1);
  const { used } = engine.memory;
  assert.ok(used - before >= memory);
  trainer.step(3);
  assert.equal(engine.memory.used, used);
  trainer.dispose();
});
