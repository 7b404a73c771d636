/** Connects the parts: worker, state, charts, page. */
import { CARD_FIGURES } from './card_figures.js';
import './charts/line/line_chart.js';
import './charts/norm_histogram.js';
import { SERIES_MAKER } from './charts/series/series_maker.js';
import { SCHEMA } from './engine/config/schema.js';
import { defaultThreads } from './engine/core/team.js';
import { keepOffline } from './platform/browser/offline.js';
import { openRunStore } from './platform/browser/run_store.js';
import { openTabSession } from './platform/browser/tab_session.js';
import { openWorker, takePrepared } from './platform/browser/worker_port.js';
import { PRESETS } from './presets.js';
import { Diagnosis } from './ui/diagnose/diagnosis.js';
import { createNarrator } from './ui/events/narrator.js';
import { Lessons } from './ui/lessons/lessons.js';
import { isFirstLook, knowRates } from './ui/opening/cards.js';
import { hiddenParts, takeLook } from './ui/page/look.js';
import './ui/page/train_scope.js';
import { Racetrack } from './ui/race/racetrack.js';
import { RangeSettings } from './ui/range/range_settings.js';
import { searchOf } from './ui/state/address.js';
import { Lab } from './ui/state/lab.js';
import { listServerData } from './ui/state/server_data.js';
import { Sweep } from './ui/sweep/sweep.js';
import { WorkerClient } from './worker/client.js';
import { ClientPair } from './worker/client_pair.js';
import { StudyClient } from './worker/study_client.js';

/** How long a run is under way before anything else is fetched. */
const SETTLED_MS = 1000;

restoreTheme();
// The run on screen takes several cores, where the page may share memory; a study spreads its runs over them.
const threads = defaultThreads(navigator.hardwareConcurrency);
const plain = new WorkerClient({
  openPort: () => takePrepared() ?? openWorker({ threads }),
  onUnusable: (reason) => lab.giveUp(reason),
  onSilent: () => lab.sayBusy(() => plain.giveUp()),
});
const client = new ClientPair(plain, (onUnusable) => {
  const fused = new WorkerClient({
    openPort: () => openWorker({ threads, arithmetic: 'fused' }),
    onUnusable,
    onSilent: () => lab.sayBusy(() => fused.giveUp()),
  });
  return fused;
});
const studies = new StudyClient({ openPort: openWorker });
const lab = new Lab({
  client,
  schema: SCHEMA,
  series: SERIES_MAKER,
  presets: PRESETS.map((preset) => ({ ...preset, figures: CARD_FIGURES[preset.id] })),
});
// Nothing that opens first needs it: it is fetched when a run is under way, or another view is open.
const procedures = untilUnderWay(lab).then(() => {
  for (const fetched of [import('./page_views.js'), import('./page_styles.js')]) fetched.catch(() => {});
  return import('./page_studies.js');
});
lab.narrator = createNarrator(lab);
knowRates(lab);
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
  lessons: new Lessons(lab, { studies, fetchGallery: async () => (await import('./page_lessons.js')).GALLERY, range }),
  studies,
  askLogs: (/** @type {Parameters<import('./ui/logs/your_logs.js').AskLogs>[0]} */ question) =>
    plain.ask('inspectLogs', question),
  engine: () => procedures.then(({ STADIUM }) => STADIUM.engine()),
};
for (const model of [models.sweep, models.diagnosis, models.lessons]) lab.register(model);
const page = /** @type {import('./ui/page/train_scope.js').TrainScope} */ (document.querySelector('train-scope'));
const { look, search, problems } = takeLook(searchOf(location));
lab.hidden = hiddenParts(look);
page.models = models;
page.look = look;
// The code has been read in this task; what it draws is another one's.
await new Promise((resolve) => setTimeout(resolve));
page.lab = lab;
for (const message of problems) lab.draft.report({ field: null, message });
await lab.links.open(search, PRESETS[0], await listServerData());
await lab.settleArithmetic();
if (typeof look.speed === 'number' || look.speed) lab.runs.setSpeed(look.speed);
else if (isFirstLook(lab)) lab.runs.calmDown();
// Not awaited: a lesson's code may need this very module, which is not there before it is done.
models.lessons.openLinked().then((isOpened) => isOpened || lab.runs.start());
// A frame in another page leaves nothing in the browser.
if (!look.embed) {
  // After the first run: keeping runs delays none. WebKit may never open a database that a page before was left with.
  openRunStore().then((store) => lab.keeper.open(store, openTabSession));
  keepOffline((open) => lab.offerUpdate(open));
}

/** Resolves a moment after the first steps of a run, or when something else than the Live view is asked for. @param {Lab} lab */
function untilUnderWay(lab) {
  return new Promise((resolve) => {
    const look = () => {
      if (lab.view !== 'live') resolve(null);
      else if (lab.focus?.step) setTimeout(resolve, SETTLED_MS);
      else return;
      for (const kind of ['rows', 'change']) lab.removeEventListener(kind, look);
    };
    for (const kind of ['rows', 'change']) lab.addEventListener(kind, look);
  });
}

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
