/** The controls: numbers, batch size, the model's text and its blocks. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHEMA } from '../../web/generated/schema.js';
import { read, waitForEnd, waitForStep, waitUntil } from './page_state.js';
import { stage } from './stage.js';

test('a rate typed with a decimal comma is that rate, and what is no number changes nothing', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=1000000&speed=30');
  await waitForStep(page, 20);
  const box = page.getByRole('textbox', { name: 'Learning rate, value' }).first();
  await box.fill('0,05');
  await box.press('Enter');
  await waitUntil(page, ({ active }) => active.changes.length === 1);
  assert.equal(await read(page, ({ active }) => active.changes[0].value), 0.05);
  assert.equal(await box.inputValue(), '0.05');
  await box.fill('0x10');
  await box.press('Enter');
  await page.getByText('Learning rate must be between 0 and 1000000, not "0x10".').first().waitFor();
  assert.equal(await box.getAttribute('aria-invalid'), 'true');
  assert.equal(await read(page, ({ draft }) => draft.lr), 0.05);
  await check();
});

test('a block’s normalization can be put where either edition of the playbook wants it', async () => {
  const model = 'linear(8) residual(linear(8) relu linear(8))*2 relu';
  const { page, check } = await stage.open(`?dataset=moons&steps=30&lr=0.001&model=${encodeURIComponent(model)}`);
  await waitForEnd(page);
  const blocks = page.getByRole('combobox', { name: 'Blocks' });
  await blocks.selectOption('first');
  assert.equal(
    await read(page, ({ draft }) => draft.model),
    'linear(8) residual(layernorm linear(8) relu linear(8))*2 relu',
  );
  await page.getByText(/text on GitHub recommends/).waitFor();
  await blocks.selectOption('after');
  await page.getByText(/warn that it can cause issues/).waitFor();
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await waitForEnd(page, 2);
  await check();
});

test('another batch size comes with the playbook’s advice and the steps for it', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&batch=64');
  await waitForEnd(page);
  const box = page.getByRole('textbox', { name: 'Batch size, value' });
  await box.fill('32');
  await box.press('Enter');
  await page.getByText(/noise regularizes/).waitFor();
  await page.getByRole('button', { name: 'As many samples as before: 80 steps' }).click();
  assert.equal(await read(page, ({ draft }) => draft.steps), 80);
  await page.getByRole('button', { name: 'Warmup', exact: true }).click();
  await page.getByText(/prepended to the schedule/).waitFor();
  await check();
});

test('the model field lists every layer; one that is chosen is written at the caret, its arguments to be filled in', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=50');
  await waitForStep(page);
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8)');
  await page.getByText('what the text can be made of').click();
  const listed = await page.locator('unit-list code').allTextContents();
  assert.deepEqual(
    listed.map((text) => text.match(/^\w+/)?.[0]),
    SCHEMA.units.map(({ name }) => name),
  );
  const choose = (/** @type {RegExp} */ name) => page.locator('unit-list').getByRole('button', { name }).click();
  await choose(/^tanh/);
  await choose(/^residual/);
  await choose(/^linear/);
  assert.equal(await read(page, ({ draft }) => draft.model), 'linear(8) tanh residual(linear(n))');
  await page.keyboard.type('5');
  assert.equal(await read(page, ({ draft }) => draft.model), 'linear(8) tanh residual(linear(5))');
  await check();
});

test('a mistake in the model is pointed at', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=50');
  await waitForStep(page);
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8) tahn linear(8)');
  await page.getByText(/tanh/).first().waitFor();
  const wrong = page.locator('model-field .wrong');
  await wrong.first().waitFor();
  assert.equal(await wrong.first().textContent(), 'tahn');
  await page.getByRole('button', { name: /^Show character/ }).click();
  const start = await page
    .locator('textarea#model')
    .evaluate((area) => /** @type {HTMLTextAreaElement} */ (area).selectionStart);
  assert.equal(start, 10);
  // What is too long is refused as it is, not cut in the middle of a word.
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8) '.repeat(300));
  await page
    .getByText(/must not be longer than \d+ bytes/)
    .first()
    .waitFor();
  await check();
});

test('letters of more than one byte before a mistake do not move its mark', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=50');
  await waitForStep(page);
  const wrong = page.locator('model-field .wrong');
  // A word that no layer has, and a layer that the data have no use for.
  for (const [model, word] of [
    ['# größe über\nlinear(8) tahn', 'tahn'],
    ['# größe über\nlinear(8) conv(3,9)', 'conv'],
  ]) {
    await page.getByRole('textbox', { name: 'Model' }).fill(model);
    await wrong.filter({ hasText: word }).first().waitFor();
    await page.getByRole('button', { name: `Show character ${model.indexOf(word) + 1}`, exact: true }).waitFor();
  }
  await check();
});
