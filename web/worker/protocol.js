/**
 * Everything that page and worker say to each other: a table with a row for each message, from which both sides take
 * what they send, what they wait for and what they hand over. messages.js makes messages of it, and their types.
 *
 * page → worker is imperative, worker → page is what happened. A message is `type` plus flat named members. A `runId`
 * names one training, a `requestId` one question; the page chooses both, and never uses one twice. Whatever cannot
 * be done is answered by `rejected`, with the runId or the requestId it belongs to; `failed` is a defect of ours.
 *
 * A run's life: `start` (or `fork`) → `started`, then `progress` … and at the end `finished`. A finished run stays in
 * the worker, to be looked at and forked, until `discard`.
 *
 * Numbers travel as they are: a diverged run's losses are NaN and Infinity here, not text.
 *
 * A new question is a row here and its handler in questions/; the page asks it with WorkerClient.ask, or RunHandle.ask
 * where it is about a run. A new order is a row and its handler in orders.js.
 */

import { inspectLogs } from './log_question.js';
import { SEQUENCE_QUESTIONS } from './questions/sequence_rows.js';

/**
 * @typedef {import('../engine/config/config.js').Config} Config  complete: all configs that the worker sends are
 * @typedef {import('../engine/config/config.js').GivenConfig} GivenConfig
 * @typedef {import('../engine/config/config.js').SomeSettings} SomeSettings
 * @typedef {import('../engine/config/config.js').SettingValue} SettingValue
 * @typedef {import('../engine/config/config.js').Change} Change
 * @typedef {import('../engine/config/config.js').Problem} Problem
 * @typedef {import('../engine/data/judging.js').Split} Split
 * @typedef {import('../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('../engine/run/session.js').Evaluation} Evaluation
 * @typedef {import('../engine/run/session.js').Sharpness} Sharpness
 * @typedef {import('../engine/run/session.js').EndReason} EndReason
 * @typedef {import('../engine/study/slice/survey.js').SliceProgress} SliceProgress
 * @typedef {import('../engine/study/slice/survey.js').SliceMap} SliceMap
 * @typedef {import('../engine/run/trainer.js').Score} Score
 * @typedef {import('../engine/study/range_result.js').RangeResult} RangeResult
 * @typedef {import('../engine/study/range_result.js').Tried} Tried
 * @typedef {import('../engine/study/range_result.js').TriedResult} TriedResult
 * @typedef {import('../engine/study/trial/curve.js').CurveDetail} CurveDetail
 * @typedef {import('../engine/study/trial/trial.js').TrialProgress} TrialProgress
 * @typedef {import('../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../engine/run/measuring.js').UnitSizes} UnitSizes
 * @typedef {import('../engine/core/record.js').Records['summary']} Summary
 * @typedef {import('../engine/core/record.js').Records['episode']} Episode
 * @typedef {import('../engine/run/layout.js').ModelFacts} ModelFacts
 * @typedef {{ snapshot: import('../engine/run/trainer.js').Snapshot, evaluations: Evaluation[] }} Past  up to its step
 * @typedef {{ name: string, bytes: ArrayBuffer }} NamedBytes  a whole file: a run begins with it at once, not when it is read
 */

/**
 * @template Members
 * @typedef {import('./protocol_rows.js').Order<Members>} Order
 */

/**
 * @template Members
 * @template Answer
 * @template [Told=never]
 * @typedef {import('./protocol_rows.js').Question<Members, Answer, Told>} Question
 */

/**
 * @template Members
 * @typedef {import('./protocol_rows.js').News<Members>} News
 */

// ---- page → worker: orders ---------------------------------------------------------------------------------------

