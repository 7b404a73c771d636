/** <runs-table>: the runs so far: what each changed, how it went, and what can be done with it. */
import { html, nothing } from 'lit';
import { saveRunCsv, saveRunsCsv, saveRunsJson, saveRunWeights } from './export.js';
import { LabElement } from './lab_element.js';
import { FIGURES } from './run_figures.js';
import { changesInWords, liveChangesInWords } from './run_words.js';
import { count, number, valueInWords } from './words.js';

export class RunsTable extends LabElement {
  static properties = { ...LabElement.properties, renaming: { state: true } };

  constructor() {
    super();
    /** @type {number | null} id of the run whose name is being edited */
    this.renaming = null;
  }

  /** @param {import('./run.js').Run} run */
  status(run) {
    const { summary } = run;
    const episode = run.episodes.find((other) => other.kind === 2) ?? run.episodes[0];
    const unstable = episode
      ? `unstable from ${count(episode.begin)} (${episode.kind === 2 ? 'mid-training' : 'early'})`
      : '';
    switch (run.status) {
      case 'diverged':
        return html`<span class="bad">✕ diverged at ${count(summary?.diverged_at ?? run.step)}</span>`;
      case 'failed':
        return html`<span class="bad">stopped by an error</span>`;
      case 'complete':
        if (unstable) return html`<span class="bad">${unstable}</span>`;
        if (summary?.infeasible === 1) return html`<span class="amber">learned nothing</span>`;
        return 'done';
      case 'stopped':
        return html`${unstable ? html`<span class="bad">${unstable}</span>, ` : nothing}stopped at ${count(run.step)}`;
      case 'paused':
        return html`${unstable ? html`<span class="bad">${unstable}</span>, ` : nothing}paused at ${count(run.step)}`;
      default:
        return html`${unstable ? html`<span class="bad">${unstable}</span>, ` : nothing}<span class="good">training</span>`;
    }
  }

  /** @param {import('./run.js').Run} run */
  name(run) {
    const { lab } = this;
    if (this.renaming === run.id) {
      return html`<input
        class="rename"
        aria-label=${`New name of ${run.name}`}
        maxlength="60"
        .value=${run.name}
        @click=${(/** @type {Event} */ event) => event.stopPropagation()}
        @keydown=${(/** @type {KeyboardEvent} */ event) => {
          event.stopPropagation();
          if (event.key === 'Escape') this.renaming = null;
          if (event.key === 'Enter') /** @type {HTMLElement} */ (event.target).blur();
        }}
        @blur=${(/** @type {Event} */ event) => {
          if (this.renaming !== run.id) return;
          this.renaming = null;
          lab.rename(run, /** @type {HTMLInputElement} */ (event.target).value);
        }}
      />`;
    }
    return html`<button
      class="name"
      aria-pressed=${lab.focus === run}
      title="Show in full. Double-click to rename"
      @click=${() => lab.focusOn(run)}
      @dblclick=${() => this.rename(run)}
    >
      <span class="swatch" style=${`--swatch:var(--${lab.focus === run ? 'loss' : run.color})`}></span>${run.name}
    </button>`;
  }

  /** @param {import('./run.js').Run} run */
  async rename(run) {
    this.renaming = run.id;
    await this.updateComplete;
    const box = /** @type {HTMLInputElement | null} */ (this.querySelector('.rename'));
    box?.focus();
    box?.select();
  }

  /** @param {import('./run.js').Run} run */
  async copyCommand(run) {
    const command = this.lab.commandOf(run);
    // Without the right to write the clipboard, it can be copied from the log.
    const isCopied = await navigator.clipboard.writeText(command).then(
      () => true,
      () => false,
    );
    this.lab.note(run, 'quiet', `${isCopied ? 'Copied: ' : 'The same run, headless: '}${command}`);
  }

  /** What a run is or changed, in words. @param {import('./run.js').Run} run */
  changed(run) {
    const { lab } = this;
    const words = changesInWords(lab, run);
    if (words) return words;
    const now = run.config;
    const say = (/** @type {string} */ name) => valueInWords(lab.field(name), now[name]);
    const live = liveChangesInWords(lab, run);
    const then = live ? `, then ${live}` : '';
    const data = lab.data.find(run.dataId)?.name ?? say('dataset');
    return `${data}, ${say('optimizer')}, η ${number(Number(now.lr))}, batch ${say('batch')}${then}`;
  }

