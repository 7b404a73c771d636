/** The page's links: what an address that is opened asks for, and the address of what is on the page. */

import { configFromSearch, configToFlags, configToSearch, quoteForShell } from '../../engine/config/config_text.js';
import { readingToFlags, readingToParts } from '../../engine/config/reading_text.js';
import { promiseDigest, splitAddress } from './address.js';

/**
 * @typedef {import('./run.js').Run} Run
 *
 * @typedef {object} Lab  what they ask of the lab
 * @property {import('./draft.js').Draft} draft
 * @property {import('./data_sets.js').DataSets} data
 * @property {import('./start_weights.js').StartWeights} weights
 * @property {Run | null} active
 * @property {Run | null} focus
 * @property {() => void} touch
 */

export class Links {
  /** What the link that was opened says will come out of its settings. @type {{ settings: string, digest: string } | null} */
  promise = null;
  /** The address, as it would be written, of what the page was opened with; null before it is open. @type {string | null} */
  opened = null;
  /** Whether the page was opened without asking for anything. */
  isBare = false;
  /** The id of the lesson that the address names: it stands beside the live view. @type {string | null} */
  lesson = null;
  /** Whether the address named a lesson and nothing else. */
  isLessonAlone = false;

  #lab;

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
  }

  /**
   * Opens the page: settings from the address, or those of a preset where the address has none.
   * @param {string} search  the address's query
   * @param {import('../../engine/config/config.js').SomeSettings} otherwise  for a bare address
   * @param {import('./server_data.js').Offered[]} offered  the server's own data; Fashion-MNIST is what a bare address
   *   trains on where it is there
   */
  async open(search, otherwise, offered = []) {
    const { draft, data } = this.#lab;
    data.offered = offered;
    const { slug, digest, lesson, reading, rest } = splitAddress(search);
    data.wanted = reading;
    this.lesson = lesson;
    const { config, problems } = configFromSearch(rest);
    const isAlone = !rest && slug === null && digest === null;
    this.isLessonAlone = isAlone && lesson !== null;
    const isBare = isAlone && lesson === null;
    this.isBare = isBare;
    // What the address names besides settings was judged before.
    draft.take({ ...config, ...(isBare ? otherwise : {}) }, [...draft.problems, ...problems]);
    // Where a part was lost, other bits are no wonder.
    if (digest !== null && problems.length === 0) this.promise = { settings: configToSearch(draft.settings), digest };
    const wanted = slug ?? (isBare ? 'fashion-mnist' : null);
    const set = offered.find((other) => other.name === wanted);
    if (set) await data.loadOffered(set, { quiet: true });
    else if (slug !== null) {
      draft.report({
        field: 'dataset',
        message: `This link trains on the data set “${slug.slice(0, 40)}”, which this server does not have. Drop its files on the page.`,
      });
    }
    this.opened = this.permalink();
    draft.requestPreview();
    this.#lab.touch();
  }

  /** The address of what is in focus, or of the panel where it was edited since. @param {Run | null} [run] */
  permalink(run) {
    const { draft, active, data } = this.#lab;
    const isEdited = draft.pending.length > 0 || !active;
    const config = run ? run.config : isEdited ? draft.settings : active.config;
    const query = configToSearch(config).replace(/^\?/, '');
    const own = config.dataset === 'custom' ? data.find(run?.dataId ?? data.chosenId) : null;
    const named = own?.slug ? [`data=${encodeURIComponent(own.slug)}`] : [];
    if (this.lesson !== null) named.unshift(`lesson=${this.lesson}`);
    const all = [...named, ...(own ? readingToParts(own.reading) : []), query].filter(Boolean);
    // A bare address is an invitation, which opens with settings of its own.
    return `?${all.join('&') || `dataset=${config.dataset}`}`;
  }

  /** The address to give away: of a run that has ended, it promises the bits. */
  get link() {
    const { focus: run } = this.#lab;
    const address = this.permalink(run);
    const hasEnded = run?.end && (run.status === 'complete' || run.status === 'diverged');
    // What started from a file's weights does not come out of its settings.
    return hasEnded && !run.weights ? `${address}&${promiseDigest(run.end?.digest ?? '')}` : address;
  }

  /** Names of the files that whoever opens the link must have; the server's own data comes by itself. @returns {string[]} */
  get wants() {
    const { focus: run, draft, data, weights } = this.#lab;
    const start = run ? run.weights : weights.chosen;
    const names = start ? [start.name] : [];
    if ((run?.config ?? draft.settings).dataset !== 'custom') return names;
    const own = data.find(run?.dataId ?? data.chosenId);
    return !own || own.slug ? names : [...own.files.map(({ name }) => name), ...names];
  }

  /** What trains a run again, headless, to the same bits. @param {Run} run */
  commandOf(run) {
    const data = run.config.dataset === 'custom' ? dataFlags(this.#lab.data.find(run.dataId)) : '';
    const weights = run.weights ? `--weights ${quoteForShell(run.weights.name)}` : '';
    return ['trainscope train', data, weights, configToFlags(run.config)].filter(Boolean).join(' ');
  }
}

/** What reads the same data on the command line. @param {import('./data_sets.js').LoadedData | null} data */
function dataFlags(data) {
  const alone = data?.columns && data.files.length === 1 ? quoteForShell(data.files[0].name) : 'FOLDER';
  const path = data?.slug ? `data/${data.slug}` : alone;
  return [`--data ${path}`, data ? readingToFlags(data.reading) : ''].filter(Boolean).join(' ');
}
