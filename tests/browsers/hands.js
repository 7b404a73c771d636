/** What a person does to a page: finds what has a role and a name, and clicks on it. */

/** @typedef {import('./driven.js').DrivenPage} DrivenPage */

/** How long is waited for what should come. */
const PATIENCE_MS = 90_000;
const LOOK_MS = 50;

/** Runs in the page, as text: the middle of what is sought, scrolled into view; null where it is not there or covered. */
function locate(/** @type {string} */ role, /** @type {string} */ name) {
  const tags = { button: 'button', link: 'a[href]', tab: '', radio: 'label:has(> input[type="radio"])' };
  const selector = [`[role="${role}"]`, tags[/** @type {keyof typeof tags} */ (role)]].filter(Boolean).join();
  const nameOf = (/** @type {Element} */ element) =>
    (element.getAttribute('aria-label') ?? element.textContent ?? '').replace(/\s+/g, ' ').trim();
  const found = [...document.querySelectorAll(selector)].find(
    (element) => nameOf(element) === name && element.getClientRects().length > 0 && !element.matches(':disabled'),
  );
  if (!found) return null;
  found.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, top, width, height } = found.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const hit = document.elementFromPoint(x, y);
  return hit && (found.contains(hit) || hit.contains(found)) ? [x, y] : null;
}

/** Clicks what has a role and exactly this name. @param {DrivenPage} page @param {string} role @param {string} name */
export async function click(page, role, name) {
  const expression = `(${locate})(${JSON.stringify(role)}, ${JSON.stringify(name)})`;
  /** @type {[number, number] | null} */
  let place = null;
  let before = '';
  // Twice at the same place: it may still be moving.
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    place = await page.evaluate(expression);
    if (place && String(place) === before) break;
    before = String(place);
    if (Date.now() > end) throw new Error(`there is no ${role} "${name}" within reach`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await page.clickAt(...place);
}

/** Waits until the event log says something. @param {DrivenPage} page @param {string} words */
export async function waitForLog(page, words) {
  const expression = `[...document.querySelectorAll('[aria-label="Event log"]')].map((log) => log.textContent).join()`;
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const said = await page.evaluate(expression);
    if (said.includes(words)) return;
    if (Date.now() > end) throw new Error(`the event log does not say "${words}", but "${said}"`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
