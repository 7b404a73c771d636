/** The worker thread of a team in Node: works for the engine that started it until it is sent home. */

import { parentPort, workerData } from 'node:worker_threads';
import { serveTeam } from '../../engine/core/wasm.js';

await serveTeam(workerData, () => parentPort?.postMessage('ready'));
