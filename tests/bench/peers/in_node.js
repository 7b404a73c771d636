/** The peers that run in Node, by name; each is imported only where it runs. */

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUR_WAYS } from '../our_ways.js';

/** @param {(typeof OUR_WAYS)[number]} way */
async function ours(way) {
  const [{ openOurs }, { createEngine }] = await Promise.all([
    import('./ours.js'),
    import('../../../web/platform/node/index.js'),
  ]);
  return openOurs(/** @type {any} */ (createEngine), way);
}

/** @type {Record<string, () => Promise<import('../peer_host.js').Peer>>} */
export const NODE_PEERS = {
  ...Object.fromEntries(OUR_WAYS.map((way) => [way.name, () => ours(way)])),
  tfjs: async () => {
    const { openTfjs } = await import('./tfjs.js');
    return openTfjs(`${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`);
  },
  jax: async () => (await import('./jax.js')).openJax(),
};
