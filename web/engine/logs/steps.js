/**
 * At which step each row of a log stands. Many logs do not say it, or say something else: an epoch, a counter that begins
 * anew in every epoch, a progress bar. What had to be worked out is said in a note.
 */

import { describeValue, shorten } from '../config/names.js';
import { count } from '../words/numbers.js';
import { classify, wordsOf } from './names.js';

/**
 * @typedef {import('./columns.js').Column} Column
 * @typedef {import('./columns.js').RawRun} RawRun
 *
 * @typedef {object} Steps
 * @property {Float64Array} ofRow  NaN where a row has none
 * @property {string} name  what counts them
 * @property {'step' | 'epoch' | 'row'} unit
 * @property {string[]} notes
 * @property {number | null} planned
 * @property {boolean} [areSamples]  presumably no steps were counted
 */

/** A counter that stands in fewer of the loss's rows is of something else; rows between take the one before. */
const SHARE_OF_ROWS = 0.4;

/** A column that says how many steps there will be. */
const TOTALS = /^(total|max|num train|num training) (steps|iters|iterations)$/;

/** What no validation measures. @type {Set<import('./names.js').Kind | null>} */
const OF_TRAINING = new Set(['lr', 'grad_norm']);

/** Intervals at which people log. */
const INTERVALS = [
  1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1000, 1024, 2000, 2500, 5000,
];

/**
 * @param {RawRun} run  with rows
 * @param {{ rows: number, train: Column | null, wanted?: string }} what  train: the column that rows are judged by; wanted:
 *   the column that somebody said counts the steps
 * @returns {Steps}
 */
export function findSteps(run, { rows, train, wanted }) {
  if (wanted !== undefined) {
    const column = run.columns.find(({ name }) => name === wanted);
    if (column) return { ofRow: spread(column, rows), name: wanted, unit: 'step', notes: [], planned: run.planned };
  }
  const epoch = chooseCounter(run.columns, 'epoch', train);
  const step = chooseCounter(run.columns, 'step', train);
  const epochs = epoch && spread(epoch, rows);
  if (epoch && epochs && run.facts.hasEpochBars && new Set(epoch.value).size > 1)
    return fromEpochBars(run, epoch, epochs);
  if (step) {
    const ofRow = spread(step, rows);
    fillFromOthers(run.columns, step, ofRow);
    if (train && shareOfRows(step, train) <= 0.5) fillFromBefore(ofRow, train);
    const { perEpoch: said = 0, epochs: all = 0 } = run.facts;
    const seen = epochs && train && !said ? restartsEveryEpoch(ofRow, epochs, train) : 0;
    const perEpoch = said || wholeEpoch(seen, run.planned);
    const notes = run.facts.isRounded && train ? spreadRounded(ofRow, train, step.name) : [];
    const planned = run.planned ?? (said * all || null) ?? totalOf(run.columns, ofRow);
    if (!epochs || !perEpoch) return { ofRow, name: step.name, unit: 'step', notes, planned };
    return joinEpochs(run, { step, ofRow, epochs, perEpoch, train });
  }
  if (epoch && epochs) return fromEpochs(run, { epoch, epochs, rows, train });
  return fromBars(run, rows, train) ?? countRows(run, rows, train, null);
}

/** What a column says in every row of how many steps there will be. @param {Column[]} columns @param {Float64Array} ofRow */
function totalOf(columns, ofRow) {
  const said = columns.find(({ name }) => TOTALS.test(wordsOf(name).join(' ')));
  const total = said?.value[0] ?? 0;
  return said?.value.every((value) => value === total) && total >= ofRow[ofRow.length - 1] ? total : null;
}

/** @param {Column} column @param {number} rows */
function spread({ at, value }, rows) {
  const ofRow = new Float64Array(rows).fill(Number.NaN);
  for (let i = 0; i < at.length; i++) ofRow[at[i]] = value[i];
  return ofRow;
}

/** The likeliest counter that stands in most rows of the loss. @param {Column[]} columns @param {'step' | 'epoch'} kind @param {Column | null} train */
function chooseCounter(columns, kind, train) {
  const counters = columns
    .filter(({ name, value }) => classify(name).kind === kind && value.some((number) => number >= 0))
    .sort((a, b) => classify(a.name).rank - classify(b.name).rank);
  if (!train) return counters[0] ?? null;
  const covered = counters.map((counter) => shareOfRows(counter, train));
  const enough = counters.filter(
    (counter, i) => covered[i] >= SHARE_OF_ROWS && (kind === 'epoch' || !isConstant(counter, train)),
  );
  return enough[0] ?? null;
}

