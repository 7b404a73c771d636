/** One procedure's study as an HTML file that needs nothing else, as a diagnosis is told. */

import { number } from '../../words/numbers.js';
import { sayEffort } from '../procedure/procedure.js';
import { escapeHtml } from './report_chart.js';
import { formatEvidence } from './report_evidence.js';
import { DEFINITIONS, formatList, formatPage, formatTerm } from './report_page.js';

/** @typedef {import('../procedure/standalone.js').Study} Study */

/** What the procedures are called. @type {Record<import('../procedure/standalone.js').ProcedureId, string>} */
export const STUDY_TITLES = {
  probe: 'Early-instability probe',
  warmup: 'Warmup study',
  clip: 'Clip study',
  cyclical: 'Cyclical or fixed rates',
  batch: 'Batch sizes, unfair and fair',
};

/**
 * @param {Study} study
 * @param {import('./report_evidence.js').Curves} curves  by the runs' ids; those that are missing are not drawn
 * @returns {string}  a whole HTML document
 */
export function formatStudyReport(study, curves) {
  const { procedure, says, lr_best, lr_unstable, settings, evidence, skipped, offer } = study;
  return formatPage(`Trainscope: ${STUDY_TITLES[procedure]}`, [
    `<h1>${escapeHtml(STUDY_TITLES[procedure])}</h1>`,
    `<p class="quiet">${escapeHtml(sayEffort(study))}</p>`,
    formatList('ol', says),
    '<dl>',
    ...(lr_best === null ? [] : [formatTerm('best rate, lr*', number(lr_best))]),
    ...(lr_unstable === null ? [] : [formatTerm('unstable rate', number(lr_unstable))]),
    formatTerm('settings examined', settings === '' ? 'all at their defaults' : settings, 'code'),
    ...(offer === null ? [] : [formatTerm(`to go on with: ${offer.label}`, offer.settings, 'code')]),
    '</dl>',
    '<h2>What was found</h2>',
    ...evidence.map((one) => formatEvidence(one, study, curves)),
    ...(skipped.length > 0 ? ['<h2>What was not done</h2>', formatList('ul', skipped)] : []),
    '<h2>How it was decided</h2>',
    formatList('ul', DEFINITIONS),
  ]);
}
