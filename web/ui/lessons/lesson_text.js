/** The words of a lesson: what to try, what to look for and why, and which settings its cells have in common. */
import { html, nothing } from 'lit';
import { parseSettings } from '../../engine/config/config.js';
import { changesBetween } from '../../engine/config/config_text.js';
import { settingInWords } from '../../engine/words/settings.js';

/**
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {{ lab: import('../state/lab.js').Lab, lessons: import('./lessons.js').Lessons, lesson: Entry }} Place
 */

/** @param {Place} place */
export function lessonText(place) {
  const { lessons, lesson } = place;
  const { text } = lesson;
  return html`
    <div class="lesson-text">
      <a class="back narrow" href="#view=lessons">‹ All lessons</a>
      <p class="theme">${lesson.section}</p>
      <h2>${lesson.title}</h2>
      <p class="line">${lesson.line}</p>
      <div class="buttons">
        <button ?disabled=${!lessons.hasData(lesson)} @click=${() => lessons.load(lesson)}>
          ${lesson.cells[0].range ? 'Open in the range test' : 'Load into Live'}
        </button>
      </div>
      <h3>Try</h3>
      <ol>${text.try.map((task) => html`<li>${task}</li>`)}</ol>
      ${couldTry(place)}
      <h3>Look for</h3>
      <p>${text.look}</p>
      <h3>Why</h3>
      <p>${text.why}</p>
      ${text.quote ? html`<blockquote>“${text.quote}”</blockquote>` : nothing}
      <p class="source">
        ${text.quote ? '' : 'Source: '}${text.source.url ? html`<a href=${text.source.url} target="_blank" rel="noopener">${text.source.label}</a>` : text.source.label}
      </p>
    </div>
  `;
}

/** What the other cells turn, as links that turn it in the live view. @param {Place} place */
function couldTry({ lab, lessons, lesson }) {
  const [first, ...others] = lesson.cells;
  if (first.range) return nothing;
  const before = parseSettings({ ...lesson.config, ...first.config }).config;
  const offers = others
    .filter((cell) => !cell.after && !cell.range)
    .map((cell) => {
      const after = parseSettings({ ...lesson.config, ...cell.config }).config;
      const changes = changesBetween(before, after);
      const fields = lab.fields.filter((field) => lab.draft.applies(field, after));
      return { changes, words: describeTargets(fields, changes) };
    })
    .filter(({ words }) => words);
  if (!offers.length) return nothing;
  return html`<p class="could-try">
    You could try
    ${offers.map(({ changes, words }, i) => html`${i ? ' · ' : nothing}<button class="link" @click=${() => lessons.tryOut(changes)}>${words}</button>`)}
  </p>`;
}

/** What the cells have in common, as far as it is not the default. @param {Place} place */
export function sharedSettings({ lab, lesson }) {
  const { model, ...settings } = lesson.config;
  const varied = new Set(lesson.cells.flatMap((cell) => (cell.range ? [] : Object.keys(cell.config))));
  const { config } = parseSettings(lesson.config);
  const say = lab.fields
    .filter(({ name }) => name in settings && name !== 'eval_every' && !varied.has(name))
    .map((field) =>
      field.name === 'dataset' && lesson.needs === 'fashion-mnist'
        ? 'Fashion-MNIST'
        : settingInWords(field.name, config[field.name]),
    );
  return html`<div class="shared">
    <h3>All cells share</h3>
    <p>${say.join(' · ')}</p>
    ${model === undefined ? nothing : html`<pre><code>${model}</code></pre>`}
  </div>`;
}

/**
 * What settings are turned to: "η 0.03, warmup 100". A model is too long to be said; empty where there is one.
 * @param {import('../state/lab.js').Field[]} fields @param {Record<string, any>} changes
 */
function describeTargets(fields, changes) {
  if ('model' in changes) return '';
  return fields
    .filter((field) => field.name in changes)
    .map(({ name }) => settingInWords(name, changes[name]))
    .join(', ');
}
