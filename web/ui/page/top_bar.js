/** <top-bar>: the name, the views, where the training stands, and what starts and stops it. */
import { html, nothing } from 'lit';
import { bytes, count, duration, number, significant } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { troubleInWords } from '../events/learning.js';
import { isFirstLook } from '../opening/cards.js';
import { LabElement } from '../shared/lab_element.js';
import { Saying } from '../shared/saying.js';
import { speedsWith } from '../state/pace.js';
import { VIEWS } from './views.js';

/** Characters of a link that everything on its way lets through. */
const LONG_LINK = 8000;

export class TopBar extends LabElement {
  static properties = {
    ...LabElement.properties,
    look: { attribute: false },
    overflows: { state: true },
    unfolded: { state: true },
  };

  constructor() {
    super();
    this.saying = new Saying(this);
    /** @type {import('./look.js').Look | null} */
    this.look = null;
    /** The view whose tab was brought into sight last. */
    this.seen = '';
    /** Whether there are more tabs than fit in a row, and whether they all stand there. */
    this.overflows = false;
    this.unfolded = false;
    /** @type {ResizeObserver | null} */
    this.sizes = null;
  }

  async share() {
    const address = new URL(location.href);
    address.search = this.lab.links.link;
    try {
      await navigator.clipboard.writeText(address.href);
      this.tell('Link copied');
    } catch {
      // Without the right to write the clipboard, the address bar holds the same link.
      history.replaceState(null, '', address);
      this.tell('Link is in the address bar');
    }
  }

  /** Twice as long where there is more to say. @param {string} what  became of the link */
  tell(what) {
    const wanted = this.wanted();
    this.saying.say(`${what}${wanted}`, wanted ? 2 : 1);
  }

  /** What else the link's reader needs, as the rest of the sentence. */
  wanted() {
    const [first, ...others] = this.lab.links.wants;
    const { length } = this.lab.links.link;
    if (!first && length > LONG_LINK) return `. It has ${bytes(length)}, more than some chats and servers let through.`;
    if (!first) return '';
    return `. Its reader needs ${first}${others.length ? ` and ${plural(others.length, 'more file')}` : ''} too.`;
  }

  /** Where the tabs do not fit in a row, that of the open view is in sight, and a button unfolds the others. */
  measureTabs() {
    const tabs = /** @type {HTMLElement} */ (this.querySelector('.tabs'));
    const [first, ...others] = /** @type {HTMLElement[]} */ ([...tabs.children]);
    this.overflows = others.some((tab) => tab.offsetTop > first.offsetTop);
    const open = /** @type {HTMLElement | null} */ (tabs.querySelector('[aria-selected="true"]'));
    tabs.scrollTop = (open ?? first).offsetTop - first.offsetTop;
  }

  /** @param {string} view */
  showView(view) {
    this.unfolded = false;
    this.lab.show(view);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes?.disconnect();
    this.sizes = null;
  }

  /** Where the page's own bar asks how far. */
  askRewind() {
    const { lab } = this;
    if (lab.runs.rewinding) return lab.runs.forgetRewind();
    lab.show('live');
    lab.runs.rewindTo((lab.focus?.step ?? 0) / 2);
  }

