/** The page that the bench opens: it starts a worker per peer and passes requests on. */

/** @type {Map<string, Worker>} */
const workers = new Map();

/**
 * @param {string} name  one of PEERS in worker.js
 * @param {string} call
 * @param {Record<string, any>} request
 * @returns {Promise<any>}  the answer's result
 */
async function ask(name, call, request) {
  let worker = workers.get(name);
  if (!worker) {
    worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name });
    workers.set(name, worker);
  }
  const asked = worker;
  const answer = await new Promise((resolve, reject) => {
    asked.onmessage = ({ data }) => resolve(data);
    asked.onerror = ({ message }) => reject(new Error(message ?? 'its worker does not start'));
    asked.postMessage({ call, ...request });
  });
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.result;
}

/** @param {string} name */
function close(name) {
  workers.get(name)?.terminate();
  workers.delete(name);
}

Object.assign(window, { bench: { ask, close } });
