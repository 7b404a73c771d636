/** A peer in a process of its own: one request per line of standard input, one answer per line of standard output. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MaterialReader } from './material_reader.js';
import { PeerHost } from './peer_host.js';
import { NODE_PEERS } from './peers/in_node.js';

const [name, folder, ...more] = process.argv.slice(2);
const say = process.stdout.write.bind(process.stdout);
// What a library prints is not an answer.
for (const method of /** @type {const} */ (['log', 'info', 'warn', 'debug'])) console[method] = console.error;

const host = new PeerHost(() => NODE_PEERS[name](...more), new MaterialReader((file) => readFile(join(folder, file))));
for await (const line of createInterface({ input: process.stdin })) {
  const { call, ...request } = JSON.parse(line);
  try {
    const result = await /** @type {any} */ (host)[call](request);
    say(`${JSON.stringify({ result })}\n`);
  } catch (error) {
    say(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`);
  }
}
process.exit(0);
