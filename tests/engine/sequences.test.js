/** Networks that read sequences, looked at: where attention looks, and how they go on with a prompt. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** Samples of T + 1 ids. */
const LENGTH = 5;
const IDS = Uint8Array.from({ length: 9 * (LENGTH + 1) }, (_, i) => (i * i + 3 * i) % 7);
const makeTokens = () => engine.createDataset({ tokens: IDS, length: LENGTH, vocabulary: 7, scoredFrom: 1 });

/** @param {number[]} values */
const argmax = (values) => values.indexOf(Math.max(...values));

test('maps of attention are softmax(q kᵀ / √n), by hand, of the head, layer and sample that they say', () => {
  for (const causal of [0, 1]) {
    const dataset = makeTokens();
    const model = `embed(6) attention(1,causal=${causal}) attention(2,causal=${causal},gain=3)`;
    const trainer = engine.createTrainer({ model, steps: 3, batch: 4 }, dataset);
    trainer.step(1);
    const digest = trainer.digest();
    const maps = trainer.attention('train', 7);
    assert.deepEqual(
      maps.map(({ name, heads, positions, causal: is }) => [name, heads, positions, is]),
      [
        ['1.attention', 1, LENGTH, causal === 1],
        ['2.attention', 2, LENGTH, causal === 1],
      ],
    );
    const parameters = new Map(trainer.parameters.map(({ name, data }) => [name, data]));
    const of = (/** @type {string} */ name) => /** @type {Float32Array} */ (parameters.get(name));
    /** @param {number[][]} x @param {string} layer @param {number} heads @returns {{ weights: number[][][], y: number[][] }} */
    const attend = (x, layer, heads) => {
      const n = 6 / heads;
      const affine = (/** @type {number[]} */ row, /** @type {string} */ part, /** @type {number} */ o) =>
        row.reduce((sum, v, c) => sum + v * of(`${layer}.${part}.weight`)[o * 6 + c], of(`${layer}.${part}.bias`)[o]);
      const qkv = x.map((row) => Array.from({ length: 18 }, (_, o) => affine(row, 'in_proj', o)));
      const weights = Array.from({ length: heads }, (_, h) =>
        x.map((_row, i) => {
          const scores = x.map((_other, j) =>
            causal && j > i
              ? -Infinity
              : Array.from({ length: n }, (_n, d) => qkv[i][h * n + d] * qkv[j][6 + h * n + d]).reduce(
                  (a, b) => a + b,
                ) / Math.sqrt(n),
          );
          const exps = scores.map((score) => Math.exp(score - Math.max(...scores)));
          return exps.map((e) => e / exps.reduce((a, b) => a + b));
        }),
      );
      const mixed = x.map((_, i) =>
        Array.from({ length: 6 }, (_c, c) =>
          weights[Math.floor(c / n)][i].reduce((sum, w, j) => sum + w * qkv[j][12 + c], 0),
        ),
      );
      return { weights, y: mixed.map((row) => row.map((_, o) => affine(row, 'out_proj', o))) };
    };
    const ids = [...IDS.subarray(7 * (LENGTH + 1), 8 * (LENGTH + 1) - 1)];
    const x = ids.map((id) => [...of('0.embed.weight').subarray(id * 6, id * 6 + 6)]);
    const first = attend(x, '1.attention', 1);
    const second = attend(first.y, '2.attention', 2);
    for (const [i, { weights }] of [first, second].entries()) {
      const flat = weights.flat(2);
      assert.equal(maps[i].weights.length, flat.length);
      for (const [k, w] of flat.entries())
        assert.ok(Math.abs(maps[i].weights[k] - w) < 2e-6, `${maps[i].weights[k]} for ${w}`);
    }
    assert.equal(trainer.digest(), digest);
    assert.throws(() => trainer.attention('val', 0), /There are no samples in the split val/);
    assert.throws(() => trainer.attention('train', 9), /index must be a whole number between 0 and 8/);
    trainer.dispose();
    dataset.dispose();
  }
  const trainer = engine.createTrainer({ steps: 1 });
  assert.deepEqual(trainer.attention('train', 0), []);
  trainer.dispose();
});

test('the patches of an image see each other, whichever comes first; samples of validation are looked at, too', () => {
  const settings = { dataset: 'glyphs', samples: 40, val_samples: 9, batch: 20, steps: 2 };
  const { config } = engine.parseConfig({
    ...settings,
    model: 'patches(7) linear(6) residual(attention(3,qknorm=1)) mean',
  });
  const dataset = engine.generateDataset(config);
  const trainer = engine.createTrainer(config, dataset);
  trainer.step(2);
  const [{ name, heads, positions, causal, weights }] = trainer.attention('val', 8);
  assert.deepEqual([name, heads, positions, causal], ['3.attention', 3, 16, false]);
  assert.ok(weights.every((weight) => weight > 0));
  for (let row = 0; row < 3 * 16; row++) {
    const sum = weights.subarray(row * 16, row * 16 + 16).reduce((a, b) => a + b);
    assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
  }
  assert.notDeepEqual(weights, trainer.attention('val', 7)[0].weights);
  trainer.dispose();
  dataset.dispose();
});

