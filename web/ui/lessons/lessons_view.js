/**
 * <lessons-view>: every phenomenon of the gallery as a lesson: an index grouped by theme, and the one that is open.
 * Which one that is stands in the address (#view=lessons/figure-7).
 */
import { html, nothing } from 'lit';
import { LabElement } from '../shared/lab_element.js';
import './lesson_page.js';
import { lessonPicture } from './lesson_picture.js';
import { isTold } from './lesson_text.js';

/** @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry */

export class LessonsView extends LabElement {
  static properties = { ...LabElement.properties, lessons: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./lessons.js').Lessons} */
    this.lessons = /** @type {any} */ (null);
    /** The lesson to which the list was scrolled last. @type {string | undefined} */
    this.listed = undefined;
  }

  /** The one that is open is in sight in the list beside it. */
  updated() {
    const { item } = this.lab ?? {};
    if (item === this.listed) return;
    const list = this.querySelector('.lesson-list');
    const open = /** @type {HTMLElement | null | undefined} */ (list?.querySelector('[aria-current]'));
    if (!list || !open) return;
    this.listed = item;
    const [frame, place] = [list.getBoundingClientRect(), open.getBoundingClientRect()];
    if (place.top < frame.top || place.bottom > frame.bottom)
      list.scrollTop += place.top - frame.top - (frame.height - place.height) / 2;
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

  connectedCallback() {
    super.connectedCallback();
    this.lessons?.prepare();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('lessons')) this.lessons?.prepare();
  }

  /** What a lesson takes, in a few words, and how far the learner is. @param {Entry} lesson */
  facts(lesson) {
    const { done, all } = this.tasksOf(lesson);
    const needs = lesson.needs === 'fashion-mnist' ? ' · needs Fashion-MNIST' : '';
    const far =
      done === all ? html`<i class="good">✓ done</i>` : done > 0 ? html`<i>${done} of ${all} tasks</i>` : nothing;
    return html`${lesson.minutes} min${needs} ${far} ${this.outcome(lesson)}`;
  }

  /** How many of a lesson's tasks are done. @param {Entry} lesson */
  tasksOf(lesson) {
    const { ticked } = this.lessons.progress.of(lesson.id);
    const done = lesson.tasks.filter((task, i) => task.done.every((_, k) => ticked.includes(`${i}.${k}`))).length;
    return { done, all: lesson.tasks.length };
  }

  /** Where to go on: at the first lesson that is not done, and can be. */
  way() {
    const { entries } = this.lessons;
    const isDone = (/** @type {Entry} */ lesson) => {
      const { done, all } = this.tasksOf(lesson);
      return done === all;
    };
    const count = entries.filter(isDone).length;
    const next = entries.find((lesson) => !isDone(lesson) && this.lessons.hasData(lesson));
    return html`<p class="way">
      ${count ? `${count} of ${entries.length} lessons are done. ` : nothing}
      ${next ? html`<a href=${`#view=lessons/${next.id}`}>${count ? 'Go on with' : 'Begin with'} ${entries.indexOf(next) + 1}, ${next.title}</a>` : nothing}
    </p>`;
  }

  /** What is known of it on this page. @param {Entry} lesson */
  outcome(lesson) {
    const run = this.lessons.runOf(lesson.id);
    if (run?.status === 'running') return html`<i class="soft">running</i>`;
    if (!run?.verdict) return nothing;
    return run.verdict.passed ? html`<i class="good">✓ shown</i>` : html`<i class="amber">not shown</i>`;
  }

  /** Whether it is done, beside its title. @param {Entry} lesson */
  mark(lesson) {
    const { done, all } = this.tasksOf(lesson);
    return done === all ? html`<i class="good">✓<span class="visually-hidden"> done</span></i>` : this.outcome(lesson);
  }

  index() {
    const { lab } = this;
    return html`<div class="lesson-index">
      <header>
        <h2>Lessons</h2>
        <p>
          Each lesson is one thing that training does: say what you expect, train it beside its text, and see. Every one
          can also be run as an experiment over several seeds, with a criterion that decides whether the phenomenon was
          there. The pictures are losses that this engine computed; the rest of a curve shows once you have seen it.
        </p>
        ${this.way()}
        ${lab.item ? html`<p class="bad" role="alert">There is no lesson “${lab.item.slice(0, 40)}”. These are all there are:</p>` : nothing}
      </header>
      ${this.themes.map(
        ([theme, lessons]) => html`<section>
          <h3>${theme}</h3>
          <ul>
            ${lessons.map(
              (lesson) => html`<li>
                <a href=${`#view=lessons/${lesson.id}`}>
                  ${lessonPicture(this.lessons.pictures[lesson.id], lesson, isTold(this.lessons, lesson))}
                  <b><span class="place">${this.lessons.entries.indexOf(lesson) + 1}</span> ${lesson.title}</b>
                  <span class="ask">${isTold(this.lessons, lesson) ? lesson.line : lesson.predict.ask}</span>
                  <small>${this.facts(lesson)}</small>
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
      <h2 class="visually-hidden">Lessons</h2>
      <a class="back" href="#view=lessons">All lessons</a>
      ${this.themes.map(
        ([theme, lessons]) => html`<section>
          <h3>${theme}</h3>
          <ul>
            ${lessons.map(
              (lesson) => html`<li>
                <a href=${`#view=lessons/${lesson.id}`} aria-current=${lesson === open ? 'page' : nothing}>
                  <span><span class="place">${this.lessons.entries.indexOf(lesson) + 1}</span> ${lesson.title}</span> ${this.mark(lesson)}
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
