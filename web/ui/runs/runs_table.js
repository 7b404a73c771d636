/** <runs-table>: the runs so far: what each changed, how it went, and what can be done with it. */
import { html, nothing } from 'lit';
import { FATES, fateOf } from '../../engine/config/fate.js';
import { isInstability, kindOfEpisode, nameVerdict, verdictInWords } from '../../engine/config/verdicts.js';
import { count, number } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { ruleInWords, valueInWords } from '../../engine/words/settings.js';
import { repeat } from '../../repeat.js';
import { endOf, openEpisode } from '../events/learning.js';
import { beginOfEpisode } from '../events/live_cause.js';
import { LabElement } from '../shared/lab_element.js';
import { differenceOf, FIGURES, sayRange } from '../shared/run_figures.js';
import { changesInWords, liveChangesInWords } from './run_words.js';

/** @type {[import('../state/comparison.js').Grouping, string][]} */
const GROUPINGS = [
  ['none', 'Group: none'],
  ['median', 'Group: median'],
  ['mean', 'Group: mean'],
];

/** Ways out of the page: with the views' models, or when they are wanted. */
const fetchExport = () => import('../shared/export.js');

export class RunsTable extends LabElement {
  static properties = { ...LabElement.properties, renaming: { state: true } };

  constructor() {
    super();
    /** @type {number | null} id of the run whose name is being edited */
    this.renaming = null;
  }

  /** @param {import('../state/run.js').Run} run */
  status(run) {
    const { summary } = run;
    const words = unstableInWords(run);
    const tone = words.endsWith(RECOVERED) ? 'amber' : 'bad';
    const unstable = words && html`<span class=${tone}>${words}</span>`;
    switch (run.status) {
      case 'diverged':
        return html`<span class="bad">✕ diverged at ${count(summary?.diverged_at ?? run.step)}</span>`;
      case 'failed':
        return html`<span class="bad">stopped by an error</span>`;
      case 'complete':
        if (unstable) return unstable;
        if (run.totalSteps === 0) return 'not trained';
        if (summary?.infeasible === 1)
          return html`<span class="amber">${FATES[fateOf(endOf(run, summary))].short}</span>`;
        return 'done';
      case 'stopped':
        return html`${unstable ? html`${unstable}, ` : nothing}stopped at ${count(run.step)}`;
      case 'paused':
        return html`${unstable ? html`${unstable}, ` : nothing}paused at ${count(run.step)}`;
      default:
        return html`${unstable ? html`${unstable}, ` : nothing}<span class="good">training</span>`;
    }
  }

