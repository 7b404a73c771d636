/** The parts of the diagnosis on their own: chosen, run to the end, read, opened in Live, and stopped. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { read, takeFocus, untilDrawn, waitUntil } from './page_state.js';
import { stage } from './stage.js';

/** Small enough that a procedure takes seconds. */
const SPIRAL = '?dataset=spiral&model=linear(32)+relu+linear(32)+relu&lr=0.3&steps=150&eval_every=25';

/** @param {string} search @param {RegExp} name */
async function choose(search, name) {
  const { page, check } = await stage.open(`${search}#view=diagnose`);
  const panel = page.getByRole('tabpanel', { name: 'Diagnose' });
  await panel.getByRole('radio', { name }).check();
  await panel.getByLabel('Seeds').selectOption('1');
  return { page, check, panel };
}

test('the clip study: norms with both thresholds, settings side by side, and the percentile is asked for', async () => {
  const { page, check, panel } = await choose(SPIRAL, /^Clip study/);
  await panel.getByLabel('Percentile of the norms').fill('80');
  await panel.getByLabel('Percentile of the norms').press('Tab');
  await panel.getByRole('button', { name: 'Find the threshold' }).click();
  await waitUntil(page, ({ diagnosis }) => diagnosis === 'done');
  const study = await read(page, ({ study }) => study);
  assert.equal(study.config.clip_percentile, 80);
  assert.deepEqual(
    study.evidence.map(({ kind }) => kind),
    ['norms', 'compared'],
  );
  await panel.getByText(`80th percentile ${Number(study.measured.threshold.toPrecision(3))}`).waitFor();
  await panel.getByRole('img', { name: /^Histogram of 150 unclipped gradient norms/ }).waitFor();
  await panel.getByRole('img', { name: /^Unclipped gradient norm/ }).waitFor();
  for (const { label } of study.compared) await panel.getByRole('rowheader', { name: label, exact: true }).waitFor();
  await panel.getByText(study.says[0]).waitFor();
  await panel.getByText('too aggressive: more than 50 % of the updates clipped').first().waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    panel.getByRole('button', { name: 'Report (HTML)' }).click(),
  ]);
  assert.match(await readFile(await file.path(), 'utf8'), /<h1>Clip study<\/h1>/);
  // The running percentile, as settings in Live.
  await panel
    .getByRole('row', { name: /^Clip at the running/ })
    .getByRole('button', { name: 'Open in Live' })
    .click();
  await waitUntil(page, ({ view, active }) => view === 'live' && active.config.clip === 'adaptive' && active.step > 0);
  await check();
});

test('the warmup study tells its attempts, and the probe its evaluations', async () => {
  const { page, check, panel } = await choose(SPIRAL, /^Warmup study/);
  await panel.getByLabel('Warm up to').selectOption('100');
  await panel.getByRole('button', { name: 'Find the warmup' }).click();
  await waitUntil(page, ({ diagnosis }) => diagnosis === 'done');
  const study = await read(page, ({ study }) => study);
  assert.equal(study.search.asked_multiple, 100);
  await panel.getByRole('table', { name: /^Ramp up to a multiple of the unstable rate/ }).waitFor();
  await panel.getByText(/orders of magnitude up to 10 %/).waitFor();
  await panel.getByText(study.says[0]).first().waitFor();

  await panel.getByRole('radio', { name: /^Early-instability probe/ }).check();
  await panel.getByRole('button', { name: 'Probe these settings' }).click();
  await waitUntil(page, ({ diagnosis, study }) => diagnosis === 'done' && study.procedure === 'probe');
  await panel.getByRole('img', { name: /^Evaluated after every step/ }).waitFor();
  await panel.getByRole('img', { name: /^Evaluated as you do/ }).waitFor();
  assert.equal(await read(page, ({ study }) => study.probes.length), 1);
  await check();
});

test('a study can be stopped, and says what it left out', async () => {
  const { page, check, panel } = await choose('?dataset=spiral&steps=4000&eval_every=100', /^Warmup study/);
  // Whatever the machine, what is left after the first evidence takes far longer than a key on its way.
  await panel.getByLabel('Lengths, in steps').fill('100000');
  await panel.getByLabel('Lengths, in steps').press('Tab');
  await panel.getByRole('button', { name: 'Find the warmup' }).click();
  const isStillOnStop = await takeFocus(panel.getByRole('button', { name: 'Stop' }));
  await waitUntil(page, ({ study }) => study.evidence.length > 0);
  await untilDrawn(page);
  assert.ok(await isStillOnStop(), 'evidence that is drawn leaves the focus where it is');
  await page.keyboard.press('Enter');
  await waitUntil(page, ({ diagnosis }) => diagnosis === 'stopped');
  await panel.getByText(/^Interrupted during:/).waitFor();
  await check();
});
