/** The curve of a card: what the preset's run came to, and beside it what would have helped. */
import { svg } from 'lit';

/**
 * @typedef {import('../../card_figures.js').Curve} Curve
 * @typedef {import('../../card_figures.js').CardFigures} CardFigures
 */

const WIDTH = 56;
const HEIGHT = 36;
const MARGIN = 3;

/** What lies above this many times the first loss is off the card. */
const CEILING = 1.5;

/** @param {CardFigures} figures */
export function cardCurve({ own, beside }) {
  const curves = beside ? [own, beside] : [own];
  const all = curves.flatMap(({ losses }) => losses);
  const ceiling = CEILING * own.losses[0];
  const [low, high] = [Math.min(...all), Math.min(ceiling, Math.max(...all))];
  const path = (/** @type {Curve} */ { losses }) => pathOf(losses, low, high);
  return svg`<svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
    <path class=${own.isBad ? 'lost' : 'own'} d=${path(own)} />
    ${beside ? svg`<path class="beside" d=${path(beside)} />` : null}
  </svg>`;
}

/** Losses on a logarithmic scale. @param {number[]} losses @param {number} low @param {number} high */
function pathOf(losses, low, high) {
  const span = Math.log(high / low) || 1;
  return losses
    .map((loss, i) => {
      const x = MARGIN + (i / (losses.length - 1)) * (WIDTH - 2 * MARGIN);
      const share = Math.log(Math.min(loss, high) / low) / span;
      return `${i ? 'L' : 'M'}${x.toFixed(1)} ${(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)).toFixed(1)}`;
    })
    .join('');
}