/** @param {Column} counter @param {Column} train */
function shareOfRows(counter, train) {
  let both = 0;
  for (let i = 0, j = 0; i < train.at.length; i++) {
    while (j < counter.at.length && counter.at[j] < train.at[i]) j++;
    if (counter.at[j] === train.at[i]) both++;
  }
  return both / (train.at.length || 1);
}

/** A number that stands beside every row and never moves is a setting. @param {Column} counter @param {Column} train */
function isConstant({ value }, { at }) {
  return at.length > 2 && value.length > 2 && value.every((number) => number === value[0]);
}

/**
 * Rows of another kind may name the same counter otherwise: `iter 10: loss`, `step 0: val loss`. Only where the two never
 * stand in one row are they taken for one.
 *
 * @param {Column[]} columns @param {Column} step @param {Float64Array} ofRow
 */
function fillFromOthers(columns, step, ofRow) {
  for (const column of columns) {
    if (column === step || classify(column.name).kind !== 'step') continue;
    const isApart = column.at.every((row) => Number.isNaN(ofRow[row]));
    if (isApart) for (let i = 0; i < column.at.length; i++) ofRow[column.at[i]] = column.value[i];
  }
}

/**
 * Rows that have one step, written in thousands, lie evenly between it and the next.
 *
 * @param {Float64Array} ofRow @param {Column} train @param {string} name @returns {string[]}
 */
function spreadRounded(ofRow, { at }, name) {
  const rows = at.filter((row) => !Number.isNaN(ofRow[row]));
  let apart = 0;
  let most = 1;
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const step = ofRow[rows[from]];
    while (to < rows.length && ofRow[rows[to]] === step) to++;
    const among = to - from;
    const next = to < rows.length ? ofRow[rows[to]] : Number.NaN;
    // Of the last ones, as far as of those before.
    if (next > step) apart = (next - step) / among;
    for (let i = from; i < to; i++) ofRow[rows[i]] = step + apart * (i - from);
    most = Math.max(most, among);
  }
  return most > 1 ? [`"${name}" is written in thousands, so that rows share a step: they were spread evenly.`] : [];
}

/** Caffe says a loss twice, and names its iteration once. @param {Float64Array} ofRow @param {Column} train */
function fillFromBefore(ofRow, { at }) {
  let last = Number.NaN;
  for (const row of at) {
    if (Number.isNaN(ofRow[row])) ofRow[row] = last;
    else last = ofRow[row];
  }
}

/**
 * Steps of an epoch where the counter begins anew in each, 0 where it does not.
 *
 * @param {Float64Array} steps @param {Float64Array} epochs @param {Column} train
 */
function restartsEveryEpoch(steps, epochs, { at }) {
  let restarts = 0;
  let others = 0;
  let most = 0;
  let least = Infinity;
  let row = -1;
  for (const next of at) {
    if (Number.isNaN(steps[next]) || Number.isNaN(epochs[next])) continue;
    if (row >= 0 && epochs[next] > epochs[row]) {
      if (steps[next] <= steps[row]) restarts++;
      else others++;
    }
    most = Math.max(most, steps[next]);
    least = Math.min(least, steps[next]);
    row = next;
  }
  return restarts > others ? most + (least === 0 ? 1 : 0) : 0;
}

/** "Iter: 190/200" was the last of its epoch. @param {number} seen @param {number | null} total */
function wholeEpoch(seen, total) {
  return seen > 0 && total !== null && total >= seen && total < 1.2 * seen ? total : seen;
}

/** Bars that are drawn several times an epoch: what the last of each says is the mean over it. @param {RawRun} run @param {Column} epoch @param {Float64Array} epochs @returns {Steps} */
function fromEpochBars(run, epoch, epochs) {
  const notes = [
    'A bar of Keras shows means since the begin of the epoch: the last of each epoch counts. What happened within an epoch, and how high, cannot be told from them.',
  ];
  return { ofRow: epochs, name: epoch.name, unit: 'epoch', notes, planned: run.facts.epochs ?? null };
}

/**
 * @param {RawRun} run
 * @param {{ step: Column, ofRow: Float64Array, epochs: Float64Array, perEpoch: number, train: Column | null }} what
 * @returns {Steps}
 */
