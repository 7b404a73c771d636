/** The diagnosis: run to the end on a small set in the plane, stopped in the middle, and taken home. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { VIEWPORT } from './helpers.js';
import { glimpse, read, soon, waitUntil } from './page_state.js';
import { stage } from './stage.js';

/** Small enough that the whole procedure takes seconds, at a rate that its units do not bear. */
const SICK = '?dataset=spiral&model=linear(32)+relu+linear(32)+relu+linear(32)+relu&lr=1.5&steps=150&eval_every=25';

test('settings are diagnosed to the end, step by step, with numbers, thresholds and remedies', async () => {
  const { page, check } = await stage.open(`${SICK}#view=diagnose`);
  const panel = page.getByRole('tabpanel', { name: 'Diagnose' });
  await panel.getByText(/^Examines the settings of the Live view: Spiral/).waitFor();
  await panel.getByText(/metaparameter would be the better one/).waitFor();
  await panel.getByLabel('Seeds').selectOption('1');
  await panel.getByText(/^\s*About 1,200 to 6,800 steps of training/).waitFor();
  // Looked for from before it begins: it may be over within a second.
  await Promise.all([
    glimpse(page, `[...document.querySelectorAll('diagnose-view button')].some((one) => one.textContent === 'Stop')`),
    panel.getByRole('button', { name: 'Diagnose these settings' }).click(),
  ]);
  await waitUntil(page, ({ diagnosis }) => diagnosis === 'done');

  const report = await read(page, ({ report }) => report);
  assert.deepEqual(
    report.evidence.map(({ kind }) => kind),
    ['baseline', 'sweep', 'edge', 'above', 'probe', 'causes'],
  );
  assert.notEqual(report.verdict, 'stable');
  await panel.getByText(/^Your settings \(η 1\.5\): .*, the learning rate is too high$/).waitFor();
  assert.ok(report.lr_best !== null && report.lr_best < 1.5);
  assert.ok(report.remedies.length >= 3);
  // Every step says what it found, draws it, and names what decided.
  for (const { title, says } of report.evidence) {
    const step = panel
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: title, exact: true }) })
      .first();
    await step.getByText(says[0]).waitFor();
    // Charts are made one by one.
    await step.getByRole('img').first().waitFor();
  }
  await panel.getByText('at the edge: unstable within 2 grid points above lr*').waitFor();
  assert.ok(report.remedies.every(({ tried }) => tried.length > 0));
  const curves = panel.getByRole('img', { name: /^Training loss/ });
  await soon(async () => assert.equal(await curves.count(), report.remedies.length + 3));
  // What was learned is on the slider.
  assert.ok(await read(page, ({ rateMarks }) => rateMarks.some(({ label }) => label === '★ best')));

  const [html] = await Promise.all([
    page.waitForEvent('download'),
    panel.getByRole('button', { name: 'Report (HTML)' }).click(),
  ]);
  assert.match(await readFile(await html.path(), 'utf8'), /^<!doctype html>/i);
  const [json] = await Promise.all([
    page.waitForEvent('download'),
    panel.getByRole('button', { name: 'JSON' }).click(),
  ]);
  const saved = JSON.parse(await readFile(await json.path(), 'utf8'));
  assert.equal(saved.verdict, report.verdict);
  assert.ok(Object.keys(saved.curves).length > 5);

  // On a projector no button lies over what a row says.
  await page.setViewportSize({ width: 1280, height: 720 });
  const tables = await panel
    .locator('.table-scroll')
    .evaluateAll((all) => all.map(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth })));
  for (const { scrollWidth, clientWidth } of tables) assert.ok(scrollWidth <= clientWidth, JSON.stringify(tables));
  await page.setViewportSize(VIEWPORT);

  // A run of the procedure, in Live: the same settings.
  await panel
    .getByText(/^\d+ runs?, each with its settings$/)
    .first()
    .click();
  await panel.getByRole('button', { name: 'Open in Live' }).first().click();
  await waitUntil(page, ({ view, active }) => view === 'live' && active.config.lr === 1.5 && active.step > 0);
  await check();
});

test('a diagnosis can be stopped, and says what it knows and what it left out', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=20000&eval_every=1000#view=diagnose');
  const panel = page.getByRole('tabpanel', { name: 'Diagnose' });
  await panel.getByLabel('Seeds').selectOption('1');
  await panel.getByRole('button', { name: 'Diagnose these settings' }).click();
  await waitUntil(page, ({ report }) => report.evidence.length > 0);
  // What is left takes at least seven times as long as what has been.
  await panel.getByRole('button', { name: 'Stop' }).press('Enter');
  await waitUntil(page, ({ diagnosis }) => diagnosis === 'stopped');
  // Who stopped it by the keyboard can go on by it.
  await page.waitForFunction(() => document.activeElement?.textContent === 'Diagnose these settings');
  await panel.getByText('Stopped by you').waitFor();
  await panel.getByText(/^Interrupted during:/).waitFor();
  await panel.getByRole('button', { name: 'Diagnose these settings' }).waitFor();
  await check();
});

test('a prepared patient is examined without touching the settings in Live', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100#view=diagnose');
  const panel = page.getByRole('tabpanel', { name: 'Diagnose' });
  await panel.getByLabel('Budget').selectOption('5000');
  await panel.getByRole('button', { name: /^Gradient outliers/ }).click();
  await waitUntil(page, ({ diagnosis }) => diagnosis === 'done');
  const report = await read(page, ({ report }) => report);
  assert.equal(report.config.dataset, 'glyphs');
  assert.ok(report.steps <= 5000);
  assert.ok(report.skipped.length > 0);
  await panel.getByText(report.skipped[0]).waitFor();
  assert.equal(await read(page, ({ draft }) => draft.dataset), 'spiral');
  await check();
});