  /** @param {import('../state/run.js').Run} run */
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
          lab.runs.rename(run, /** @type {HTMLInputElement} */ (event.target).value);
        }}
      />`;
    }
    return html`<button
      class="name"
      aria-pressed=${lab.focus === run}
      title="Show in full. Double-click to rename"
      @click=${() => lab.runs.focusOn(run)}
      @dblclick=${() => this.rename(run)}
    >
      <span class="swatch" style=${`--swatch:var(--${run.color})`}></span>${run.name}
    </button>`;
  }

  /** @param {import('../state/run.js').Run} run */
  async rename(run) {
    this.renaming = run.id;
    await this.updateComplete;
    const box = /** @type {HTMLInputElement | null} */ (this.querySelector('.rename'));
    box?.focus();
    box?.select();
  }

  /** @param {import('../state/run.js').Run} run */
  async saveWeights(run) {
    const { saveRunWeights } = await fetchExport();
    const warning = await saveRunWeights(run);
    if (warning) this.lab.log.note(run, 'warn', warning);
  }

  /** @param {import('../state/run.js').Run} run */
  async copyCommand(run) {
    const command = this.lab.links.commandOf(run);
    // Without the right to write the clipboard, it can be copied from the log.
    const isCopied = await navigator.clipboard.writeText(command).then(
      () => true,
      () => false,
    );
    this.lab.log.note(run, 'quiet', `${isCopied ? 'Copied: ' : 'The same run, headless: '}${command}`);
  }

  /** What a run is or changed, in words. @param {import('../state/run.js').Run} run */
  changed(run) {
    const { lab } = this;
    const words = changesInWords(lab, run);
    if (words) return words;
    const now = run.config;
    const say = (/** @type {string} */ name) => valueInWords(lab.field(name), now[name]);
    const live = liveChangesInWords(run);
    const then = live ? `, then ${live}` : '';
    const data = lab.data.find(run.dataId)?.name ?? say('dataset');
    return `${data}, ${ruleInWords(now)}, η ${number(Number(now.lr))}, batch ${say('batch')}${then}`;
  }

  /** What is done less often with a run: in a row there is no room for it. @param {import('../state/run.js').Run} run */
  menu(run) {
    const { lab } = this;
    const id = `run-${run.id}-menu`;
    return html`<button popovertarget=${id} aria-label=${`More for ${run.name}`}>More</button>
      <div
        popover
        class="run-menu"
        id=${id}
        role="group"
        aria-label=${run.name}
        @beforetoggle=${placeMenu}
        @toggle=${enterMenu}
        @click=${(/** @type {Event} */ event) => /** @type {HTMLElement} */ (event.currentTarget).hidePopover()}
        @keydown=${moveInMenu}
      >
        <button aria-label=${`Rename ${run.name}`} @click=${() => this.rename(run)}>Rename</button>
        <button title="Put its settings back into the panel" aria-label=${`Restore the settings of ${run.name}`} @click=${() => lab.runs.restoreSettings(run)}>Restore its settings</button>
        <button aria-label=${`Save ${run.name} as CSV`} @click=${async () => (await fetchExport()).saveRunCsv(run)}>Save its steps as CSV</button>
        <button
          title="The command line that trains it again, to the same bits"
          aria-label=${`Copy the command of ${run.name}`}
          @click=${() => this.copyCommand(run)}
        >
          Copy its command
        </button>
        <button
          title=${run.handle ? 'Its present weights, as safetensors' : 'Its weights are gone: only the last runs keep theirs'}
          aria-label=${`Save the weights of ${run.name}`}
          ?disabled=${!run.handle || !run.step}
          @click=${() => this.saveWeights(run)}
        >
          Save its weights
        </button>
      </div>`;
  }

  /** A figure, and how it differs from the baseline's where one is pinned. @param {import('../shared/run_figures.js').Figure} figure @param {import('../state/run.js').Run} run */
  figure(figure, run) {
    const { name, label, of, say } = figure;
    const { baseline } = this.lab.runs;
    const value = of(run);
    const difference = baseline && baseline !== run ? differenceOf(figure, value, of(baseline)) : null;
    return html`<td class="figure ${name}" data-label=${label}>${say(value)}${
      difference
        ? html`<span class="difference ${difference.tone}" title=${`against ${baseline?.name}`}>${difference.words}</span>`
        : nothing
    }</td>`;
  }

  /** The row of a group, and those of its runs. @param {import('../state/comparison.js').Group} group */
  group({ runs }) {
    const { lab } = this;
    const newest = [...runs].reverse();
    if (runs.length === 1 || lab.compare.grouping === 'none') return newest.map((run) => this.row(run));
    const middle = lab.compare.grouping;
    const isHidden = runs.every((run) => run.hidden);
    const [first] = runs;
    return [
      html`<tr class=${isHidden ? 'group hidden-run' : 'group'}>
        <th scope="row"><span class="swatch" style=${`--swatch:var(--${first.color})`}></span>${first.name} × ${runs.length}</th>
        <td class="changed">${this.changed(first)}</td>
        <td class="state">${middle} of ${plural(runs.length, 'seed')}</td>
        ${FIGURES.map((figure) => {
          const { middle: own, range } = sayRange(figure, runs, middle);
          return html`<td class="figure ${figure.name}" data-label=${figure.label}>${own}${range ? html`<span class="difference">${range}</span>` : nothing}</td>`;
        })}
        <td class="actions">
          <button
            title=${isHidden ? 'Draw them again' : 'Draw none of them, but for the one in full'}
            aria-label=${`${isHidden ? 'Show' : 'Hide'} the ${runs.length} runs like ${first.name}`}
            @click=${() => lab.runs.hide(runs, !isHidden)}
          >
            ${isHidden ? 'Show' : 'Hide'}
          </button>
        </td>
      </tr>`,
      ...newest.map((run) => this.row(run, 'member')),
    ];
  }

  /** @param {import('../state/run.js').Run} run @param {string} [kind] */
  row(run, kind = '') {
    const { lab } = this;
    const hideable = lab.focus !== run;
    const pinned = lab.runs.baseline === run;
    const changed = this.changed(run);
    return html`<tr
      class=${`${kind} ${lab.focus === run ? 'focus' : run.hidden ? 'hidden-run' : ''}`.trim()}
      @mouseenter=${() => lab.runs.pointAt(run)}
      @mouseleave=${() => lab.runs.pointAt(null)}
      @focusin=${() => lab.runs.pointAt(run)}
      @focusout=${() => lab.runs.pointAt(null)}
    >
      <th scope="row">${this.name(run)}</th>
      <td class="changed" title=${changed}>${pinned ? html`<b>Baseline:</b> ` : nothing}${changed}</td>
      <td class="state">${this.status(run)}</td>
      ${FIGURES.map((figure) => this.figure(figure, run))}
      <td class="actions">
        <button
          title=${pinned ? 'Let the baseline go' : 'Pin as the baseline: drawn at full strength, the others are described by what they change of it'}
          aria-label=${`Pin ${run.name} as the baseline`}
          aria-pressed=${pinned}
          @click=${() => lab.runs.pinBaseline(run)}
        >
          Pin
        </button>
        <button
          title=${run.hidden ? 'Draw it again' : 'Do not draw it'}
          aria-label=${`${run.hidden ? 'Show' : 'Hide'} ${run.name}`}
          ?disabled=${!hideable}
          @click=${() => lab.runs.toggleHidden(run)}
        >
          ${run.hidden ? 'Show' : 'Hide'}
        </button>
        ${this.menu(run)}
        <button
          aria-label=${`Remove ${run.name}`}
          ?disabled=${run.alive}
          @click=${() => lab.runs.remove(run)}
        >
          Remove
        </button>
      </td>
    </tr>`;
  }

  /** Whether runs that differ by their seeds alone are one group, and what is drawn of it. */
  groupingMenu() {
    const { compare } = this.lab;
    return html`<select
      aria-label="Group runs"
      title="Runs that differ by nothing but their seed can be drawn as one: their middle, and the lowest to the highest as a band"
      @change=${(/** @type {Event} */ event) => compare.group(/** @type {any} */ (/** @type {HTMLSelectElement} */ (event.target).value))}
    >
      ${GROUPINGS.map(([value, label]) => html`<option value=${value} ?selected=${compare.grouping === value}>${label}</option>`)}
    </select>`;
  }

  /** What can be taken home of all runs. */
  saveMenu() {
    const { list } = this.lab.runs;
    return html`<button popovertarget="runs-save" ?disabled=${!list.length}>Save…</button>
      <div
        popover
        class="run-menu"
        id="runs-save"
        role="group"
        aria-label="Save"
        @beforetoggle=${placeMenu}
        @toggle=${enterMenu}
        @click=${(/** @type {Event} */ event) => /** @type {HTMLElement} */ (event.currentTarget).hidePopover()}
        @keydown=${moveInMenu}
      >
        <button title="A row per run" @click=${async () => (await fetchExport()).saveRunsCsv(list, (run) => this.changed(run))}>Table of runs (CSV)</button>
        <button title="A row per step of every run, its name in the first column" @click=${async () => (await fetchExport()).saveStepsCsv(list)}>All runs’ steps (CSV)</button>
        <button title="Settings, curves, verdicts" @click=${async () => (await fetchExport()).saveRunsJson(list)}>All runs (JSON)</button>
        <button title="The charts as they are now" @click=${() => this.dispatchEvent(new CustomEvent('save-picture', { bubbles: true }))}>Charts (PNG)</button>
      </div>`;
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
            ${FIGURES.map(({ name, label }) => html`<th scope="col" class="figure ${name}">${label}</th>`)}
            <th scope="col" class="actions">
              <span class="visually-hidden">Actions</span>
              ${this.groupingMenu()}${this.saveMenu()}
            </th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            lab.compare.groupsOf(lab.runs.list).reverse(),
            ({ key }) => key,
            (group) => this.group(group),
          )}
        </tbody>
      </table>
    `;
  }
}