function joinEpochs(run, { step, ofRow, epochs, perEpoch, train }) {
  const first = epochs.some((epoch) => epoch < 1) ? 0 : 1;
  const isTrain = new Uint8Array(ofRow.length);
  // A rate or a norm may stand in a row of its own.
  const ofTraining = run.columns.filter(
    ({ name }) => OF_TRAINING.has(classify(name).kind) && classify(name).split !== 'val',
  );
  for (const { at } of train ? [train, ...ofTraining] : ofTraining) for (const row of at) isTrain[row] = 1;
  for (let row = 0; row < ofRow.length; row++) {
    // Beside a validation the counter counts its own batches.
    ofRow[row] = perEpoch * (epochs[row] - first) + (isTrain[row] ? ofRow[row] : perEpoch);
  }
  // "Step [100/2000]" in each of so many epochs is no plan of the whole.
  const whole = run.facts.epochs ? run.facts.epochs * perEpoch : null;
  const planned = run.planned !== null && run.planned > perEpoch ? run.planned : whole;
  const isLonger = epochs.some((epoch) => epoch > first);
  const stride = commonStride(step.value);
  // "[1,  2000]" is logged every 2000 batches: where samples are counted, it is said of how many.
  const isRound = !run.facts.perEpoch && stride % 100 === 0;
  const areSamples = stride >= SAMPLES_MIN && stride % SAMPLES_MIN === 0 && !isRound;
  const notes = areSamples
    ? [
        `"${step.name}" counts by ${count(stride)}: presumably samples, as PyTorch’s examples do, so that a step of training is a batch of them; what is called a step here is a sample.`,
      ]
    : [];
  if (isLonger)
    notes.push(
      `"${step.name}" begins anew in every epoch, of ${count(perEpoch)} ${areSamples ? 'samples' : 'steps'}: these were counted through.`,
    );
  return { ofRow, name: step.name, unit: 'step', notes, planned, areSamples };
}

/** Counters that go by multiples of such a number count samples. */
const SAMPLES_MIN = 16;

/** The largest number of which all are multiples, as far as they are whole. @param {Float64Array} values */
function commonStride(values) {
  let common = 0;
  for (const value of values) {
    let [a, b] = [common, Math.abs(value)];
    while (b >= 1) [a, b] = [b, a % b];
    common = a;
    if (common === 1) break;
  }
  return common;
}

/**
 * @param {RawRun} run
 * @param {{ epoch: Column, epochs: Float64Array, rows: number, train: Column | null }} what
 * @returns {Steps}
 */
function fromEpochs(run, { epoch, epochs, rows, train }) {
  const known = (train ? Array.from(train.at) : [...epochs.keys()]).map((row) => epochs[row]);
  const isWhole = epochs.every((value) => Number.isNaN(value) || Number.isInteger(value));
  const isOnce = isWhole && !known.some((value, i) => i > 0 && value === known[i - 1]);
  if (isOnce || known.length < 2) {
    const planned = run.facts.epochs ?? run.planned;
    return { ofRow: epochs, name: epoch.name, unit: 'epoch', notes: [], planned };
  }
  return (
    fromEnds(run, { epoch, epochs, train }) ??
    fromBars(run, rows, train) ??
    fromFractions(run, { epoch, epochs, rows, train })
  );
}

/**
 * Epochs times the steps of one, which the summary behind a run says, put onto the interval of logging.
 *
 * @param {RawRun} run
 * @param {{ epoch: Column, epochs: Float64Array, train: Column | null }} what
 * @returns {Steps | null}
 */
function fromEnds(run, { epoch, epochs, train }) {
  const { ends = [] } = run.facts;
  if (ends.length === 0 || !train) return null;
  const ofRow = new Float64Array(epochs.length).fill(Number.NaN);
  let from = 0;
  let planned = null;
  for (const [i, end] of ends.entries()) {
    const to = i === ends.length - 1 ? epochs.length : end.row;
    const perEpoch = Math.round(end.steps / end.epoch);
    const rows = Array.from(train.at).filter((row) => row >= from && row < to && !Number.isNaN(epochs[row]));
    const interval = intervalOf(
      rows.map((row) => epochs[row] * perEpoch),
      0.006 * perEpoch,
    );
    for (let row = from; row < to; row++) {
      const step = epochs[row] * perEpoch;
      ofRow[row] = interval ? interval * Math.round(step / interval) : Math.round(step);
    }
    // The epochs are too coarse to tell rows apart.
    if (rows.some((row, k) => k > 0 && ofRow[row] <= ofRow[rows[k - 1]])) return null;
    planned = Math.max(planned ?? 0, Math.round(end.epoch * perEpoch));
    from = to;
  }
  const notes = [
    `No line names its step; it was worked out from "${epoch.name}" and the steps that the summary of a run tells.`,
  ];
  return { ofRow, name: epoch.name, unit: 'step', notes, planned: run.planned ?? planned };
}

/**
 * The interval of which all places are multiples, as far as they are known.
 *
 * @param {number[]} places @param {number} apart  by how much each may be wrong
 * @returns {number}  0 where there is none
 */
function intervalOf(places, apart) {
  for (const interval of INTERVALS.toReversed()) {
    if (interval <= 2.5 * apart) return 0;
    const fits = places.every(
      (place) => Math.abs(place - interval * Math.round(place / interval)) <= apart && place > interval / 2,
    );
    if (fits && places.length > 0) return interval;
  }
  return 0;
}

