/**
 * What suits each batch size: its rate, searched both ways from the settings' own, then momentum and weight decay at that
 * rate, each by a small search with one seed.
 */

import { usesSetting } from '../../config/rules.js';
import { FIELD_BY_NAME } from '../../config/schema.js';
import { number, significant } from '../../words/numbers.js';
import { list } from '../../words/sentences.js';
import { settingInWords } from '../../words/settings.js';
import { findBestPoint, judgeRates } from '../judge/judge.js';
import { isRate } from './trainings.js';

/**
 * @typedef {import('./procedure.js').Procedure} Procedure
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('../../config/config.js').Config} Config
 *
 * @typedef {object} Search  of one batch size
 * @property {Config} base  its settings, at the settings' own rate
 * @property {Map<number, Point>} rates  by their place on the grid
 * @property {Point | null} best  of all that was tried; null where nothing is feasible
 * @property {boolean} atEnd  the best rate is the last one that was tried, and may not be the best there is
 */

/** Rates that are tried for each batch size, from its own, per decade; and how far the search may go either way. */
const PER_DECADE = 2;
const FIRST_PLACES = [-1, 0, 1];
const FARTHEST = 4;

/** Values that are tried besides the settings' own. */
const MOMENTA = [0.5, 0.9, 0.97];
const DECAYS = [0, 1e-4, 1e-2];

/**
 * @param {Procedure} procedure
 * @param {Config[]} bases  one per batch size
 * @returns {Promise<{ configs: Config[], tuned: string[] } | null>}  configs: as tuned; tuned: what; null where the budget
 *   does not suffice for the rates
 */
export async function tuneBatches(procedure, bases) {
  procedure.begin('Tuning the rate for each batch size');
  const searches = bases.map((base) => /** @type {Search} */ ({ base, rates: new Map(), best: null, atEnd: false }));
  if (!(await searchRates(procedure, searches))) return null;
  tellRates(procedure, searches);
  const tuned = ['the rate'];
  procedure.begin('Tuning momentum and weight decay for each batch size');
  /** @type {Point[]} */
  const points = [];
  const { optimizer } = procedure.config;
  const inertia = /** @type {const} */ (['momentum', 'beta1']).find((name) => usesSetting(optimizer, name));
  if (inertia) {
    const tried = await searchSetting(procedure, searches, 'Tuning the momentum', (config) =>
      planMomenta(config, inertia),
    );
    if (tried) tuned.push(String(FIELD_BY_NAME.get(inertia)?.label.toLowerCase()));
    points.push(...(tried ?? []));
  }
  const decayed = await searchSetting(procedure, searches, 'Tuning the weight decay', (config) =>
    DECAYS.filter((weight_decay) => weight_decay !== config.weight_decay).map((weight_decay) => ({
      ...config,
      weight_decay,
    })),
  );
  if (decayed) tuned.push('weight decay');
  points.push(...(decayed ?? []));
  if (points.length > 0) tellOthers(procedure, searches, { points, inertia });
  return { configs: searches.map(({ base, best }) => best?.config ?? base), tuned };
}

// ---- rates -----------------------------------------------------------------------------------------------------------

/**
 * Tries rates around each size's own, and goes on in the direction in which they get better.
 * @param {Procedure} procedure @param {Search[]} searches @returns {Promise<boolean>}  false where not even the first were affordable
 */
async function searchRates(procedure, searches) {
  const { trainings } = procedure;
  let places = searches.map(({ base }) => FIRST_PLACES.filter((place) => isRate(atPlace(base, place).lr)));
  for (let isFirst = true; places.some((own) => own.length > 0); isFirst = false) {
    const planned = searches.flatMap((search, i) =>
      places[i].map((place) => ({ search, place, config: atPlace(search.base, place) })),
    );
    const configs = planned.map(({ config }) => config);
    if (!trainings.canAfford(configs, 1)) {
      procedure.skip(isFirst ? 'Tuning the rate for each batch size' : 'More rates for each batch size');
      if (isFirst) return false;
      break;
    }
    const points = await trainings.train(configs, 1);
    for (const [i, { search, place }] of planned.entries()) search.rates.set(place, points[i]);
    places = searches.map(judgeSearch);
  }
  return true;
}

/** @param {Config} base @param {number} place @returns {Config} */
function atPlace(base, place) {
  return place === 0 ? base : { ...base, lr: significant(base.lr * 10 ** (place / PER_DECADE)) };
}

