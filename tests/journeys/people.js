/** Journeys of people who know no more than what the page says: each returns its figures, and throws where it ends. */

import assert from 'node:assert/strict';
import { read, waitForEnd, waitForStep, waitUntil } from '../browser/page_state.js';
import { dragUpUntil, faultsOfText, focusOf, press, tabTo, waitForWords } from './hands.js';

/** @typedef {import('playwright-core').Page} Page */

/** What somebody who opens the page has patience for. */
const NEWCOMER_SECONDS = 60;

/** The smallest letters of a presentation, in pixels; on a phone, which is in the hand, those of a page. */
const LETTERS = 20;
const LETTERS_IN_HAND = 16;
const IN_HAND = 500;

/** In what sentence the page says that it broke. */
const BROKE = /^It broke at step/;
const LEARNED = /^It learned /;

/** @param {Page} page */
const visibleSlider = (page) =>
  page
    .getByRole('slider', { name: /^Learning rate/ })
    .filter({ visible: true })
    .first();

/** @param {Page} page @param {string} selector @param {RegExp} words */
const says = async (page, selector, words) => words.test((await page.locator(selector).first().innerText()).trim());

/**
 * Opens the bare address, turns η up until the page says that it broke, presses what is offered, and the run ends well.
 * @param {Page} page @param {string} address
 */
export async function newcomer(page, address) {
  const start = Date.now();
  const seconds = () => (Date.now() - start) / 1000;
  await page.goto(address);
  await waitForWords(page, 'question-bar h2', /How far can you turn η up before it breaks\?/);
  await waitForStep(page, 20);
  const opened = seconds();
  await dragUpUntil(page, visibleSlider(page), () => says(page, 'question-bar h2', BROKE));
  const broken = seconds();
  const card = page
    .getByRole('list', { name: 'Event log' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: /Put η back|Clip|Rewind|Lower/ }) });
  const offer = card
    .first()
    .getByRole('button', { name: /Put η back|Clip|Rewind|Lower/ })
    .first();
  await offer.scrollIntoViewIfNeeded();
  const pressed = (await offer.innerText()).trim();
  await press(offer);
  await waitForWords(page, 'question-bar h2', LEARNED);
  const mended = seconds();
  const headline = (await page.locator('question-bar h2').innerText()).replace(/\s+/g, ' ');
  assert.ok(mended < NEWCOMER_SECONDS, `it took ${mended.toFixed(1)} s`);
  return `trains after ${opened.toFixed(1)} s, broken after ${broken.toFixed(1)} s, mended (“${pressed}”) after ${mended.toFixed(1)} s: “${headline.split(/(?<=[.:] .*?)\. /)[0]}”`;
}

/** Presents, plays, changes η there; the verdict is in sight in letters of 20 px, and Escape leads back. @param {Page} page @param {string} address */
export async function teacher(page, address) {
  await page.goto(address);
  await waitForStep(page, 10);
  await press(page.getByRole('button', { name: 'Present' }));
  const stage = page.getByRole('main', { name: 'Presentation' });
  await stage.waitFor();
  await press(stage.getByRole('button', { name: 'Pause' }));
  await waitUntil(page, ({ active }) => active.status === 'paused');
  await press(stage.getByRole('button', { name: 'Run' }));
  const before = await read(page, ({ active }) => active.step);
  await waitForStep(page, before + 5);
  const { width, height } = /** @type {{ width: number, height: number }} */ (page.viewportSize());
  const least = width < IN_HAND ? LETTERS_IN_HAND : LETTERS;
  assert.deepEqual(await faultsOfText(page, 'present-view', least), [], 'while it trains');
  await dragUpUntil(page, stage.getByRole('slider'), () => says(page, 'present-view h1', BROKE));
  const verdict = stage.getByRole('heading', { level: 1 });
  const box = await verdict.boundingBox();
  assert.ok(box && box.y >= 0 && box.y + box.height <= height, 'the verdict is in sight');
  assert.deepEqual(await faultsOfText(page, 'present-view', least), [], 'with the verdict');
  const said = (await verdict.innerText()).trim();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Live' }).waitFor();
  assert.equal(await stage.count(), 0, 'Escape leaves');
  return `“${said}” in letters of ${least} px and more, nothing cut`;
}