export const ORDERS = {
  /**
   * Starts a training. It runs at once, unless `paused`; `stepsPerSecond` 0 is as fast as it goes. `dataId`: data from
   * `loadData`, needed where config.dataset is custom, ignored elsewhere. `weights`: a safetensors file to start from.
   * `past`: where it goes on from, as `writeSnapshot` gave it; `started` then says that step. What config.changes holds
   * from there on is made again.
   *
   * @type {Order<{ runId: number, config: GivenConfig, dataId?: number | null, weights?: NamedBytes | null,
   *                past?: Past | null, paused?: boolean, stepsPerSecond?: number }>}
   */
  start: {
    members: {
      runId: 'number',
      config: 'anything',
      dataId: 'number',
      weights: 'object',
      past: 'object',
      paused: 'flag',
      stepsPerSecond: 'number',
    },
    defaults: { dataId: null, weights: null, past: null, paused: false, stepsPerSecond: 0 },
  },

  /**
   * Goes back to the state of run `parentId` after `step` steps and continues from there as the new run `runId`. Its
   * config is the parent's, with the parent's changes before `step` and `changes` after them. The parent is untouched.
   * step: 0 … the parent's steps taken; no change before it.
   *
   * @type {Order<{ runId: number, parentId: number, step: number, changes?: Change[], paused?: boolean,
   *                stepsPerSecond?: number }>}
   */
  fork: {
    members: {
      runId: 'number',
      parentId: 'number',
      step: 'number',
      changes: 'list',
      paused: 'flag',
      stepsPerSecond: 'number',
    },
    defaults: { changes: [], paused: false, stepsPerSecond: 0 },
  },

  /** Changes a live setting from the next step on; `adjusted` or `rejected`. @type {Order<{ runId: number, field: string, value: SettingValue }>} */
  adjust: { members: { runId: 'number', field: 'text', value: 'anything' } },

  /**
   * `paused`, after at most one step; at once, and before `started`, by a fork that still replays its parent's past.
   *
   * @type {Order<{ runId: number }>}
   */
  pause: { members: { runId: 'number' }, isUrgent: true },

  /** @type {Order<{ runId: number }>} */
  resume: { members: { runId: 'number' } },

  /**
   * Takes `count` steps and pauses; `paused`, or `finished` where the run ends first.
   *
   * @type {Order<{ runId: number, count?: number }>}
   */
  step: { members: { runId: 'number', count: 'number' }, defaults: { count: 1 } },

  /**
   * Ends a run before its last step; `finished` with reason "stopped", without a last evaluation. A fork that still
   * replays its parent's past has not begun: `rejected` with code "cancelled".
   *
   * @type {Order<{ runId: number }>}
   */
  stop: { members: { runId: 'number' }, isUrgent: true },

  /** Forgets a run and frees its memory, stopping it where it still runs. No further message of it. @type {Order<{ runId: number }>} */
  discard: { members: { runId: 'number' } },

  /**
   * The page has drawn the run's last `progress`. The worker sends the next only then, so a slow page never drowns.
   *
   * @type {Order<{ runId: number }>}
   */
  taken: { members: { runId: 'number' } },

  /** stepsPerSecond: 0 is as fast as it goes. @type {Order<{ runId: number, stepsPerSecond: number }>} */
  speed: { members: { runId: 'number', stepsPerSecond: 'number' } },

  /**
   * As the question `loadData`, with files that have been read already. isShared: the arrays lie in the memory that
   * the worker's engine shares with others.
   *
   * @type {Order<{ dataId: number, data: DataFiles, isShared: boolean }>}
   */
  keepData: { members: { dataId: 'number', data: 'object', isShared: 'flag' } },

  /**
   * Forgets loaded data. Runs that use it keep it.
   * @type {Order<{ dataId: number }>}
   */
  unloadData: { members: { dataId: 'number' } },

  /** Gives a question up that can be cancelled. @type {Order<{ requestId: number }>} */
  cancel: { members: { requestId: 'number' } },
};

// ---- page → worker → page: questions -------------------------------------------------------------------------------

