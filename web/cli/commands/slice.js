/** `trainscope slice`: the loss around a run, over a plane through the space of its weights. */

import { totalSteps } from '../../engine/config/config.js';
import { parseSliceOptions } from '../../engine/run/slice/loss_slice.js';
import { walkPath } from '../../engine/study/slice/path_walk.js';
import { surveySlice } from '../../engine/study/slice/survey.js';
import { count } from '../../engine/words/numbers.js';
import { sayDistance, sayFound, sayHow, sayPlane, sayStep } from '../../engine/words/slice.js';
import { startProgress } from '../progress.js';
import { exact, row } from '../report.js';
import { readRunInput } from '../run_input.js';
import { now, SLICE_MS, yieldNow } from '../timing.js';
import { UsageError } from '../usage_error.js';
import { loadWeights, readWeights, sayWeights } from '../weights.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/run/trainer.js').Trainer} Trainer
 * @typedef {import('../../engine/study/slice/survey.js').SliceMap} SliceMap
 * @typedef {import('../../engine/config/config.js').SliceOptions} SliceOptions
 *
 * @typedef {object} SliceOwn  what the report says in its own way
 * @property {Trainer['reportedConfig']} config  the run's
 * @property {number[][]} losses  row after row, from the lowest b
 * @property {string} digest  of the run's weights and state, where it stands
 *
 * @typedef {SliceOptions & Omit<SliceMap, 'options' | 'losses'> & SliceOwn} SliceReport  as JSON
 */

/**
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 */
export async function sliceLoss(engine, args) {
  // What is wrong with the map is said before a long training, not after it.
  const options = parseSliceOptions(args.study);
  const { config, dataset } = await readRunInput(engine, args);
  const wanted = args.options.step ?? totalSteps(config);
  if (wanted > totalSteps(config)) {
    throw new UsageError(`--step ${wanted} is beyond the run, which has ${count(totalSteps(config))} steps`);
  }
  const weights = await readWeights(args.options.weights);
  const { trainer, walk } = await train(() => loadWeights(engine.createTrainer(config, dataset), weights), wanted);
  args.sayNotes();
  const map = await survey(trainer, walk, options);
  const { says, notes } = sayWeights(weights);
  const remarks = [...says, ...trainer.notices, ...sayEarlyEnd(trainer, wanted)];
  return {
    result: reportMap(map, trainer),
    text: [...remarks, ...formatMap(map)].join('\n'),
    notices: [...notes, ...trainer.notices, ...sayEarlyEnd(trainer, wanted)],
  };
}

/**
 * The run up to a step, or to where it diverges, and its path.
 *
 * @param {() => Trainer} begin
 * @param {number} wanted
 */
async function train(begin, wanted) {
  const walkTo = async (/** @type {number} */ taken) => {
    const trainer = begin();
    const progress = startProgress('Training', taken);
    const onPoint = () => progress.update(trainer.stepsTaken);
    const walk = await walkPath({ trainer, taken, now, yieldNow, sliceMs: SLICE_MS, onPoint }).finally(progress.stop);
    return { trainer, walk };
  };
  const first = await walkTo(wanted);
  const taken = first.trainer.stepsTaken;
  if (taken === wanted) return first;
  // It diverged: its path is known now, to where it leads.
  first.trainer.dispose();
  return walkTo(taken);
}

/** @param {Trainer} trainer @param {number} wanted */
function sayEarlyEnd(trainer, wanted) {
  const { stepsTaken } = trainer;
  return stepsTaken < wanted ? [`The run diverged at step ${count(stepsTaken)}: the map is of where it was then.`] : [];
}

/**
 * @param {Trainer} trainer
 * @param {Awaited<ReturnType<typeof walkPath>>} walk
 * @param {import('../../engine/config/config.js').SliceOptions} options
 */
async function survey(trainer, walk, options) {
  const progress = startProgress('Losses', options.places ** 2);
  const onLosses = (/** @type {Float64Array} */ losses, /** @type {number} */ from) =>
    progress.update(from + losses.length);
  return surveySlice({
    trainer,
    ...walk,
    options: { ...options },
    now,
    yieldNow,
    sliceMs: SLICE_MS,
    onLosses,
  }).finally(progress.stop);
}

/** @param {SliceMap} map @param {Trainer} trainer @returns {SliceReport} */
function reportMap({ losses, options, ...map }, trainer) {
  const { places } = options;
  const rows = Array.from({ length: places }, (_, row) => [...losses.slice(row * places, (row + 1) * places)]);
  return { config: trainer.reportedConfig, ...options, ...map, losses: rows, digest: trainer.digest() };
}

/** @param {SliceMap} map */
function formatMap(map) {
  const { region, lowest, last, seconds } = map;
  const side = (/** @type {number[]} */ [low, high]) => `${exact(low)} … ${exact(high)}`;
  return [
    row('step', count(map.step)),
    row('loss', exact(map.loss)),
    row('lowest', lowest ? `${exact(lowest.loss)} at ${exact(lowest.a)}, ${exact(lowest.b)}` : 'none is finite'),
    row('sharpness', exact(map.sharpness)),
    row('map', `${side(map.region.a)} by ${side(region.b)}`),
    row('last step', last ? exact(last.length) : 'none'),
    row('seconds', exact(seconds)),
    ...[...sayFound(map, map), sayPlane(map), sayDistance(map), sayStep(map), sayHow(map)].filter(Boolean),
    'The losses themselves: --json.',
  ];
}
