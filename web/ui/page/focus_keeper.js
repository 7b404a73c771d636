/**
 * Keeps the focus where the hand is. When what had it goes, such as the button of a card that is answered, a row that is
 * removed or a view that is left, a browser drops the focus on the page's body, from where Tab begins at the top again
 * and a screen reader says nothing. Here the nearest to it takes it.
 */

const FOCUSABLE = 'button, input, select, textarea, summary, a[href], [tabindex]:not([tabindex="-1"])';

/** A word that can be asked what it means takes no focus on: it stands in what is read, and does nothing. */
const WORD = '.term';

/** What is named, so that it can take the focus itself where nothing in it can. */
const PLACE = 'main, aside, section, [role=tabpanel], [role=group], [role=banner]';

/** What stands behind each other with the focus in it. @typedef {{ element: HTMLElement, around: Element[], order: Element[] }} Memory */

/** @param {HTMLElement} root  what is watched @returns {() => void}  ends it */
export function keepFocus(root) {
  /** @type {Memory | null} */
  let memory = null;
  let isAsked = false;

  const remember = (/** @type {FocusEvent} */ { target }) => {
    const element = /** @type {HTMLElement} */ (target);
    /** @type {Element[]} */
    const around = [];
    for (let place = element.parentElement; place && place !== root; place = place.parentElement) around.push(place);
    memory = { element, around: [...around, root], order: [...root.querySelectorAll(FOCUSABLE)] };
  };
  // A click beside everything takes the focus away on purpose; another window only for a while.
  const forget = (/** @type {FocusEvent} */ { relatedTarget }) => {
    const before = memory;
    if (relatedTarget || !before) return;
    queueMicrotask(() => {
      if (document.hasFocus() && isUsable(before.element) && memory === before) memory = null;
    });
  };
  const look = () => {
    isAsked = false;
    if (!memory || !isLost() || isUsable(memory.element)) return;
    nearest(memory)?.focus({ preventScroll: true });
  };
  // A browser notices a button that was switched off in its next frame only.
  const observer = new MutationObserver(() => {
    if (isAsked || !memory || isUsable(memory.element)) return;
    isAsked = true;
    requestAnimationFrame(() => setTimeout(look));
  });
  root.addEventListener('focusin', remember);
  root.addEventListener('focusout', forget);
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['hidden', 'disabled'] });
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', remember);
    root.removeEventListener('focusout', forget);
  };
}

/** Whether nothing on the page has the focus. */
export function isLost() {
  const { activeElement } = document;
  return !activeElement || activeElement === document.body || !isUsable(/** @type {HTMLElement} */ (activeElement));
}

/** Gives a place that is no control the focus, so that Tab goes on from there and its name is said. @param {HTMLElement | null} place */
export function focusPlace(place) {
  if (!place) return;
  if (!place.hasAttribute('tabindex')) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

/** @param {Element} element */
function isUsable(element) {
  return (
    element.isConnected &&
    element.checkVisibility({ visibilityProperty: true }) &&
    !element.matches(':disabled') &&
    !element.closest('[inert]')
  );
}

/**
 * What is gone may itself name who is next, as a selector in `data-next`. Else, in the smallest surroundings that are still
 * there: what stood behind what is gone, else before it, else what is new. In a named place without any, the place itself.
 * @param {Memory} memory @returns {HTMLElement | null}
 */
function nearest({ element, around, order }) {
  const { next } = element.dataset;
  const named = next ? [...document.querySelectorAll(next)].find(isUsable) : null;
  if (named) return /** @type {HTMLElement} */ (named);
  const at = order.indexOf(element);
  const candidates = [...order.slice(at + 1), ...order.slice(0, at).reverse()];
  const canTake = (/** @type {Element} */ other) => isUsable(other) && !other.matches(WORD);
  for (const place of around) {
    if (!isUsable(place)) continue;
    const found =
      candidates.find((other) => place.contains(other) && canTake(other)) ??
      [...place.querySelectorAll(FOCUSABLE)].find(canTake);
    if (found) return /** @type {HTMLElement} */ (found);
    if (!place.matches(PLACE)) continue;
    if (!place.hasAttribute('tabindex')) place.setAttribute('tabindex', '-1');
    return /** @type {HTMLElement} */ (place);
  }
  return null;
}
