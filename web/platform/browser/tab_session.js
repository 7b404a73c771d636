/**
 * Which of the page's tabs this is. A reload keeps the name, a second tab gets another, also where it was made by
 * duplicating the first: a lock stands for the tab that is open.
 */

const STORED = 'trainscope-session';

/** How long a reload waits for the lock that the page before it held, in milliseconds. */
const HANDOVER_MS = 2000;

/**
 * @typedef {{ id: string, openElsewhere: () => Promise<Set<string>> }} TabSession  openElsewhere: the sessions of other
 *   tabs that are open
 */

/** @returns {Promise<TabSession>} */
export async function openTabSession() {
  const known = readStored();
  const id = known !== null && (await lock(known)) ? known : makeId();
  if (id !== known) {
    await lock(id);
    writeStored(id);
  }
  return { id, openElsewhere: () => listOthers(id) };
}

function makeId() {
  const [a, b] = crypto.getRandomValues(new Uint32Array(2));
  return `${a.toString(36)}${b.toString(36)}`;
}

/** Holds the lock of a session as long as the page lives. @param {string} id @returns {Promise<boolean>} whether it does */
function lock(id) {
  // Without locks, as on a page of plain HTTP, the tab's own memory has to do.
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks
      .request(lockName(id), { signal: AbortSignal.timeout(HANDOVER_MS) }, () => {
        resolve(true);
        return new Promise(() => {});
      })
      .catch(() => resolve(false));
  });
}

/** @param {string} own @returns {Promise<Set<string>>} */
async function listOthers(own) {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const names = held.flatMap(({ name }) => (name?.startsWith(lockName('')) ? [name.slice(lockName('').length)] : []));
  return new Set(names.filter((id) => id !== own));
}

/** @param {string} id */
function lockName(id) {
  return `trainscope-session-${id}`;
}

function readStored() {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null; // A browser that keeps nothing.
  }
}

/** @param {string} id */
function writeStored(id) {
  try {
    sessionStorage.setItem(STORED, id);
  } catch {
    // As above: a reload is another session then.
  }
}
