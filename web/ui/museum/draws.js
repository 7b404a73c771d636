/** Which mistake a numbered draw shows, which seed it trains with, and what one may guess. */

import { parseSettings } from '../../engine/config/config.js';
import { RULE_BY_NAME, SCHEMA } from '../../engine/config/schema.js';
import { EVERY_ROOM, ROOMS } from './exhibits.js';
import { RANGE_MISTAKES, RANGE_ROOM } from './range_exhibits.js';

/**
 * @typedef {Pick<import('../../engine/config/schema_text.js').Mistake, 'name' | 'label' | 'where' | 'rules' | 'formula'>} Mistake
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {{ number: number, mistake: Mistake, room: string, seed: number }} Draw
 */

/** All that hangs in the museum: the table's rows, and those about range tests. @type {Mistake[]} */
export const MISTAKES = [...SCHEMA.mistakes, ...RANGE_MISTAKES];

/** Draws are numbered from 1 to this. */
export const DRAWS = 9999;

/** The room where a mistake hangs: that of the first of its update rules that has one. @param {Mistake} mistake */
export function roomOf({ rules }) {
  return /** @type {string} */ (rules.find((rule) => rule in ROOMS));
}

/** How a room is called. @param {string} room */
export function labelOfRoom(room) {
  return RULE_BY_NAME.get(room)?.label ?? 'LR range test';
}

/** The mistakes that may be in a room's update rule, in the order of the table. @param {string} room */
export function mistakesIn(room) {
  return MISTAKES.filter(({ rules }) => rules.includes(room));
}

/**
 * A draw by its number, always the same: every way in which a mistake can hang in a room is as likely as every other.
 *
 * @param {number} number  1 … DRAWS
 * @returns {Draw}
 */
export function drawOf(number) {
  const places = Object.keys(ROOMS).flatMap((room) => mistakesIn(room).map((mistake) => ({ room, mistake })));
  return { number, seed: number, ...places[scramble(number) % places.length] };
}

/** Neighbouring numbers far apart: two rounds of a multiplying hash. @param {number} number */
function scramble(number) {
  let mixed = Math.imul(number ^ (number >>> 7) ^ 0x5bd1e995, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/**
 * The settings of a room, with a mistake or without.
 *
 * @param {string} room
 * @param {string} mistake  none for the right rule
 * @param {number} seed
 * @returns {Config}
 */
export function configOf(room, mistake, seed) {
  const isRange = room === RANGE_ROOM;
  return parseSettings({ ...EVERY_ROOM, ...ROOMS[room], ...(isRange ? {} : { optimizer: room, mistake }), seed })
    .config;
}

/** The number that an address names, null where it is none. @param {string} item  as "guess=17" */
export function readDraw(item) {
  const number = Number(/^guess=([1-9]\d*)$/.exec(item)?.[1] ?? NaN);
  return number <= DRAWS ? number : null;
}

/** @param {number} number */
export function writeDraw(number) {
  return `guess=${number}`;
}