/** Opens a lesson, chooses and draws what will happen, runs it, and sees both compared. @param {Page} page @param {string} address */
export async function student(page, address) {
  await page.goto(address);
  await waitForStep(page);
  await press(page.getByRole('tab', { name: 'Lessons' }));
  await press(page.getByRole('link', { name: /Between two evaluations/ }).first());
  await press(page.getByRole('button', { name: /^Begin|beside Live|^Train|^Predict/ }).first());
  const dock = page.locator('lesson-dock');
  await dock.waitFor();
  await press(dock.getByRole('radio').last());
  const plot = dock.getByRole('group', { name: 'Your loss curve' });
  await press(dock.getByText('Or draw the loss'));
  await plot.scrollIntoViewIfNeeded();
  await drawFalling(page, plot);
  await press(dock.getByRole('button', { name: 'Run it', exact: true }));
  await dock.getByText(/As you predicted|Not as you predicted/).waitFor();
  const verdict = (await dock.locator('.verdict').innerText()).trim();
  const compared = dock.locator('.drawn [role=status]');
  await compared.waitFor();
  assert.ok(/\d/.test(await compared.innerText()), 'drawing and curve are compared in numbers');
  const ticked = await dock.getByRole('img', { name: 'Done' }).count();
  assert.ok(ticked > 0, 'a step is ticked off');
  assert.deepEqual(await faultsOfText(page, 'lesson-dock'), []);
  return `“${verdict}”, the drawing compared (“${(await compared.innerText()).slice(0, 60)}…”), ${ticked} step ticked`;
}

/** A stroke from the upper left to the lower right. @param {Page} page @param {import('playwright-core').Locator} plot */
async function drawFalling(page, plot) {
  const box = await plot.boundingBox();
  if (!box) throw new Error('there is no place to draw');
  const { mouse } = page;
  await mouse.move(box.x + 2, box.y + box.height * 0.2);
  await mouse.down();
  for (let i = 1; i <= 12; i++)
    await mouse.move(box.x + 2 + ((box.width - 4) * i) / 12, box.y + box.height * (0.2 + 0.05 * i));
  await mouse.up();
}

/** From the opening to η, a pause, a rewind, a fork, another view and back; the focus is always somewhere, and in sight. @param {Page} page @param {string} address */
export async function keyboard(page, address) {
  await page.goto(address);
  await waitForStep(page, 20);
  const keys = { count: 0 };
  const go = async (/** @type {RegExp} */ wanted, /** @type {'Tab' | 'Shift+Tab'} */ key = 'Tab') => {
    keys.count += await tabTo(page, wanted, key);
  };
  const hit = async (/** @type {string} */ key) => {
    await page.keyboard.press(key);
    keys.count += 1;
    return focusOf(page, key);
  };
  await go(/^Skip to/);
  await go(/^Pause$/);
  // Its chart and its box have the same name; the slider is turned by arrows.
  do await go(/^Learning rate/);
  while (!(await page.evaluate(`document.activeElement.matches('input[type=range]')`)));
  for (let i = 0; i < 3; i++) await hit('ArrowRight');
  await waitUntil(page, ({ active }) => active.changes.some(({ field }) => field === 'lr'));
  await go(/^Pause$/, 'Shift+Tab');
  await hit('Enter');
  await waitUntil(page, ({ active }) => active.status === 'paused');
  await go(/^Rewind to an earlier step/);
  await hit('Enter');
  for (let i = 0; i < 5; i++) await hit('ArrowLeft');
  await go(/^Fork here$/);
  await hit('Enter');
  await waitUntil(page, ({ runs }) => runs.length === 2);
  await focusOf(page, 'the fork');
  await go(/^Live$/, 'Shift+Tab');
  await hit('ArrowRight');
  await waitUntil(page, ({ view }) => view === 'range');
  await hit('ArrowLeft');
  await waitUntil(page, ({ view }) => view === 'live');
  assert.equal(await focusOf(page, 'the way back'), 'Live');
  await hit(' ');
  await page.keyboard.press('Escape');
  return `${keys.count} keys, focus seen after each`;
}

/** Waits until all is over, so that what is printed is whole. @param {Page} page @param {string} address */
export async function openEnded(page, address) {
  await page.goto(`${address}?dataset=spiral&steps=300`);
  await waitForEnd(page);
}
