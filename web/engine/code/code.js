/**
 * Settings as code for other frameworks: the whole experiment, or what a step is made of (update rule, schedule,
 * clipping) for a loop of one's own. Pure functions from settings to text; nothing is run here.
 */

import { nearestName } from '../config/names.js';
import { TrainerError } from '../core/errors.js';
import { layersOf, planSteps } from './experiment.js';
import { kerasProgram, kerasSteps } from './keras/keras.js';
import { flattenLayers } from './network.js';
import { optaxProgram, optaxSteps } from './optax/optax.js';
import { tfjsProgram, tfjsSteps } from './tfjs/tfjs.js';
import { torchProgram, torchSteps } from './torch/torch.js';
import { SEQUENCE_MODULES } from './torch/torch_sequences.js';
import { huggingFaceSteps, lightningSteps } from './torch/trainers.js';

/**
 * @typedef {import('./experiment.js').Experiment} Experiment
 * @typedef {import('./experiment.js').DataFacts} DataFacts
 * @typedef {import('./experiment.js').DataSource} DataSource
 * @typedef {import('../config/config.js').Config} Config
 *
 * @typedef {object} Framework
 * @property {string} name  as the command line takes it
 * @property {string} label
 * @property {string} suffix  of a file of such code
 * @property {((experiment: Experiment) => string) | null} program  the whole experiment; null where only a step is to be had
 * @property {(steps: import('./python.js').Steps) => string} steps  update rule, schedule and clipping
 */

/** @type {Framework[]} */
export const FRAMEWORKS = [
  { name: 'torch', label: 'PyTorch', suffix: 'py', program: torchProgram, steps: torchSteps },
  { name: 'keras', label: 'Keras', suffix: 'py', program: kerasProgram, steps: kerasSteps },
  { name: 'optax', label: 'JAX and Optax', suffix: 'py', program: optaxProgram, steps: optaxSteps },
  { name: 'lightning', label: 'Lightning', suffix: 'py', program: null, steps: lightningSteps },
  { name: 'huggingface', label: 'Hugging Face', suffix: 'py', program: null, steps: huggingFaceSteps },
  { name: 'tfjs', label: 'TensorFlow.js', suffix: 'mjs', program: tfjsProgram, steps: tfjsSteps },
];

/** Those that have code of rules which move matrices as a whole. */
const MOVES_MATRICES = ['torch', 'lightning', 'huggingface'];

/** Those that have code of networks for sequences. */
const READS_SEQUENCES = ['torch'];

/** The frameworks that code of a whole experiment is printed for. */
export const PROGRAMS = FRAMEWORKS.filter(({ program }) => program !== null);

/** @param {string} name @returns {Framework} @throws {TrainerError} where there is none */
export function findFramework(name) {
  const framework = FRAMEWORKS.find((other) => other.name === name);
  if (framework) return framework;
  const names = FRAMEWORKS.map((other) => other.name);
  const nearest = nearestName(name, names);
  const hint = nearest ? `; did you mean ${nearest}? There are` : ': there are';
  throw new TrainerError('argument', null, `unknown framework ${name}${hint} ${names.join(', ')}`);
}

/** The whole experiment as a program. @param {Framework} framework  with programs @param {Experiment} experiment */
export function writeProgram(framework, experiment) {
  judgeProgram(framework, experiment.config, experiment.data);
  if (!framework.program) throw new TrainerError('argument', null, `${framework.label} has no whole program`);
  return framework.program(experiment);
}

/** Update rule, schedule and clipping. @param {Framework} framework @param {import('./python.js').Steps} steps */
export function writeSteps(framework, steps) {
  judgeRule(framework, steps);
  return framework.steps(steps);
}

/**
 * The same where a reader is to see it: what cannot be exported is a sentence.
 *
 * @param {string} name  of the framework
 * @param {Config} config  complete and valid
 * @returns {{ label: string, suffix: string, text: string, refused: null } | { label: string, suffix: string, text: null, refused: string }}
 */
export function stepsOf(name, config) {
  const framework = findFramework(name);
  const { label, suffix } = framework;
  try {
    return { label, suffix, text: writeSteps(framework, planSteps(config)), refused: null };
  } catch (error) {
    if (error instanceof TrainerError) return { label, suffix, text: null, refused: error.message };
    throw error;
  }
}

/** What is to be had where the network is not. */
const STEPS_ALONE = 'Its optimizer, schedule and clipping can be exported alone: --part steps.';

/**
 * Refuses what no program of the framework can say, before its data are looked for.
 *
 * @param {Framework} framework
 * @param {Config} config
 * @param {DataFacts} data
 * @throws {TrainerError}
 */
export function judgeProgram(framework, config, data) {
  const { name, label } = framework;
  judgeRule(framework, planSteps(config));
  if (READS_SEQUENCES.includes(name)) return;
  if (data.shape.length !== 2 && !data.tokens) {
    judgeLayers(framework, layersOf(config, data));
    return;
  }
  const sentence = `dataset ${config.dataset} cannot be exported to ${label} yet: its samples are sequences, for which there is code in PyTorch only. ${STEPS_ALONE}`;
  throw new TrainerError('setting', 'dataset', sentence);
}

/** @param {Framework} framework @param {import('./network.js').Layer[]} layers @throws {TrainerError} */
function judgeLayers({ label }, layers) {
  const layer = flattenLayers(layers).find(({ unit }) => unit in SEQUENCE_MODULES);
  if (!layer) return;
  const sentence = `model: the layer ${layer.unit} cannot be exported to ${label} yet: there is code in PyTorch only. ${STEPS_ALONE}`;
  throw new TrainerError('setting', 'model', sentence);
}

/** @param {Framework} framework @param {import('./python.js').Steps} steps @throws {TrainerError} */
function judgeRule({ name, label }, { rule }) {
  if (!rule.moves_matrices || MOVES_MATRICES.includes(name)) return;
  const sentence = `optimizer ${rule.name} cannot be exported to ${label}: it moves matrices as a whole, for which there is code in PyTorch only.`;
  throw new TrainerError('setting', 'optimizer', sentence);
}

export { dataFactsOf, planExperiment, planSteps } from './experiment.js';
