/** One tab stop for many buttons: the arrow keys go from one to the nearest in their direction. */

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Moves the focus among the buttons of the element that listens.
 * @param {KeyboardEvent} event
 */
export function moveFocus(event) {
  const way = /** @type {Record<string, number[]>} */ (WAYS)[event.key];
  const from = /** @type {HTMLElement} */ (event.target);
  if (!way || from.tagName !== 'BUTTON') return;
  event.preventDefault();
  const here = centreOf(from);
  /** @type {HTMLElement | null} */
  let nearest = null;
  let least = Number.POSITIVE_INFINITY;
  for (const button of /** @type {Element} */ (event.currentTarget).querySelectorAll('button')) {
    const there = centreOf(button);
    const dx = there.x - here.x;
    const dy = there.y - here.y;
    const along = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    // On a curve the next point to the right may be far up: what lies ahead counts most.
    const distance = along + aside * 0.3;
    if (along > 1 && distance < least) {
      nearest = button;
      least = distance;
    }
  }
  nearest?.focus();
}

/** @param {Element} element */
function centreOf(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
