/**
 * The Web Worker: the service on a page's channel, or a thread of the team of one. One file for both is fetched once.
 */

import { completeCore } from '../../engine/core/team.js';
import { createEngineFrom } from '../../engine/engine.js';
import { OPENING_DIGEST } from '../../generated/opening.js';
import { serve } from '../../worker/service/service.js';
import { fetchBuilt, openEngine, TrainerError } from './index.js';
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
  const { team, common, arithmetic, first } = data;
  /** @type {import('../../worker/service/service.js').ServicePort} */
  const port = {
    send: (message, transfer = []) => self.postMessage(message, { transfer }),
    listen: (receive) => {
      self.onmessage = ({ data }) => receive(data);
    },
    yieldNow: createYield(),
  };
  const threads = team.length + 1;
  if (first) return serve(port, () => openFirst(first, threads > 1), beginsWith(threads, partsFor(team).startThread));
  return serve(port, () => openEngine({ threads, common, arithmetic }, partsFor(team)));
};

/**
 * The engine of the page's opening; see worker/opening.js.
 *
 * @param {MessagePort} first  by which the page sends its core
 * @param {boolean} isShared  whether threads will join it
 */
async function openFirst(first, isShared) {
  const { bytes, fault } = await new Promise((resolve) => {
    first.onmessage = ({ data }) => resolve(data);
  });
  if (fault !== null) throw new TrainerError('build', null, fault);
  return createEngineFrom(bytes, { isShared });
}

/**
 * How it becomes one that can do everything.
 *
 * @param {number} threads @param {import('../../engine/core/team.js').StartThread} startThread
 * @returns {import('../../worker/service/service.js').BeginsWith}
 */
function beginsWith(threads, startThread) {
  return {
    digest: OPENING_DIGEST,
    complete: async ({ core }) => completeCore(core, await fetchBuilt('plain', threads > 1), { threads, startThread }),
  };
}

/** What the engine is made with: all is at hand. @param {MessagePort[]} team  opened by the page; where they do not suffice, others are */
function partsFor(team) {
  const waiting = [...team];
  return {
    importEngine: async () => ({ createEngineFrom }),
    startThread: (/** @type {import('../../engine/core/wasm.js').TeamTask} */ task) =>
      startOnPort(waiting.shift() ?? openTeamWorker().port, task),
  };
}
