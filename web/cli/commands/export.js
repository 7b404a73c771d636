/** `trainscope export`: the settings as code for another framework. */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  dataFactsOf,
  findFramework,
  judgeProgram,
  planExperiment,
  planSteps,
  writeProgram,
  writeSteps,
} from '../../engine/code/code.js';
import { listFlags, quoteForShell } from '../../engine/config/config_text.js';
import { joinFlags } from '../../engine/config/flag_text.js';
import { writeSafetensors } from '../../engine/run/safetensors.js';
import { checkOutput, writeOutput } from '../files/output_file.js';
import { readConfig, readRunInput } from '../run_input.js';
import { UsageError } from '../usage_error.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../engine/run/trainer.js').Trainer} Trainer
 * @typedef {import('../../engine/code/experiment.js').DataSource} DataSource
 */

/** Numbers of samples that may stand in the code itself. */
const EMBEDDED_MAX = 10_000;

/**
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: { framework: string, part: string, config: Config, code: string }, text: string }>}
 */
export async function exportCode(engine, args) {
  const { argument, options } = args;
  if (argument === null) throw new UsageError('export needs a framework, such as trainscope export torch --lr 0.1');
  const framework = findFramework(argument);
  const { part } = options;
  if (part === 'steps' || !framework.program) {
    if (options.material)
      throw new UsageError(`--material is for a program of the whole experiment, not for --part steps`);
    const config = readConfig(engine, args);
    const code = writeSteps(framework, planSteps(config));
    return { result: { framework: framework.name, part: 'steps', config, code }, text: code.trimEnd() };
  }
  if (options.material) await checkOutput('--material', options.material);
  const { config, dataset } = await readRunInput(engine, args);
  const trainer = engine.createTrainer(config, dataset);
  const facts = dataFactsOf(trainer);
  judgeProgram(framework, trainer.reportedConfig, facts);
  const source = findSource(trainer, options);
  const command = joinFlags([...dataFlags(options.data), ...flagsWithoutData(config)]);
  const code = writeProgram(framework, planExperiment(trainer.reportedConfig, facts, { source, command }));
  if (options.material) await writeMaterial(trainer, source, options.material);
  trainer.dispose();
  return {
    result: { framework: framework.name, part: 'all', config: trainer.reportedConfig, code },
    text: code.trimEnd(),
  };
}

/** @param {string | null} path */
function dataFlags(path) {
  return path === null ? [] : [`--data ${quoteForShell(path)}`];
}

/** --data says what dataset means. @param {Config} config */
function flagsWithoutData(config) {
  return listFlags(config).filter((flag) => flag !== '--dataset custom');
}

/**
 * Where the code finds its samples: in files that it reads by itself, in what --material writes, or, a few points, in
 * the code.
 *
 * @param {Trainer} trainer
 * @param {Record<string, any>} options
 * @returns {DataSource}
 */
function findSource(trainer, { data, material, transpose }) {
  const { config, dataset } = trainer;
  if (data !== null && !transpose && isMnistFolder(data) && isAsStored(config)) return { kind: 'idx', folder: data };
  if (material !== null) return { kind: 'material', path: material };
  const numbers =
    (trainer.trainCount + trainer.valCount) * trainer.inputShape.reduce((product, side) => product * side, 1);
  // The samples of a text overlap: it may be short where they are long.
  if (numbers <= EMBEDDED_MAX || dataset.isTokens) {
    const tensors = trainer.material(['train', 'val']).filter(({ name }) => name !== 'order');
    const stored = tensors.reduce((sum, { data: { length } }) => sum + length, 0);
    if (!dataset.isTokens || stored <= EMBEDDED_MAX) return { kind: 'embedded', tensors };
  }
  const drawn = dataset.isTokens
    ? `the samples of ${dataset.name} are drawn by Trainscope`
    : `${dataset.name} are drawn by Trainscope`;
  const what = dataset.name === 'custom' ? 'code reads IDX files only' : drawn;
  throw new UsageError(
    `${what}, and these are too many samples to stand in code: --material FILE.safetensors writes them for it`,
  );
}

/** Whether samples are what the files hold, in their order. @param {Config} config */
function isAsStored({ label_noise, outliers }) {
  return label_noise === 0 && outliers === 0;
}

/** Whether a folder has the four files of MNIST's format, as the code looks for them. @param {string} folder */
function isMnistFolder(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
  const names = ['train', 't10k'].flatMap((split) => [`${split}-images-idx3-ubyte`, `${split}-labels-idx1-ubyte`]);
  return names.every((name) => existsSync(join(folder, name)) || existsSync(join(folder, `${name}.gz`)));
}

/** @param {Trainer} trainer @param {DataSource} source @param {string} path */
async function writeMaterial(trainer, source, path) {
  const tensors = [...trainer.tensors(), ...trainer.material(source.kind === 'material' ? ['train', 'val'] : [])];
  await writeOutput('--material', path, writeSafetensors(tensors, { format: 'pt' }));
}
