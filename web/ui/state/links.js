/** The page's links: what an address that is opened asks for, and the address of what is on the page. */

import { configToSearch, flagOf, judgeSearch, listFlags, quoteForShell } from '../../engine/config/config_text.js';
import { joinFlags } from '../../engine/config/flag_text.js';
import { unknownName } from '../../engine/config/names.js';
import { listReadingFlags, readingToParts } from '../../engine/config/reading_text.js';
import { FIELD_BY_NAME } from '../../engine/config/schema.js';
import { capitalize } from '../../engine/words/sentences.js';
import { valueInWords } from '../../engine/words/settings.js';
import { promiseDigest, splitAddress } from './address.js';
import { settingsOfPreset } from './preset.js';

/**
 * @typedef {import('./run.js').Run} Run
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../engine/config/config.js').Problem} Problem
 * @typedef {import('./preset.js').Preset} Preset
 *
 * @typedef {object} Lab  what they ask of the lab
 * @property {import('./draft.js').Draft} draft
 * @property {import('./data_sets.js').DataSets} data
 * @property {import('./start_weights.js').StartWeights} weights
 * @property {Run | null} active
 * @property {Run | null} focus
 * @property {Preset[]} presets
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
  /** The preset for a bare address. @type {Preset | null} */
  #otherwise = null;

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
  }

  /**
   * Opens the page: settings from the address; where nothing of it is a setting, those of the preset that it names, or of
   * the one for a bare address.
   * @param {string} search  the address's query
   * @param {Preset} otherwise  the preset for a bare address
   * @param {import('./server_data.js').Offered[]} offered  the server's own data; Fashion-MNIST is what a bare address
   *   trains on where it is there
   */
  async open(search, otherwise, offered = []) {
    const { draft, data, presets } = this.#lab;
    this.#otherwise = otherwise;
    data.offered = offered;
    const link = readLink(search, presets);
    const { slug, digest, version, lesson, isAlone } = link;
    data.wanted = link.reading;
    this.lesson = lesson;
    this.isLessonAlone = isAlone && lesson !== null;
    const isBare = isAlone && lesson === null && link.began === null;
    this.isBare = isBare;
    const config = isBare ? settingsOfPreset(otherwise) : link.config;
    // What the address names besides settings was judged before.
    draft.take(config, [...draft.problems, ...sayInstead(link, this.isLessonAlone ? null : config)]);
    draft.preset = isBare ? otherwise.id : link.preset;
    // Where a part was lost, other bits are no wonder.
    if (digest !== null && link.problems.length === 0) {
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

  /** Opens what a bare address does, where what the address names is not there. */
  openBare() {
    const { draft } = this.#lab;
    if (!this.#otherwise) return;
    draft.take(settingsOfPreset(this.#otherwise));
    draft.preset = this.#otherwise.id;
    this.isBare = true;
    this.opened = this.permalink();
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

/**
 * What a link asks for: what it names, its settings or, where it has none, those of the preset that it names, and what is
 * wrong with it.
 *
 * @param {string} search @param {Preset[]} presets
 */
export function readLink(search, presets) {
  const named = splitAddress(search);
  const { slug, digest, preset, lesson } = named;
  const { config, counts, problems, refused } = judgeSearch(named.rest);
  const known = presets.find(({ id }) => id === preset) ?? null;
  const isAlone = counts.length === 0 && slug === null && digest === null;
  // Whatever was changed of it since, a link to a run says its settings itself.
  const began = isAlone && lesson === null ? known : null;
  const wrong = [...named.problems, ...problems];
  if (preset !== null && !known) {
    const names = presets.map(({ id }) => id);
    wrong.push({ field: null, message: `There is no preset ${unknownName(preset, names)} It is left out.` });
  }
  return {
    ...named,
    config: began ? settingsOfPreset(began) : config,
    /** What the settings are because of the preset, which is all that there is. */
    began,
    /** Whether no part of it is a setting, data, or bits to come out. */
    isAlone,
    problems: wrong,
    refused,
  };
}

/**
 * What is wrong with a link, and what counts instead of each part that was refused.
 * @param {ReturnType<typeof readLink>} link @param {Config | null} config  that is trained with; null where a lesson
 *   has its own
 * @returns {Problem[]}
 */
function sayInstead({ problems, refused }, config) {
  return problems.map((problem) => {
    if (!refused.includes(problem)) return problem;
    const field = FIELD_BY_NAME.get(problem.field ?? '');
    const value = field && (config ? capitalize(valueInWords(field, config[field.name])) : 'The lesson’s own');
    const instead = value ? `${value} is used instead.` : 'It is left out.';
    return { ...problem, message: `${problem.message} ${instead}` };
  });
}

/** What reads the same data on the command line. @param {import('./data_sets.js').LoadedData | null} data @returns {string[]} */
export function dataFlags(data) {
  const alone = data?.columns && data.files.length === 1 ? quoteForShell(data.files[0].name) : 'FOLDER';
  const path = data?.slug ? quoteForShell(`data/${data.slug}`) : alone;
  return [`--data ${path}`, ...(data ? listReadingFlags(data.reading) : [])];
}