/**
 * @typedef {{ name: string, blob: Blob, reading?: import('../engine/config/reading_fields.js').Reading }} DataFile
 *   reading: what is asked of a table
 *
 * @typedef {object} DataLoaded
 * @property {number} dataId
 * @property {string} name
 * @property {number[]} shape
 * @property {number} classes  0 for regression
 * @property {string[] | null} classNames  a CSV's classes in the order of their numbers
 * @property {string | null} target  the column that is learned, where the data has columns
 * @property {string[]} [columns]  all of their names
 * @property {string[]} notes  how the files were read, a sentence each
 * @property {number} trainCount  of all the data, of which the setting `samples` may take less
 * @property {number} valCount  likewise, `val_samples`
 * @property {DataFiles | null} shared  what the files hold, for `keepData` of the workers whose engines share this
 *   one's memory; null where none do
 *
 * @typedef {object} Preview
 * @property {Uint32Array} steps  at most 600, evenly spread, first and last included
 * @property {Float32Array} rates  rates[i] is the learning rate of step steps[i]
 * @property {number} totalSteps
 * @property {ModelFacts | null} facts  null where the model is not possible; `problem` then says why
 * @property {boolean} fits  whether memory would suffice if no other run were in it
 * @property {Problem | null} problem
 *
 * @typedef {object} Glimpse  as `SamplesSeen` has them
 * @property {number[]} shape
 * @property {Float32Array} inputs
 * @property {Uint8Array | null} labels
 * @property {Float32Array | null} targets
 *
 * @typedef {{ split: Split, indices: number[] }} SamplesWanted  these samples of a split, with inputs and outputs
 * @typedef {{ left: number, right: number, top: number, bottom: number, columns: number, rows: number }} SurfaceWanted
 *   the outputs over a rectangle of 2-D inputs, rows from `top` down, columns from `left`, at cell centres
 *
 * @typedef {object} SamplesSeen
 * @property {Split} split
 * @property {number[]} indices
 * @property {number[]} shape
 * @property {Float32Array} inputs  [count][elements], raw values (pixels 0 … 255, coordinates, columns), before any scaling
 * @property {Uint8Array | null} labels  class numbers; null for regression
 * @property {Float32Array | null} targets  [count][outputs]; null for classes
 * @property {Float32Array} outputs  softmax probabilities, or plain outputs for squared error, [count][outputs]
 * @property {import('../engine/data/dataset.js').Tokens & { ids: Uint8Array }} [tokens]  outputs: [count][length][outputs]
 *
 * @typedef {{ columns: number, rows: number, outputs: Float32Array }} SurfaceSeen  outputs: [rows][columns][outputs]
 * @typedef {{ runId: number, step: number, outputs: number, samples: SamplesSeen | null, surface: SurfaceSeen | null }} Look
 *
 * @typedef {{ seed: number, lr: number[], loss: number[], smoothed: number[] }} RangeProgress
 */

