/** The peers that run in Node, by name; each is imported only where it runs. */

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @param {number} threads */
async function ours(threads) {
  const [{ openOurs }, { createEngine }] = await Promise.all([
    import('./ours.js'),
    import('../../../web/platform/node/index.js'),
  ]);
  return openOurs(/** @type {any} */ (createEngine), threads);
}

/** @type {Record<string, () => Promise<import('../peer_host.js').Peer>>} */
export const NODE_PEERS = {
  ours: () => ours(1),
  'ours-2': () => ours(2),
  tfjs: async () => {
    const { openTfjs } = await import('./tfjs.js');
    return openTfjs(`${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`);
  },
  jax: async () => (await import('./jax.js')).openJax(),
};
