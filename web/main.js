/** Connects the parts: worker, state, charts, page. */
import './charts/axis_plot.js';
import './charts/contour_map.js';
import './charts/line/line_chart.js';
import './charts/norm_histogram.js';
import './charts/tile_map.js';
import { PointSeries, StepSeries } from './charts/series.js';
import { defaultThreads } from './engine/core/team.js';
import { SCHEMA } from './generated/schema.js';
import { PRESETS } from './presets.js';
import { createNarrator } from './ui/events/narrator.js';
import { Lab } from './ui/state/lab.js';
import { listServerData } from './ui/state/server_data.js';
import './ui/page/train_scope.js';
import { openWorker } from './platform/browser/worker_port.js';
import { WorkerClient } from './worker/client.js';
import { StudyClient } from './worker/study_client.js';

const series = {
  createSteps: (/** @type {number} */ first) => new StepSeries(first),
  createPoints: () => new PointSeries(),
};

restoreTheme();
// The run on screen takes several cores, where the page may share memory; a study spreads its runs over them.
const threads = defaultThreads(navigator.hardwareConcurrency);
const client = new WorkerClient({
  openPort: () => openWorker({ threads }),
  onUnusable: (reason) => lab.giveUp(reason),
});
const studies = new StudyClient({ openPort: openWorker });
// Fetched beside the engine: nothing that opens first needs it.
const procedures = import('./page_studies.js');
const lab = new Lab({
  client,
  studies,
  gallery: procedures.then(({ GALLERY }) => GALLERY),
  diagnosis: procedures.then(({ DIAGNOSIS }) => DIAGNOSIS),
  stadium: procedures.then(({ STADIUM }) => STADIUM),
  schema: SCHEMA,
  series,
  presets: PRESETS,
});
lab.narrator = createNarrator(lab);
const page = /** @type {import('./ui/page/train_scope.js').TrainScope} */ (document.querySelector('train-scope'));
page.lab = lab;
await lab.open(location.search, PRESETS[0].config, await listServerData());
lab.start();

/** The theme chosen last time; without one the system's, also when it changes. */
function restoreTheme() {
  try {
    const chosen = localStorage.getItem('trainscope-theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser that keeps nothing starts with the system's theme.
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    window.dispatchEvent(new Event('themechange'));
  });
}