/** What is said of instability that is over. */
const RECOVERED = ', recovered';

/** Room that a menu wants below its button, in pixels. */
const MENU_HEIGHT = 200;

/** A menu opens at its button, upwards where there is no room below. @param {Event} event */
function placeMenu(event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  const button = /** @type {HTMLElement} */ (menu.previousElementSibling).getBoundingClientRect();
  const isLow = button.bottom + MENU_HEIGHT > innerHeight;
  menu.style.right = `${document.documentElement.clientWidth - button.right}px`;
  menu.style.top = isLow ? 'auto' : `${button.bottom + 2}px`;
  menu.style.bottom = isLow ? `${innerHeight - button.top + 2}px` : 'auto';
}

/** By hand: a browser refuses `autofocus` in a frame of another page. @param {Event} event */
function enterMenu(event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  if (menu.matches(':popover-open')) menu.querySelector('button')?.focus();
}

/** Arrow keys go from one entry of a menu to the next. @param {KeyboardEvent} event */
function moveInMenu(event) {
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!way) return;
  event.preventDefault();
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  const entries = [...menu.querySelectorAll('button')].filter((entry) => !entry.disabled);
  const at = entries.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  entries[(at + way + entries.length) % entries.length].focus();
}

/** What is wrong with a run; a bump that it soon recovered from is nothing. @param {import('../state/run.js').Run} run */
function unstableInWords(run) {
  const { summary, episodes } = run;
  const verdict = summary ? nameVerdict(summary.verdict) : 'stable';
  if (!summary || !isInstability(verdict)) return '';
  if (verdict === 'dead') return `dead since ${count(summary.dead_at)}`;
  // The one that is shaded to the end, and that the headline speaks of; of those that are over the first, where the shades
  // begin.
  const open = openEpisode(run);
  const episode = open ?? episodes[0];
  if (!episode) return '';
  const at = `unstable from ${count(beginOfEpisode(run, episode))}`;
  return open ? `${at} (${verdictInWords(kindOfEpisode(episode))})` : `${at}${RECOVERED}`;
}

customElements.define('runs-table', RunsTable);
