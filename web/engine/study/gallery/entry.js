/**
 * What an entry of the gallery is, and what several entries share.
 *
 * An entry is one phenomenon of training: settings to play with, words about them, and an experiment that decides
 * whether the phenomenon is there. The experiment is a set of cells, each trained with several seeds; the judge sees
 * nothing but the trials.
 *
 * @typedef {import('../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../trial/curve.js').CurveDetail} CurveDetail
 * @typedef {import('../range_test.js').RangeReading} RangeReading
 * @typedef {import('../../config/config.js').SomeSettings} Settings
 *
 * @typedef {TrialResult & { range?: RangeReading }} CellTrial  range: in cells that are range tests
 * @typedef {Record<string, CellTrial[]>} Results  the trials of each cell by its id, one per seed; a quick check has the
 *   deciding cells only
 * @typedef {{ passed: boolean, figure: string }} Judgement  figure: the numbers that decided, in a few words
 *
 * @typedef {object} Cell
 * @property {string} id
 * @property {string} label
 * @property {Settings} config  what it adds to the entry's config
 * @property {Settings} [fashion]  over them, where the entry is trained on Fashion-MNIST instead
 * @property {boolean} [range]  an LR range test: its schedule is range_exponential
 * @property {{ cell: string, sets: Wanted, settings: (trial: CellTrial, trials: CellTrial[]) => Settings }} [after]
 *   settings that depend on how another cell's trial of the same seed went, or those of all seeds; sets: which, and between
 *   which numbers a learner who reads them off will find them
 *
 * @typedef {object} TrialFacts  a trial made up for a judge, which looks at little of it (examples.js)
 * @property {number} [loss]  the mean of the last 50 steps; 0.5 by default
 * @property {number} [valLoss]  at the end; the same by default
 * @property {number} [accuracy]  on the validation data at the end; 0.8 by default
 * @property {boolean} [diverged]
 * @property {import('../../config/verdicts.js').Verdict} [verdict]  stable by default
 * @property {number} [clipped_fraction]
 * @property {{ p50: number, p90: number, max: number }} [grad_norm]
 * @property {{ loss?: number[], attention?: number[] }} [curve]
 * @property {{ train_loss: number }[]} [evaluations]
 * @property {{ value: number }[]} [sharpness]
 * @property {{ [name: string]: unknown }} [config]
 * @property {number} [seed]
 * @property {{ suggestion: { steepest: number | null } }} [range]
 *
 * @typedef {TrialFacts | TrialFacts[]} CellExample  of every seed alike, or of one seed each
 *
 * @typedef {object} EntryText
 * @property {string} look  what to look for
 * @property {string} why
 * @property {{ label: string, url?: string }} source
 * @property {string} [quote]  one sentence of the source
 *
 * @typedef {{ from?: number, to?: number }} Between  from a number on, and below another
 * @typedef {Record<string, import('../../config/config.js').SettingValue | Between>} Wanted  settings, or between which
 *   numbers they lie
 *
 * @typedef {object} Done  what ticks a task off
 * @property {'trained' | 'changed' | 'forked' | 'clipped at p90' | 'tested' | 'experimented'} deed  trained: a training
 *   with these settings has ended; changed: they were turned to while it ran; forked: after going back; tested: by a range
 *   test; experimented: all cells were trained to a verdict
 * @property {string} [cell]  whose settings; the first cell's where it is left out
 * @property {Wanted} [with]  over them
 * @property {number} [seeds]  of a range test, at least
 * @property {string} [label]  what it is called, where the cell's name would contradict it
 *
 * @typedef {object} Task  a thing to do
 * @property {string} say
 * @property {Done[]} done  all of which tick it off
 *
 * @typedef {object} Choice  an outcome to choose. What was measured decides which was right: between which numbers it
 *   lies, which of these words it is, or which cell
 * @property {string} says
 * @property {number} [from] @property {number} [to]
 * @property {import('../../config/fate.js').Fate[]} [is]
 * @property {string} [cell]
 *
 * @typedef {object} Prediction  what to choose among before anything is trained
 * @property {string} ask
 * @property {'fate' | 'peak' | 'edge' | 'lowest' | 'highest' | 'ratio' | 'behind' | 'steepest' | 'spread'} measure
 *   of the first cell's training: what became of it, the highest of its first ten losses over the first, its sharpness
 *   times rate at the end; of the choices' cells: which ends lowest or highest; of two cells: the first's end over the
 *   second's, or how far it is below; of range tests: the rate of steepest descent, the largest over the smallest of
 *   several seeds
 * @property {'loss' | 'valLoss' | 'accuracy'} [of]  which end is compared: the mean of the last 50 batch losses, or on
 *   the validation data
 * @property {string[]} [cells]  the two that are compared
 * @property {Wanted} [with] @property {number} [seeds]  of the range test that decides
 * @property {Choice[]} choices
 *
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} title
 * @property {string} section  the theme it belongs to
 * @property {string} line  for a list
 * @property {'glyphs' | 'tokens' | 'fashion-mnist'} needs  the data; glyphs and tokens are generated, Fashion-MNIST must be
 *   there
 * @property {number} minutes  that it takes to predict, do and read
 * @property {EntryText} text
 * @property {Prediction} predict
 * @property {Task[]} tasks  two to four
 * @property {string[]} picture  the cells whose curves stand for it; pictures.js has them
 * @property {Settings} config  what the cells share
 * @property {Settings} [fashion]  over it, where an entry that needs glyphs is trained on Fashion-MNIST instead
 * @property {{ label: string, accuracy: number, loss: number, says: string, cells: string[] }} [published]  what somebody
 *   else reached on Fashion-MNIST: highest validation accuracy and last validation loss; cells: those to hold beside it
 * @property {string} [quiet]  what is said of trainings in which no instability is found, where that is the lesson's point
 * @property {Cell[]} cells  the first one is the one to start with
 * @property {number} seeds  1, 2, …, this many
 * @property {'accuracy' | 'attention'} [beside]  what to look at beside the loss, where it is not the gradient norm or the rate
 * @property {CurveDetail} record  what the judge needs of each curve
 * @property {string} criterion  the judge's rule as a sentence
 * @property {(results: Results) => Judgement} judge
 * @property {{ shown: Record<string, CellExample>, not: Record<string, CellExample>[] }} examples  results that the judge
 *   must accept, of the deciding cells; and changes to them with each of which it must refuse
 * @property {{ cells?: string[], seeds: number, config?: Settings, changes?: Record<string, Settings> }} quick  the
 *   deciding cells, all where they are left out; config: over the entry's, where fewer steps decide as well; changes: over
 *   that of a cell which has steps of its own
 * @property {string} measured  what this build measured, seed by seed or lowest … highest
 */