export const QUESTIONS = {
  /**
   * Reads IDX files (plain or gzip) or one CSV file, and keeps them under `dataId`, a number of the page's choice.
   * config: its `val_fraction` and `data_seed` decide what is split off where the files have no validation set.
   *
   * @type {Question<{ dataId: number, files: DataFile[], config: GivenConfig }, DataLoaded>}
   */
  loadData: {
    members: { dataId: 'number', files: 'list', config: 'anything' },
    answer: 'dataLoaded',
  },

  /**
   * What a config would do, without running it: its schedule and its model's size.
   * @type {Question<{ config: GivenConfig, dataId?: number | null }, Preview>}
   */
  preview: {
    members: { config: 'anything', dataId: 'number' },
    defaults: { dataId: null },
    answer: 'previewed',
    takes: ({ steps, rates }) => [bufferOf(steps), bufferOf(rates)],
  },

  /**
   * The first training samples of a data set that is generated. It is made for this and let go.
   * @type {Question<{ config: GivenConfig, count: number }, Glimpse>}
   */
  glimpse: { members: { config: 'anything', count: 'number' }, answer: 'glimpsed' },

  /**
   * What a run's network answers now, with each part that was asked for. It changes nothing.
   * @type {Question<{ runId: number, samples?: SamplesWanted | null, surface?: SurfaceWanted | null }, Look>}
   */
  look: {
    members: { runId: 'number', samples: 'object', surface: 'object' },
    defaults: { samples: null, surface: null },
    answer: 'looked',
  },

  /**
   * How large the signal is in each unit: now, or after `steps` of the recent past; none where it cannot be looked at.
   *
   * @type {Question<{ runId: number, steps?: number[] | null }, { runId: number, sizes: UnitSizes[] }>}
   */
  sizeUnits: { members: { runId: 'number', steps: 'list' }, defaults: { steps: null }, answer: 'unitsSized' },

  /**
   * A map of the loss around a run, where it stands now and beside whatever runs. options: of the schema's table `slice`.
   *
   * @type {Question<{ runId: number, options?: SomeSettings }, { map: SliceMap }, SliceProgress>}
   */
  slice: {
    members: { runId: 'number', options: 'anything' },
    defaults: { options: {} },
    answer: 'sliced',
    progress: 'sliceProgress',
    isCancellable: true,
  },

  inspectLogs,
  ...SEQUENCE_QUESTIONS,

  /**
   * An LR range test with these settings, beside whatever runs. options: names of the schema's table `range_test`; what
   * is missing takes its default. Meanwhile the newest points, in order; each point is sent once.
   *
   * @type {Question<{ config: GivenConfig, dataId?: number | null, options?: SomeSettings }, { result: RangeResult },
   *                 RangeProgress>}
   */
  rangeTest: {
    members: { config: 'anything', dataId: 'number', options: 'anything' },
    defaults: { dataId: null, options: {} },
    answer: 'rangeTested',
    progress: 'rangeProgress',
    isCancellable: true,
  },

  /**
   * What a range test of these settings suggests, tried: a short training each. test: its result. Meanwhile, after each
   * training, what has been tried so far.
   *
   * @type {Question<{ config: GivenConfig, dataId?: number | null, test: RangeResult }, { result: TriedResult },
   *                 { tried: Tried[] }>}
   */
  tryRates: {
    members: { config: 'anything', dataId: 'number', test: 'object' },
    defaults: { dataId: null },
    answer: 'ratesTried',
    progress: 'triesProgress',
    isCancellable: true,
  },

  /**
   * A whole training as a value, beside whatever runs: what studies are made of. record: what the result's curve holds;
   * memory: bytes that the worker's engine holds of its own, by now. Meanwhile, at most ten times a second, how far it is.
   *
   * @type {Question<{ config: GivenConfig, dataId?: number | null, record?: CurveDetail },
   *                 { result: TrialResult, memory: number }, TrialProgress>}
   */
  trial: {
    members: { config: 'anything', dataId: 'number', record: 'text' },
    defaults: { dataId: null, record: 'curve' },
    answer: 'tried',
    progress: 'trialProgress',
    isCancellable: true,
  },

  /**
   * Keeps the run's present state, so that a fork to this very step need not replay anything.
   *
   * @type {Question<{ runId: number }, { runId: number, step: number }>}
   */
  snapshot: { members: { runId: 'number' }, answer: 'snapshotTaken' },

  /** The run's present state, to go on from elsewhere. @type {Question<{ runId: number }, { runId: number, past: Past }>} */
  writeSnapshot: {
    members: { runId: 'number' },
    answer: 'snapshotWritten',
    takes: ({ past }) => [bufferOf(past.snapshot.state)],
  },

  /**
   * The run's present weights as a safetensors file, running statistics included. bytes: the whole file; nonFinite: a
   * sentence's part, which numbers are NaN or infinite, where some are.
   *
   * @type {Question<{ runId: number }, { runId: number, step: number, bytes: ArrayBuffer, nonFinite: string | null }>}
   */
  writeWeights: {
    members: { runId: 'number' },
    answer: 'weightsWritten',
    takes: ({ bytes }) => [bytes],
  },
};

