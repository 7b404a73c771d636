/** The Optimizers view: races that play, follow the hand, converge below the limits of stability and diverge beyond. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxAtRest, read, soon, waitForExpression, waitUntil } from './page_state.js';
import { stage } from './stage.js';

/** The Optimizers view with these settings of its own. @param {string} [settings] @param {any} [options] */
async function openRace(settings = '', options = {}) {
  const { page, check } = await stage.open(
    `?dataset=xor&steps=20#view=optimizers${settings && `/${settings}`}`,
    options,
  );
  await waitUntil(page, ({ race }) => race);
  return { page, check };
}

/** Where every racer went. @param {import('playwright-core').Page} page */
const readTrails = (page) => read(page, ({ race }) => race.racers.map(({ xs, ys }) => [xs, ys]));

/** Runs in the page, as text: whether a canvas has more than a few colours. */
function isPainted(/** @type {string} */ selector) {
  const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(selector));
  const { width, height } = canvas;
  // Read off a copy: browsers warn of canvases that are read again and again.
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  );
  pen.drawImage(canvas, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  return seen.size > 50;
}

/** A map is painted in one of the frames after there is something to see. @param {import('playwright-core').Page} page @param {string} [map] */
const untilPainted = (page, map = 'contour-map canvas') =>
  waitForExpression(page, `(${isPainted})(${JSON.stringify(map)})`);

test('the tab opens a race that plays to its end, and everybody gets down', async () => {
  const { page, check } = await stage.open('?dataset=xor&steps=20');
  await page.getByRole('tab', { name: 'Optimizers' }).click();
  await page.waitForURL(/#view=optimizers$/);
  await waitUntil(page, ({ racetrack }) => racetrack.steps > 2);
  await page.getByLabel('Speed of the race').selectOption('200');
  await waitUntil(page, ({ racetrack }) => racetrack.isDone);
  const ends = await read(page, ({ race }) => race.racers.map(({ excess }) => [excess[0], Number(excess.at(-1))]));
  assert.equal(ends.length, 4);
  for (const [start, end] of ends) assert.ok(end < 1e-6 * start, `${start} to ${end}`);
  await page.getByText(/^SGD is stable up to 2: it converges\.$/).waitFor();
  await page.getByText(/^After 200 steps \w+ is lowest, with f − f\* [\d.e-]+\.$/).waitFor();
  await untilPainted(page);
  await page.getByRole('img', { name: /^Quadratic\..*it converges/ }).waitFor();
  // So slowly that it is under way when it is looked at.
  await page.getByLabel('Speed of the race').selectOption('5');
  await page.getByRole('button', { name: 'Play again' }).click();
  await waitUntil(page, ({ racetrack }) => racetrack.status === 'playing' && racetrack.steps < 200);
  // Another view has the page's time.
  await page.getByRole('tab', { name: 'Live' }).click();
  await waitUntil(page, ({ racetrack }) => racetrack.status === 'ready');
  await check();
});

test('pause, single steps and reset', async () => {
  // Long enough to be under way when it is paused.
  const { page, check } = await openRace('steps=2000');
  // The training behind it may go on, and has a Pause of its own.
  await page.getByRole('group', { name: 'Race' }).getByRole('button', { name: 'Pause', exact: true }).click();
  const before = await read(page, ({ racetrack }) => racetrack.steps);
  await page.getByRole('button', { name: 'One step of the race' }).click();
  assert.equal(await read(page, ({ racetrack }) => racetrack.steps), before + 1);
  await page.getByRole('button', { name: /^Reset the race/ }).click();
  assert.equal(await read(page, ({ racetrack }) => racetrack.steps), 0);
  for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'One step of the race' }).click();
  await page.getByText('step 3 / 2,000').waitFor();
  assert.deepEqual(await read(page, ({ race }) => race.racers.map(({ xs }) => xs.length)), [4, 4, 4, 4]);
  await check();
});