/** The playbook that the gallery illustrates. */
export const PLAYBOOK = {
  label: 'Deep Learning Tuning Playbook, FAQ',
  url: 'https://developers.google.com/machine-learning/guides/deep-learning-tuning-playbook/faq',
};

/** The article about the learning-rate finder. */
export const ARTICLE = {
  label: 'Finding good learning rate for your neural nets using PyTorch Lightning (mtszkw, 2020)',
  url: 'https://mtszkw.github.io',
};

export { MLP, SMALL_GLYPHS } from './starts.js';

/** The gain that turns he's variance 2/fan_in into 1/fan_in. */
const LECUN = 'gain=0.7071';

/** Twenty blocks of two linear layers, in a residual stream of width 64 that is arranged in various ways. */
export const DEEP = {
  plain: '(linear(64) relu)*40',
  bare: `linear(64, ${LECUN})\nresidual(linear(64) relu linear(64, ${LECUN}))*20`,
  normAfter: `linear(64, ${LECUN})\n(residual(linear(64) relu linear(64, ${LECUN})) layernorm)*20`,
  normLast: `linear(64, ${LECUN})\nresidual(linear(64) relu linear(64, ${LECUN}) layernorm)*20\nlayernorm`,
  normFirst: `linear(64, ${LECUN})\nresidual(layernorm linear(64) relu linear(64, ${LECUN}))*20\nlayernorm`,
  rezero: `linear(64, ${LECUN})\nrezero(linear(64) relu linear(64, ${LECUN}))*20`,
};

const BLOCK = 'residual(relu conv(8,3,pad=1) relu conv(8,3,pad=1) batchnorm)';
const STRIDED_BLOCK = 'residual(relu conv(8,3,stride=2,pad=1) relu conv(8,3,pad=1) batchnorm)';

/** A small residual network whose first block halves the image, and the same without this one stride. */
export const STRIDED = `conv(8,3,stride=2,pad=1)\n${STRIDED_BLOCK} ${BLOCK}*3\nrelu`;
export const UNSTRIDED = `conv(8,3,stride=2,pad=1)\n${BLOCK}*4\nrelu`;
