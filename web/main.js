/** Connects the parts: worker, state, charts, page. */
import { CARD_FIGURES } from './card_figures.js';
import './charts/line/line_chart.js';
import './charts/norm_histogram.js';
import { SERIES_MAKER } from './charts/series/series_maker.js';
import { SCHEMA } from './engine/config/schema.js';
import { defaultThreads } from './engine/core/team.js';
import { openWorker, takePrepared } from './platform/browser/worker_port.js';
import { PRESETS } from './presets.js';
import { createNarrator } from './ui/events/narrator.js';
import { isFirstLook, knowRates } from './ui/opening/cards.js';
import { hiddenParts, takeLook } from './ui/page/look.js';
import './ui/page/train_scope.js';
import { VIEWS } from './ui/page/views.js';
import { searchOf } from './ui/state/address.js';
import { Lab } from './ui/state/lab.js';
import { listServerData } from './ui/state/server_data.js';
import { WorkerClient } from './worker/client.js';
import { ClientPair } from './worker/client_pair.js';

/** How long a run is under way before anything else is fetched. */
const SETTLED_MS = 1000;

/** What is kept is looked for by then also where no run begins, and paper is thought of, in milliseconds. */
const LATE_MS = 3000;

/** @type {Promise<import('./ui/page/views.js').Models> | null} */
let models = null;

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
const lab = new Lab({
  client,
  schema: SCHEMA,
  series: SERIES_MAKER,
  presets: PRESETS.map((preset) => ({ ...preset, figures: CARD_FIGURES[preset.id] })),
});
lab.narrator = createNarrator(lab);
knowRates(lab);
const page = /** @type {import('./ui/page/train_scope.js').TrainScope} */ (document.querySelector('train-scope'));
const { look, search, problems } = takeLook(searchOf(location));
lab.hidden = hiddenParts(look);
page.fetchModels = fetchModels;
page.look = look;
openPage();

/** In a function of its own: a file that waits at its top keeps all waiting that import from it, what it waits for among them. */
async function openPage() {
  // The code has been read in this task; what it draws is another one's.
  await new Promise((resolve) => setTimeout(resolve));
  page.lab = lab;
  for (const message of problems) lab.draft.report({ field: null, message });
  await lab.links.open(search, PRESETS[0], await listServerData());
  await lab.settleArithmetic();
  const isLesson = await openLesson();
  if (typeof look.speed === 'number' || look.speed) lab.runs.setSpeed(look.speed);
  else if (!isLesson && isFirstLook(lab)) lab.runs.calmDown();
  if (!isLesson) startInSight();
  untilUnderWay(lab, SETTLED_MS).then(() => {
    // With the views comes what settings mean, for all that is drawn already.
    const views = import('./page_views.js').then(() => lab.touch());
    for (const fetched of [fetchModels(), views, import('./page_styles.js')]) fetched.catch(() => {});
  });
  const late = new Promise((resolve) => setTimeout(resolve, LATE_MS));
  Promise.race([untilUnderWay(lab, SETTLED_MS), late])
    .then(() => import('./ui/page/paper.js'))
    .then(({ keepPaperReady }) => keepPaperReady(page, () => lab))
    // Without a network the page is printed as it stands.
    .catch(() => {});
  // A frame in another page leaves nothing in the browser.
  if (!look.embed) {
    // Who was here before may have left a run, and has the code at hand.
    const wasHere = !!navigator.serviceWorker?.controller;
    Promise.race([untilUnderWay(lab, wasHere ? 0 : SETTLED_MS), late])
      .then(() => import('./page_keeping.js'))
      .then(({ keepAll }) => keepAll(lab))
      // Without a network, and nothing kept yet, nothing is kept.
      .catch(() => {});
  }
}

/** Begins the run that the page opens with; in a frame, once a view that shows it is open: others have no way to it. */
function startInSight() {
  const showsRun = () => VIEWS.find(({ id }) => id === lab.view)?.showsRun;
  if (!look.embed || showsRun()) return lab.runs.start();
  const onShow = () => {
    if (!showsRun()) return;
    lab.removeEventListener('show', onShow);
    // What led here may have begun one.
    if (!lab.active) lab.runs.start();
  };
  lab.addEventListener('show', onShow);
}

/** What the views beside Live know: made once, or again where it could not be fetched. */
function fetchModels() {
  models ??= import('./page_models.js')
    .then(({ makeModels }) => {
      page.models = makeModels(lab, client, plain);
      return page.models;
    })
    .catch((error) => {
      models = null;
      throw error;
    });
  return models;
}

/** Opens the lesson that the address names. @returns {Promise<boolean>}  whether there is one, which starts by itself */
async function openLesson() {
  if (lab.links.lesson === null) return false;
  try {
    const { lessons } = await fetchModels();
    return await lessons.openLinked();
  } catch {
    lab.draft.report({
      field: null,
      message: 'The lesson could not be loaded. Reload the page once the network is back.',
    });
    return false;
  }
}

/**
 * Resolves a moment after the first steps of a run, or when something else than the Live view is asked for.
 * @param {Lab} lab @param {number} ms
 */
function untilUnderWay(lab, ms) {
  return new Promise((resolve) => {
    const look = () => {
      if (lab.view !== 'live') resolve(null);
      else if (lab.focus?.step) setTimeout(resolve, ms);
      else return;
      for (const kind of ['rows', 'change']) lab.removeEventListener(kind, look);
    };
    for (const kind of ['rows', 'change']) lab.addEventListener(kind, look);
    look();
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
