/** What studies found, for a reader: the same facts as --json, in a few lines. */

import { formatSettings } from '../../engine/config/config_text.js';
import { failsQuietly, findingInShort } from '../../engine/config/verdicts.js';
import { sayCompared } from '../../engine/study/procedure/compared.js';
import { sayEffort } from '../../engine/study/procedure/procedure.js';
import { STUDY_TITLES } from '../../engine/study/report/study_report.js';
import { number } from '../../engine/words/numbers.js';
import { sayUnstableFrom } from '../../engine/words/unstable_rates.js';
import { exact, row } from '../report.js';

/** @param {import('../../engine/study/procedure/diagnose.js').Diagnosis} diagnosis */
export function formatDiagnosis(diagnosis) {
  const { verdict, yours, lr_best, at_edge, lr_sensitivity, evidence, remedies, untreated, advice, skipped } =
    diagnosis;
  // An interrupted sweep tells nothing of the rates.
  const isSwept = evidence.some(({ kind }) => kind === 'sweep');
  const known = (/** @type {string} */ text) => (isSwept ? text : 'not known');
  return [
    row('verdict', yours ? yours.state : verdict),
    ...(yours?.fix ? [row('fix', formatSettings(yours.fix.changes))] : []),
    row('instability', findingInShort(verdict, { isQuiet: failsQuietly(untreated) })),
    row('lr*', known(lr_best === null ? 'none' : exact(lr_best))),
    row('unstable from', known(sayUnstableFrom(diagnosis, exact))),
    row('at the edge', known(at_edge ? 'yes' : 'no')),
    ...(lr_sensitivity === null ? [] : [row('LR sensitivity', number(lr_sensitivity))]),
    row('effort', sayEffort(diagnosis)),
    ...section('Advice', advice),
    ...evidence.flatMap(({ title, says }) => section(title, says)),
    ...remedies.flatMap(({ label, solved, says }) => section(`${label}: ${solved ? 'solved' : 'not solved'}`, says)),
    ...section('Not done', skipped),
  ].join('\n');
}

/** @param {import('../../engine/study/procedure/standalone.js').Study} study */
export function formatStudy(study) {
  const { procedure, says, lr_best, lr_unstable, lr_sensitivity, evidence, skipped, offer } = study;
  return [
    STUDY_TITLES[procedure],
    ...says.map((sentence) => `  ${sentence}`),
    '',
    ...(lr_best === null ? [] : [row('lr*', exact(lr_best))]),
    ...(lr_unstable === null ? [] : [row('unstable rate', exact(lr_unstable))]),
    ...(lr_sensitivity === null ? [] : [row('LR sensitivity', number(lr_sensitivity))]),
    row('effort', sayEffort(study)),
    ...(offer === null ? [] : [row('to go on with', `${offer.label}: ${offer.settings}`)]),
    ...evidence.flatMap((one) =>
      section(one.title, [...(one.compared ?? []).map(sayCompared), ...one.says, ...formatThresholds(one)]),
    ),
    ...section('Not done', skipped),
  ].join('\n');
}

/** What evidence was held against. @param {import('../../engine/study/procedure/procedure.js').Evidence} evidence */
function formatThresholds({ thresholds }) {
  const limits = Object.entries(thresholds).map(([name, value]) => `${name.replaceAll('_', ' ')} ${exact(value)}`);
  return limits.length === 0 ? [] : [`Thresholds: ${limits.join(', ')}.`];
}

/** A titled part; nothing where it has no lines. @param {string} title @param {string[]} lines */
function section(title, lines) {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
