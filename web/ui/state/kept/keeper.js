/**
 * Keeps the runs of the page beyond it: their curves, names and changes, and the last snapshot of the one that trains, so
 * that a page that was reloaded, closed, or lost its worker goes on to the same bits. Bounded, the oldest go first. Where
 * the browser keeps nothing, the page works as ever.
 *
 * @typedef {import('../run.js').Run} Run
 * @typedef {import('./kept_run.js').KeptRun} KeptRun
 * @typedef {import('../../../worker/protocol.js').Past} Past
 * @typedef {{ rows: ArrayBuffer, count: number }} Rows
 *
 * @typedef {object} Store  what keeps them; see platform/browser/run_store.js
 * @property {() => Promise<KeptRun[]>} list
 * @property {(key: string) => Promise<{ rows: Rows[], past: Past | null, files: Made | null }>} load
 * @property {(key: string, what: { run: KeptRun, rows?: { from: number, piece: Rows } | null, past?: Past | null,
 *   files?: Made | null }) => Promise<void>} save
 * @property {(keys: string[]) => Promise<void>} remove
 * @property {(keys: string[], from: string, to: string) => Promise<boolean>} adopt
 *
 * @typedef {{ id: string, openElsewhere: () => Promise<Set<string>> }} Session  the tab; see platform/browser/tab_session.js
 * @typedef {{ weights: import('../../../worker/protocol.js').NamedBytes | null, data: MadeOfData | null }} Made  what a
 *   run is made of besides its settings
 * @typedef {Pick<import('../data_sets.js').LoadedData, 'slug' | 'name' | 'classNames' | 'files' | 'reading'>} MadeOfData
 *
 * @typedef {{ runs: KeptRun[], live: KeptRun | null }} Offer  runs: oldest first; live: the one of them that can go on
 *
 * @typedef {object} Lab  what it asks of the lab
 * @property {import('../runs.js').Runs} runs
 * @property {import('../data_sets.js').DataSets} data
 * @property {import('../log.js').Log} log
 * @property {Run | null} active
 * @property {() => void} touch
 * @property {() => void} touchRows
 * @property {(type: string, listener: () => void) => void} addEventListener
 */

import { METRICS_BYTES } from '../../../engine/core/record.js';
import { count } from '../../../engine/words/numbers.js';
import { plural } from '../../../engine/words/sentences.js';
import { describeRun, fillRun } from './kept_run.js';

/** The least time between two savings of a run that goes on, in milliseconds, and before the first. */
const EVERY_MS = 3000;
const FIRST_MS = 1000;

/** Bytes of a snapshot for which a second of training may pass before the next: of large ones fewer are taken. */
const BYTES_PER_MS = 1000;

/** Runs that are kept, of all tabs, and the bytes that they may take together. */
export const RUNS_MAX = 32;
export const BYTES_MAX = 192 * 2 ** 20;

/** Larger snapshots, and larger data, are not kept. A float32 each for parameters and up to three moments. */
const SNAPSHOT_MAX = 64 * 2 ** 20;
const BYTES_PER_PARAMETER = 16;
const FILES_MAX = 96 * 2 ** 20;

/** Seconds of training that are worth an offer when the page is opened anew, not reloaded. */
const WORTH_SECONDS = 5;

/**
 * What is known of a run's copy in the store. past: in the page's own memory, for a worker that breaks; rows, chunks: how
 * many of the run's are saved; rowBytes, madeBytes: what they take, and what it was made of; cost: bytes of a saving that
 * do not grow less because it was saved before.
 *
 * @typedef {{ key: string, at: number, mark: string, rows: number, chunks: number, rowBytes: number, madeBytes: number,
 *   cost: number, hasFiles: boolean, past: Past | null }} Copy
 */

export class Keeper {
  /** Runs of before that can be brought back. @type {Offer | null} */
  offer = null;

