/** `trainscope lr-find`: the LR range test, and `train --auto-lr`, which trains with what it finds. */

import { configToSearch } from '../../engine/config/config_text.js';
import { findRate } from '../../engine/study/auto_rate.js';
import { hasDescent } from '../../engine/study/range_result.js';
import { runRangeTest } from '../../engine/study/range_test.js';
import { judgeByTries, suggestionsOf, tryRates } from '../../engine/study/range_tries.js';
import { parseShard } from '../../engine/study/sweep_plan.js';
import { LocalRunner } from '../../engine/study/trial/runner.js';
import { number } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { fingerprintOf, fingerprintOfWeights } from '../files/fingerprint.js';
import { CURVES, KeptFile } from '../files/kept_file.js';
import { startProgress } from '../progress.js';
import { formatRangeReport } from '../range_report.js';
import { datasetChooser, readRunInput } from '../run_input.js';
import { now, yieldNow } from '../timing.js';
import { UsageError } from '../usage_error.js';
import { loadWeights, readWeights, sayWeights } from '../weights.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../engine/study/range_test.js').Curve} RangeCurve
 * @typedef {(config: Config) => import('../../engine/run/trainer.js').Trainer} CreateTrainer  one that starts as the run would
 */

/**
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 */
export async function findLearningRate(engine, args) {
  const { out, shard, try: isTried } = args.options;
  const part = shard === null ? null : parseShard(shard);
  if (part && isTried)
    throw new UsageError('--try needs the whole test: join the files of --out, then leave out --shard');
  const input = await readRunInput(engine, args);
  const { config } = input;
  const datasetOf = datasetChooser(engine, input);
  const weights = await readWeights(args.options.weights);
  const runner = makeRunner((planned) => loadWeights(engine.createTrainer(planned, datasetOf(planned)), weights));
  const options = engine.parseRangeOptions(args.study);
  if (part && part.index >= options.seeds) {
    throw new UsageError(`--shard ${shard} has no part of ${plural(options.seeds, 'seed')}; name more --seeds`);
  }
  /** @type {KeptFile<RangeCurve> | null} */
  const file = out === null ? null : KeptFile.open(out, CURVES);
  const { seeds, ...asked } = options;
  const started = file ? [fingerprintOf(input.data), weights ? fingerprintOfWeights(weights.file) : ''] : [];
  /** @param {number} seed */
  const keyOf = (seed) => [configToSearch({ ...config, seed }), JSON.stringify(asked), ...started].join('#');
  const all = Array.from({ length: seeds }, (_, i) => config.seed + i);
  const known = new Map(
    all.flatMap((seed) => {
      const curve = file?.known.get(keyOf(seed));
      return curve ? [/** @type {const} */ ([seed, curve])] : [];
    }),
  );
  const progress = startProgress('LR range test', options.points * (seeds - known.size));
  let points = 0;
  try {
    const result = await runRangeTest({
      engine,
      runner,
      config,
      options,
      now,
      onPoint: ({ lr }) => progress.update(++points, `lr ${number(lr)}`),
      isOurs: (index) => part === null || index % part.count === part.index,
      known,
      onCurve: (seed, curve) => file?.add(keyOf(seed), curve),
    }).finally(() => progress.stop());
    const tried =
      isTried && hasDescent(result) ? judgeByTries(result, await trySuggestions(runner, config, result)) : result;
    const { says, notes } = sayWeights(weights);
    const text = [...says, formatRangeReport(tried)].join('\n');
    return { result: tried, text, notices: notes, complaint: file?.finish() ?? undefined };
  } finally {
    file?.close();
  }
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
