/** The lessons: found, read, run as an experiment to the verdict, and taken to the live view. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hiddenSpike } from '../../web/engine/study/gallery/entries/hidden_spike.js';
import { inLog } from './helpers.js';
import { boxAtRest, glimpse, read, soon, untilDrawn, waitForExpression, waitUntil } from './page_state.js';
import { stage } from './stage.js';

/** @param {import('playwright-core').Page} page @param {string} id */
async function readLesson(page, id) {
  const lesson = await read(page, ({ lessons }, wanted) => lessons.find((one) => one.id === wanted), id);
  assert.ok(lesson, id);
  return lesson;
}

test('the index names every lesson, and opens one that the address then names', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100');
  await page.getByRole('tab', { name: 'Lessons' }).click();
  const index = page.getByRole('tabpanel', { name: 'Lessons' });
  await waitUntil(page, ({ lessons }) => lessons.length > 0);
  const lessons = await read(page, ({ lessons }) => lessons.length);
  assert.ok(lessons >= 15);
  await index.locator('lessons-view').getByRole('heading', { name: 'Lessons', exact: true }).waitFor();
  assert.equal(await index.getByRole('listitem').getByRole('link').count(), lessons);
  const notices = await page.request.get(new URL('THIRD-PARTY.txt', page.url()).href);
  assert.match(await notices.text(), /^lit [\d.]+ \(BSD-3-Clause\)$/m, 'with its licence, beside the page');
  assert.ok(await index.getByRole('link', { name: 'other free software' }).isVisible());
  // However far down the list, the open one is in sight.
  const last = (await read(page, ({ lessons }) => lessons.map(({ id }) => id))).at(-1);
  await read(page, ({ show }, item) => show('lessons', item), last);
  await waitForExpression(
    page,
    `(() => {
      const [list, open] = ['.lesson-list', '.lesson-list [aria-current]'].map((one) => document.querySelector(one)?.getBoundingClientRect());
      return open && open.top >= list.top && open.bottom <= list.bottom;
    })()`,
  );
  // Of its cells one warms up, and takes more steps than the others.
  await index.getByText(/steps \d+ after warmup/).waitFor();
  await read(page, ({ show }) => show('lessons', ''));
  const { title, id } = await readLesson(page, 'hidden-spike');
  await index.getByRole('link', { name: title }).click();
  await index.getByRole('heading', { name: title }).waitFor();
  await page.waitForURL(new RegExp(`#view=lessons/${id}$`));
  await index.getByRole('heading', { name: 'Try', exact: true }).waitFor();
  // What comes of it is not told before it was seen, or asked for.
  assert.equal(await index.getByRole('heading', { name: 'Why', exact: true }).count(), 0);
  await index.getByRole('button', { name: 'Show it now' }).click();
  for (const heading of ['Look for', 'Why']) await index.getByRole('heading', { name: heading, exact: true }).waitFor();
  await check();
});

test('a lesson is run over its seeds to the verdict, with figures and curves', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100#view=lessons/hidden-spike');
  const panel = page.getByRole('tabpanel', { name: 'Lessons' });
  await panel.getByText('What must be seen').waitFor();
  // As the quick check has it: half the steps show it, too, of smaller batches.
  await read(
    page,
    ({ lessons }, quick) => {
      const { config, cells } = lessons.find(({ id }) => id === 'hidden-spike') ?? { config: {}, cells: [] };
      Object.assign(config, quick?.config);
      for (const cell of cells) Object.assign(cell.config, quick?.changes?.[cell.id]);
    },
    hiddenSpike.quick,
  );
  await panel.getByRole('combobox', { name: 'Seeds' }).selectOption('1');
  // Looked for from before it begins: it is soon over.
  await Promise.all([
    glimpse(page, `document.querySelector('lesson-page progress')?.checkVisibility()`),
    panel.getByRole('button', { name: 'Run this lesson' }).click(),
  ]);
  await waitUntil(page, ({ lessonRun }) => lessonRun('hidden-spike').status === 'done');
  const run = await read(page, ({ lessonRun }) => {
    const { verdict, cells, sentence } = lessonRun('hidden-spike');
    return { verdict, sentence, trials: cells.map(({ trials }) => trials.length) };
  });
  assert.deepEqual(
    run.trials,
    run.trials.map(() => 1),
  );
  assert.ok(run.verdict?.passed, run.sentence);
  await panel
    .getByRole('status')
    .filter({ hasText: /^\s*Shown\. .+1 of 1 seed/ })
    .waitFor();
  // Every cell has its figures and its curve.
  const rows = panel.getByRole('table').getByRole('row');
  assert.equal(await rows.count(), run.trials.length + 1);
  assert.match(await rows.nth(1).innerText(), /\d\.\d+/);
  // What the criterion judges stands in the table.
  await panel.getByRole('columnheader', { name: 'Training loss, last 50 steps' }).waitFor();
  assert.match(run.verdict.figure, /training loss ends at \d\.\d+, with warmup at \d\.\d+/);
  await untilDrawn(page);
  const drawn = await read(page, ({ drawnLayers }) =>
    drawnLayers(null, 'lesson-page').map(({ kind, length }) => ({ kind, isLong: length > 10 })),
  );
  assert.equal(drawn.filter(({ kind, isLong }) => kind === 'line' && isLong).length, run.trials.length);
  assert.equal(drawn.filter(({ kind }) => kind === 'dots').length, run.trials.length);
  await panel.getByRole('img', { name: /^Loss\./ }).waitFor();
  // A quantity that the second chart did not show yet.
  await panel.getByRole('button', { name: 'Validation loss', exact: true }).click();
  await panel.getByRole('img', { name: /^Validation loss/ }).waitFor();
  await check();
});

