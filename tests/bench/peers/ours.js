/** Trainscope itself, through its public library. */

/** A run that never ends while it is timed. */
const STEPS = 100_000_000;

/**
 * @param {(options?: { threads?: number, arithmetic?: string }) =>
 *   Promise<import('../../../web/engine/engine.js').Engine>} createEngine
 * @param {{ threads: number, arithmetic?: string }} way
 * @param {string} version
 * @returns {Promise<import('../peer_host.js').Peer>}
 */
export async function openOurs(createEngine, { threads, arithmetic }, version) {
  // A checkout that is older than the arithmetics knows no such option.
  const engine = await createEngine({ threads, ...(arithmetic && { arithmetic }) });
  const given = /** @type {any} */ (engine).threads ?? 1;
  if (given !== threads) throw new Error(`this build has no ${threads} threads`);
  return {
    version,
    notes: ['gathers and standardizes each batch from bytes, and computes the norm, in every work'],
    load: async (material) => ({ session: await makeSession(engine, material), notes: [] }),
  };
}

/**
 * @param {import('../../../web/engine/engine.js').Engine} engine
 * @param {import('../material_reader.js').Material} material
 * @returns {Promise<import('../peer_host.js').Session>}
 */
async function makeSession(engine, { work, facts, train, val, weights, seed }) {
  const { shape, classes, vocabulary } = facts;
  const dataset = vocabulary
    ? engine.createDataset({ tokens: /** @type {Uint8Array} */ (train.images), length: shape[0], vocabulary })
    : engine.createDataset({ ...train, shape, classes, validation: val });
  const { batch, optimizer, lr } = work;
  const settings = { dataset: 'custom', model: work.net.text, optimizer, lr, batch, seed, steps: STEPS };
  const trainer = engine.createTrainer(settings, dataset);
  trainer.setParameters(weights.map((data) => ({ data })));
  const dispose = () => {
    trainer.dispose();
    dataset.dispose();
  };
  switch (work.kind) {
    case 'train':
      return {
        steps: (_, count) => {
          const rows = trainer.step(count);
          return { losses: rows.map(({ loss }) => loss), norms: rows.map(({ grad_norm: norm }) => norm) };
        },
        digest: () => trainer.digest(),
        dispose,
      };
    case 'evaluate':
      return {
        parts: 1,
        part: () => {
          const { accuracy } = /** @type {{ accuracy: number }} */ (trainer.evaluate('val'));
          return { correct: Math.round(accuracy * facts.val), count: facts.val };
        },
        dispose,
      };
    case 'sharpness':
      return { parts: 1, part: measureSharpness(trainer), dispose };
    case 'range':
      return { parts: 1, part: rangeTest(engine, trainer, work), dispose };
  }
}

/**
 * The test of lr-find, at its defaults but for the stop: everybody takes all its points.
 *
 * @param {import('../../../web/engine/engine.js').Engine} engine
 * @param {import('../../../web/engine/run/trainer.js').Trainer} trainer
 * @param {import('../material_reader.js').GivenWork} work
 */
function rangeTest(engine, trainer, { points, lr }) {
  const options = engine.parseRangeOptions({ points: /** @type {number} */ (points), lr_max: lr });
  const start = trainer.snapshot();
  return () => {
    trainer.restore(start);
    const curve = engine.createRangeCurve(options);
    const smoothed = [];
    for (const lr of engine.rangeRates(options)) {
      trainer.set({ lr });
      const [row] = trainer.step(1);
      smoothed.push(curve.add(row?.loss ?? NaN).smoothed);
    }
    engine.suggest(engine.rangeRates(options), smoothed);
    return { count: 1 };
  };
}

/** @param {import('../../../web/engine/run/trainer.js').Trainer} trainer */
function measureSharpness(trainer) {
  return () => {
    trainer.sharpness();
    return { count: 1 };
  };
}
