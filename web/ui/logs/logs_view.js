/**
 * <logs-view>: logs of trainings that other programs ran. Files or a folder are dropped, or text is pasted; what the
 * playbook says of each run stands beside its curves. Nothing leaves the tab.
 */

import { html, nothing } from 'lit';
import { configFromSearch } from '../../engine/config/config_text.js';
import { isBadVerdict, logVerdictInSentences, logVerdictInShort } from '../../engine/config/log_verdicts.js';
import { verdictInWords } from '../../engine/config/verdicts.js';
import { count, numberOrNaN } from '../../engine/words/numbers.js';
import '../experiment/as_code.js';
import { explained } from '../glossary/explained_text.js';
import { save } from '../shared/export.js';
import { LabElement } from '../shared/lab_element.js';
import { openInLive } from '../shared/open_in_live.js';
import { colorOf, hasAny, logScene } from './log_scene.js';
import './logs.css';
import { rangeCurve } from './range_curve.js';
import { YourLogs } from './your_logs.js';

/** @typedef {import('./your_logs.js').ShownRun} ShownRun */

/** The roles that can be given, as the reader knows them. */
const ROLES = {
  step: 'steps',
  loss: 'training loss',
  val_loss: 'validation loss',
  lr: 'learning rate',
  grad_norm: 'gradient norm',
};

export class LogsView extends LabElement {
  static properties = { ...LabElement.properties, ask: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./your_logs.js').AskLogs} */
    this.ask = /** @type {any} */ (null);
    /** @type {YourLogs | null} */
    this.logs = null;
    this.onFiles = (/** @type {Event} */ event) => {
      const { view, files } = /** @type {CustomEvent} */ (event).detail;
      if (view === 'logs') this.logs?.takeFiles(files);
    };
    const scene = (/** @type {Parameters<typeof logScene>[1]} */ roles) => () =>
      this.logs && logScene(this.logs, roles);
    /** The charts keep these functions. @type {WeakMap<object, () => import('../../charts/line/scene.js').Scene>} */
    this.rangeScenes = new WeakMap();
    this.scenes = { loss: scene(['loss', 'val_loss', 'reward']), norm: scene(['grad_norm']), rate: scene(['lr']) };
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const { followed } = this;
    super.willUpdate(changed);
    if (this.followed !== followed) {
      followed?.removeEventListener('files', this.onFiles);
      this.followed?.addEventListener('files', this.onFiles);
    }
    if (!this.logs && this.ask) {
      this.logs = new YourLogs(this.ask);
      this.logs.addEventListener('change', this.follow);
    }
  }

  disconnectedCallback() {
    this.followed?.removeEventListener('files', this.onFiles);
    super.disconnectedCallback();
  }

  updated() {
    for (const chart of this.querySelectorAll('line-chart')) /** @type {any} */ (chart).invalidate();
  }

  // ---- what comes in -------------------------------------------------------------------------------------------------

  /** @param {Event} event */
  choose(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    this.logs?.takeFiles([...(input.files ?? [])]);
    input.value = '';
  }

  /** @param {SubmitEvent} event */
  paste(event) {
    event.preventDefault();
    const field = /** @type {HTMLTextAreaElement} */ (this.querySelector('textarea'));
    this.logs?.takeText(field.value);
    field.value = '';
  }

  intake() {
    const logs = /** @type {YourLogs} */ (this.logs);
    return html`<section class="logs-intake" aria-label="Logs">
      <p>${explained('Drop the log of a training here: event files of TensorBoard, CSV, JSON, or what was printed. It is read in this tab and goes nowhere.')}</p>
      <div class="buttons">
        <label class="logs-choice">Files<input class="visually-hidden" type="file" multiple @change=${this.choose} /></label>
        <label class="logs-choice">Folder<input class="visually-hidden" type="file" webkitdirectory @change=${this.choose} /></label>
        ${logs.runs.length + logs.notes.length > 0 ? html`<button class="quiet" @click=${() => logs.clear()}>Clear</button>` : nothing}
      </div>
      <details>
        <summary>Paste text</summary>
        <form @submit=${this.paste}>
          <textarea rows="5" aria-label="Text of a log" spellcheck="false"></textarea>
          <button>Read</button>
        </form>
      </details>
      <p class="soft" role="status">${logs.isBusy ? 'Reading …' : ''}</p>
      ${logs.notes.map((note) => html`<p class="soft">${note}</p>`)}
    </section>`;
  }

