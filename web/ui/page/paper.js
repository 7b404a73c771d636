/**
 * The page on paper: light, its charts as wide as the paper, with what was trained and what became of it in words, and
 * nothing that only a hand on a screen could use. It is laid out for paper before the browser takes its picture, since
 * only then can charts be drawn in the size that they will have (paper.css).
 */
import { html, nothing, render } from 'lit';
import { headlineOf } from '../opening/headline.js';
import { panelInWords } from '../shared/open_in_live.js';
import './paper.css';

/** On the root, while it is laid out for paper. */
const PRINTING = 'printing';

/** What is drawn by charts/drawn_element.js. */
const DRAWN = 'line-chart, norm-histogram, axis-plot, contour-map';

/** @param {HTMLElement} page  with `main` in it @param {() => import('../state/lab.js').Lab} labOf */
export function keepPaperReady(page, labOf) {
  const root = document.documentElement;
  const sheet = document.createElement('section');
  sheet.className = 'paper';
  sheet.setAttribute('aria-label', 'What was trained');
  /** The theme before. @type {string | undefined} */
  let theme;
  window.addEventListener('beforeprint', () => {
    if (root.classList.contains(PRINTING)) return;
    theme = root.dataset.theme;
    root.dataset.theme = 'light';
    root.classList.add(PRINTING);
    render(words(labOf()), sheet);
    page.querySelector('main')?.prepend(sheet);
    drawAll(page);
  });
  window.addEventListener('afterprint', () => {
    root.classList.remove(PRINTING);
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    sheet.remove();
    drawAll(page);
  });
}

/** Draws every chart anew, in the size and the colours of now. @param {HTMLElement} page */
function drawAll(page) {
  window.dispatchEvent(new Event('themechange'));
  for (const chart of page.querySelectorAll(DRAWN)) {
    /** @type {import('../../charts/drawn_element.js').DrawnElement} */ (chart).drawNow();
  }
}

/** @param {import('../state/lab.js').Lab} lab */
function words(lab) {
  const run = lab.focus;
  const { says, below } = headlineOf(lab);
  const command = run ? lab.links.commandOf(run) : '';
  return html`
    <p>Trainscope${run ? html` · <b>${run.name}</b>` : nothing}</p>
    <h2>${says}</h2>
    ${below ? html`<p>${below}</p>` : nothing}
    <p>${panelInWords(lab)}</p>
    ${command ? html`<p><code>${command}</code></p>` : nothing}
    <p class="address">${new URL(lab.links.link, location.href).href}</p>
  `;
}
