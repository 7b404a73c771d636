/** The training on screen as a stranger turns it: live, by a restart, past what it bears, and back. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readSafetensors } from '../../web/engine/run/safetensors.js';
import { createEngine } from '../../web/platform/node/index.js';
import { inLog } from './helpers.js';
import { boxAtRest, read, soon, untilDrawn, waitForEnd, waitForStep, waitUntil } from './page_state.js';
import { stage } from './stage.js';

test('a slider changes the running training, which is recorded and marked', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=1000000&model=linear(8)+tanh&speed=30');
  // Slow from its first step on: of a long run a series keeps several steps as one.
  await waitForStep(page, 20);
  const slider = page.getByRole('slider', { name: 'Learning rate', exact: true }).first();
  await slider.focus();
  await page.keyboard.press('PageDown');
  await waitUntil(page, ({ active }) => active.changes.length === 1);
  const [change] = await read(page, ({ active }) => active.changes);
  assert.equal(change.field, 'lr');
  assert.equal(change.value, 0.002);
  assert.ok(change.step > 0);
  await inLog(page, 'Learning rate η 0.02 → 0.002').waitFor();
  // The mark on the chart, as the chart describes it to its plugin; it is drawn in a frame of its own.
  await waitUntil(page, ({ scene }) => scene().verticals?.some(({ label }) => label === 'η 0.002'));
  // The rate in force follows, at the step that was recorded.
  await waitUntil(
    page,
    ({ active }, step) => active.step > step && Math.abs(active.rateAt(step) - 0.002) < 1e-6,
    change.step,
  );
  await page.waitForURL(/changes=\d+:lr=0\.002/);
  await check();
});

test('what cannot change live asks for a restart and never loses the run on screen', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=400');
  await waitForEnd(page);
  const box = page.getByRole('textbox', { name: 'Batch size, value' });
  await box.fill('16');
  await box.press('Enter');
  await page.getByRole('region', { name: 'Changes that need a new run' }).waitFor();
  assert.equal(await read(page, ({ runs }) => runs.length), 1);
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await waitForEnd(page, 2);
  const rows = page.getByRole('table').getByRole('row');
  await soon(async () => assert.equal(await rows.count(), 3));
  await page.getByRole('cell', { name: 'batch size 64 → 16' }).waitFor();
  assert.equal(await read(page, ({ overlays }) => overlays.length), 1);
  await check();
});

test('a model that was left out is no change that waits for a new run', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=200');
  await waitForEnd(page);
  assert.deepEqual(await read(page, ({ pending }) => pending), []);
  assert.equal(await page.getByRole('region', { name: 'Changes that need a new run' }).count(), 0);
  await check();
});

test('a restart that is refused leaves the run on screen going', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=1000000&model=linear(8)+tanh&speed=30');
  await waitForStep(page, 20);
  const name = await read(page, ({ active }) => active.name);
  const restart = page.getByRole('button', { name: 'Restart with changes' });
  // At once, before the preview knows of it.
  await read(page, ({ set, reset }) => {
    set({ model: '(linear(2000) relu)*40' });
    reset();
  });
  await page
    .getByText(/brings the model above/)
    .first()
    .waitFor();
  await waitUntil(page, ({ runs, active }, same) => runs.length === 1 && active.name === same, name);
  const step = await read(page, ({ active }) => active.step);
  await waitUntil(page, ({ active }, before) => active.status === 'running' && active.step > before, step);
  assert.equal(await restart.isDisabled(), true, 'nothing to start with');
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(9) tanh');
  await restart.click();
  await waitUntil(page, ({ runs, active }) => runs.length === 2 && active.step > 0 && runs[0].status === 'stopped');
  await check();
});

test('the page’s digest of a short run is Node’s', async () => {
  const { page, check } = await stage.open(
    '?dataset=moons&steps=300&warmup_steps=20&clip=norm&clip_norm=0.5&changes=150:lr=0.05',
  );
  await waitForEnd(page);
  const digest = await read(page, ({ active }) => active.digest);
  const engine = await createEngine();
  const { config } = engine.parseConfig({
    dataset: 'moons',
    steps: 300,
    warmup_steps: 20,
    clip: 'norm',
    clip_norm: 0.5,
    changes: [{ step: 150, field: 'lr', value: 0.05 }],
  });
  const trainer = engine.createTrainer(config);
  trainer.step(320);
  assert.equal(digest, trainer.digest());
  trainer.dispose();
  await check();
});

test('divergence is a mark and a sentence with remedies', async () => {
  const { page, check } = await stage.open('?dataset=plane&model=linear(32)+relu&lr=50&steps=500');
  await waitUntil(page, ({ active }) => active.status === 'diverged');
  await inLog(page, /^Diverged at step \d+: the loss is no longer a finite number/).waitFor();
  await page.getByRole('cell', { name: /✕ diverged at \d+/ }).waitFor();
  await waitUntil(page, ({ scene }) => scene().marks?.length);
  const [mark] = await read(page, ({ scene }) => scene().marks ?? []);
  assert.equal(mark.kind, 'cross');
  assert.ok(Number.isFinite(mark.y), 'at the last finite loss');
  const entry = page.getByRole('listitem').filter({ hasText: 'Diverged at step' });
  const buttons = await entry.locator('.buttons').getByRole('button').allTextContents();
  const offered = buttons.map((text) => text.trim());
  assert.match(offered[0], /^Warm up over/);
  assert.match(offered[offered.length - 1], /^Lower η to/, 'the last resort comes last');
  const text = await page.locator('train-scope').textContent();
  assert.doesNotMatch(text ?? '', /NaN|undefined|Infinity/);
  await entry.getByRole('button', { name: /^Lower η to/ }).click();
  await waitUntil(page, ({ runs, active }) => runs.length === 2 && active.step > 0);
  await check();
});

test('a rate turned up too far is named as the cause, and a fork from just before goes on without it', async () => {
  // A linear network, whose loss overflows within a few steps whenever the rate comes: units that die would only stay.
  const { page, check } = await stage.open(
    '?dataset=plane&model=linear(128)+linear(128)&batch=64&lr=0.001&steps=30000&speed=60',
  );
  await waitForStep(page, 60);
  await page.getByRole('slider', { name: 'Learning rate' }).press('End');
  await waitUntil(page, ({ active }) => active.status === 'diverged');
  const entry = page.getByRole('listitem').filter({ hasText: 'Diverged at step' });
  await entry.getByText(/, after you set η to 10 at step \d+: the loss is no longer a finite number/).waitFor();
  const button = entry.locator('.buttons').getByRole('button').first();
  const at = Number(/^Put η back to 0\.001 and fork at (\d+)$/.exec((await button.textContent()) ?? '')?.[1]);
  const [{ step }] = await read(page, ({ active }) => active.changes);
  assert.ok(at <= step && at > step - 10, `${at} is just before ${step}`);
  await button.click();
  await waitUntil(page, ({ runs, active }, from) => runs.length === 2 && active.step > from + 20, at);
  assert.equal(await read(page, ({ active }) => active.inForce.lr), 0.001);
  assert.equal(await read(page, ({ active }) => active.status), 'running');
  await check();
});

test('a click in a chart rewinds: a fork that waits, with the parent’s weights, for what should be different', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=300&lr=0.1');
  await waitForEnd(page);
  await untilDrawn(page);
  const chart = page.locator('line-chart .plot').first();
  const box = await boxAtRest(chart);
  await chart.click({ position: { x: box.width / 2, y: box.height / 2 } });
  const slider = page.getByRole('slider', { name: /^Rewind to step/ });
  await soon(async () => assert.ok(await slider.evaluate((input) => input === document.activeElement)));
  await page.keyboard.press('ArrowLeft');
  const step = Number(await slider.inputValue());
  assert.ok(step > 60 && step < 240, `${step}`);
  // The crosshair stands there.
  await page.locator('line-chart .crosshair').first().waitFor();
  await page.keyboard.press('Enter');
  await waitUntil(page, ({ active }, from) => active.status === 'paused' && active.startStep === from, step);
  await slider.waitFor({ state: 'detached' });

  await page.getByRole('textbox', { name: 'Learning rate, value' }).first().fill('0.3');
  await page.keyboard.press('Enter');
  await waitUntil(page, ({ active }) => active.changes.length === 1);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitForEnd(page, 2);
  const config = await read(page, ({ active }) => active.config);
  assert.deepEqual(config.changes, [{ step, field: 'lr', value: 0.3 }]);
  const digest = await read(page, ({ active }) => active.digest);
  const engine = await createEngine();
  const trainer = engine.createTrainer(config);
  trainer.step(300);
  assert.equal(digest, trainer.digest());

  // Also without a pointer, and one may think better of it.
  await page.getByRole('button', { name: /^Rewind to an earlier step/ }).click();
  await slider.waitFor();
  await page.keyboard.press('Escape');
  await slider.waitFor({ state: 'detached' });
  await check();
});

test('a run’s weights are saved as safetensors of its parameters', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=20&model=linear(8)+tanh');
  await waitForEnd(page);
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: /^More for / }).click();
  await page.getByRole('button', { name: /^Save the weights of / }).click();
  const download = await waiting;
  assert.match(download.suggestedFilename(), /^[\w-]+-step-20\.safetensors$/);
  const { tensors } = readSafetensors(new Uint8Array(await readFile(await download.path())), 'saved');
  const engine = await createEngine();
  const { config } = engine.parseConfig({ dataset: 'moons', steps: 20, model: 'linear(8) tanh' });
  const trainer = engine.createTrainer(config);
  trainer.step(20);
  const expected = trainer.tensors();
  assert.deepEqual(tensors.map(({ name }) => name).sort(), expected.map(({ name }) => name).sort());
  for (const { name, data } of expected)
    assert.deepEqual([...(tensors.find((other) => other.name === name)?.data ?? [])], [...data], name);
  trainer.dispose();

  // What the page wrote it reads, dropped like data.
  const saved = { name: download.suggestedFilename(), bytes: [...(await readFile(await download.path()))] };
  await page.evaluate(({ name, bytes }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, saved);
  await waitForEnd(page, 2);
  await inLog(page, `Read 4 tensors of ${saved.name}.`).waitFor();
  assert.doesNotMatch(await read(page, ({ link }) => link), /digest=/, 'its settings alone do not bring it back');
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(9) tanh');
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await page
    .getByRole('alert')
    .getByText(/does not fit the model.*0\.linear\.weight is 8 × 2, not 9 × 2/)
    .waitFor();
  await page.getByRole('button', { name: 'Random instead' }).click();
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await waitForEnd(page, 3);
  await check();
});
