/** The user's own settings as a diagnosis tells them: how they fare, what is wrong with them, and what to set instead. */

import { configToSearch } from '../../../config/config_text.js';
import { changesBetween } from '../trainings.js';
import { judgeOwn, scoreOf } from './own_verdict.js';
import { sayState, sayYours } from './yours_words.js';

/**
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('./counterfactuals.js').Found} Found
 * @typedef {import('../../judge/causes.js').CauseId} CauseId
 * @typedef {import('../../judge/causes.js').OwnVerdict} OwnVerdict
 * @typedef {import('../../../config/config.js').SomeSettings} SomeSettings
 * @typedef {{ loss: number, accuracy: number | null }} Score
 *
 * @typedef {object} Yours  the user's own settings
 * @property {OwnVerdict} verdict
 * @property {Score | null} val  at the end, median of the seeds; null without validation data
 * @property {CauseId[]} causes  the most important first
 * @property {{ changes: SomeSettings, val: Score | null, settings: string } | null} fix  settings: as a permalink has them
 * @property {string} state  verdict and first cause in a few words
 * @property {string[]} says
 */

/** @param {Found} found @param {Point} baseline @returns {Yours} */
export function describeYours(found, baseline) {
  const { causes, fix } = found;
  const verdict = judgeOwn(baseline, causes, fix);
  return {
    verdict,
    val: scoreOf(baseline),
    causes,
    fix: fix && {
      changes: changesBetween(baseline.config, fix.config),
      val: scoreOf(fix),
      settings: configToSearch(fix.config),
    },
    state: sayState(verdict, causes, baseline),
    says: sayYours(found, baseline, verdict),
  };
}
