/**
 * What a network says of samples of tokens: of a task the prompt and its answer, of a text the text itself; wrong tokens
 * are marked, and the probability of the right one is the shade.
 */
import { html, nothing } from 'lit';
import { count, percent } from '../../engine/words/numbers.js';
import { gapOf, shadeOf, writeSymbol } from './writing.js';

/**
 * @typedef {import('../../worker/protocol.js').SamplesSeen} SamplesSeen
 * @typedef {{ best: number | null, truth: number, right: boolean, share: number }} TokenGuess  best: null where the outputs
 *   are no numbers; share: the probability of the right
 *   token, or the output for it where the loss makes none
 */

/** Samples that are shown. */
export const SHOWN = 8;

/**
 * The guesses at the scored positions, sample by sample.
 *
 * @param {Pick<SamplesSeen, 'tokens' | 'outputs' | 'indices'>} samples  of tokens
 * @returns {{ prompt: number[], guesses: TokenGuess[] }[]}  prompt: the ids before the first that is scored
 */
export function guessTokens({ tokens, outputs, indices }) {
  const { ids, length, vocabulary, scoredFrom } = /** @type {NonNullable<SamplesSeen['tokens']>} */ (tokens);
  return Array.from(indices, (_, sample) => {
    const own = ids.subarray(sample * (length + 1), (sample + 1) * (length + 1));
    const guesses = Array.from({ length: length - scoredFrom }, (_, i) => {
      const from = (sample * length + scoredFrom + i) * vocabulary;
      const said = outputs.subarray(from, from + vocabulary);
      const isKnown = said.every(Number.isFinite);
      const best = isKnown ? said.reduce((high, value, id) => (value > said[high] ? id : high), 0) : null;
      const truth = own[scoredFrom + i + 1];
      return { best, truth, right: best === truth, share: said[truth] };
    });
    return { prompt: [...own.subarray(0, scoredFrom + 1)], guesses };
  });
}

/** @param {SamplesSeen} samples  of tokens @param {string} loss  that the network is trained on */
export function tokensSeen(samples, loss) {
  const { symbols, scoredFrom } = /** @type {NonNullable<SamplesSeen['tokens']>} */ (samples.tokens);
  const write = (/** @type {number | null} */ id) => (id === null ? '–' : writeSymbol(symbols[id]));
  const gap = gapOf(symbols);
  const all = guessTokens(samples);
  const guesses = all.flatMap((sample) => sample.guesses);
  const isTask = scoredFrom > 0;
  /** @param {TokenGuess} guess */
  const cell = ({ best, truth, right, share }) => {
    const sure = loss === 'cross_entropy' ? `, ${percent(share, 0)} for it` : '';
    const says = best === null ? 'no number' : `${write(best)}`;
    const title = right ? `${says}: right${sure}` : `says ${says}, is ${write(truth)}${best === null ? '' : sure}`;
    const shade = `--share:${shadeOf(share)}`;
    const look = best === null ? 'unknown' : right ? '' : 'wrong';
    return html`${gap}<span class=${look} style=${shade} title=${title}>${write(isTask ? best : truth)}</span>`;
  };
  /** Nothing between characters: blanks count. @param {ReturnType<typeof guessTokens>[number]} sample */
  const line = ({ prompt, guesses: own }) => {
    const truth = own.map((guess) => write(guess.truth)).join(gap);
    const isWrong = isTask && own.some(({ right }) => !right);
    const correction = isWrong ? html` <s class="truth" aria-label="right is">${truth}</s>` : nothing;
    return html`<li><span class="prompt">${prompt.map(write).join(gap)}</span>${own.map(cell)}${correction}</li>`;
  };
  return html`<ol class="sequences">
      ${all.slice(0, SHOWN).map(line)}
    </ol>
    <p class="hint">${scoreOf(guesses, samples, loss)}</p>`;
}

/** How many tokens are wrong, and what their shade is. @param {TokenGuess[]} guesses @param {SamplesSeen} samples @param {string} loss */
function scoreOf(guesses, { split, indices }, loss) {
  const what = `${indices.length} ${split === 'val' ? 'validation' : 'training'} samples`;
  if (guesses.some(({ best }) => best === null))
    return `The outputs for these ${what} are no numbers: nothing is guessed`;
  const wrong = guesses.filter(({ right }) => !right).length;
  const unseen = split === 'val' ? ', none of them trained on' : '';
  return `${count(wrong)} of ${count(guesses.length)} tokens wrong in ${what}${unseen} · the shade is the right token’s ${loss === 'cross_entropy' ? 'probability' : 'output'}`;
}