/** Finds the best rate so far. Returns the place to try next, if it is at an end. @param {Search} search @returns {number[]} */
function judgeSearch(search) {
  const points = [...search.rates.values()];
  const { lr_best } = judgeRates(points.map(({ config, trials }) => ({ lr: config.lr, trials })));
  search.best = points.find(({ config }) => config.lr === lr_best) ?? null;
  const places = [...search.rates.keys()];
  const [low, high] = [Math.min(...places), Math.max(...places)];
  const own = places.find((place) => search.rates.get(place) === search.best);
  search.atEnd = own === low || own === high;
  if ((own === undefined || own === low) && low > -FARTHEST) return [low - 1];
  return own === high && high < FARTHEST && isRate(atPlace(search.base, high + 1).lr) ? [high + 1] : [];
}

/** @param {Procedure} procedure @param {Search[]} searches */
function tellRates(procedure, searches) {
  const batches = searches.map(({ base }) => base.batch);
  const best = searches.map((search) => search.best?.config.lr ?? null);
  const atEnd = searches.filter((search) => search.atEnd).map(({ base }) => String(base.batch));
  procedure.addEvidence({
    kind: 'tuning',
    title: 'A rate for each batch size',
    says: [
      `With one seed, the best rate is ${list(batches.map((batch, i) => `${number(best[i])} for batch ${batch}`))}; lower and higher ones were tried for each, until they got worse. Larger batches get more epochs, as their square root grows: they take fewer steps otherwise.`,
      ...(atEnd.length === 0
        ? []
        : [`For batch ${list(atEnd)} it is at the end of the rates tried: a wider sweep may find a better one.`]),
    ],
    numbers: { batches, best },
    thresholds: {},
    points: searches.flatMap(({ rates }) => [...rates.values()]),
  });
}

// ---- momentum and weight decay ---------------------------------------------------------------------------------------

/**
 * Other momenta. With γ, a step comes to η / (1 - γ) of a steady gradient: the rate follows, so that steps stay as long.
 * @param {Config} config @param {'momentum' | 'beta1'} name @returns {Config[]}
 */
function planMomenta(config, name) {
  const own = config[name];
  return MOMENTA.filter((value) => value !== own).map((value) => {
    const lr = name === 'momentum' && own < 1 ? significant((config.lr * (1 - value)) / (1 - own)) : config.lr;
    return { ...config, [name]: value, lr };
  });
}

/**
 * Tries what is planned for each size from its best so far, and keeps what is better.
 * @param {Procedure} procedure @param {Search[]} searches @param {string} what @param {(config: Config) => Config[]} plan
 * @returns {Promise<Point[] | null>}  what was trained; null where the budget does not suffice
 */
async function searchSetting(procedure, searches, what, plan) {
  const { trainings } = procedure;
  const planned = searches.map(({ best }) => (best ? plan(best.config) : []));
  if (!trainings.canAfford(planned.flat(), 1)) {
    procedure.skip(what);
    return null;
  }
  const points = await trainings.train(planned.flat(), 1);
  let from = 0;
  for (const [i, search] of searches.entries()) {
    const own = points.slice(from, from + planned[i].length);
    from += planned[i].length;
    if (search.best === null) continue;
    const all = [search.best, ...own];
    search.best = all[Math.max(0, findBestPoint(all))];
  }
  return points;
}

/** @param {Procedure} procedure @param {Search[]} searches @param {{ points: Point[], inertia: 'momentum' | 'beta1' | undefined }} tried */
function tellOthers(procedure, searches, { points, inertia }) {
  const found = searches.flatMap(({ base, best }) => {
    if (!best) return [];
    const names = /** @type {const} */ (['lr', ...(inertia ? [inertia] : []), 'weight_decay']);
    const words = names.map((name) => settingInWords(name, best.config[name]));
    return `batch ${base.batch}: ${words.join(', ')} (${number(best.figures.loss)})`;
  });
  procedure.addEvidence({
    kind: 'regularization',
    title: 'Momentum and weight decay for each batch size',
    says: [
      `With one seed, one after the other from the best rate, the best are: ${found.join('; ')}.${inertia === 'momentum' ? ' Where momentum is turned the rate follows, so that steps stay as long.' : ''}`,
    ],
    numbers: { found },
    thresholds: {},
    points,
  });
}
