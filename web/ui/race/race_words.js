/** What a race shows, in sentences made from its state. */
import { RULE_BY_NAME } from '../../engine/config/schema.js';

import { count, number } from '../../engine/words/numbers.js';
import { list, plural } from '../../engine/words/sentences.js';

/**
 * @typedef {import('./racetrack.js').Racetrack} Racetrack
 * @typedef {import('../../engine/race/race.js').Racer} Racer
 * @typedef {import('../../engine/race/race.js').Standing} Standing
 * @typedef {{ racer: Racer, label: string, standing: Standing }} Entrant
 * @typedef {{ text: string, tone: '' | 'bad' | 'good' }} Sentence
 */

/** At the edge: as near to the limit as a float's rounding allows. */
const EDGE = 1e-6;

/** This many times as high as the start is no longer a detour. */
const GROWN = 100;

/** Below this share of the start's height a racer has arrived. */
const ARRIVED = 1e-4;

/** How near to a minimum, as a share of the map's width, a racer is at it. */
const NEAR = 0.02;

/** An adaptive rule whose η·λ has come this near to its limit is held by it. */
const HELD = 0.8;

/**
 * Two paragraphs: what the limits of stability promise, and what has come of it so far.
 * @param {Racetrack} track @returns {Sentence[][]}
 */
export function raceParagraphs(track) {
  const { race } = track;
  if (!race) return [];
  if (!race.racers.length) return [[{ text: 'Nobody races: choose a rule.', tone: '' }]];
  if (track.rate === 0) return [[{ text: 'η is 0: nothing moves.', tone: '' }]];
  /** @type {Entrant[]} */
  const entrants = race.racers.map((racer) => ({
    racer,
    label: track.tables.labelOf(racer.rule),
    standing: racer.standing,
  }));
  const plain = entrants.filter(({ racer }) => !track.tables.isAdaptive(racer.rule));
  const isQuadratic = track.settings.options.surface === 'quadratic';
  return [isQuadratic ? promise(track, plain) : warn(track, plain), outcome(track, entrants)];
}

/**
 * On the quadratic the limits are exact: what each rule that has one will do is known beforehand.
 * @param {Racetrack} track @param {Entrant[]} entrants @returns {Sentence[]}
 */
function promise(track, entrants) {
  if (!entrants.length) return [];
  const { load } = entrants[0].standing;
  const shared = entrants.every(({ standing }) => standing.load === load);
  return [
    ...(shared ? [{ text: `η·λ is ${exact(load)}.`, tone: /** @type {const} */ ('') }] : []),
    ...entrants.map(({ racer, label, standing }) => {
      const who = shared ? label : `${label}, with η·λ ${exact(standing.load)},`;
      if (!Number.isFinite(standing.limit))
        return { text: `${who} has no limit of stability.`, tone: /** @type {const} */ ('') };
      const limit = limitInWords(racer.rule, standing.limit);
      const isBad = standing.load > standing.limit * (1 + EDGE);
      return {
        text: `${who} is stable up to ${limit}: it ${fate(track, racer.rule, standing)}.`,
        tone: /** @type {Sentence['tone']} */ (isBad ? 'bad' : ''),
      };
    }),
  ];
}

/** @param {Racetrack} track @param {string} rule @param {Standing} standing */
function fate({ settings }, rule, { load, limit }) {
  if (load > limit * (1 + EDGE)) return 'diverges';
  if (load > limit * (1 - EDGE)) return 'stands at the edge and jumps from wall to wall for ever';
  if (rule === 'momentum' && Number(settings.settings.momentum) >= 1)
    return 'swings without end, since γ = 1 damps nothing';
  return settings.options.grad_noise > 0 ? 'stays near the minimum, shaken by the noise' : 'converges';
}

/**
 * Elsewhere λ changes from place to place: only who is beyond the limit where he stands can be said.
 * @param {Racetrack} track @param {Entrant[]} entrants @returns {Sentence[]}
 */
function warn(track, entrants) {
  const beyond = entrants.filter(
    ({ racer, standing }) => racer.divergedAt === null && standing.load > standing.limit * (1 + EDGE),
  );
  if (!beyond.length) return [];
  const place = track.steps === 0 ? 'At the start' : 'Where it stands now';
  return [
    {
      text: `${place}, ${list(beyond.map(({ racer, label, standing }) => `${label}’s η·λ is ${exact(standing.load)}, above ${limitInWords(racer.rule, standing.limit)}`))}: too steep to settle here.`,
      tone: 'bad',
    },
  ];
}

