/** Several runs side by side: their curves in one figure, their figures in one table, one of them pinned. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { inLog, VIEWPORT } from './helpers.js';
import { boxAtRest, read, untilFetched, waitForEnd, waitForExpression, waitUntil } from './page_state.js';
import { stage } from './stage.js';

/** @typedef {import('playwright-core').Page} Page */

const MOONS = { dataset: 'moons', noise: 0.25, model: 'linear(8) tanh', lr: 0.01, steps: 300, eval_every: 60 };
const SEARCH = `?${new URLSearchParams(Object.entries(MOONS).map(([name, value]) => [name, String(value)]))}`;

/** Starts another run with changed settings, and waits for its end. @param {Page} page @param {Record<string, any>} changes */
async function runAgain(page, changes) {
  const count = await read(page, ({ runs }) => runs.length);
  await read(
    page,
    ({ set, start }, settings) => {
      set(settings);
      start();
    },
    changes,
  );
  await waitForEnd(page, count + 1);
}

/** What a chart is told to draw. @param {Page} page @param {string} heading */
function layersOf(page, heading) {
  return read(
    page,
    ({ layers }, title) =>
      layers(title, 'live-view').map(({ at, ...layer }) => ({ ...layer, first: at(0), last: at(300) })),
    heading,
  );
}

/** The same run in Node. @param {Record<string, any>} [changes] */
async function trainInNode(changes = {}) {
  const engine = await createEngine();
  const trainer = engine.createTrainer(engine.parseConfig({ ...MOONS, ...changes }).config);
  const rows = trainer.step(300);
  const score = trainer.evaluate('val');
  trainer.dispose();
  return { rows, score };
}

test('training and validation accuracy of all runs are in one figure, and so are their losses', async () => {
  const { page, check } = await stage.open(SEARCH);
  await waitForEnd(page);
  await runAgain(page, { lr: 0.3 });
  const [{ name: earlier, color: faint }] = await read(page, ({ runs }) => runs);
  const [first, second] = [await trainInNode(), await trainInNode({ lr: 0.3 })];
  for (const quantity of /** @type {const} */ (['loss', 'accuracy'])) {
    const heading = { loss: 'Loss', accuracy: 'Accuracy' }[quantity];
    const layers = await layersOf(page, heading);
    const behind = layers.filter(({ label }) => label === earlier);
    assert.deepEqual(
      behind.map(({ kind, length }) => [kind, length]),
      [
        ['line', 300],
        ['dots', 5],
      ],
    );
    for (const { alpha, color } of behind) assert.deepEqual([alpha, color], [0.6, faint]);
    const [batch, training, validation] = ['batch', 'training', 'validation'].map((name) =>
      layers.find(({ label }) => label === name),
    );
    assert.deepEqual([batch?.alpha, batch?.length, training?.length], [0.3, 300, 300]);
    assert.ok(Math.abs(Number(batch?.first) - second.rows[0][quantity]) < 1e-6);
    assert.ok(Math.abs(Number(validation?.last) - Number(second.score?.[quantity])) < 1e-9);
    assert.ok(Math.abs(Number(behind[1].last) - Number(first.score?.[quantity])) < 1e-9);
  }
  // A row that is pointed at stands out in the charts.
  await page.getByRole('cell', { name: /^Moons/ }).hover();
  const pointed = (await layersOf(page, 'Accuracy')).filter(({ label }) => label === earlier);
  assert.deepEqual(
    pointed.map(({ alpha }) => alpha),
    [1, 1],
  );
  await page.mouse.move(700, 20);
  assert.equal(await read(page, ({ pointed }) => pointed), null);
  // The chart speaks in percent, of the step that is pointed at in any of the charts.
  await page.getByRole('group', { name: 'Loss: chart' }).focus();
  await page.keyboard.press('ArrowRight');
  const accuracy = page.locator('line-chart', { has: page.getByRole('heading', { name: 'Accuracy', exact: true }) });
  await accuracy.getByText(/^training [\d.]+ %$/).waitFor();
  await accuracy
    .getByRole('img', { name: /smoothed training accuracy [\d.]+ %, newest validation accuracy [\d.]+ %/ })
    .waitFor();
  // Every chart has both axes either way; what no logarithm has a place for is marked, not left out.
  await accuracy.hover();
  // A narrow chart has its curves' names where a wide one has these: whoever points at its heading sees them.
  await accuracy.getByRole('heading').hover();
  await accuracy.getByRole('button', { name: 'lin y axis of Accuracy' }).click();
  await accuracy.getByRole('button', { name: 'log y axis of Accuracy' }).click();
  await accuracy.getByRole('button', { name: 'lin x axis of Accuracy' }).waitFor();
  await check();
});

