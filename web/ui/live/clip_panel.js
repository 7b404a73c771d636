/**
 * <clip-panel>: how often each size of gradient norm came, with λ as a line that can be dragged, and below it what
 * clipping there did or would do.
 *
 * Events: `hold` with detail {value}: λ while it is dragged, null when it is let go.
 */

import { html, nothing } from 'lit';
import { mergeBins } from '../../engine/run/norm_bars.js';
import { AGGRESSIVE_SHARE, adviseOnAggressive } from '../../engine/study/judge/playbook.js';
import { summaryNormsInWords, whichNorms } from '../../engine/words/norms.js';
import { number, percent } from '../../engine/words/numbers.js';
import { capitalize, plural } from '../../engine/words/sentences.js';
import { adviseOnLine, clipEffect, isInDisguise, sayClipLine } from '../events/clip_line.js';
import { suggestedClip } from '../events/offers.js';
import { explained } from '../glossary/explained_text.js';
import { LabElement } from '../shared/lab_element.js';

export class ClipPanel extends LabElement {
  static properties = { ...LabElement.properties, held: { attribute: false } };

  constructor() {
    super();
    /** λ while it is dragged. @type {number | null} */
    this.held = null;
    // The histogram keeps this function; what it describes is read when it draws.
    this.histogram = () => this.scene();
  }

  /** @returns {import('../../charts/norm_histogram.js').NormScene} */
  scene() {
    const { lab } = this;
    const { focus: run } = lab;
    const config = run === lab.active ? lab.draft.settings : (run?.inForce ?? lab.draft.settings);
    const suggested = run?.summary?.norm_suggested ?? Number.NaN;
    const grabbed = run === lab.active && (config.clip === 'norm' || config.clip === 'off');
    const threshold = config.clip === 'norm' ? Number(config.clip_norm) : suggested > 0 ? suggested : null;
    return {
      bars: run?.bins ? mergeBins(run.bins, lab.normEdges) : null,
      total: run?.step ?? 0,
      tiny: run?.summary?.tiny_norms ?? 0,
      nonFinite: run?.series.grad_norm.nonFinite ?? 0,
      suggested,
      when: run?.summary ? whichNorms(run.summary) : '',
      percentile: Number(run?.inForce.clip_percentile ?? lab.draft.settings.clip_percentile),
      threshold: grabbed || config.clip === 'norm' ? threshold : null,
      active: config.clip === 'norm',
    };
  }

  /** @param {CustomEvent} event */
  moveThreshold({ detail: { value, final } }) {
    const { lab } = this;
    this.dispatchEvent(new CustomEvent('hold', { detail: { value: final ? null : value }, bubbles: true }));
    if (final)
      lab.draft.change(lab.draft.settings.clip === 'norm' ? { clip_norm: value } : { clip: 'norm', clip_norm: value });
  }

  words() {
    const { lab, held } = this;
    const { focus: run } = lab;
    const { settings } = lab.draft;
    const summary = run?.summary;
    if (!run || !summary || !run.step) return html`<p class="soft">No norms yet.</p>`;
    const config = run.inForce;
    const disguise = html` <b class="amber">${explained(adviseOnAggressive(config))}</b>`;
    const proposed =
      run === lab.active &&
      !run.alive &&
      settings.clip === 'norm' &&
      !(config.clip === 'norm' && config.clip_norm === settings.clip_norm);
    if (held !== null || proposed) {
      const threshold = Number(held ?? settings.clip_norm);
      const effect = clipEffect(run, lab.normEdges, threshold);
      if (!effect) return nothing;
      const advice = adviseOnLine(effect, config);
      return html`<p>${explained(sayClipLine(effect, threshold, config))}${advice ? html` <b class="amber">${advice}</b>` : nothing}</p>
        ${held === null ? this.twin(run, effect) : nothing}`;
    }
    const suggestion = suggestedClip(run);
    const share = summary.clipped_fraction;
    const which = whichNorms(summary);
    const inDisguise = share > AGGRESSIVE_SHARE && config.clip === 'norm';
    const effect = inDisguise ? clipEffect(run, lab.normEdges, Number(config.clip_norm)) : null;
    const clips = config.clip !== 'off';
    const atSuggestion = config.clip === 'norm' && Number(config.clip_norm) === suggestion;
    return html`<p>
        ${
          clips
            ? html`Clipped <b>${percent(share)}</b> of the ${plural(summary.clippable_steps, 'step')} with λ in force.${share > AGGRESSIVE_SHARE ? disguise : nothing}`
            : explained(`Nothing is clipped. ${capitalize(summaryNormsInWords(summary))}.`)
        }
      </p>
      ${
        suggestion !== null && run === lab.active && !atSuggestion && config.clip !== 'adaptive'
          ? html`<button class="norm" @click=${() => lab.draft.change({ clip: 'norm', clip_norm: suggestion })}>
            Clip at p${number(Number(config.clip_percentile))}${which && ` ${which}`} = ${number(suggestion)}
          </button>`
          : nothing
      }
      ${effect ? this.twin(run, effect) : nothing}
      ${clips && run === lab.active && run.alive ? html`<button @click=${() => lab.draft.set('clip', 'off')}>Stop clipping</button>` : nothing}`;
  }

  /**
   * The run's twin at the rate that clipping amounts to: whether their curves coincide shows whether it was one in
   * disguise.
   *
   * @param {import('../state/run.js').Run} run @param {import('../events/clip_line.js').ClipEffect} effect
   */
  twin(run, effect) {
    const { rate } = effect;
    if (rate === null || !isInDisguise(effect)) return nothing;
    return html`<button
      title="A new run with the settings of ${run.name}, without clipping and at this rate"
      @click=${() => this.lab.runs.startBeside(run, { clip: 'off', lr: rate })}
    >Train a twin at η ${number(rate)}, unclipped</button>`;
  }

  render() {
    const { lab } = this;
    if (!lab) return nothing;
    const steps = lab.focus?.step;
    return html`<norm-histogram
        .explain=${explained}
        heading="All gradient norms"
        .note=${steps ? `${plural(steps, 'step')}, unclipped` : ''}
        .source=${this.histogram}
        @threshold=${this.moveThreshold}
      ></norm-histogram>
      <div class="words">${this.words()}</div>`;
  }
}

customElements.define('clip-panel', ClipPanel);
