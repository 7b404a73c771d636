/**
 * The page outside of its own window: in a frame of a foreign page, on a projector, and on paper. Ends with 1 where anything
 * is not as it should be; leaves pictures in the folder that is named.
 *
 *     node tests/journeys/outside.js [FOLDER]
 */

import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { servePage } from '../../web/cli/commands/serve.js';
import { findViolations } from '../browser/axe.js';
import { browserPath, FLAGS, openTab } from '../browser/helpers.js';
import { toPaper, waitForEnd, waitForExpression, waitForStep, waitUntil } from '../browser/page_state.js';

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'trainscope-outside-')));
const PROJECTOR = { width: 1280, height: 720 };

process.env.TRAINSCOPE_FASHION_MNIST = '';
const course = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(coursePage(new URL(request.url ?? '/', 'http://localhost').searchParams));
});
await new Promise((resolve) => course.listen(0, 'localhost', () => resolve(null)));
const port = /** @type {import('node:net').AddressInfo} */ (course.address()).port;
const origin = `http://localhost:${port}`;
const server = await servePage({ options: { port: 0, frame_ancestors: origin } });
const closed = await servePage({ options: { port: 0 } });
const browser = await chromium.launch({ executablePath: browserPath(true), args: FLAGS });

/** A page of somebody else. @param {URLSearchParams} asked */
function coursePage(asked) {
  const home = asked.get('home') ?? server.address;
  return `<!doctype html><title>A course</title><h1>A course</h1>
    <script src="${home}embed.js" defer></script>
    <train-scope src="${asked.get('src') ?? ''}" hide="${asked.get('hide') ?? ''}" show="${asked.get('show') ?? ''}"></train-scope>`;
}

/** @param {Record<string, string>} asked */
async function openCourse(asked) {
  const { page, complaints } = await openTab(browser, { viewport: { width: 1000, height: 800 } });
  await page.goto(`${origin}/?${new URLSearchParams(asked)}`);
  const frame = page.frameLocator('iframe');
  return { page, frame, complaints };
}

