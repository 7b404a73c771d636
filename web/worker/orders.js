/** What the worker does about each order of the protocol. */

/** @type {import('./handlers.js').OrderHandlers} */
export const orders = {
  start: (order, { runs }) => runs.start(order),
  fork: (order, { runs }) => runs.fork(order),
  adjust: (order, { runs }) => runs.adjust(order),
  pause: ({ runId }, { runs }) => runs.find(runId).pause(),
  resume: ({ runId }, { runs }) => runs.find(runId).resume(),
  step: ({ runId, count }, { runs }) => runs.find(runId).step(count),
  stop: ({ runId }, { runs }) => runs.find(runId).stop(),
  speed: ({ runId, stepsPerSecond }, { runs }) => runs.find(runId).limitSpeed(stepsPerSecond),
  taken: ({ runId }, { runs }) => runs.taken(runId),
  discard: ({ runId }, { runs }) => runs.discard(runId),
  keepData: ({ dataId, data: files, isShared }, { data, engine }) =>
    data.keepFiles(dataId, isShared ? engine.adoptData(files) : files),
  unloadData: ({ dataId }, { data }) => data.forgetFiles(dataId),
  cancel: ({ requestId }, { cancel }) => cancel(requestId),
};