test('a lesson offers no number of seeds with which its criterion cannot decide', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=30#view=lessons/noisy-range-test');
  const seeds = page.getByRole('combobox', { name: 'Seeds' });
  await seeds.waitFor();
  assert.deepEqual(await seeds.locator('option').allInnerTexts(), ['4 seeds', '5 seeds', '8 seeds']);
  assert.equal(await seeds.inputValue(), '4');
  await check();
});

test('a cell’s settings go to the live view and train there', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100#view=lessons/hidden-spike');
  const panel = page.getByRole('tabpanel', { name: 'Lessons' });
  await waitUntil(page, ({ lessons }) => lessons.length > 0);
  const { cells } = await readLesson(page, 'hidden-spike');
  await panel.getByRole('button', { name: `Open in Live: ${cells[1].label}` }).click();
  await waitUntil(page, ({ view, active }) => view === 'live' && active.config.dataset === 'glyphs' && active.step > 0);
  const config = await read(page, ({ active }) => active.config);
  for (const [name, value] of Object.entries(cells[1].config)) assert.equal(config[name], value, name);
  await inLog(page, /^From the lesson/).waitFor();
  await check();
});

test('where the charts stand below a lesson, what it runs comes into sight', async () => {
  const { page, check } = await stage.open('?lesson=clip-is-lower-lr&speed=30', {
    viewport: { width: 390, height: 844 },
  });
  const chart = page.locator('live-view .panel').first();
  const topOfChart = async () => (await chart.boundingBox())?.y ?? Number.POSITIVE_INFINITY;
  await page.locator('lesson-dock').getByRole('button', { name: 'Run it without a prediction' }).waitFor();
  assert.ok((await topOfChart()) > 844);
  await page.locator('lesson-dock').getByRole('button', { name: 'Run it without a prediction' }).click();
  await waitUntil(page, ({ active }) => active.step > 0);
  assert.ok((await topOfChart()) < 844);
  await check();
});

test('a lesson beside Live is predicted, trained, ticked off by what was done, and only then told', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100#view=lessons/clip-is-lower-lr');
  await page.getByRole('button', { name: 'Begin beside Live' }).waitFor();
  // All of it shows in a tenth of the steps, too.
  await read(page, ({ lessons }) => {
    for (const { id, config } of lessons) if (id === 'clip-is-lower-lr') config.steps = 60;
  });
  await page.getByRole('button', { name: 'Begin beside Live' }).click();
  const dock = page.locator('lesson-dock');
  await waitUntil(page, ({ view, active }) => view === 'live' && active.status === 'paused' && active.step === 0);
  // What one expects: a choice, and a drawing by keys.
  await dock.getByRole('radio', { name: 'the clipped one ends lower' }).check();
  await dock.getByText('Or draw the loss').click();
  const knot = dock.getByRole('slider', { name: 'Loss at step 0' });
  await knot.focus();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  assert.ok(Number(await knot.getAttribute('aria-valuenow')) > 0);
  assert.match(await page.evaluate('document.activeElement.ariaLabel'), /^Loss at step 6$/);
  await dock.getByRole('button', { name: 'Run it', exact: true }).click();
  await waitUntil(page, ({ active }) => active.status === 'complete');
  await dock.getByText(/^Your line is [\d.]+ from the curve on average.+At the end you drew/).waitFor();
  await soon(async () => assert.equal(await dock.getByRole('img', { name: 'Done' }).count(), 1));
  // Two runs are compared: one alone tells nothing.
  assert.equal(await dock.getByRole('heading', { name: 'Why' }).count(), 0);

  // What one could try begins with the lesson's own settings, whatever was set since, and leads to its control.
  await read(page, ({ set }) => set({ batch: 8, optimizer: 'adam' }));
  await dock.getByRole('button', { name: /^the equivalent lower rate/ }).click();
  await waitUntil(page, ({ runs, active }) => runs.length === 3 && active.status === 'complete');
  const { batch, optimizer, clip, lr } = await read(page, ({ active }) => active.config);
  assert.deepEqual({ batch, optimizer, clip, lr }, { batch: 64, optimizer: 'momentum', clip: 'off', lr: 0.0014 });
  await waitForFocus(page, 'lr');
  await dock.getByText(/^(Not as you predicted|As you predicted)/).waitFor();
  await dock.getByRole('heading', { name: 'Why' }).waitFor();
  await soon(async () => assert.equal(await dock.getByRole('img', { name: 'Done' }).count(), 2));

  // The address names the lesson; what was done of it is kept, what comes of it is asked again.
  await page.waitForURL(/lesson=clip-is-lower-lr/);
  await page.goto(`${new URL(page.url()).origin}/?lesson=clip-is-lower-lr`);
  await waitUntil(page, ({ active }) => active.status === 'paused' && active.config.clip === 'norm');
  await dock.getByRole('img', { name: 'Done' }).nth(1).waitFor();
  assert.equal(await dock.getByRole('img', { name: 'Done' }).count(), 2);
  assert.equal(await dock.getByRole('heading', { name: 'Why' }).count(), 0);
  await dock.getByRole('button', { name: 'Close the lesson' }).click();
  await dock.waitFor({ state: 'detached' });
  await check();
});

