/**
 * The data sets at hand besides the generated ones: read from files, or fetched from the page's server. The lab's
 * setting `dataset=custom` means the chosen one of them.
 *
 * @typedef {{ id: number, name: string, shape: number[], classes: number, classNames: string[] | null, trainCount: number,
 *             valCount: number, slug: string | null, files: import('../../worker/protocol.js').DataFile[],
 *             target: string | null, columns?: string[], notes: string[], reading: Reading, isOutdated: boolean }} LoadedData
 *   slug: the server's name of the set; files: what it was read from, so that other workers can read it too; columns: of a
 *   table; isOutdated: whether the same files have been read in another way since, and only earlier runs know this one
 * @typedef {import('../../engine/config/reading_fields.js').Reading} Reading
 *
 * @typedef {object} Lab  what it asks of the lab
 * @property {{ settings: import('../../engine/config/config.js').Config, set: (name: string, value: string) => void,
 *   useData: (data: LoadedData) => void, requestPreview: () => void,
 *   report: (problem: import('../../engine/config/config.js').Problem) => void }} draft
 * @property {{ start: () => void }} runs
 * @property {{ loaded?: (data: LoadedData) => void }} narrator
 * @property {() => void} touch
 */

import { dataFactsOf } from '../../engine/config/data_facts.js';
import { defaultReading } from '../../engine/config/reading_fields.js';
import { taskOf } from '../../engine/config/rules.js';
import { plural } from '../../engine/words/sentences.js';
import { pathOf } from './dropped_files.js';
import { fetchServerData, knownFacts } from './server_data.js';

export class DataSets {
  /** @type {LoadedData[]} */
  loaded = [];
  /** What the page's server offers. @type {import('./server_data.js').Offered[]} */
  offered = [];
  /** @type {number | null} */
  chosenId = null;
  /** What is being read, or ''. */
  loading = '';
  /** What the link that was opened asks of the files that it is about. @type {Reading | null} */
  wanted = null;

  #lab;
  #client;

  /** @param {Lab} lab @param {Pick<import('../../worker/client.js').WorkerClient, 'loadData'>} client */
  constructor(lab, client) {
    this.#lab = lab;
    this.#client = client;
  }

  get chosen() {
    return this.find(this.chosenId);
  }

  /** @param {number | null} id */
  find(id) {
    return this.loaded.find((data) => data.id === id) ?? null;
  }

  /** Those that can be chosen. */
  get shown() {
    return this.loaded.filter((data) => !data.isOutdated);
  }

  /** Whether a config trains on tokens. @param {{ dataset: string }} config */
  isTokens(config) {
    // A text has no shape before a window of it is taken.
    return !!taskOf(config.dataset) || (config.dataset === 'custom' && this.chosen?.shape.length === 0);
  }

  /** Whether a config trains on images. @param {{ dataset: string }} config */
  isImage(config) {
    if (config.dataset === 'custom') return (this.chosen?.shape.length ?? 3) === 3;
    return config.dataset === 'glyphs';
  }

  /** What is known of a config's data beside its settings. @param {{ dataset?: unknown }} config */
  factsOf({ dataset }) {
    const data = dataset === 'custom' && this.chosen;
    return data ? dataFactsOf(data.shape, data.classes) : {};
  }

  /** What a run's classes are called, where they have names. @param {import('./run.js').Run} run */
  classNamesOf(run) {
    return this.find(run.dataId)?.classNames ?? null;
  }

  /**
   * Reads dropped or chosen files and trains on them.
   * @param {(File | import('../../worker/protocol.js').DataFile)[]} files  of the page, or as they were read before
   * @param {{ slug?: string | null, name?: string, classNames?: string[] | null, quiet?: boolean, reading?: Reading }} [how]
   */
  async load(
    files,
    { slug = null, name = '', classNames = null, quiet = false, reading = this.wanted ?? defaultReading() } = {},
  ) {
    const lab = this.#lab;
    if (!files.length) return false;
    this.loading = files.length === 1 ? files[0].name : plural(files.length, 'file');
    lab.touch();
    const blobs = files.map((file) =>
      'blob' in file ? { ...file, reading } : { name: pathOf(file), blob: file, reading },
    );
    try {
      const { dataId, ...loaded } = await this.#client.loadData(blobs, lab.draft.settings);
      const data = {
        ...loaded,
        id: dataId,
        slug,
        name: name || loaded.name,
        classNames: loaded.classNames ?? classNames,
        files: blobs,
        reading,
        isOutdated: false,
      };
      this.loaded = [...this.loaded, data];
      this.chosenId = dataId;
      lab.draft.useData(data);
      this.wanted = null;
      if (!quiet) {
        lab.narrator.loaded?.(data);
        lab.runs.start();
      }
      lab.draft.requestPreview();
      return true;
    } catch (error) {
      lab.draft.report({ field: 'dataset', message: /** @type {Error} */ (error).message });
      return false;
    } finally {
      this.loading = '';
      lab.touch();
    }
  }

  /** Reads a data set's files in another way, and trains on that. @param {LoadedData} data @param {Reading} reading */
  async readAgain(data, reading) {
    const { files, slug, name, classNames, columns } = data;
    const known = columns ? null : classNames;
    const isRead = await this.load(files, { slug, name, classNames: known, reading });
    if (isRead)
      this.loaded = this.loaded.map((other) => (other.id === data.id ? { ...other, isOutdated: true } : other));
    this.#lab.touch();
  }

  /** Loads what the server offers. @param {import('./server_data.js').Offered} set @param {{ quiet?: boolean }} [how] */
  async loadOffered(set, { quiet = false } = {}) {
    const lab = this.#lab;
    const known = this.loaded.find((data) => data.slug === set.name);
    if (known) return this.choose(known.id);
    const { title, classNames } = knownFacts(set);
    this.loading = title;
    lab.touch();
    try {
      const files = await fetchServerData(set);
      await this.load(files, { slug: set.name, name: title, classNames, quiet: true });
      if (!quiet) lab.draft.requestPreview();
    } catch (error) {
      this.loading = '';
      lab.draft.report({ field: 'dataset', message: /** @type {Error} */ (error).message });
    }
  }

  /** @param {number} id */
  choose(id) {
    this.chosenId = id;
    this.#lab.draft.set('dataset', 'custom');
    const data = this.find(id);
    if (data) this.#lab.draft.useData(data);
  }
}
