/** From a study to the live view: its settings into the panel, and the training started. */
import { ruleInWords, valueInWords } from '../../engine/words/settings.js';

/** @typedef {import('../state/lab.js').Lab} Lab */

/**
 * Starts a new run on the live view. Earlier runs stay in the table; their curves would only confuse here.
 * @param {Lab} lab @param {import('../../engine/config/config.js').Config} config  not its own to keep @param {number | null} dataId what `dataset=custom` means in it
 * @param {string} words what is said of it in the event log
 * @param {{ paused?: boolean }} [how]  paused: it waits before its first step
 */
export function openInLive(lab, config, dataId, words, how = {}) {
  if (dataId !== null) lab.data.chosenId = dataId;
  // Studies start from random weights.
  lab.weights.choose(null);
  for (const run of lab.runs.list) run.hidden = true;
  lab.draft.take({ ...config, changes: [...config.changes] }, []);
  lab.runs.start(how);
  lab.log.note(lab.active, 'you', words);
  lab.show('live');
}

/** The settings in the panel, briefly: "Fashion-MNIST, Momentum at η 0.02, batch 64, He initialization". @param {Lab} lab */
export function panelInWords(lab) {
  const say = (/** @type {string} */ name) => valueInWords(lab.field(name), lab.draft.settings[name]);
  const data = lab.draft.settings.dataset === 'custom' ? (lab.data.chosen?.name ?? 'your data') : say('dataset');
  return `${data}, ${ruleInWords(lab.draft.settings)} at η ${say('lr')}, batch ${say('batch')}, ${say('steps')} steps`;
}