  #lab;
  #now;
  /** @type {Store | null} */
  #store = null;
  /** @type {Session | null} */
  #session = null;
  /** @type {Map<Run, Copy>} */
  #copies = new Map();
  #isSaving = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Lab} lab @param {{ now?: () => number }} [clock]  milliseconds since 1970 */
  constructor(lab, { now = Date.now } = {}) {
    this.#lab = lab;
    this.#now = now;
  }

  /**
   * Begins to keep runs, and sees what was kept before.
   * @param {Store | null} store  null: this browser keeps nothing
   * @param {() => Promise<Session>} openSession
   */
  async open(store, openSession) {
    const lab = this.#lab;
    for (const type of ['rows', 'change']) lab.addEventListener(type, () => this.#look());
    // What comes next may be the end of the tab.
    globalThis.document?.addEventListener('visibilitychange', () => this.#hurry());
    if (!store) return;
    try {
      const session = await openSession();
      this.offer = await findOffer(await store.list(), session);
      this.#store = store;
      this.#session = session;
    } catch {
      return; // What cannot be read cannot be written either.
    }
    lab.touch();
  }

  // ---- bringing back ---------------------------------------------------------------------------------------------

  /** Brings the runs of the offer back, and goes on with the one that was training. */
  async take() {
    const { offer } = this;
    const [store, session] = [this.#store, this.#session];
    if (!offer || !store || !session) return;
    const lab = this.#lab;
    this.offer = null;
    const keys = offer.runs.map(({ key }) => key);
    if (!(await store.adopt(keys, offer.runs[0].session, session.id))) {
      lab.log.note(null, 'quiet', 'Another tab of this page has these runs by now.');
      return;
    }
    const fresh = lab.runs.list.length === 1 ? lab.runs.list[0] : null;
    for (const kept of offer.runs) {
      const loaded = await store.load(kept.key);
      const dataId = await this.#findData(kept, loaded.files);
      const run = lab.runs.bringBack({ ...kept, dataId, weights: loaded.files?.weights ?? null });
      const hasData = kept.config.dataset !== 'custom' || dataId !== null;
      const past = kept === offer.live && hasData ? loaded.past : null;
      fillRun(run, kept, loaded.rows, past?.snapshot.step);
      if (isEnded(kept.status)) run.status = kept.status;
      run.parentId = this.#findRun(kept.parentKey)?.id ?? null;
      const copy = { ...makeCopy(0), key: kept.key, hasFiles: true, madeBytes: sizeOfMade(loaded.files), past };
      // Its rows are saved anew, since they may end earlier than they did.
      this.#copies.set(run, copy);
      if (past) this.#goOn(run, past);
      else if (kept === offer.live) {
        const text = `${run.name} was trained on files that are not here any more: it can be seen again, but not go on.`;
        lab.log.note(run, 'warn', text);
      }
    }
    // The run that the page opened with, where the one that goes on has its steps and more.
    if (fresh && lab.active !== fresh && sameSettings(fresh.config, lab.active?.config)) lab.runs.remove(fresh);
    if (!offer.live) lab.log.note(null, 'quiet', `${plural(offer.runs.length, 'run')} of before can be seen again.`);
    lab.touchRows();
    lab.touch();
  }

  /** Lets the runs of the offer go. */
  async forget() {
    const keys = this.offer?.runs.map(({ key }) => key) ?? [];
    this.offer = null;
    this.#lab.touch();
    await this.#store?.remove(keys).catch(() => {});
  }

  /** The step at which a run that broke can go on; null where it cannot. @param {Run} run */
  stepOf(run) {
    return this.#copies.get(run)?.past?.snapshot.step ?? null;
  }

  /** Goes on with a run whose worker was lost. @param {Run} run */
  recover(run) {
    const past = this.#copies.get(run)?.past;
    if (!past) return;
    const about = { key: '', session: '', parentKey: null, savedAt: 0, bytes: 0, pastStep: null };
    fillRun(run, structuredClone(describeRun(run, about)), run.chunks, past.snapshot.step);
    const copy = /** @type {Copy} */ (this.#copies.get(run));
    Object.assign(copy, { rows: 0, chunks: 0, rowBytes: 0 });
    this.#goOn(run, past);
  }

  /** @param {Run} run @param {Past} past */
  #goOn(run, past) {
    const { runs, log } = this.#lab;
    runs.goOn(run, past);
    log.note(run, 'you', `${run.name} goes on from step ${count(past.snapshot.step)}, with the same bits.`);
  }

  /** @param {KeptRun} kept @param {Made | null} made @returns {Promise<number | null>} the page's number of its data */
  async #findData({ config }, made) {
    if (config.dataset !== 'custom' || !made?.data) return null;
    const { data } = this.#lab;
    const { slug, name, classNames, files, reading } = made.data;
    const isSame = (/** @type {import('../data_sets.js').LoadedData} */ set) =>
      set.slug === slug && set.name === name && JSON.stringify(set.reading) === JSON.stringify(reading);
    const known = data.loaded.find(isSame);
    if (known) return known.id;
    const chosen = data.chosenId;
    const set = data.offered.find((other) => other.name === slug);
    if (files.length > 0) await data.load(files, { slug, name, classNames, reading, quiet: true });
    else if (set) await data.loadOffered(set, { quiet: true });
    return data.chosenId === chosen ? null : data.chosenId;
  }

  /** @param {string | null} key */
  #findRun(key) {
    for (const [run, copy] of this.#copies) if (copy.key === key) return run;
    return null;
  }

  // ---- keeping ---------------------------------------------------------------------------------------------------

  /** Saves all there is: the page is about to be left. */
  async finish() {
    while (this.#isSaving) await new Promise((resolve) => setTimeout(resolve, 20));
    const { active, runs } = this.#lab;
    if (active && runs.list.includes(active)) await this.#save(active);
  }

  /** Saves the run that trains as soon as can be. */
  #hurry() {
    const copy = this.#lab.active && this.#copies.get(this.#lab.active);
    if (copy) copy.at = 0;
    this.#look();
  }

  /** Saves what has changed, one run after the other. */
  #look() {
    if (this.#isSaving || this.#timer !== undefined) return;
    this.#timer = setTimeout(async () => {
      this.#timer = undefined;
      if (this.#isSaving) return;
      this.#isSaving = true;
      await this.#saveDue().finally(() => {
        this.#isSaving = false;
      });
    }, 100);
  }

  async #saveDue() {
    const { list } = this.#lab.runs;
    const gone = [...this.#copies].filter(([run]) => !list.includes(run));
    for (const [run] of gone) this.#copies.delete(run);
    if (gone.length > 0) await this.#store?.remove(gone.map(([, { key }]) => key)).catch(() => {});
    for (const run of list) if (this.#isDue(run)) await this.#save(run);
  }

  /** @param {Run} run */
  #isDue(run) {
    if (run.parameters === 0 || run.step === 0) return false;
    const copy = this.#copies.get(run);
    if (!copy) return run.seconds * 1000 >= FIRST_MS || !run.alive || run.status === 'paused';
    if (copy.mark !== markOf(run)) return true;
    const everyMs = Math.max(EVERY_MS, copy.cost / BYTES_PER_MS);
    return run.status === 'running' && this.#now() - copy.at >= everyMs;
  }

  /** @param {Run} run */
  async #save(run) {
    const copy = this.#copies.get(run) ?? makeCopy(this.#now());
    this.#copies.set(run, copy);
    const mark = markOf(run);
    const past = await this.#askForPast(run);
    if (past) copy.past = past;
    copy.at = this.#now();
    copy.mark = mark;
    if (!this.#store || !this.#session || (run.weights?.bytes.byteLength ?? 0) > FILES_MAX) return;
    const made = copy.hasFiles ? null : this.#describeMade(run);
    const rows = takeRows(run, copy);
    const next = {
      rows: copy.rows + (rows?.piece.count ?? 0),
      chunks: run.chunks.length,
      rowBytes: copy.rowBytes + (rows?.piece.rows.byteLength ?? 0),
      madeBytes: made ? sizeOfMade(made) : copy.madeBytes,
      hasFiles: true,
    };
    const about = { key: copy.key, session: this.#session.id, parentKey: this.#keyOf(run.parentId), savedAt: copy.at };
    const kept = describeRun(run, { ...about, bytes: 0, pastStep: copy.past?.snapshot.step ?? null });
    copy.cost = (copy.past?.snapshot.state.byteLength ?? 0) + sizeOfSeries(kept);
    kept.bytes = next.rowBytes + next.madeBytes + copy.cost;
    // A run may have been gone on with meanwhile, and then saves its rows anew.
    const isSaved = await this.#write(copy.key, { run: kept, rows, past, files: made });
    if (isSaved && copy.rows <= next.rows) Object.assign(copy, next);
  }

  /** The run's state, once its curves reach it. @param {Run} run @returns {Promise<Past | null>} */
  async #askForPast(run) {
    if (!run.alive || !run.handle || run.parameters * BYTES_PER_PARAMETER > SNAPSHOT_MAX) return null;
    const answer = await run.handle.ask('writeSnapshot').catch(() => null);
    if (!answer || answer.past.snapshot.state.byteLength > SNAPSHOT_MAX) return null;
    for (let i = 0; i < 100 && run.alive && run.step < answer.past.snapshot.step; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return run.step >= answer.past.snapshot.step ? answer.past : null;
  }

  /**
   * Saves, and makes room where there is none: the oldest runs of other names go first.
   * @param {string} key @param {Parameters<Store['save']>[1]} what
   */
  async #write(key, what) {
    const store = /** @type {Store} */ (this.#store);
    try {
      await this.#makeRoom(key, what.run.bytes);
      for (;;) {
        try {
          await store.save(key, what);
          return true;
        } catch (error) {
          const isFull = /** @type {Error} */ (error).name === 'QuotaExceededError';
          if (!isFull || !(await this.#dropOldest(key))) throw error;
        }
      }
    } catch {
      this.#store = null;
      const text = 'The browser has no room to keep runs beyond this page: training goes on, but a reload begins anew.';
      this.#lab.log.note(null, 'warn', text);
      return false;
    }
  }

  /** @param {string} key  that is to be saved @param {number} bytes */
  async #makeRoom(key, bytes) {
    const others = await this.#listOthers(key);
    let total = others.reduce((sum, kept) => sum + kept.bytes, bytes);
    const gone = [];
    while (others.length - gone.length >= RUNS_MAX || (total > BYTES_MAX && gone.length < others.length)) {
      total -= others[gone.length].bytes;
      gone.push(others[gone.length].key);
    }
    if (gone.length > 0) await this.#store?.remove(gone);
  }

  /** @param {string} key  that stays @returns {Promise<boolean>} whether there was one to drop */
  async #dropOldest(key) {
    const [oldest] = await this.#listOthers(key);
    if (!oldest) return false;
    await this.#store?.remove([oldest.key]);
    return true;
  }

  /** The kept runs but one, oldest first. @param {string} key  of that one */
  async #listOthers(key) {
    const others = ((await this.#store?.list()) ?? []).filter((kept) => kept.key !== key);
    return others.sort((a, b) => a.savedAt - b.savedAt);
  }

  /** @param {Run} run @returns {Made} */
  #describeMade(run) {
    const set = run.dataId === null ? null : this.#lab.data.find(run.dataId);
    const { weights } = run;
    if (!set) return { weights, data: null };
    const { slug, name, classNames, reading } = set;
    const bytes = set.files.reduce((sum, { blob }) => sum + blob.size, 0);
    // What the server has need not be kept, and what is very large cannot.
    const files = slug === null && bytes <= FILES_MAX ? set.files : [];
    return { weights, data: { slug, name, classNames, reading, files } };
  }

  /** @param {number | null} runId */
  #keyOf(runId) {
    for (const [run, { key }] of this.#copies) if (run.id === runId) return key;
    return null;
  }
}

