/**
 * <control-panel>: every setting that has an effect, in the table's groups. What the table wants in sight stands open;
 * the rest of a group waits behind "More", and comes out by itself once it differs from its default.
 */

import { html, nothing } from 'lit';
import { mistakeOf } from '../../engine/config/rules.js';
import { RULE_BY_NAME } from '../../engine/config/schema.js';
import { AGGRESSIVE_SHARE, LONG_SHARE } from '../../engine/study/judge/playbook.js';
import { clippedInWords } from '../../engine/words/norms.js';
import { count, percent } from '../../engine/words/numbers.js';
import { SCHEMA } from '../../generated/schema.js';
import { adviseBatch, sayStepsFor } from './batch_advice.js';
import '../experiment/as_code.js';
import './data_picker.js';
import './field_control.js';
import { LabElement } from '../shared/lab_element.js';
import './model_field.js';
import './pending_changes.js';
import './schedule_preview.js';
import './weights_field.js';

export class ControlPanel extends LabElement {
  static properties = { ...LabElement.properties, written: { state: true } };

  constructor() {
    super();
    /** Whether the experiment stands there as text. */
    this.written = false;
  }

  /** @param {import('../state/lab.js').Field} field @param {boolean} [heading] it says what its group is called */
  control(field, heading = false) {
    const { lab } = this;
    if (field.name === 'model') return html`<model-field .lab=${lab}></model-field>`;
    if (field.name === 'dataset') return html`<data-picker .lab=${lab}></data-picker>`;
    // It has a place of its own, in sight whatever is open.
    if (field.name === 'lr') return nothing;
    const { hint, tone } = this.hintOf(field);
    return html`<field-control
      .field=${lab.draft.withDefault(field)}
      .value=${lab.draft.shown(field.name)}
      .changed=${lab.draft.isChanged(field.name)}
      .hint=${hint}
      .hintTone=${tone}
      ?heading=${heading}
      .problem=${lab.draft.problemOf(field.name)?.message ?? ''}
      @value=${(/** @type {CustomEvent} */ event) => lab.draft.set(event.detail.name, event.detail.value)}
    ></field-control>`;
  }

  /** What stands below a control of its own. @param {import('../state/lab.js').Field} field */
  below({ name }) {
    if (name === 'optimizer') return this.formula();
    if (name === 'batch') return this.batchAdvice();
    if (name === 'model') return html`<weights-field .lab=${this.lab}></weights-field>`;
    return nothing;
  }

  /** The rule in force, as a formula. */
  formula() {
    const rule = RULE_BY_NAME.get(this.lab.draft.settings.optimizer);
    if (!rule) return nothing;
    const mistake = mistakeOf(this.lab.draft.settings);
    return html`<p class="formula">${rule.formula.map((line) => html`<span>${line}</span> `)}</p>
      ${mistake ? html`<p class="hint amber formula-note">With a published mistake: ${mistake.formula}</p>` : nothing}
      ${rule.note ? html`<p class="hint formula-note">${rule.note}</p>` : nothing}`;
  }

  /** Another batch size than the last run's: what to do about it. */
  batchAdvice() {
    const { lab } = this;
    const { draft, active } = lab;
    const advice = active?.trainCount ? adviseBatch(draft.settings, active.inForce, active.trainCount) : null;
    if (!advice) return nothing;
    const { says, steps } = advice;
    return html`<div class="advice" role="note">
      <p>${says}</p>
      ${steps === null ? nothing : html`<button @click=${() => lab.draft.set('steps', steps)}>${sayStepsFor(steps)}</button>`}
    </div>`;
  }

  /** What should be said below a control right now. @param {import('../state/lab.js').Field} field */
  hintOf(field) {
    const { active } = this.lab;
    const { settings } = this.lab.draft;
    if (field.name === 'warmup_steps' && settings.warmup_steps === 0) return { hint: lastClause(field.help), tone: '' };
    if (field.name === 'warmup_steps') {
      const share = settings.warmup_steps / settings.steps;
      const text = `+${percent(share)} on top of ${count(settings.steps)} steps`;
      if (share > LONG_SHARE)
        return { hint: `${text}. Above ${percent(LONG_SHARE, 0)}, consider more steps.`, tone: 'amber' };
      return { hint: text, tone: '' };
    }
    if (field.name === 'clip' && settings.clip !== 'off' && active?.summary && active.inForce.clip !== 'off') {
      const share = active.summary.clipped_fraction;
      return {
        hint: `clipped ${clippedInWords(active.summary)}`,
        tone: share > AGGRESSIVE_SHARE ? 'amber' : '',
      };
    }
    if (field.name === 'batch' && settings.batch > 0 && active?.trainCount && settings.batch < active.trainCount) {
      return {
        hint: `${count(active.trainCount / settings.batch)} steps see all ${count(active.trainCount)} samples`,
        tone: '',
      };
    }
    if (field.name === 'batch' && settings.batch === 0)
      return { hint: 'the full batch: every step sees all samples', tone: '' };
    return { hint: '', tone: '' };
  }

