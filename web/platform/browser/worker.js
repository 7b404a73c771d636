/** The Web Worker: the service on a page's channel. */

import { serve } from '../../worker/service.js';
import { openEngine } from './index.js';

/**
 * A message to oneself comes after the messages that are already there, without the four milliseconds that browsers
 * add to a nested timer.
 *
 * @returns {(ms?: number) => Promise<void>}
 */
function createYield() {
  const { port1, port2 } = new MessageChannel();
  /** @type {(() => void)[]} */
  const waiting = [];
  port1.onmessage = () => waiting.shift()?.();
  return (ms = 0) =>
    new Promise((resolve) => {
      if (ms > 0) {
        setTimeout(resolve, ms);
      } else {
        waiting.push(resolve);
        port2.postMessage(null);
      }
    });
}

/** The first message, worker_port.js's, says how to make the engine; serve() hears the others. */
self.onmessage = ({ data: { team, common, arithmetic } }) => {
  serve(
    {
      send: (message, transfer = []) => self.postMessage(message, { transfer }),
      listen: (receive) => {
        self.onmessage = ({ data }) => receive(data);
      },
      yieldNow: createYield(),
    },
    () => openEngine({ threads: team.length + 1, common, arithmetic }, team),
  );
};
