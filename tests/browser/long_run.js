/** A run that is long enough to be disturbed in the middle, and what it comes to undisturbed. */

import { createEngine } from '../../web/platform/node/index.js';
import { waitForExpression } from './page_state.js';

export const CONFIG = {
  dataset: 'moons',
  samples: 200,
  steps: 60000,
  batch: 16,
  model: 'linear(8) tanh',
  eval_every: 500,
};
export const SEARCH = searchFor(CONFIG);

/** Steps a second at which it is in mid-run for minutes, whatever else the machine does meanwhile. */
const SLOWLY = 50;

/** The same for pages that go so slowly, from their first step on. */
export const SLOW_CONFIG = { ...CONFIG, steps: 12_000 };
export const SLOW_SEARCH = `${searchFor(SLOW_CONFIG)}&speed=${SLOWLY}`;

/** The page's address of some settings. @param {Record<string, string | number>} settings */
export function searchFor(settings) {
  return `?${Object.entries(settings)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`;
}

/** The digest of an undisturbed run, in Node. @param {import('../../web/engine/config/config.js').GivenConfig} config */
export async function digestOf(config) {
  const engine = await createEngine();
  const trainer = engine.createTrainer(config);
  while (trainer.advancePacked(1024).rowCount > 0);
  return trainer.digest();
}

/** @param {import('playwright-core').Page} page */
export const fullSpeed = (page) =>
  page.evaluate(() => /** @type {any} */ (document.querySelector('train-scope')).lab.runs.setSpeed(0));

/** Runs in the page, as text: the step of the last snapshot that is kept of a run; 0 where none is. */
function lookUpStep(/** @type {string} */ name) {
  const { lab } = /** @type {any} */ (document.querySelector('train-scope'));
  // Who opens the database before the page does makes an empty one.
  if (!lab?.keeper) return Promise.resolve(0);
  return new Promise((resolve) => {
    const opening = indexedDB.open('trainscope');
    opening.onsuccess = () => {
      const asked = opening.result.transaction('runs').objectStore('runs').getAll();
      asked.onsuccess = () => {
        opening.result.close();
        const steps = asked.result.filter((kept) => kept.name === name).map(({ pastStep }) => pastStep ?? 0);
        resolve(Math.max(0, ...steps));
      };
    };
  });
}

/**
 * Waits until a snapshot of a later step is kept of a run.
 *
 * @param {import('./page_state.js').Page} page
 * @param {string} name  the run's
 * @param {number} step
 */
export const untilKept = (page, name, step) =>
  waitForExpression(page, `(${lookUpStep})(${JSON.stringify(name)}).then((kept) => kept > ${step})`);
