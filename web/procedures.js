/**
 * The procedures that the page leads itself, over workers that train: the lessons of the gallery, the diagnosis and its
 * parts.
 * They decide on this thread what to train next; the engine here reads range tests and judges settings, and holds the
 * races of the Optimizers view, whose steps take microseconds. It is loaded when it is first needed.
 */
import { createEngine } from './browser.js';
import { runBatchStudy } from './engine/study/batch_study.js';
import { runClipStudy } from './engine/study/clip_study.js';
import { runCyclicalStudy } from './engine/study/cyclical_study.js';
import { diagnose } from './engine/study/diagnose.js';
import { headlineOf, isBeyondSeeds } from './engine/study/diagnosis_words.js';
import { runEntry } from './engine/study/gallery/check.js';
import { ENTRIES } from './engine/study/gallery/index.js';
import { PATIENTS } from './engine/study/patients.js';
import { runProbeStudy } from './engine/study/probe_study.js';
import { formatReport } from './engine/study/report.js';
import { formatStudyReport, STUDY_TITLES } from './engine/study/study_report.js';
import { BETTER_SHARE } from './engine/study/verdict.js';
import { runWarmupStudy } from './engine/study/warmup_study.js';

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

/** @type {import('./ui/diagnosis.js').Procedures} */
export const DIAGNOSIS = {
  diagnose,
  studies: {
    probe: runProbeStudy,
    warmup: runWarmupStudy,
    clip: runClipStudy,
    cyclical: async (how) => runCyclicalStudy({ ...how, engine: await loadEngine() }),
    batch: runBatchStudy,
  },
  titles: STUDY_TITLES,
  patients: PATIENTS,
  betterShare: BETTER_SHARE,
  headlineOf,
  isBeyondSeeds,
  formatReport,
  formatStudyReport,
};

/** @type {import('./ui/racetrack.js').Stadium} */
export const STADIUM = { engine: loadEngine };
