/** Data of one's own in the page: glimpsed, dropped, refused. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeGrey } from '../engine/data_writers.js';
import { inLog, makeIdx } from './helpers.js';
import { read, waitForExpression, waitForStep, waitUntil } from './page_state.js';
import { stage } from './stage.js';

test('the data sets show some of their samples', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=20');
  await waitForExpression(page, `document.querySelectorAll('data-picker .tile canvas').length === 7`);
  const inked = await page.evaluate(`[...document.querySelectorAll('data-picker .tile canvas')].map((canvas) =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((part) => part > 0))`);
  assert.deepEqual(inked, Array(7).fill(true));
  await check();
});

test('dropped IDX files are trained on', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=60');
  await waitForStep(page);
  const count = 200;
  const pixels = new Uint8Array(count * 64);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % 4;
    for (let p = 0; p < 16; p++) pixels[i * 64 + labels[i] * 16 + p] = 200 + (i % 40);
  }
  const files = [
    { name: 'train-images-idx3-ubyte', bytes: [...makeIdx([count, 8, 8], pixels)] },
    { name: 'train-labels-idx1-ubyte', bytes: [...makeIdx([count], labels)] },
  ];
  // LeNet does not fit 8 × 8 pixels.
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(16) relu');
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, bytes } of given) transfer.items.add(new File([new Uint8Array(bytes)], name));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, files);
  await waitUntil(page, ({ active }) => active.config.dataset === 'custom' && active.status === 'complete');
  assert.deepEqual(await read(page, ({ active }) => active.shape), [1, 8, 8]);
  assert.equal(await read(page, ({ active }) => active.trainCount), 160);
  await page
    .getByText(/160 training and 40 validation samples/)
    .first()
    .waitFor();
  await check();
});

test('a dropped folder of PNG images by class is trained on', async (t) => {
  const folder = join(await mkdtemp(join(tmpdir(), 'trainscope-test-')), 'shapes');
  t.after(() => rm(join(folder, '..'), { recursive: true, force: true }));
  for (const [label, name] of ['left', 'right'].entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let n = 0; n < 20; n++) {
      const image = writeGrey(6, 6, (i) => (i % 6 < 3 === (label === 0) ? 200 : 20) + ((7 * i + 13 * n) % 50));
      await writeFile(join(folder, name, `${n}.png`), image);
    }
  }
  await writeFile(join(folder, '.DS_Store'), 'no data');
  const { page, check } = await stage.open('?dataset=spiral&steps=40');
  await waitForStep(page);
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(16) relu');
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop'])) {
    await devtools.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data });
  }
  await waitUntil(page, ({ active }) => active.config.dataset === 'custom' && active.status === 'complete');
  assert.deepEqual(await read(page, ({ active }) => [active.shape, active.trainCount]), [[1, 6, 6], 32]);
  await page
    .getByText(/32 training and 8 validation samples of 1 × 6 × 6, 2 classes/)
    .first()
    .waitFor();
  await check();
});

test('files that are no data are refused in a sentence, and the page goes on', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=60');
  await waitForStep(page);
  await page.getByLabel('Choose data files').setInputFiles({
    name: 'train-images-idx3-ubyte',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('<b>nonsense</b>'),
  });
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await waitUntil(page, ({ runs, active }) => runs.length === 2 && active.step > 0);
  await check();
});

test('the link to a run on dropped files says what its reader needs', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=40');
  await waitForStep(page);
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * i) % 11},${i % 2}`);
  await page.getByLabel('Choose data files').setInputFiles({
    name: 'good.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`a,b,label\n${rows.join('\n')}\n`),
  });
  await waitUntil(page, ({ active }) => active.config.dataset === 'custom' && active.step > 0);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByText(/^Link (copied|is in the address bar)\. Its reader needs good\.csv too\.$/).waitFor();
  // Another column is learned, which is said, trained on, and in the link.
  await page.getByRole('combobox', { name: 'Target' }).selectOption('a');
  await waitUntil(page, ({ active }) => active.classes === 7 && active.status === 'complete');
  await page.getByText('on how it was read').waitFor();
  const said = 'The 7 different numbers of "a" are taken for classes.';
  await page.locator('data-picker').getByText(said).waitFor();
  await inLog(page, new RegExp(`Loaded good.csv: .*${said}`)).waitFor();
  await page.getByRole('combobox', { name: 'Task' }).selectOption('regression');
  await waitUntil(page, ({ active }) => active.classes === 0 && active.status === 'complete');
  assert.equal(await read(page, ({ active }) => active.config.loss), 'squared_error');
  assert.match(await read(page, ({ link }) => link), /^\?target=a&task=regression&dataset=custom&/);
  await check();
});
