/** A network that reads sequences, on the page: a prompt that it goes on with, and maps of its attention, by hand and keys. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitForStep } from './page_state.js';
import { stage } from './stage.js';

const SMALL = 'embed(8) attention(2) attention(1,causal=1)';

test('a typed prompt is gone on with, what it cannot be is said, and attention is read off by the arrow keys', async () => {
  const { page, check } = await stage.open(
    `?dataset=sort&length=3&symbols=4&samples=200&steps=60&batch=16&lr=0.1&model=${encodeURIComponent(SMALL)}`,
  );
  await waitForStep(page, 2);
  const sees = page.locator('model-sees');
  await sees.scrollIntoViewIfNeeded();
  const prompt = page.getByLabel('Prompt');
  await prompt.fill('210|');
  const goesOn = sees.locator('.continuation');
  await goesOn.filter({ hasText: /^210\|[0-3|]{3}$/ }).waitFor();
  await prompt.fill('21x|');
  await sees.getByText('The character “x” is none of the 5 characters that this network reads: 0 1 2 3 |.').waitFor();
  const maps = page.locator('attention-view');
  await maps.scrollIntoViewIfNeeded();
  const heads = maps.getByRole('radio');
  await heads.nth(2).waitFor({ state: 'attached' });
  assert.equal(await heads.count(), 3);
  await heads.first().focus();
  await page.keyboard.press('ArrowLeft');
  const plot = maps.getByRole('group', { name: /^Attention of 2\.attention, head 1/ });
  await plot.focus();
  // The first query sees itself alone.
  await page.keyboard.press('ArrowDown');
  await maps.getByText(/^Query 1 “[0-3]” gives key 1 “[0-3]” 1 of 1\.$/).waitFor();
  await page.keyboard.press('ArrowRight');
  await maps.getByText(/^Query 1 “[0-3]” cannot see key 2 “[0-3]”, which comes after it\.$/).waitFor();
  await check();
});

test('where the outputs are no numbers, no guess is marked and no attention is drawn', async () => {
  const { page, check } = await stage.open(
    `?dataset=sort&length=3&symbols=4&samples=200&steps=60&batch=16&optimizer=sgd&lr=1e6&model=${encodeURIComponent(SMALL)}`,
  );
  const maps = page.locator('attention-view');
  await maps.scrollIntoViewIfNeeded();
  await maps.getByText('The outputs for this sample are no numbers: where attention looks means nothing.').waitFor();
  assert.equal(await maps.locator('attention-map').count(), 0);
  const dash = page.locator('model-sees .unknown').first();
  assert.equal(await dash.textContent(), '–');
  // Underlined it would look like two.
  assert.match(await dash.evaluate((element) => getComputedStyle(element).textDecorationLine), /^none$/);
  await check();
});
