/** A program as strict TypeScript has it, with neither a browser's declarations nor Node's: it must compile. */

import type { Config, Problem, Row, Score, Trainer } from 'trainscope';
import { createEngine, TrainerError } from 'trainscope';
import { createFileDataset, readDataFiles, readSafetensors, writeSafetensors } from 'trainscope/data';
import { diagnose, LocalRunner, planSweep, runSweep } from 'trainscope/study';

const engine = await createEngine({ threads: 1, arithmetic: 'plain' });
const read = engine.parseConfig({ dataset: 'moons', lr: 0.1, optimizer: 'adam', steps: 20, changes: ['10:lr=0.05'] });
const config: Config = read.config;
const problems: Problem[] = read.problems;
const rate: number = config.lr;
const rule: 'adam' | 'sgd' | null = config.optimizer === 'adam' || config.optimizer === 'sgd' ? config.optimizer : null;
const trainer: Trainer = engine.createTrainer(config);
const rows: Row[] = trainer.step(5);
const loss: number = rows[0].loss + rows[0].grad_norm;
const score: Score | null = trainer.evaluate('val');
trainer.set({ lr: 0.01 });
trainer.restore(trainer.snapshot());

const runner = new LocalRunner({
  createTrainer: (settings) => engine.createTrainer(settings),
  now: () => 0,
  yieldNow: () => Promise.resolve(),
});
const { best } = await runSweep({
  runner,
  plan: planSweep({ config: { dataset: 'moons', steps: 200 }, over: ['lr=1e-3:10:9'], seeds: 3 }),
});
const told = await diagnose({ runner, config, now: () => 0 });

const data = await readDataFiles(engine, [{ name: 'a.csv', bytes: new Uint8Array(8) }], 'a.csv');
const fromFile = engine.createTrainer(config, createFileDataset(engine, data, config));
const { tensors } = readSafetensors(writeSafetensors(fromFile.tensors()), 'a.safetensors');

export const shown = [problems, rate, rule, loss, score, best, told, tensors, TrainerError];

// What is misspelt or of the wrong kind must not compile: each line below an @ts-expect-error would be an error if it did.

// @ts-expect-error
engine.parseConfig({ learning_rate: 1 });
// @ts-expect-error
engine.parseConfig({ lr: true });
// @ts-expect-error
trainer.set({ learning_rate: 1 });
// @ts-expect-error
trainer.evaluate('test');
// @ts-expect-error
rows[0].lost;
// @ts-expect-error
await createEngine({ thread: 2 });