test('regression has no accuracy, and no chart of it', async () => {
  const { page, check } = await stage.open('?dataset=plane&model=linear(8)+tanh&steps=60');
  await waitForEnd(page);
  await page.getByRole('heading', { name: 'Loss', exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Accuracy', exact: true }).waitFor({ state: 'detached' });
  await check();
});

test('the table and its exports say the best and the last validation loss and accuracy', async () => {
  const { page, check } = await stage.open(SEARCH);
  await waitForEnd(page);
  await runAgain(page, { lr: 0.3 });
  const table = page.getByRole('region', { name: 'Runs' }).getByRole('table');
  const headings = await table.getByRole('columnheader').allTextContents();
  const cells = (await table.getByRole('row').nth(1).getByRole('cell').allTextContents()).map((text) => text.trim());
  // The run's name is a row header, not a cell.
  const say = (/** @type {string} */ heading) => cells[headings.findIndex((text) => text.trim() === heading) - 1];
  const { score } = await trainInNode({ lr: 0.3 });
  assert.equal(say('Last val. loss'), String(Number(score?.loss.toPrecision(3))));
  assert.equal(say('Last val. accuracy'), `${(100 * Number(score?.accuracy)).toFixed(1)} %`);
  const evaluations = await read(page, ({ runs }) => runs[1].evaluations);
  const best = Math.max(...evaluations.map(({ val_accuracy }) => Number(val_accuracy)));
  assert.equal(say('Best val. accuracy'), `${(100 * best).toFixed(1)} %`);

  const download = async (/** @type {string} */ name) => {
    await page.getByRole('button', { name: 'Save…' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
    return readFile(await file.path(), 'utf8');
  };
  const [header, ...rows] = (await download('Table of runs (CSV)')).trim().split('\n');
  assert.equal(rows.length, 2);
  const column = header.split(',').indexOf('last_val_loss') - header.split(',').length;
  assert.equal(Number(rows[1].split(',').at(column)), score?.loss);
  const { runs } = JSON.parse(await download('All runs (JSON)'));
  const steps = (await download('All runs’ steps (CSV)')).trim().split('\n');
  assert.equal(steps.length, 1 + 600, 'a row per step of both runs');
  assert.equal(runs[1].figures.last_val_loss, score?.loss);
  assert.equal(runs[1].figures.best_val_accuracy, best);
  await check();
});

test('a pinned baseline stays in full strength, and the others are told by what they change of it', async () => {
  const { page, check } = await stage.open(SEARCH);
  await waitForEnd(page);
  const first = await read(page, ({ runs }) => runs[0].name);
  await page.getByRole('button', { name: `Pin ${first} as the baseline` }).click();
  await runAgain(page, { lr: 0.02 });
  await runAgain(page, { lr: 0.03, warmup_steps: 20 });
  const table = page.getByRole('region', { name: 'Runs' }).getByRole('table');
  await table.getByRole('cell', { name: 'η 0.01 → 0.03, warmup 0 → 20' }).waitFor();
  await table.getByRole('cell', { name: /^Baseline: Moons/ }).waitFor();
  // More runs than are drawn, and the baseline is still among them.
  for (const lr of [0.04, 0.05, 0.06, 0.07]) await runAgain(page, { lr });
  const layers = await layersOf(page, 'Accuracy');
  const pinned = layers.filter(({ label }) => label === 'baseline');
  assert.deepEqual(
    pinned.map(({ kind, alpha }) => [kind, alpha]),
    [
      ['line', 1],
      ['dots', 1],
    ],
  );
  assert.equal(await read(page, ({ overlays }) => overlays.length), 5);
  await page.locator('line-chart').first().getByText('baseline').waitFor();

  await page.getByRole('button', { name: `Pin ${first} as the baseline`, pressed: true }).click();
  await table.getByRole('cell', { name: 'η 0.02 → 0.03, warmup 0 → 20' }).waitFor();
  await page.mouse.move(700, 20);
  assert.equal(await read(page, ({ overlays, runs }) => overlays.includes(runs[0].name)), false);
  // A baseline that is removed is none.
  await page.getByRole('button', { name: `Pin ${first} as the baseline` }).click();
  await page.getByRole('button', { name: `Remove ${first}` }).click();
  assert.equal(await read(page, ({ baseline }) => baseline), null);
  await check();
});

test('a run’s command line is copied, or told where it cannot be', async () => {
  const { page, check } = await stage.open('?dataset=moons&samples=100&steps=40&lr=0.3&clip=norm');
  await waitForEnd(page);
  await page.getByRole('button', { name: /^More for / }).click();
  await page.getByRole('button', { name: /^Copy the command of/ }).click();
  await inLog(
    page,
    /(Copied|headless): trainscope train --dataset moons --samples 100 --lr 0.3 --clip norm --steps 40$/,
  ).waitFor();
  await check();
});

test('what has no room in a run’s row is in its menu, by the keyboard too', async () => {
  const { page, check } = await stage.open('?dataset=moons&samples=100&steps=40');
  await waitForEnd(page);
  await page.getByRole('button', { name: /^More for / }).focus();
  await page.keyboard.press('Enter');
  // The menu takes the focus when it is open, which a browser says a little later.
  const isEntered = () => waitForExpression(page, "document.activeElement.textContent === 'Rename'");
  await isEntered();
  await page.keyboard.press('ArrowDown');
  assert.match(await page.evaluate('document.activeElement.textContent'), /Restore its settings/);
  await page.keyboard.press('Escape');
  assert.match(await page.evaluate('document.activeElement.ariaLabel'), /^More for /, 'where it was opened');
  await page.keyboard.press('Enter');
  await isEntered();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: /^New name of / }).fill('mine');
  await page.keyboard.press('Enter');
  await waitUntil(page, ({ runs }) => runs[0].name === 'mine');
  await check();
});

test('a run’s actions and its accuracy are in sight at any width', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=200');
  await waitForEnd(page);
  await read(page, ({ fork }) => fork(100, { lr: 0.3, clip: 'norm', clip_norm: 0.25 }));
  await waitForEnd(page, 2);
  const name = await read(page, ({ runs }) => runs[1].name);
  const accuracy = page.locator('.runs tbody tr').first().locator('.best_val_accuracy');
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const part of [page.getByRole('button', { name: `Remove ${name}` }), accuracy]) {
      await part.scrollIntoViewIfNeeded();
      const box = await boxAtRest(part);
      assert.ok(box.x >= 0 && box.x + box.width <= width, `in sight at ${width} px`);
    }
    assert.equal(await page.locator('.runs').evaluate((place) => place.scrollLeft), 0, 'without scrolling sideways');
  }
  await page.setViewportSize(VIEWPORT);
  await check();
});

