/** The words of a lesson: what to do, with what does it; what to look for and why; and which settings its cells share. */

import { html, nothing } from 'lit';
import { parseSettings } from '../../engine/config/config.js';
import { settingInWords } from '../../engine/words/settings.js';
import { explained } from '../glossary/explained_text.js';
import { cellOf, isBetween, settingsOf, variedIn } from './deeds.js';
import { predictionFields, verdictOf } from './prediction.js';

/**
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../engine/study/gallery/entry.js').Done} Done
 * @typedef {{ lab: import('../state/lab.js').Lab, lessons: import('./lessons.js').Lessons, lesson: Entry }} Place
 */

/** What to do, ticked off where it was done, with a button for each thing that can be done for somebody. @param {Place} place */
export function tasksOf({ lessons, lesson }) {
  const session = lessons.sessionOf(lesson);
  return html`<p class="could-try">You could try, each from this lesson’s own settings:</p>
  <ol class="tasks">
    ${lesson.tasks.map((task, i) => {
      const done = task.done.filter((_, k) => session?.isTicked(i, k)).length;
      const isWhole = done === task.done.length;
      const share = done > 0 && !isWhole ? `, ${done} of ${task.done.length} done` : '';
      return html`<li class=${isWhole ? 'done' : ''}>
        <p>
          <span class="tick" role="img" aria-label=${isWhole ? 'Done' : `To do${share}`}>${isWhole ? '✓' : ''}</span>${task.say}
        </p>
        <p class="could-try">
          ${task.done.map(
            (deed, k) => html`${k ? ' · ' : nothing}<button
                class="link"
                ?disabled=${!lessons.hasData(lesson)}
                @click=${() => lessons.tryOut(lesson, deed)}
              >${session?.isTicked(i, k) ? '✓ ' : ''}${offerOf(lesson, deed)}</button>`,
          )}
        </p>
      </li>`;
    })}
  </ol>`;
}

/** What the button of a deed says. @param {Entry} lesson @param {Done} deed */
function offerOf(lesson, deed) {
  if (deed.label !== undefined) return deed.label;
  switch (deed.deed) {
    case 'experimented':
      return 'the experiment';
    case 'clipped at p90':
      return 'clipping at the 90th percentile';
    case 'forked':
      return `going back, then ${namedIn(lesson, deed)}`;
    case 'changed':
      return `${namedIn(lesson, deed)} while ${cellOf(lesson, deed.cell).label} trains`;
    case 'tested': {
      const cell = cellOf(lesson, deed.cell);
      const words = [
        deed.cell && cell.range ? cell.label : '',
        deed.seeds ? `${deed.seeds} seeds` : '',
        namedIn(lesson, deed),
      ];
      return words.filter(Boolean).join(', ') || 'the range test';
    }
    default:
      return [cellOf(lesson, deed.cell).label, namedIn(lesson, deed)].filter(Boolean).join(', ');
  }
}

/** The settings that a deed names: "η 0.03"; of what may lie between two numbers, one of them. @param {Entry} lesson @param {Done} deed */
function namedIn(lesson, deed) {
  const settings = settingsOf(lesson, deed);
  const named = { ...cellOf(lesson, deed.cell).after?.sets, ...deed.with };
  return Object.entries(named)
    .map(([name, value]) => {
      return `${settingInWords(name, settings[name])}${isBetween(value) ? ' or so' : ''}`;
    })
    .join(', ');
}

/** What to look for and why: told once something has shown it, or where it is asked for. @param {Place} place */
export function outcomeText({ lab, lessons, lesson }) {
  const { text } = lesson;
  const session = lessons.sessionOf(lesson);
  if (!isTold(lessons, lesson)) {
    return html`<p class="hidden-outcome">
      What to look for, and why it happens, is told once a run has shown it.
      <button
        class="link"
        ?disabled=${!session}
        @click=${() => {
          if (session) session.peeked = true;
          lab.touch();
        }}
      >Show it now</button>
    </p>`;
  }
  return html`
    <h3>Look for</h3>
    <p>${explained(text.look)}</p>
    <h3>Why</h3>
    <p>${explained(text.why)}</p>
    ${text.quote ? html`<blockquote>“${text.quote}”</blockquote>` : nothing}
    <p class="source">
      ${text.quote ? '' : 'Source: '}${text.source.url ? html`<a href=${text.source.url} target="_blank" rel="noopener">${text.source.label}</a>` : text.source.label}
    </p>
  `;
}

/** Whether a lesson's outcome may be told: something has shown it, now or on another day, or the learner asked. @param {import('./lessons.js').Lessons} lessons @param {Entry} lesson */
export function isTold(lessons, lesson) {
  const session = lessons.sessionOf(lesson);
  const isUnderWay = lessons.docked === lesson || (session?.hasBegun ?? false);
  return session?.isShown || (!isUnderWay && lessons.progress.of(lesson.id).seen);
}

/** The lesson's page: its words beside the experiment. @param {Place} place */
export function lessonText(place) {
  const { lab, lessons, lesson } = place;
  const session = lessons.sessionOf(lesson);
  const isRange = lesson.cells[0].range;
  return html`
    <div class="lesson-text">
      <a class="back narrow" href="#view=lessons">‹ All lessons</a>
      <p class="theme">${lesson.section} · ${placeOf(lessons, lesson)}</p>
      <h2>${lesson.title}</h2>
      ${isTold(lessons, lesson) ? html`<p class="line">${explained(lesson.line)}</p>` : nothing}
      <div class="buttons">
        <button class="primary" ?disabled=${!lessons.hasData(lesson)} @click=${() => lessons.begin(lesson)}>
          ${isRange ? 'Begin in the range test' : 'Begin beside Live'}
        </button>
      </div>
      <h3>What do you expect?</h3>
      ${session ? predictionFields(lab, session) : nothing}
      <h3>Try</h3>
      ${tasksOf(place)}
      <div role="status">${session ? verdictOf(session) : nothing}</div>
      ${outcomeText(place)}
    </div>
  `;
}

/** Where a lesson stands in the course, and how long it takes. @param {import('./lessons.js').Lessons} lessons @param {Entry} lesson */
export function placeOf({ entries }, lesson) {
  return `lesson ${entries.indexOf(lesson) + 1} of ${entries.length} · about ${lesson.minutes}\u00a0min`;
}

/** What the cells have in common, as far as it is not the default. @param {Place} place */
export function sharedSettings({ lab, lesson }) {
  const { model, ...settings } = lesson.config;
  const varied = variedIn(lesson);
  const { config } = parseSettings(lesson.config);
  const warmsUp = lesson.cells.some(({ config: own }) => Number(own.warmup_steps ?? settings.warmup_steps ?? 0) > 0);
  const say = lab.fields
    .filter(({ name }) => name in settings && name !== 'eval_every' && !varied.has(name))
    .map((field) =>
      field.name === 'dataset' && lesson.needs === 'fashion-mnist'
        ? 'Fashion-MNIST'
        : `${settingInWords(field.name, config[field.name])}${field.name === 'steps' && warmsUp ? ' after warmup' : ''}`,
    );
  return html`<div class="shared">
    <h3>All cells share</h3>
    <p>${say.join(' · ')}</p>
    ${model === undefined ? nothing : html`<pre><code>${model}</code></pre>`}
  </div>`;
}
