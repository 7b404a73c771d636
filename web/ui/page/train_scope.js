/**
 * <train-scope>: the whole page: its views, the keys, files dropped anywhere, the address and the theme.
 */
import { html, nothing } from 'lit';
import { shorten, unknownName } from '../../engine/config/names.js';
import { count } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { fillScreen } from '../present/screen.js';
import { LabElement } from '../shared/lab_element.js';
import { sayProblem } from '../shared/say_problem.js';
import { readPlace, writePlace } from '../state/address.js';
import { listDropped } from '../state/dropped_files.js';
import { focusPlace, isLost, keepFocus } from './focus_keeper.js';
import { dressPage, lookToSearch } from './look.js';
import './top_bar.js';
import { VIEWS } from './views.js';

/** Elements that have a use of their own for the keys that the page listens to. */
const TYPING = 'input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]';
const PRESSING =
  'button, a, summary, input[type=checkbox], input[type=radio], label.drop, label.folder, label.logs-choice';

/** Problems that are shown at once: of a broken link there may be hundreds. */
const PROBLEMS_SHOWN = 6;

/** The least time between two changes of the address: Safari takes a hundred in thirty seconds. */
const ADDRESS_MS = 400;

export class TrainScope extends LabElement {
  static properties = {
    ...LabElement.properties,
    models: { attribute: false },
    look: { attribute: false },
    dropping: { state: true },
  };

