/** What Chart.js is told once of a line chart: its axes, and how a hand zooms and pans it. */
import { axisNumber } from '../../engine/words/numbers.js';
import { linearTicks, logTicks } from '../axis.js';
import { AXIS_EMS } from '../frame.js';

/** Air at the right of the curves, in pixels. */
export const RIGHT = 12;

/** The height that a tick of the y axis takes at least, its label and some air, in the chart's font. */
const TICK_EMS = 2.6;

/**
 * @param {object} chart
 * @param {boolean} chart.logX @param {boolean} chart.logY
 * @param {import('./scene.js').Paint} chart.paint
 * @param {{ family: string, size: number }} chart.font
 * @param {(value: number) => string} chart.sayValue  a value of the y axis
 * @param {() => boolean} chart.isMeasured  whether there is a value that the y axis measures
 * @param {() => boolean} chart.isZoomed
 * @param {() => void} chart.onZoom  a hand has zoomed or panned
 */
export function lineOptions({ logX, logY, paint, font, sayValue, isMeasured, isZoomed, onZoom }) {
  const faint = paint('faint');
  /** @param {boolean} logarithmic @param {(axis: any) => number} most @param {(value: number) => string} [say] */
  const ticks = (logarithmic, most, say = axisNumber) => ({
    ticks: {
      color: faint,
      font,
      maxRotation: 0,
      padding: 6,
      autoSkipPadding: 12,
      includeBounds: false,
      callback: (/** @type {number | string} */ value) => say(Number(value)),
    },
    border: { display: false },
    afterBuildTicks: (/** @type {any} */ axis) => {
      // Without values there is nothing to measure yet.
      const isBlank = axis.id === 'y' && !isMeasured();
      const places = isBlank ? [] : (logarithmic ? logTicks : linearTicks)(axis.min, axis.max, most(axis));
      axis.ticks = places.map((value) => ({ value }));
    },
  });
  const coarse = matchMedia('(pointer: coarse)').matches;
  return {
    layout: { padding: { top: 6, right: RIGHT, left: 2, bottom: 0 } },
    elements: { point: { radius: 0 }, line: { borderJoinStyle: /** @type {const} */ ('round') } },
    scales: {
      x: {
        type: logX ? /** @type {const} */ ('logarithmic') : /** @type {const} */ ('linear'),
        ...ticks(logX, () => 6),
        grid: { display: false, drawTicks: false },
      },
      y: {
        type: logY ? /** @type {const} */ ('logarithmic') : /** @type {const} */ ('linear'),
        ...ticks(
          logY,
          ({ maxHeight }) => Math.max(2, Math.min(6, Math.floor(maxHeight / (TICK_EMS * font.size)))),
          (value) => sayValue(value),
        ),
        grid: { color: paint('grid'), drawTicks: false },
        afterFit: (/** @type {{ width: number }} */ axis) => {
          axis.width = AXIS_EMS * font.size;
        },
      },
    },
    plugins: {
      zoom: {
        limits: { x: { min: /** @type {const} */ ('original'), max: /** @type {const} */ ('original') } },
        zoom: {
          mode: /** @type {const} */ ('x'),
          wheel: { enabled: true, modifierKey: /** @type {const} */ ('ctrl'), speed: 0.15 },
          drag: {
            enabled: !coarse,
            backgroundColor: paint('ink', 0.07),
            borderColor: paint('ink', 0.25),
            borderWidth: 1,
            threshold: 6,
          },
          pinch: { enabled: coarse },
          onZoom,
        },
        pan: {
          enabled: true,
          mode: /** @type {const} */ ('x'),
          modifierKey: coarse ? undefined : /** @type {const} */ ('shift'),
          onPanStart: isZoomed,
          onPan: onZoom,
        },
      },
    },
  };
}