  /** @param {import('../../engine/config/schema_text.js').Group} group */
  group({ name: group, label: title }) {
    const { lab } = this;
    const fields = lab.fields.filter((field) => field.group === group && lab.draft.applies(field));
    if (!fields.length) return nothing;
    const open = fields.filter((field) => field.in_sight);
    const more = fields.filter((field) => !field.in_sight);
    const named = open[0]?.label === title ? open[0] : null;
    const edited = more.filter((field) => !lab.draft.isDefault(field.name));
    return html`<fieldset class="group" data-group=${group}>
      <legend class=${named ? 'visually-hidden' : ''}>${title}</legend>
      ${open.map((field) => [this.control(field, field === named), this.below(field)])}
      ${group === 'schedule' ? html`<schedule-preview .lab=${lab}></schedule-preview>` : nothing}
      ${
        more.length
          ? html`<details ?open=${edited.length > 0}>
            <summary>
              More:${edited.length ? html` <span class="dot" aria-label="changed"></span>` : nothing}
              <span class="soft">${more.map((field) => field.label.toLowerCase()).join(', ')}</span>
            </summary>
            ${more.map((field) => this.control(field))}
          </details>`
          : nothing
      }
    </fieldset>`;
  }

  updated() {
    const { lab } = this;
    if (!lab?.draft.sought || lab.view !== 'live') return;
    const name = lab.draft.sought;
    lab.draft.sought = null;
    // The controls are drawn by then, and on a narrow screen the sheet has come up.
    setTimeout(() => this.bringIntoSight(name), 60);
  }

  /** @param {string} name of a setting */
  bringIntoSight(name) {
    const control = /** @type {HTMLElement | null} */ (
      this.querySelector(`#${name}, input[name="${name}"]:checked, input[name="${name}"]`)
    );
    const details = control?.closest('details');
    if (details) details.open = true;
    control?.scrollIntoView({ block: 'center' });
    control?.focus({ preventScroll: true });
  }

  /** The preset that the settings began as. */
  began() {
    const { draft, presets } = this.lab;
    if (draft.preset === null) return nothing;
    const preset = presets.find(({ id }) => id === draft.preset);
    return html`: <span class="soft">this began as ${preset ? preset.name : `“${draft.preset}”, which is not in this version`}</span>`;
  }

  presets() {
    const { lab } = this;
    return html`<details class="presets">
      <summary>Start from a preset${this.began()}</summary>
      <ul>
        ${lab.presets.map(
          (preset) => html`<li>
            <button @click=${() => lab.runs.applyPreset(preset)}>
              <b>${preset.name}</b><span>${preset.sentence}</span>
            </button>
          </li>`,
        )}
      </ul>
    </details>`;
  }

  /** The whole experiment as text; what shows it is fetched when it is opened. */
  asText() {
    return html`<details
      class="as-text"
      @toggle=${(/** @type {Event} */ event) => {
        this.written = /** @type {HTMLDetailsElement} */ (event.target).open;
        if (this.written) import('../experiment/experiment_text.js');
      }}
    >
      <summary>As text: <span class="soft">edit, copy, paste</span></summary>
      ${this.written ? html`<experiment-text .lab=${this.lab}></experiment-text>` : nothing}
    </details>`;
  }

  render() {
    if (!this.lab) return nothing;
    return html`
      <div class="scroll">
        ${this.presets()} ${SCHEMA.groups.map((group) => this.group(group))}
        ${this.asText()} <as-code .config=${this.lab.draft.settings}></as-code>
        <p class="about">
          Every setting is in the page’s address. The same link replays the same run, bit for bit, on every machine.
          Papers call these settings <i>hyperparameters</i>; <i>metaparameters</i> would be the better word.
          <button class="link" @click=${openWords}>All words of this page</button>
        </p>
      </div>
      <pending-changes .lab=${this.lab}></pending-changes>
    `;
  }
}

/** What follows a help text's last semicolon, as a sentence. @param {string} help */
function lastClause(help) {
  const clause = help.slice(help.lastIndexOf(';') + 1).trim();
  return `${clause[0].toUpperCase()}${clause.slice(1)}.`;
}

/** The whole glossary. */
async function openWords() {
  const { showWords } = await import('../glossary/word_list.js');
  showWords();
}

customElements.define('control-panel', ControlPanel);
