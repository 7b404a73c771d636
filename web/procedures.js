/**
 * The procedures that the page leads itself, over workers that train: the lessons of the gallery, and the diagnosis.
 * They decide on this thread what to train next; the engine here reads range tests and judges settings, and holds the
 * races of the Optimizers view, whose steps take microseconds. It is loaded when it is first needed.
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

function loadEngine() {
  engine ??= createEngine();
  return engine;
}

/** @type {import('./ui/lessons.js').Gallery} */
export const GALLERY = {
  entries: ENTRIES,
  run: async (what) => {
    return runEntry({ ...what, engine: await loadEngine() });
  },
};

/** @type {import('./ui/diagnosis.js').Procedure} */
export const DIAGNOSIS = { diagnose, patients: PATIENTS, betterShare: BETTER_SHARE, formatReport };

/** @type {import('./ui/racetrack.js').Stadium} */
export const STADIUM = { engine: loadEngine };
