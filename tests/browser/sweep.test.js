/** The Sweep view driven to the end, and the sharpness on the Live view. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, soon, takeFocus, untilDrawn, waitForEnd, waitForStep, waitUntil } from './page_state.js';
import { stage } from './stage.js';

/** @param {import('playwright-core').Page} page @param {Record<string, string>} values by label */
async function fill(page, values) {
  for (const [label, value] of Object.entries(values)) {
    const box = page.getByLabel(label, { exact: true });
    await box.fill(value);
    await box.press('Enter');
    await box.blur();
  }
}

/** @param {import('playwright-core').Page} page */
const waitForSweep = (page) => waitUntil(page, ({ sweep, isSweeping }) => sweep.complete && !isSweeping);

test('a sweep fills its plot, a point opens its curves, and Live runs the same training', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=80&eval_every=20');
  await waitForEnd(page);
  await page.getByRole('tab', { name: 'Sweep' }).click();
  await page.waitForURL(/#view=sweep$/);
  await fill(page, { From: '0.001', To: '100', Points: '6', Seeds: '2' });
  await page.getByText('12 trainings of 80 steps').waitFor();
  await page.getByRole('button', { name: 'Run the sweep' }).click();
  await waitForSweep(page);
  await page.getByText(/^★ Best: η [\d.]+, with a best validation loss of [\d.]+, median of 2 seeds\.$/).waitFor();

  const plot = page.getByRole('group', { name: 'Best validation loss: points' });
  const points = plot.getByRole('button');
  await points.nth(5).waitFor();
  assert.equal(await points.count(), 6);
  await plot.getByRole('button', { name: /the best$/ }).waitFor();
  assert.ok((await plot.getByRole('button', { name: /infeasible/ }).count()) >= 1, 'a rate of 100 does not train');

  // The arrow keys go from point to point, Enter opens one.
  await points.first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Behind the point' }).waitFor();
  await page.getByText('η 0.01', { exact: true }).waitFor();
  await page.getByRole('radio', { name: 'seed 2' }).check({ force: true });
  const trial = await read(page, ({ sweep }) =>
    sweep.trials.find(({ changes, seed }) => changes.lr === 0.01 && seed === 2),
  );
  assert.ok(trial?.curve && trial.curve.step.length > 50);

  await page.getByRole('button', { name: 'Open in Live' }).click();
  await waitUntil(page, ({ view, active }) => view === 'live' && active.status === 'complete');
  assert.equal(await read(page, ({ active }) => active.digest), trial.digest, 'the same bits');
  assert.deepEqual(await read(page, ({ draft }) => [draft.lr, draft.seed]), [0.01, 2]);

  // What was learned stands at the rate's slider, and the sweep is still there.
  await page.getByRole('button', { name: /^★ best [\d.]+/ }).waitFor();
  await page.getByRole('tab', { name: 'Sweep' }).click();
  await points.nth(5).waitFor();
  assert.equal(await points.count(), 6);
  await page.getByLabel('What is plotted').selectOption('error');
  await page.getByRole('group', { name: 'Final validation error: points' }).waitFor();
  await check();
});

test('two settings make lines and a map; the live training goes on meanwhile', async () => {
  const { page, check } = await stage.open('?dataset=xor&steps=1000000&eval_every=0&speed=30');
  await waitForStep(page, 10);
  await read(page, ({ set }) => set({ steps: 60, eval_every: 30 }));
  await page.getByRole('tab', { name: 'Sweep' }).click();
  await fill(page, { From: '0.01', To: '1', Points: '3' });
  await page.getByRole('button', { name: 'Add a second setting' }).click();
  await page.getByRole('combobox', { name: 'Second setting' }).selectOption('optimizer');
  for (const name of ['Momentum', 'SGD', 'Nesterov']) {
    assert.ok(await page.getByRole('checkbox', { name, exact: true }).isChecked());
  }
  await page.getByRole('checkbox', { name: 'Nesterov' }).uncheck();
  const step = await read(page, ({ active }) => active.step);
  await page.getByRole('button', { name: 'Run the sweep' }).click();
  await waitForSweep(page);
  await waitUntil(page, ({ active }, before) => active.step > before && active.status === 'running', step);
  const map = page.getByRole('group', { name: 'Outcome' });
  // The sweep's end is known before the page has drawn it.
  await map.getByRole('button').nth(5).waitFor();
  assert.equal(await map.getByRole('button').count(), 6);
  // Whoever speaks to the page calls a tile by what stands on it.
  for (const tile of await map.getByRole('button').all()) {
    const [name, value] = [await tile.getAttribute('aria-label'), await tile.locator('.value').textContent()];
    assert.ok(name?.includes(value ?? '?') || value === '✕', `${name}: ${value}`);
  }
  const points = page.getByRole('group', { name: /: points$/ }).getByRole('button');
  await points.nth(5).waitFor();
  assert.equal(await points.count(), 6);
  await map.getByRole('button').nth(4).click();
  await page.getByRole('heading', { name: 'Behind the point' }).waitFor();
  await page.getByRole('button', { name: 'Open in Live' }).waitFor();
  // A tile shows its curves to the pointer, and to the keyboard.
  const glimpse = page.getByRole('tooltip');
  await glimpse.getByText(/^Smoothed batch loss of 1 seed over 60 steps/).waitFor();
  await page.keyboard.press('ArrowLeft');
  await soon(async () => assert.equal(await glimpse.locator('path').count(), 1));
  await page.getByRole('button', { name: 'Parallel axes' }).click();
  await glimpse.waitFor({ state: 'detached' });
  await page.getByText(/^All 6 trainings; /).waitFor();
  await page.getByRole('slider', { name: /^Learning rate.*, lowest shown$/ }).focus();
  await page.keyboard.press('Shift+ArrowUp');
  await page.getByText(/^4 of 6 trainings; /).waitFor();
  await page.getByRole('button', { name: 'All again' }).click();
  await page.getByText(/^All 6 trainings/).waitFor();
  await check();
});