  /** @param {import('./run.js').Run} run */
  row(run) {
    const { lab } = this;
    const hideable = lab.focus !== run;
    const pinned = lab.baseline === run;
    return html`<tr
      class=${lab.focus === run ? 'focus' : run.hidden ? 'hidden-run' : ''}
      @mouseenter=${() => lab.pointAt(run)}
      @mouseleave=${() => lab.pointAt(null)}
      @focusin=${() => lab.pointAt(run)}
      @focusout=${() => lab.pointAt(null)}
    >
      <th scope="row">${this.name(run)}</th>
      <td class="changed" title=${this.changed(run)}>${pinned ? html`<b>Baseline:</b> ` : nothing}${this.changed(run)}</td>
      <td>${this.status(run)}</td>
      ${FIGURES.map(({ of, say }) => html`<td class="figure">${say(of(run))}</td>`)}
      <td class="actions">
        <button title="Rename" aria-label=${`Rename ${run.name}`} @click=${() => this.rename(run)}>✎</button>
        <button
          title=${pinned ? 'Let the baseline go' : 'Pin as the baseline: drawn at full strength, the others are described by what they change of it'}
          aria-label=${`Pin ${run.name} as the baseline`}
          aria-pressed=${pinned}
          @click=${() => lab.pinBaseline(run)}
        >
          ${pinned ? '⚑' : '⚐'}
        </button>
        <button
          title=${run.hidden ? 'Draw it again' : 'Do not draw it'}
          aria-label=${`${run.hidden ? 'Show' : 'Hide'} ${run.name}`}
          ?disabled=${!hideable}
          @click=${() => lab.toggleHidden(run)}
        >
          ${run.hidden ? '○' : '●'}
        </button>
        <button title="Put its settings back into the panel" aria-label=${`Restore the settings of ${run.name}`} @click=${() => lab.restoreSettings(run)}>↩</button>
        <button title="Save its steps as CSV" aria-label=${`Save ${run.name} as CSV`} @click=${() => saveRunCsv(run)}>CSV</button>
        <button
          title="Copy the command line that trains it again, to the same bits"
          aria-label=${`Copy the command of ${run.name}`}
          @click=${() => this.copyCommand(run)}
        >
          command
        </button>
        <button
          title=${run.handle ? 'Save its present weights as safetensors' : 'Its weights are gone: only the last runs keep theirs'}
          aria-label=${`Save the weights of ${run.name}`}
          ?disabled=${!run.handle || !run.step}
          @click=${() => saveRunWeights(run)}
        >
          weights
        </button>
        <button
          title="Remove"
          aria-label=${`Remove ${run.name}`}
          ?disabled=${run.alive}
          @click=${() => lab.removeRun(run)}
        >
          ✕
        </button>
      </td>
    </tr>`;
  }

  render() {
    const { lab } = this;
    if (!lab) return nothing;
    return html`
      <table>
        <caption class="visually-hidden">
          Runs so far
        </caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Changed</th>
            <th scope="col">Status</th>
            ${FIGURES.map(({ label }) => html`<th scope="col" class="figure">${label}</th>`)}
            <th scope="col" class="actions">
              <span class="visually-hidden">Actions</span>
              <button
                title="Save this table as CSV"
                aria-label="Save the table of runs as CSV"
                ?disabled=${!lab.runs.length}
                @click=${() => saveRunsCsv(lab.runs, (run) => this.changed(run))}
              >
                CSV
              </button>
              <button title="Save all runs: settings, curves, verdicts" @click=${() => saveRunsJson(lab.runs)} ?disabled=${!lab.runs.length}>
                JSON
              </button>
              <button
                title="Save the charts as a picture"
                ?disabled=${!lab.runs.length}
                @click=${() => this.dispatchEvent(new CustomEvent('save-picture', { bubbles: true }))}
              >
                PNG
              </button>
            </th>
          </tr>
        </thead>
        <tbody>
          ${[...lab.runs].reverse().map((run) => this.row(run))}
        </tbody>
      </table>
    `;
  }
}

customElements.define('runs-table', RunsTable);
