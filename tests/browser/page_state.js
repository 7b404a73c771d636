/**
 * The page's state, as the browser tests ask for it: the one place that knows where the page keeps what. Everything
 * else the tests see as a stranger does, by roles, names and texts.
 *
 *     await waitUntil(page, ({ active }) => active.status === 'paused');
 *     const step = await read(page, ({ active }) => active.step);
 *     await waitUntil(page, ({ active }, before) => active.step > before, step);
 *
 * These functions run in the page, so they know nothing but their arguments, and what they return is copied.
 *
 * @typedef {{ evaluate: (expression: string) => Promise<any> }} Page  Playwright's, or one of tests/browsers
 * @typedef {import('../../web/ui/page/train_scope.js').TrainScope} TrainScope
 * @typedef {import('../../web/charts/line/line_chart.js').LineChart} LineChart
 * @typedef {import('../../web/charts/line/scene.js').Layer} Layer
 * @typedef {import('../../web/ui/range/range_view.js').RangeView} RangeView
 * @typedef {import('../../web/ui/page/views.js').Models} Models
 * @typedef {import('../../web/ui/shared/lab_element.js').LabElement} LabElement
 * @typedef {import('../../web/ui/state/run.js').Run} Run
 * @typedef {import('../../web/engine/config/config.js').SomeSettings} SomeSettings
 * @typedef {ReturnType<typeof lookAround>} PageState
 */

/** What there is not yet is waited for, also where it is read: an act may lead to it a few frames later. */
const NOT_YET = 'the page has no such thing yet';

