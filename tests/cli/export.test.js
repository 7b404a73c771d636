/** `trainscope export`: code on standard output, what it needs in a file, and what it refuses. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSafetensors } from '../../web/engine/run/safetensors.js';
import { createEngine } from '../../web/platform/node/index.js';
import { listCells, withThreshold } from '../export/cells.js';
import { compareExperiment, startTorch } from '../export/compare.js';
import { SEQUENCES } from '../export/sequences.js';
import { assertRefused, makeFolder, makeImageFiles, runCli, runJson } from './helpers.js';

test('export prints a program with nothing around it, and the same in its JSON', async () => {
  const words = ['export', 'torch', '--dataset', 'xor', '--samples', '40', '--optimizer', 'adam', '--clip', 'norm'];
  const { code, stdout, stderr } = await runCli(words);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^# Trains in PyTorch/);
  assert.match(stdout, /\n# trainscope train \\\n# {3}--dataset xor/);
  assert.match(stdout, /torch\.optim\.Adam\(model\.parameters\(\), lr=LR/);
  assert.match(stdout, /\n {4}main\(\)\n$/);
  const result = await runJson(words);
  assert.deepEqual(Object.keys(result), ['framework', 'part', 'config', 'code']);
  assert.equal(`${result.code.trimEnd()}\n`, stdout);
  assert.equal(result.config.model, 'linear(32) tanh linear(32) tanh');
});

test('of steps alone, no data are asked for', async () => {
  const { code, stdout } = await runCli([
    'export',
    'torch',
    '--part',
    'steps',
    '--dataset',
    'custom',
    '--optimizer',
    'rmsprop',
  ]);
  assert.equal(code, 0);
  assert.match(stdout, /class RMSProp\(torch\.optim\.Optimizer\)/);
  assert.doesNotMatch(stdout, /def main/);
});

test('--material writes the first weights and the order, and the samples where the program cannot read them', async (t) => {
  const files = { ...makeImageFiles(30), ...makeImageFiles(10, 't10k') };
  const folder = await makeFolder(t, files);
  const path = join(folder, 'm.safetensors');
  const words = ['export', 'torch', '--data', folder, '--model', 'linear(4) relu', '--batch', '8', '--steps', '5'];
  const { code, stdout } = await runCli([...words, '--material', path]);
  assert.equal(code, 0);
  assert.ok(stdout.includes(`default="${folder}"`));
  const names = async () =>
    readSafetensors(new Uint8Array(await readFile(path)), path).tensors.map(({ name, shape }) => `${name} ${shape}`);
  const weights = ['0.linear.bias 4', '0.linear.weight 4,36', 'order 5,8', 'out.bias 2', 'out.weight 2,4'];
  assert.deepEqual((await names()).sort(), weights);
  await runCli([...words, '--label-noise', '0.1', '--material', path]);
  const samples = ['train.inputs 30,1,6,6', 'train.targets 30', 'val.inputs 10,1,6,6', 'val.targets 10'];
  assert.deepEqual((await names()).sort(), [...weights, ...samples].sort());
});

test('export refuses in one sentence', async (t) => {
  const folder = await makeFolder(t);
  await assertRefused(['export'], /export needs a framework/);
  await assertRefused(
    ['export', 'torhc'],
    /unknown framework torhc; did you mean torch\? There are torch, keras, optax, lightning, huggingface, tfjs/,
  );
  await assertRefused(['export', 'torch', '--part', 'half'], /--part must be one of all, steps/);
  await assertRefused(['export', 'torch', '--dataset', 'glyphs'], /glyphs are drawn by Trainscope.*--material/);
  await assertRefused(['export', 'torch', '--dataset', 'custom'], /--dataset custom needs --data/);
  await assertRefused(['export', 'torch', '--change', '3:lr=0.1'], /--change cannot be exported/);
  const material = join(folder, 'none.safetensors');
  await assertRefused(['export', 'torch', '--part', 'steps', '--material', material], /--material is for a program/);
  const mistaken = ['--optimizer', 'adam', '--mistake', 'adam_multiplies', '--material', material];
  await assertRefused(['export', 'torch', ...mistaken], /--mistake adam_multiplies cannot be exported/);
  await assertRefused(
    ['export', 'tfjs', '--optimizer', 'muon'],
    /--optimizer muon cannot be exported to TensorFlow\.js/,
  );
  const keras = ['export', 'keras', '--dataset', 'sort', '--clip', 'norm'];
  await assertRefused(
    keras,
    /samples are sequences.*optimizer, schedule and clipping can be exported alone: --part steps/,
  );
  const { code } = await runJson([...keras, '--part', 'steps']);
  assert.match(code, /clip_norm|CLIP_NORM/);
  const patches = ['export', 'optax', '--dataset', 'glyphs', '--model', 'patches(7) mean'];
  await assertRefused(patches, /the layer patches cannot be exported to JAX and Optax yet.*--part steps/);
  // What is refused in both is not offered.
  await assertRefused([...keras, '--optimizer', 'muon'], /--optimizer muon cannot be exported to Keras/);
  assert.ok(!existsSync(material));
});

const PYTHON = [process.env.TRAINSCOPE_PYTHON, '/usr/bin/python3', 'python3'].find(
  (python) => python && spawnSync(python, ['-c', 'import torch']).status === 0,
);

/** Every kind of layer of sequences in two of them; tests/export/sequence_table.js has them all. */
const SEQUENCES_SAMPLE = ['post_ln', 'muon'];

