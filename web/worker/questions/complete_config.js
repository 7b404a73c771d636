/** Configs that the page gives, as runs need them. */

import { TrainerError } from '../../engine/core/errors.js';

/**
 * @param {import('../../engine/engine.js').Engine} engine
 * @param {import('../../engine/config/config.js').GivenConfig} given
 * @returns {import('../../engine/config/config.js').Config}
 * @throws {TrainerError} with the first problem
 */
export function completeConfig(engine, given) {
  const { config, problems } = engine.parseConfig(given);
  if (problems.length === 0) return config;
  const { field, message, position = null } = problems[0];
  const error = new TrainerError('setting', field, message);
  error.position = position;
  throw error;
}