test('a run that is removed leaves nothing in the page', async () => {
  const { page, check } = await stage.open('?dataset=moons&samples=40&model=linear(2)&steps=4', { isFresh: true });
  await waitForEnd(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  /** Trains so many runs, each to its end, and removes them again. @param {number} count */
  const comeAndGo = (count) =>
    read(
      page,
      async (state, times) => {
        for (let i = 0; i < times; i++) {
          state.start();
          while (state.active.status !== 'complete') await new Promise((resolve) => setTimeout(resolve, 2));
          await state.tableIsDrawn();
          state.remove();
          await state.tableIsDrawn();
        }
      },
      count,
    );
  /** Nodes of the table, and nodes that are kept alive without being in the page. */
  const countNodes = async () => {
    for (let i = 0; i < 2; i++) await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const inPage = `(root) => {
      const walker = document.createTreeWalker(root);
      let count = 1;
      while (walker.nextNode()) count++;
      return count;
    }`;
    return {
      table: Number(await page.evaluate(`(${inPage})(document.querySelector('runs-table'))`)),
      detached:
        Number(metrics.find(({ name }) => name === 'Nodes')?.value) -
        Number(await page.evaluate(`(${inPage})(document)`)),
    };
  };
  await untilFetched(page);
  await comeAndGo(3);
  let before = await countNodes();
  await comeAndGo(25);
  let after = await countNodes();
  // What a run leaves behind, each leaves behind; what was loaded meanwhile comes once.
  for (let again = 0; again < 2 && after.detached >= before.detached + 25; again++) {
    before = after;
    await comeAndGo(25);
    after = await countNodes();
  }
  assert.equal(await read(page, ({ runs }) => runs.length), 1);
  assert.equal(after.table, before.table, 'the table is as it was');
  assert.ok(
    after.detached < before.detached + 25,
    `${after.detached - before.detached} nodes more are kept outside the page`,
  );
  await check();
});

test('a heading of the table takes two lines at most, at a projector’s width, too', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=20', { viewport: { width: 1920, height: 1080 } });
  const heading = page.locator('.runs thead th.figure').first();
  await heading.waitFor();
  const lines = await heading.evaluate((cell) => {
    const { lineHeight, paddingTop } = getComputedStyle(cell);
    return (cell.clientHeight - 2 * Number.parseFloat(paddingTop)) / Number.parseFloat(lineHeight);
  });
  assert.ok(lines < 2.5, `${lines}`);
  await check();
});
