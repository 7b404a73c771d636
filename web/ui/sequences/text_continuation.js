/**
 * <text-continuation>: a prompt that the reader types, and how the network in focus goes on with it as it trains: with the
 * likeliest token each time, or by temperature.
 */
import { html, nothing } from 'lit';
import { percent } from '../../engine/words/numbers.js';
import { LabElement } from '../shared/lab_element.js';
import { Following } from './following.js';
import { gapOf, shadeOf, writeSymbol } from './writing.js';

/** Characters of a text that are its first prompt, and of its continuation. */
const BEGINNING = 12;
const CONTINUED = 48;

const TEMPERATURE_MAX = 2;

/**
 * @typedef {import('../../worker/protocol.js').SamplesSeen} SamplesSeen
 * @typedef {NonNullable<SamplesSeen['tokens']>} TokensSeen
 * @typedef {import('../../engine/run/sequences/generation.js').Generated & { runId: number }} Answer
 */

export class TextContinuation extends LabElement {
  static properties = {
    ...LabElement.properties,
    tokens: { attribute: false },
    typed: { state: true },
    temperature: { state: true },
    answer: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    /** Of the samples that are looked at. @type {TokensSeen | null} */
    this.tokens = null;
    /** The reader's prompt; null: the first sample's. @type {string | null} */
    this.typed = null;
    this.temperature = 0;
    /** @type {Answer | null} */
    this.answer = null;
    /** Why there is none. */
    this.problem = '';
    /** What the data are written with: a prompt for others says nothing here. */
    this.alphabet = '';
    this.following = new Following(this, {
      about: () => JSON.stringify([this.prompt, this.temperature]),
      ask: (run, handle) => this.ask(run, handle),
    });
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('tokens') || !this.tokens) return;
    const { symbols, scoredFrom, length } = this.tokens;
    const alphabet = JSON.stringify([symbols, scoredFrom > 0 && length]);
    if (alphabet !== this.alphabet) this.typed = null;
    this.alphabet = alphabet;
  }

  get prompt() {
    if (this.typed !== null || !this.tokens) return this.typed ?? '';
    const { ids, symbols, scoredFrom, length } = this.tokens;
    const count = scoredFrom > 0 ? scoredFrom + 1 : Math.min(BEGINNING, length);
    return Array.from(ids.subarray(0, count), (id) => writeSymbol(symbols[id])).join(gapOf(symbols));
  }

  /** @param {import('../state/run.js').Run} run @param {import('../../worker/run_handle.js').RunHandle} handle */
  async ask(run, handle) {
    const options = { maxNewTokens: CONTINUED, temperature: this.temperature };
    try {
      const answer = await handle.ask('generate', { prompt: this.prompt, options });
      if (this.lab.focus === run) this.answer = { ...answer, runId: run.id };
      this.problem = '';
    } catch (error) {
      // A run that was given up has no answer, and nothing to say.
      if (run.handle === handle && error instanceof Error) this.problem = error.message;
    }
  }

  /** Whether what the network says of a token is its probability. */
  get isSure() {
    return this.lab.focus?.config.loss === 'cross_entropy';
  }

  continuation() {
    const { answer, problem } = this;
    if (problem) return html`<p class="problem" role="status">${problem}</p>`;
    if (!answer || answer.runId !== this.lab.focus?.id) return html`<p class="sequences continuation">&nbsp;</p>`;
    const { prompt, tokens, probabilities } = answer;
    if (!probabilities.every(Number.isFinite))
      return html`<p class="problem" role="status">The outputs are no numbers: the network has nothing to go on with.</p>`;
    const { isSure } = this;
    const gap = gapOf(this.tokens?.symbols ?? []);
    const cells = tokens.map((token, i) => {
      const share = shadeOf(probabilities[i]);
      const title = isSure ? `${writeSymbol(token)}: probability ${percent(share, 0)}` : writeSymbol(token);
      return html`${gap}<span style=${`--share:${share}`} title=${title}>${writeSymbol(token)}</span>`;
    });
    return html`<p class="sequences continuation"><span class="prompt">${prompt.map(writeSymbol).join(gap)}</span>${cells}</p>`;
  }

  render() {
    const { lab, tokens, temperature } = this;
    if (!lab || !tokens) return nothing;
    const { isSure } = this;
    const isTask = tokens.scoredFrom > 0;
    return html`
      <h3>Go on with a prompt</h3>
      <label class="prompt-field"
        ><span>Prompt</span>
        <input
          type="text"
          spellcheck="false"
          autocomplete="off"
          autocapitalize="off"
          .value=${this.prompt}
          @input=${(/** @type {Event} */ event) => {
            this.typed = /** @type {HTMLInputElement} */ (event.target).value;
          }}
      /></label>
      ${
        isSure
          ? html`<label class="prompt-field"
            ><span>Temperature <b>${temperature}</b></span>
            <input
              type="range"
              min="0"
              max=${TEMPERATURE_MAX}
              step="0.1"
              .value=${String(temperature)}
              aria-valuetext=${temperature > 0 ? String(temperature) : '0, the likeliest'}
              @input=${(/** @type {Event} */ event) => {
                this.temperature = Number(/** @type {HTMLInputElement} */ (event.target).value);
              }}
          /></label>`
          : nothing
      }
      ${this.continuation()}
      <p class="hint">
        ${isTask ? `${tokens.scoredFrom + 1} tokens, all that stand before an answer · ` : nothing}${
          temperature > 0 ? 'drawn from softmax(outputs / temperature)' : 'the likeliest each time'
        }${isSure ? ' · the shade is its probability' : nothing}
      </p>
    `;
  }
}

customElements.define('text-continuation', TextContinuation);
