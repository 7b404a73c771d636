/**
 * How fast a run goes: at full speed, at so many steps a second, or calmly, so that it can be watched. What a card starts
 * goes calmly until a hand asks for another speed; full speed is remembered, and a link that is no card's goes at it.
 *
 * @typedef {number | typeof CALM} Speed  steps a second, 0 for as fast as it goes
 */

import { number } from '../../engine/words/numbers.js';

/** So that a run takes about CALM_SECONDS. */
export const CALM = 'calm';

const CALM_SECONDS = 20;

/** What can be chosen, from the fastest on. @type {[Speed, string][]} */
export const SPEEDS = [
  [0, 'full speed'],
  [300, '300 steps/s'],
  [100, '100 steps/s'],
  [CALM, `a run in ${CALM_SECONDS} s`],
  [30, '30 steps/s'],
  [10, '10 steps/s'],
  [1, '1 step/s'],
];

/** What stands to be chosen while this speed is in force: one that a link asked for has a row of its own. @param {Speed} speed @returns {[Speed, string][]} */
export function speedsWith(speed) {
  return SPEEDS.some(([known]) => known === speed) ? SPEEDS : [[speed, `${number(Number(speed))} steps/s`], ...SPEEDS];
}

/** Where the browser keeps that a hand asked for full speed. */
const KEPT_AS = 'trainscope-full-speed';

/** The limit for a run of these settings. @param {Speed} speed @param {{ steps: number, warmup_steps: number }} config @returns {number} steps a second, 0 without one */
export function stepsPerSecond(speed, { steps, warmup_steps }) {
  return speed === CALM ? Math.max(1, Math.ceil((Number(steps) + Number(warmup_steps)) / CALM_SECONDS)) : speed;
}

/** Remembers full speed, or that it is no longer wanted. @param {Speed} speed */
export function rememberSpeed(speed) {
  try {
    if (speed === 0) localStorage.setItem(KEPT_AS, 'yes');
    else localStorage.removeItem(KEPT_AS);
  } catch {
    // A browser that keeps nothing begins calmly.
  }
}

/** Whether a hand asked for full speed, now or at another visit. */
export function wantsFullSpeed() {
  try {
    return localStorage.getItem(KEPT_AS) !== null;
  } catch {
    return false;
  }
}
