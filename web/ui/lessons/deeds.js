/**
 * What ticks a lesson's tasks off: what the learner did, read off the runs and range tests that there have been since the
 * lesson began. A new kind of deed is a row of DEEDS, and a word in the type of the gallery's entries.
 *
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../engine/study/gallery/entry.js').Cell} Cell
 * @typedef {import('../../engine/study/gallery/entry.js').Done} Done
 * @typedef {import('../../engine/study/gallery/entry.js').Wanted} Wanted
 * @typedef {import('../../engine/config/config.js').Config} Config
 *
 * @typedef {Pick<import('../state/run.js').Run,
 *   'id' | 'parentId' | 'config' | 'changes' | 'inForce' | 'status' | 'step' | 'startStep' | 'summary'>} RunFacts
 * @typedef {{ config: Config, options: { lr_min: number, lr_max: number, points: number, seeds: number } }} TestFacts
 * @typedef {{ runs: RunFacts[], tests: TestFacts[], experimented: boolean }} Doings  since the lesson began
 */
import { fieldApplies, parseSettings, settingsAt, totalSteps } from '../../engine/config/config.js';
import { FIELD_BY_NAME } from '../../engine/config/schema.js';
import { significant } from '../../engine/words/numbers.js';

/** A slider stops beside a number more often than at it; of what lies near 1, such as a β₂, the distance to 1 is what counts. */
const TOLERANCE = 0.05;

/** A training of fewer steps than this share of the lesson's has not done what the lesson asks. */
const LONG_ENOUGH = 0.6;

/** How near to a percentile of the norms a threshold is at it. */
const NEAR_P90 = 0.25;

/** How long and how often a run is looked at, and how many samples there are of the same data, make no other experiment. */
const ANY = new Set(['steps', 'eval_every', 'sharpness_every', 'samples', 'val_samples', 'seed']);

/** What a range test sets itself. */
const RANGE = new Set(['schedule', 'lr', 'lr_min', 'steps', 'warmup_steps']);

/** @param {Entry} lesson @param {string} [id]  of a cell; the first one where it is left out @returns {Cell} */
export function cellOf(lesson, id) {
  return lesson.cells.find((cell) => cell.id === id) ?? lesson.cells[0];
}

/** The settings in which a lesson's trainings differ, also by what they take from one another. @param {Entry} lesson */
export function variedIn({ cells }) {
  return new Set(
    cells.flatMap(({ config, range, after }) => (range ? [] : Object.keys({ ...config, ...after?.sets }))),
  );
}

/** What a deed names, and what its cell takes from another one's run. @param {Entry} lesson @param {Pick<Done, 'cell' | 'with'>} done @returns {Wanted} */
const namedBy = (lesson, done) => ({ ...cellOf(lesson, done.cell).after?.sets, ...done.with });

/**
 * The settings that a deed asks for, complete: the lesson's own, the cell's over them, and its own over both. Of what may
 * lie between two numbers, the middle of the two on a logarithmic scale.
 *
 * @param {Entry} lesson
 * @param {Pick<Done, 'cell' | 'with'>} done
 */
export function settingsOf(lesson, done) {
  const own = Object.entries(namedBy(lesson, done)).map(([name, value]) => [
    name,
    isBetween(value) ? middleOf(value) : value,
  ]);
  return parseSettings({ ...lesson.config, ...cellOf(lesson, done.cell).config, ...Object.fromEntries(own) }).config;
}

/** @param {unknown} value @returns {value is import('../../engine/study/gallery/entry.js').Between} */
export const isBetween = (value) => typeof value === 'object' && value !== null;

/** @param {import('../../engine/study/gallery/entry.js').Between} between */
const middleOf = ({ from = 0, to = from }) => significant(Math.sqrt(from * to), 2);

/** Whether a value is what is wanted of it. @param {unknown} wanted @param {unknown} value */
function isAsWanted(wanted, value) {
  if (isBetween(wanted)) return Number(value) >= (wanted.from ?? -Infinity) && Number(value) < (wanted.to ?? Infinity);
  if (typeof wanted === 'number') {
    const size = wanted > 0.5 && wanted < 1 ? 1 - wanted : Math.abs(wanted);
    return Math.abs(Number(value) - wanted) <= TOLERANCE * size;
  }
  return (value ?? null) === (wanted ?? null);
}

/**
 * What settings must be for a deed to be done: of the lesson's own, of what its cells vary, and of what the deed names,
 * whatever has an effect there.
 *
 * @param {Entry} lesson
 * @param {Done} done
 * @returns {Wanted}
 */
