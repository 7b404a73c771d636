/**
 * The plan of a sweep: every trial of it, judged before the first one runs, and which part of them is one machine's.
 */

import { parseSettings } from '../config/config.js';
import { configToSearch } from '../config/config_text.js';
import { changeSettings } from '../config/rules.js';
import { TrainerError } from '../core/errors.js';
import { count } from '../words/numbers.js';
import { plural } from '../words/sentences.js';
import { axesOfPoints, expandAxes, listPoints, overError, samplePoints } from './sweep_axes.js';

/**
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../config/config.js').GivenConfig} GivenConfig
 * @typedef {import('../config/config.js').Problem} Problem
 * @typedef {import('./sweep_axes.js').Axis} Axis
 * @typedef {import('./sweep_axes.js').Settings} Settings
 * @typedef {{ index: number, count: number }} Shard  index: 0 … count - 1
 *
 * @typedef {object} PlannedTrial
 * @property {number} index  in the whole grid
 * @property {Settings} changes
 * @property {number} seed
 * @property {Config} config  complete
 * @property {string} key
 *
 * @typedef {object} SweepPlan
 * @property {Config} config  complete: what the trials share
 * @property {Axis[]} axes
 * @property {number} seeds
 * @property {number | null} sample  how many points were to be drawn instead of a grid
 * @property {number} size  trials of the whole, other shards' included
 * @property {PlannedTrial[]} trials  of this shard; the last axis runs fastest, seeds faster still
 */

/** Trials of a whole sweep. */
const TRIALS_MAX = 100_000;

/**
 * @param {object} sweep
 * @param {GivenConfig} sweep.config
 * @param {(string | Axis)[]} sweep.over
 * @param {number} [sweep.seeds]  each point is trained with seed, seed + 1, …
 * @param {number | null} [sweep.sample]  draws so many points from between the ends of the axes instead of their grid
 * @param {Shard | null} [sweep.shard]  every count-th trial only: several machines share a sweep
 * @param {string} [sweep.fingerprint]  tells the caller's own data apart in keys; '' for generated data
 * @param {(config: GivenConfig) => { config: Config, problems: Problem[] }} [sweep.parseConfig]  an engine's,
 *   which knows the rules between settings and the model text as well; the tables' by default
 * @returns {SweepPlan}
 * @throws {TrainerError} with the first thing that is wrong
 */
export function planSweep({
  config,
  over,
  seeds = 1,
  sample = null,
  shard = null,
  fingerprint = '',
  parseConfig = parseSettings,
}) {
  const grid = sample === null ? expandAxes(over) : null;
  const base = requireConfig(parseConfig, config, 'setting');
  const most = grid ? grid.reduce((product, { values }) => product * values.length, seeds) : Number(sample) * seeds;
  if (most > TRIALS_MAX) throw overError(`makes ${plural(most, 'trial')}; ${count(TRIALS_MAX)} are the most.`);
  const points = grid ? listPoints(grid) : samplePoints(over, Number(sample));
  const { index: first, count: shards } = shard ?? { index: 0, count: 1 };
  requireConfig(parseConfig, { ...base, seed: base.seed + seeds - 1 }, 'setting');
  /** @type {PlannedTrial[]} */
  const trials = [];
  for (const [p, changes] of points.entries()) {
    const point = requireConfig(parseConfig, changeSettings(base, changes), 'point');
    for (let i = 0; i < seeds; i++) {
      const index = p * seeds + i;
      if (index % shards !== first) continue;
      const seeded = { ...point, seed: point.seed + i };
      const key = `${configToSearch(seeded)}${fingerprint && `#${fingerprint}`}`;
      trials.push({ index, changes, seed: seeded.seed, config: seeded, key });
    }
  }
  return { config: base, axes: grid ?? axesOfPoints(points), seeds, sample, size: points.length * seeds, trials };
}

/**
 * `2/8` as a shard: the second of eight.
 *
 * @param {string} text
 * @returns {Shard}
 */
export function parseShard(text) {
  const [, part, parts] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const [index, count] = [Number(part) - 1, Number(parts)];
  if (index >= 0 && index < count) return { index, count };
  throw new TrainerError('setting', 'shard', `shard must be a part of a number of parts, such as 2/8, not "${text}".`);
}

/**
 * @param {(config: GivenConfig) => { config: Config, problems: Problem[] }} parseConfig
 * @param {GivenConfig} given
 * @param {'setting' | 'point'} what  of a point, the axes are to blame
 * @returns {Config}
 */
function requireConfig(parseConfig, given, what) {
  const { config, problems } = parseConfig(given);
  if (problems.length === 0) return config;
  const { field, message, position = null } = problems[0];
  if (what === 'point') throw overError(`makes a point that cannot be trained: ${message}`);
  const error = new TrainerError('setting', field, message);
  error.position = position;
  throw error;
}
