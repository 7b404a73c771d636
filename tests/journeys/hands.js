/** What a person does to the page with a mouse, a finger or keys, and what they see of it. No word here knows its insides. */

import { waitForExpression } from '../browser/page_state.js';

/** @typedef {import('playwright-core').Page} Page */

/** How long one looks before the hand goes on. */
const LOOK_MS = 250;

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Presses a button that is in sight, with a finger where there is one. @param {import('playwright-core').Locator} target */
export async function press(target) {
  const hasTouch = await target.page().evaluate('navigator.maxTouchPoints > 0');
  await (hasTouch ? target.tap() : target.click());
}

/**
 * Drags the thumb of a slider to the right, bit by bit, until something is so, and lets it go there.
 *
 * @param {Page} page
 * @param {import('playwright-core').Locator} slider
 * @param {() => Promise<boolean>} isEnough
 */
export async function dragUpUntil(page, slider, isEnough) {
  const box = await slider.boundingBox();
  if (!box) throw new Error('the slider is not in sight');
  const share = await slider.evaluate((element) => {
    const { value, min, max } = /** @type {HTMLInputElement} */ (element);
    return (Number(value) - Number(min)) / (Number(max) - Number(min));
  });
  const thumb = Math.min(24, box.height);
  const y = box.y + box.height / 2;
  const at = (/** @type {number} */ part) => box.x + thumb / 2 + part * (box.width - thumb);
  const hand = await handOf(page);
  await hand.down(at(share), y);
  let part = share;
  try {
    while (!(await isEnough())) {
      if (part >= 1) {
        await wait(20 * LOOK_MS);
        if (await isEnough()) break;
        throw new Error('nothing breaks at the end of the slider');
      }
      part = Math.min(1, part + 0.02);
      await hand.move(at(part), y);
      await wait(LOOK_MS);
    }
  } finally {
    await hand.up();
  }
}

/** A mouse, or a finger where the page is touched. @param {Page} page */
async function handOf(page) {
  const hasTouch = await page.evaluate('navigator.maxTouchPoints > 0');
  if (!hasTouch) {
    const { mouse } = page;
    return {
      down: async (/** @type {number} */ x, /** @type {number} */ y) => {
        await mouse.move(x, y);
        await mouse.down();
      },
      move: (/** @type {number} */ x, /** @type {number} */ y) => mouse.move(x, y),
      up: () => mouse.up(),
    };
  }
  const devtools = await page.context().newCDPSession(page);
  const touch = (/** @type {'touchStart' | 'touchMove' | 'touchEnd'} */ type, /** @type {object[]} */ touchPoints) =>
    devtools.send('Input.dispatchTouchEvent', /** @type {any} */ ({ type, touchPoints }));
  return {
    down: (/** @type {number} */ x, /** @type {number} */ y) => touch('touchStart', [{ x, y }]),
    move: (/** @type {number} */ x, /** @type {number} */ y) => touch('touchMove', [{ x, y }]),
    up: () => touch('touchEnd', []),
  };
}

/**
 * Runs in the page, as text: what has the focus, and what is wrong with that: nothing has it, or it cannot be seen because it
 * is outside the window, covered, or without a ring.
 */