test('looking in the middle of a step that takes several chunks changes no bit of the run', () => {
  const settings = { dataset: 'sort', length: 4, samples: 300, batch: 0, steps: 3, model: 'embed(8) attention(2)' };
  const { config } = engine.parseConfig(settings);
  const digests = [false, true].map((looks) => {
    const dataset = engine.generateDataset(config);
    const trainer = engine.createTrainer(config, dataset);
    for (let ended = false; !ended; ) {
      ({ ended } = trainer.advanceRows(1, () => true));
      if (!looks) continue;
      trainer.attention('train', 1);
      trainer.generate('3142|', { temperature: 1 });
    }
    const digest = trainer.digest();
    trainer.dispose();
    dataset.dispose();
    return digest;
  });
  assert.equal(digests[0], digests[1]);
});

test('the likeliest token follows each, as the predictions for samples have it; a task ends with its answer', () => {
  const model = 'embed(16) position residual(layernorm attention(2)) residual(layernorm linear(32) relu linear(16))';
  const settings = { dataset: 'sort', length: 3, symbols: 5, model, steps: 150, lr: 0.01, optimizer: 'adam' };
  const { config } = engine.parseConfig(settings);
  const dataset = engine.generateDataset(config);
  const trainer = engine.createTrainer(config, dataset);
  trainer.step(150);
  const digest = trainer.digest();
  const { symbols, scoredFrom, length } = /** @type {import('../../web/engine/data/dataset.js').Tokens} */ (
    dataset.tokens
  );
  let agree = 0;
  for (let i = 0; i < 8; i++) {
    const ids = /** @type {Uint8Array} */ (trainer.readSamples('val', [i]).ids);
    const prompt = [...ids.subarray(0, scoredFrom + 1)].map((id) => symbols[id]).join('');
    const { tokens, probabilities, prompt: parts } = trainer.generate(prompt);
    assert.equal(parts.join(''), prompt);
    assert.equal(tokens.length, length - scoredFrom);
    const outputs = trainer.predict('val', [i]);
    const said = (/** @type {number} */ t) => [...outputs.subarray(t * 6, t * 6 + 6)];
    // The first is said from the same tokens as in the sample; the others too, where those before are the sample's own.
    for (let t = 0; t < tokens.length; t++) {
      const best = argmax(said(scoredFrom + t));
      assert.equal(tokens[t], symbols[best]);
      assert.ok(Math.abs(probabilities[t] - said(scoredFrom + t)[best]) < 1e-6);
      agree++;
      if (best !== ids[scoredFrom + t + 1]) break;
    }
  }
  assert.ok(agree >= 20, `${agree} tokens compared`);
  assert.equal(trainer.generate('210|', { maxNewTokens: 1 }).tokens.length, 1);
  assert.equal(trainer.digest(), digest);
  trainer.dispose();
  dataset.dispose();
});

test('a text goes on for as long as one likes, each character said by the last ones that a sample has room for', () => {
  const text = 'abracadabra, said the crab\n'.repeat(20);
  const dataset = engine.createDataset({ text, context: 6 });
  const trainer = engine.createTrainer({ model: 'embed(8) position lstm(12)', steps: 20, lr: 0.5 }, dataset);
  trainer.step(20);
  const symbols = dataset.tokens?.symbols ?? [];
  const { prompt, tokens, probabilities } = trainer.generate('crab↵ab', { maxNewTokens: 12 });
  assert.equal(prompt.join(''), 'crab\nab');
  const all = [...prompt, ...tokens].map((symbol) => symbols.indexOf(symbol));
  for (let i = prompt.length; i < all.length; i++) {
    const outputs = trainer.predictInputs(Float32Array.from(all.slice(i - 6, i)));
    const said = [...outputs.subarray(5 * symbols.length)];
    assert.equal(all[i], argmax(said));
    assert.ok(Math.abs(probabilities[i - prompt.length] - Math.max(...said)) < 1e-6);
  }
  // Shorter than a window, it stands at the beginning of one.
  const short = trainer.generate('ab', { maxNewTokens: 1 }).tokens[0];
  const outputs = trainer.predictInputs(Float32Array.from(['a', 'b', 'a', 'a', 'a', 'a'], (c) => symbols.indexOf(c)));
  assert.equal(symbols.indexOf(short), argmax([...outputs.subarray(symbols.length, 2 * symbols.length)]));
  trainer.dispose();
  dataset.dispose();
});

