/**
 * A lesson's picture: the curves of some of its cells, as the engine computed them (pictures.js). Before the learner has
 * seen the outcome, their later part is not shown.
 */
import { html, nothing, svg } from 'lit';
import { lineStyle } from '../shared/trial_curves.js';

/** What share of the curves is shown before the outcome was. */
const OPENING = 0.3;

const WIDTH = 160;
const HEIGHT = 64;
/** Room for a line's width. */
const EDGE = 3;

/** How much of the height what is above guessing may take: the rest leaves at the top. */
const ABOVE = 1.5;

/**
 * @param {import('../../engine/study/gallery/pictures.js').Picture | undefined} picture
 * @param {import('../../engine/study/gallery/entry.js').Entry} lesson
 * @param {boolean} isSeen
 */
export function lessonPicture(picture, lesson, isSeen) {
  if (!picture) return html`<span class="lesson-picture"></span>`;
  const { guess, curves } = picture;
  const top = ABOVE * guess;
  const longest = Math.max(...curves.map(({ to }) => to));
  const paths = curves.map(({ cell, from, to, loss }) => {
    // Range tests rise from rate to rate, all over the same rates.
    const length = from > 0 ? 1 : to / longest;
    const points = loss.flatMap((value, k) => {
      const share = (length * (k + 0.5)) / (from > 0 ? loss.length : 40);
      if (value === null || (!isSeen && share > OPENING)) return [];
      const y = EDGE + (HEIGHT - 2 * EDGE) * (1 - Math.min(value, top) / top);
      return [`${(share * WIDTH).toFixed(1)} ${y.toFixed(1)}`];
    });
    const { color, dash = [] } = lineStyle(lesson.cells.findIndex(({ id }) => id === cell));
    return points.length > 1
      ? svg`<path d=${`M${points.join('L')}`} style=${`--swatch:var(--${color})`} stroke-dasharray=${dash.join(' ')} />`
      : nothing;
  });
  const level = EDGE + (HEIGHT - 2 * EDGE) * (1 - 1 / ABOVE);
  return html`<span class="lesson-picture">
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path class="guess" d=${`M0 ${level.toFixed(1)}H${WIDTH}`} />
      ${paths}
      ${
        isSeen
          ? nothing
          : svg`<rect x=${OPENING * WIDTH} width=${(1 - OPENING) * WIDTH} height=${HEIGHT} />
        <text x=${((1 + OPENING) * WIDTH) / 2} y=${HEIGHT / 2 + 7}>?</text>`
      }
    </svg>
  </span>`;
}
