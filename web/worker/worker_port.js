/** Opens the Web Worker, for a page's WorkerClient. */

/** @returns {import('./client.js').Port} */
export function openWorker() {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return {
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (receive) => {
      worker.onmessage = ({ data }) => receive(data);
    },
    onBroken: (fail) => {
      worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message ?? 'The worker could not be loaded.');
      };
    },
    close: () => worker.terminate(),
  };
}
