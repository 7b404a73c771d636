/** What is found in one run's log: its figures, as `inspect --json` has them, and what sentences are made of besides. */

/**
 * @typedef {import('../../engine.js').Engine} Engine
 * @typedef {import('../../logs/settle.js').LogRun} LogRun
 * @typedef {import('../../logs/log_verdict.js').LogVerdict} LogVerdict
 * @typedef {import('../../logs/log_verdict.js').LogRate} LogRate
 * @typedef {import('../../logs/log_verdict.js').LogNorms} LogNorms
 *
 * @typedef {object} EpisodeInspection
 * @property {number} begin  the last step at which the loss was where it had been before it rose
 * @property {number} peak  the step of the highest loss
 * @property {import('../../config/verdicts.js').Instability} kind
 * @property {number | null} recovered_at
 * @property {number} detected_at
 * @property {number} loss_before
 * @property {number} loss_peak
 * @property {{ step: number, value: number } | null} norm_peak  where the norm is highest, which is often another row
 * @property {number | null} lr  at which it began
 * @property {number | null} lr_peak  at its peak
 *
 * @typedef {object} RunInspection
 * @property {string} name
 * @property {string} source  the format
 * @property {number} steps  the last step that is logged
 * @property {number | null} planned
 * @property {'step' | 'epoch' | 'row'} unit  of the steps
 * @property {Record<string, { name: string, points: number }>} series  by role
 * @property {import('../../config/verdicts.js').Verdict | 'diverged' | null} verdict  null: its losses tell nothing
 * @property {import('../../config/log_verdicts.js').Untold[]} untold  what a verdict rests on and the log cannot show
 * @property {number | null} diverged_at
 * @property {EpisodeInspection[]} episodes
 * @property {number | null} baseline_loss  L₀ as it was judged by
 * @property {{ p50: number | null, p90: number | null, max: number | null, after_clipping: boolean, above_one: number, not_finite: number } | null} norms
 * @property {{ steps: number, share: number | null } | null} warmup
 * @property {string | null} schedule
 * @property {{ step: number, loss: number, last: number } | null} best  last: the last such loss, to compare with
 * @property {number | null} loss_scale  the logged loss is so many times the real one
 * @property {string[]} notes
 * @property {string[]} advice
 * @property {Rehearsal | null} rehearsal
 * @property {RemedyCode | null} code  of an unstable run: what is advised, for its framework
 *
 * @typedef {{ from: number, rows: number, value: number }} Still  from: its first step
 *
 * @typedef {object} Findings  what sentences are made of
 * @property {LogRun} run
 * @property {RunInspection} figures
 * @property {import('../../logs/settle.js').Series | undefined} losses  that are judged
 * @property {LogVerdict | null} loss  of them
 * @property {LogVerdict | null} validation
 * @property {LogRate | null} rate
 * @property {LogNorms | null} norms
 * @property {LogNorms | null} calm  of the norms that a threshold may be read off
 * @property {boolean} isSummary  a row sums up an epoch
 * @property {number} interval  the usual distance between rows, in steps
 * @property {number | null} summed  by how much the training loss is larger than the validation loss, where that is a whole number
 * @property {number | null} given  L₀, as the reader gave it
 * @property {import('./rises.js').Rise[]} rises  of a stable run
 * @property {{ first: number, last: number } | null} level  of a loss that does not fall
 * @property {{ lowest: number, at: number, last: number } | null} climb  of a loss that rises again, if slowly
 * @property {Still | null} still  the loss is one number to the end
 * @property {Still | null} vanished  the norm is 0 to the end
 * @property {number | null} turns  the share of rows in which the loss turns up or down, where that is no chance
 */

/**
 * @typedef {object} Rehearsal
 * @property {Record<string, unknown>} settings  those that differ from the defaults
 * @property {string} command
 * @property {string} link  the part of the page's address behind its name
 * @property {string[]} differs  how it is not the run
 */

/**
 * @typedef {object} RemedyCode
 * @property {string} framework
 * @property {string} label  the framework, in words
 * @property {string} command  that prints it
 * @property {string} link  the settings, as a part of the page's address
 * @property {string} text
 */

export {};