/**
 * What of the kept runs is worth offering: this tab's, which a reload left; else the newest of a tab that is closed.
 * @param {KeptRun[]} all @param {Session} session
 * @returns {Promise<Offer | null>}
 */
async function findOffer(all, session) {
  const own = all.filter((kept) => kept.session === session.id);
  if (own.length > 0) {
    const offer = makeOffer(own);
    return offer.live || isWorthIt(offer.runs) ? offer : null;
  }
  const open = await session.openElsewhere();
  const closed = all.filter((kept) => !open.has(kept.session));
  const newest = closed.reduce(
    (/** @type {KeptRun | null} */ found, kept) => (found && found.savedAt > kept.savedAt ? found : kept),
    null,
  );
  if (!newest) return null;
  const runs = closed.filter((kept) => kept.session === newest.session);
  return isWorthIt(runs) ? makeOffer(runs) : null;
}

/** @param {KeptRun[]} runs  of one session @returns {Offer} */
function makeOffer(runs) {
  runs.sort((a, b) => a.savedAt - b.savedAt);
  const live = runs.findLast(({ status, pastStep }) => !isEnded(status) && pastStep !== null) ?? null;
  // A page that was opened often has trained the same settings as often.
  const last = new Map(runs.map((kept) => [JSON.stringify([kept.name, kept.config, kept.step]), kept]));
  return { runs: runs.filter((kept) => kept === live || [...last.values()].includes(kept)), live };
}

