/**
 * The same bits everywhere, the browser's part: Chromium's digest of a run is Node's. tests/cli/golden.test.js holds
 * Node's to native C's for the same runs.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultThreads } from '../../web/engine/core/team.js';
import { FASHION_MNIST, runJson } from '../cli/helpers.js';
import { IS_FUSED_BUILT } from '../fixtures/fused_build.js';
import { createStage } from './helpers.js';
import { read, waitForEnd } from './page_state.js';

const stage = createStage({ fashionMnist: FASHION_MNIST ?? '', inFull: true });

/**
 * @param {Record<string, string | number>} settings
 * @param {{ link?: string, words?: string[] }} [data]  how the page and the command line name the data
 */
async function assertSameDigest(settings, { link = '', words = [] } = {}) {
  const { page, check } = await stage.open(
    `?${link}${new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, String(value)]))}`,
  );
  await waitForEnd(page);
  const digest = await read(page, ({ active }) => active.digest);
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const node = await runJson(['train', ...flags, ...words]);
  assert.equal(digest, node.digest);
  await check();
}

test('Chromium and Node agree on 200 steps of LeNet on Fashion-MNIST', async (t) => {
  if (!FASHION_MNIST) return t.skip('no Fashion-MNIST');
  const settings = { steps: 200, batch: 64, init: 'xavier', lr: 0.0363, eval_every: 0 };
  await assertSameDigest(settings, { link: 'data=fashion-mnist&dataset=custom&', words: ['--data', FASHION_MNIST] });
});

test('a page on several threads agrees with Node on one', async (t) => {
  const { page, check } = await stage.open('?dataset=glyphs&samples=400&steps=60&optimizer=adam&lr=0.002');
  await waitForEnd(page);
  const { threads, cores, digest } = await read(page, ({ threads, active }) => ({
    threads,
    cores: navigator.hardwareConcurrency,
    digest: active.digest,
  }));
  if (cores === 1) t.diagnostic('one core only');
  assert.equal(threads, defaultThreads(cores));
  const settings = ['--dataset', 'glyphs', '--samples', '400', '--steps', '60', '--optimizer', 'adam', '--lr', '0.002'];
  for (const count of ['1', '3']) {
    assert.equal((await runJson(['train', ...settings, '--threads', count])).digest, digest, `${count} threads`);
  }
  await check();
});

test('Chromium and Node agree on images, Adam, normalization and dropout', () =>
  assertSameDigest({
    dataset: 'glyphs',
    samples: 300,
    val_samples: 64,
    downsample: 2,
    steps: 30,
    optimizer: 'adam',
    lr: 0.002,
    model: 'conv(8,3,pad=1) batchnorm relu residual(conv(12,3,stride=2,pad=1) relu) linear(16) dropout(0.2) gelu',
  }));

test('Chromium and Node agree on fused arithmetic, and so does the link of the run', async (t) => {
  if (!IS_FUSED_BUILT) return t.skip('no fused build');
  await assertSameDigest({
    dataset: 'glyphs',
    samples: 200,
    steps: 30,
    optimizer: 'adam',
    lr: 0.002,
    arithmetic: 'fused',
  });
});
