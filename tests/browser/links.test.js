/** Links: what they restore, what they promise, and what is said of bad ones. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inLog } from './helpers.js';
import { boxAtRest, read, soon, waitForEnd, waitForExpression, waitForStep, waitUntil } from './page_state.js';
import { stage } from './stage.js';

test('a link restores every control', async () => {
  const search =
    '?dataset=xor&noise=0.3&optimizer=adam&lr=0.005&beta1=0.8&schedule=cosine&warmup_steps=40&clip=norm&clip_norm=2.5&batch=32&steps=200&seed=7';
  const { page, check } = await stage.open(search);
  await waitForStep(page);
  assert.ok(await page.getByRole('radio', { name: 'XOR' }).isChecked());
  assert.equal(await page.getByRole('combobox', { name: 'Update rule' }).inputValue(), 'adam');
  assert.ok(await page.getByRole('radio', { name: 'Norm', exact: true }).isChecked());
  assert.equal(await page.getByRole('textbox', { name: 'Learning rate, value' }).first().inputValue(), '0.005');
  assert.equal(await page.getByRole('textbox', { name: 'Decay of gradients, value' }).inputValue(), '0.8');
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

  const other = link
    .replace(/digest=./, (said) => `digest=${said.endsWith('0') ? '1' : '0'}`)
    .replace(/version=[^&]+/, 'version=0.0.1&preset=spiral');
  const third = await stage.open(other);
  await inLog(third.page, /Other bits than the link says.* The link is of Trainscope 0\.0\.1, and this is/).waitFor();
  await third.page.getByText('this began as Two spirals').waitFor({ state: 'attached' });
  assert.match(await read(third.page, ({ link }) => link), /&preset=spiral&version=\d+\.\d+\.\d+&digest=/);

  // The same as text: what is wrong changes nothing and has its line; what is right trains.
  await third.page.getByText('As text').click();
  const text = third.page.getByRole('textbox', { name: 'The experiment as text' });
  const written = 'trainscope train \\\n  --dataset moons \\\n  --lr 0.1 \\\n  --steps 60 \\\n  --change 20:lr=0.2';
  assert.equal(await text.inputValue(), written);
  await text.fill(written.replace('--steps 60', '--model lineer'));
  await third.page.getByRole('button', { name: 'Train this' }).click();
  await third.page.getByText(/^Line 4: /).waitFor();
  assert.equal(await read(third.page, ({ draft }) => draft.steps), 60);
  await text.fill(written.replace('--steps 60', '--steps 70'));
  await third.page.getByRole('button', { name: 'Train this' }).click();
  await waitForEnd(third.page, 2);
  assert.equal(await read(third.page, ({ active }) => active.step), 70);

  // As code for another framework, without the live change, which is refused.
  await third.page.getByText('As code').click();
  await third.page.getByText('changes cannot be exported').waitFor();
  await text.fill(written.replace(' \\\n  --change 20:lr=0.2', ''));
  await third.page.getByRole('button', { name: 'Train this' }).click();
  const code = third.page.getByRole('textbox', { name: 'The settings as code for PyTorch' });
  assert.match(await code.inputValue(), /\nLR = 0\.1 .*torch\.optim\.SGD\(/s);
  await third.page.getByRole('combobox', { name: 'Code for' }).selectOption('Lightning');
  await third.page.getByRole('textbox', { name: 'for Lightning' }).waitFor();
  await third.check();
});

test('a bad link shows its problems and the page works', async () => {
  const { page, check } = await stage.open(
    '?dataset=spirral&lr=banana&steps=120&nonsense=%3Cimg%20src=x%20onerror=alert(1)%3E&model=%3Cscript%3E&__proto__=1&%E0%A4%A',
  );
  const alert = page.getByRole('alert').filter({ hasText: 'nonsense' });
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
  await waitForExpression(page, `document.activeElement.id === 'model'`);
  const said = page.getByText(/the nearest is 'tanh'/).filter({ visible: true });
  await soon(async () => assert.equal(await said.count(), 2, 'said at the top and at the control'));
  await page.getByRole('slider', { name: 'Learning rate', exact: true }).first().focus();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitForExpression(page, `document.activeElement.id === 'model'`);
  await waitForExpression(
    page,
    `document.querySelector('textarea#model').getBoundingClientRect().bottom < innerHeight`,
  );
  await box.fill('linear(8) tanh');
  await waitForExpression(page, `!document.querySelector('train-scope [role=alert]')`);
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
  await waitForExpression(page, `document.activeElement.id === 'lr'`);
  await page.keyboard.press('Enter');
  const box = page.getByRole('textbox', { name: 'Learning rate, value' }).first();
  await box.fill('0.01');
  await box.press('Enter');
  await waitUntil(page, ({ problems }) => problems.length === 1);
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await waitForEnd(page, 2);
  await alert.waitFor({ state: 'detached' });
  await check();
});

/** Where the address bar stands. @param {import('playwright-core').Page} page */
const addressOf = (page) => page.evaluate('location.search + location.hash');