// ---- worker → page -------------------------------------------------------------------------------------------------

/**
 * @typedef {object} Started  `config` is complete
 * @property {number} runId
 * @property {number | null} parentId  of a fork, as `step` says where it began
 * @property {number} step  its rows begin here
 * @property {Config} config
 * @property {number} parameters
 * @property {number} totalSteps
 * @property {number[]} shape  of one input as the network sees it, [features] or [channels, height, width]
 * @property {number} classes  0 for regression
 * @property {number} outputs
 * @property {number} trainCount
 * @property {number} valCount
 * @property {Evaluation[]} evaluations  of a fork: those of its parent up to there
 * @property {string[]} notices  sentences the user should know, such as a batch larger than the data
 *
 * @typedef {object} Progress  what happened since the last one
 * @property {number} runId
 * @property {number} step  steps taken
 * @property {ArrayBuffer} rows  rowCount rows of the schema's `metrics`, one 32-bit word per column: read REAL columns
 *   through a Float32Array and INT columns through an Int32Array over the same buffer
 * @property {number} rowCount
 * @property {Evaluation[]} evaluations
 * @property {Sharpness[]} sharpness
 * @property {Summary} summary  of the whole run so far, as are episodes and bins
 * @property {Episode[]} episodes
 * @property {Uint32Array} bins  counts of the unclipped norms
 * @property {number} stepMs  over the last second of stepping, evaluations and waiting not counted; 0 while unknown
 * @property {number} samplesPerSecond  likewise
 *
 * @typedef {object} Finished
 * @property {number} runId
 * @property {EndReason} reason
 * @property {number} step
 * @property {Config} config
 * @property {Summary} summary
 * @property {Score | null} train  the evaluation of the first 10,000 training samples; null where the run was stopped
 * @property {Score | null} val
 * @property {string} digest  SHA-256 of the parameters
 */

export const NEWS = {
  /** A run exists. @type {News<Started>} */
  started: {},

  /** @type {News<Progress>} */
  progress: { takes: ({ rows, bins }) => [rows, bufferOf(bins)] },

  /**
   * The change is part of the run's config from `step` on.
   * @type {News<{ runId: number, step: number, field: string, value: SettingValue }>}
   */
  adjusted: {},

  /**
   * The run stands still after `step` steps. A last `progress` may still follow.
   *
   * @type {News<{ runId: number, step: number }>}
   */
  paused: { isReaction: true },

  /** The run has ended; its last `progress` came before. @type {News<Finished>} */
  finished: { isReaction: true, isLast: true },
};

/**
 * The rest of what a worker says, of itself and of what it could not do.
 *
 * @typedef {{ type: 'ready', threads: number, normEdges: Float64Array }} ReadyMessage  the engine is loaded; what was
 *   sent before has waited. threads: that train a run together; normEdges: of every progress's bins, one more than bins
 *
 * @typedef {{ type: 'alive', pieceMs: number }} AliveMessage  a question takes long: its worker is at work, and no more
 *   is owed yet. pieceMs: how long from now on it may be at work without a word
 *
 * @typedef {{ type: 'rejected', runId: number | null, requestId: number | null, field: string | null,
 *             position: number | null, code: string, message: string }} RejectedMessage
 *   A message could not be followed, for a reason the user can act on. Exactly one of runId and requestId is set.
 *   field: the setting, or null; position: of the character in the model text, or null; code: TrainerError's, or
 *   "cancelled", "unknown-run", "unknown-data", "message" for one that is none
 *
 * @typedef {{ type: 'failed', runId: number | null, requestId: number | null, code: string, message: string,
 *             fatal: boolean }} FailedMessage
 *   A defect: nothing the user did. With fatal: true the worker is of no further use: the client replaces it, or, where
 *   it comes before `ready`, gives up.
 */

/** @param {ArrayBufferView} view  of all of its buffer, which is not shared */
function bufferOf({ buffer }) {
  return /** @type {ArrayBuffer} */ (buffer);
}