/**
 * Progress bars between the rows: a row stands at a multiple of the interval of logging that no bar contradicts.
 *
 * @param {RawRun} run @param {number} rows @param {Column | null} train
 * @returns {Steps | null}
 */
function fromBars(run, rows, train) {
  const { bars = [] } = run.facts;
  if (!train || bars.length < 2) return null;
  const totals = bars.map((bar) => bar.total);
  const total = Math.max(...totals);
  const own = bars.filter((bar) => bar.total === total);
  if (own.length < 2) return null;
  const epoch = chooseCounter(run.columns, 'epoch', train);
  const leasts = epoch ? leastSteps(spread(epoch, rows), total) : null;
  const place = (/** @type {number} */ interval) => placeRows(train, { bars: own, leasts, interval, total });
  const interval = INTERVALS.toReversed().find((each) => place(each).misses === 0);
  if (interval === undefined) return null;
  const ofRow = new Float64Array(rows).fill(Number.NaN);
  const { steps } = place(interval);
  for (const [i, row] of train.at.entries()) ofRow[row] = steps[i];
  const every = interval === 1 ? '' : `, a row every ${interval}`;
  const notes = [`No line names its step; it was worked out from the progress bars (${count(total)} steps${every}).`];
  return { ofRow, name: 'progress bar', unit: 'step', notes, planned: run.planned ?? total };
}

/** How Hugging Face rounds an epoch. */
const EPOCH_APART = 0.005;

/** The steps before which no row can stand, by its epoch. @param {Float64Array} epochs @param {number} total */
function leastSteps(epochs, total) {
  const last = epochs.reduce((most, epoch) => (epoch > most ? epoch : most), 0);
  return epochs.map((epoch) => ((epoch - EPOCH_APART) * total) / (last + EPOCH_APART));
}

/**
 * @param {Column} train
 * @param {{ bars: { row: number, done: number }[], leasts: Float64Array | null, interval: number, total: number }} what
 */
function placeRows({ at }, { bars, leasts, interval, total }) {
  /** @type {number[]} */
  const steps = [];
  let misses = 0;
  let bar = 0;
  let last = 0;
  let atLeast = 0;
  for (const row of at) {
    while (bar < bars.length && bars[bar].row <= row) atLeast = bars[bar++].done;
    const least = Math.max(atLeast, leasts?.[row] || 0);
    const step = Math.max(interval * Math.ceil(least / interval), last + interval);
    // The next bar but those of the very end stands behind it.
    const limit = bar < bars.length ? bars[bar].done : total;
    if (step > limit) misses++;
    steps.push(step);
    last = step;
  }
  return { steps, misses };
}

/**
 * Parts of epochs, where nothing says how many steps one has: rows are counted.
 *
 * @param {RawRun} run
 * @param {{ epoch: Column, rows: number, epochs: Float64Array, train: Column | null }} what
 */
function fromFractions(run, { epoch, rows, train }) {
  return countRows(run, rows, train, epoch.name);
}

/** @param {RawRun} run @param {number} rows @param {Column | null} train @param {string | null} epoch @returns {Steps} */
function countRows(run, rows, train, epoch) {
  const ofRow = new Float64Array(rows).fill(Number.NaN);
  if (train) {
    let last = 0;
    // A row whose cell is no number is a row all the same.
    const { others, absent } = train;
    const at =
      others || absent ? Float64Array.from([...train.at, ...(others?.at ?? []), ...(absent ?? [])]).sort() : train.at;
    for (const [i, row] of at.entries()) {
      ofRow.fill(i, last, row + 1);
      last = row + 1;
    }
    ofRow.fill(at.length - 1, last);
  } else for (let row = 0; row < rows; row++) ofRow[row] = row;
  const but = epoch === null ? '' : `, and "${epoch}" does not tell it`;
  return {
    ofRow,
    name: 'row',
    unit: run.facts.isRowPerEpoch ? 'epoch' : 'row',
    notes: [sayCounted(run, but)],
    planned: null,
  };
}

/** @param {RawRun} run @param {string} but */
function sayCounted({ columns, facts: { wordy = [] } }, but) {
  const isCounter = (/** @type {{ name: string }} */ { name }) => classify(name).kind === 'step';
  const worded = columns.find((column) => isCounter(column) && column.others) ?? wordy.find(isCounter);
  return worded
    ? `"${shorten(worded.name)}" holds ${describeValue(worded.others?.first)} and the like, which is no number: rows were counted instead, from 0.`
    : `The log names no step${but}: its rows were counted, from 0.`;
}
