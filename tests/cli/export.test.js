/** `trainscope export`: code on standard output, what it needs in a file, and what it refuses. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSafetensors } from '../../web/engine/run/safetensors.js';
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
  await assertRefused(['export', 'torhc'], /unknown framework torhc; did you mean torch\?/);
  await assertRefused(['export', 'torch', '--part', 'half'], /--part must be one of all, steps/);
  await assertRefused(['export', 'torch', '--dataset', 'glyphs'], /glyphs are drawn by Trainscope.*--material/);
  await assertRefused(['export', 'torch', '--dataset', 'custom'], /--dataset custom needs --data/);
  await assertRefused(['export', 'torch', '--change', '3:lr=0.1'], /--change cannot be exported/);
  const material = join(folder, 'none.safetensors');
  await assertRefused(['export', 'torch', '--part', 'steps', '--material', material], /--material is for a program/);
  const mistaken = ['--optimizer', 'adam', '--mistake', 'adam_multiplies', '--material', material];
  await assertRefused(['export', 'torch', ...mistaken], /--mistake adam_multiplies cannot be exported/);
  assert.ok(!existsSync(material));
});
