/**
 * The studies that the page leads itself, over workers that train: the diagnosis and its parts. They decide on this thread what to train next; the engine here reads range tests and judges settings, and holds the
 * races of the Optimizers view, whose steps take microseconds. It is loaded when it is first needed.
 */

import { createEngineFrom } from './engine/engine.js';
import { BETTER_SHARE } from './engine/study/judge/verdict.js';
import { runBatchStudy } from './engine/study/procedure/batch.js';
import { runClipStudy } from './engine/study/procedure/clip.js';
import { runCyclicalStudy } from './engine/study/procedure/cyclical.js';
import { diagnose } from './engine/study/procedure/diagnose.js';
import { headlineOf, isBeyondSeeds } from './engine/study/procedure/diagnosis_words.js';
import { PATIENTS } from './engine/study/procedure/patients.js';
import { runProbeStudy } from './engine/study/procedure/probe.js';
import { runWarmupStudy } from './engine/study/procedure/warmup.js';
import { formatReport } from './engine/study/report/report.js';
import { formatStudyReport, STUDY_TITLES } from './engine/study/report/study_report.js';
import { openEngine } from './platform/browser/index.js';

/** @type {ReturnType<typeof openEngine> | null} */
let engine = null;

/** The one engine of the page's own thread. */
export function loadEngine() {
  engine ??= openEngine(
    { threads: 1, common: null, arithmetic: 'plain' },
    {
      // The page has it at hand; asked for by its address it would be one file more.
      importEngine: async () => ({ createEngineFrom }),
      startThread: () => Promise.reject(new Error('A page trains on its own thread.')),
    },
  );
  return engine;
}

/** @type {import('./ui/diagnose/diagnosis.js').Procedures} */
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

/** @type {import('./ui/race/racetrack.js').Stadium} */
export const STADIUM = { engine: loadEngine };
