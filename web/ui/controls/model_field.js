/**
 * <model-field>: the architecture as text, coloured as one types, with what is wrong pointed at.
 *
 * The colours lie behind a transparent textarea of the same metrics; the textarea stays an ordinary one.
 */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { BRANCHES } from '../../engine/model_text/units.js';
import { bytes, count, number } from '../../engine/words/numbers.js';
import { SCHEMA } from '../../generated/schema.js';
import './block_field.js';
import './unit_list.js';
import { LabElement } from '../shared/lab_element.js';

/** Architectures to start from, by what they are good for. */
const ARCHITECTURES = [
  { name: 'LeNet', for: 'images', text: SCHEMA.models.images },
  { name: 'MLP', for: 'any', text: 'linear(64) relu\nlinear(64) relu' },
  {
    name: 'Deep residual MLP',
    for: 'any',
    text: 'linear(64)\nresidual(linear(64) relu linear(64, gain=0.7071))*16\nrelu',
  },
  {
    name: 'Deep residual MLP, x + Norm(f(x))',
    for: 'any',
    text: 'linear(64)\nresidual(linear(64) relu linear(64) layernorm)*16\nlayernorm relu',
  },
  { name: 'Deep MLP, ReZero', for: 'any', text: 'linear(64)\nrezero(linear(64) relu linear(64))*16\nrelu' },
  {
    name: 'Conv residual',
    for: 'images',
    text: 'conv(8,3,stride=2,pad=1)\nresidual(relu conv(8,3,pad=1) relu conv(8,3,pad=1) batchnorm)*4\nrelu',
  },
  { name: 'Logistic regression', for: 'any', text: '' },
];

/** Splits model text into runs of one colour. @param {string} text @param {number | null} bad position of a mistake */
function colourModel(text, bad) {
  const parts = [];
  const pattern = /#[^\n]*|[a-z_][a-z_0-9]*(?=\s*=)|[a-z][a-z0-9]*|[0-9.]+(?:e[-+]?\d+)?|[()*=,]|\s+|./gi;
  for (const found of text.matchAll(pattern)) {
    const [word] = found;
    let kind = '';
    if (word[0] === '#') kind = 'comment';
    else if (BRANCHES.includes(word)) kind = 'block';
    else if (/^[0-9.]/.test(word)) kind = 'value';
    else if (/^[a-z]/i.test(word)) kind = text[found.index + word.length] === '=' ? 'argument' : 'unit';
    parts.push({ word, kind, bad: bad !== null && bad >= found.index && bad < found.index + word.length });
  }
  return parts;
}

export class ModelField extends LabElement {
  render() {
    const { lab } = this;
    const text = lab.modelText(lab.draft.settings);
    const problem = lab.draft.problemOf('model');
    const bad = problem?.position ?? null;
    const facts = lab.draft.preview?.facts;
    const image = lab.data.isImage(lab.draft.settings);
    const isChanged = lab.draft.isChanged('model');
    const whose = lab.draft.withDefault(lab.field('model')).default ? 'the preset’s' : 'the data’s own';
    const lines = text.split('\n').length;
    return html`
      <div class="field-label">
        <label class="field-name" for="model" title=${lab.field('model').help}>Architecture</label>
        ${
          isChanged
            ? html`<span class="dot" aria-hidden="true"></span
              ><button class="revert" aria-label=${`Reset Model to ${whose}`} title=${`Back to ${whose}`} @click=${() => lab.draft.reset('model')}>↺</button>`
            : nothing
        }
        <span class="grow"></span>
        <select
          class="quiet"
          aria-label="Start from an architecture"
          .value=${''}
          @change=${(/** @type {Event} */ event) => {
            const select = /** @type {HTMLSelectElement} */ (event.target);
            const chosen = ARCHITECTURES.find((architecture) => architecture.name === select.value);
            select.value = '';
            if (chosen) lab.draft.set('model', chosen.text);
          }}
        >
          <option value="">Start from…</option>
          ${ARCHITECTURES.filter((architecture) => architecture.for !== 'images' || image).map(
            (architecture) => html`<option value=${architecture.name}>${architecture.name}</option>`,
          )}
        </select>
      </div>
      <div class=${problem ? 'code bad' : 'code'} style=${`--lines:${Math.min(14, Math.max(3, lines + this.wrapped(text)))}`}>
        <pre aria-hidden="true">${colourModel(text, bad).map(
          (part) => html`<span class=${`${part.kind}${part.bad ? ' wrong' : ''}`}>${part.word}</span>`,
        )}${bad !== null && bad >= text.length ? html`<span class="wrong end"> </span>` : nothing}
</pre>
        <textarea
          id="model"
          spellcheck="false"
          autocomplete="off"
          autocapitalize="off"
          aria-label="Model"
          aria-invalid=${!!problem}
          aria-describedby="model-facts"
          .value=${live(text)}
          @input=${(/** @type {Event} */ event) => lab.draft.set('model', /** @type {HTMLTextAreaElement} */ (event.target).value)}
          @scroll=${(/** @type {Event} */ event) => {
            const area = /** @type {HTMLElement} */ (event.target);
            const pre = area.previousElementSibling;
            if (pre) pre.scrollTop = area.scrollTop;
          }}
        ></textarea>
      </div>
      <p id="model-facts" class=${problem ? 'hint bad' : 'hint'}>
        ${
          problem
            ? html`${problem.message}${
                bad === null
                  ? nothing
                  : html` <button class="link" @click=${() => this.goTo(bad)}>Show character ${bad + 1}</button>`
              }`
            : facts
              ? html`${count(facts.parameters)} parameters · ${number(facts.flops_per_sample / 1e6)} MFLOP per sample · ${bytes(facts.memory)} of memory`
              : ' '
        }
      </p>
      <unit-list @unit=${(/** @type {CustomEvent} */ event) => this.write(event.detail)}></unit-list>
      <block-field .lab=${lab}></block-field>
    `;
  }

  /** About how many lines wrapping adds, so that the box fits its text. @param {string} text */
  wrapped(text) {
    return text.split('\n').reduce((sum, line) => sum + Math.floor(line.length / 34), 0);
  }

  /**
   * Puts a unit where the caret stands, apart from its neighbours, and selects what is to be filled in.
   * @param {{ text: string, from: number, to: number }} unit
   */
  async write({ text, from, to }) {
    const area = /** @type {HTMLTextAreaElement} */ (this.querySelector('textarea'));
    const at = area.selectionEnd;
    const [before, after] = [area.value.slice(0, at), area.value.slice(at)];
    const start = /[^\s(]$/.test(before) ? `${before} ` : before;
    const end = /^[^\s)*]/.test(after) ? ` ${after}` : after;
    this.lab.draft.set('model', start + text + end);
    // The caret would be lost where the new text is put into the box.
    await this.updateComplete;
    area.focus();
    area.setSelectionRange(start.length + from, start.length + to);
  }

  /** @param {number} position */
  goTo(position) {
    const area = /** @type {HTMLTextAreaElement} */ (this.querySelector('textarea'));
    area.focus();
    area.setSelectionRange(position, position + 1);
  }
}

customElements.define('model-field', ModelField);
