/**
 * The Web Worker: the service on a page's channel, or a thread of the team of one. One file for both is fetched once.
 */

import { createEngineFrom } from '../../engine/engine.js';
import { serve } from '../../worker/service.js';
import { openEngine } from './index.js';
import { serveTeamFrom } from './team_service.js';
import { openTeamWorker, startOnPort } from './team_worker_port.js';

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

/** The first message, worker_port.js's, is a team's port, or says how to make the engine; serve() hears the others. */
self.onmessage = ({ data }) => {
  if (data instanceof MessagePort) return serveTeamFrom(data);
  const { team, common, arithmetic } = data;
  return serve(
    {
      send: (message, transfer = []) => self.postMessage(message, { transfer }),
      listen: (receive) => {
        self.onmessage = ({ data }) => receive(data);
      },
      yieldNow: createYield(),
    },
    () => openEngine({ threads: team.length + 1, common, arithmetic }, partsFor(team)),
  );
};

/** What the engine is made with: all is at hand. @param {MessagePort[]} team  opened by the page; where they do not suffice, others are */
function partsFor(team) {
  const waiting = [...team];
  return {
    importEngine: async () => ({ createEngineFrom }),
    startThread: (/** @type {import('../../engine/core/wasm.js').TeamTask} */ task) =>
      startOnPort(waiting.shift() ?? openTeamWorker().port, task),
  };
}
