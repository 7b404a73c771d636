/** The Web Worker of a team: works for the engine that started it until it is sent home. */

import { serveTeam } from '../../engine/core/wasm.js';

self.onmessage = async ({ data }) => {
  try {
    await serveTeam(data, () => self.postMessage('ready'));
    self.close();
  } catch (error) {
    // A rejected promise alone would not be heard outside.
    reportError(error);
  }
};
