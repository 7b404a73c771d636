/**
 * The page's views, in the order of their tabs. A view is one row: its name in the address (#view=…), its tab, and
 * its element with what that is handed: the lab, and the view's own model where it has one. A view that trains with the
 * panel's settings says so: where they are wrong, that stands above it.
 */
import { html } from 'lit';
import '../live/live_page.js';

/**
 * @typedef {object} Models  of the views; main.js makes them
 * @property {import('../range/range_settings.js').RangeSettings} range
 * @property {import('../sweep/sweep.js').Sweep} sweep
 * @property {import('../diagnose/diagnosis.js').Diagnosis} diagnosis
 * @property {import('../race/racetrack.js').Racetrack} racetrack
 * @property {import('../lessons/lessons.js').Lessons} lessons
 * @property {import('../../worker/study_client.js').StudyClient} studies  for views that are fetched when they are opened,
 *   and make their model themselves
 * @property {import('../logs/your_logs.js').AskLogs} askLogs  what logs show
 * @property {() => Promise<import('../../engine/engine.js').Engine>} engine  for formulas; it is fetched when first asked for
 *
 * @typedef {object} View
 * @property {string} id
 * @property {string} label
 * @property {(lab: import('../state/lab.js').Lab, models: Models) => import('lit').TemplateResult} element
 * @property {boolean} [trains]
 * @property {boolean} [showsRun]  whether the run on screen is seen in it
 * @property {boolean} [hasItems]  whether the address may name something within it, of which the view itself says what is wrong
 * @property {boolean} [takesFiles]  what is dropped on it is no data to train on: the lab's event `files` tells of it
 * @property {boolean} [titled]  whether it has a heading of its own
 * @property {() => Promise<unknown>} [fetch]  its element, where the page does not bring it along
 */

/** What a view beside Live is made of, with its looks. @param {Promise<unknown>} code */
const withLooks = (code) => Promise.all([code, import('../../page_styles.js')]);

/**
 * The lesson that is under way, beside the view that is open.
 * @param {string} view @param {import('../state/lab.js').Lab} lab @param {Models['lessons'] | undefined} lessons
 */
function lessonAside(view, lab, lessons) {
  if (!lessons?.docked || lab.view !== view) return null;
  withLooks(import('../lessons/lesson_dock.js'));
  return html`<lesson-dock .lab=${lab} .lessons=${lessons} .lesson=${lessons.docked}></lesson-dock>`;
}

const fetchViews = () => withLooks(import('../../page_views.js'));

/** @type {View[]} */
export const VIEWS = [
  {
    id: 'live',
    label: 'Live',
    showsRun: true,
    element: (lab, models) =>
      html`<live-page .lab=${lab} .dock=${lessonAside('live', lab, models?.lessons)}></live-page>`,
  },
  {
    id: 'range',
    label: 'LR range test',
    element: (lab, { range, lessons }) =>
      html`<range-view .lab=${lab} .range=${range} .dock=${lessonAside('range', lab, lessons)}></range-view>`,
    trains: true,
    fetch: fetchViews,
  },
  {
    id: 'sweep',
    label: 'Sweep',
    element: (lab, { sweep }) => html`<sweep-view .lab=${lab} .sweep=${sweep}></sweep-view>`,
    trains: true,
    fetch: fetchViews,
  },
  {
    id: 'diagnose',
    label: 'Diagnose',
    element: (lab, { diagnosis }) => html`<diagnose-view .lab=${lab} .diagnosis=${diagnosis}></diagnose-view>`,
    trains: true,
    fetch: fetchViews,
  },
  {
    id: 'optimizers',
    label: 'Optimizers',
    hasItems: true,
    element: (lab, { racetrack }) => html`<optimizers-view .lab=${lab} .racetrack=${racetrack}></optimizers-view>`,
    fetch: fetchViews,
  },
  {
    id: 'slice',
    label: 'Loss surface',
    showsRun: true,
    element: (lab) => html`<slice-view .lab=${lab}></slice-view>`,
    fetch: () => withLooks(import('../../page_slice.js')),
  },
  {
    id: 'logs',
    label: 'Your runs',
    element: (lab, { askLogs }) => html`<logs-view .lab=${lab} .ask=${askLogs}></logs-view>`,
    takesFiles: true,
    fetch: () => withLooks(import('../logs/logs_view.js')),
  },
  {
    id: 'lessons',
    label: 'Lessons',
    hasItems: true,
    titled: true,
    element: (lab, { lessons }) => html`<lessons-view .lab=${lab} .lessons=${lessons}></lessons-view>`,
    fetch: () => withLooks(import('../lessons/lessons_view.js')),
  },
  {
    id: 'museum',
    label: 'Museum',
    hasItems: true,
    titled: true,
    element: (lab, { studies, engine }) =>
      html`<museum-view .lab=${lab} .studies=${studies} .engine=${engine}></museum-view>`,
    fetch: () => withLooks(import('../museum/museum_view.js')),
  },
];
