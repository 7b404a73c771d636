/** What the views beside Live know, and the studies that they lead: made once the first run is under way, or when a view asks. */

import { SCHEMA } from './engine/config/schema.js';
import { openWorker } from './platform/browser/worker_port.js';
import { Diagnosis } from './ui/diagnose/diagnosis.js';
import { Lessons } from './ui/lessons/lessons.js';
import { Racetrack } from './ui/race/racetrack.js';
import { RangeSettings } from './ui/range/range_settings.js';
import { Sweep } from './ui/sweep/sweep.js';
import { StudyClient } from './worker/study_client.js';

/**
 * @param {import('./ui/state/lab.js').Lab} lab
 * @param {Pick<import('./worker/client.js').WorkerClient, 'ask'>} client
 * @param {import('./worker/client.js').WorkerClient} plain  the worker that is always there
 * @returns {import('./ui/page/views.js').Models}
 */
export function makeModels(lab, client, plain) {
  const studies = new StudyClient({ openPort: openWorker });
  const procedures = import('./page_studies.js');
  // Who needs them hears that they could not be fetched.
  procedures.catch(() => {});
  const range = new RangeSettings(lab, client, SCHEMA);
  const models = {
    range,
    sweep: new Sweep(lab, studies),
    diagnosis: new Diagnosis(
      lab,
      studies,
      procedures.then(({ DIAGNOSIS }) => DIAGNOSIS),
    ),
    racetrack: new Racetrack(
      lab,
      SCHEMA,
      procedures.then(({ STADIUM }) => STADIUM),
    ),
    lessons: new Lessons(lab, {
      studies,
      fetchGallery: async () => (await import('./page_lessons.js')).GALLERY,
      range,
    }),
    studies,
    askLogs: (/** @type {Parameters<import('./ui/logs/your_logs.js').AskLogs>[0]} */ question) =>
      plain.ask('inspectLogs', question),
    engine: () => procedures.then(({ STADIUM }) => STADIUM.engine()),
  };
  for (const model of [models.sweep, models.diagnosis, models.lessons]) lab.register(model);
  return models;
}