test('a stopped sweep keeps what is finished, and a mistake is a sentence', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=4000&eval_every=0#view=sweep');
  await page.getByRole('tab', { name: 'Sweep', selected: true }).waitFor();
  await fill(page, { From: 'many' });
  await page.getByRole('button', { name: 'Run the sweep' }).click();
  await page
    .getByRole('alert')
    .getByText(/lr must be/)
    .waitFor();
  await fill(page, { From: '0.01', Points: '200' });
  await page.getByRole('button', { name: 'Run the sweep' }).click();
  const isStillOnStop = await takeFocus(page.getByRole('button', { name: 'Stop' }));
  await waitUntil(page, ({ sweep }) => sweep.trials.length >= 1);
  await untilDrawn(page);
  assert.ok(await isStillOnStop(), 'a point that is drawn leaves the focus where it is');
  await page.keyboard.press('Enter');
  await waitUntil(page, ({ isSweeping }) => !isSweeping);
  await page.getByText(/^Stopped after \d+ of 200 trainings/).waitFor();
  assert.ok((await read(page, ({ sweep }) => sweep.trials.length)) >= 1);
  await check();
});

test('a sweep over one’s own data gives every worker the same files', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&eval_every=20');
  await waitForStep(page);
  const lines = Array.from(
    { length: 200 },
    (_, i) => `${Math.cos(i) + (i % 2)},${Math.sin(i)},${i % 2 ? 'yes' : 'no'}`,
  );
  await page.getByLabel('Choose data files').setInputFiles({
    name: 'points.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`x,y,label\n${lines.join('\n')}\n`),
  });
  await waitUntil(page, ({ active }) => active.config.dataset === 'custom' && active.status === 'complete');
  const digest = await read(page, ({ active }) => active.digest);
  const rate = String(await read(page, ({ draft }) => draft.lr));
  await page.getByRole('tab', { name: 'Sweep' }).click();
  await fill(page, { From: rate, To: '0.5', Points: '3' });
  await page.getByRole('button', { name: 'Run the sweep' }).click();
  await waitForSweep(page);
  assert.equal(await read(page, ({ sweep }) => sweep.trials[0].digest), digest);
  await check();
});

test('sharpness is drawn against the edge of stability', async () => {
  const { page, check } = await stage.open(
    '?dataset=moons&optimizer=sgd&lr=0.5&batch=0&samples=256&steps=120&sharpness_every=10&warmup_steps=40',
  );
  await waitForEnd(page);
  await page.getByRole('heading', { name: 'Sharpness' }).waitFor();
  await page.getByText('2/η, the edge').waitFor();
  const measured = await read(page, ({ active }) => active.measured);
  assert.deepEqual(
    measured.map(({ step }) => step),
    Array.from({ length: 16 }, (_, i) => (i + 1) * 10),
  );
  for (const { value, limit } of measured) {
    assert.ok(Number.isFinite(value));
    assert.equal(limit, 2);
  }
  // During warmup the edge comes down as the rate rises.
  const edges = await read(page, ({ active }) =>
    [10, 20, 100].map((step) => active.edgeAt(step) * active.rateAt(step)),
  );
  for (const edge of edges) assert.ok(Math.abs(edge - 2) < 1e-5, `${edge}`);
  assert.ok(await read(page, ({ active }) => active.edgeAt(10) > 2 * active.edgeAt(100)));
  const spoken = await page.getByRole('img', { name: /^Sharpness\. After/ }).getAttribute('aria-label');
  assert.match(spoken ?? '', /Sharpness/);
  await check();
});
