/** The Web Worker of a team: works for the engine that started it until it is sent home. */

import { serveTeam } from '../engine/wasm.js';

self.onmessage = async ({ data }) => {
  await serveTeam(data, () => self.postMessage('ready'));
  self.close();
};