  /** Arrow keys go from tab to tab. @param {KeyboardEvent} event */
  async switchTab(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    const names = VIEWS.map(({ id }) => id);
    const next = names[(names.indexOf(this.lab.view) + way + names.length) % names.length];
    this.lab.show(next);
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector(`#tab-${next}`))?.focus();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    super.updated(changed);
    const tabs = this.querySelector('.tabs');
    if (tabs && !this.sizes) {
      this.sizes = new ResizeObserver(() => this.measureTabs());
      this.sizes.observe(tabs);
    }
    if (!this.lab || this.lab.view === this.seen) return;
    this.seen = this.lab.view;
    this.measureTabs();
  }

  switchTheme() {
    this.dispatchEvent(new CustomEvent('switch-theme', { bubbles: true }));
  }

  /** In a word or two, where it does not simply go on. @param {import('../state/run.js').Run} run */
  state(run) {
    if (run.status === 'diverged') return html`<b class="bad">✕ diverged</b>`;
    const trouble = troubleInWords(run);
    const how = this.pace(run);
    if (!trouble) return how;
    return html`<b class="bad">${trouble}</b>${how ? html`, ${how}` : nothing}`;
  }

  /** @param {import('../state/run.js').Run} run */
  pace(run) {
    if (run.status === 'paused') return html`<b>paused</b>`;
    if (run.status === 'complete') return html`done in ${duration(run.seconds)}`;
    return run.status === 'stopped' ? 'stopped' : null;
  }

  readout() {
    const { lab } = this;
    const run = lab.active;
    if (lab.engineProblem) return html`<b class="bad">${lab.engineProblem}</b>`;
    // In a frame of another view nothing waits to be trained.
    if (!run && this.look?.embed && lab.view !== 'live') return nothing;
    if (!run && lab.ready) return this.idle();
    // The sentence says it, where it is in sight.
    if (!run) return lab.view === 'live' && !lab.hidden.has('question') ? nothing : 'loading the engine…';
    if (run.status === 'failed') return 'stopped by an error';
    const state = this.state(run);
    // The steps of the warmup come before the ones that are set.
    const warmup = run.config.warmup_steps ? ' with warmup' : '';
    const total = run.parameters ? count(run.totalSteps) : '…';
    /** @type {unknown[]} */
    const parts = [
      ...(state ? [state] : []),
      html`step <b>${count(run.step)}</b> / ${total}<span class="also">${warmup}</span>`,
    ];
    if (run.stepMs > 0) {
      parts.push(
        html`<span class="pace" title=${lab.threads > 1 ? `up to ${lab.threads} threads, one run: the same bits as one` : nothing}>${number(run.stepMs)} ms/step</span>`,
      );
      parts.push(html`<span>${count(significant(run.samplesPerSecond))} samples/s</span>`);
      if (run.status === 'running' && run.step < run.totalSteps) {
        const pace = lab.runs.stepsPerSecond ? Math.max(run.stepMs, 1000 / lab.runs.stepsPerSecond) : run.stepMs;
        parts.push(html`${duration(((run.totalSteps - run.step) * pace) / 1000)} left`);
      }
    }
    return parts.map((part, i) => html`${i ? html`<i aria-hidden="true"> · </i>` : nothing}${part}`);
  }

  /** What products and sums are computed by: another one is another run, from its beginning. */
  arithmetic() {
    const { lab } = this;
    const { label, options, help } = lab.field('arithmetic');
    const choose = (/** @type {Event} */ event) => {
      const { selectedIndex } = /** @type {HTMLSelectElement} */ (event.target);
      lab.trainWith(
        /** @type {import('../../engine/config/config.js').Config['arithmetic']} */ (options[selectedIndex].name),
      );
    };
    return html`<label class="arithmetic" title=${help}>
      ${label}
      <select @change=${choose} ?disabled=${!lab.ready}>
        ${options.map(({ name, label: text }) => html`<option ?selected=${lab.draft.settings.arithmetic === name}>${text}</option>`)}
      </select>
    </label>`;
  }

  /** Why nothing is trained yet. */
  idle() {
    const { draft } = this.lab;
    if (draft.lacksData) return 'waits for data';
    return draft.preview?.problem ? 'waits for a correction' : 'ready';
  }

  render() {
    const { lab } = this;
    const running = lab.liveRun?.status === 'running';
    const speeds = speedsWith(lab.runs.speed);
    const share = lab.active?.totalSteps ? lab.active.step / lab.active.totalSteps : 0;
    return html`
      <h1>train<b>scope</b></h1>
      <div class=${this.unfolded ? 'tab-row unfolded' : 'tab-row'}>
      <div class="tabs" id="tabs" role="tablist" aria-label="Views" @keydown=${this.switchTab}>
        ${VIEWS.map(
          ({ id, label }) => html`<button
            role="tab"
            id=${`tab-${id}`}
            aria-selected=${lab.view === id}
            tabindex=${lab.view === id ? 0 : -1}
            aria-controls=${`view-${id}`}
            @click=${() => this.showView(id)}
          >
            ${label}
          </button>`,
        )}
      </div>
        <button
          class="all-tabs"
          ?hidden=${!this.overflows}
          aria-expanded=${this.unfolded}
          aria-controls="tabs"
          @click=${() => {
            this.unfolded = !this.unfolded;
          }}
        >
          ${this.unfolded ? 'Fewer' : 'More'}
        </button>
      </div>
      <div class="transport" role="group" aria-label="Transport" ?hidden=${lab.view !== 'live'}>
        <button
          class="run primary"
          aria-keyshortcuts="Space"
          title="Space"
          ?disabled=${!lab.ready}
          @click=${() => lab.runs.toggle()}
        >
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <path d="M3 1h2.4v10H3zM6.8 1h2.4v10H6.8z" ?hidden=${!running} style=${running ? '' : 'display:none'} /><path d="M2.5 1v10l8-5z" style=${running ? 'display:none' : ''} />
          </svg>
          <span>${running ? 'Pause' : 'Run'}</span>
        </button>
        <button
          class="step"
          aria-keyshortcuts="S"
          title="A single step (S)"
          ?disabled=${!lab.ready}
          @click=${() => lab.runs.stepOnce()}
        >
          <svg viewBox="0 0 12 12" aria-hidden="true"><path d="M1.5 1v10l6-5zM8.6 1h2v10h-2z" /></svg>
          <span>Step</span>
        </button>
        <button
          class="reset"
          aria-keyshortcuts="R"
          title="Start again from step 0 (R). The run on screen is kept below"
          ?disabled=${!lab.ready}
          @click=${() => lab.runs.reset()}
        >
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <path d="M3.2 4.2A5 5 0 1 1 2 7.5" class="line" /><path d="M1.4 1.6 2.6 5.6l4-1z" />
          </svg>
          <span>Reset</span>
        </button>
        <button
          class="rewind-button"
          aria-label="Rewind to an earlier step and fork"
          title="Rewind to an earlier step and fork; or click in a chart"
          ?disabled=${!lab.focus?.handle || !lab.focus.step}
          @click=${() => this.askRewind()}
        >
          <svg viewBox="0 0 14 12" aria-hidden="true"><path d="M7 1v10L1 6zM13 1v10L7 6z" /></svg>
        </button>
      </div>
      <select
        class="speed"
        ?hidden=${lab.view !== 'live'}
        aria-label="Speed limit"
        title="Speed limit"
        @change=${(/** @type {Event} */ event) => lab.runs.chooseSpeed(speeds[/** @type {HTMLSelectElement} */ (event.target).selectedIndex][0])}
      >
        ${speeds.map(([speed, label]) => html`<option value=${speed} ?selected=${lab.runs.speed === speed}>${label}</option>`)}
      </select>
      <div class="tools" role="group" aria-label="Page">
        <span class="share-place">
          <button class="share" title="Copy a link that replays this run bit for bit" @click=${this.share}>Share</button>
          <span class="toast" role="status" ?hidden=${!this.saying.text}>${this.saying.text}</span>
        </span>
        <button class="present-button" title="One chart or two in large letters, for a projector" @click=${() => this.dispatchEvent(new Event('present'))}>Present</button>
        <button class="theme" aria-label="Switch between light and dark" title="Light or dark" @click=${this.switchTheme}>
          <svg viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="5" class="line" /><path d="M7 2a5 5 0 0 1 0 10z" /></svg>
        </button>
      </div>
      ${this.look?.embed ? html`<a class="whole" href=${lab.links.link} target="_blank" rel="noopener">Open in Trainscope ↗</a>` : nothing}
      <p class="status" role=${lab.engineProblem ? 'alert' : 'status'} aria-live=${lab.engineProblem ? 'assertive' : 'off'} title=${lab.engineProblem ?? nothing}>${this.readout()}</p>
      ${lab.view === 'live' && !isFirstLook(lab) ? this.arithmetic() : nothing}
      <div class="progress" style=${`--share:${share}`} aria-hidden="true"></div>
    `;
  }
}

customElements.define('top-bar', TopBar);