const JOURNEYS = {
  async 'a frame in a foreign page trains, with the parts that were named'() {
    const { page, frame, complaints } = await openCourse({
      src: '?dataset=moons&steps=300',
      hide: 'accuracy',
      show: 'runs',
    });
    await frame.getByText(/step 300 \/ 300/).waitFor();
    const isThere = (/** @type {string} */ role, /** @type {string} */ name) =>
      frame.getByRole(/** @type {any} */ (role), { name, exact: true }).isVisible();
    assert.ok(await isThere('heading', 'Loss'));
    assert.ok(await isThere('region', 'Runs'));
    for (const [role, name] of [
      ['heading', 'Accuracy'],
      ['tab', 'Sweep'],
      ['complementary', 'Settings'],
    ]) {
      assert.equal(await isThere(role, name), false, `${name} is hidden`);
    }
    const inside = page.frames()[1];
    assert.equal(await inside.evaluate('crossOriginIsolated'), false, 'nothing of it needs isolation');
    const whole = await frame.getByRole('link', { name: /Open in Trainscope/ }).getAttribute('href');
    assert.match(whole ?? '', /dataset=moons/);
    assert.doesNotMatch(whole ?? '', /embed|hide/);
    assert.deepEqual(complaints, []);
    await page.screenshot({ path: join(folder, 'frame.png') });
    await page.context().close();
  },
  async 'every part of the table is found on the page'() {
    const { page } = await openTab(browser, {});
    await page.goto(
      `${server.address}?dataset=spiral&steps=300&sharpness_every=20&schedule=onecycle&cycle_momentum=true`,
    );
    await waitForEnd(page);
    const { PARTS } = await import('../../web/ui/page/look.js');
    for (const { name, selector } of PARTS) {
      // In a frame; of a network with attention; once there is a baseline and another run.
      if (['link', 'attention', 'difference'].includes(name)) continue;
      assert.ok((await page.locator(selector).count()) > 0, `${name}: ${selector}`);
    }
    await page.context().close();
  },
  async 'the other views are framed too'() {
    for (const view of ['range', 'sweep', 'diagnose', 'optimizers', 'lessons', 'museum', 'slice']) {
      const { page, frame } = await openCourse({ src: `?dataset=spiral&steps=100#view=${view}` });
      await frame.locator(`#view-${view} h3, #view-${view} h2`).first().waitFor({ state: 'attached' });
      await frame.locator(`#view-${view}`).waitFor();
      await page.screenshot({ path: join(folder, `frame-${view}.png`) });
      await page.context().close();
    }
  },
  async 'names that there are not are a sentence in the frame'() {
    const { page, frame } = await openCourse({ src: '?dataset=moons&steps=40', hide: 'statu' });
    await frame.getByText('hide names no part of the page with "statu": did you mean status?').waitFor();
    await page.context().close();
  },
  async 'what is wrong with a link is one sentence, on the stage, in a frame, beside a lesson and in every view'() {
    const wrong = 'Learning rate must be between 0 and 1000000, not "abc".';
    const links = {
      '?present&lr=abc': `${wrong} 0.03 is used instead.`,
      '?embed&lr=abc': `${wrong} 0.03 is used instead.`,
      '?lesson=figure-7&lr=abc': `${wrong} The lesson’s own is used instead.`,
      '?present&lesson=figure-7&foo=1': 'There is no setting "foo". It is left out.',
      '?dataset=moons&lr=abc#view=museum': `${wrong} 0.02 is used instead.`,
      '?lr=abc#view=logs': `${wrong} 0.03 is used instead.`,
      '#view=sweep/xyz': 'The view Sweep has no part “xyz”. It is left out.',
      '?lesson=nope': 'There is no lesson “nope”: see Lessons for all there are.',
    };
    for (const [link, sentence] of Object.entries(links)) {
      const { page } = await openTab(browser, {});
      await page.goto(server.address + link);
      const alerts = page.getByRole('alert').filter({ visible: true });
      await alerts.first().waitFor();
      const said = (await alerts.allInnerTexts()).join(' ').replace(/\s+/g, ' ').replace(/ ✕$/, '');
      assert.equal(said.trim(), sentence, link);
      await page.context().close();
    }
  },
  async 'a link that leads elsewhere is a sentence, and no frame'() {
    const { page } = await openCourse({ src: 'https://example.org/?dataset=moons' });
    await page.getByText(/^The src of a <train-scope> is a link to/).waitFor();
    assert.equal(await page.locator('iframe').count(), 0);
    await page.context().close();
  },
  async 'a server that allows no frames shows itself in none'() {
    const { page } = await openCourse({ home: closed.address });
    await page.waitForTimeout(1000);
    assert.equal(await page.locator('iframe').count(), 0, 'not even the script is read');
    await page.context().close();
  },
  async 'a teacher presents: large letters, nothing cut, and back with Escape'() {
    const { page, complaints } = await openTab(browser, { viewport: PROJECTOR });
    await page.goto(`${server.address}?dataset=spiral&steps=1000000`);
    await waitForStep(page, 100);
    await page.getByRole('button', { name: 'Present' }).click();
    await page.getByRole('main', { name: 'Presentation' }).waitFor();
    const small = await page.evaluate(`[...document.querySelectorAll('present-view *')]
      .filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 20)
      .map((one) => one.outerHTML.slice(0, 80))`);
    assert.deepEqual(small, [], 'nothing is smaller than 20 px');
    const size = await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.scrollHeight]');
    assert.deepEqual(size, [PROJECTOR.width, PROJECTOR.height], 'nothing is to be scrolled for');
    await page.keyboard.press('Tab');
    await page.getByRole('main', { name: 'Presentation' }).getByRole('button', { name: 'Gradient norm' }).click();
    await page.getByRole('main', { name: 'Presentation' }).getByRole('slider').press('ArrowRight');
    await waitUntil(page, ({ active }) => active.changes.length === 1);
    assert.deepEqual(await findViolations(page), []);
    await page.screenshot({ path: join(folder, 'present.png') });
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Live' }).waitFor();
    await waitForExpression(page, `document.activeElement?.textContent === 'Present'`);
    assert.deepEqual(complaints, []);
    await page.context().close();
  },
  async 'on paper every view is light, whole and without controls'() {
    for (const place of ['', '#view=range', '#view=sweep', '#view=lessons', '#view=optimizers']) {
      const { page } = await openTab(browser, { colorScheme: 'dark' });
      await page.goto(`${server.address}?dataset=spiral&steps=300${place}`);
      await waitForEnd(page);
      await toPaper(page);
      await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
      const name = place.replace('#view=', '') || 'live';
      await page.pdf({ path: join(folder, `paper-${name}.pdf`), format: 'A4', printBackground: true });
      assert.equal(
        await page.evaluate(`document.documentElement.className.includes('printing')`),
        false,
        'and is over',
      );
      // The same once more, to be looked at.
      await toPaper(page);
      await page.screenshot({ path: join(folder, `paper-${name}.png`), fullPage: true });
      const controls = await page.evaluate(`[...document.querySelectorAll('input, select, textarea, top-bar')]
        .filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80))`);
      assert.deepEqual(controls, []);
      const ground = await page.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('--paper')`);
      assert.match(ground, /#fff/);
      await page.context().close();
    }
  },
};

let failed = 0;
for (const [name, act] of Object.entries(JOURNEYS)) {
  const error = await act().catch((reason) => reason);
  if (error) failed += 1;
  console.log(error ? `✕ ${name}\n${error.stack}` : `✓ ${name}`);
}
await browser.close();
course.close();
server.close();
closed.close();
console.log(`pictures in ${folder}`);
process.exitCode = failed ? 1 : 0;
