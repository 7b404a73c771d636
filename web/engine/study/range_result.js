/**
 * What an LR range test finds, and what trying its suggestions adds: the shapes that its parts hand around.
 *
 * @typedef {'completed' | 'diverged' | 'non-finite' | 'too-few-points'} RangeStop
 *
 * @typedef {object} Suggestions  learning rates, null where a rule has none
 * @property {number | null} steepest  the preset's own steepest descent
 * @property {number | null} valley
 * @property {number | null} slide
 * @property {number | null} minimum_tenth
 * @property {number | null} steep
 *
 * @typedef {keyof Suggestions} Rule
 *
 * @typedef {object} SeedResult
 * @property {number} seed
 * @property {RangeStop} stop
 * @property {number} lr_end  the last rate that was tested
 * @property {Drawn} drawn  what a chart of it shows
 * @property {boolean} clear  whether the loss falls by more than its noise, and the headline stands on that descent
 * @property {string | null} reason  why it is not clear, and what to change
 * @property {Suggestions} suggestion  what counts: null for a rule whose own check fails
 * @property {Record<Rule, string | null>} reasons  why a rule suggests nothing
 * @property {Suggestions} read  what the rules read off, whatever the checks say
 * @property {number | null} halfway  the rate at which half of the loss's drop was made
 * @property {boolean | null} is_halfway  whether the steepest descent is half way down; null where there is none
 * @property {import('../range/range_check.js').RangeCheck} check  the figures that decide
 *
 * @typedef {object} Drawn  of the smoothed curve, which is what a chart shows; null where it has no finite point
 * @property {number | null} low  its lowest point
 * @property {number | null} low_lr  the rate there
 * @property {number | null} end  its last point
 *
 * @typedef {object} Halfway  whether the suggestion is "halfway the sharpest downward slope"
 * @property {number | null} lr  the rate at which half of the drop was made; the median over the seeds
 * @property {number} off  seeds whose steepest descent is elsewhere
 * @property {number} of  seeds that have both
 * @property {string | null} says  the same in a sentence with its numbers
 *
 * @typedef {object} RangeResult
 * @property {import('../config/config.js').Config} config  the settings that the test ran with
 * @property {import('../config/config.js').RangeOptions} options  the options of the test, complete
 * @property {number[]} lr  of the first seed, as are loss, smoothed and stop
 * @property {number[]} loss  as measured; point i is the batch's loss before the update with lr[i]
 * @property {number[]} smoothed
 * @property {RangeStop} stop
 * @property {string} ending  how the tests of all seeds ended, in a sentence or several
 * @property {Rule} headline  the preset's own default rule
 * @property {boolean} clear  whether at least half of the seeds are
 * @property {string | null} message  why not, and what to change
 * @property {Suggestions} suggestion  medians over the seeds that have one; null where fewer than half do
 * @property {Suggestions} read  what the rules read off, unchecked; medians likewise
 * @property {Record<Rule, import('./trial/statistics.js').Spread | null>} spread  of the suggestions over the seeds
 * @property {Record<Rule, string | null>} counting  of several seeds: with how many a rule's rate counts, and how far these
 *   lie apart, in a sentence; null of one
 * @property {Halfway} halfway
 * @property {{ base: number | null, max: number | null }} range  for cyclical rates; medians likewise
 * @property {import('./trial/statistics.js').Band | null} band  of the smoothed curves over the rates; null for one seed
 * @property {SeedResult[]} seeds
 * @property {number} seconds
 *
 * @typedef {object} Tried  a short training with one rate
 * @property {number} lr
 * @property {Rule[]} rules  that suggest it, or a rate so near that it counts as the same; none: a neighbour of the best
 * @property {number} steps  of the training, warmup included
 * @property {number} seeds  trainings with this rate
 * @property {'validation' | 'training'} split  whose loss it is: without validation data, that of training samples
 * @property {number | null} val  the lowest such loss; the mean of the seeds
 * @property {number | null} regret  how much higher that is than the lowest of all that were tried; null where it does not learn
 * @property {boolean} learns  whether it is feasible with every seed
 * @property {import('../config/verdicts.js').Verdict | 'diverged' | 'infeasible'} verdict
 *
 * @typedef {object} Tries
 * @property {Tried[]} tried  by rising rate
 * @property {Tried | null} chosen  the one to train with, in the middle of those that train well; null where none learns
 *
 * @typedef {RangeResult & Tries & { doubt: string | null, middle: string | null }} TriedResult  its suggestions are those that were tried and learn;
 *   doubt: what spoke against the suggestion before it was tried; middle: why the one with the lowest loss is not the one
 *   that is chosen, null where it is
 */

/** The rules whose rates are reported. @type {Rule[]} */
export const RULES = ['steepest', 'valley', 'slide', 'minimum_tenth', 'steep'];

/** Whether a curve has a descent to read a rate off. @param {import('../range/range_check.js').RangeCheck} check */
export function hasFall({ stands_out, is_deep, learns }) {
  return stands_out === 1 && is_deep === 1 && learns === 1;
}

/** Whether a test's loss falls anywhere, so that there is something to try. @param {RangeResult} test */
export function hasDescent({ seeds, stop }) {
  const falling = seeds.filter(({ check }) => hasFall(check));
  return stop !== 'too-few-points' && 2 * falling.length >= seeds.length;
}
