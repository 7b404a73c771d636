/**
 * A diagnosis as one HTML file that needs nothing else: no scripts, no fonts, nothing from the network. It says what
 * happened with numbers, thresholds and the settings of every run, and draws the curves behind it.
 */

import { FRAMEWORKS, stepsOf } from '../../code/code.js';
import { formatSettings } from '../../config/config_text.js';
import { changeSettings } from '../../config/rules.js';
import { failsQuietly, findingInWords } from '../../config/verdicts.js';
import { number, percent } from '../../words/numbers.js';
import { plural } from '../../words/sentences.js';
import { sayUnstableFrom } from '../../words/unstable_rates.js';
import { headlineOf } from '../procedure/diagnosis_words.js';
import { sayEffort } from '../procedure/procedure.js';
import { escapeHtml } from './report_chart.js';
import { drawLosses, formatEvidence, formatRuns, formatWarmupSearch, nameChanges } from './report_evidence.js';
import { DEFINITIONS, formatList, formatPage, formatTerm } from './report_page.js';

/**
 * @typedef {import('../procedure/diagnose.js').Diagnosis} Diagnosis
 * @typedef {import('../procedure/trainings.js').Run} Run
 * @typedef {import('../procedure/remedies.js').Remedy} Remedy
 * @typedef {import('./report_evidence.js').Curves} Curves
 * @typedef {import('../../config/config.js').Config} Config
 */

/**
 * @param {Diagnosis} diagnosis
 * @param {Curves} curves  by the runs' ids; those that are missing are not drawn
 * @returns {string}  a whole HTML document
 */
export function formatReport(diagnosis, curves) {
  const { verdict, where, lr_best, at_edge, lr_sensitivity, advice, skipped, evidence, remedies, config } = diagnosis;
  const { own, beyond } = headlineOf(diagnosis);
  const fix = diagnosis.yours?.fix;
  const body = [
    `<h1>${escapeHtml(own)}</h1>`,
    ...(beyond === null ? [] : [`<p><b>${escapeHtml(beyond)}</b></p>`]),
    `<p class="quiet">${escapeHtml(sayEffort(diagnosis))}</p>`,
    formatList('ol', advice),
    '<dl>',
    ...(fix ? [formatTerm('fix', formatSettings(fix.changes), 'code')] : []),
    formatTerm('best rate, lr*', number(lr_best)),
    formatTerm('unstable from', sayUnstableFrom(diagnosis)),
    ...(where === null ? [] : [formatTerm('kind of instability', findingInWords(verdict))]),
    formatTerm('at the edge', at_edge ? 'yes' : 'no'),
    formatTerm('LR sensitivity', number(lr_sensitivity)),
    formatTerm('settings examined', diagnosis.settings === '' ? 'all at their defaults' : diagnosis.settings, 'code'),
    '</dl>',
    ...(fix ? [formatCode(changeSettings(config, fix.changes), 'the fix')] : []),
    '<h2>What was found</h2>',
    ...evidence.map((one) => formatEvidence(one, diagnosis, curves)),
    ...(remedies.length > 0 ? formatRemedies(diagnosis, curves) : []),
    ...(skipped.length > 0 ? ['<h2>What was not done</h2>', formatList('ul', skipped)] : []),
    '<h2>How it was decided</h2>',
    formatList('ul', DEFINITIONS),
  ];
  return formatPage(`Trainscope diagnosis: ${own}`, body);
}

// ---- remedies --------------------------------------------------------------------------------------------------------

/** @param {Diagnosis} diagnosis @param {Curves} curves @returns {string[]} */
function formatRemedies({ remedies, lr_treated, untreated, config }, curves) {
  const [unsolved, failed] = failsQuietly(untreated)
    ? ['learns, no better', 'does not learn']
    : ['stable, no better', 'still unstable'];
  const rows = remedies.flatMap((remedy) =>
    remedy.tried.map(
      (variant) =>
        `<tr><td>${escapeHtml(variant.label)}</td><td class="n">${escapeHtml(number(variant.figures.loss))}</td><td class="n">${escapeHtml(percent(variant.clipped_fraction))}</td><td class="${variant.solved ? 'solved' : 'failed'}">${variant.solved ? 'solved' : variant.cured ? unsolved : failed}</td><td><code>${escapeHtml(nameChanges(variant.changes))}</code></td></tr>`,
    ),
  );
  const [first] = remedies;
  return [
    `<h2>${escapeHtml(`Remedies, tried at η ${number(lr_treated)} in the playbook’s order`)}</h2>`,
    `<p>${escapeHtml(`Untreated, the best checkpoint is ${number(first.untreated_best)}, median of the seeds.`)}</p>`,
    `<div class="scroll"><table><thead><tr><th>remedy</th><th class="n">best</th><th class="n">clipped</th><th>outcome</th><th>changes</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    ...remedies.map((remedy) => formatRemedy(remedy, untreated, curves, { ...config, lr: lr_treated ?? config.lr })),
  ];
}

/** @param {Remedy} remedy @param {Run[]} untreated @param {Curves} curves @param {Config} config  untreated */
function formatRemedy(remedy, untreated, curves, config) {
  const runs = remedy.tried.flatMap((variant) => variant.runs);
  const told = remedy.tried.find(({ label }) => label === remedy.label);
  const chosen = told?.runs ?? [];
  return [
    `<h3>${escapeHtml(remedy.label)}</h3>`,
    ...remedy.says.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    drawLosses('Training loss with the remedy', [...untreated.slice(0, 1), ...chosen], curves),
    remedy.search ? formatWarmupSearch(remedy.search) : '',
    told ? formatCode(changeSettings(config, told.changes), 'the remedy') : '',
    `<details><summary>${escapeHtml(plural(runs.length, 'run'))}</summary>${formatRuns(runs)}</details>`,
  ].join('\n');
}

/** Settings as code: update rule, schedule and clipping, behind a click for each framework. @param {Config} config @param {string} what  they are */
function formatCode(config, what) {
  const parts = FRAMEWORKS.map(({ name, label }) => {
    const { text, refused } = stepsOf(name, config);
    const body = text === null ? `<p>${escapeHtml(refused)}</p>` : `<pre><code>${escapeHtml(text)}</code></pre>`;
    return `<details><summary>${escapeHtml(label)}</summary>${body}</details>`;
  });
  return `<details class="code"><summary>${what} as code: update rule, schedule and clipping</summary>${parts.join('')}</details>`;
}