  /** @param {ShownRun} run @param {number} place */
  row(run, place) {
    const logs = /** @type {YourLogs} */ (this.logs);
    const { found } = run;
    return html`<li>
      <input type="checkbox" aria-label=${`Show ${found.name}`} .checked=${!run.hidden}
        @change=${(/** @type {Event} */ event) => logs.hide(run, !(/** @type {HTMLInputElement} */ (event.target).checked))} />
      <button class="logs-run" aria-pressed=${run === logs.focus ? 'true' : 'false'} @click=${() => logs.focusOn(run)}>
        <span class="swatch" style=${`--run-color: var(--${colorOf(place)})`}></span>
        <span class="logs-name">${found.name}</span>
        <span class=${isBadVerdict(found) ? 'bad' : 'soft'}>${logVerdictInShort(found)}</span>
      </button>
    </li>`;
  }

  // ---- what is said --------------------------------------------------------------------------------------------------

  /** @param {ShownRun} run */
  details(run) {
    const { found } = run;
    return html`<section class="logs-found" aria-label=${found.name}>
      <h2>${found.name}</h2>
      <p class="soft">${found.source}, ${found.unit}s up to ${count(found.steps)}</p>
      <p class="logs-verdict">${explained(logVerdictInSentences(found))}</p>
      ${found.episodes.map(
        ({ begin, peak, recovered_at, loss_peak, kind }) =>
          html`<p>${verdictInWords(kind)}: from ${found.unit} ${count(begin)}, peak ${numberOrNaN(loss_peak)} at ${count(peak)}, ${recovered_at === null ? 'not recovered' : `recovered at ${count(recovered_at)}`}.</p>`,
      )}
      ${found.advice.length > 0 ? html`<h3>What to try next</h3><ol>${found.advice.map((advice) => html`<li>${explained(advice)}</li>`)}</ol>` : nothing}
      <div class="buttons">
        ${found.rehearsal ? html`<button class="primary" title=${found.rehearsal.command} @click=${() => this.rehearse(run)}>Rehearse it here</button>` : nothing}
        <button class="quiet" @click=${() => this.saveReport(run)}>Report</button>
      </div>
      ${found.rehearsal ? html`<p class="soft">The nearest of ours: ${found.rehearsal.differs.join('; ')}.</p>` : nothing}
      ${codeOf(found)}
      <h3>What it shows, and what it cannot</h3>
      <ul>${found.notes.map((note) => html`<li>${explained(note)}</li>`)}</ul>
      <h3>Which column is what</h3>
      <div class="logs-roles">${Object.entries(ROLES).map(([role, label]) => this.roleField(run, role, label))}</div>
    </section>`;
  }

  /** @param {ShownRun} run @param {string} role @param {string} label */
  roleField(run, role, label) {
    const guessed = run.found.series[role]?.name ?? null;
    const said = run.roles[role] ?? '';
    return html`<label>
      <span>${label}</span>
      <select @change=${(/** @type {Event} */ event) => this.logs?.setRole(run, role, /** @type {HTMLSelectElement} */ (event.target).value)}>
        <option value="" ?selected=${said === ''}>${said === '' && guessed ? guessed : role === 'step' ? 'as guessed' : said === '' ? 'none' : 'as guessed'}</option>
        ${run.names.map((name) => html`<option value=${name} ?selected=${said === name}>${name}</option>`)}
      </select>
    </label>`;
  }

