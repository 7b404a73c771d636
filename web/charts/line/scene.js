/**
 * What a line chart is asked to show, and how its axes run.
 *
 * @typedef {object} Series  a StepSeries, a PointSeries, or what is drawn like them
 * @property {(step: number) => number | null} at
 * @property {(view: import('../series.js').Window) => import('../series.js').Reduced} reduce
 * @property {boolean} [isBehind]  more of it is to be drawn in the next frame
 * @typedef {object} Layer
 * @property {string} label
 * @property {string} color        a colour of the theme, or any colour
 * @property {Series} [series]
 * @property {Series} [floor]      the lower edge of a band, of which series is the upper one
 * @property {number} [until]      draws only steps below this one: a fork's parent
 * @property {'line' | 'dots' | 'ticks' | 'band'} [kind]
 * @property {number} [width] @property {number} [alpha] @property {number[]} [dash]
 * @property {boolean | 'last'} [legend]  named in the legend, and read out (default true), or after all others
 * @property {boolean} [quiet]     values that the axis cannot hold leave no mark
 * @property {string} [end]        a name that stands where the curve ends
 * @property {boolean | 'down'} [context]  does not stretch the y axis beyond what the other layers need, or only down
 * @typedef {{ x: number, y: number | null, kind: 'cross' | 'dot', color: string, label?: string }} Mark
 * @typedef {{ x: number, label: string, color: string }} Vertical
 * @typedef {{ y: number, label: string, color: string, below?: boolean }} Horizontal  below: where the label stands best
 * @typedef {{ from: number, to: number, color: string, label?: string }} Region
 * @typedef {object} Scene
 * @property {Layer[]} layers     from the back to the front
 * @property {number} from @property {number} to   the x axis when not zoomed
 * @property {Mark[]} [marks]
 * @property {Vertical[]} [verticals]
 * @property {Horizontal[]} [horizontals]
 * @property {Region[]} [regions]
 * @property {number} [ceiling]   the y axis ends there, and what lies above is marked; a linear one at a tenth of it
 * @property {string} [summary]    what a listener should know
 * @property {string} [empty]      stands in the plot while there is nothing to measure
 *
 * @typedef {object} Axes
 * @property {boolean} logX
 * @property {boolean} logY
 * @property {boolean} fixedX  x is no step but a quantity, such as a rate
 * @property {number} shift    on a logarithmic step axis step s stands at s + 1
 * @property {boolean} zero    a linear y axis begins at 0
 * @property {boolean} share   values are shares of 1, and the y axis ends at 100 %
 *
 * @typedef {{ min: number, max: number }} Range  of the y axis
 * @typedef {(color: string, alpha?: number) => string} Paint  a colour of the theme, as a canvas takes it
 */
import { paddedRange } from '../axis.js';

/** A linear axis ends at this share of the ceiling: on it what is small is seen only where nothing is large. */
const LINEAR_CEILING = 0.1;

/** The horizontal lines that the y axis can hold. @param {Scene} scene @param {Axes} axes */
export function horizontalsOf({ horizontals = [] }, { logY }) {
  return horizontals.filter(({ y }) => !logY || y > 0);
}

/**
 * The range of the y axis: what the curves need that are no mere context, the horizontal lines and the dots.
 *
 * @param {Scene} scene
 * @param {Map<Layer, import('../series.js').Reduced>} curves  as they are drawn
 * @param {Axes} axes
 * @returns {Range & { measured: boolean }}  measured: whether there is a value at all
 */
export function rangeOf(scene, curves, axes) {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const [{ context }, { points }] of curves) {
    if (context === true) continue;
    for (const { y } of points) {
      if (y < low) low = y;
      if (y > high && context !== 'down') high = y;
    }
  }
  const dots = (scene.marks ?? []).flatMap(({ kind, y }) => (kind === 'dot' && y !== null ? [{ y }] : []));
  for (const { y } of [...horizontalsOf(scene, axes), ...dots]) {
    if (y < low) low = y;
    if (y > high) high = y;
  }
  const measured = low <= high;
  if (axes.zero && !axes.logY && low > 0) low = 0;
  const top = (scene.ceiling ?? Number.POSITIVE_INFINITY) * (axes.logY ? 1 : LINEAR_CEILING);
  // Where all in sight lies above, the axis keeps a stretch below its end.
  const isCut = high > top;
  const range = paddedRange(isCut ? Math.min(low, top / 10) : low, isCut ? top : high, axes.logY);
  if (isCut) range.max = top;
  if (axes.share) range.max = Math.min(range.max, 1);
  return { ...range, measured };
}

/**
 * The range of the x axis over the steps in view.
 * @param {{ from: number, to: number }} view @param {Axes} axes @returns {Range}
 */
export function placesOf({ from, to }, { logX, shift }) {
  // A logarithmic axis has no place for 0: a quantity that begins there is shown from a millionth of its end on.
  const first = logX && !shift && !(from > 0) ? to * 1e-6 : from;
  return {
    min: Math.max(first + shift, logX && shift ? 1 : first),
    max: Math.max(to + shift, from + shift + 1e-12),
  };
}