test('the start moves with the pointer and the keyboard, and the whole race with it', async () => {
  const { page, check } = await openRace('', { reducedMotion: 'reduce' });
  await waitUntil(page, ({ racetrack }) => racetrack.steps === 200);
  const handle = page.getByRole('button', { name: 'Starting point: x -3.4, y 1.6. Arrow keys move it' });
  const box = await boxAtRest(handle);
  const [left, top] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move(left + 60, top + 30);
  await page.mouse.move(left + 120, top + 60, { steps: 3 });
  await page.mouse.up();
  await page.mouse.move(left + 300, top + 60);
  const [x, y] = await read(page, ({ racetrack }) => racetrack.start);
  assert.ok(x > -3 && x < -1.5 && y < 1.4 && y > 0.5, `${x}, ${y}`);
  await waitUntil(page, ({ race }, from) => race.racers[0].xs[0] === Math.fround(from), x);
  assert.equal(await read(page, ({ racetrack }) => racetrack.steps), 200, 'run again up to where it stood');
  await page.waitForURL(/#view=optimizers\/start=-\d/);

  const moved = page.getByRole('button', { name: /^Starting point/ });
  await moved.focus();
  // Before the map is drawn again: each key goes on from the one before, and the race is of where it stands.
  const keyed = await read(page, ({ racetrack }) => {
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp'])
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    const { start, race, steps } = racetrack;
    return { start, from: race && [race.racers[0].xs[0], race.racers[0].ys[0]], steps };
  });
  const [right, up] = keyed.start;
  const step = (right - x) / 2;
  assert.ok(step > 0 && step < 0.2, `${step}`);
  assert.ok(Math.abs(up - y - step) < 0.02, `${up} from ${y}`);
  assert.deepEqual(keyed.from, keyed.start.map(Math.fround));
  assert.equal(keyed.steps, 200);
  await page.keyboard.press('Shift+ArrowDown');
  assert.ok((await read(page, ({ racetrack }) => racetrack.start[1])) < up - 0.2);
  await page.keyboard.press('Home');
  assert.deepEqual(await read(page, ({ racetrack }) => racetrack.start), [-3.4, 1.6]);
  await page.waitForURL(/#view=optimizers$/);

  // By number, too.
  await page.getByLabel('Start, x').fill('2');
  await page.getByLabel('Start, x').press('Enter');
  assert.deepEqual(await read(page, ({ racetrack }) => racetrack.start), [2, 1.6]);
  await page.getByLabel('Start, x').fill('far');
  await page.getByLabel('Start, x').press('Enter');
  assert.equal(await page.getByLabel('Start, x').inputValue(), '2');
  await check();
});

test('beyond 2 over λ sgd diverges, the heavy ball does not, and both are said', async () => {
  const { page, check } = await openRace('lambda2=10&lr=0.3&steps=600&rules=sgd,momentum', { reducedMotion: 'reduce' });
  await waitUntil(page, ({ racetrack }) => racetrack.isDone);
  await page.getByText('η·λ is 3.').waitFor();
  await page.getByText('SGD is stable up to 2: it diverges.').waitFor();
  await page.getByText('Momentum is stable up to 2+2γ = 3.8: it converges.').waitFor();
  await page.getByText(/^SGD left the finite numbers at step \d+ \(✕\)\.$/).waitFor();
  await page.getByText(/^✕ diverged at step \d+$/).waitFor();
  const [momentum, sgd] = await read(page, ({ race }) =>
    race.racers.map(({ rule, divergedAt, excess, xs }) => ({
      rule,
      divergedAt,
      end: Number(excess.at(-1)),
      finite: xs.every(Number.isFinite),
    })),
  );
  assert.deepEqual([momentum.rule, sgd.rule], ['momentum', 'sgd'], 'in the table’s order');
  assert.ok(Number(sgd.divergedAt) > 50 && sgd.finite);
  assert.ok(momentum.divergedAt === null && momentum.end < 1e-9);

  // The mark at the rate's slider is the limit: a click on it, and sgd neither grows nor dies out.
  await page.getByRole('button', { name: 'SGD up to 0.2' }).click();
  await page.getByText(/^SGD is stable up to 2: it stands at the edge/).waitFor();
  await waitUntil(page, ({ race }) => race.racers[1].divergedAt === null);
  await page.getByLabel('Learning rate, value').fill('0.19');
  await page.getByLabel('Learning rate, value').press('Enter');
  await page.getByText('SGD is stable up to 2: it converges.').waitFor();
  await waitUntil(page, ({ race }) => Number(race.racers[1].excess.at(-1)) < 1e-9);
  await page.waitForURL(/#view=optimizers\/lambda2=10&steps=600&lr=0\.19&rules=momentum,sgd$/);
  await check();
});

test('surfaces, rules, factors and settings, all of them in the address', async () => {
  const { page, check } = await openRace('', { reducedMotion: 'reduce' });
  await page.getByRole('radio', { name: 'Himmelblau' }).check({ force: true });
  await page.getByText(/SGD is at \(−2\.81, 3\.13\)/).waitFor();
  await page.getByRole('checkbox', { name: 'RMSProp' }).check();
  await page.getByRole('checkbox', { name: 'SGD' }).uncheck();
  const factor = page.getByLabel('Adam: factor on the learning rate');
  assert.equal(await factor.inputValue(), '10', 'as the table says');
  await factor.fill('5');
  await factor.press('Enter');
  await page.getByLabel('Momentum, value').fill('0.5');
  await page.getByLabel('Momentum, value').press('Enter');
  await page.waitForURL(/\/surface=himmelblau&rules=momentum,nesterov,rmsprop,adam:5&momentum=0\.5$/);
  await waitUntil(page, ({ race }) => race.racers.map(({ lr }) => lr).join() === '0.01,0.01,0.1,0.05');

  // The same address in a fresh page is the same race; leaving the view and coming back changes nothing.
  const here = await readTrails(page);
  const other = await openRace(page.url().split('#view=optimizers/')[1], { reducedMotion: 'reduce' });
  await waitUntil(other.page, ({ racetrack }) => racetrack.isDone);
  assert.deepEqual(await readTrails(other.page), here);
  await other.check();
  await page.getByRole('tab', { name: 'Lessons' }).click();
  await page.waitForURL(/#view=lessons$/);
  await page.getByRole('tab', { name: 'Optimizers' }).click();
  await page.waitForURL(/\/surface=himmelblau&rules=/);
  assert.deepEqual(await readTrails(page), here);
  await check();
});

test('a damaged address is a sentence, and the race runs without what is wrong', async () => {
  const { page, check } = await openRace('surface=rosenbrook&lr=fast&lambda2=20', { reducedMotion: 'reduce' });
  const said = await page.getByRole('alert').textContent();
  assert.match(said ?? '', /surface must be one of .* Did you mean rosenbrock\? lr must be between/);
  assert.equal(await read(page, ({ racetrack }) => racetrack.settings.options.lambda2), 20);
  await check();
});

test('on a phone the map comes first, and nothing is wider than the screen', async () => {
  const { page, check } = await openRace('surface=product', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
    colorScheme: 'dark',
  });
  await page.getByText(/^Nesterov left the finite numbers at step \d+ \(✕\)\.$/).waitFor();
  const map = await boxAtRest(page.locator('contour-map'));
  assert.ok(map.y < 300 && map.width <= 390);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390));
  // Whoever races is named in sight, not beyond the edge.
  const keys = page.locator('optimizers-view line-chart .key');
  await keys.nth(3).waitFor();
  const names = await keys.all();
  const edges = await Promise.all(
    names.map((name) =>
      name.evaluate((key) => key.getBoundingClientRect().right - (key.parentElement?.clientWidth ?? 0)),
    ),
  );
  assert.ok(edges.length >= 4 && edges.every((edge) => edge < 30), `${edges}`);
  const handle = await page.getByRole('button', { name: /^Starting point/ }).boundingBox();
  assert.ok(handle && handle.width >= 44 && handle.height >= 44);
  await untilPainted(page);
  await check();
});

test('Space, S and R act on the race that is in sight, not on the training behind it', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40#view=optimizers/surface=bowl&steps=2000');
  await waitUntil(
    page,
    ({ active, racetrack }) => active.status === 'complete' && racetrack.status === 'playing' && racetrack.steps > 0,
  );
  await page.keyboard.press('Space');
  await waitUntil(page, ({ racetrack }) => racetrack.status === 'ready' && racetrack.steps > 0);
  const steps = await read(page, ({ racetrack }) => racetrack.steps);
  await page.keyboard.press('s');
  assert.equal(await read(page, ({ racetrack }) => racetrack.steps), steps + 1);
  await page.keyboard.press('r');
  assert.equal(await read(page, ({ racetrack }) => racetrack.steps), 0);
  // Where there is nothing to start or to stop, they do nothing.
  await page.getByRole('tab', { name: 'Lessons' }).click();
  await page.getByRole('heading', { name: 'Lessons' }).last().click();
  for (const key of ['Space', 's', 'r']) await page.keyboard.press(key);
  assert.equal(await read(page, ({ runs }) => runs.length), 1);
  await page.getByRole('tab', { name: 'Live' }).click();
  await page.locator('live-view h3').first().click();
  await page.keyboard.press('r');
  await waitUntil(page, ({ runs }) => runs.length === 2);
  await check();
});

