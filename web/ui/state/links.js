/** The page's links: what an address that is opened asks for, and the address of what is on the page. */

import { configFromSearch, configToSearch, flagOf, listFlags, quoteForShell } from '../../engine/config/config_text.js';
import { joinFlags } from '../../engine/config/flag_text.js';
import { listReadingFlags, readingToParts } from '../../engine/config/reading_text.js';
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
  /** What the link that was opened says will come out of its settings, and which version said so, where it tells.
   * @type {{ settings: string, digest: string, version: string | null } | null} */
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
   * @param {{ id: string, config: import('../../engine/config/config.js').SomeSettings }} otherwise  the preset for a bare address
   * @param {import('./server_data.js').Offered[]} offered  the server's own data; Fashion-MNIST is what a bare address
   *   trains on where it is there
   */
  async open(search, otherwise, offered = []) {
    const { draft, data } = this.#lab;
    data.offered = offered;
    const { slug, digest, version, preset, lesson, reading, rest } = splitAddress(search);
    data.wanted = reading;
    this.lesson = lesson;
    const { config, problems } = configFromSearch(rest);
    const isAlone = !rest && slug === null && digest === null;
    this.isLessonAlone = isAlone && lesson !== null;
    const isBare = isAlone && lesson === null;
    this.isBare = isBare;
    // What the address names besides settings was judged before.
    draft.take({ ...config, ...(isBare ? otherwise.config : {}) }, [...draft.problems, ...problems]);
    draft.preset = isBare ? otherwise.id : preset;
    // Where a part was lost, other bits are no wonder.
    if (digest !== null && problems.length === 0) {
      this.promise = { settings: configToSearch(draft.settings), digest, version };
    }
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
    const { draft, data } = this.#lab;
    const { config } = run ?? this.#shown ?? { config: draft.settings };
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
    const { focus: run, draft } = this.#lab;
    const preset = run ? run.preset : draft.preset;
    const address = `${this.permalink(run)}${preset === null ? '' : `&preset=${preset}`}`;
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
    return ['trainscope train', ...this.#flagsOf(run)].join(' ');
  }

  /** The experiment on the page as that command, a flag a line: of the run, or of the panel where it was edited since. */
  get experiment() {
    const flags = this.#flagsOf(this.#shown);
    // What is learned stands there by name, the default or not.
    const data = flagOf('dataset');
    const isNamed = flags.some((flag) => flag.startsWith(`${data} `));
    return joinFlags(isNamed ? flags : [`${data} ${this.#lab.draft.settings.dataset}`, ...flags]);
  }

  /** What the address is about: the run on screen; null where the panel was edited since. */
  get #shown() {
    const { draft, active } = this.#lab;
    return draft.pending.length > 0 ? null : active;
  }

  /** What is trained, as flags: by a run, or with what the panel holds. @param {Run | null} run */
  #flagsOf(run) {
    const { draft, data, weights } = this.#lab;
    const config = run?.config ?? draft.settings;
    const start = run ? run.weights : weights.chosen;
    const own = config.dataset === 'custom' ? data.find(run ? run.dataId : data.chosenId) : null;
    return [
      ...(config.dataset === 'custom' ? dataFlags(own) : []),
      ...(start ? [`--weights ${quoteForShell(start.name)}`] : []),
      ...listFlags(config),
    ];
  }
}

/** What reads the same data on the command line. @param {import('./data_sets.js').LoadedData | null} data @returns {string[]} */
export function dataFlags(data) {
  const alone = data?.columns && data.files.length === 1 ? quoteForShell(data.files[0].name) : 'FOLDER';
  const path = data?.slug ? quoteForShell(`data/${data.slug}`) : alone;
  return [`--data ${path}`, ...(data ? listReadingFlags(data.reading) : [])];
}
