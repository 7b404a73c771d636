/** Has the browser keep the page itself, so that it opens without a network. */

/** How long the page may be busy with opening before its files are fetched a second time, for keeps, in milliseconds. */
const REST_MS = 2500;

/** How long a service worker may take to say its version; those of before can say none. */
const ANSWER_MS = 3000;

/**
 * @param {(open: () => void) => void} onWaiting  a new version of the page waits; open: loads it in place of this one
 */
export async function keepOffline(onWaiting) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  try {
    const registration = await serviceWorker.register(new URL('sw.js', document.baseURI), { updateViaCache: 'none' });
    const look = async () => {
      const { waiting } = registration;
      const { controller } = serviceWorker;
      // The first version of all waits for nobody. WebKit calls it waiting when it has the page already.
      if (!waiting || !controller) return;
      const [theirs, ours] = await Promise.all([versionOf(waiting), versionOf(controller)]);
      if (theirs === null || theirs !== ours) onWaiting(() => takeOver(waiting));
    };
    look();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
  } catch {
    // Such as in a private window, or where a server has no such file: the page works as long as there is a network.
  }
}

/** @param {ServiceWorker} worker @returns {Promise<string | null>}  null where it says none */
function versionOf(worker) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    setTimeout(resolve, ANSWER_MS, null);
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage('version', [port2]);
  }).finally(() => port1.close());
}

/** @param {ServiceWorker} waiting */
function takeOver(waiting) {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take over');
}
