/** The Web Worker of a team: works for the engine at the other end of its port until it is sent home. */

import { serveTeam } from '../../engine/core/wasm.js';

/** The first message is the port, by which the task comes. */
self.onmessage = ({ data: port }) => {
  port.onmessage = async (/** @type {MessageEvent} */ { data: task }) => {
    try {
      await serveTeam(task, () => port.postMessage({ fault: null }));
      self.close();
    } catch (error) {
      port.postMessage({ fault: String(error) });
    }
  };
};
