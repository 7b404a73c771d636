/** rnn, gru and lstm beside their figures: how they start, what refuses them, and that PyTorch's modules take their weights. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSafetensors, writeSafetensors } from '../../web/engine/run/safetensors.js';
import { startFromWeights } from '../../web/engine/run/start_weights.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** Gates, by unit. */
const UNITS = { rnn: 1, gru: 3, lstm: 4 };

/** Samples of ten positions of five tokens. */
function tokenData() {
  const tokens = Uint8Array.from({ length: 23 * 11 }, (_, i) => (i * i + (i >> 2)) % 5);
  return { tokens, dataset: engine.createDataset({ tokens, length: 10, vocabulary: 5, scoredFrom: 3 }) };
}

/** @param {string} model @param {import('../../web/engine/config/config.js').SomeSettings} [settings] */
function start(model, settings = {}) {
  const { tokens, dataset } = tokenData();
  const { config, problems } = engine.parseConfig({ dataset: 'custom', model, steps: 5, batch: 8, ...settings });
  assert.deepEqual(problems, []);
  return { trainer: engine.createTrainer(config, dataset), tokens };
}

for (const [unit, gates] of Object.entries(UNITS)) {
  test(`the state’s weight of ${unit} starts orthogonal, a matrix for each gate, times the gains`, () => {
    const n = 13;
    for (const [
      text,
      init,
      length,
    ] of /** @type {[string, import("../../web/engine/config/config.js").SomeSettings, number][]} */ ([
      [`${unit}(${n})`, {}, 1],
      [`${unit}(${n})`, { init: 'torch', init_gain: 0.5 }, 0.5],
      ...(unit === 'rnn' ? [[`rnn(${n},gain=1.3)`, { init_gain: 2 }, 2.6]] : []),
    ])) {
      const { trainer } = start(`embed(4) ${text}`, init);
      const { shape, data } = /** @type {any} */ (
        trainer.parameters.find(({ name }) => name === `1.${unit}.weight_hh`)
      );
      assert.deepEqual([...shape], [gates * n, n]);
      const row = (/** @type {number} */ i) => data.subarray(i * n, (i + 1) * n);
      for (let gate = 0; gate < gates; gate++) {
        for (let i = 0; i < n; i++) {
          for (let j = 0; j <= i; j++) {
            const [a, b] = [row(gate * n + i), row(gate * n + j)];
            const product = a.reduce(
              (/** @type {number} */ sum, /** @type {number} */ x, /** @type {number} */ k) => sum + x * b[k],
              0,
            );
            assert.ok(
              Math.abs(product - (i === j ? length ** 2 : 0)) < 1e-6 * length ** 2,
              `${text} ${gate} ${i} ${j}: ${product}`,
            );
          }
        }
      }
      // Gates are drawn one after the other, and none is another's copy.
      if (gates > 1) assert.notDeepEqual(row(0), row(n));
      trainer.dispose();
    }
  });
}

test('their parameters have PyTorch’s names and order, and another seed another start', () => {
  const { trainer } = start('embed(4) lstm(3)');
  assert.deepEqual(
    trainer.parameters.map(({ name, shape }) => [name, ...shape]),
    [
      ['0.embed.weight', 5, 4],
      ['1.lstm.weight_ih', 12, 4],
      ['1.lstm.weight_hh', 12, 3],
      ['1.lstm.bias_ih', 12],
      ['1.lstm.bias_hh', 12],
      ['out.weight', 5, 3],
      ['out.bias', 5],
    ],
  );
  const other = start('embed(4) lstm(3)', { seed: 2 }).trainer;
  assert.notDeepEqual(other.parameters[2].data, trainer.parameters[2].data);
});

test('what is no sequence is refused with its place', () => {
  for (const unit of Object.keys(UNITS)) {
    const { config } = engine.parseConfig({ dataset: 'moons', model: `linear(4) ${unit}(3)` });
    assert.throws(() => engine.createTrainer(config), {
      field: 'model',
      message: `model: ${unit} needs a sequence, but its input is a vector (at character 11)`,
    });
  }
});

