/** What a learner has done of the lessons, kept in the browser; a browser that keeps nothing forgets it with the page. */

/**
 * @typedef {{ ticked: string[], seen: boolean }} Done  ticked: deeds, as "task.deed"; seen: its outcome was shown
 * @typedef {Pick<Storage, 'getItem' | 'setItem'>} Store
 */

const KEY = 'trainscope-lessons';

export class Progress {
  /** @type {Record<string, Done>} */
  #lessons;
  #store;

  /** @param {Store | null} [store]  null where there is none */
  constructor(store = browserStore()) {
    this.#store = store;
    this.#lessons = read(store);
  }

  /** @param {string} id @returns {Done} */
  of(id) {
    return this.#lessons[id] ?? { ticked: [], seen: false };
  }

  /** @param {string} id @param {Partial<Done>} news */
  keep(id, news) {
    this.#lessons[id] = { ...this.of(id), ...news };
    try {
      this.#store?.setItem(KEY, JSON.stringify(this.#lessons));
    } catch {
      // Full, or forbidden: it holds for as long as the page is open.
    }
  }
}

/** @returns {Store | null} */
function browserStore() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** What was kept, as far as it is what this page keeps. @param {Store | null} store @returns {Record<string, Done>} */
function read(store) {
  try {
    const kept = JSON.parse(store?.getItem(KEY) ?? '{}');
    return Object.fromEntries(
      Object.entries(kept).map(([id, done]) => [
        id,
        {
          ticked: Array.isArray(done?.ticked)
            ? done.ticked.filter((/** @type {unknown} */ one) => typeof one === 'string')
            : [],
          seen: done?.seen === true,
        },
      ]),
    );
  } catch {
    return {};
  }
}