/** A rule that PyTorch has otherwise or not at all, each with another schedule and clipping; tests/export has them all. */
const SAMPLE = [
  ['rmsprop', 'cosine', 'norm'],
  ['adam', 'onecycle', 'adaptive'],
  ['muon', 'exp_range', 'update'],
];

test('code for PyTorch comes to our losses', { skip: PYTHON ? false : 'skipped: no PyTorch' }, async (t) => {
  const engine = await createEngine();
  const folder = await makeFolder(t);
  const host = startTorch(PYTHON ?? '');
  t.after(() => host.end());
  const sizes = {
    dataset: 'glyphs',
    samples: 300,
    val_samples: 20,
    downsample: 2,
    batch: 16,
    model: 'conv(4,3) tanh avgpool(2) linear(12) tanh',
  };
  const dataset = engine.generateDataset(engine.parseConfig(sizes).config);
  for (const [rule, schedule, clip] of SAMPLE) {
    const cell = listCells().find((row) => row.rule === rule && row.schedule === schedule && row.clip === clip);
    const settings = withThreshold(engine, dataset, { ...cell?.settings, ...sizes });
    const there = { framework: 'torch', host, folder, name: rule };
    const { loss, rate } = await compareExperiment(engine, dataset, settings, there);
    assert.ok(loss < 1e-4, `${rule} with ${schedule} and ${clip}: ${loss}`);
    assert.ok(rate < 1e-6, `${rule} with ${schedule}: rates differ by ${rate}`);
  }
  for (const { name, settings } of SEQUENCES.filter(({ name: other }) => SEQUENCES_SAMPLE.includes(other))) {
    const data = engine.generateDataset(engine.parseConfig(settings).config);
    const { loss } = await compareExperiment(engine, data, settings, { framework: 'torch', host, folder, name });
    assert.ok(loss < 1e-4, `${name}: ${loss}`);
    data.dispose();
  }
  // With its samples in it and nothing else, a program draws its own first weights.
  const path = join(folder, 'train.py');
  const model = 'embed(8) position residual(attention(2)) gru(6)';
  const words = ['--dataset', 'sort', '--length', '3', '--samples', '40', '--val-samples', '8', '--model', model];
  const { stdout } = await runCli(['export', 'torch', ...words, '--batch', '8', '--steps', '3', '--eval-every', '3']);
  await writeFile(path, stdout);
  const { said, error } = await host.run(path, []);
  // 11 symbols and a little: nobody has learned anything yet.
  assert.match(
    String(said),
    /^step 3: loss [1-4]\.\d+, gradient norm .*, validation loss [1-4]\.\d+, accuracy 0\.\d+\n$/,
    error,
  );
});
