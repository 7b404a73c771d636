/** The axes of a line chart. */
import { axisNumber, count } from '../../engine/words/numbers.js';
import { linearTicks, logTicks } from '../axis.js';

/** Air at the right of the curves, in pixels. */
export const RIGHT = 12;

/** The height that a tick of the y axis takes at least, its label and some air, in the chart's font. */
const TICK_EMS = 2.6;

/** At most about so many ticks on the x axis. */
const X_TICKS = 6;

/**
 * @param {object} chart
 * @param {boolean} chart.logX @param {boolean} chart.logY @param {boolean} chart.fixedX  x is no step
 * @param {{ size: number }} chart.font
 * @param {(value: number) => string} chart.sayValue  a value of the y axis
 * @param {() => boolean} chart.isMeasured  whether there is a value that the y axis measures
 * @returns {{ x: import('../plot/scale.js').ScaleLook, y: import('../plot/scale.js').ScaleLook }}
 */
export function lineAxes({ logX, logY, fixedX, font, sayValue, isMeasured }) {
  const most = (/** @type {number} */ height) => Math.max(2, Math.min(6, Math.floor(height / (TICK_EMS * font.size))));
  return {
    x: {
      log: logX,
      thins: true,
      // Steps are counted, as they are wherever a step is named.
      say: (value) => (fixedX || value % 1 ? axisNumber : count)(value),
      ticksOf: ({ min, max }) => (logX ? logTicks : linearTicks)(min, max, X_TICKS),
    },
    y: {
      log: logY,
      say: sayValue,
      // Without values there is nothing to measure yet.
      ticksOf: ({ min, max, length }) => (isMeasured() ? (logY ? logTicks : linearTicks)(min, max, most(length)) : []),
    },
  };
}
