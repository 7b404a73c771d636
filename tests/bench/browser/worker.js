/** One peer in a worker of its own, named as the peer. */

import { MaterialReader } from '../material_reader.js';
import { OnecycleHost } from '../onecycle_host.js';
import { OUR_WAYS } from '../our_ways.js';
import { PeerHost } from '../peer_host.js';

/** @param {string} path */
async function fetchBytes(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const openEngine = async () => (await import('../../../web/platform/browser/index.js')).createEngine;

/** @param {(typeof OUR_WAYS)[number]} way */
async function openOurs(way) {
  const [ours, createEngine] = await Promise.all([import('../peers/ours.js'), openEngine()]);
  return ours.openOurs(/** @type {any} */ (createEngine), way, 'this checkout');
}

/** @type {Record<string, () => Promise<import('../peer_host.js').Peer>>} */
const PEERS = {
  ...Object.fromEntries(OUR_WAYS.map((way) => [way.name, () => openOurs(way)])),
  tfjs: async () => (await import('../peers/tfjs.js')).openTfjs(new URL('/tfjs/', location.href).href),
  jax: async () => (await import('../peers/jax.js')).openJax(),
};

const { name } = self;
/** @type {any} */
const host =
  name === 'onecycle'
    ? new OnecycleHost(openEngine, (file) => fetchBytes(`/data/${file}`))
    : new PeerHost(PEERS[name], new MaterialReader((file) => fetchBytes(`/material/${file}`)));

self.onmessage = async ({ data: { call, ...request } }) => {
  try {
    self.postMessage({ result: await host[call](request) });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
