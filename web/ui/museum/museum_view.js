/**
 * <museum-view>: published mistakes of update rules. An index of all; one exhibit, trained beside the right rule
 * (#view=museum/adam_multiplies); or the same with its name withheld, to be guessed (#view=museum/guess=17).
 */

import { html, nothing } from 'lit';
import { RULE_BY_NAME } from '../../engine/config/schema.js';
import { number } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { settingsInWords } from '../../engine/words/settings.js';
import { explained } from '../glossary/explained_text.js';
import { LabElement } from '../shared/lab_element.js';
import { openInLive } from '../shared/open_in_live.js';
import { swatch } from '../shared/trial_curves.js';
import { sayDamage, saySeeds } from './damage.js';
import { configOf, DRAWS, drawOf, labelOfRoom, MISTAKES, mistakesIn, readDraw, roomOf, writeDraw } from './draws.js';
import { EVERY_ROOM, EXHIBITS, ROOMS } from './exhibits.js';
import { Museum } from './museum.js';
import { LOOKS, museumScene, testScene } from './museum_scene.js';
import { RANGE_ROOM, TRIED } from './range_exhibits.js';
import './museum.css';

/**
 * @typedef {import('./draws.js').Draw} Draw
 * @typedef {import('./draws.js').Mistake} Mistake
 * @typedef {import('./museum.js').Visit} Visit
 */

/** How a kind of exhibit is called. */
const KINDS = { mistake: 'A mistake', difference: 'A difference' };

export class MuseumView extends LabElement {
  static properties = { ...LabElement.properties, studies: { attribute: false }, engine: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./museum.js').Studies} */
    this.studies = /** @type {any} */ (null);
    /** @type {import('./museum.js').Engine} */
    this.engine = /** @type {any} */ (null);
    /** @type {Museum} */
    this.museum = /** @type {any} */ (null);
    this.lossScene = () => this.scene('smoothed');
    this.normScene = () => this.scene('norm');
    this.testScene = () => testScene(this.tests, () => this.lab.makePoints(), this.summary);
    /** What the charts show. @type {import('./museum_scene.js').Line[]} */
    this.lines = [];
    /** @type {Parameters<typeof testScene>[0]} */
    this.tests = [];
    this.summary = '';
    /** What was open when it was drawn last. @type {string | null} */
    this.shown = null;
  }

  /** Where another view is open, the address speaks of that. */
  shouldUpdate() {
    return this.lab?.view === 'museum';
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (!this.museum && this.lab) this.museum = new Museum(this.lab, this.studies, this.engine);
  }

  updated() {
    for (const chart of this.querySelectorAll('line-chart')) /** @type {any} */ (chart).invalidate();
    const { item } = this.lab;
    if (this.lab.view !== 'museum' || this.shown === item) return;
    // Who came by a link inside the museum goes on reading at its new heading.
    if (this.shown !== null) /** @type {HTMLElement | null} */ (this.querySelector('h2'))?.focus();
    this.shown = item;
  }

  /** @param {'smoothed' | 'norm'} which */
  scene(which) {
    return museumScene(this.lines, which, () => this.lab.makePoints(), this.summary);
  }

  // ---- trainings ---------------------------------------------------------------------------------------------------

  /** Trains at once, where the engine is there. @param {string} room @param {string} mistake @param {number} seed @returns {Visit | null} */
  visit(room, mistake, seed) {
    return this.lab.ready ? this.museum.visit(room, mistake, seed) : null;
  }

  /** @param {Visit | null} visit */
  progress(visit) {
    if (visit?.status === 'failed') return html`<p class="bad" role="alert">${visit.problem}</p>`;
    return visit?.pairs.length ? nothing : html`<p class="soft museum-wait" role="status">Training both …</p>`;
  }

  charts() {
    if (!this.lines.length) return nothing;
    if (this.tests.length) {
      return html`<div class="museum-charts">
        <line-chart class="panel" heading="Loss against learning rate" note="smoothed; ● what is suggested" x-name="η" x="log" y="linear" fixed-x group="museum-rates" .source=${this.testScene}></line-chart>
        <line-chart class="panel" heading="Loss" note="training with what was suggested, smoothed" group="museum" .source=${this.lossScene}></line-chart>
      </div>`;
    }
    return html`<div class="museum-charts">
      <line-chart class="panel" heading="Loss" note="training, smoothed" group="museum" .source=${this.lossScene}></line-chart>
      <line-chart class="panel" heading="Gradient norm" note="as it was recorded" group="museum" .source=${this.normScene}></line-chart>
    </div>`;
  }