test('with a temperature tokens come as often as softmax(outputs / temperature) says, the same for the same seed', () => {
  const dataset = engine.createDataset({ text: 'abcab bca cab'.repeat(9), context: 4 });
  const trainer = engine.createTrainer({ model: 'embed(8)', steps: 4, lr: 1 }, dataset);
  trainer.step(4);
  const symbols = dataset.tokens?.symbols ?? [];
  const inputs = Float32Array.from('a   ', (c) => symbols.indexOf(c));
  const said = [...trainer.predictInputs(inputs).subarray(0, symbols.length)];
  for (const temperature of [0.5, 2]) {
    const powers = said.map((p) => p ** (1 / temperature));
    const wanted = powers.map((power) => power / powers.reduce((a, b) => a + b));
    const drawn = Array.from({ length: 2000 }, (_, seed) =>
      trainer.generate('a', { temperature, seed, maxNewTokens: 1 }),
    );
    for (const [id, symbol] of symbols.entries()) {
      const own = drawn.filter(({ tokens }) => tokens[0] === symbol);
      // Four standard deviations.
      const allowed = 4 * Math.sqrt((wanted[id] * (1 - wanted[id])) / drawn.length);
      assert.ok(Math.abs(own.length / drawn.length - wanted[id]) < allowed, `${symbol} at ${temperature}`);
      // What is told is the probability at temperature 1.
      if (own.length > 0) assert.ok(Math.abs(own[0].probabilities[0] - said[id]) < 1e-6);
    }
  }
  const again = () => trainer.generate('a', { temperature: 1, seed: 3 }).tokens.join('');
  assert.equal(again(), again());
  assert.notEqual(again(), trainer.generate('a', { temperature: 1, seed: 4 }).tokens.join(''));
  trainer.dispose();
  dataset.dispose();
});

test('what cannot be gone on with is one sentence', () => {
  const { config } = engine.parseConfig({ dataset: 'addition', length: 1, steps: 1, model: 'embed(4)' });
  const dataset = engine.generateDataset(config);
  const trainer = engine.createTrainer(config, dataset);
  /** @param {RegExp} sentence @param {unknown} prompt @param {any} [options] */
  const refuses = (sentence, prompt, options) =>
    assert.throws(() => trainer.generate(/** @type {string} */ (prompt), options), sentence);
  refuses(
    /^TrainerError: The character “x” is none of the 12 characters that this network reads: 0 1 .* \+ =\.$/,
    '1+x=',
  );
  refuses(/The character U\+0009 is none/, '1+\t=');
  refuses(/The character ␣, a blank, is none/, '1+ =');
  refuses(/A prompt for these data has the 4 tokens before the answer, and this one has 5/, '1+22=');
  refuses(/A prompt needs at least one token/, '');
  refuses(/prompt must be a text/, 7);
  refuses(/temperature must be 0 or more, not -1/, '1+2=', { temperature: -1 });
  refuses(/temperature must be 0 or more, not NaN/, '1+2=', { temperature: NaN });
  refuses(/maxNewTokens must be a whole number from 1, not 0/, '1+2=', { maxNewTokens: 0 });
  refuses(/generate has no option "heat"/, '1+2=', { heat: 1 });
  trainer.dispose();
  for (const [settings, sentence] of /** @type {const} */ ([
    [{ model: 'embed(4) attention(1,causal=0)' }, /Attention with causal=0 sees what comes next/],
    [{ model: 'embed(4)', loss: 'squared_error' }, /A temperature needs probabilities/],
  ])) {
    const other = engine.createTrainer({ ...settings, steps: 1 }, dataset);
    assert.throws(() => other.generate('1+2=', { temperature: 1 }), sentence);
    other.dispose();
  }
  dataset.dispose();
  const points = engine.createTrainer({ steps: 1 });
  assert.throws(() => points.generate('1'), /Only a network that reads tokens can go on with a prompt/);
  points.dispose();
  const words = engine.createDataset({
    tokens: Uint8Array.of(0, 1, 2, 0),
    length: 3,
    vocabulary: 3,
    symbols: ['to', 'be', 'or'],
  });
  const reader = engine.createTrainer({ model: 'embed(4)', steps: 1 }, words);
  assert.deepEqual(reader.generate(' or  be ', { maxNewTokens: 1 }).prompt, ['or', 'be']);
  assert.throws(
    () => reader.generate('or not'),
    /The word “not” is none of the 3 words that this network reads: to be or\./,
  );
  reader.dispose();
  words.dispose();
});
