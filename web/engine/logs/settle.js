/**
 * From columns of a file to the series of its runs: roles assigned, rows put at their steps, and several starts in one
 * file taken apart.
 */

import { count } from '../words/numbers.js';
import { agree, list, plural } from '../words/sentences.js';
import { findBlank, findGaps } from './cells/gaps.js';
import { findOdd } from './cells/odd_cells.js';
import { cutRows, isOtherStart, nameParts, sortRows } from './cells/parts.js';
import { areSummaries } from './cells/summaries.js';
import { assignRoles } from './roles.js';
import { findSteps } from './steps.js';

/**
 * @typedef {import('./columns.js').Column} Column
 * @typedef {import('./columns.js').RawRun} RawRun
 * @typedef {import('./roles.js').Role} Role
 * @typedef {import('./cells/parts.js').Part} Part
 *
 * @typedef {object} Series
 * @property {string} name  as the log has it
 * @property {Float64Array} step
 * @property {Float64Array} value
 *
 * @typedef {object} LogRun
 * @property {string} name
 * @property {string} source  the format, in words
 * @property {Partial<Record<Role, Series>>} series
 * @property {'step' | 'epoch' | 'row'} unit  what its steps are
 * @property {boolean} areSamples  its steps are presumably samples
 * @property {string} counter  the name of what counts them
 * @property {string[]} names  of all columns, for whoever gives another the role
 * @property {number | null} planned  steps that the run was to take, where the log says so
 * @property {string[]} notes
 * @property {number | null} lossScale  a logged perplexity shows that the loss is so many times itself
 * @property {import('./roles.js').Game | null} game  its loss need not fall
 * @property {boolean} isCutAtHead  the log does not begin where the run did
 * @property {number} reach  the last step at which anything is logged, be it of no known role
 * @property {import('./cells/gaps.js').Blank | null} blank  how the loss ends before the rest of its rows
 * @property {import('./cells/gaps.js').Gap[]} gaps  rows that lack what stands in the others
 * @property {import('./cells/odd_cells.js').OddCells[]} odd  what stands where numbers of a role are looked for
 * @property {import('../run/run_log.js').RunLog | null} own  a run of ours, whole
 */

/**
 * Steps whose loss stands in several rows, each time another.
 *
 * @typedef {{ steps: number, isBroken: boolean }} Twice  isBroken: a finite one counts, behind one that is not
 */

/** Losses of one step that differ by less are one, rounded otherwise. */
const SAME = 0.01;

/** Rows that are one step's with others, from which share on it is said. */
const TWICE_SHARE = 0.05;

/**
 * @param {RawRun} raw
 * @param {import('./roles.js').ChosenRoles} [chosen]
 * @returns {LogRun[]}
 */
