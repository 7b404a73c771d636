/**
 * Who is in the ward: every healthy setting, and every patient as a healthy setting to which one thing was done.
 */

import { HEALTHY } from './healthy.js';
import { PATIENTS } from './patients.js';

/**
 * @typedef {import('../../web/engine/engine.js').Engine} Engine
 * @typedef {import('../../web/engine/config/config.js').Config} Config
 * @typedef {import('../../web/engine/config/config.js').SomeSettings} SomeSettings
 * @typedef {import('../../web/engine/config/config.js').GivenConfig} GivenConfig
 *
 * @typedef {object} Case
 * @property {string} id
 * @property {string} disease  its cause in the contract's words; `none` of a healthy one
 * @property {string} done  what was done to the healthy setting; empty for a healthy one
 * @property {Config} config
 * @property {Config} healthy  without the illness; the same for a healthy one
 * @property {{ name: string, seed: number } | null} own  data of one's own
 * @property {boolean} isQuick  one of the small sample
 */

/** What no cause need be given for. */
export const WELL = 'none';

/** Fine enough that the best checkpoint is not missed. */
const EVAL_EVERY = 20;

/** Some quick ones of different kinds, for a look and for the tests. */
const QUICK = [
  'blobs-sgd-full',
  'plane-sgd-full',
  'sentences-bigram',
  'rate_too_low/blobs-logistic-1',
  'rate_too_high/plane-sgd',
  'weight_decay/plane-sgd',
  'clipping/blobs-rmsprop',
];

/**
 * @param {Engine} engine
 * @param {number} from  added to every seed and data seed: another ward of the same kind
 * @returns {Case[]}  the healthy first
 */
export function listWard(engine, from) {
  const healthy = HEALTHY.map((row) => {
    const config = parseHealthy(engine, row.id, row.settings, from);
    const own = row.own ? { name: row.own, seed: 1 + from } : null;
    return { id: row.id, disease: WELL, done: '', config, healthy: config, own, isQuick: QUICK.includes(row.id) };
  });
  const patients = PATIENTS.map(({ disease, base, ill, name }) => {
    const id = `${disease}/${base}${name ? `/${name}` : ''}`;
    const well = healthy.find((one) => one.id === base);
    if (!well) throw new Error(`${id}: there is no healthy setting ${base}`);
    const changes = ill(well.config);
    const config = parse(engine, id, { ...well.config, ...changes });
    return { ...well, id, disease, done: describeChanges(well.config, changes), config, isQuick: QUICK.includes(id) };
  });
  return [...healthy, ...patients];
}

/** @param {Engine} engine @param {string} id @param {SomeSettings} settings @param {number} from */
function parseHealthy(engine, id, settings, from) {
  const config = parse(engine, id, { eval_every: EVAL_EVERY, ...settings });
  return { ...config, seed: config.seed + from, data_seed: config.data_seed + from };
}

/** @param {Engine} engine @param {string} id @param {GivenConfig} settings @returns {Config} */
function parse(engine, id, settings) {
  const { config, problems } = engine.parseConfig(settings);
  if (problems.length > 0) throw new Error(`${id}: ${problems[0].message}`);
  return config;
}

/** @param {Config} before @param {SomeSettings} changes */
function describeChanges(before, changes) {
  return Object.entries(changes)
    .map(([name, value]) => `${name} ${before[/** @type {keyof Config} */ (name)]} → ${value}`)
    .join(', ');
}
