/** The LR range test beside a training: what it suggests, and what becomes of that. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { inLog, startStage } from './helpers.js';
import { read, restingStep, waitForEnd, waitForStep, waitUntil } from './page_state.js';

/** @type {Awaited<ReturnType<typeof startStage>>} */
let stage;
before(async () => {
  stage = await startStage();
});
after(() => stage?.stop());

test('the range test suggests a rate, its button uses it, and the training is not touched', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30000&eval_every=0');
  await waitForStep(page, 100);
  await page.getByRole('button', { name: 'Pause' }).click();
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
  const { config } = engine.parseConfig({ dataset: 'moons', steps: 30000, eval_every: 0 });
  const trainer = engine.createTrainer(config);
  for (let i = 0; i < 30; i++) trainer.step(1000);
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
  assert.match(
    await rules.innerText(),
    /Median of 3 seeds; the middle half [\d.e-]+ … [\d.e-]+, all [\d.e-]+ … [\d.e-]+\./,
  );
  assert.match(await rules.innerText(), /halfway the sharpest downward slope/);
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
  const countTicks = () => read(page, ({ drawn }) => drawn(null, 'range-view').ticks);
  assert.equal(await countTicks(), 0);
  await page.getByRole('button', { name: 'Run the range test' }).click();
  await page.getByRole('heading', { name: 'What the rules read off it' }).waitFor();
  await hint.waitFor({ state: 'detached' });
  assert.ok((await countTicks()) > 2);
  await check();
});

test('test, then train: a new run at the suggested rate, without asking', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30#view=range');
  await waitForEnd(page);
  await page.getByRole('button', { name: 'Test, then train with it' }).click();
  await waitUntil(
    page,
    ({ view, runs, active }) => view === 'live' && runs.length === 2 && active.status === 'complete',
  );
  const suggested = await read(page, ({ suggestion }) => Number(suggestion.steepest));
  assert.equal(await read(page, ({ active }) => active.config.lr), Number(suggested.toPrecision(3)));
  await check();
});

test('a suggestion that its own check refutes is not used: the valley is, after asking', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=800&lr=0.1#view=range');
  await waitForEnd(page);
  await page.getByRole('button', { name: 'Test, then train with it' }).click();
  await page.getByText(/^\s*Nothing was started: the loss has no clear single slope/).waitFor();
  assert.equal(await read(page, ({ runs }) => runs.length), 1);
  const [valley, steepest] = await read(page, ({ suggestion }) => [
    Number(suggestion.valley),
    Number(suggestion.steepest),
  ]);
  const rate = Number(valley.toPrecision(3));
  const rules = page.locator('.range-rules');
  const [headline, first, ...others] = await rules.getByRole('listitem').allInnerTexts();
  assert.match(headline, /^No clear single slope/);
  assert.match(headline, /off by more than a factor of 2/);
  assert.match(first, /^Steepest descent/, 'it stays listed');
  assert.match(others[others.length - 1], /^Halfway/);
  assert.deepEqual(await rules.locator('button.primary').allInnerTexts(), [`Use ${rate}, the valley`]);
  const marks = await read(page, ({ rateMarks }) => rateMarks.filter(({ label }) => label === 'range test'));
  assert.deepEqual(
    marks.map(({ value }) => value),
    [rate],
  );
  assert.ok(steepest > 4 * valley);
  await page.getByText('Learning rate η', { exact: true }).last().waitFor();
  await page.getByRole('button', { name: `Train with ${rate}, the valley` }).click();
  await waitUntil(
    page,
    ({ view, runs, active }, lr) => view === 'live' && runs.length === 2 && active.config.lr === lr,
    rate,
  );
  await inLog(page, `Trains with η ${rate}, the range test’s valley.`).waitFor();

  await page.getByRole('tab', { name: 'LR range test' }).click();
  await rules.getByRole('button', { name: 'Run 5 seeds' }).click();
  await page.getByText('median of 5 seeds', { exact: true }).waitFor();
  await check();
});
