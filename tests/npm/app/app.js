/** A program of someone else's: the same in Node, in a page, and in what bundlers make of it. */

import { createEngine } from 'trainscope';
import { createFileDataset, readDataFiles, readSafetensors, writeSafetensors } from 'trainscope/data';
import { LocalRunner, planSweep, runSweep } from 'trainscope/study';

/**
 * Trains, from data of its own too, sweeps, and brings weights to a file and back.
 *
 * @param {NonNullable<Parameters<typeof createEngine>[0]>} [options]
 * @returns {Promise<{ digest: string, best: unknown, read: string, threads: number }>}
 */
export async function tryAll(options) {
  const engine = await createEngine(options);
  const { config } = engine.parseConfig({ dataset: 'moons', optimizer: 'adam', lr: 0.02, steps: 60 });
  const trainer = engine.createTrainer(config);
  trainer.step(config.steps);
  const { tensors } = readSafetensors(writeSafetensors(trainer.tensors()), 'weights.safetensors');
  if (tensors.length !== trainer.tensors().length) throw new Error('weights were lost on their way');

  const runner = new LocalRunner({
    createTrainer: (settings) => engine.createTrainer(settings),
    now: () => performance.now(),
    yieldNow: () => new Promise((resolve) => setTimeout(resolve)),
  });
  const plan = planSweep({ config: { dataset: 'moons', steps: 40 }, over: ['lr=0.001,0.1'], seeds: 1 });
  const { best } = await runSweep({ runner, plan });

  const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 3) % 5},${i % 2 ? 'yes' : 'no'}`);
  const bytes = new TextEncoder().encode(['a,b,label', ...rows].join('\n'));
  const data = await readDataFiles(engine, [{ name: 'table.csv', bytes }], 'table.csv');
  const own = engine.parseConfig({ dataset: 'custom', steps: 10, batch: 8 }).config;
  const onTable = engine.createTrainer(own, createFileDataset(engine, data, own));
  onTable.step(10);
  const found = { digest: trainer.digest(), best: best?.changes, read: onTable.digest(), threads: engine.threads };
  engine.dispose();
  return found;
}
