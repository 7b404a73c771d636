/** `trainscope lr-find`: the LR range test, and `train --auto-lr`, which trains with what it finds. */

import { findRate } from '../../engine/study/auto_rate.js';
import { hasDescent } from '../../engine/study/range_result.js';
import { runRangeTest } from '../../engine/study/range_test.js';
import { judgeByTries, suggestionsOf, tryRates } from '../../engine/study/range_tries.js';
import { LocalRunner } from '../../engine/study/trial/runner.js';
import { number } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { startProgress } from '../progress.js';
import { formatRangeReport } from '../range_report.js';
import { datasetChooser, readRunInput } from '../run_input.js';
import { now, yieldNow } from '../timing.js';
import { loadWeights, readWeights, sayWeights } from '../weights.js';

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
  const input = await readRunInput(engine, args);
  const { config } = input;
  const datasetOf = datasetChooser(engine, input);
  const weights = await readWeights(args.options.weights);
  const runner = makeRunner((planned) => loadWeights(engine.createTrainer(planned, datasetOf(planned)), weights));
  const options = engine.parseRangeOptions(args.study);
  const progress = startProgress('LR range test', options.points * options.seeds);
  let points = 0;
  /** @type {import('../../engine/study/range_result.js').RangeResult} */
  let result;
  try {
    result = await runRangeTest({
      engine,
      runner,
      config,
      options,
      now,
      onPoint: ({ lr }) => progress.update(++points, `lr ${number(lr)}`),
    });
  } finally {
    progress.stop();
  }
  const isTried = args.options.try && hasDescent(result);
  const tried = isTried ? judgeByTries(result, await trySuggestions(runner, config, result)) : result;
  const { says, notes } = sayWeights(weights);
  return { result: tried, text: [...says, formatRangeReport(tried)].join('\n'), notices: notes };
}

/** @param {LocalRunner} runner @param {Config} config @param {import('../../engine/study/range_result.js').RangeResult} test */
async function trySuggestions(runner, config, test) {
  const progress = startProgress('Trying the suggestions', 1);
  try {
    return await tryRates({
      runner,
      config,
      suggestions: suggestionsOf(test),
      onTry: (tried) => tellTries(progress, tried),
    });
  } finally {
    progress.stop();
  }
}

/**
 * The rate that `--auto-lr` trains with.
 *
 * @param {Engine} engine
 * @param {Config} config
 * @param {CreateTrainer} createTrainer
 * @param {import('../../engine/study/auto_rate.js').Way} way
 */
export async function findAutoRate(engine, config, createTrainer, way) {
  const progress = startProgress('LR range test', 1);
  try {
    return await findRate({
      engine,
      runner: makeRunner(createTrainer),
      config,
      way,
      now,
      onPoint: ({ lr }) => progress.update(0, `lr ${number(lr)}`),
      onTry: (tried) => tellTries(progress, tried),
    });
  } finally {
    progress.stop();
  }
}

/** @param {ReturnType<typeof startProgress>} progress @param {unknown[]} tried */
function tellTries(progress, tried) {
  progress.update(0, `${plural(tried.length, 'rate')} tried`);
}

/** @param {CreateTrainer} createTrainer */
function makeRunner(createTrainer) {
  return new LocalRunner({ createTrainer, now, yieldNow });
}
