/** A team's thread, in a Web Worker: works for the engine at the other end of its port until it is sent home. */

import { serveTeam } from '../../engine/core/wasm.js';

/** @param {MessagePort} port  by which the task comes */
export function serveTeamFrom(port) {
  port.onmessage = async (/** @type {MessageEvent} */ { data: task }) => {
    try {
      await serveTeam(task, () => port.postMessage({ fault: null }));
      self.close();
    } catch (error) {
      port.postMessage({ fault: String(error) });
    }
  };
}
