/** How much the curves of learning are smoothed: a slider at their chart; and what is said of the groups that are drawn. */
import { html } from 'lit';
import { SMOOTHING_MAX } from '../state/comparison.js';

/** @typedef {import('../state/comparison.js').Comparison} Comparison */

/** @param {Comparison} compare */
export function smoothingSlider(compare) {
  const { smoothing } = compare;
  return html`<label class="smoothing" title="Exponential moving average, debiased: the weight of what was. The batches stay behind it">
    <span>Smoothing</span>
    <input
      class="slider"
      style=${`--share:${100 * (smoothing / SMOOTHING_MAX)}%`}
      type="range"
      min="0"
      max=${SMOOTHING_MAX}
      step="0.01"
      .value=${String(smoothing)}
      aria-label="Smoothing"
      aria-valuetext=${smoothing.toFixed(2)}
      @input=${(/** @type {Event} */ event) => compare.smooth(Number(/** @type {HTMLInputElement} */ (event.target).value))}
    />
    <output>${smoothing.toFixed(2)}</output>
  </label>`;
}

/** @param {Comparison} compare */
export function groupNote({ grouping }) {
  return grouping === 'none' ? '' : `groups: ${grouping}, and lowest to highest as a band`;
}
