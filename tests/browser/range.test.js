/** The LR range test beside a training: what it suggests, and what becomes of that. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { inLog } from './helpers.js';
import { read, restingStep, soon, untilDrawn, waitForEnd, waitForStep, waitUntil } from './page_state.js';
import { stage } from './stage.js';

test('the range test suggests a rate, its button uses it, and the training is not touched', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30');
  await waitForEnd(page);
  // Paused from the start: a run that is to outlast the hand that pauses it would have to be long.
  const settings = { dataset: 'moons', steps: 3000, eval_every: 0 };
  await read(page, ({ startAlone }, given) => startAlone(given, true), settings);
  await restingStep(page);
  await read(page, ({ stepOnce }) => stepOnce(100));
  await waitForStep(page, 99);
  const step = await restingStep(page);
  await page.getByRole('tab', { name: 'LR range test' }).click();
  await page.getByRole('button', { name: 'Run the range test' }).click();
  await page.getByRole('heading', { name: 'What the rules read off it' }).waitFor();
  await page.getByText(/It took [\d.]+ m?s\. The training on the Live view was not touched\./).waitFor();
  assert.equal(await read(page, ({ active }) => active.step), step);
  await page.getByRole('tab', { name: 'Live' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitForEnd(page);
  const engine = await createEngine();
  const { config } = engine.parseConfig(settings);
  const trainer = engine.createTrainer(config);
  trainer.step(3000);
  assert.equal(await read(page, ({ active }) => active.digest), trainer.digest());
  trainer.dispose();

  await page.getByRole('tab', { name: 'LR range test' }).click();
  const use = page.getByRole('button', { name: /^Use [\d.e-]+ \(Steepest descent\)$/ });
  const rate = Number(/Use ([\d.e-]+)/.exec((await use.getAttribute('aria-label')) ?? '')?.[1]);
  await use.click();
  assert.equal(await page.getByRole('tab', { name: 'Live' }).getAttribute('aria-selected'), 'true');
  assert.equal(await read(page, ({ draft }) => draft.lr), rate);
  await check();
});

test('several seeds are a band with their median, and the spread of what they suggest', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30#view=range');
  const seeds = page.getByRole('textbox', { name: 'Seeds, value' });
  await seeds.fill('3');
  await seeds.press('Enter');
  await page.getByRole('button', { name: 'Run the range test' }).click();
  await page.getByText('median of 3 seeds', { exact: true }).waitFor();
  await page.getByText('middle half of the seeds', { exact: true }).waitFor();
  const rules = page.locator('.range-rules');
  // The curves are there before what is read off them.
  const spread = /Median of (the \d of )?3 seeds.*; the middle half [\d.e-]+ … [\d.e-]+, all [\d.e-]+ … [\d.e-]+\./;
  await soon(async () => assert.match(await rules.innerText(), spread));
  assert.match(await rules.innerText(), /halfway the sharpest downward slope|No clear single slope/);
  await untilDrawn(page);
  const layers = await read(page, ({ drawnLayers }) =>
    drawnLayers(null, 'range-view').map(({ kind, label }) => (kind === 'line' ? label : kind)),
  );
  assert.deepEqual(layers, ['band', 'one seed', 'one seed', 'one seed', 'median of 3 seeds']);
  await check();
});

test('a chart without a curve has no scale, and says what is to come', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30#view=range');
  const hint = page.getByText('The loss appears here as the rate rises.');
  await hint.waitFor();
  await untilDrawn(page);
  const countTicks = () => read(page, ({ drawn }) => drawn(null, 'range-view').ticks);
  assert.equal(await countTicks(), 0);
  await page.getByRole('button', { name: 'Run the range test' }).click();
  await page.getByRole('heading', { name: 'What the rules read off it' }).waitFor();
  await hint.waitFor({ state: 'detached' });
  await untilDrawn(page);
  await soon(async () => assert.ok((await countTicks()) > 2));
  await check();
});

test('test, then train: a new run at what trying the suggestions chooses', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=100#view=range');
  await waitForEnd(page);
  await page.getByRole('button', { name: 'Test, then train with it' }).click();
  await waitUntil(
    page,
    ({ view, runs, active }) => view === 'live' && runs.length === 2 && active.status === 'complete',
  );
  const best = await read(page, ({ range }) => Number(range.chosen?.lr));
  assert.equal(await read(page, ({ active }) => active.config.lr), Number(best.toPrecision(3)));
  await inLog(page, 'chosen by trying a range test’s suggestions').waitFor();
  await check();
});

test('a suggestion that its own check refutes is none: the reason stands there, and tries decide', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100&lr=0.1#view=range');
  await waitForEnd(page);
  await page.getByRole('button', { name: 'Run the range test' }).click();
  await page.getByRole('heading', { name: 'What the rules read off it' }).waitFor();
  const rules = page.locator('.range-rules');
  const [headline, first] = await rules.getByRole('listitem').allInnerTexts();
  assert.match(headline, /^No clear single slope/);
  assert.match(headline, /Steepest descent reads 0\.832, \d+ times higher than where half of the drop was made/);
  assert.match(first, /^Steepest descent\s+none/, 'it stays listed');
  const { ending } = await read(page, ({ range }) => range);
  assert.deepEqual(await rules.locator('button.primary').allInnerTexts(), ['Try the suggestions']);
  const readMarks = () =>
    read(page, ({ rateMarks }) => rateMarks.filter(({ label }) => label === 'range test').map(({ value }) => value));
  assert.deepEqual(await readMarks(), [], 'what lies decades off is no mark to steer by');
  assert.match(ending, /did not rise again by more than its noise/);
  await page.getByText(ending).waitFor();

  await rules.getByRole('button', { name: 'Try the suggestions' }).click();
  await rules.getByText('Chosen by trying', { exact: true }).waitFor();
  const { chosen: choice, tried } = await read(page, ({ range }) => range);
  const lr = Number(Number(choice?.lr).toPrecision(3));
  assert.ok(lr > 0.03 && lr < 0.5, `${lr}`);
  assert.deepEqual(await readMarks(), [lr]);
  const [chosen, steepest] = await rules.getByRole('listitem').allInnerTexts();
  assert.match(chosen, new RegExp(`^Chosen by trying\\s+${lr}[\\s\\S]*${tried?.length} rates were tried`));
  assert.match(chosen, /Before the tries: Steepest descent reads 0\.832/, 'what spoke against it still stands there');
  assert.match(steepest, /none[\s\S]*Tried for 100 steps, 2 seeds: it learns next to nothing\./);
  await check();
});

test('a network that cannot learn is said to, and no run begins', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30&init_gain=0#view=range');
  await waitForEnd(page);
  await page.getByRole('button', { name: 'Test, then train with it' }).click();
  await page.getByText(/^\s*Nothing was started\. The loss falls from 0\.693 /).waitFor();
  assert.equal(await read(page, ({ runs }) => runs.length), 1);
  assert.equal(await page.locator('.range-rules').getByRole('button', { name: /^Use / }).count(), 0);
  await check();
});
