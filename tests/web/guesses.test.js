/** What is said of a network's guesses. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessesOf, rightInWords, scoreInWords } from '../../web/ui/live/guesses.js';
import { guessTokens } from '../../web/ui/sequences/tokens_seen.js';

const seen = {
  samples: { indices: [0, 1], outputs: [0.25, 0.75, 1.25, -0.25], labels: [1, 1] },
  outputs: 2,
};

test('a network trained on cross-entropy is sure to a percentage', () => {
  const [first] = guessesOf(seen, 'cross_entropy');
  assert.deepEqual(first, { best: 1, truth: 1, right: true, share: 0.75 });
  assert.equal(rightInWords(first, 'boot'), 'boot, 75 % sure');
});

test('outputs of a network trained on squared error are no probabilities', () => {
  const guesses = guessesOf(seen, 'squared_error');
  assert.ok(guesses.every(({ share }) => share === null));
  assert.deepEqual(
    guesses.map(({ best, right }) => [best, right]),
    [
      [1, true],
      [0, false],
    ],
  );
  assert.equal(rightInWords(guesses[0], 'boot'), 'boot');
});

test('training data are not called validation data', () => {
  const guesses = guessesOf(seen, 'cross_entropy');
  assert.equal(scoreInWords('val', 'row', guesses), '1 of 2 validation rows wrong, none of them trained on');
  assert.equal(scoreInWords('train', 'row', guesses), '1 of 2 training rows wrong');
});

test('outputs that are no numbers guess nothing, and nothing is right or wrong', () => {
  const outputs = [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, 0];
  const guesses = guessesOf({ ...seen, samples: { ...seen.samples, outputs } }, 'cross_entropy');
  assert.deepEqual(
    guesses.map(({ best, right, share }) => [best, right, share]),
    [
      [null, false, null],
      [null, false, null],
    ],
  );
  assert.match(scoreInWords('val', 'row', guesses), /nothing is guessed$/);
});

test('of tokens the answer is guessed position by position, after the prompt', () => {
  const tokens = { ids: Uint8Array.of(1, 0, 1, 1), length: 3, vocabulary: 2, scoredFrom: 1, symbols: ['a', 'b'] };
  // Of the first position nothing is scored.
  const outputs = Float32Array.of(1, 0, 0.25, 0.75, 0.5, 0.5);
  assert.deepEqual(guessTokens({ tokens, outputs, indices: [7] }), [
    {
      prompt: [1, 0],
      guesses: [
        { best: 1, truth: 1, right: true, share: 0.75 },
        { best: 0, truth: 1, right: false, share: 0.5 },
      ],
    },
  ]);
  const [{ guesses }] = guessTokens({ tokens, outputs: outputs.fill(Number.NaN, 2, 4), indices: [7] });
  assert.deepEqual(
    guesses.map(({ best, right }) => [best, right]),
    [
      [null, false],
      [0, false],
    ],
    'no number is no guess, not even a right one by chance',
  );
});