export function settleRun(raw, chosen = {}) {
  const { columns, notes, game, perplexityScale } = assignRoles(raw.columns, chosen);
  const lead = columns.loss ?? columns.reward ?? columns.val_loss ?? columns.lr ?? columns.grad_norm ?? null;
  const place = raw.axis === 'row' ? placeRows(raw, lead, chosen.step) : placed(raw, columns.loss ?? null);
  const sorted = raw.axis === 'row' ? sortRows(raw, place, lead) : null;
  if (sorted) return settleRun(sorted, chosen);
  const parts = raw.axis === 'row' ? cutRows(raw, place, lead) : null;
  const common = { ...raw, notes: [...raw.notes, ...notes, ...place.notes] };
  const aside = chosen.val_loss ? null : countedOtherwise(columns, place.unit);
  if (aside) {
    delete columns.val_loss;
    common.notes.push(`"${aside.name}" is not counted in epochs, and was left aside.`);
  }
  /** @type {Twice} */
  const twice = { steps: 0, isBroken: false };
  const runs = parts
    ? parts.map((part) => pickRows(columns, place.ofRow, part, twice))
    : cutSeries(columns, common.notes);
  const areEpochs =
    place.unit === 'step' && !raw.facts.own && runs.every((series) => areSummaries({ unit: 'step', series }));
  if (areEpochs) {
    place.unit = 'epoch';
    common.notes.push(
      `Each row has its validation loss, so "${place.name}" presumably counts epochs, and epochs they are called here.`,
    );
  }
  if (!raw.facts.bars) common.notes.push(...noteTwice(twice, columns.loss, place.unit));
  common.notes.push(...noteUnplacedRows(lead, place), ...takeSaidRate(columns.lr, place, runs));
  const repeated = parts?.some((part) => part.repeated) ?? false;
  if (repeated) common.notes.push('The log repeats steps, as a run does that was resumed: the later rows count.');
  const isResumed = runs.some(({ loss }, i) => i > 0 && isCutAtHead(loss, loss?.step[0] ?? 0));
  const names = parts && runs.length > 1 ? nameParts(raw, parts) : null;
  return runs.map((series, i) => {
    const first = series.loss?.step[0] ?? 0;
    const blank = parts && columns.loss ? findBlank(columns.loss, raw, place.ofRow, parts[i]) : null;
    return {
      name: runs.length > 1 ? `${raw.name} (${names?.[i] ?? `${i + 1} of ${runs.length}`})` : raw.name,
      source: raw.source,
      series,
      unit: place.unit,
      areSamples: place.areSamples === true,
      counter: place.name,
      names: raw.columns.map((column) => column.name),
      planned: runs.length > 1 && raw.facts.ends ? plannedOf(raw, i) : place.planned,
      notes: [
        ...(runs.length > 1
          ? [`${raw.name} holds ${runs.length} runs: its steps ${isResumed ? 'go back' : 'begin anew'}.`]
          : []),
        ...common.notes,
      ],
      lossScale: perplexityScale,
      game,
      isCutAtHead: isCutAtHead(series.loss, first),
      reach: reachOf(raw, place.ofRow, parts?.[i]),
      blank,
      gaps: parts ? findGaps(columns, raw, place, parts[i], blank) : [],
      odd: findOdd(columns, raw, place, parts?.[i]),
      own: raw.facts.own ?? null,
    };
  });
}

/** On rows whose step is not said, though others' are. @param {Column | null} lead @param {import('./steps.js').Steps} place @returns {string[]} */
function noteUnplacedRows(lead, { ofRow, name }) {
  const rows = ofRow.length > 0 && lead ? lead.at.filter((row) => Number.isNaN(ofRow[row])).length : 0;
  return rows > 0
    ? [`"${name}" does not say the step of ${plural(rows, 'row')}: what stands there was left aside.`]
    : [];
}

/**
 * A rate that stands beside no step, as where a program prints its settings first, is that of the first.
 *
 * @param {Column | undefined} rate @param {import('./steps.js').Steps} place @param {LogRun['series'][]} runs  those without one get it
 * @returns {string[]}
 */
function takeSaidRate(rate, { ofRow }, runs) {
  if (!rate || ofRow.length === 0 || !rate.at.every((row) => Number.isNaN(ofRow[row]))) return [];
  const [said, ...others] = new Set(rate.value);
  if (others.length > 0 || !(said > 0 && said < Number.POSITIVE_INFINITY)) return [];
  for (const series of runs)
    if (series.loss) series.lr = { name: rate.name, step: series.loss.step.slice(0, 1), value: Float64Array.of(said) };
  return [`"${rate.name}" stands beside no step: ${said} was taken for the rate.`];
}

/** @param {Twice} twice @param {Column | undefined} loss @param {LogRun['unit']} unit @returns {string[]} */
function noteTwice({ steps, isBroken }, loss, unit) {
  if (!loss || (!isBroken && steps < TWICE_SHARE * loss.at.length)) return [];
  const broken = isBroken ? ', even where one before it is no finite number' : '';
  return [
    `${plural(steps, unit)} ${agree(steps, 'stands', 'stand')} in several rows with different losses, as of several seeds, processes or parts of a batch: the last row of each counts${broken}.`,
  ];
}

/** Of runs whose summaries tell their steps. @param {RawRun} raw @param {number} i */
function plannedOf({ facts: { ends = [] } }, i) {
  return ends[i]?.steps ?? null;
}

/**
 * A validation loss that is no loss of the epochs beside it: Keras names those epoch_…, and writes others by iterations
 * into the same file.
 *
 * @param {Partial<Record<Role, Column>>} columns @param {LogRun['unit']} unit
 */