/** @param {KeptRun[]} runs whether there is more than what a page shows by itself in a moment */
function isWorthIt(runs) {
  const seconds = runs.reduce((sum, { facts }) => sum + facts.elapsed / 1000, 0);
  return runs.length > 1 || seconds >= WORTH_SECONDS;
}

/** @param {object} config @param {object | undefined} other */
function sameSettings(config, other) {
  return JSON.stringify(config) === JSON.stringify(other);
}

/** @param {import('../run.js').Status} status */
function isEnded(status) {
  return status === 'complete' || status === 'diverged' || status === 'stopped';
}

/** What is worth saving at once when it changes. @param {Run} run */
function markOf(run) {
  const isMoving = run.status === 'running';
  return JSON.stringify([run.status, run.name, run.hidden, run.changes.length, isMoving ? null : run.step]);
}

/** @param {number} at @returns {Copy} */
function makeCopy(at) {
  const key = `${at.toString(36)}-${Math.random().toString(36).slice(2)}`;
  const none = { rows: 0, chunks: 0, rowBytes: 0, madeBytes: 0, cost: 0 };
  return { key, at: 0, mark: '', ...none, hasFiles: false, past: null };
}

/** The rows that are not saved yet, in one piece. @param {Run} run @param {Copy} copy @returns {{ from: number, piece: Rows } | null} */
function takeRows(run, copy) {
  const chunks = run.chunks.slice(copy.chunks);
  const rowCount = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
  if (rowCount === 0) return null;
  const joined = new Uint8Array(rowCount * METRICS_BYTES);
  let at = 0;
  for (const { rows, count: taken } of chunks) {
    joined.set(new Uint8Array(rows, 0, taken * METRICS_BYTES), at);
    at += taken * METRICS_BYTES;
  }
  return { from: copy.rows, piece: { rows: joined.buffer, count: rowCount } };
}

/** @param {KeptRun} kept */
function sizeOfSeries({ series }) {
  const levels = Object.values(series ?? {}).flatMap((one) => one.levels);
  return levels.reduce((sum, { low, high }) => sum + low.byteLength + high.byteLength, 0);
}

/** @param {Made | null} made */
function sizeOfMade(made) {
  const files = made?.data?.files.reduce((sum, { blob }) => sum + blob.size, 0) ?? 0;
  return files + (made?.weights?.bytes.byteLength ?? 0);
}