test('a link stays in the address as it was pasted, with what is wrong with it at the top, until something is changed', async () => {
  const pasted =
    '?dataset=moons&amp;steps=40&utm_source=chat&lr=0.1&lr=0.2&colour=red&batch=-4&model=linear(8)%2#view=banana';
  const { page, check } = await stage.open(pasted, { viewport: { width: 390, height: 844 } });
  await waitForEnd(page);
  const alert = page.getByRole('alert');
  for (const says of [
    /view "banana"/,
    /damaged at "model=linear\(8\)%2"/,
    /Learning rate is in the link more than once/,
    /"colour"/,
    /Batch size.*"-4"/,
  ])
    await alert.getByText(says).waitFor();
  const { y, height } = await boxAtRest(alert);
  assert.ok(y + height < 844, 'in sight on a phone');
  // Longer than the page takes to write an address.
  await page.waitForTimeout(700);
  assert.equal(await addressOf(page), pasted);
  await read(page, ({ set }) => set({ lr: 0.3 }));
  await waitForExpression(page, `location.search === '?dataset=moons&lr=0.3&steps=40'`);
  await check();
});

test('a link to a model that cannot be: nothing is trained, and it says so at the top', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&lr=0.07&model=linear(8)+tahn');
  await page
    .getByRole('alert')
    .getByText(/unknown unit 'tahn'/)
    .waitFor();
  await page.getByText('waits for a correction').waitFor();
  assert.equal(await read(page, ({ draft }) => draft.lr), 0.07);
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8) tanh');
  await page.getByText('ready').waitFor();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await check();
});

test('a link to data that the server does not have says which, and waits', async () => {
  const { page, check } = await stage.open('?data=mine&dataset=custom&steps=40');
  await page
    .getByRole('alert')
    .getByText(/the data set “mine”, which this server does not have/)
    .waitFor();
  await page.getByText('waits for data').waitFor();
  await check();
});

test('a link of thousands of changes opens; what would come after the end is said', async () => {
  const changes = Array.from({ length: 2000 }, (_, i) => `${i % 60}:lr=0.0${1 + (i % 9)}`).join(',');
  const { page, check } = await stage.open(`?dataset=moons&steps=40&changes=${changes}`);
  await waitForEnd(page);
  await inLog(page, /^660 changes, the first at step 40 will not be made: the run ends after 40 steps\.$/).waitFor();
  await check();
});

test('a link’s live changes show when they have happened, and stay when the run has ended', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&lr=0.07&changes=20:lr=0.2,30:clip=norm');
  await waitForEnd(page);
  const rate = page.getByRole('textbox', { name: 'Learning rate, value' }).first();
  const clip = page.getByRole('radio', { name: 'Norm', exact: true });
  await soon(async () => assert.equal(await rate.inputValue(), '0.2'));
  assert.ok(await clip.isChecked());
  assert.deepEqual(await read(page, ({ pending }) => pending), []);
  await read(page, ({ stepOnce }) => stepOnce(10));
  await waitUntil(page, ({ active }) => active.status === 'paused' && active.step === 10);
  await soon(async () => assert.equal(await rate.inputValue(), '0.07'));
  assert.ok(!(await clip.isChecked()));
  await read(page, ({ stepOnce }) => stepOnce(11));
  await waitUntil(page, ({ active }) => active.status === 'paused' && active.step === 21);
  await soon(async () => assert.equal(await rate.inputValue(), '0.2'));
  assert.ok(!(await clip.isChecked()));
  await check();
});
