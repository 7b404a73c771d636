/**
 * The code of each command, which is read when the command is called for: to read all of it takes longer than many a
 * command.
 */

import { availableParallelism } from 'node:os';
import { defaultThreads } from '../../engine/core/team.js';
import { encodeJson } from '../../engine/run/run_log.js';
import { createEngine } from '../../platform/node/index.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../arguments.js').Arguments} Arguments
 *
 * @typedef {object} Outcome
 * @property {unknown} result  for --json
 * @property {string} text
 * @property {string[]} [notices]  what the text says of the settings that is not in the result
 * @property {string} [complaint]  why the command fails in spite of its result
 * @property {() => void} [onUnsaid]  nobody has heard the text
 *
 * @typedef {(engine: Engine, args: Arguments) => Outcome | Promise<Outcome>} Perform
 */

/** By a command's name. @type {Record<string, () => Promise<Perform>>} */
const CODE = {
  train: async () => withThreads((await import('./train.js')).train),
  'lr-find': async () => withThreads((await import('./lr_find.js')).findLearningRate),
  slice: async () => withThreads((await import('./slice.js')).sliceLoss),
  sweep: async () => (await import('./sweep.js')).sweep,
  diagnose: async () => (await import('./diagnose.js')).diagnoseRun,
  probe: readStudies,
  warmup: readStudies,
  clip: readStudies,
  compare: readStudies,
  inspect: async () => (await import('./inspect.js')).inspect,
  gallery: async () => (await import('./gallery.js')).gallery,
  bench: async () => (await import('./bench.js')).bench,
  ward: async () => (await import('./ward.js')).ward,
  data: async () => (await import('./data.js')).getData,
  export: async () => (await import('./export.js')).exportCode,
  layers: async () => (await import('./layers.js')).listLayers,
  schema: async () => tellSchema,
  serve: async () => {
    const { servePage } = await import('./serve.js');
    return async (_, args) => {
      const { address, close } = await servePage(args);
      return { result: address, text: address, onUnsaid: close };
    };
  },
};

/** @param {string} name  a command's @returns {Promise<Perform>} */
export async function readCommand(name) {
  const read = CODE[name];
  if (!read) throw new Error(`the command ${name} has no code`);
  return read();
}

async function readStudies() {
  return (await import('./study.js')).conductStudy;
}

/** @param {Engine} engine @returns {Outcome} */
function tellSchema({ schema }) {
  return { result: schema, text: encodeJson(schema) };
}

/**
 * A command whose run is trained by the threads that its options ask for.
 *
 * @param {Perform} perform
 * @returns {Perform}
 */
function withThreads(perform) {
  return async ({ arithmetic }, args) => {
    const threads = args.options.threads ?? defaultThreads(availableParallelism());
    const engine = await createEngine({ threads, arithmetic });
    try {
      return await perform(engine, args);
    } finally {
      engine.dispose();
    }
  };
}
