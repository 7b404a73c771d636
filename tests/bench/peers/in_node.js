/** The peers that run in Node, by name; each is imported only where it runs. */

import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { OUR_WAYS } from '../our_ways.js';

/** @param {(typeof OUR_WAYS)[number]} way */
async function ours(way) {
  return openLibrary(new URL('../../../', import.meta.url), way, 'this checkout');
}

/** Another checkout, on one thread. It may be older than the arithmetics. @param {string} checkout */
async function before(checkout) {
  return openLibrary(pathToFileURL(`${resolve(checkout)}/`), { threads: 1 }, `the checkout in ${checkout}`);
}

/** @param {URL} checkout @param {{ threads: number, arithmetic?: string }} way @param {string} version */
async function openLibrary(checkout, way, version) {
  const [{ openOurs }, { createEngine }] = await Promise.all([
    import('./ours.js'),
    import(new URL('web/platform/node/index.js', checkout).href),
  ]);
  return openOurs(createEngine, way, version);
}

/** @type {Record<string, (...more: string[]) => Promise<import('../peer_host.js').Peer>>} */
export const NODE_PEERS = {
  ...Object.fromEntries(OUR_WAYS.map((way) => [way.name, () => ours(way)])),
  before,
  tfjs: async () => {
    const { openTfjs } = await import('./tfjs.js');
    return openTfjs(`${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`);
  },
  jax: async () => (await import('./jax.js')).openJax(),
};
