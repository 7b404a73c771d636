/** Weights to start from: `--weights IN.safetensors`. */

import { readFile } from 'node:fs/promises';
import { TrainerError } from '../engine/core/errors.js';
import { readSafetensors } from '../engine/run/safetensors.js';
import { fileAccessError } from './run_input.js';

/**
 * @typedef {import('../engine/run/trainer.js').Trainer} Trainer
 * @typedef {{ path: string, tensors: import('../engine/run/safetensors.js').Tensor[] }} Weights
 */

/** @param {string | null} path  null: none were given @returns {Promise<Weights | null>} */
export async function readWeights(path) {
  if (path === null) return null;
  const bytes = await readFile(path).catch((error) => {
    throw fileAccessError('--weights', path, error);
  });
  return { path, ...readSafetensors(bytes, path) };
}

/** @param {Trainer} trainer @param {Weights | null} weights @returns {Trainer}  the same */
export function loadWeights(trainer, weights) {
  try {
    if (weights) trainer.setTensors(weights.tensors);
    return trainer;
  } catch (error) {
    if (error instanceof TrainerError) throw new TrainerError('data', 'weights', `${weights?.path}: ${error.message}`);
    throw error;
  }
}
