/**
 * What is done on the page in every browser. Figures come from Node: what a browser computes must be the same bits.
 *
 * @typedef {{ page: import('./driven.js').DrivenPage, address: string, dataAddress?: string }} Visit  address:
 *   the server's, with its last slash; dataAddress: of one that offers a data set
 * @typedef {{ title: string, run: (visit: Visit) => Promise<void> }} Journey
 */

import assert from 'node:assert/strict';
import { configToSearch } from '../../web/engine/config/config_text.js';
import { CONFIG, digestOf, SEARCH, searchFor, untilKept } from '../browser/long_run.js';
import { read, restingStep, waitForEnd, waitForExpression, waitForStep, waitUntil } from '../browser/page_state.js';
import { runJson } from '../cli/helpers.js';
import { commandWords } from '../fixtures/golden_runs.js';
import { click, waitForLog } from './hands.js';

/** One run of 150 steps, for the journeys that need one. */
const SHORT = { settings: { dataset: 'moons', steps: 150, optimizer: 'adam', lr: 0.005, eval_every: 50 } };

/**
 * The run that is paused, changed and forked, and the steps a second at which it is in mid-run for over a minute: at
 * full speed a browser has computed its steps before a key is on its way.
 */
const STEERED = { dataset: 'spiral', steps: 2000, model: 'linear(64) tanh linear(64) tanh' };
const STEERED_SPEED = 30;

/** How often a run is disturbed by a reload, and the steps a second at which it is in mid-run then. */
const RELOADS = 2;
const SLOWLY = 500;

/** What would be said of a new version has been said by then. */
const SETTLED_MS = 500;

/** @param {import('../fixtures/golden_runs.js').GoldenRun} run */
const trainInNode = (run) => runJson(['train', ...commandWords(run)]);

/** The page's address of a run. @param {{ config: import('../../web/engine/config/config.js').Config }} report */
const searchOf = ({ config }) => `?${configToSearch(config)}`;

/**
 * Opens a link, waits for the run's end and says its digest.
 *
 * @param {Visit} visit
 * @param {string} search
 */
export async function trainInPage({ page, address }, search) {
  await page.goto(address + search);
  // Also a run that diverges has a digest at its end.
  await waitUntil(page, ({ active }) => active.digest !== null);
  return read(page, ({ active }) => active.digest);
}

/** What CI does in the browsers that it does not run in full. @type {Journey} */
export const SHORT_JOURNEY = {
  title: 'a link opens, trains to its end, and comes to the bits of Node',
  async run(visit) {
    const inNode = await trainInNode(SHORT);
    assert.equal(await trainInPage(visit, searchOf(inNode)), inNode.digest);
  },
};

