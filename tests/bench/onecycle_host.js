/** A whole training with the 1cycle schedule, in a browser's worker: how good, and how long it takes. */

import { readDataFiles } from '../../web/engine/data/read_files.js';

export class OnecycleHost {
  #openEngine;
  #read;
  /** @type {{ engine: any, dataset: any } | null} */
  #ready = null;

  /**
   * @param {() => Promise<any>} openEngine  resolves to createEngine
   * @param {(name: string) => Promise<Uint8Array>} read  a file of the data folder
   */
  constructor(openEngine, read) {
    this.#openEngine = openEngine;
    this.#read = read;
  }

  /** @param {{ files: string[] }} request */
  async open({ files }) {
    const engine = await (await this.#openEngine())();
    const named = await Promise.all(files.map(async (name) => ({ name, bytes: await this.#read(name) })));
    this.#ready = { engine, dataset: engine.createDataset(await readDataFiles(engine, named)) };
    return { samples: this.#ready.dataset.trainCount };
  }

  /** @param {{ settings: Record<string, any> }} request */
  async train({ settings }) {
    const { engine, dataset } = /** @type {any} */ (this.#ready);
    const begun = performance.now();
    const trainer = engine.createTrainer({ ...settings, dataset: 'custom' }, dataset);
    try {
      for (let rows = trainer.step(100); rows.length > 0; ) rows = trainer.step(100);
      const seconds = (performance.now() - begun) / 1000;
      const { accuracy, loss } = trainer.evaluate('val');
      return { accuracy, loss, seconds, digest: trainer.digest() };
    } finally {
      trainer.dispose();
    }
  }
}
