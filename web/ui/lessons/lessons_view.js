/**
 * <lessons-view>: every phenomenon of the gallery as a lesson: an index grouped by theme, and the one that is open.
 * Which one that is stands in the address (#view=lessons/figure-7).
 */
import { html, nothing } from 'lit';
import { LabElement } from '../shared/lab_element.js';
import './lesson_page.js';

/** @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry */

export class LessonsView extends LabElement {
  static properties = { ...LabElement.properties, lessons: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./lessons.js').Lessons} */
    this.lessons = /** @type {any} */ (null);
  }

  /** The lessons by theme, in the gallery's order. @returns {[string, Entry[]][]} */
  get themes() {
    /** @type {Map<string, Entry[]>} */
    const themes = new Map();
    for (const lesson of this.lessons.entries) {
      const list = themes.get(lesson.section) ?? [];
      list.push(lesson);
      themes.set(lesson.section, list);
    }
    return [...themes];
  }

  /** What a lesson takes, in a few words. @param {Entry} lesson */
  needs(lesson) {
    return lesson.needs === 'fashion-mnist' ? 'Fashion-MNIST' : nothing;
  }

  /** What is known of it on this page. @param {Entry} lesson */
  outcome(lesson) {
    const run = this.lessons.runOf(lesson.id);
    if (run?.status === 'running') return html`<i class="soft">running</i>`;
    if (!run?.verdict) return nothing;
    return run.verdict.passed ? html`<i class="good">✓ shown</i>` : html`<i class="amber">not shown</i>`;
  }

  index() {
    const { lab } = this;
    return html`<div class="lesson-index">
      <header>
        <h2>Lessons</h2>
        <p>
          Each lesson is one thing that training does: a few settings to load and play with, what to look for, and why
          it happens. Every one can also be run as an experiment over several seeds, with a criterion that decides
          whether the phenomenon was there.
        </p>
        ${lab.item ? html`<p class="bad" role="alert">There is no lesson “${lab.item.slice(0, 40)}”. These are all there are:</p>` : nothing}
      </header>
      ${this.themes.map(
        ([theme, lessons]) => html`<section>
          <h3>${theme}</h3>
          <ul>
            ${lessons.map(
              (lesson) => html`<li>
                <a href=${`#view=lessons/${lesson.id}`}>
                  <b>${lesson.title}</b>
                  <span>${lesson.line}</span>
                  <small>${this.needs(lesson)} ${this.outcome(lesson)}</small>
                </a>
              </li>`,
            )}
          </ul>
        </section>`,
      )}
      <footer>
        Trainscope is free software under the MIT licence, and stands on
        <a href="THIRD-PARTY.txt">other free software</a>.
      </footer>
    </div>`;
  }

  /** @param {Entry} open */
  list(open) {
    return html`<nav class="lesson-list" aria-label="Lessons">
      <a class="back" href="#view=lessons">All lessons</a>
      ${this.themes.map(
        ([theme, lessons]) => html`<section>
          <h3>${theme}</h3>
          <ul>
            ${lessons.map(
              (lesson) => html`<li>
                <a href=${`#view=lessons/${lesson.id}`} aria-current=${lesson === open ? 'page' : nothing}>
                  ${lesson.title} ${this.outcome(lesson)}
                </a>
              </li>`,
            )}
          </ul>
        </section>`,
      )}
    </nav>`;
  }

  render() {
    const { lab } = this;
    if (!lab || !this.lessons.entries.length) return html`<p class="opening">Loading the lessons…</p>`;
    const open = this.lessons.entries.find((/** @type {Entry} */ lesson) => lesson.id === lab.item);
    if (!open) return this.index();
    return html`<div class="lesson-open">
      ${this.list(open)}
      <lesson-page .lab=${lab} .lessons=${this.lessons} .lesson=${open}></lesson-page>
    </div>`;
  }
}

customElements.define('lessons-view', LessonsView);
