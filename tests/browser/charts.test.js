/** The charts of the Live view: legends, what they say to a listener, and the picture of them all. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { read, untilDrawn, waitForEnd, waitUntil } from './page_state.js';
import { stage } from './stage.js';

test('a name in a legend switches its curve off, and on again', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&eval_every=10');
  await waitForEnd(page);
  const chart = page.locator('line-chart').first();
  await waitUntil(page, ({ drawn }) => drawn().curves >= 3);
  await untilDrawn(page);
  const all = await read(page, ({ drawn }) => drawn().curves);
  const name = chart.getByRole('button', { name: 'training', exact: true });
  await name.click();
  assert.equal(await name.getAttribute('aria-pressed'), 'false');
  await waitUntil(page, ({ drawn }, count) => drawn().curves === count, all - 2);
  await name.click();
  await waitUntil(page, ({ drawn }, count) => drawn().curves === count, all);
  await check();
});

test('the labels of the charts say how a run ended, however short it was', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=150');
  await waitForEnd(page);
  for (const name of [
    /^Histogram of 150 unclipped gradient norms .+ 90th percentile [\d.]+\.$/,
    /^Loss\. After 150 of 150 steps/,
    /^Accuracy\. After 150 of 150 steps/,
  ])
    await page.getByRole('img', { name }).waitFor();
  await check();
});

test('a picture of the charts has all of them drawn, with their legends', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40', { viewport: { width: 1024, height: 768 } });
  await waitForEnd(page);
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save…' }).click();
  await page.getByRole('button', { name: 'Charts (PNG)' }).click();
  const bytes = [...(await readFile(await (await waiting).path()))];
  // The colour of the rate: its chart is out of sight at first, its legend stands beside its heading.
  const painted = await page.evaluate(async (file) => {
    const charts = [...document.querySelectorAll('live-view :is(line-chart, norm-histogram)')];
    const boxes = charts.map((chart) => chart.getBoundingClientRect());
    const rate = boxes[charts.findIndex((chart) => /** @type {any} */ (chart).heading === 'Learning rate')];
    const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    const picture = await createImageBitmap(new Blob([new Uint8Array(file)], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      canvas.getContext('2d', { willReadFrequently: true })
    );
    context.drawImage(picture, 0, 0);
    const inked = (/** @type {number} */ from, /** @type {number} */ to) => {
      const { data } = context.getImageData(
        2 * (rate.left - left),
        2 * (rate.top - top + from),
        2 * rate.width,
        2 * (to - from),
      );
      let count = 0;
      for (let i = 0; i < data.length; i += 4) count += Number(data[i] - data[i + 2] > 90);
      return count;
    };
    return { legend: inked(0, 30), curve: inked(40, rate.height) };
  }, bytes);
  assert.ok(painted.legend > 20, `the stroke in the legend, in pixels: ${painted.legend}`);
  assert.ok(painted.curve > 100, `the curve, in pixels: ${painted.curve}`);
  await check();
});

test('the threshold’s slider keeps to its plot, also where that was out of sight', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=150&clip=norm');
  await waitForEnd(page);
  const slider = page.getByRole('slider', { name: 'Clipping threshold λ on the histogram' });
  await slider.waitFor();
  const above = await slider.evaluate(async (input) => {
    const histogram = /** @type {any} */ (input.closest('norm-histogram'));
    const plot = /** @type {HTMLElement} */ (input.parentElement);
    histogram.style.display = 'none';
    // As where the theme changes in another view: the plot is built anew, for no room.
    window.dispatchEvent(new CustomEvent('themechange'));
    histogram.requestUpdate();
    await histogram.updateComplete;
    histogram.style.display = '';
    return plot.getBoundingClientRect().top - input.getBoundingClientRect().top;
  });
  assert.ok(above <= 1, `${above} pixels above the plot, over what stands there`);
  await check();
});