/** @param {import('playwright-core').Page} page @param {string} id */
async function waitForFocus(page, id) {
  await waitForExpression(page, `document.activeElement?.id === ${JSON.stringify(id)}`);
}

/**
 * Trainings that need not be waited for are stopped, unless they are done before anybody can.
 *
 * @param {import('playwright-core').Page} page @param {string} id  the lesson's
 */
async function stopIfRunning(page, id) {
  await read(page, () => {
    const buttons = [...document.querySelectorAll('lesson-page button')];
    /** @type {HTMLButtonElement | undefined} */ (buttons.find((one) => one.textContent?.trim() === 'Stop'))?.click();
  });
  await waitUntil(page, ({ lessonRun }, lesson) => lessonRun(lesson).status !== 'running', id);
}

test('four rates: accuracy stands beside the loss, and the table sums both up for every run', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100#view=lessons/four-rates');
  const panel = page.getByRole('tabpanel', { name: 'Lessons' });
  await waitUntil(page, ({ lessons }) => lessons.length > 0);
  // How figures and curves belong together shows in half the steps and in small images, too.
  await read(page, ({ lessons }) => {
    for (const { id, config } of lessons)
      if (id === 'four-rates') Object.assign(config, { steps: 150, downsample: 2, val_samples: 200 });
  });
  await panel.getByRole('combobox', { name: 'Seeds' }).selectOption('1');
  await panel.getByRole('button', { name: 'Run this lesson' }).click();
  // Two trainings have all that is asked for, and the range test may be done before them; what a lesson does at its end is another test.
  await waitUntil(page, ({ lessonRun }) => lessonRun('four-rates').done >= 3);
  await stopIfRunning(page, 'four-rates');
  const done = await read(page, ({ lessonRun }) =>
    lessonRun('four-rates').cells.flatMap(({ cell, label, trials }, row) =>
      // The range test among them is no training: it has no curve there, and no figures.
      (cell.range ? [] : trials).map(({ val, evaluations, curve }) => ({
        row: row + 1,
        label,
        loss: Number(val?.loss),
        valAccuracy: Number(val?.accuracy),
        best: Math.max(...evaluations.map(({ val_accuracy }) => Number(val_accuracy))),
        accuracy: Number(curve?.accuracy.at(-1)),
      })),
    ),
  );
  assert.ok(done.length >= 2);
  const cells = done.slice(0, 2);
  // Training and validation, in every cell; the newest points are what the trial says of its end.
  const layers = await read(page, ({ layers }) =>
    layers('Accuracy', 'lesson-page').map(({ label, kind, at }) => ({ label, kind, last: at(1e9) })),
  );
  for (const { label, valAccuracy, accuracy } of cells) {
    const of = (/** @type {string} */ name) => layers.find((layer) => layer.label === name);
    assert.deepEqual(of(label), { label, kind: 'line', last: accuracy });
    assert.equal(of(`${label}, validation`)?.last, valAccuracy);
    assert.ok(
      Math.abs(accuracy - valAccuracy) < 0.15,
      `${label}: ${accuracy} on batches, ${valAccuracy} on validation`,
    );
  }
  const table = panel.getByRole('table');
  const headings = (await table.getByRole('columnheader').allTextContents()).map((text) => text.trim());
  for (const { row, loss, best } of cells) {
    const inRow = table.getByRole('row').nth(row).getByRole('cell');
    // The table is drawn a moment after the trial is there.
    await soon(async () => {
      const said = (await inRow.allTextContents()).map((text) => text.trim());
      assert.equal(said[headings.indexOf('Best val. accuracy') - 1], `${(100 * best).toFixed(1)} %`);
      assert.equal(said[headings.indexOf('Last val. loss') - 1], String(Number(loss.toPrecision(3))));
    });
  }
  await check();
});