/** @type {Journey[]} */
export const JOURNEYS = [
  {
    title: 'the bare address opens, trains, and is kept for another time; a preset trains to its end',
    async run({ page, address }) {
      await page.goto(address);
      await waitForStep(page, 20);
      await page.goto(`${address}?dataset=spiral`);
      await waitForEnd(page);
      const { step, drawn, steps } = await read(page, ({ active }) => ({
        step: active.step,
        drawn: active.lossLength,
        steps: active.config.steps,
      }));
      assert.deepEqual([step, drawn], [steps, steps]);
      await waitForExpression(page, `navigator.serviceWorker.controller?.state === 'activated'`);
      await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
      assert.equal(await read(page, ({ hasUpdate }) => hasUpdate), false, 'the first version is no new one');
    },
  },
  SHORT_JOURNEY,
  {
    title: 'pause, single steps, a change and a fork: the bits of the same changes in Node',
    async run({ page, address }) {
      await page.goto(`${address}${searchFor(STEERED)}&speed=${STEERED_SPEED}`);
      await waitForStep(page, 20);
      await page.press(' ');
      const step = await restingStep(page);
      await page.press('s');
      await waitUntil(page, ({ active }, next) => active.step === next, step + 1);
      await click(page, 'radio', 'Norm');
      await waitUntil(page, ({ active }) => active.inForce.clip === 'norm');
      await read(page, ({ setSpeed }) => setSpeed(0));
      await click(page, 'button', 'Run');
      await waitForEnd(page);
      const { config, digest } = await read(page, ({ active: { config, digest } }) => ({ config, digest }));
      assert.ok(config.changes.some(({ field, value }) => field === 'clip' && value === 'norm'));
      await read(page, ({ fork }, at) => fork(at, { lr: 0.01 }), STEERED.steps / 2);
      await waitForEnd(page, 2);
      const forked = await read(page, ({ active: { config, digest } }) => ({ config, digest }));
      assert.notEqual(forked.digest, digest);
      for (const run of [{ config, digest }, forked]) {
        const words = run.config.changes.flatMap((change) => [
          '--change',
          `${change.step}:${change.field}=${change.value}`,
        ]);
        assert.equal((await runJson(['train', ...commandWords({ settings: STEERED }), ...words])).digest, run.digest);
      }
    },
  },
  {
    title: 'a run goes on after each reload in its middle, to the digest of an undisturbed one',
    async run({ page, address }) {
      // Slow from its first step on: at full speed it may be over before anybody could ask.
      await page.goto(`${address}${SEARCH}&speed=${SLOWLY}`);
      await waitUntil(page, ({ active }) => active.status === 'running');
      // WebKit has one window: what another journey kept is there, too.
      const own = `disturbed ${Date.now()}`;
      await read(page, ({ rename }, name) => rename(name), own);
      await read(page, ({ set }) => set({ lr: 0.013 }));
      await waitUntil(page, ({ active }) => active.changes.length === 1);
      const [change] = await read(page, ({ active }) => active.changes);
      let kept = change.step;
      for (let reload = 0; reload < RELOADS; reload++) {
        await untilKept(page, own, kept);
        assert.equal(await read(page, ({ active }) => active.status), 'running');
        await page.reload();
        await waitUntil(page, ({ active }) => active.status === 'running');
        await read(page, ({ setSpeed }, speed) => setSpeed(speed), SLOWLY);
        await click(page, 'button', 'Go on');
        await waitUntil(page, ({ active }, known) => active.name === known.own && active.step > known.kept, {
          own,
          kept,
        });
        kept = await read(page, ({ active }) => active.step);
      }
      await read(page, ({ setSpeed }) => setSpeed(0));
      await waitUntil(page, ({ active }) => active.digest !== null);
      const end = await read(page, ({ active: { digest, step, lossLength, evaluations } }) => ({
        digest,
        counts: [step, lossLength, evaluations.length],
      }));
      assert.deepEqual(end.counts, [CONFIG.steps, CONFIG.steps, CONFIG.steps / CONFIG.eval_every]);
      assert.equal(end.digest, await digestOf({ ...CONFIG, changes: [change] }));
    },
  },
  {
    title: 'the names of curves have room beside their charts’ headings, whatever points at them',
    async run({ page, address }) {
      await page.goto(`${address}?dataset=moons&steps=60`);
      await waitForEnd(page);
      const names = await page.evaluate(`[...document.querySelectorAll('.charts .legend .key')].map((key) => ({
        name: key.textContent.trim(), isWhole: key.scrollWidth <= key.clientWidth }))`);
      assert.ok(names.length > 0);
      assert.deepEqual(
        names.filter((/** @type {{ isWhole: boolean }} */ { isWhole }) => !isWhole),
        [],
      );
    },
  },
  {
    title: 'a range test suggests what Node suggests',
    async run({ page, address }) {
      const settings = { dataset: 'moons', steps: 200 };
      await page.goto(`${address}?dataset=moons&steps=200`);
      await waitForEnd(page);
      await click(page, 'tab', 'LR range test');
      await click(page, 'button', 'Run the range test');
      await waitUntil(page, ({ range }) => range.lr.length > 0);
      const found = await read(page, ({ range }) => ({
        options: range.options,
        suggestion: range.suggestion,
      }));
      const words = Object.entries(found.options).flatMap(([name, value]) =>
        value === null ? [] : [`--${name}`, String(value)],
      );
      const inNode = await runJson(['lr-find', ...commandWords({ settings }), ...words]);
      assert.deepEqual(found.suggestion, inNode.suggestion);
    },
  },
  {
    title: 'a sweep comes to the bits of Node',
    async run({ page, address }) {
      await page.goto(`${address}?dataset=moons&steps=80&eval_every=20#view=sweep`);
      await waitForEnd(page);
      const settings = { dataset: 'moons', steps: 80, eval_every: 20 };
      await read(page, ({ startSweep }, given) => startSweep(given, 'lr=0.001:10:5'), settings);
      await waitUntil(page, ({ sweep, isSweeping }) => sweep.complete && !isSweeping);
      const trials = await read(page, ({ sweep }) =>
        sweep.trials.map(({ changes, digest }) => ({ lr: changes.lr, digest })),
      );
      assert.equal(trials.length, 5);
      for (const { lr, digest } of trials) {
        const inNode = await trainInNode({ settings: { ...settings, lr: Number(lr) } });
        assert.equal(inNode.digest, digest, `lr ${lr}`);
      }
    },
  },
  {
    title: 'a lesson is run to its verdict',
    async run({ page, address }) {
      await page.goto(`${address}?dataset=spiral&steps=100#view=lessons/hidden-spike`);
      await click(page, 'button', 'Run this lesson');
      await waitUntil(page, ({ lessonRun }) => lessonRun('hidden-spike').status === 'done');
      const verdict = await read(page, ({ lessonRun }) => lessonRun('hidden-spike').verdict);
      assert.ok(verdict?.passed);
    },
  },
  {
    title: 'the link to a run that has ended is verified',
    async run({ page, address }) {
      await page.goto(`${address}?dataset=moons&steps=60&lr=0.1&changes=20:lr%3D0.2`);
      await waitForEnd(page);
      const link = await read(page, ({ link }) => link);
      assert.match(link, /&digest=[0-9a-f]{16}$/);
      // Another page in between: the address alone might not be another document.
      await page.goto('about:blank');
      await page.goto(new URL(link, address).href);
      await waitForLog(page, 'The same bits as in the link');
    },
  },
  {
    title: 'a data set of the server is trained on',
    async run({ page, dataAddress }) {
      await page.goto(`${dataAddress}?data=fashion-mnist&dataset=custom&steps=40&model=linear(8)+relu&batch=8`);
      await waitForEnd(page);
      const { shape, trainCount } = await read(page, ({ active: { shape, trainCount } }) => ({ shape, trainCount }));
      assert.deepEqual([shape, trainCount], [[1, 6, 6], 40]);
    },
  },
  {
    title: 'a diagnosis is led to its findings',
    async run({ page, address }) {
      await page.goto(`${address}?dataset=moons&steps=60&lr=3#view=diagnose`);
      await click(page, 'button', 'Diagnose these settings');
      await waitUntil(page, ({ diagnosis }) => diagnosis === 'done');
    },
  },
];