function wantedOf(lesson, done) {
  const cell = cellOf(lesson, done.cell);
  const settings = settingsOf(lesson, done);
  const named = namedBy(lesson, done);
  const varied = [
    ...lesson.cells.flatMap((other) => (other.range && !cell.range ? [] : Object.keys(other.config))),
    ...lesson.tasks.flatMap((task) => task.done.flatMap((other) => Object.keys(other.with ?? {}))),
  ];
  const all = [...Object.keys(lesson.config), ...Object.keys(cell.config), ...Object.keys(named), ...varied];
  const names = [...new Set(all)].filter((name) => {
    const field = FIELD_BY_NAME.get(name);
    return field && !ANY.has(name) && fieldApplies(field, settings);
  });
  return Object.fromEntries(
    names.map((name) => [
      name,
      named[name] ?? /** @type {import('../../engine/config/config.js').SettingValue} */ (settings[name]),
    ]),
  );
}

/** @param {Wanted} wanted @param {{ [name: string]: unknown }} settings */
function areAsWanted(wanted, settings) {
  return Object.entries(wanted).every(([name, value]) => isAsWanted(value, settings[name]));
}

/** @param {RunFacts} run */
const hasEnded = ({ status }) => status === 'complete' || status === 'diverged';

/** What is changed of some settings while a run goes on. @param {Config['changes']} changes @param {Wanted} wanted */
const changesOf = (changes, wanted) => changes.filter(({ step, field }) => step > 0 && field in wanted);

/** Whether a run changed one of these, or will, otherwise than its settings say. @param {RunFacts} run @param {Wanted} wanted @param {Config} settings */
function isChanged(run, wanted, settings) {
  const [planned, made] = [changesOf(settings.changes, wanted), changesOf(run.changes, wanted)];
  return (
    planned.length !== made.length ||
    planned.some(
      ({ step, field, value }, i) => made[i].step !== step || made[i].field !== field || made[i].value !== value,
    )
  );
}

/** Whether a run is a whole training with the settings of a deed. @param {Entry} lesson @param {Done} done @param {RunFacts} run */
export function isTraining(lesson, done, run) {
  const wanted = wantedOf(lesson, done);
  const settings = settingsOf(lesson, done);
  const isLong = totalSteps(run.config) >= LONG_ENOUGH * totalSteps(settings);
  return (
    run.parentId === null &&
    hasEnded(run) &&
    isLong &&
    areAsWanted(wanted, settingsAt(run.config, 1)) &&
    !isChanged(run, wanted, settings)
  );
}

/** Whether a range test is one of the settings of a deed. @param {Entry} lesson @param {Done} done @param {TestFacts} test */
export function isTest(lesson, done, { config, options }) {
  const cell = cellOf(lesson, done.cell);
  const wanted = Object.entries(wantedOf(lesson, done)).filter(([name]) => !RANGE.has(name));
  const { lr_min, lr, steps } = settingsOf(lesson, done);
  const isSame = [
    [lr_min, options.lr_min],
    [lr, options.lr_max],
    [steps, options.points],
  ].every(([asked, given]) => isAsWanted(asked, given));
  return (
    options.seeds >= (done.seeds ?? 1) && (!cell.range || isSame) && areAsWanted(Object.fromEntries(wanted), config)
  );
}

/**
 * Whether a deed was done.
 * @type {Record<Done['deed'], (lesson: Entry, done: Done, doings: Doings) => boolean>}
 */
export const DEEDS = {
  trained: (lesson, done, { runs }) => runs.some((run) => isTraining(lesson, done, run)),

  changed: (lesson, done, { runs }) => {
    const { with: to = {}, ...before } = done;
    const wanted = wantedOf(lesson, before);
    return runs.some(
      (run) =>
        areAsWanted(wanted, settingsAt(run.config, 1)) &&
        Object.entries(to).every(([name, value]) =>
          run.changes.some(
            ({ step, field, value: now }) => field === name && step > 0 && step < run.step && isAsWanted(value, now),
          ),
        ),
    );
  },

  forked: (lesson, done, { runs }) => {
    const wanted = wantedOf(lesson, done);
    return runs.some((run) => run.parentId !== null && hasEnded(run) && areAsWanted(wanted, run.inForce));
  },

  'clipped at p90': (lesson, done, { runs }) => {
    const { clip_norm, ...wanted } = wantedOf(lesson, done);
    const unclipped = runs.filter(({ config, summary }) => summary && config.clip === 'off');
    const nineties = unclipped.flatMap(({ summary }) => [
      summary?.typical_p90,
      summary?.norm_p90,
      summary?.norm_suggested,
    ]);
    return runs.some(
      ({ inForce, step, startStep }) =>
        step > startStep &&
        areAsWanted(wanted, inForce) &&
        nineties.some((p90) => Math.abs(Number(inForce.clip_norm) / Number(p90) - 1) < NEAR_P90),
    );
  },

  tested: (lesson, done, { tests }) => tests.some((test) => isTest(lesson, done, test)),

  experimented: (_lesson, _done, { experimented }) => experimented,
};

/** Whether a deed was done. @param {Entry} lesson @param {Done} done @param {Doings} doings */
export function isDone(lesson, done, doings) {
  return DEEDS[done.deed](lesson, done, doings);
}
