/**
 * The procedures that the page leads itself, over workers that train: the lessons of the gallery, and the diagnosis.
 * They decide on this thread what to train next; the engine here reads range tests and judges settings, and is loaded
 * when the first lesson runs.
 */
import { createEngine } from './browser.js';
import { diagnose } from './engine/study/diagnose.js';
import { runEntry } from './engine/study/gallery/check.js';
import { ENTRIES } from './engine/study/gallery/index.js';
import { PATIENTS } from './engine/study/patients.js';
import { formatReport } from './engine/study/report.js';
import { BETTER_SHARE } from './engine/study/verdict.js';

/** @type {ReturnType<typeof createEngine> | null} */
let engine = null;

/** @type {import('./ui/lessons.js').Gallery} */
export const GALLERY = {
  entries: ENTRIES,
  run: async (what) => {
    engine ??= createEngine();
    return runEntry({ ...what, engine: await engine });
  },
};

/** @type {import('./ui/diagnosis.js').Procedure} */
export const DIAGNOSIS = { diagnose, patients: PATIENTS, betterShare: BETTER_SHARE, formatReport };
