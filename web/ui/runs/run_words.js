/** What tells one run from another, in words. */

import { sameValue } from '../../engine/config/config_text.js';
import { count } from '../../engine/words/numbers.js';
import { describeChanges, settingInWords } from '../../engine/words/settings.js';

/** @typedef {import('../state/lab.js').Lab} Lab @typedef {import('../state/run.js').Run} Run @typedef {import('../state/run.js').Change} Change */

/** Of a run's live changes so many are said, the last ones. */
const SAID_MAX = 3;

/** What distinguishes a run from the baseline, else from its parent or the run before it; '' for the first. @param {Lab} lab @param {Run} run */
export function changesInWords(lab, run) {
  const index = lab.runs.list.indexOf(run);
  const parent = lab.runs.list.find((other) => other.id === run.parentId);
  const before = lab.runs.baseline ?? parent ?? lab.runs.list[index - 1];
  if (!before || before === run) return '';
  const words = [describeChanges(lab.fields, before.config, run.config, lab.draft.applies)];
  if (run.weights !== before.weights) words.push(run.weights ? `from ${run.weights.name}` : 'from random weights');
  const data = lab.data.find(run.dataId);
  if (data) words[0] = words[0].replace('→ Your data', `→ ${data.name}`);
  words.unshift(dataInWords(lab.data.find(before.dataId), data));
  words.push(liveChangesInWords(run, lab.runs.baseline ?? parent));
  const all = words.filter(Boolean).join(', then ');
  return all || (before === parent ? 'the same future again' : 'the same settings again');
}

/** @typedef {import('../state/data_sets.js').LoadedData} LoadedData */

/** What of one's own data another run learned: other files, another column of them, or the same files read otherwise. @param {LoadedData | null} before @param {LoadedData | null} now */
function dataInWords(before, now) {
  if (!before || !now || before.id === now.id) return '';
  if (before.name !== now.name) return `data ${now.name}`;
  return before.target === now.target ? 'the data read in another way' : `target ${now.target}`;
}

/**
 * The changes on the running training that another run, its parent, did not have: "η 0.06 at 312".
 * @param {Run} run @param {Run} [parent]
 */
export function liveChangesInWords(run, parent) {
  const own = lastOwn(run.changes, parent?.changes ?? [], SAID_MAX + 1);
  const said = own
    .slice(-SAID_MAX)
    .map(({ field, value, step }) => `${settingInWords(field, value)} at ${count(step)}`);
  return (own.length > SAID_MAX ? '… ' : '') + said.join(', ');
}

/**
 * The last changes of a list that another one does not have. Both are in the order of their steps and may be long.
 * @param {Change[]} changes @param {Change[]} others @param {number} most
 */
function lastOwn(changes, others, most) {
  /** @type {Change[]} */
  const own = [];
  let end = others.length;
  for (let i = changes.length - 1; i >= 0 && own.length < most; i--) {
    const { step, field, value } = changes[i];
    while (end > 0 && others[end - 1].step > step) end--;
    let isShared = false;
    for (let k = end - 1; k >= 0 && others[k].step === step && !isShared; k--) {
      isShared = others[k].field === field && sameValue(others[k].value, value);
    }
    if (!isShared) own.unshift(changes[i]);
  }
  return own;
}