  constructor() {
    super();
    /** Null until a view beside Live is open, or the first run is under way. @type {import('./views.js').Models | null} */
    this.models = null;
    /** @type {() => Promise<unknown>} */
    this.fetchModels = () => Promise.resolve();
    /** @type {import('./look.js').Look} */
    this.look = { present: false, embed: false, hide: [], show: [] };
    this.dropping = false;
    this.address = '';
    /** What was opened, as it stood in the address: it stays there until something is changed. @type {string | null} */
    this.pasted = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.addressTimer = undefined;
    /** Views that were open once: one that never was costs nothing. @type {Set<string>} */
    this.opened = new Set();
    /** The view that was open when the page was drawn last. */
    this.entered = '';
    /** The place in the newest entry of the browser's history, and place and look of the link that was opened. */
    this.place = '';
    this.openedPlace = '';
    this.openedLook = '';
    this.onPlace = () => this.followAddress();
    this.onShow = () => this.visit();
    this.onLeave = (/** @type {Event} */ event) => {
      // Whoever leaves a page of others is not asked about its frames.
      if (this.lab?.wouldLose && !this.look.embed) event.preventDefault();
    };
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
    keepFocus(this);
    window.addEventListener('popstate', this.onPlace);
    window.addEventListener('beforeunload', this.onLeave);
    for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
      window.addEventListener(kind, (event) => this.drag(/** @type {DragEvent} */ (event)));
    }
    window.addEventListener('pagehide', () => clearTimeout(this.addressTimer));
  }

  /** What Space, S and R act on: what is in sight, or nothing. */
  get keyed() {
    const { lab } = this;
    if (lab.view === 'optimizers') return this.models?.racetrack ?? null;
    if (lab.view !== 'live') return null;
    return { toggle: () => lab.runs.toggle(), step: () => lab.runs.stepOnce(), reset: () => lab.runs.reset() };
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !this.lab?.ready) return;
    const target = /** @type {Element} */ (event.target);
    const { keyed } = this;
    if (target.closest?.(TYPING) || !keyed) return;
    if (event.key === ' ') {
      if (target.closest?.(PRESSING)) return;
      event.preventDefault();
      if (!event.repeat) keyed.toggle();
    } else if (event.key === 's' || event.key === 'S') keyed.step();
    else if ((event.key === 'r' || event.key === 'R') && !event.repeat) keyed.reset();
  }

  /** @param {DragEvent} event */
  drag(event) {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (event.type === 'drop') {
      this.dropping = false;
      listDropped(event.dataTransfer).then(
        (files) => {
          const { view } = this.lab;
          const takes = VIEWS.find(({ id }) => id === view)?.takesFiles;
          if (takes) this.lab.dispatchEvent(new CustomEvent('files', { detail: { view, files } }));
          else this.lab.takeFiles(files);
        },
        (error) =>
          this.lab.draft.report({ field: 'dataset', message: `What was dropped could not be read: ${error.message}` }),
      );
    } else if (event.type === 'dragleave') {
      // Leaving the window, not one of its elements.
      if (event.relatedTarget === null) this.dropping = false;
    } else this.dropping = true;
  }

  /** Opens the view that the address names, if there is such a view. */
  followAddress() {
    const { view, item: written } = readPlace(location.hash);
    const named = VIEWS.find(({ id }) => id === (view || 'live'));
    if (!named) return this.missPlace(view);
    const item = named.hasItems ? written : '';
    if (item !== written) {
      const message = `The view ${named.label} has no part “${shorten(written)}”. It is left out.`;
      this.lab.draft.report({ field: null, message });
    }
    this.place = writePlace(view || 'live', item);
    this.lab.show(view || 'live', item);
  }

  /** @param {string} view  what the address calls a view, and is none */
  missPlace(view) {
    this.place = '';
    this.keepAddress();
    this.lab.show('live', '');
    const names = VIEWS.map(({ id }) => id);
    this.lab.draft.report({ field: null, message: `There is no view ${unknownName(view, names)} This is Live.` });
  }

  /** @param {string} view  which could not be fetched; asked for again when it is opened again */
  missView(view) {
    this.opened.delete(view);
    this.lab.draft.report({
      field: null,
      message: 'This view could not be loaded. Open it again once the network is back.',
    });
  }

  /** The address is one that was opened: it stays as it is for what it opened. */
  keepAddress() {
    this.pasted = `${location.search}${location.hash}` || null;
    this.openedPlace = this.place;
    this.openedLook = lookToSearch(this.look);
  }

  /** Goes on to another place in the browser's history, so that its button leads back instead of off the page. */
  visit() {
    const { lab } = this;
    const place = writePlace(lab.view, lab.item);
    if (place === this.place) return;
    this.place = place;
    clearTimeout(this.addressTimer);
    this.addressTimer = undefined;
    this.address = this.wantedAddress;
    history.pushState(null, '', `${location.pathname}${this.address}`);
  }

  /** The settings and the place as an address; that of a link is left as it was written, whatever is wrong with it. */
  get wantedAddress() {
    const { lab, pasted } = this;
    const place = writePlace(lab.view, lab.item);
    if (lab.links.opened === null) return `${location.search}${location.hash}`;
    const settings = lab.links.permalink();
    const look = lookToSearch(this.look);
    const isOpened = `${settings}${place}` === `${lab.links.opened}${this.openedPlace}` && look === this.openedLook;
    if (pasted !== null && isOpened) return pasted;
    this.pasted = null;
    return `${settings}${look}${place}`;
  }

  /**
   * The address follows the settings and the view, a moment later: browsers limit how often it may change, and with
   * thousands of live changes in it it takes a while to write.
   */
  updateAddress() {
    this.addressTimer ??= setTimeout(() => {
      this.addressTimer = undefined;
      const address = this.wantedAddress;
      if (address === this.address) return;
      this.address = address;
      history.replaceState(null, '', `${location.pathname}${address}`);
    }, ADDRESS_MS);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('lab') || !this.lab) return;
    dressPage(this.look, this.lab.hidden);
    if (this.look.present) this.loadStage();
    this.followAddress();
    this.keepAddress();
    this.lab.addEventListener('show', this.onShow);
  }

  updated() {
    if (!this.lab) return;
    this.updateAddress();
    this.followView();
    // What a problem leads to is on the page, not on the stage.
    const { draft } = this.lab;
    const { sought } = draft;
    if (!this.isOnStage || sought === null) return;
    draft.sought = null;
    this.leaveStage().then(() => draft.seek(sought));
  }

  /** Whoever opens a view by something in another one goes on in it; a tab keeps the focus. */
  followView() {
    const { view } = this.lab;
    if (view === this.entered) return;
    const isFirst = this.entered === '';
    this.entered = view;
    // The view's own elements are drawn by then, and may have led the focus to what was asked for.
    if (!isFirst) requestAnimationFrame(() => isLost() && this.enterView());
  }

  /** Leads the focus past the bar. */
  enterView() {
    focusPlace(this.querySelector(`#view-${this.lab.view}`));
  }

  switchTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    try {
      localStorage.setItem('trainscope-theme', root.dataset.theme);
    } catch {
      // A browser that keeps nothing forgets the choice with the page.
    }
    window.dispatchEvent(new Event('themechange'));
  }

  /** On the projector, in the whole screen where the browser gives it. */
  present() {
    this.lab.show('live');
    this.presenter = /** @type {HTMLElement | null} */ (document.activeElement);
    this.look = { ...this.look, present: true };
    fillScreen();
    this.loadStage();
  }

  /** What a projector needs is fetched when it is asked for. */
  async loadStage() {
    await import('../present/present_view.js');
    this.requestUpdate();
  }

  async leaveStage() {
    this.look = { ...this.look, present: false };
    await this.updateComplete;
    const button = this.presenter ?? /** @type {HTMLElement | null} */ (this.querySelector('.present-button'));
    button?.focus();
  }

  async savePicture() {
    const { lab } = this;
    const { saveChartsPng } = await import('../shared/export.js');
    const kinds = 'line-chart, norm-histogram, axis-plot, contour-map';
    const charts = [...this.querySelectorAll(`.view:not([hidden]) :is(${kinds})`)].filter((chart) =>
      chart.checkVisibility(),
    );
    const name = lab.view === 'live' ? (lab.focus?.name ?? '') : (VIEWS.find(({ id }) => id === lab.view)?.label ?? '');
    saveChartsPng(
      /** @type {import('../../charts/drawn_element.js').DrawnElement[]} */ (charts),
      `${name} · ${location.href}`,
      lab.view === 'live' ? 'trainscope' : `trainscope-${lab.view}`,
    );
  }

  /** What is wrong with the panel's settings, where the panel is not in sight, or nothing could be trained with them. */
  stuck() {
    const { lab } = this;
    const problem = lab.draft.preview?.problem;
    if (!problem) return nothing;
    return html`<p class="stuck" role="alert">
      <span>${sayProblem(lab, problem)}</span>
      <button @click=${() => lab.draft.seek(problem.field)}>${lab.view === 'live' ? 'Correct it' : 'Correct it in Live'}</button>
    </p>`;
  }

  /** What was refused, such as parts of a link: at the top, whatever is open. */
  problems() {
    const { lab } = this;
    const { loose } = lab.draft;
    if (!loose.length) return nothing;
    return html`<div class="problems" role="alert">
      ${loose.slice(0, PROBLEMS_SHOWN).map(
        (problem) => html`<p>
          <span>${sayProblem(lab, problem)}</span>
          <button class="link" aria-label="Dismiss" @click=${() => lab.draft.dismiss(problem)}>✕</button>
        </p>`,
      )}
      ${loose.length > PROBLEMS_SHOWN ? html`<p>And ${plural(loose.length - PROBLEMS_SHOWN, 'more problem')}.</p>` : nothing}
    </div>`;
  }

  /** Runs of before that can be brought back. */
  kept() {
    const { keeper } = this.lab;
    const offer = keeper?.offer;
    if (!keeper || !offer) return nothing;
    const { live, runs } = offer;
    const others = runs.length - (live ? 1 : 0);
    const text = live
      ? `${live.name} is kept up to step ${count(live.pastStep ?? 0)} of ${count(live.facts.totalSteps)}${others > 0 ? `, beside ${plural(others, 'earlier run')}` : ''}.`
      : `${plural(others, 'run')} of before ${others === 1 ? 'is' : 'are'} kept.`;
    return html`<div class="kept" role="status">
      <span>${text}</span>
      <button class="primary" @click=${() => keeper.take()}>${live ? 'Go on' : 'Bring back'}</button>
      <button @click=${() => keeper.forget()}>Forget</button>
    </div>`;
  }

  /** A new version of the page that waits. */
  newVersion() {
    const { lab } = this;
    if (!lab.update) return nothing;
    return html`<div class="kept" role="status">
      <span>A new version of this page is ready. It can go on with the run of this one.</span>
      <button @click=${() => lab.update?.()}>Load it</button>
    </div>`;
  }

  /** @param {import('./views.js').View} view */
  panel({ id, label, titled, element, trains, fetch }) {
    const { lab, models } = this;
    const open = lab.view === id;
    if (open && !this.opened.has(id)) {
      this.opened.add(id);
      Promise.all([fetch?.(), id === 'live' || this.fetchModels()]).catch(() => this.missView(id));
    }
    // Live does without the others' models until they are there.
    const isThere = this.opened.has(id) && (models !== null || id === 'live');
    return html`<div class="view ${id}" id=${`view-${id}`} role="tabpanel" aria-labelledby=${`tab-${id}`} ?hidden=${!open}>
      ${titled ? nothing : html`<h2 class="visually-hidden">${label}</h2>`}
      ${open ? this.newVersion() : nothing}
      ${open && id === 'live' ? this.kept() : nothing}
      ${open ? this.problems() : nothing}
      ${open && (trains || (id === 'live' && !lab.active)) ? this.stuck() : nothing}
      ${isThere ? element(lab, /** @type {import('./views.js').Models} */ (models)) : nothing}
    </div>`;
  }

  get isOnStage() {
    return this.look.present && !!customElements.get('present-view');
  }

  render() {
    const { lab } = this;
    if (!lab) return html`<p class="opening">Loading…</p>`;
    this.classList.toggle('away', this.isOnStage);
    return html`
      <a
        class="skip"
        href=${`#view-${lab.view}`}
        @click=${(/** @type {Event} */ event) => {
          // What stands behind # names the view here.
          event.preventDefault();
          this.enterView();
        }}
        >Skip to ${VIEWS.find(({ id }) => id === lab.view)?.label}</a
      >
      <top-bar role="banner" .lab=${lab} .look=${this.look} @switch-theme=${this.switchTheme} @present=${this.present}></top-bar>
      <main @save-picture=${this.savePicture}>${VIEWS.map((view) => this.panel(view))}</main>
      ${this.isOnStage ? html`<present-view .lab=${lab} .notices=${[this.problems(), lab.active ? nothing : this.stuck()]} @leave=${this.leaveStage}></present-view>` : nothing}
      <div class="dropzone" ?hidden=${!this.dropping} aria-hidden="true">
        <p>Drop IDX files (plain or .gz) or one CSV to train on them, or .safetensors to start from its weights</p>
      </div>
    `;
  }
}

customElements.define('train-scope', TrainScope);
