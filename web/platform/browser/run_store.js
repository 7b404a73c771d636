/**
 * Where a browser keeps runs beyond the page: a database of IndexedDB. What is written together is written whole or not
 * at all. A browser that keeps nothing, or refuses to, has no store.
 *
 * Four tables: `runs` (what a run is, small), `rows` (its curves, piece by piece), `pasts` (its last snapshot) and
 * `files` (what it was made of: data, weights).
 *
 * @typedef {import('../../worker/protocol.js').Past} Past
 * @typedef {{ rows: ArrayBuffer, count: number }} Rows  packed, as a run's progress has them
 */

const NAME = 'trainscope';
const VERSION = 1;
const TABLES = ['runs', 'rows', 'pasts', 'files'];

/**
 * @template Kept  what a run is
 * @template Files  what it was made of
 * @returns {Promise<RunStore<Kept, Files> | null>}  null where this browser keeps nothing
 */
export async function openRunStore() {
  try {
    const opening = indexedDB.open(NAME, VERSION);
    // WebKit opens it for nobody else while a page that was left in between is in the middle of it.
    const giveUp = () => opening.transaction?.abort();
    addEventListener('pagehide', giveUp);
    opening.onupgradeneeded = () => {
      for (const table of TABLES) opening.result.createObjectStore(table);
    };
    try {
      return new RunStore(await resultOf(opening));
    } finally {
      removeEventListener('pagehide', giveUp);
    }
  } catch {
    return null; // A private window, a page without an origin, a disk that takes nothing.
  }
}

/**
 * @template Kept
 * @template Files
 */
export class RunStore {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
    // A newer page waits for this one to let go.
    database.onversionchange = () => database.close();
  }

  /** What all of the kept runs are, of every tab. @returns {Promise<Kept[]>} */
  list() {
    return resultOf(this.#tables('readonly').runs.getAll());
  }

  /**
   * All that is kept of a run besides what it is.
   *
   * @param {string} key
   * @returns {Promise<{ rows: Rows[], past: Past | null, files: Files | null }>}
   */
  async load(key) {
    const { rows, pasts, files } = this.#tables('readonly');
    const [pieces, past, made] = await Promise.all([
      resultOf(rows.getAll(rangeOf(key))),
      resultOf(pasts.get(key)),
      resultOf(files.get(key)),
    ]);
    return { rows: pieces, past: past ?? null, files: made ?? null };
  }

  /**
   * @param {string} key
   * @param {object} what  of a run; left out: as it was
   * @param {Kept} what.run  what it is
   * @param {{ from: number, piece: Rows } | null} [what.rows]  behind those from row `from` on; null: no others
   * @param {Past | null} [what.past]
   * @param {Files | null} [what.files]
   * @returns {Promise<void>}  rejects with a QuotaExceededError where there is no room
   */
  save(key, { run, rows, past, files }) {
    return this.#write((tables) => {
      tables.runs.put(run, key);
      if (rows?.from === 0) tables.rows.delete(rangeOf(key));
      if (rows) tables.rows.put(rows.piece, [key, rows.from]);
      if (past) tables.pasts.put(past, key);
      if (files) tables.files.put(files, key);
    });
  }

  /** @param {string[]} keys @returns {Promise<void>} */
  remove(keys) {
    return this.#write(({ runs, rows, pasts, files }) => {
      for (const key of keys) {
        for (const table of [runs, pasts, files]) table.delete(key);
        rows.delete(rangeOf(key));
      }
    });
  }

  /**
   * Takes runs of a session over, where they still are that session's: two tabs that ask for the same get them once.
   *
   * @param {string[]} keys
   * @param {string} from  the session
   * @param {string} to
   * @returns {Promise<boolean>}  whether they are the other's now
   */
  async adopt(keys, from, to) {
    if (from === to) return true;
    let isFree = true;
    await this.#write(({ runs }) => {
      for (const key of keys) {
        const asked = runs.get(key);
        asked.onsuccess = () => {
          if (asked.result?.session === from) runs.put({ ...asked.result, session: to }, key);
          else isFree = false;
        };
      }
    });
    return isFree;
  }

  /** @param {'readonly' | 'readwrite'} mode */
  #tables(mode) {
    return tablesOf(this.#database.transaction(TABLES, mode));
  }

  /** @param {(tables: Record<string, IDBObjectStore>) => void} write @returns {Promise<void>} */
  #write(write) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(TABLES, 'readwrite');
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was given up.'));
      write(tablesOf(transaction));
    });
  }
}

/** @param {IDBTransaction} transaction @returns {Record<string, IDBObjectStore>} */
function tablesOf(transaction) {
  return Object.fromEntries(TABLES.map((table) => [table, transaction.objectStore(table)]));
}

/** All pieces of a run: a list sorts behind every number. @param {string} key */
function rangeOf(key) {
  return IDBKeyRange.bound([key], [key, []]);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
