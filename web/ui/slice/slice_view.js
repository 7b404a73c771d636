/**
 * <slice-view>: the loss around the run in focus, in a plane through the space of all its weights, and the way that the
 * run has taken there.
 */

import { html, nothing } from 'lit';
import { count, percent, significant } from '../../engine/words/numbers.js';
import { sayDistance, sayFound, sayHow, sayPlane, sayStep } from '../../engine/words/slice.js';
import { explained } from '../glossary/explained_text.js';
import '../controls/field_control.js';
import { LabElement } from '../shared/lab_element.js';
import './slice.css';
import { sliceScene } from './slice_scene.js';
import { Slicing } from './slicing.js';

/** What a press on the buttons multiplies the reach by. */
const ZOOM = 2;

export class SliceView extends LabElement {
  constructor() {
    super();
    /** @type {Slicing | null} */
    this.slicing = null;
    this.scene = () => this.slicing && sliceScene(this.slicing);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const { lab } = this;
    if (!lab) return;
    this.slicing ??= new Slicing(lab);
    const { slicing } = this;
    // The first map needs no press; later ones wait to be wanted, for the run goes on meanwhile.
    const isNew = lab.view === 'slice' && !slicing.run && !slicing.isBusy;
    if (isNew && slicing.wanted?.handle && slicing.wanted.step >= 3) queueMicrotask(() => slicing.compute());
  }

  updated() {
    /** @type {any} */ (this.querySelector('heat-map'))?.invalidate();
  }

  /** @param {import('../state/lab.js').Field} field */
  option(field) {
    const slicing = /** @type {Slicing} */ (this.slicing);
    /** @type {any} */
    const value = slicing.options[/** @type {keyof typeof slicing.options} */ (field.name)];
    return html`<field-control
      prefix="slice-"
      .field=${field}
      .value=${value}
      .changed=${value !== field.default}
      @value=${(/** @type {CustomEvent} */ event) => {
        slicing.set(event.detail.name, event.detail.value);
        slicing.compute();
      }}
    ></field-control>`;
  }

  /** @param {number} factor */
  zoom(factor) {
    const slicing = /** @type {Slicing} */ (this.slicing);
    const { min, max } = /** @type {import('../state/lab.js').Field} */ (
      slicing.fields.find(({ name }) => name === 'reach')
    );
    const reach = Math.min(Math.max(slicing.options.reach * factor, min ?? 0), max ?? 1);
    slicing.set('reach', significant(reach, 6));
    slicing.compute();
  }

  /** What is being done, or can be. */
  transport() {
    const slicing = /** @type {Slicing} */ (this.slicing);
    const { wanted, run, frame, walked, isBusy } = slicing;
    const isOld = frame && run === wanted && wanted && wanted.step !== frame.step;
    const isOther = run && wanted && run !== wanted;
    return html`<div class="slice-transport" role="group" aria-label="Map">
      ${
        isBusy
          ? html`<button @click=${() => slicing.stop()}>Cancel</button>`
          : html`<button class="primary" ?disabled=${!wanted?.handle} @click=${() => slicing.compute()}>
              ${frame ? 'Compute again' : 'Compute'}
            </button>`
      }
      <button aria-label="Zoom in: half the reach" title="Half the reach" ?disabled=${!wanted?.handle} @click=${() => this.zoom(1 / ZOOM)}>+</button>
      <button aria-label="Zoom out: twice the reach" title="Twice the reach" ?disabled=${!wanted?.handle} @click=${() => this.zoom(ZOOM)}>−</button>
      <p class="soft" role="status">
        ${
          isBusy
            ? frame
              ? html`<progress max="1" .value=${slicing.share} aria-label="Losses"></progress> ${percent(slicing.share)} of the losses`
              : walked
                ? `The path: ${count(walked.done)} of ${count(walked.all)} points`
                : 'The path …'
            : frame
              ? html`${run?.name}, step ${count(frame.step)}${isOther ? html`; in focus is ${wanted.name}` : isOld ? html`; it stands at ${count(wanted.step)} now` : nothing}${slicing.map ? nothing : ', given up before it was whole'}`
              : nothing
        }
      </p>
    </div>`;
  }

  words() {
    const slicing = /** @type {Slicing} */ (this.slicing);
    const { frame, map, problem, wanted } = slicing;
    if (problem) {
      return html`<p class="bad" role="alert">
        ${problem}
        ${
          slicing.options.plane === 'path'
            ? html`<button @click=${() => {
                slicing.set('plane', 'random');
                slicing.compute();
              }}>A random plane</button>`
            : nothing
        }
      </p>`;
    }
    if (!wanted) return html`<p class="soft">There is no run yet: press Run on Live.</p>`;
    if (!wanted.handle) return html`<p class="soft">This run’s weights are no longer kept.</p>`;
    if (!frame)
      return html`<p class="soft">${explained('All weights of a network are one point in a space of as many dimensions. A slice is a plane in it: the loss at each of its places, and the way that the run has taken, as far as it lies there.')}</p>`;
    const sentences = [
      ...(map ? sayFound(frame, map) : []),
      sayPlane(frame),
      sayDistance(frame),
      sayStep(frame),
      sayHow(frame),
    ];
    return html`<h2>What the map shows</h2>
      ${sentences.filter(Boolean).map((sentence) => html`<p>${explained(sentence)}</p>`)}
      <p class="soft">
        After <a href="https://arxiv.org/abs/1712.09913" target="_blank" rel="noopener">Li et al. 2018</a>. White dots: the
        run after the steps beside them; filled: where it stands.
      </p>`;
  }

  render() {
    const { lab, slicing } = this;
    if (!lab || !slicing) return nothing;
    const isShown = (/** @type {import('../state/lab.js').Field} */ { name }) =>
      name !== 'plane_seed' || slicing.options.plane === 'random';
    return html`
      <div class="study-options">${slicing.fields.filter(isShown).map((field) => this.option(field))}</div>
      <div class="slice-middle">
        <heat-map class="panel" heading="Loss" note="logarithmic; arrow keys or pointer read it off" .source=${this.scene}></heat-map>
        ${this.transport()}
      </div>
      <div class="study-side slice-words">${this.words()}</div>
    `;
  }
}

customElements.define('slice-view', SliceView);