  /** @param {Visit | null} visit @param {Visit | null} [guessed] */
  draw(visit, guessed = null) {
    const pair = visit?.pairs[0];
    const other = guessed?.pairs[0];
    this.lines = pair
      ? [
          ...(other ? [{ ...LOOKS.guess, trial: other.wrong }] : []),
          { ...LOOKS.right, trial: pair.right },
          { ...LOOKS.wrong, trial: pair.wrong },
        ]
      : [];
    this.tests = pair?.tests
      ? [
          { ...LOOKS.right, reading: pair.tests.right },
          { ...LOOKS.wrong, reading: pair.tests.wrong },
          ...(other?.tests ? [{ ...LOOKS.guess, reading: other.tests.wrong }] : []),
        ]
      : [];
  }

  // ---- one exhibit -------------------------------------------------------------------------------------------------

  /** What is known of a mistake, and what it did here. @param {Mistake} mistake @param {string} room @param {Visit | null} visit */
  plaque(mistake, room, visit) {
    const exhibit = EXHIBITS[mistake.name];
    const pairs = visit?.pairs ?? [];
    return html`<div class="museum-plaque">
      <div>
        <p class="museum-kind"><b>${KINDS[exhibit.kind]}</b> · ${mistake.where}</p>
        <p>${explained(exhibit.what)}</p>
        <dl class="museum-formulas">
          <dt>${swatch(LOOKS.right)} ${labelOfRoom(room)}</dt>
          ${(exhibit.right ?? RULE_BY_NAME.get(room)?.formula ?? []).map((line) => html`<dd>${line}</dd>`)}
          <dt>${swatch(LOOKS.wrong)} ${exhibit.kind === 'mistake' ? 'Instead' : 'There'}</dt>
          <dd>${mistake.formula}</dd>
        </dl>
      </div>
      <div>
        <h3>In this run</h3>
        ${pairs.length ? sayDamage(pairs[0]).map((sentence) => html`<p>${explained(sentence)}</p>`) : nothing}
        ${visit?.status === 'done' ? html`<p class="soft">${saySeeds(pairs)}</p>` : nothing}
        <h3>How one would notice</h3>
        <p>${explained(exhibit.notice)}</p>
        <h3>Where to read it</h3>
        <ul>
          ${exhibit.sources.map(({ label, url }) => html`<li><a href=${url} target="_blank" rel="noopener">${label}</a></li>`)}
        </ul>
      </div>
    </div>`;
  }

  /** @param {string} room */
  settings(room) {
    if (room === RANGE_ROOM) {
      const { optimizer, dataset, batch } = configOf(room, 'none', 1);
      const said = settingsInWords({ optimizer, dataset, batch });
      return html`<p class="soft museum-settings">Both: ${said}, rates from ${number(TRIED.lr_min)} to ${number(TRIED.lr_max)} in ${TRIED.points} steps.</p>`;
    }
    return html`<p class="soft museum-settings">Both: ${settingsInWords({ optimizer: room, ...EVERY_ROOM, ...ROOMS[room] })}.</p>`;
  }

  /** @param {Mistake} mistake */
  exhibit(mistake) {
    const room = roomOf(mistake);
    const visit = this.visit(room, mistake.name, 1);
    this.draw(visit);
    this.summary = visit?.pairs.length ? sayDamage(visit.pairs[0]).join(' ') : '';
    return html`<article class="museum-open">
      <nav><a class="back" href="#view=museum">All exhibits</a></nav>
      <h2 tabindex="-1">${mistake.label}</h2>
      ${this.settings(room)} ${this.progress(visit)} ${this.charts()} ${this.plaque(mistake, room, visit)}
      ${this.tryIt(mistake, room, visit, 1)}
    </article>`;
  }

  /** @param {Mistake} mistake @param {string} room @param {Visit | null} visit @param {number} seed */
  tryIt(mistake, room, visit, seed) {
    const isRange = room === RANGE_ROOM;
    const config = isRange ? visit?.pairs[0]?.wrong.config : configOf(room, mistake.name, seed);
    return html`<p class="buttons">
      <button ?disabled=${!this.lab.ready || !config} @click=${() => config && openInLive(this.lab, config, null, `From the museum: ${mistake.label}.`)}>
        ${isRange ? 'Train with its suggestion in Live' : 'Train it in Live'}
      </button>
      ${isRange ? nothing : html`<span class="soft">It is the setting <code>mistake</code>, under Run.</span>`}
    </p>`;
  }

  // ---- guessing ----------------------------------------------------------------------------------------------------

