/**
 * Who takes part, and how each is started. A peer that is not there (no Python with PyTorch, no network to install
 * from) is named as absent, and the others are measured.
 */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { OUR_WAYS } from './our_ways.js';
import { startNodePeer, startTorchPeer } from './peer_process_client.js';

/**
 * @typedef {import('./peer_process_client.js').PeerClient} PeerClient
 *
 * @typedef {object} Contestant  a peer that has been started
 * @property {string} id  as in a work's list of peers
 * @property {string} peer  as in rows
 * @property {'node' | 'chromium' | 'native'} runs_in
 * @property {number} threads
 * @property {'plain' | 'fused' | null} arithmetic  null: not ours to say
 * @property {string} version
 * @property {string[]} notes
 * @property {PeerClient} client
 *
 * @typedef {{ peer: string, runs_in: string, threads: number, arithmetic: string | null, reason: string }} Absence
 */

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** What --peers can name; Trainscope itself always takes part. */
export const PEERS = [
  { id: 'tfjs', peer: 'tfjs-wasm', isPackage: true },
  { id: 'jax', peer: 'jax-js', isPackage: true },
  { id: 'torch', peer: 'pytorch', isPackage: false },
  { id: 'autograd', peer: 'pytorch-autograd', isPackage: false },
];

export const OURS = 'trainscope';

/** Another checkout of ours, usually an older one: --before. */
const BEFORE = 'trainscope-before';

/** Installs the packages of package-lock.json here, where they are missing. @param {(text: string) => void} say */
export async function installPeers(say) {
  if (existsSync(new URL('./node_modules/.package-lock.json', import.meta.url))) return;
  say('Installing the packages of tests/bench/package-lock.json: npm ci');
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER });
}

/**
 * Starts ours in all its ways, and the chosen peers, each in a process of its own.
 *
 * @param {object} options
 * @param {string} options.folder  the material
 * @param {string[]} options.chosen  ids of PEERS
 * @param {string | null} options.before  the folder of another checkout, built
 * @param {(text: string) => void} options.say
 * @returns {Promise<{ contestants: Contestant[], absent: Absence[] }>}
 */
export async function startProcesses({ folder, chosen, before, say }) {
  const ours = OUR_WAYS.map(({ name, ...way }) => ({
    facts: { id: 'ours', peer: OURS, runs_in: /** @type {const} */ ('node'), ...way },
    start: () => startNodePeer(name, folder),
  }));
  const earlier = OUR_WAYS.filter(({ name }) => before !== null && name === 'ours').map(({ name: _, ...way }) => ({
    facts: { id: 'before', peer: BEFORE, runs_in: /** @type {const} */ ('node'), ...way, arithmetic: null },
    start: () => startNodePeer('before', folder, /** @type {string} */ (before)),
  }));
  const others = PEERS.filter(({ id }) => chosen.includes(id)).map(({ id, peer, isPackage }) => ({
    facts: {
      id,
      peer,
      runs_in: /** @type {'node' | 'native'} */ (isPackage ? 'node' : 'native'),
      threads: 1,
      arithmetic: null,
    },
    start: async () => {
      if (!isPackage) return startTorch(folder, id === 'autograd' ? ['autograd'] : []);
      await installPeers(say);
      return startNodePeer(id, folder);
    },
  }));
  return openContestants([...ours, ...earlier, ...others]);
}

/**
 * Opens peers one after the other; one that does not open is absent, for a reason.
 *
 * @param {{ facts: Pick<Contestant, 'id' | 'peer' | 'runs_in' | 'threads' | 'arithmetic'>, start: () => PeerClient | Promise<PeerClient> }[]} entries
 * @returns {Promise<{ contestants: Contestant[], absent: Absence[] }>}
 */
export async function openContestants(entries) {
  /** @type {Contestant[]} */
  const contestants = [];
  /** @type {Absence[]} */
  const absent = [];
  for (const { facts, start } of entries) {
    /** @type {PeerClient | null} */
    let client = null;
    try {
      client = await start();
      contestants.push({ ...facts, ...(await client.ask('open')), client });
    } catch (error) {
      client?.close();
      const { peer, runs_in, threads, arithmetic } = facts;
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      absent.push({ peer, runs_in, threads, arithmetic, reason });
    }
  }
  return { contestants, absent };
}

/** @param {string} folder @param {string[]} gradients  the ways to a gradient that it may take; none: all */
async function startTorch(folder, gradients) {
  for (const python of ['python3', '/usr/bin/python3']) {
    const found = await run(python, ['-c', 'import torch']).catch(() => null);
    if (!found) continue;
    /** @type {Record<string, string>} */
    const environment = { OMP_NUM_THREADS: '1' };
    if (await hasAvx512()) environment.OPENBLAS_CORETYPE = 'SkylakeX';
    return startTorchPeer(python, [folder, ...gradients], environment);
  }
  throw new Error('no python3 here can import torch');
}

async function hasAvx512() {
  const facts = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return facts.includes('avx512');
}
