/** An experiment as text onto the page: judged to its last line first, so that what is wrong changes nothing. */

import { quoteForShell } from '../../engine/config/config_text.js';
import { readExperiment } from '../../engine/config/flag_text.js';
import { shorten } from '../../engine/config/names.js';
import { readingToParts } from '../../engine/config/reading_text.js';
import { dataFlags, readLink } from '../state/links.js';

/**
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../../engine/config/flag_text.js').Experiment} Experiment
 * @typedef {import('../state/data_sets.js').LoadedData} LoadedData
 * @typedef {{ line: number, message: string }} Fault
 */

/** A link, or only its settings: "?lr=0.1&steps=50", or one setting with an = and without a dash. */
const LINK = /^\s*(?:\w+:\/\/\S+|\?\S*|\w+=\S*)\s*$/;

/**
 * Trains what a text says, in a new run. Null where it does; else what is wrong, and nothing has changed.
 *
 * @param {Lab} lab
 * @param {string} text  a command, or a link to a run
 * @returns {Promise<Fault | null>}
 */
export async function applyText(lab, text) {
  const { draft, data, weights, runs } = lab;
  const asked = LINK.test(text) ? experimentOf(lab, text.trim()) : readExperiment(text);
  const before = { settings: draft.settings, recording: draft.recording, dataId: data.chosenId };
  const fault = asked.problems[0] ?? (await findFault(lab, asked));
  if (fault) {
    data.chosenId = before.dataId;
    draft.take(before.settings, draft.problems, before.recording);
    return { line: fault.line, message: fault.message };
  }
  if (asked.weights === null) weights.choose(null);
  const own = asked.config.dataset === 'custom' ? data.chosen : null;
  if (own) draft.useData(own);
  draft.take(asked.config, []);
  runs.start();
  return null;
}

/**
 * What the page lacks for an experiment, or the engine has against it.
 *
 * @param {Lab} lab @param {Experiment} asked @returns {Promise<Fault | null>}
 */
async function findFault(lab, asked) {
  const { config, lines } = asked;
  const lineOf = (/** @type {string | null} */ name) => lines.get(name ?? '') ?? 1;
  if (asked.weights !== null && asked.weights !== lab.weights.chosen?.name) {
    const message = `The weights “${shorten(asked.weights)}” are not on this page: choose their file below the model, then apply this again.`;
    return { line: lineOf('weights'), message };
  }
  if (config.dataset === 'custom') {
    const message = await findData(lab, asked);
    if (message) return { line: lineOf(asked.data === null ? 'dataset' : 'data'), message };
  }
  const { problem } = await lab.draft.judge(config);
  return problem && { line: lineOf(problem.field), message: problem.message };
}

/** @param {Lab} lab @param {string} link @returns {Experiment} */
function experimentOf({ presets }, link) {
  const query = link.replace(/^[^?]*\?/, '').replace(/#.*$/s, '');
  const { slug, reading, config, problems } = readLink(query, presets);
  return {
    config: slug === null ? config : { ...config, dataset: 'custom' },
    reading,
    data: slug === null ? null : `data/${slug}`,
    weights: null,
    lines: new Map(),
    problems: problems.map((problem) => ({ ...problem, line: 1 })),
  };
}

/**
 * Chooses the data that a text means, of what the page has or its server offers.
 *
 * @param {Lab} lab @param {Experiment} asked
 * @returns {Promise<string | null>}  what is missing
 */
async function findData({ data }, { data: path, reading }) {
  const wanted = readingToParts(reading).join('&');
  const isMeant = (/** @type {LoadedData} */ own) =>
    path === null || dataFlags(own)[0] === `--data ${quoteForShell(path)}`;
  const loaded = [...(data.chosen ? [data.chosen] : []), ...data.loaded].filter(isMeant);
  const ready = loaded.find((own) => path === null || readingToParts(own.reading).join('&') === wanted);
  if (ready) {
    data.chosenId = ready.id;
    return null;
  }
  if (loaded.length > 0) return 'These data are on this page, but read otherwise: change that at “Data set”.';
  const set = data.offered.find(({ name }) => path === `data/${name}`);
  const named = path === null ? '' : ` “${shorten(path)}”`;
  if (!set) return `The data${named} are not on this page: drop their files on it, then apply this again.`;
  await data.loadOffered(set, { quiet: true });
  return data.chosen?.slug === set.name ? null : `The server’s data${named} could not be loaded.`;
}
