/** What tells one run from another, in words. */

import { sameValue } from '../../engine/config/config_text.js';
import { count } from '../../engine/words/numbers.js';
import { describeChanges, settingInWords } from '../../engine/words/settings.js';

/** @typedef {import('../state/lab.js').Lab} Lab @typedef {import('../state/run.js').Run} Run @typedef {import('../state/run.js').Change} Change */

/** What distinguishes a run from the baseline, else from its parent or the run before it; '' for the first. @param {Lab} lab @param {Run} run */
export function changesInWords(lab, run) {
  const index = lab.runs.list.indexOf(run);
  const parent = lab.runs.list.find((other) => other.id === run.parentId);
  const before = lab.runs.baseline ?? parent ?? lab.runs.list[index - 1];
  if (!before || before === run) return '';
  const data = lab.data.find(run.dataId)?.name;
  const words = [describeChanges(lab.fields, before.config, run.config, lab.draft.applies)];
  if (data) words[0] = words[0].replace('→ Your data', `→ ${data}`);
  words.push(liveChangesInWords(run, lab.runs.baseline ?? parent));
  const all = words.filter(Boolean).join(', then ');
  return all || (before === parent ? 'the same future again' : 'the same settings again');
}

/**
 * The changes on the running training that another run, its parent, did not have: "η 0.06 at 312".
 * @param {Run} run @param {Run} [parent]
 */
export function liveChangesInWords(run, parent) {
  const own = run.changes.filter((change) => !parent?.changes.some((other) => sameChange(other, change)));
  const said = own.slice(-3).map(({ field, value, step }) => `${settingInWords(field, value)} at ${count(step)}`);
  return (own.length > 3 ? '… ' : '') + said.join(', ');
}

/** @param {Change} a @param {Change} b */
function sameChange(a, b) {
  return a.step === b.step && a.field === b.field && sameValue(a.value, b.value);
}
