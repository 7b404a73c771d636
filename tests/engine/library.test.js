/** The library's other doors, as a program of one's own comes in by them. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createFileDataset, readDataFiles, readSafetensors, writeSafetensors } from '../../web/library/data.js';
import { LocalRunner, planSweep, runSweep } from '../../web/library/study.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

test('the package names doors that exist, and depends on what an installed one imports', async () => {
  const root = new URL('../../', import.meta.url);
  const { exports, dependencies } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  for (const door of ['./study', './data']) {
    assert.deepEqual(
      Object.keys(await import(new URL(exports[door].default, root).href)).length > 3 && Object.keys(exports[door]),
      ['types', 'default'],
    );
  }
  assert.deepEqual(Object.keys(dependencies), ['cli-progress', 'fflate', 'leven']);
});

test('a sweep of one’s own, by the runner of this thread', async () => {
  const runner = new LocalRunner({
    createTrainer: (config) => engine.createTrainer(config),
    now: () => performance.now(),
    yieldNow: () => new Promise((resolve) => setTimeout(resolve)),
  });
  const plan = planSweep({ config: { dataset: 'moons', steps: 40 }, over: ['lr=0.001,0.1'], seeds: 1 });
  const { best, complete } = await runSweep({ runner, plan });
  assert.equal(complete, true);
  assert.deepEqual(best?.changes, { lr: 0.1 });
});

test('a table from its bytes to a training, and its weights to a file and back', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 3) % 5},${i % 2 ? 'yes' : 'no'}`);
  const bytes = new TextEncoder().encode(['a,b,label', ...rows].join('\n'));
  const data = await readDataFiles(engine, [{ name: 'table.csv', bytes }], 'table.csv');
  const { config } = engine.parseConfig({ dataset: 'custom', steps: 10, batch: 8 });
  const trainer = engine.createTrainer(config, createFileDataset(engine, data, config));
  trainer.step(10);
  const tensors = trainer.tensors();
  const read = readSafetensors(writeSafetensors(tensors), 'weights.safetensors');
  assert.deepEqual(read.tensors.map(({ name }) => name).sort(), tensors.map(({ name }) => name).sort());
});
