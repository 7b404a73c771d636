/** <data-picker>: what the network learns: generated sets, the server's own, or files dropped on the page. */
import { html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import { taskOf } from '../../engine/config/rules.js';
import { count } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { LabElement } from '../shared/lab_element.js';
import { paintThumbnail, THUMBNAIL } from '../shared/sample_paint.js';
import { knownFacts } from '../state/server_data.js';
import './reading_controls.js';

/** Small signs for the generated sets, until their thumbnails are made. */
const SIGNS = {
  spiral: svg`<path d="M12 12c0-2 3-2 3 1s-5 4-6 0 3-8 8-5" /><path class="b" d="M12 12c0 2-3 2-3-1s5-4 6 0-3 8-8 5" />`,
  circle: svg`<circle cx="12" cy="12" r="8" /><circle class="b dot" cx="12" cy="12" r="2.6" />`,
  xor: svg`<path d="M5 5l4 4M15 15l4 4" /><path class="b" d="M19 5l-4 4M9 15l-4 4" />`,
  blobs: svg`<circle class="dot" cx="8" cy="9" r="3.4" /><circle class="b dot" cx="16" cy="15" r="3.4" />`,
  moons: svg`<path d="M4 13a6 6 0 0 1 11 0" /><path class="b" d="M9 10a6 6 0 0 0 11 0" />`,
  plane: svg`<path d="M4 19 20 6" /><path class="b" d="M5 9h.1M9 15h.1M13 8h.1M17 14h.1" />`,
  glyphs: svg`<path d="M6 5h6L8 12" /><path d="M13 13l6 6M19 13l-6 6" class="b" />`,
  sort: svg`<path d="M4 19v-4M8 19v-7" /><path class="b" d="M12 19v-9M16 19V8M20 19V5" />`,
  reverse: svg`<path d="M5 9h14l-4-4" /><path class="b" d="M19 15H5l4 4" />`,
  addition: svg`<path d="M12 4v10M7 9h10" /><path class="b" d="M5 19h14" />`,
  recall: svg`<path d="M4 8h4M4 16h4M11 12h.1M14 12h.1" /><path class="b" d="M17 8h4M17 16h4" />`,
  sentences: svg`<path d="M5 7h14M5 12h10" /><path class="b" d="M5 17h7" />`,
};

/** Thumbnails wait until the first run is on its way, in milliseconds. */
const THUMBNAILS_AFTER_MS = 800;

export class DataPicker extends LabElement {
  static properties = { ...LabElement.properties, samples: { state: true } };

  constructor() {
    super();
    /** Some samples of each generated set, by its name. @type {Map<string, import('../shared/sample_paint.js').Samples>} */
    this.samples = new Map();
    this.asked = false;
  }

  updated() {
    if (this.lab?.ready && !this.asked) {
      this.asked = true;
      setTimeout(() => this.glance(), THUMBNAILS_AFTER_MS);
    }
    for (const canvas of this.querySelectorAll('canvas')) {
      const samples = this.samples.get(canvas.dataset.name ?? '');
      if (samples && !canvas.dataset.painted) paintThumbnail(canvas, samples);
      canvas.dataset.painted = 'yes';
    }
  }

  /** Looks at every generated set, one after the other. */
  async glance() {
    const { lab } = this;
    for (const { name } of lab.field('dataset').options ?? []) {
      if (name === 'custom' || taskOf(name)) continue;
      const dataset = String(name);
      const count = lab.data.isImage({ dataset }) ? THUMBNAIL.images : THUMBNAIL.points;
      try {
        const samples = await lab.glimpse(dataset, count);
        this.samples = new Map([...this.samples, [dataset, samples]]);
      } catch {
        // The sign stays.
      }
    }
  }

  /** @param {string} name */
  picture(name) {
    return this.samples.has(name)
      ? html`<canvas data-name=${name} aria-hidden="true"></canvas>`
      : html`<svg viewBox="0 0 24 24" aria-hidden="true">${/** @type {any} */ (SIGNS)[name] ?? nothing}</svg>`;
  }

  /** @param {Event} event  of an input of files */
  take(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.files?.length) this.lab.takeFiles([...input.files]);
    input.value = '';
  }

  facts() {
    const { lab } = this;
    const run = lab.focus;
    if (!run || run.inForce.dataset !== lab.draft.settings.dataset || !run.trainCount) return nothing;
    const shape = lab.data.isTokens(run.inForce)
      ? plural(run.shape[0], 'token')
      : run.shape.length === 3
        ? `${run.shape[1]} × ${run.shape[2]}${run.shape[0] > 1 ? ` × ${run.shape[0]}` : ''}`
        : plural(run.shape[0], 'feature');
    return html`<p class="hint">
      ${count(run.trainCount)} training and ${count(run.valCount)} validation samples · ${shape} ·
      ${lab.data.isTokens(run.inForce) ? `${run.classes} in the vocabulary` : run.classes ? `${run.classes} classes` : 'regression'}
    </p>`;
  }

  render() {
    const { lab } = this;
    const field = lab.field('dataset');
    const options = (field.options ?? []).filter((option) => option.name !== 'custom');
    const custom = lab.draft.settings.dataset === 'custom';
    return html`
      <div class="tiles" role="radiogroup" aria-label="Data set">
        ${options.map(
          (option) => html`<label class="tile" title=${option.label}>
            <input
              type="radio"
              name="dataset"
              .checked=${live(lab.draft.settings.dataset === option.name)}
              @change=${() => lab.draft.set('dataset', option.name)}
            />
            ${this.picture(String(option.name))}
            <span>${option.label}</span>
          </label>`,
        )}
        ${lab.data.offered
          .filter((set) => !lab.data.loaded.some((data) => data.slug === set.name))
          .map(
            (set) => html`<label class="tile own" title=${`${knownFacts(set).title}, from this server`}>
              <input type="radio" name="dataset" .checked=${live(false)} @change=${() => lab.data.loadOffered(set)} />
              <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4v11M7 11l5 5 5-5M5 20h14" /></svg>
              <span>${knownFacts(set).title}</span>
            </label>`,
          )}
        ${lab.data.shown.map(
          (data) => html`<label class="tile own" title=${data.name}>
            <input
              type="radio"
              name="dataset"
              .checked=${live(custom && lab.data.chosenId === data.id)}
              @change=${() => lab.data.choose(data.id)}
            />
            <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 7h16M4 12h16M4 17h10" /></svg>
            <span>${data.name}</span>
          </label>`,
        )}
      </div>
      <label class="drop">
        <input
          type="file"
          multiple
          aria-label="Choose data files"
          @change=${(/** @type {Event} */ event) => this.take(event)}
        />
        ${
          lab.data.loading
            ? html`Reading ${lab.data.loading}…`
            : html`<b>Drop files or a folder here</b> or choose files: IDX images and labels, .npz, .npy, .zip, one CSV or a text (.txt)`
        }
      </label>
      <label class="folder">
        <input
          type="file"
          webkitdirectory
          aria-label="Choose a folder with a folder of PNG images for each class"
          @change=${(/** @type {Event} */ event) => this.take(event)}
        />
        or a folder of PNG images by class
      </label>
      ${lab.draft.problemOf('dataset') ? html`<p class="hint bad">${lab.draft.problemOf('dataset')?.message}</p>` : this.facts()}
      <reading-controls .lab=${lab}></reading-controls>
    `;
  }
}

customElements.define('data-picker', DataPicker);
