/**
 * The service worker: the page opens without a network once it was opened with one, and is isolated from other origins
 * where its server cannot say so, which threads need. The build puts before this text what it is made of (vite.offline.js).
 *
 * A page is served whole from the version that it was opened with. A new version is fetched beside it and waits until no
 * page is open, or until the page says `take over`, which it does only when its runs are kept. To `version` it answers.
 */

/**
 * What TypeScript's types of pages do not know.
 *
 * @typedef {Event & { waitUntil: (work: Promise<unknown>) => void }} LifeEvent
 * @typedef {LifeEvent & { request: Request, respondWith: (response: Promise<Response>) => void }} FetchEvent
 * @typedef {object} Scope
 * @property {{ version: string, files: string[] }} trainscope
 * @property {{ scope: string }} registration
 * @property {{ claim: () => Promise<void> }} clients
 * @property {() => Promise<void>} skipWaiting
 */

const worker = /** @type {Scope} */ (/** @type {unknown} */ (self));
const { version, files } = worker.trainscope;

/** What most pages never ask for is kept from when one does: the core of the second arithmetic. */
const isForLater = (/** @type {string} */ file) => file.includes('-fused');

const PREFIX = 'trainscope-page-';
const OWN = `${PREFIX}${version}`;

/** What the page needs, and one that is in another's frame; what a server says already stays as it is. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

self.addEventListener('install', (event) => /** @type {LifeEvent} */ (event).waitUntil(fetchAll()));
self.addEventListener('activate', (event) => /** @type {LifeEvent} */ (event).waitUntil(begin()));
self.addEventListener('message', ({ data, ports }) => {
  if (data === 'take over') worker.skipWaiting();
  else if (data === 'version') ports[0]?.postMessage(version);
});
self.addEventListener('fetch', (given) => {
  const event = /** @type {FetchEvent} */ (given);
  const { request } = event;
  const path = pathInScope(request.url);
  if (request.method !== 'GET' || path === null) return;
  if (path === 'data/index.json') event.respondWith(fetch(request).catch(() => Response.json([])));
  else if (path === '' || files.includes(path)) event.respondWith(answer(event, path || 'index.html'));
  // What an older version had, for a page of it that is still open.
  else if (path.startsWith('assets/')) event.respondWith(answer(event, path));
});

async function fetchAll() {
  const cache = await caches.open(OWN);
  // Past the browser's own cache, but for what is named by a hash of its content.
  await Promise.all(
    files
      .filter((file) => !isForLater(file))
      .map(async (file) => {
        const response = await fetch(file, { cache: file.startsWith('assets/') ? 'default' : 'no-cache' });
        if (!response.ok) throw new Error(`${file} is not there.`);
        await cache.put(file, response);
      }),
  );
}

async function begin() {
  // The version before stays for pages that are open with it.
  const older = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== OWN);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
  // Not waited for: Firefox would hold everything back until each of the page's workers has taken note, and those that
  // wait for work on shared memory do not.
  worker.clients.claim().catch(() => {});
}

/** What of an address lies in the page's folder; null elsewhere. @param {string} url */
function pathInScope(url) {
  const address = url.split(/[?#]/, 1)[0];
  const { scope } = worker.registration;
  return address.startsWith(scope) ? address.slice(scope.length) : null;
}

/** @param {FetchEvent} event @param {string} path */
async function answer(event, path) {
  const own = await (await caches.open(OWN)).match(path, { ignoreVary: true });
  const found = own ?? (await caches.match(path, { ignoreVary: true }));
  // What the server says about the page may change while the page does not.
  if (own && path === 'index.html') event.waitUntil(refresh(path, own.clone()).catch(() => {}));
  const response = found ?? (await fetch(event.request));
  if (!found && isForLater(path) && response.ok) event.waitUntil(keep(path, response.clone()));
  return isolate(response);
}

/** @param {string} path @param {Response} response */
async function keep(path, response) {
  await (await caches.open(OWN)).put(path, response);
}

/** @param {string} path @param {Response} known */
async function refresh(path, known) {
  const response = await fetch(path, { cache: 'no-cache' });
  if (!response.ok || (await response.clone().text()) !== (await known.text())) return;
  await keep(path, response);
}

/** @param {Response} response */
function isolate(response) {
  if (response.status === 0 || response.redirected) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) if (!headers.has(name)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