/** Runs in the page, as text. What may not be there yet, or costs something, is a getter. @param {string} notYet */
function lookAround(notYet) {
  /**
   * @template T
   * @param {T | null | undefined} value
   * @returns {T}
   */
  const known = (value) => {
    if (value === null || value === undefined) throw new Error(notYet);
    return value;
  };
  const { lab, models: made } = known(/** @type {TrainScope | null} */ (document.querySelector('train-scope')));
  // They come with the first view beside Live, or a moment after the first steps.
  const models = () => /** @type {Models} */ (known(made));
  // It is given both, one after the other.
  known(/** @type {TrainScope['lab'] | null} */ (lab));

  const describeRun = (/** @type {Run} */ run) => ({
    name: run.name,
    color: run.color,
    status: run.status,
    startStep: run.startStep,
    step: run.step,
    config: run.config,
    changes: run.changes,
    shape: run.shape,
    trainCount: run.trainCount,
    classes: run.classes,
    summary: run.summary,
    evaluations: run.evaluations,
    measured: run.measured,
    /** Of all parameters at the end. */
    digest: run.end?.digest ?? null,
    get inForce() {
      return run.inForce;
    },
    /** Steps whose loss is drawn. */
    get lossLength() {
      return run.series.loss.length;
    },
    rateAt: (/** @type {number} */ step) => Number(run.series.lr.at(step)),
    /** The sharpness beyond which training is unstable. */
    edgeAt: (/** @type {number} */ step) => Number(run.edge.at(step)),
  });

  const describeLayer = (/** @type {Layer} */ { label, color, kind = 'line', alpha = 1, series }) => ({
    label,
    color,
    kind,
    alpha,
    length: series && 'length' in series ? Number(series.length) : 0,
    /** The value at a step; beyond the last one, the last. */
    at: (/** @type {number} */ step) => series?.at(step) ?? null,
  });

  /** A chart by its heading, the first one without; `within` names the element that it stands in. */
  const findChart = (/** @type {string | null} */ heading, within = '') => {
    const charts = /** @type {LineChart[]} */ ([...document.querySelectorAll(`${within} line-chart`)]);
    return known(charts.find((chart) => heading === null || chart.heading === heading));
  };

  return {
    ready: lab.ready,
    /** Whether it says that a new version of it waits. */
    hasUpdate: lab.update !== null,
    threads: lab.threads,
    view: lab.view,
    item: lab.item,
    /** The settings in the panel. */
    draft: lab.draft.settings,
    problems: lab.draft.problems,
    /** The run that the controls act on. */
    get active() {
      return describeRun(known(lab.active));
    },
    get runs() {
      return lab.runs.list.map(describeRun);
    },
    pointed: lab.runs.pointed?.name ?? null,
    baseline: lab.runs.baseline?.name ?? null,
    /** Names of the runs drawn behind the one in focus. */
    get overlays() {
      return lab.runs.overlays.map(({ name }) => name);
    },
    /** Names of the settings that wait for a new run. */
    get pending() {
      return lab.draft.pending.map(({ name }) => name);
    },
    /** The address of the run in focus, and the one that is given away. */
    get permalink() {
      return lab.links.permalink(lab.focus);
    },
    get link() {
      return lab.links.link;
    },
    get rateMarks() {
      return lab.draft.rateMarks;
    },

    get lessons() {
      return models().lessons.entries;
    },
    lessonRun: (/** @type {string} */ id) => known(models().lessons.runOf(id)),
    get diagnosis() {
      return models().diagnosis.status;
    },
    get report() {
      return known(models().diagnosis.report);
    },
    get study() {
      return known(models().diagnosis.study);
    },
    get racetrack() {
      return models().racetrack;
    },
    get race() {
      return known(models().racetrack.race);
    },
    get isSweeping() {
      return models().sweep.running !== null;
    },
    get sweep() {
      return known(models().sweep.result);
    },
    /** Of the range test. */
    get range() {
      const view = known(/** @type {RangeView | null} */ (document.querySelector('range-view')));
      return /** @type {Partial<import('../../web/ui/range/range_words.js').TriedResult> & import('../../web/ui/range/range_words.js').RangeResult} */ (
        known(view.result)
      );
    },

    /** What a chart was told to draw when it was drawn last. */
    scene: (/** @type {string | null} */ heading = null, within = '') => known(findChart(heading, within).scene),
    drawnLayers: (/** @type {string | null} */ heading = null, within = '') =>
      known(findChart(heading, within).scene).layers.map(describeLayer),
    /** What a chart would be told now. */
    layers: (/** @type {string | null} */ heading = null, within = '') =>
      known(findChart(heading, within).source)().layers.map(describeLayer),
    legend: (/** @type {string | null} */ heading = null, within = '') => findChart(heading, within).legend,
    /** Curves that are drawn, and the ticks of the y axis. */
    drawn: (/** @type {string | null} */ heading = null, within = '') => {
      const chart = known(findChart(heading, within).chart);
      return { curves: chart.drawn.length, ticks: chart.y.ticks.length };
    },

    /** Resolves when the table of runs shows what there is. */
    tableIsDrawn: async () => {
      await known(/** @type {LabElement | null} */ (document.querySelector('runs-table'))).updateComplete;
    },

    /** All that is said of the run in focus, and of the last sweep, once it is drawn. */
    get statements() {
      const textOf = (/** @type {string} */ selector) =>
        [...document.querySelectorAll(selector)].map((part) => (part.textContent ?? '').replace(/\s+/g, ' ').trim());
      const scenes = [...document.querySelectorAll('live-page line-chart, live-view line-chart')].map((element) => {
        const chart = /** @type {LineChart} */ (element);
        const { regions = [], verticals = [], horizontals = [], marks = [], summary = '' } = known(chart.source)();
        const labels = [...regions, ...verticals, ...horizontals, ...marks].flatMap(({ label }) => label || []);
        return { heading: chart.heading, note: chart.note, summary: String(summary), labels };
      });
      const histogram = /** @type {any} */ (document.querySelector('clip-panel norm-histogram'));
      const plot = /** @type {any} */ (document.querySelector('sweep-view axis-plot'));
      const { lines = [], verticals = [], unstable = null } = plot?.source?.() ?? {};
      return {
        status: textOf('top-bar .status')[0],
        log: lab.log.entries.map(({ tone, text, numbers, actions }) => ({
          tone,
          text: [text, numbers].filter(Boolean).join(' '),
          buttons: actions.map(({ label, why = '' }) => ({ label, why })),
        })),
        clip: textOf('clip-panel .words')[0] ?? '',
        histogram: `${textOf('clip-panel norm-histogram .threshold-tag')[0] ?? ''} ${textOf('clip-panel norm-histogram .note')[0] ?? ''} ${histogram?.label ?? ''}`,
        hints: textOf('control-panel .hint'),
        charts: scenes,
        table: textOf('runs-table tbody tr'),
        sweep: {
          words: textOf('sweep-view .sweep-findings')[0] ?? '',
          buttons: textOf('sweep-view .sweep-tools button'),
          stars: lines.flatMap((/** @type {any} */ line) =>
            line.spots
              .filter((/** @type {any} */ spot) => spot.star)
              .map((/** @type {any} */ { key, x }) => ({ key, x })),
          ),
          spots: lines.flatMap((/** @type {any} */ line) =>
            line.spots.map((/** @type {any} */ { key, x, y, ring }) => ({ key, x, y, ring })),
          ),
          verticals: verticals.map((/** @type {any} */ { x, label }) => ({ x, label })),
          unstable,
        },
      };
    },

    // ---- what tests do by hand that a person would do with many clicks
    set: (/** @type {import('../../web/engine/config/config.js').GivenConfig} */ settings) =>
      lab.draft.change(/** @type {SomeSettings} */ (settings)),
    start: () => lab.runs.start(),
    rename: (/** @type {string} */ name) => lab.runs.rename(known(lab.active), name),
    /** Steps a second, now and after the next run has begun; 0 is as fast as it goes. */
    setSpeed: (/** @type {number} */ stepsPerSecond) => lab.runs.setSpeed(stepsPerSecond),
    /** A run of these settings alone, with nothing said before it. */
    startAlone: (/** @type {import('../../web/engine/config/config.js').GivenConfig} */ settings, paused = false) => {
      for (const run of lab.runs.list) lab.runs.remove(run);
      lab.log.entries = [];
      lab.draft.take(/** @type {any} */ ({ ...lab.draft.settings, ...settings }), []);
      lab.runs.start({ paused });
    },
    stepOnce: (/** @type {number} */ steps) => lab.runs.stepOnce(steps),
    /** Sweeps these settings over an axis as it is typed: "lr=0.1,1". */
    startSweep: (
      /** @type {import('../../web/engine/config/config.js').GivenConfig} */ settings,
      /** @type {string} */ over,
    ) => {
      const [field, values] = over.split('=');
      lab.draft.take(/** @type {any} */ ({ ...lab.draft.settings, ...settings }), []);
      const [from = '', to = '', points = ''] = values.split(':');
      const axis = values.includes(':') ? { mode: 'range', from, to, points } : { mode: 'list', list: values };
      models().sweep.axes = /** @type {any} */ ([
        { field, from: '', to: '', points: '', list: '', options: [], ...axis },
      ]);
      models().sweep.seeds = 1;
      models().sweep.run();
    },
    stopSweep: () => models().sweep.stop(),
    reset: () => lab.runs.reset(),
    /** Forks the run in focus. */
    fork: (/** @type {number} */ step, /** @type {SomeSettings} */ changes) =>
      lab.runs.fork(known(lab.active), step, changes),
    remove: () => lab.runs.remove(known(lab.active)),
    show: (/** @type {string} */ view, /** @type {string} */ item) => lab.show(view, item),
  };
}