/** What has come of it so far. @param {Racetrack} track @param {Entrant[]} entrants @returns {Sentence[]} */
function outcome(track, entrants) {
  if (track.steps === 0) return [];
  /** @type {Sentence[]} */
  const sentences = [];
  for (const { racer, label } of entrants) {
    if (racer.divergedAt === null) continue;
    sentences.push({ text: `${label} left the finite numbers at step ${count(racer.divergedAt)} (✕).`, tone: 'bad' });
  }
  const alive = entrants.filter(({ racer }) => racer.divergedAt === null);
  for (const { racer, label, standing } of alive) {
    const growth = standing.excess / racer.excess[0];
    if (growth > GROWN)
      sentences.push({
        text: `${label} is at ${number(growth, { digits: 2 })} times the height of the start.`,
        tone: 'bad',
      });
  }
  const calm = alive.filter(({ racer, standing }) => standing.excess <= GROWN * racer.excess[0]);
  if (calm.length) sentences.push(...lead(track, calm), ...held(track, calm));
  return sentences;
}

/** Who is lowest, and in which minimum. @param {Racetrack} track @param {Entrant[]} entrants @returns {Sentence[]} */
function lead(track, entrants) {
  const best = entrants.reduce((a, b) => (b.standing.excess < a.standing.excess ? b : a));
  const after = `After ${plural(track.steps, 'step')}`;
  const who = entrants.length > 1 ? `${best.label} is lowest, with f − f* ` : `${best.label} is at f − f* `;
  const places = arrivals(track, entrants);
  const arrived = best.standing.excess < ARRIVED * best.racer.excess[0];
  return [{ text: `${after} ${who}${number(best.standing.excess)}.${places}`, tone: arrived ? 'good' : '' }];
}

/** On a surface of several minima: who is at which. @param {Racetrack} track @param {Entrant[]} entrants */
function arrivals({ facts }, entrants) {
  if (facts.minima.length < 2) return '';
  const near = NEAR * (facts.window.x[1] - facts.window.x[0]);
  const parts = facts.minima.flatMap(([x, y]) => {
    const here = entrants.filter(({ standing }) => Math.hypot(standing.x - x, standing.y - y) < near);
    return here.length
      ? [
          `${list(here.map(({ label }) => label))} ${here.length > 1 ? 'are' : 'is'} at (${coordinate(x)}, ${coordinate(y)})`,
        ]
      : [];
  });
  return parts.length ? ` ${parts.join('; ')}.` : '';
}

/** The adaptive edge of stability. @param {Racetrack} track @param {Entrant[]} entrants @returns {Sentence[]} */
function held(track, entrants) {
  const there = entrants.filter(
    ({ racer, standing }) => track.tables.isAdaptive(racer.rule) && standing.load > HELD * standing.limit,
  );
  if (!there.length) return [];
  const who = list(
    there.map(({ label, standing }) => `${label} (${number(standing.load)} of ${number(standing.limit)})`),
  );
  return [
    {
      text: `${who}: √v has shrunk with the gradient until the preconditioned η·λ stands at its limit, and the path bounces there.`,
      tone: '',
    },
  ];
}

/** "2", "2+2γ = 3.8". @param {string} rule @param {number} limit */
export function limitInWords(rule, limit) {
  const formula = limitFormula(rule);
  return formula === number(limit) || !formula ? number(limit) : `${formula} = ${number(limit)}`;
}

/** The limit of η·λ: what the rule's row says of λ, without the η below it. @param {string} rule */
function limitFormula(rule) {
  const formula = (RULE_BY_NAME.get(rule)?.limit ?? '').replace(/\/?η$/, '');
  return /^\([^()]*\)$/.test(formula) ? formula.slice(1, -1) : formula;
}

/** A number whose distance from a limit must be seen. @param {number} value */
function exact(value) {
  return number(value, { digits: 4 });
}

/** @param {number} value */
function coordinate(value) {
  return number(value).replace('-', '−');
}