  /** @param {ShownRun} run */
  rehearse({ found }) {
    const { config } = configFromSearch(found.rehearsal?.link ?? '');
    openInLive(this.lab, config, null, `A rehearsal of ${found.name}: the nearest settings of ours.`);
  }

  /** @param {ShownRun} run */
  async saveReport(run) {
    const page = await /** @type {YourLogs} */ (this.logs).report(run);
    save(new Blob([page], { type: 'text/html' }), `${run.found.name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.html`);
  }

  /** The curve of a range test. @param {import('./range_curve.js').RangeInspection} found */
  rangeChart(found) {
    const known = this.rangeScenes.get(found);
    const scene = known ? null : rangeCurve(found, () => this.lab.makePoints());
    const source = known ?? (() => /** @type {import('../../charts/line/scene.js').Scene} */ (scene));
    this.rangeScenes.set(found, source);
    const name = found.name.split('/').at(-1);
    return html`<line-chart class="panel" heading="Loss against learning rate" note=${name} x-name="η" x="log" y="linear" fixed-x group=${`logs-${found.name}`} .source=${source}></line-chart>`;
  }

  others() {
    const { ranges, sweeps } = /** @type {YourLogs} */ (this.logs);
    return [...ranges, ...sweeps].map(
      ({ name, advice, notes }) => html`<section class="logs-found" aria-label=${name}>
        <h2>${name}</h2>
        <ol>${advice.map((each) => html`<li>${explained(each)}</li>`)}</ol>
        <ul>${notes.map((each) => html`<li>${explained(each)}</li>`)}</ul>
      </section>`,
    );
  }

  render() {
    const { lab, logs, scenes } = this;
    if (!lab || !logs) return nothing;
    const { runs, focus } = logs;
    const unit = focus?.found.unit ?? 'step';
    // A log of reinforcement learning may hold rewards alone.
    const headings = [
      ...(hasAny(runs, ['loss', 'val_loss']) ? ['Loss'] : []),
      ...(hasAny(runs, ['reward']) ? ['Reward'] : []),
    ];
    const chart = (/** @type {string} */ heading, /** @type {unknown} */ source, /** @type {string} */ y = 'log') =>
      html`<line-chart class="panel" heading=${heading} x-name=${unit} y=${y} group="logs" .source=${source}></line-chart>`;
    return html`
      <div class="logs-list">
        ${this.intake()}
        ${runs.length > 0 ? html`<ul aria-label="Runs">${runs.map((run, place) => this.row(run, place))}</ul>` : nothing}
      </div>
      <div class="logs-charts">
        ${runs.length + logs.ranges.length === 0 ? html`<p class="soft logs-nothing">${logs.sweeps.length > 0 ? 'A sweep has no curve over steps: what it tells is said in words.' : 'The loss of each run appears here, those of several over each other.'}</p>` : nothing}
        ${headings.length > 0 ? chart(headings.join(', '), scenes.loss) : nothing}
        ${hasAny(runs, ['grad_norm']) ? chart('Gradient norm', scenes.norm) : nothing}
        ${hasAny(runs, ['lr']) ? chart('Learning rate', scenes.rate, 'linear') : nothing}
        ${logs.ranges.map((found) => this.rangeChart(found))}
      </div>
      <div class="study-side">${focus ? this.details(focus) : nothing}${this.others()}</div>
    `;
  }
}

/** What is advised as code, or the nearest settings where nothing is wrong. @param {import('./your_logs.js').RunInspection} found */
function codeOf({ code, rehearsal }) {
  const link = code?.link ?? rehearsal?.link;
  return link === undefined
    ? nothing
    : html`<as-code .config=${configFromSearch(link).config} .framework=${code?.framework ?? null}></as-code>`;
}

customElements.define('logs-view', LogsView);