/**
 * An expression that calls a function of the tests with the state: what it returns, in an object; null where something is
 * not there yet.
 *
 * @param {Function} ask @param {unknown} given
 */
const asExpression = (ask, given) =>
  `(async () => {
    try {
      return { value: await (${ask})((${lookAround})(${JSON.stringify(NOT_YET)}), ${JSON.stringify(given) ?? 'undefined'}) };
    } catch (error) {
      if (error.message === ${JSON.stringify(NOT_YET)}) return null;
      throw error;
    }
  })()`;

/**
 * What a function of the state returns; or does, for those that act.
 *
 * @template R, [G=undefined]
 * @param {Page} page
 * @param {(state: PageState, given: G) => R} ask
 * @param {G} [given]  what it needs to know of the test; JSON
 * @returns {Promise<Awaited<R>>}
 */
export async function read(page, ask, given) {
  return (await waitForExpression(page, asExpression(ask, given))).value;
}

/**
 * Waits until a function of the state is true.
 *
 * @template [G=undefined]
 * @param {Page} page
 * @param {(state: PageState, given: G) => unknown} isSo
 * @param {G} [given]  what it needs to know of the test; JSON
 */
export async function waitUntil(page, isSo, given) {
  await waitForExpression(page, `${asExpression(isSo, given)}.then((found) => !!found?.value)`);
}

/** How often a page is looked at, how long it looks by itself, and how long a test waits for what it should show. */
const LOOK_MS = 20;
const WATCH_MS = 400;
const PATIENCE_MS = 90_000;

/** In so many frames everything is drawn once, however slow the machine. */
const MANY_FRAMES = 30;

/** Lays the page out for paper, once what does so is there. @param {Page} page */
export function toPaper(page) {
  return waitForExpression(
    page,
    `dispatchEvent(new Event('beforeprint')) && document.documentElement.classList.contains('printing')`,
  );
}

/**
 * Waits until an expression is true in the page, and resolves with it. Playwright's own waitForFunction has the page evaluate a text, which
 * the page's content policy forbids; a debugger may ask without. The page looks by itself, since to be asked costs more
 * than to look, and is asked again in case it has been left meanwhile.
 *
 * @param {Page} page
 * @param {string} expression
 * @returns {Promise<any>}
 */
