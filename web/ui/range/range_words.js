/**
 * What an LR range test says, in words: its rules, how it ended, and which rate to go on with.
 *
 * @typedef {import('../../engine/study/range_test.js').RangeResult} RangeResult
 * @typedef {{ lr: number, name: string, clear: boolean, why: string }} Advice
 *   clear: the steepest descent is where the slope is
 */

/** The rules, the headline first: what each looks at, in one sentence. @type {[keyof RangeResult['suggestion'], string, string][]} */
export const RULES = [
  ['steepest', 'Steepest descent', 'where the smoothed loss falls fastest per decade of η'],
  ['valley', 'Valley', 'fastai’s default: two thirds down the longest falling stretch, so noise moves it least'],
  ['minimum_tenth', 'Minimum ÷ 10', 'a tenth of the rate with the lowest loss: Smith’s and fastai’s rule of thumb'],
  ['slide', 'Slide', 'the last rate before the curve stops sliding down and begins to rise'],
  ['steep', 'Steep', 'the steepest single difference of neighbouring points, without a window'],
];

/** What the check of the headline reads off; it stands among the rules. */
export const HALFWAY = ['Halfway', 'where the loss has made half of its drop: the steepest descent should be near it'];

/** How a test ended, in a sentence. */
export const STOPS = {
  completed:
    'The test went through to its highest rate: the loss never exceeded the stop factor. A higher “To” would show where training breaks.',
  diverged:
    'The test stopped because the smoothed loss exceeded its best by the stop factor: higher rates are unstable.',
  'non-finite': 'The test stopped at the first loss that was not a finite number: higher rates blow up at once.',
  'too-few-points': 'The test ended after too few points to judge its curve.',
};

/**
 * The rate to go on with: the steepest descent; where that is far from the middle of the slope, the rule that noise
 * moves least.
 * @param {RangeResult} result
 * @returns {Advice | null}
 */
export function adviseRate({ suggestion: { steepest, valley }, halfway }) {
  if (steepest === null) return null;
  if (halfway.clear) return { lr: steepest, name: 'Steepest descent', clear: true, why: '' };
  if (valley !== null) {
    const why = 'The rules disagree. The valley is the one that noise moves least.';
    return { lr: valley, name: 'Valley', clear: false, why };
  }
  const why = 'The rules disagree. Half of the drop lies on either side of this rate.';
  return { lr: /** @type {number} */ (halfway.lr), name: 'Halfway rate', clear: false, why };
}
