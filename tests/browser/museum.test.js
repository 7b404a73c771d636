/** The bug museum: an exhibit trains both, a draw is guessed with the keyboard, and the mistake goes to the live view. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawOf, MISTAKES } from '../../web/ui/museum/draws.js';
import { RANGE_ROOM } from '../../web/ui/museum/range_exhibits.js';
import { inLog } from './helpers.js';
import { soon, waitUntil } from './page_state.js';
import { stage } from './stage.js';

test('an exhibit is trained beside the right rule, another is guessed from its curves, and trained in Live', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=60#view=museum');
  const museum = page.getByRole('tabpanel', { name: 'Museum' });
  await museum.getByRole('heading', { name: 'Bug museum' }).waitFor();
  assert.equal(await museum.getByRole('listitem').getByRole('link').count(), MISTAKES.length);
  await museum.getByRole('link', { name: /recorded after clipping/ }).click();
  await museum.getByText('to the bit').waitFor();
  await museum.getByText('With seeds 1, 2 and 3 alike.').waitFor();
  await museum.getByRole('link', { name: 'All exhibits' }).click();
  await museum.getByRole('button', { name: 'Guess one' }).click();
  await page.waitForURL(/#view=museum\/guess=\d+$/);
  const { mistake, room } = drawOf(Number(page.url().split('guess=')[1]));
  const choice = museum.getByRole('group', { name: 'Your guess' }).getByRole('button', { name: mistake.label });
  await choice.waitFor();
  assert.equal(await museum.getByText(mistake.where).count(), 0, 'not before the guess');
  await choice.press('Enter');
  await museum.getByText('Right.').waitFor();
  const verdict = museum.getByRole('status').filter({ hasText: 'Right.' });
  await soon(async () => assert.ok(await verdict.evaluate((it) => it === document.activeElement)));
  await museum.getByText('1 of 1 guess right').waitFor();
  await museum.getByText(mistake.where).first().waitFor();
  // A mistake in a range test is none of the training's: it is trained at the rate which the test suggests.
  const isOfTest = room === RANGE_ROOM;
  await museum
    .getByRole('button', { name: isOfTest ? 'Train with its suggestion in Live' : 'Train it in Live' })
    .click();
  await inLog(page, `From the museum: ${mistake.label}.`).waitFor();
  if (!isOfTest) await waitUntil(page, ({ active }, name) => active.config.mistake === name, mistake.name);
  await check();
});
