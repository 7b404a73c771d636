/** The loss curves of a few trainings, small, beside the tile of a map that stands for them. */

import { html, svg } from 'lit';
import { axisNumber, count } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';

/**
 * @typedef {import('./sweep.js').SweepTrial} SweepTrial
 * @typedef {{ low: number, high: number, steps: number }} Ends  of the axes
 */

const WIDTH = 220;
const HEIGHT = 96;

/** How much higher than guessing a curve is shown: beyond, it leaves the picture at the top. */
const CEILING = 10;

/** Of its place on the page, in pixels. */
const BOX = { width: 256, height: 190, air: 8 };

/** Axes that all of a sweep's curves share, so that two glimpses can be compared. @param {SweepTrial[]} trials @returns {Ends} */
export function endsOf(trials) {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  let steps = 1;
  for (const { curve, baseline_loss } of trials) {
    for (const value of curve?.smoothed ?? []) {
      if (value > 0 && value < low) low = value;
      if (value > high && value <= CEILING * baseline_loss) high = value;
    }
    steps = Math.max(steps, curve?.step.at(-1) ?? 0);
  }
  return low < high ? { low, high, steps } : { low: 0.1, high: 10, steps };
}

/** @param {SweepTrial} trial @param {Ends} ends */
function pathOf({ curve }, { low, high, steps }) {
  let path = '';
  for (const [i, step] of (curve?.step ?? []).entries()) {
    const value = /** @type {import('../../engine/study/trial/trial.js').Curve} */ (curve).smoothed[i];
    if (!(value > 0)) continue;
    const share = Math.log(value / low) / Math.log(high / low);
    const y = HEIGHT - Math.min(1.2, Math.max(0, share)) * HEIGHT;
    path += `${path ? 'L' : 'M'}${((step / steps) * WIDTH).toFixed(1)} ${y.toFixed(1)}`;
  }
  return path;
}

/**
 * @param {{ trials: SweepTrial[], all: SweepTrial[], title: string, box: DOMRect }} glimpse  all: of the sweep; box: of
 *   what they stand for, on the page
 */
export function glimpse({ trials, all, title, box }) {
  const ends = endsOf(all);
  const left = Math.min(
    Math.max(BOX.air, box.left + box.width / 2 - BOX.width / 2),
    Math.max(BOX.air, window.innerWidth - BOX.width - BOX.air),
  );
  const isAbove = box.top > BOX.height + 2 * BOX.air;
  const place = isAbove ? `bottom:${window.innerHeight - box.top + BOX.air}px` : `top:${box.bottom + BOX.air}px`;
  const lost = trials.filter(({ infeasible }) => infeasible).length;
  const steps = Math.max(...trials.map((trial) => trial.steps));
  const said = `Smoothed batch loss of ${plural(trials.length, 'seed')} over ${plural(steps, 'step')}${lost ? `, ${count(lost)} infeasible` : ''}`;
  return html`<div class="glimpse" id="glimpse" role="tooltip" style=${`left:${left}px;${place};width:${BOX.width}px`}>
    <p><b>${title}</b></p>
    <div class="glimpse-plot">
      <span class="glimpse-high">${axisNumber(ends.high)}</span><span class="glimpse-low">${axisNumber(ends.low)}</span>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
        ${trials.map((trial) => svg`<path class=${trial.infeasible ? 'lost' : ''} d=${pathOf(trial, ends)} vector-effect="non-scaling-stroke" />`)}
      </svg>
    </div>
    <p class="soft">${said}</p>
  </div>`;
}