const FOCUS = `(() => {
  const focus = document.activeElement;
  const name = (one) => (one.getAttribute('aria-label') || one.labels?.[0]?.textContent || one.textContent || one.id || one.localName)
    .replace(/\\s+/g, ' ').trim().slice(0, 40);
  if (!focus || focus === document.body || focus === document.documentElement) return { name: '', wrong: 'nothing has the focus' };
  // What is not drawn itself is seen by its label.
  const seen = focus.closest('.visually-hidden') ? (focus.labels?.[0] ?? focus.parentElement) : focus;
  const { left, top, right, bottom } = seen.getBoundingClientRect();
  const [l, t, r, b] = [Math.max(0, left), Math.max(0, top), Math.min(innerWidth, right), Math.min(innerHeight, bottom)];
  const wrong = () => {
    if (r - l < 4 || b - t < 4) return 'it is out of sight';
    const spots = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.1, 0.9].map((y) => [l + x * (r - l), t + y * (b - t)]));
    const isOpen = ([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return hit && (seen.contains(hit) || hit.contains(seen) && !getComputedStyle(hit).position.match(/fixed|sticky/));
    };
    if (!spots.some(isOpen)) return 'it is covered';
    const ring = [focus, seen, focus.nextElementSibling, focus.parentElement].some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = one ? getComputedStyle(one) : {};
      return one && ((outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none');
    });
    // A slider may show it at its thumb, which no script can ask.
    return ring || focus.matches('input[type=range]') || !focus.matches(':focus-visible') ? '' : 'no ring shows it';
  };
  return { name: name(focus), wrong: wrong() };
})()`;

/** A frame, for what follows a key: the page draws, scrolls, and gives the focus. @param {Page} page */
const settle = (page) =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');

/** The name of what has the focus; an error where that cannot be seen. @param {Page} page @param {string} after  what was done */
export async function focusOf(page, after) {
  /** @type {{ name: string, wrong: string }} */
  let focus = { name: '', wrong: '' };
  // What takes the focus may be drawn a moment later.
  for (let tries = 0; tries < 15; tries++) {
    await settle(page);
    focus = await page.evaluate(FOCUS);
    if (!focus.wrong) return focus.name;
    await wait(100);
  }
  throw new Error(`after ${after}: ${focus.wrong}${focus.name ? ` (${focus.name})` : ''}`);
}

/**
 * Goes on with Tab until what has the focus has a name, and looks at everything on the way.
 *
 * @param {Page} page @param {RegExp} wanted @param {'Tab' | 'Shift+Tab'} [key]
 * @returns {Promise<number>}  how many keys it took
 */
export async function tabTo(page, wanted, key = 'Tab') {
  const MOST = 80;
  /** @type {string[]} */
  const passed = [];
  for (let keys = 1; keys <= MOST; keys++) {
    await page.keyboard.press(key);
    const isHere = await page.evaluate(`document.hasFocus() && document.activeElement !== document.body`);
    // Beyond its last element the focus is the browser's own for a key.
    const name = isHere ? await focusOf(page, `${keys} × ${key}`) : '';
    passed.push(name);
    if (wanted.test(name)) return keys;
  }
  throw new Error(`no ${wanted} by ${key}, only ${passed.join(', ')}`);
}

/** Waits for words on the page. @param {Page} page @param {string} selector @param {RegExp} words */
export async function waitForWords(page, selector, words) {
  await waitForExpression(
    page,
    `[...document.querySelectorAll(${JSON.stringify(selector)})].some((one) => one.checkVisibility() && ${words}.test(one.textContent.replace(/\\s+/g, ' ').trim()))`,
  );
}

/** Runs in the page, as text: what of an element's text is smaller than so many pixels, cut, or outside the window. @param {string} selector @param {number} least */
function look(selector, least) {
  const faults = [];
  for (const one of document.querySelectorAll(`${selector} *`)) {
    if (!one.checkVisibility() || one.closest('.visually-hidden')) continue;
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim())) continue;
    const said = (one.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 40);
    const { left, right } = one.getBoundingClientRect();
    if (parseFloat(getComputedStyle(one).fontSize) < least) faults.push(`“${said}” is small`);
    if (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible')
      faults.push(`“${said}” is cut`);
    if (left < -1 || right > innerWidth + 1) faults.push(`“${said}” is outside of the window`);
  }
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) faults.push(`the page is ${scrollWidth - innerWidth} px too wide`);
  return faults;
}

/** @param {Page} page @param {string} selector @param {number} [least]  pixels of the smallest text @returns {Promise<string[]>} */
export const faultsOfText = (page, selector, least = 0) =>
  page.evaluate(`(${look})(${JSON.stringify(selector)}, ${least})`);
