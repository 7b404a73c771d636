/** The lessons of the gallery, with their pictures and what runs them: fetched when a lesson, or the list of them, is opened. */

import { runEntry } from './engine/study/gallery/check.js';
import { ENTRIES } from './engine/study/gallery/index.js';
import { PICTURES } from './engine/study/gallery/pictures.js';
import { loadEngine } from './page_studies.js';

/** @type {import('./ui/lessons/lesson_run.js').Gallery} */
export const GALLERY = {
  entries: ENTRIES,
  pictures: PICTURES,
  run: async (what) => runEntry({ ...what, engine: await loadEngine() }),
};
