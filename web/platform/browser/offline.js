/** Has the browser keep the page itself, so that it opens without a network. */

/** How long the page may be busy with opening before its files are fetched a second time, for keeps, in milliseconds. */
const REST_MS = 2500;

/**
 * @param {(open: () => void) => void} onWaiting  a new version of the page waits; open: loads it in place of this one
 */
export async function keepOffline(onWaiting) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  try {
    const registration = await serviceWorker.register(new URL('sw.js', document.baseURI), { updateViaCache: 'none' });
    const look = () => {
      const { waiting } = registration;
      // The first version of all waits for nobody.
      if (waiting && serviceWorker.controller) onWaiting(() => takeOver(waiting));
    };
    look();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
  } catch {
    // Such as in a private window, or where a server has no such file: the page works as long as there is a network.
  }
}

/** @param {ServiceWorker} waiting */
function takeOver(waiting) {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take over');
}
