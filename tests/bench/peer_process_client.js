/** A peer in a process of its own, seen from the bench: a line of JSON each way. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const NODE_PROGRAM = fileURLToPath(new URL('./peer_process.js', import.meta.url));
const TORCH_PROGRAM = fileURLToPath(new URL('./peers/torch_peer.py', import.meta.url));

/**
 * @typedef {object} PeerClient
 * @property {(call: string, request?: Record<string, any>) => Promise<any>} ask  throws what the peer complains about
 * @property {() => void} close
 */

/**
 * @param {string} name  one of peers/in_node.js
 * @param {string} folder  of the material
 * @param {string[]} more  what that peer is told besides
 * @returns {PeerClient}
 */
export function startNodePeer(name, folder, ...more) {
  return startProcess(process.execPath, [NODE_PROGRAM, name, folder, ...more], process.env);
}

/** @param {string} python @param {string[]} words @param {Record<string, string>} environment @returns {PeerClient} */
export function startTorchPeer(python, words, environment) {
  return startProcess(python, [TORCH_PROGRAM, ...words], { ...process.env, ...environment });
}

/**
 * @param {string} program
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} env
 * @returns {PeerClient}
 */
function startProcess(program, words, env) {
  const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  child.stdin.on('error', () => {}); // its end is noticed below
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((_, reject) => child.on('error', reject));
  failed.catch(() => {});
  return {
    ask: async (call, request = {}) => {
      child.stdin.write(`${JSON.stringify({ call, ...request })}\n`);
      const { value, done } = await /** @type {Promise<any>} */ (Promise.race([lines.next(), failed]));
      if (done) throw new Error(`its process ended: ${complaints.trim().split('\n').at(-1) ?? ''}`);
      const { result, error } = JSON.parse(value);
      if (error !== undefined) throw new Error(error);
      return result;
    },
    close: () => child.stdin.end(),
  };
}
