/**
 * <attention-view>: where the attention of the network in focus looks for one of the samples that are shown: a small map
 * for each layer and head, and the chosen one large, with its axes.
 */
import { html, nothing } from 'lit';
import { LabElement } from '../shared/lab_element.js';
import { Following } from './following.js';
import { SHOWN } from './tokens_seen.js';
import { writeSymbol } from './writing.js';

/**
 * @typedef {import('../../worker/protocol.js').SamplesSeen} SamplesSeen
 * @typedef {import('../../engine/run/sequences/attention_maps.js').AttentionMap} AttentionMap
 * @typedef {import('../../charts/attention/attention_map.js').AttentionScene} AttentionScene
 */

export class AttentionView extends LabElement {
  static properties = {
    ...LabElement.properties,
    samples: { attribute: false },
    number: { state: true },
    chosen: { state: true },
    answer: { state: true },
  };

  constructor() {
    super();
    /** @type {SamplesSeen | null} */
    this.samples = null;
    /** Which of them was chosen. */
    this.number = 0;
    /** Layer and head. */
    this.chosen = '0 0';
    /** @type {{ runId: number, place: number, maps: AttentionMap[] } | null} */
    this.answer = null;
    this.following = new Following(this, {
      about: () => `${this.samples?.split} ${this.place}`,
      ask: (run, handle) => this.ask(run, handle),
    });
  }

  /** @param {import('../state/run.js').Run} run @param {import('../../worker/run_handle.js').RunHandle} handle */
  async ask(run, handle) {
    const { samples, place } = this;
    if (!samples) return;
    const sample = { split: samples.split, index: samples.indices[place] };
    const { maps } = await handle.ask('attend', { sample });
    if (this.lab.focus === run) this.answer = { runId: run.id, place, maps };
  }

  /** How many samples there are to choose from. */
  get count() {
    const { indices = [], tokens = null } = this.samples ?? {};
    return tokens ? Math.min(indices.length, SHOWN) : indices.length;
  }

  /** The sample that is asked about: another run may have fewer than the one in which it was chosen. */
  get place() {
    return this.number < this.count ? this.number : 0;
  }

  /** Whether what the network says of the sample are numbers. Where they are not, no weight that led to them means anything. @param {SamplesSeen} samples */
  isNumber({ outputs, indices }) {
    const each = outputs.length / indices.length;
    return outputs.subarray(this.place * each, (this.place + 1) * each).every(Number.isFinite);
  }

  /** What stands at each position of the sample that was answered; null where it is no token. @param {number} positions @returns {string[] | null} */
  labels(positions) {
    const tokens = this.samples?.tokens;
    if (tokens?.length !== positions || !this.answer) return null;
    const from = this.answer.place * (positions + 1);
    return Array.from(tokens.ids.subarray(from, from + positions), (id) => writeSymbol(tokens.symbols[id]));
  }

  /** @param {AttentionMap} map @param {number} head @returns {AttentionScene} */
  scene({ name, positions, causal, weights }, head) {
    const size = positions ** 2;
    return {
      name: `${name}, head ${head + 1}`,
      positions,
      causal,
      weights: weights.subarray(head * size, (head + 1) * size),
      labels: this.labels(positions),
    };
  }

  /** @param {AttentionMap} map @param {number} layer @param {string} chosen */
  heads(map, layer, chosen) {
    return html`<div class="heads">
      <span>${map.name}</span>
      <div>
        ${Array.from({ length: map.heads }, (_, head) => {
          const value = `${layer} ${head}`;
          return html`<label title=${`${map.name}, head ${head + 1}`}
            ><input
              type="radio"
              name="attention-head"
              class="visually-hidden"
              .checked=${value === chosen}
              aria-label=${`${map.name}, head ${head + 1}`}
              @change=${() => {
                this.chosen = value;
              }}
            /><attention-map thumb .scene=${this.scene(map, head)}></attention-map
          ></label>`;
        })}
      </div>
    </div>`;
  }

  render() {
    const { lab, samples, answer } = this;
    if (!lab || !samples) return nothing;
    const maps = answer?.runId === lab.focus?.id ? (answer?.maps ?? []) : [];
    // In sight before it is known, or it would never be asked.
    if (maps.length === 0) return html`<h3>Where attention looks</h3><div class="sees-empty"></div>`;
    const [layer, head] = this.chosen.split(' ').map(Number);
    const isThere = layer < maps.length && head < maps[layer].heads;
    const [row, column] = isThere ? [layer, head] : [0, 0];
    return html`
      <h3>Where attention looks</h3>
      <label class="sample-field"
        ><span>Sample</span>
        <select
          @change=${(/** @type {Event} */ event) => {
            this.number = Number(/** @type {HTMLSelectElement} */ (event.target).value);
          }}
        >
          ${Array.from({ length: this.count }, (_, i) => html`<option value=${i} ?selected=${i === this.place}>${i + 1}</option>`)}
        </select></label
      >
      ${
        this.isNumber(samples)
          ? html`<div role="radiogroup" aria-label="Layer and head">${maps.map((map, i) => this.heads(map, i, `${row} ${column}`))}</div>
            <attention-map .scene=${this.scene(maps[row], column)}></attention-map>`
          : html`<p class="problem" role="status">The outputs for this sample are no numbers: where attention looks means nothing.</p>`
      }
    `;
  }
}

customElements.define('attention-view', AttentionView);