function countedOtherwise({ loss, val_loss }, unit) {
  if (unit !== 'epoch' || !loss || !val_loss || !/(^|\/)epoch_/.test(loss.name)) return null;
  const isOther =
    !/(^|\/)epoch_/.test(val_loss.name) && val_loss.at[val_loss.at.length - 1] > 1.5 * loss.at[loss.at.length - 1];
  return isOther ? val_loss : null;
}

/** Whether a log begins far behind the first steps, in units of its own interval. @param {Series | undefined} loss @param {number} first */
function isCutAtHead(loss, first) {
  if (!loss || loss.step.length < 3) return false;
  const interval = loss.step[1] - loss.step[0];
  return first > 3 * interval && first >= 20;
}

/** The last step of any column. @param {RawRun} raw @param {Float64Array} ofRow @param {Part | undefined} part */
function reachOf(raw, ofRow, part) {
  if (part) return ofRow.subarray(part.from, part.to).reduce((most, step) => (step > most ? step : most), 0);
  return raw.columns.reduce((most, { at }) => Math.max(most, at[at.length - 1] ?? 0), 0);
}

// ---- rows ----------------------------------------------------------------------------------------------------------

/** @param {RawRun} raw @param {Column | null} lead @param {string | undefined} wanted */
function placeRows(raw, lead, wanted) {
  const places = raw.columns.flatMap(({ at, others, absent }) =>
    [at, others?.at, absent].filter((each) => each !== undefined),
  );
  const rows = places.reduce((most, at) => Math.max(most, (at[at.length - 1] ?? -1) + 1), 0);
  return findSteps(raw, { rows, train: lead, wanted });
}

/** Where every number came with its step. @param {RawRun} raw @param {Column | null} loss @returns {import('./steps.js').Steps} */
function placed(raw, loss) {
  // Keras names its tags so, and counts epochs in them.
  const isEpochs = loss !== null && /(^|\/)epoch_/.test(loss.name);
  return {
    ofRow: new Float64Array(),
    name: 'step',
    unit: isEpochs ? 'epoch' : 'step',
    notes: [],
    planned: raw.planned,
  };
}

/**
 * @param {Partial<Record<Role, Column>>} columns @param {Float64Array} ofRow @param {Part} part @param {Twice} twice
 * @returns {LogRun['series']}
 */
function pickRows(columns, ofRow, part, twice) {
  const filled = columns.val_loss ? fillForward(ofRow) : ofRow;
  /** Columns with the same places have the same steps. @type {{ at: Float64Array, place: Float64Array, steps: Float64Array }[]} */
  const known = [];
  return mapSeries(columns, ({ at, value }, role) => {
    // A line that validates often names no step: it is that of the line before.
    const place = role === 'val_loss' ? filled : ofRow;
    const [first, end] = part.within(at);
    const steps = new Float64Array(end - first);
    const values = new Float64Array(end - first);
    let count = 0;
    let counted = -1;
    for (let i = first; i < end; i++) {
      const row = at[i];
      const step = place[row];
      if (Number.isNaN(step) || part.isDropped(row, step)) continue;
      // Of several numbers for one step the last counts, as with a bar that is drawn again and again.
      if (count === 0 || steps[count - 1] !== step) count++;
      else if (role === 'loss' && !isSame(values[count - 1], value[i])) {
        twice.isBroken ||= Number.isFinite(value[i]) && !Number.isFinite(values[count - 1]);
        if (counted < count) twice.steps++;
        counted = count;
      }
      steps[count - 1] = step;
      values[count - 1] = value[i];
    }
    const found = inOrder(steps.subarray(0, count), values.subarray(0, count));
    const same = known.find((other) => other.place === place && isShared(other.at, at));
    if (same && same.steps.length === found.step.length) return { ...found, step: same.steps };
    known.push({ at, place, steps: found.step });
    return found;
  });
}

/** @param {number} a @param {number} b */
function isSame(a, b) {
  return Object.is(a, b) || Math.abs(a - b) <= SAME * Math.abs(a);
}

