/** Your runs: a folder of four formats is four runs, a role is changed, the verdict read, the rehearsal opened in Live. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { csvOf, eventFile, looseJson, makeRows } from '../engine/log_writers.js';
import { soon, untilFetched, waitUntil } from './page_state.js';
import { stage } from './stage.js';

const ROWS = makeRows(300).map((row, i) => ({
  ...row,
  loss: 0.5 + 2 * Math.exp(-i / 60) + 0.02 * Math.sin(7 * i) + (i >= 200 && i < 230 ? 4 - 0.13 * (i - 200) : 0),
}));

test('a folder of four formats is four runs; a role, a verdict, a rehearsal; nothing leaves the tab', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'logs-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const history = ROWS.map(({ step, loss, lr, grad_norm }) => ({ step, loss, learning_rate: lr, grad_norm }));
  await writeFile(join(folder, 'trainer_state.json'), looseJson({ log_history: history, max_steps: 300 }));
  await writeFile(
    join(folder, 'metrics.csv'),
    csvOf(ROWS.map(({ loss, ...row }) => ({ ...row, loss, other_loss: 1 / row.step }))),
  );
  await writeFile(
    join(folder, 'events.out.tfevents.1.a'),
    eventFile(ROWS.map(({ step, loss }) => ({ tag: 'loss', step, value: loss }))),
  );
  await writeFile(
    join(folder, 'train.log'),
    ROWS.map(({ step, loss }) => `step ${step}/300 | loss ${loss}`).join('\n'),
  );

  const { page, check } = await stage.open('?dataset=spiral&steps=60#view=logs');
  const view = page.getByRole('tabpanel', { name: 'Your runs' });
  await view.getByText('Drop the log').waitFor();
  await waitUntil(page, ({ active }) => active.step >= 60);
  await untilFetched(page);
  /** @type {string[]} */
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  await view.getByLabel('Folder').setInputFiles(folder);
  const runs = view.getByRole('list', { name: 'Runs' });
  await runs.getByRole('listitem').nth(3).waitFor();
  assert.equal(await runs.getByRole('listitem').count(), 4);
  await soon(async () => assert.equal(await runs.getByText('mid-training').count(), 4));

  await runs.getByRole('button', { name: /metrics\.csv/ }).click();
  await view.getByText('Unstable, mid-training: 1 episode.').waitFor();
  await view.getByLabel('training loss').selectOption('other_loss');
  await view.getByText('Stable: no episode of instability.').waitFor();
  await view.getByText('Paste text').click();
  await view.getByLabel('Text of a log').fill('step 1 loss nan\nstep 2 loss nan\nstep 3 loss nan');
  await view.getByRole('button', { name: 'Read' }).click();
  await view.getByText('Diverged at step 1.').waitFor();
  assert.deepEqual(
    requests.filter((url) => !url.startsWith('blob:')),
    [],
    'nothing is asked of anybody',
  );
  await runs.getByRole('button', { name: /trainer_state/ }).click();
  await view.getByRole('button', { name: 'Rehearse it here' }).click();
  await waitUntil(page, ({ active }) => active.config.optimizer === 'adamw' && active.config.lr === 0.001);
  await check();
});
