/** One experiment here and in another framework, from the same first weights and with the same batches. */

import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dataFactsOf, findFramework, planExperiment, writeProgram } from '../../web/engine/code/code.js';
import { writeSafetensors } from '../../web/engine/run/safetensors.js';

/**
 * @typedef {import('../../web/engine/engine.js').Engine} Engine
 * @typedef {import('../../web/engine/data/dataset.js').Dataset} Dataset
 * @typedef {import('./cells.js').Settings} Settings
 * @typedef {{ run: (program: string, words: string[]) => Promise<{ said?: string, error?: string }>, end: () => void }} Host
 * @typedef {{ loss: number, norm: number, rate: number, scale: number, clipped: number }} Difference  the largest over the
 *   steps, of norms and rates relative; clipped: share of the steps
 */

/** Runs programs in one process that answers a line for each. @param {string} command @param {string[]} words @returns {Host} */
export function startHost(command, words) {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    run: async (program, more) => {
      child.stdin.write(`${JSON.stringify({ program, words: more })}\n`);
      const { value, done } = await answers.next();
      return done ? { error: 'the host ended' } : JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

/** A host with PyTorch. @param {string} python */
export function startTorch(python) {
  return startHost(python, [fileURLToPath(new URL('run_scripts.py', import.meta.url))]);
}

/** The version that the programs are tried with. */
const TFJS = '@tensorflow/tfjs@4.22.0';

/** A host with TensorFlow.js, which is installed into a folder. @param {string} folder */
export async function startTfjs(folder) {
  const packages = join(folder, 'packages');
  await mkdir(packages);
  await writeFile(join(packages, 'package.json'), '{ "private": true }');
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', TFJS], { cwd: packages });
  return startHost(process.execPath, [fileURLToPath(new URL('run_modules.js', import.meta.url)), packages]);
}

/**
 * Trains an experiment here and there.
 *
 * @param {Engine} engine
 * @param {Dataset} dataset
 * @param {Settings} settings
 * @param {{ framework: string, host: Host, folder: string, name: string }} there  folder: for the files of this experiment
 * @returns {Promise<Difference>}
 * @throws {Error} where the code fails
 */
export async function compareExperiment(engine, dataset, settings, { framework: name, host, folder, name: label }) {
  const { config, problems } = engine.parseConfig({ ...settings, dataset: dataset.name });
  if (problems.length > 0) throw new Error(problems[0].message);
  const trainer = engine.createTrainer(config, dataset);
  const framework = findFramework(name);
  await mkdir(folder, { recursive: true });
  const at = (/** @type {string} */ suffix) => join(folder, `${label}.${suffix}`);
  await writeFile(
    at('safetensors'),
    writeSafetensors([...trainer.tensors(), ...trainer.material(['train', 'val'])], { format: 'pt' }),
  );
  const facts = dataFactsOf(trainer);
  const source = /** @type {const} */ ({ kind: 'material', path: at('safetensors') });
  const plan = planExperiment(trainer.reportedConfig, facts, { source, command: 'trainscope train' });
  const program = at(framework.suffix);
  await writeFile(program, writeProgram(framework, plan));
  const ours = trainer.step(trainer.totalSteps);
  trainer.dispose();
  const { error } = await host.run(program, ['--out', at('jsonl')]);
  if (error) throw new Error(`${label}: ${error}`);
  const theirs = (await readFile(at('jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return differ(ours, theirs);
}

/**
 * @param {import('../../web/engine/run/stepping.js').Row[]} ours
 * @param {{ loss: number, grad_norm: number, lr: number, clip_scale: number }[]} theirs
 * @returns {Difference}
 */
function differ(ours, theirs) {
  if (ours.length !== theirs.length) throw new Error(`${theirs.length} steps there, ${ours.length} here`);
  const most = (/** @type {(i: number) => number} */ of) => Math.max(...ours.map((_, i) => of(i)));
  const relative = (/** @type {number} */ a, /** @type {number} */ b) => (a === b ? 0 : Math.abs(a - b) / Math.abs(a));
  return {
    loss: most((i) => Math.abs(ours[i].loss - theirs[i].loss)),
    norm: most((i) => relative(ours[i].grad_norm, theirs[i].grad_norm)),
    rate: most((i) => relative(ours[i].lr, theirs[i].lr)),
    scale: most((i) => Math.abs(ours[i].clip_scale - theirs[i].clip_scale)),
    clipped: ours.filter(({ clip_scale }) => clip_scale < 1).length / ours.length,
  };
}