/** Whether two are one stretch of memory. @param {Float64Array} a @param {Float64Array} b */
function isShared(a, b) {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.length === b.length;
}

/** @param {Float64Array} steps  of rows, NaN where there is none */
function fillForward(steps) {
  let last = Number.NaN;
  return steps.map((step) => {
    if (!Number.isNaN(step)) last = step;
    return last;
  });
}

/** Series of numbers that came with their steps; where they go back, as the rows do. @param {Partial<Record<Role, Column>>} columns @param {string[]} notes */
function cutSeries(columns, notes) {
  /** @type {LogRun['series'][]} */
  const runs = [];
  let repeated = false;
  const cut = /** @type {[Role, Column][]} */ (Object.entries(columns)).map(([role, column]) => {
    const pieces = cutColumn(column);
    repeated ||= pieces.some((piece) => piece.repeated);
    return { role, column, pieces };
  });
  const lead = cut.find(({ role }) => role === 'loss') ?? cut[0];
  const total = lead?.pieces.length ?? 1;
  for (let i = 0; i < total; i++) runs.push({});
  for (const { role, column, pieces } of cut) {
    const own = pieces.length === total ? pieces : [pieces[pieces.length - 1]];
    for (const [i, piece] of own.entries())
      runs[i][role] = { name: column.name, ...inOrder(piece.steps, piece.values) };
  }
  if (repeated) notes.push('The log repeats steps, as a run does that was resumed: the later numbers count.');
  return runs;
}

/** @param {Column} column */
function cutColumn({ at, value }) {
  /** @type {{ steps: number[], values: number[], repeated: boolean }[]} */
  const pieces = [{ steps: [], values: [], repeated: false }];
  for (let i = 0; i < at.length; i++) {
    let piece = pieces[pieces.length - 1];
    const { steps, values } = piece;
    const most = steps[steps.length - 1];
    if (steps.length > 0 && at[i] < most && isOtherStart(at[i], most)) {
      piece = { steps: [], values: [], repeated: false };
      pieces.push(piece);
    } else if (steps.length > 0 && at[i] < most) {
      piece.repeated = true;
      while (steps.length > 0 && steps[steps.length - 1] >= at[i]) {
        steps.pop();
        values.pop();
      }
    } else if (at[i] === most) {
      steps.pop();
      values.pop();
    }
    piece.steps.push(at[i]);
    piece.values.push(value[i]);
  }
  return pieces;
}

/** @param {Partial<Record<Role, Column>>} columns @param {(column: Column, role: Role) => { step: Float64Array, value: Float64Array }} pick */
function mapSeries(columns, pick) {
  /** @type {LogRun['series']} */
  const series = {};
  for (const [role, column] of /** @type {[Role, Column][]} */ (Object.entries(columns))) {
    const picked = pick(column, role);
    if (picked.step.length > 0) series[role] = { name: column.name, ...picked };
  }
  return series;
}

/**
 * By their steps: validations may be logged late.
 *
 * @param {Float64Array | number[]} steps @param {Float64Array | number[]} values
 */
function inOrder(steps, values) {
  let isSorted = true;
  for (let i = 1; i < steps.length && isSorted; i++) isSorted = steps[i] > steps[i - 1];
  if (isSorted) return { step: keepOwn(steps), value: keepOwn(values) };
  /** @type {Map<number, number>} */
  const last = new Map();
  for (let i = 0; i < steps.length; i++) last.set(steps[i], values[i]);
  const order = Float64Array.from(last.keys()).sort();
  return { step: order, value: order.map((step) => last.get(step) ?? Number.NaN) };
}

/** Numbers in memory that holds nothing else, so that it can be given away. @param {Float64Array | number[]} numbers */
function keepOwn(numbers) {
  if (Array.isArray(numbers)) return Float64Array.from(numbers);
  return numbers.byteLength === numbers.buffer.byteLength ? numbers : numbers.slice();
}

/** What a log holds, where none of it can be judged. @param {RawRun} raw */
export function describeColumns({ columns }) {
  const named = columns.slice(0, 8).map(({ name, value }) => `"${name}" (${count(value.length)})`);
  const more = columns.length - named.length;
  return list(more > 0 ? [...named, plural(more, 'more')] : named);
}
