/** `trainscope lr-find`: the LR range test, and `train --auto-lr`, which trains with what it suggests. */

import { runRangeTest } from '../../engine/study/range_test.js';
import { LocalRunner } from '../../engine/study/trial/runner.js';
import { duration, number } from '../../engine/words/numbers.js';
import { startProgress } from '../progress.js';
import { formatRangeReport } from '../report.js';
import { readRunInput } from '../run_input.js';
import { now, yieldNow } from '../timing.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {(config: Config) => import('../../engine/run/trainer.js').Trainer} CreateTrainer  one that starts as the run would
 */

/**
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 */
export async function findLearningRate(engine, args) {
  const { config, dataset } = await readRunInput(engine, args);
  const createTrainer = (/** @type {Config} */ planned) => engine.createTrainer(planned, dataset);
  const result = await testRange(engine, config, createTrainer, args.study);
  return { result, text: formatRangeReport(result) };
}

/**
 * The rate that `--auto-lr` trains with: one seed's steepest descent.
 *
 * @param {Engine} engine
 * @param {Config} config
 * @param {CreateTrainer} createTrainer
 * @returns {Promise<{ lr: number, says: string }>}
 */
export async function findRate(engine, config, createTrainer) {
  const { suggestion, message, seconds } = await testRange(engine, config, createTrainer, {});
  const lr = suggestion.steepest;
  if (lr !== null)
    return { lr, says: `Learning rate ${number(lr)}, which a range test of ${duration(seconds)} suggests.` };
  throw new Error(`--auto-lr: the range test suggests no rate. ${message ?? 'The loss falls nowhere.'}`);
}

/**
 * @param {Engine} engine
 * @param {Config} config
 * @param {CreateTrainer} createTrainer
 * @param {import('../../engine/config/config.js').SomeSettings} given  options of the test
 */
async function testRange(engine, config, createTrainer, given) {
  const options = engine.parseRangeOptions(given);
  const progress = startProgress('LR range test', options.points * options.seeds);
  let points = 0;
  try {
    return await runRangeTest({
      engine,
      runner: new LocalRunner({ createTrainer, now, yieldNow }),
      config,
      options,
      now,
      onPoint: ({ lr }) => progress.update(++points, `lr ${number(lr)}`),
    });
  } finally {
    progress.stop();
  }
}