export async function waitForExpression(page, expression) {
  const watch = `(async () => {
    for (const end = performance.now() + ${WATCH_MS}; performance.now() < end; ) {
      const found = await (${expression});
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, ${LOOK_MS}));
    }
    return null;
  })()`;
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const found = await page.evaluate(watch).catch(forgiveLeaving);
    if (found) return found;
    if (Date.now() > end) {
      throw new Error(`not so in ${PATIENCE_MS} ms: ${expression}\nThe page says: ${await page.evaluate(SAID)}`);
    }
  }
}

/** What the page says of itself, for whoever reads why a test has failed. */
const SAID = `[...document.querySelectorAll('top-bar .status, event-log, [role=tabpanel]:not([hidden])')]
  .map(({ innerText }) => innerText.replace(/\\s+/g, ' ').trim().slice(0, 2000)).join(' | ')`;

/** A page that was left while it looked has not seen it. @param {Error} error */
function forgiveLeaving(error) {
  if (!/context was destroyed/.test(error.message)) throw error;
  return null;
}

/**
 * What the page opens without, such as its other views, comes a moment after the first steps: resolves when it is there,
 * and nothing is asked of the server any more.
 *
 * @param {import('playwright-core').Page} page
 */
export async function untilFetched(page) {
  await waitForExpression(
    page,
    `customElements.get('optimizers-view') !== undefined && !!document.querySelector('train-scope').lab.keeper`,
  );
  await page.waitForLoadState('networkidle');
}

/**
 * Resolves when an expression was true in the page, however short: who looks now and then may miss it. To be asked for
 * before what makes it true.
 *
 * @param {Page} page @param {string} expression
 */
export const glimpse = (page, expression) =>
  page.evaluate(`new Promise((resolve) => {
    const look = () => {
      if (!(${expression})) return;
      observer.disconnect();
      resolve(true);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
    look();
  })`);

/** Waits until the run that the controls act on is beyond a step. @param {Page} page @param {number} [step] */
export const waitForStep = (page, step = 0) => waitUntil(page, ({ active }, before) => active.step > before, step);

/** Waits until it has ended as planned, as the last of so many. @param {Page} page @param {number} [runs] */
export const waitForEnd = (page, runs = 1) =>
  waitUntil(page, (state, count) => state.active.status === 'complete' && state.runs.length === count, runs);

/**
 * A run that only has to go on need not keep a core busy, nor the page draw it sixty times a second.
 *
 * @param {Page} page @param {number} [stepsPerSecond]
 */
export const goSlowly = (page, stepsPerSecond = 30) =>
  read(page, ({ setSpeed }, speed) => setSpeed(speed), stepsPerSecond);

/**
 * Gives a control the focus. Resolves with what tells whether this very element has it still, or it went while the page
 * drew something else.
 *
 * @param {import('playwright-core').Locator} control
 */
export async function takeFocus(control) {
  const element = /** @type {import('playwright-core').ElementHandle<HTMLElement>} */ (await control.elementHandle());
  await element.focus();
  return () => element.evaluate((same) => document.activeElement === same);
}

/**
 * What is seen follows what there is: words within a tenth of a second, charts in the next frames, as many in each as there
 * is time for. Resolves after so many frames, and when nothing in sight is behind. Where a training makes it draw on and
 * on, it has had enough of them.
 *
 * @param {Page} page @param {number} [frames]
 */
export const untilDrawn = (page, frames = 3) =>
  page.evaluate(`(async () => {
    const { lab } = document.querySelector('train-scope') ?? {};
    const isBehind = () =>
      (lab?.isBehind && lab.active?.status !== 'running') ||
      [...document.querySelectorAll('*')].some((one) => one.isBehind || one.isUpdatePending);
    for (let frame = 0; frame < ${frames} || (frame < ${MANY_FRAMES} && isBehind()); frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      // Others draw in this frame, too.
      await new Promise((resolve) => setTimeout(resolve));
    }
  })()`);

/**
 * Where an element stands, once it has stood there for a few frames: what comes later may shift what is there.
 *
 * @param {import('playwright-core').Locator} locator
 */
export async function boxAtRest(locator) {
  for (let [before, same] = ['', 0]; ; ) {
    await untilDrawn(locator.page(), 1);
    const box = await locator.boundingBox();
    same = box && JSON.stringify(box) === before ? same + 1 : 0;
    if (box && same === 2) return box;
    before = JSON.stringify(box);
  }
}

/**
 * Asserts again until it holds: what an act leads to may show a few frames later. Fails with what was wrong last.
 *
 * @param {() => Promise<void>} check
 */
export async function soon(check) {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The step at which a run rests, once it is paused. @param {Page} page */
export async function restingStep(page) {
  await waitUntil(page, ({ active }) => active.status === 'paused');
  return read(page, ({ active }) => active.step);
}
