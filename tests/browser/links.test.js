/** Links: what they restore, what they promise, and what is said of bad ones. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inLog, startStage } from './helpers.js';
import { read, waitForEnd, waitForStep, waitUntil } from './page_state.js';

/** @type {Awaited<ReturnType<typeof startStage>>} */
let stage;
before(async () => {
  stage = await startStage();
});
after(() => stage?.stop());

test('a link restores every control', async () => {
  const search =
    '?dataset=xor&noise=0.3&optimizer=adam&lr=0.005&beta1=0.8&schedule=cosine&warmup_steps=40&clip=norm&clip_norm=2.5&batch=32&steps=200&seed=7';
  const { page, check } = await stage.open(search);
  await waitForStep(page);
  assert.ok(await page.getByRole('radio', { name: 'XOR' }).isChecked());
  assert.ok(await page.getByRole('radio', { name: 'Adam', exact: true }).isChecked());
  assert.ok(await page.getByRole('radio', { name: 'Norm', exact: true }).isChecked());
  assert.equal(await page.getByRole('textbox', { name: 'Learning rate, value' }).first().inputValue(), '0.005');
  assert.equal(await page.getByRole('textbox', { name: 'First moment, value' }).inputValue(), '0.8');
  assert.equal(await page.getByRole('textbox', { name: 'Threshold, value' }).inputValue(), '2.5');
  assert.equal(await page.getByRole('combobox', { name: 'Schedule' }).inputValue(), 'cosine');
  assert.equal(await page.getByRole('textbox', { name: 'Seed, value', exact: true }).inputValue(), '7');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByText(/Link copied|Link is in the address bar/).waitFor();
  const address = await read(page, ({ permalink }) => permalink);
  for (const part of search.slice(1).split('&')) assert.ok(address.includes(part), `${part} in ${address}`);
  await check();
});

test('a link to a run that has ended says whether the same bits came out', async () => {
  const first = await stage.open('?dataset=moons&steps=60&lr=0.1&changes=20:lr%3D0.2');
  await waitForEnd(first.page);
  const link = await read(first.page, ({ link }) => link);
  assert.match(link, /&digest=[0-9a-f]{16}$/);
  await first.check();

  const second = await stage.open(link);
  await inLog(second.page, /The same bits as in the link/).waitFor();
  await second.check();

  const third = await stage.open(link.replace(/digest=./, (said) => `digest=${said.endsWith('0') ? '1' : '0'}`));
  await inLog(third.page, /Other bits than the link says/).waitFor();
  await third.check();
});

test('a bad link shows its problems and the page works', async () => {
  const { page, check } = await stage.open(
    '?dataset=spirral&lr=banana&steps=120&nonsense=%3Cimg%20src=x%20onerror=alert(1)%3E&model=%3Cscript%3E&__proto__=1&%E0%A4%A',
  );
  const alert = page.getByRole('alert');
  await alert.waitFor();
  const text = await alert.textContent();
  assert.match(text ?? '', /spiral/, 'the nearest name');
  assert.match(text ?? '', /Learning rate must be between/);
  assert.doesNotMatch(text ?? '', /\blr\b/, 'a setting is called what the panel calls it, once');
  assert.match(text ?? '', /nonsense/);
  assert.equal(await page.locator('train-scope img').count(), 0);
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8) tanh');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitForStep(page);
  await check();
});

test('a bad model in a link: Run leads to it, other views say it and lead to it', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=60&model=linear(8)+tahn#view=sweep');
  await page
    .getByRole('alert')
    .filter({ hasText: /Model.+tanh/ })
    .waitFor();
  await page.getByRole('button', { name: 'Correct it in Live' }).click();
  const box = page.getByRole('textbox', { name: 'Model' });
  await page.waitForFunction(`document.activeElement.id === 'model'`);
  assert.equal(
    await page
      .getByText(/did you mean tanh|tanh/)
      .filter({ visible: true })
      .count(),
    1,
    'said once',
  );
  await page.getByRole('slider', { name: 'Learning rate', exact: true }).first().focus();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForFunction(`document.activeElement.id === 'model'`);
  await page.waitForFunction(`document.querySelector('textarea#model').getBoundingClientRect().bottom < innerHeight`);
  await box.fill('linear(8) tanh');
  await page.waitForFunction(`!document.querySelector('train-scope [role=alert]')`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitUntil(page, ({ active, problems }) => active.status === 'complete' && problems.length === 0);
  await check();
});

test('a problem goes when its setting is edited, or when another run has started', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&lr=banana&clip_norm=-3');
  const alert = page.getByRole('alert');
  await alert.getByText(/must be between .+banana/).waitFor();
  await waitForEnd(page);
  await alert.getByRole('button', { name: 'Learning rate' }).click();
  await page.waitForFunction(`document.activeElement.id === 'lr'`);
  await page.keyboard.press('Enter');
  const box = page.getByRole('textbox', { name: 'Learning rate, value' }).first();
  await box.fill('0.01');
  await box.press('Enter');
  await waitUntil(page, ({ problems }) => problems.length === 1);
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await waitForEnd(page, 2);
  assert.equal(await alert.count(), 0);
  await check();
});
