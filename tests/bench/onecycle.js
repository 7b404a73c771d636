/** Three epochs of Fashion-MNIST with the 1cycle schedule, in Chromium: the page's promise in accuracy and seconds. */

import { readdir } from 'node:fs/promises';
import { chooseIdxFiles } from '../../web/engine/data/idx.js';

export const TARGET = 0.89;
const EPOCHS = 3;
const SEEDS = [1, 2, 3];

/** The model is the one that the page has for images. */
export const SETTINGS = { schedule: 'onecycle', optimizer: 'adam', lr: 0.01, batch: 64 };

/**
 * @param {import('./chromium.js').ChromiumStage} stage
 * @param {string} folder  of Fashion-MNIST
 * @param {(text: string) => void} say
 */
export async function runOnecycle(stage, folder, say) {
  const client = stage.openClient('onecycle');
  try {
    const { samples } = await client.ask('open', { files: chooseIdxFiles(await readdir(folder)) });
    const steps = Math.round((EPOCHS * samples) / SETTINGS.batch);
    const seeds = [];
    for (const seed of SEEDS) {
      say(`1cycle: seed ${seed}`);
      seeds.push({ seed, ...(await client.ask('train', { settings: { ...SETTINGS, steps, seed } })) });
    }
    const passed = seeds.every(({ accuracy }) => accuracy >= TARGET);
    return { settings: { ...SETTINGS, steps }, target: TARGET, seeds, passed };
  } finally {
    client.close();
  }
}