test('a lesson whose data are not here says so and offers to read them', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100#view=lessons/cyclical');
  const panel = page.getByRole('tabpanel', { name: 'Lessons' });
  await panel.getByText('This lesson needs Fashion-MNIST').waitFor();
  assert.equal(await panel.getByRole('button', { name: 'Run this lesson' }).isEnabled(), false);
  await panel.getByLabel('Choose the Fashion-MNIST files').waitFor();
  await check();
});

test('a lesson that runs can be stopped, and keeps what it has', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100#view=lessons/figure-7');
  const panel = page.getByRole('tabpanel', { name: 'Lessons' });
  await waitUntil(page, ({ lessons }) => lessons.length > 0);
  await read(page, ({ lessons }) => {
    for (const { id, config } of lessons) if (id === 'figure-7') config.steps = 400;
  });
  await panel.getByRole('button', { name: 'Run this lesson' }).click();
  await waitUntil(page, ({ lessonRun }) => lessonRun('figure-7').done > 0);
  await panel.getByRole('button', { name: 'Stop' }).click();
  await waitUntil(page, ({ lessonRun }) => lessonRun('figure-7').status === 'stopped');
  await panel.getByText(/^stopped after \d+ of/).waitFor();
  await panel.getByRole('button', { name: 'Run it again' }).waitFor();
  await check();
});

test('the curves of a lesson of many cells are named in its charts, and pointing at one moves nothing', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=20#view=lessons');
  await waitUntil(page, ({ lessons }) => lessons.length > 0);
  // Of small networks, which are soon trained.
  const { id, cells } = await read(page, ({ lessons, show }) => {
    const many = lessons.find(({ id }) => id === 'clip-outliers');
    if (many) many.config.steps = 200;
    show('lessons', `${many?.id}`);
    return { id: `${many?.id}`, cells: Number(many?.cells.length) };
  });
  assert.ok(cells > 4);
  await page.getByRole('button', { name: 'Run this lesson' }).click();
  await waitUntil(
    page,
    ({ lessonRun }, lesson) => lessonRun(lesson).cells.filter(({ trials }) => trials.length > 0).length > 1,
    id,
  );
  await stopIfRunning(page, id);
  const chart = page.locator('lesson-page line-chart').first();
  await chart.scrollIntoViewIfNeeded();
  await waitUntil(page, ({ legend }) => legend(null, 'lesson-page').length > 1);
  assert.ok((await chart.locator('.keys .key').count()) <= cells);
  const plot = chart.locator('.plot');
  const before = await boxAtRest(plot);
  await plot.focus();
  await page.keyboard.press('ArrowRight');
  await chart.locator('.reading').waitFor();
  assert.deepEqual(await boxAtRest(plot), before);
  await check();
});

test('a lesson’s figures all stand beside their buttons on a desk and a projector, however far its seeds lie apart', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=30#view=lessons/recurrent-cliff');
  const panel = page.getByRole('tabpanel', { name: 'Lessons' });
  await panel.getByText('What must be seen').waitFor();
  // The widest table there is, as soon as its figures have all their digits.
  await read(page, ({ lessons }) => {
    const { config, cells } = lessons.find(({ id }) => id === 'recurrent-cliff') ?? { config: {}, cells: [] };
    for (const settings of [config, ...cells.map((cell) => cell.config)]) {
      Object.assign(settings, { steps: 8, samples: 64, val_samples: 64 });
      if (settings.warmup_steps) settings.warmup_steps = 4;
    }
  });
  await panel.getByRole('combobox', { name: 'Seeds' }).selectOption('3');
  await panel.getByRole('button', { name: 'Run this lesson' }).click();
  await waitUntil(page, ({ lessonRun }) => lessonRun('recurrent-cliff').status === 'done');
  await untilDrawn(page);
  assert.ok((await panel.locator('.cells .spread').count()) > 0, 'seeds differ');
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1280, height: 720 },
  ]) {
    await page.setViewportSize(size);
    const [wanted, given] = await panel
      .locator('.table-scroll')
      .evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
    assert.ok(wanted <= given, `${wanted} pixels in ${given}`);
  }
  await check();
});