  /** @param {number} draw  its number */
  guess(draw) {
    const { museum } = this;
    const { mistake, room, seed } = drawOf(draw);
    const guess = museum.guesses.get(draw) ?? null;
    const visit = this.visit(room, mistake.name, seed);
    const isRight = guess === mistake.name;
    this.draw(visit, guess && !isRight ? this.visit(room, guess, seed) : null);
    this.summary = guess === null ? 'Two trainings; one of them is not as the rule says.' : '';
    return html`<article class="museum-open">
      <nav><a class="back" href="#view=museum">All exhibits</a></nav>
      <h2 tabindex="-1">Which mistake is this?</h2>
      <p>
        ${
          room === RANGE_ROOM
            ? 'Two range tests of the same training, and a training with the rate that each suggests. One is done as it should be, the other as some library does it.'
            : `Two trainings with ${labelOfRoom(room)}, from the same weights, on the same data in the same order. One is as the rule says, the other as some library does it.`
        }
      </p>
      ${this.settings(room)} ${this.progress(visit)} ${this.charts()}
      ${visit?.pairs.length ? this.choices({ mistake, room, draw, guess }) : nothing}
      ${guess === null ? nothing : [this.plaque(mistake, room, visit), this.tryIt(mistake, room, visit, seed)]}
      <p class="buttons">
        ${guess === null ? nothing : html`<button class="primary" @click=${() => this.another(draw)}>Another one</button>`}
        ${museum.score.of ? html`<span class="soft">${museum.score.right} of ${plural(museum.score.of, 'guess')} right</span>` : nothing}
      </p>
    </article>`;
  }

  /** @param {{ mistake: Mistake, room: string, draw: number, guess: string | null }} what */
  choices({ mistake, room, draw, guess }) {
    const choices = mistakesIn(room);
    return html`<fieldset class="museum-choices">
        <legend>Your guess</legend>
        ${choices.map(({ name, label }) => {
          const verdict = guess === null ? '' : name === mistake.name ? 'is-it' : name === guess ? 'is-not' : '';
          return html`<button
            class=${verdict}
            ?disabled=${guess !== null}
            aria-pressed=${name === guess}
            @click=${() => this.take(draw, name)}
          >
            ${label}
          </button>`;
        })}
      </fieldset>
      <p class="museum-verdict" role="status" tabindex="-1">
        ${
          guess === null
            ? nothing
            : guess === mistake.name
              ? html`<b class="good">Right.</b> ${mistake.label}.`
              : html`<b class="amber">No.</b> It is: ${mistake.label}. Dotted, what you guessed would have looked like.`
        }
      </p>`;
  }

  /** @param {number} draw @param {string} name */
  async take(draw, name) {
    this.museum.guesses.set(draw, name);
    this.requestUpdate();
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector('.museum-verdict'))?.focus();
  }

  /** The next of the numbered draws, round and round. @param {number} draw */
  another(draw) {
    this.lab.show('museum', writeDraw((draw % DRAWS) + 1));
  }

  // ---- the index ---------------------------------------------------------------------------------------------------

  index() {
    const { lab, museum } = this;
    const rooms = Object.keys(ROOMS).map((room) => ({
      room,
      mistakes: MISTAKES.filter((mistake) => roomOf(mistake) === room),
    }));
    return html`<div class="museum-index">
      <header>
        <h2 tabindex="-1">Bug museum</h2>
        <p>
          ${explained('Update rules are short, and yet libraries have them wrong, or otherwise than each other. Everything here was published. Each can be trained beside the right rule, and guessed from its curves; some hardly show.')}
        </p>
        ${lab.item ? html`<p class="bad" role="alert">There is no exhibit “${lab.item.slice(0, 40)}”. These are all there are:</p>` : nothing}
        <p class="buttons">
          <button class="primary" @click=${() => lab.show('museum', writeDraw(1 + Math.floor(Math.random() * DRAWS)))}>
            Guess one from its curves
          </button>
          ${museum.score.of ? html`<span class="soft">${museum.score.right} of ${plural(museum.score.of, 'guess')} right so far</span>` : nothing}
        </p>
      </header>
      ${rooms.map(
        ({ room, mistakes }) => html`<section>
          <h3>${labelOfRoom(room)}</h3>
          <ul>
            ${mistakes.map(
              (mistake) => html`<li>
                <a href=${`#view=museum/${mistake.name}`}>
                  <b>${mistake.label}</b>
                  <span>${mistake.where}</span>
                </a>
              </li>`,
            )}
          </ul>
        </section>`,
      )}
    </div>`;
  }

  render() {
    const { lab, museum } = this;
    if (!lab || !museum) return nothing;
    const draw = readDraw(lab.item);
    if (draw !== null) return this.guess(draw);
    const mistake = MISTAKES.find(({ name }) => name === lab.item);
    return mistake ? this.exhibit(mistake) : this.index();
  }
}

customElements.define('museum-view', MuseumView);
