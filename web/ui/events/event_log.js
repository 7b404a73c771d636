/**
 * <event-log>: the voice of the page: what happened, in sentences, with buttons that act on it.
 *
 * Event `goto` with detail {step}: the step of an entry is to be seen in the charts.
 */
import { html, nothing } from 'lit';
import { count } from '../../engine/words/numbers.js';
import { explained } from '../glossary/explained_text.js';
import { LabElement } from '../shared/lab_element.js';
import { hasLearned } from './learning.js';

/** Where nothing has happened yet; and where a run has gone on for so many steps as if nothing were to be learned. */
const QUIET = 'Nothing unusual so far.';
const UNLEARNED = 'No instability so far, but the loss is not clearly below that of guessing yet.';
const PATIENCE = 50;

/** What a hand may do then. */
const TRY =
  'Turn η up while it trains: instabilities are reported here, with what helps. A click in a chart rewinds to that step.';

/** A screen reader hears at most one sentence in this time. */
const SPEAK_EVERY_MS = 2500;

export class EventLog extends LabElement {
  constructor() {
    super();
    this.spokenId = 0;
    this.spokenAt = 0;
  }

  updated() {
    const newest = this.lab?.log.entries[0];
    if (!newest || newest.id === this.spokenId) return;
    const wait = this.spokenAt + SPEAK_EVERY_MS - performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.speak(), Math.max(0, wait));
  }

  speak() {
    const newest = this.lab.log.entries[0];
    const live = this.querySelector('.spoken');
    if (!newest || !live) return;
    this.spokenId = newest.id;
    this.spokenAt = performance.now();
    live.textContent = newest.step === null ? newest.text : `Step ${newest.step}: ${newest.text}`;
  }

  /** @param {import('../state/run.js').Run} run @param {number} step */
  goTo(run, step) {
    this.lab.runs.focusOn(run);
    this.dispatchEvent(new CustomEvent('goto', { detail: { step }, bubbles: true }));
  }

  /** @param {import('../state/log.js').LogEntry} entry @param {import('../state/log.js').Action[]} actions  what it still has to offer */
  entry(entry, actions) {
    const run = this.lab.runs.list.find((other) => other.id === entry.runId);
    const several = this.lab.runs.list.length > 1;
    const { step } = entry;
    const place = [entry.tone === 'you' ? 'you' : '', run && several ? run.name : ''].filter(Boolean);
    const at =
      step === null || !run
        ? nothing
        : html`<button class="link" title="Show this step in the charts" @click=${() => this.goTo(run, step)}>step ${count(step)}</button>`;
    return html`<li class=${`tone-${entry.tone}`}>
      ${place.length || at !== nothing ? html`<p class="where">${at}${at !== nothing && place.length ? ' · ' : nothing}${place.join(' · ')}</p>` : nothing}
      <p>${explained(entry.text)}</p>
      ${entry.numbers ? html`<details class="numbers"><summary>Numbers</summary><p>${explained(entry.numbers)}</p></details>` : nothing}
      ${
        actions.length
          ? html`<div class="buttons">
            ${actions.map((action) => html`<button title=${action.why ?? ''} @click=${action.act}>${action.label}</button>`)}
          </div>`
          : nothing
      }
    </li>`;
  }

  render() {
    if (!this.lab) return nothing;
    const { entries } = this.lab.log;
    const run = this.lab.focus;
    const quiet = run?.summary && run.step >= PATIENCE && !hasLearned(run) ? UNLEARNED : QUIET;
    return html`
      <h2>What happened</h2>
      <p class="spoken visually-hidden" aria-live="polite"></p>
      ${
        entries.length
          ? html`<ol aria-label="Event log">
            ${offersOnce(entries).map(({ entry, actions }) => this.entry(entry, actions))}
          </ol>`
          : html`<p class="soft">${quiet} <span class="by-hand">${explained(TRY)}</span></p>`
      }
    `;
  }
}

/**
 * The entries, newest first, each with what no newer one of its run offers as well.
 *
 * @param {import('../state/log.js').LogEntry[]} entries
 */
export function offersOnce(entries) {
  /** @type {Set<string>} */
  const offered = new Set();
  return entries.map((entry) => {
    const actions = entry.actions.filter(({ label }) => !offered.has(`${entry.runId} ${label}`));
    for (const { label } of actions) offered.add(`${entry.runId} ${label}`);
    return { entry, actions };
  });
}

customElements.define('event-log', EventLog);