test('the loss surface opens with a map of the run, is read off by keys, and computes another plane', async () => {
  const { page, check } = await stage.open('?dataset=xor&steps=20&model=linear(4)+tanh#view=slice');
  await page.getByText(/^At step 20 the loss is [\d.]+; /).waitFor();
  await page.getByText(/^The two directions, of 22, .* holds (?:\d+|99\.\d) % of the variance/).waitFor();
  const plot = page.getByRole('group', { name: /^Loss: arrow keys/ });
  await plot.focus();
  await page.keyboard.press('Home');
  await page.getByText(/^loss [\d.]+, 0\.?\d* from where the run stands$/).waitFor();
  await page.keyboard.press('ArrowRight');
  const readout = page.locator('heat-map .readout');
  await readout.filter({ hasNotText: ' 0 from' }).waitFor();
  const onPath = await readout.innerText();
  await untilPainted(page, 'heat-map canvas');
  await page.getByRole('radio', { name: 'Random' }).check();
  await page.getByText(/^Two random directions of 22 \(seed 1\)/).waitFor();
  await page.getByRole('button', { name: 'Compute again' }).waitFor();
  // What is pointed at is another place now, and read off anew.
  await soon(async () => assert.notEqual(await readout.innerText(), onPath));
  await plot.press('Escape');
  await readout.waitFor({ state: 'detached' });
  await check();
});