test('weights that are taken over give the same bits', () => {
  for (const unit of Object.keys(UNITS)) {
    const [one, other] = [start(`embed(4) ${unit}(9)`), start(`embed(4) ${unit}(9)`, { seed: 7 })].map(
      ({ trainer }) => trainer,
    );
    other.setParameters(one.parameters);
    assert.equal(other.digest(), one.digest());
    const all = Array.from({ length: 8 }, (_, i) => i);
    assert.deepEqual(other.lossAndGradient(all), one.lossAndGradient(all));
    one.dispose();
    other.dispose();
  }
});

test('a file of nn.LSTM is taken: its names end in _l0', () => {
  const [one, other] = [1, 2].map((seed) => start('embed(4) lstm(9)', { seed }).trainer);
  const names = new Map([
    ['0.embed', 'embedding'],
    ['1.lstm', 'lstm'],
    ['out', 'head'],
  ]);
  const tensors = one.parameters.map(({ name, shape, data }) => {
    const dot = name.lastIndexOf('.');
    const layer = /** @type {string} */ (names.get(name.slice(0, dot)));
    return { name: `${layer}.${name.slice(dot + 1)}${layer === 'lstm' ? '_l0' : ''}`, shape: [...shape], data };
  });
  startFromWeights(other, readSafetensors(writeSafetensors(tensors), 'lstm.safetensors'), 'lstm.safetensors');
  assert.equal(other.digest(), one.digest());
});

// ---- PyTorch's modules ---------------------------------------------------------------------------------------------------

const TORCH = ['/usr/bin/python3', 'python3'].find((python) => spawnSync(python, ['-c', 'import torch']).status === 0);

/** Loads the files into torch.nn modules and prints, of each, the loss over all scored positions. */
const SCRIPT = `
import json, struct, sys
import torch
for path, unit, n, tokens in json.load(sys.stdin):
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header, body = json.loads(file.read(size)), file.read()
    def read(name):
        begin, end = header[name]["data_offsets"]
        return torch.frombuffer(bytearray(body[begin:end]), dtype=torch.float32).reshape(header[name]["shape"]).double()
    module = getattr(torch.nn, unit.upper())(4, n, batch_first=True).double()
    part = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    module.load_state_dict({name + "_l0": read("1." + unit + "." + name) for name in part})
    ids = torch.tensor(tokens).reshape(-1, 11)
    states = module(torch.nn.functional.embedding(ids[:, :10], read("0.embed.weight")))[0]
    logits = torch.nn.functional.linear(states, read("out.weight"), read("out.bias"))
    print(float(torch.nn.functional.cross_entropy(logits[:, 3:].reshape(-1, 5), ids[:, 4:].reshape(-1))))
`;

test('torch.nn.RNN, GRU and LSTM take the weights of a file and give the same loss', {
  skip: TORCH ? false : 'no PyTorch',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'trainscope-recurrent-'));
  try {
    const made = Object.keys(UNITS).map((unit) => {
      const { trainer, tokens } = start(`embed(4) ${unit}(7)`, { steps: 30, lr: 0.5, batch: 0, val_fraction: 0 });
      trainer.step(30);
      const path = join(folder, `${unit}.safetensors`);
      writeFileSync(path, writeSafetensors(/** @type {any} */ (trainer.parameters)));
      const loss = trainer.evaluate('train')?.loss;
      trainer.dispose();
      return { loss: Number(loss), work: [path, unit, 7, [...tokens]] };
    });
    const { stdout, stderr, status } = spawnSync(String(TORCH), ['-c', SCRIPT], {
      input: JSON.stringify(made.map(({ work }) => work)),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const losses = stdout.trim().split('\n').map(Number);
    assert.equal(losses.length, 3);
    losses.forEach((loss, i) => {
      assert.ok(Math.abs(loss / made[i].loss - 1) < 1e-6, `${made[i].work[1]}: ${made[i].loss}, PyTorch ${loss}`);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
