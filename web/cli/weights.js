/** Weights to start from: `--weights IN.safetensors`. */

import { readFile } from 'node:fs/promises';
import { readSafetensors } from '../engine/run/safetensors.js';
import { fitWeights } from '../engine/run/start_weights.js';
import { fileAccessError } from './file_access.js';

/**
 * @typedef {import('../engine/run/trainer.js').Trainer} Trainer
 * @typedef {{ path: string, file: import('../engine/run/safetensors.js').Weights,
 *   fitted: import('../engine/run/start_weights.js').Fitted | null }} Weights  fitted: to the model, once there was one
 */

/** @param {string | null} path  null: none were given @returns {Promise<Weights | null>} */
export async function readWeights(path) {
  if (path === null) return null;
  const bytes = await readFile(path).catch((error) => {
    throw fileAccessError('--weights', path, error);
  });
  return { path, file: readSafetensors(bytes, path), fitted: null };
}

/** @param {Trainer} trainer  every one of the same model @param {Weights | null} weights @returns {Trainer}  the same */
export function loadWeights(trainer, weights) {
  if (!weights) return trainer;
  const model = { own: trainer.tensors(), inputShape: trainer.inputShape };
  weights.fitted ??= fitWeights(model, weights.file, weights.path);
  trainer.setTensors(weights.fitted.tensors);
  return trainer;
}

/** What is said of them: all of it, and what a program should hear too. @param {Weights | null} weights */
export function sayWeights(weights) {
  return { says: weights?.fitted?.says ?? [], notes: weights?.fitted?.notes ?? [] };
}
