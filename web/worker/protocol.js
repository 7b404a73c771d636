/**
 * Everything that page and worker say to each other: one type per message, one maker per type.
 *
 * page → worker is imperative, worker → page is what happened. A message is `type` plus flat named members. A `runId`
 * names one training, a `requestId` one question; the page chooses both, and never uses one twice. Whatever cannot
 * be done is answered by `rejected`, with the runId or the requestId it belongs to; `failed` is a defect of ours.
 *
 * A run's life: `start` (or `fork`) → `started`, then `progress` … and at the end `finished`. A finished run stays in
 * the worker, to be looked at and forked, until `discard`.
 *
 * Numbers travel as they are: a diverged run's losses are NaN and Infinity here, not text.
 */

/**
 * @typedef {import('../engine/config/config.js').Config} Config
 * @typedef {import('../engine/config/config.js').GivenConfig} GivenConfig
 * @typedef {import('../engine/config/config.js').SettingValue} SettingValue
 * @typedef {import('../engine/config/config.js').Change} Change
 * @typedef {import('../engine/data/judging.js').Split} Split
 * @typedef {import('../engine/run/session.js').Evaluation} Evaluation
 * @typedef {import('../engine/run/session.js').Sharpness} Sharpness
 * @typedef {Record<string, number>} Summary  the schema's record `summary`
 * @typedef {Record<string, number>} Episode  the schema's record `episode`
 * @typedef {{ flops_per_sample: number, units: number, parameters: number, memory: number }} ModelFacts  memory: bytes
 * @typedef {{ field: string | null, position: number | null, message: string }} Problem
 */

// ---- page → worker ---------------------------------------------------------------------------------------------

/**
 * Starts a training. It runs at once, unless `paused`; `stepsPerSecond` 0 is as fast as it goes.
 *
 * @typedef {{ type: 'start', runId: number, config: GivenConfig, dataId: number | null, paused: boolean,
 *             stepsPerSecond: number }} StartMessage
 * @param {{ runId: number, config: GivenConfig, dataId?: number | null, paused?: boolean, stepsPerSecond?: number }} members
 *   dataId: data from `loadData`, needed where config.dataset is custom, ignored elsewhere
 * @returns {StartMessage}
 */
export function makeStart({ runId, config, dataId = null, paused = false, stepsPerSecond = 0 }) {
  return { type: 'start', runId, config, dataId, paused, stepsPerSecond };
}

/**
 * Goes back to the state of run `parentId` after `step` steps and continues from there as the new run `runId`. Its
 * config is the parent's, with the parent's changes before `step` and `changes` after them. The parent is untouched.
 *
 * @typedef {{ type: 'fork', runId: number, parentId: number, step: number, changes: Change[], paused: boolean,
 *             stepsPerSecond: number }} ForkMessage
 * @param {{ runId: number, parentId: number, step: number, changes?: Change[], paused?: boolean,
 *           stepsPerSecond?: number }} members  step: 0 … the parent's steps taken; no change before it
 * @returns {ForkMessage}
 */
export function makeFork({ runId, parentId, step, changes = [], paused = false, stepsPerSecond = 0 }) {
  return { type: 'fork', runId, parentId, step, changes, paused, stepsPerSecond };
}

/**
 * Changes a live setting from the next step on; answered by `adjusted` or `rejected`.
 *
 * @typedef {{ type: 'adjust', runId: number, field: string, value: SettingValue }} AdjustMessage
 * @param {{ runId: number, field: string, value: SettingValue }} members
 * @returns {AdjustMessage}
 */
export function makeAdjust({ runId, field, value }) {
  return { type: 'adjust', runId, field, value };
}

/**
 * Answered by `paused`, after at most one step; at once, and before `started`, by a fork that still replays its parent's
 * past.
 *
 * @typedef {{ type: 'pause', runId: number }} PauseMessage
 * @param {{ runId: number }} members
 * @returns {PauseMessage}
 */
export function makePause({ runId }) {
  return { type: 'pause', runId };
}

/**
 * @typedef {{ type: 'resume', runId: number }} ResumeMessage
 * @param {{ runId: number }} members
 * @returns {ResumeMessage}
 */
export function makeResume({ runId }) {
  return { type: 'resume', runId };
}

/**
 * Takes `count` steps and pauses; answered by `paused`, or `finished` where the run ends first.
 *
 * @typedef {{ type: 'step', runId: number, count: number }} StepMessage
 * @param {{ runId: number, count?: number }} members
 * @returns {StepMessage}
 */
export function makeStep({ runId, count = 1 }) {
  return { type: 'step', runId, count };
}

/**
 * Ends a run before its last step; answered by `finished` with reason "stopped", without a last evaluation. A fork that
 * still replays its parent's past has not begun, and is answered by `rejected` with code "cancelled".
 *
 * @typedef {{ type: 'stop', runId: number }} StopMessage
 * @param {{ runId: number }} members
 * @returns {StopMessage}
 */
export function makeStop({ runId }) {
  return { type: 'stop', runId };
}

/**
 * Forgets a run and frees its memory, stopping it where it still runs. No answer, and no further message of it.
 *
 * @typedef {{ type: 'discard', runId: number }} DiscardMessage
 * @param {{ runId: number }} members
 * @returns {DiscardMessage}
 */
export function makeDiscard({ runId }) {
  return { type: 'discard', runId };
}

/**
 * The page has drawn the run's last `progress`. The worker sends the next only then, so a slow page never drowns.
 *
 * @typedef {{ type: 'taken', runId: number }} TakenMessage
 * @param {{ runId: number }} members
 * @returns {TakenMessage}
 */
export function makeTaken({ runId }) {
  return { type: 'taken', runId };
}

/**
 * @typedef {{ type: 'speed', runId: number, stepsPerSecond: number }} SpeedMessage
 * @param {{ runId: number, stepsPerSecond: number }} members  stepsPerSecond: 0 is as fast as it goes
 * @returns {SpeedMessage}
 */
export function makeSpeed({ runId, stepsPerSecond }) {
  return { type: 'speed', runId, stepsPerSecond };
}

/**
 * Reads IDX files (plain or gzip) or one CSV file, and keeps them under `dataId`, a number of the page's choice;
 * answered by `dataLoaded`. The bytes are transferred.
 *
 * @typedef {{ name: string, bytes: ArrayBuffer }} NamedBytes
 * @typedef {{ type: 'loadData', requestId: number, dataId: number, files: NamedBytes[], config: GivenConfig }} LoadDataMessage
 * @param {{ requestId: number, dataId: number, files: NamedBytes[], config: GivenConfig }} members
 *   config: its `val_fraction` and `data_seed` decide what is split off where the files have no validation set
 * @returns {LoadDataMessage}
 */
export function makeLoadData({ requestId, dataId, files, config }) {
  return { type: 'loadData', requestId, dataId, files, config };
}

/**
 * As `loadData`, with files that have been read already. No answer. isShared: the arrays lie in the memory that the
 * worker's engine shares with others.
 *
 * @typedef {{ type: 'keepData', dataId: number, data: import('../engine/data/data_files.js').DataFiles,
 *             isShared: boolean }} KeepDataMessage
 * @param {Omit<KeepDataMessage, 'type'>} members
 * @returns {KeepDataMessage}
 */
export function makeKeepData(members) {
  return { type: 'keepData', ...members };
}

/**
 * Forgets loaded data. Runs that use it keep it. No answer.
 *
 * @typedef {{ type: 'unloadData', dataId: number }} UnloadDataMessage
 * @param {{ dataId: number }} members
 * @returns {UnloadDataMessage}
 */
export function makeUnloadData({ dataId }) {
  return { type: 'unloadData', dataId };
}

/**
 * What a config would do, without running it: its schedule and its model's size; answered by `previewed`.
 *
 * @typedef {{ type: 'preview', requestId: number, config: GivenConfig, dataId: number | null }} PreviewMessage
 * @param {{ requestId: number, config: GivenConfig, dataId?: number | null }} members
 * @returns {PreviewMessage}
 */
export function makePreview({ requestId, config, dataId = null }) {
  return { type: 'preview', requestId, config, dataId };
}

/**
 * The first training samples of a data set that is generated; answered by `glimpsed`. It is made for this and let go.
 *
 * @typedef {{ type: 'glimpse', requestId: number, config: GivenConfig, count: number }} GlimpseMessage
 * @param {{ requestId: number, config: GivenConfig, count: number }} members
 * @returns {GlimpseMessage}
 */
export function makeGlimpse({ requestId, config, count }) {
  return { type: 'glimpse', requestId, config, count };
}

/**
 * What a run's network answers now; answered by `looked`, with each part that was asked for. It changes nothing.
 *
 * samples: these samples of a split, with inputs and outputs.
 * surface: the outputs over a rectangle of 2-D inputs, rows from `top` down, columns from `left`, at cell centres.
 *
 * @typedef {{ split: Split, indices: number[] }} SamplesWanted
 * @typedef {{ left: number, right: number, top: number, bottom: number, columns: number, rows: number }} SurfaceWanted
 * @typedef {{ type: 'look', requestId: number, runId: number, samples: SamplesWanted | null,
 *             surface: SurfaceWanted | null }} LookMessage
 * @param {{ requestId: number, runId: number, samples?: SamplesWanted | null, surface?: SurfaceWanted | null }} members
 * @returns {LookMessage}
 */
export function makeLook({ requestId, runId, samples = null, surface = null }) {
  return { type: 'look', requestId, runId, samples, surface };
}

/**
 * An LR range test with these settings, beside whatever runs; `rangeProgress` …, then `rangeTested`.
 *
 * @typedef {{ type: 'rangeTest', requestId: number, config: GivenConfig, dataId: number | null,
 *             options: Record<string, string | number> }} RangeTestMessage
 * @param {{ requestId: number, config: GivenConfig, dataId?: number | null, options?: Record<string, string | number> }} members
 *   options: names of the schema's table `range_test`; what is missing takes its default
 * @returns {RangeTestMessage}
 */
export function makeRangeTest({ requestId, config, dataId = null, options = {} }) {
  return { type: 'rangeTest', requestId, config, dataId, options };
}

/**
 * A whole training as a value, beside whatever runs: `trialProgress` …, then `tried`. What studies are made of.
 *
 * @typedef {{ type: 'trial', requestId: number, config: GivenConfig, dataId: number | null,
 *             record: import('../engine/study/trial/curve.js').CurveDetail }} TrialMessage
 * @param {{ requestId: number, config: GivenConfig, dataId?: number | null,
 *           record?: import('../engine/study/trial/curve.js').CurveDetail }} members  record: what the result's curve holds
 * @returns {TrialMessage}
 */
export function makeTrial({ requestId, config, dataId = null, record = 'curve' }) {
  return { type: 'trial', requestId, config, dataId, record };
}

/**
 * Gives a range test or a trial up; it is answered by `rejected` with code "cancelled". Other requests are too short
 * to cancel.
 *
 * @typedef {{ type: 'cancel', requestId: number }} CancelMessage
 * @param {{ requestId: number }} members
 * @returns {CancelMessage}
 */
export function makeCancel({ requestId }) {
  return { type: 'cancel', requestId };
}

/**
 * Keeps the run's present state, so that a fork to this very step need not replay anything; `snapshotTaken`.
 *
 * @typedef {{ type: 'snapshot', requestId: number, runId: number }} SnapshotMessage
 * @param {{ requestId: number, runId: number }} members
 * @returns {SnapshotMessage}
 */
export function makeSnapshot({ requestId, runId }) {
  return { type: 'snapshot', requestId, runId };
}

/**
 * The run's present weights as a safetensors file, running statistics included; `weightsWritten`.
 *
 * @typedef {{ type: 'writeWeights', requestId: number, runId: number }} WriteWeightsMessage
 * @param {{ requestId: number, runId: number }} members
 * @returns {WriteWeightsMessage}
 */
export function makeWriteWeights({ requestId, runId }) {
  return { type: 'writeWeights', requestId, runId };
}

/**
 * @typedef {StartMessage | ForkMessage | AdjustMessage | PauseMessage | ResumeMessage | StepMessage | StopMessage |
 *   DiscardMessage | TakenMessage | SpeedMessage | LoadDataMessage | KeepDataMessage | UnloadDataMessage |
 *   PreviewMessage | GlimpseMessage | LookMessage | RangeTestMessage | TrialMessage | CancelMessage | SnapshotMessage | WriteWeightsMessage} PageMessage
 */

// ---- worker → page ---------------------------------------------------------------------------------------------

/**
 * The engine is loaded; what was sent before has waited.
 *
 * @typedef {{ type: 'ready', threads: number, normEdges: Float64Array }} ReadyMessage  threads: that train a run
 *   together; normEdges: of every progress's bins, one more than bins
 * @param {Omit<ReadyMessage, 'type'>} members
 * @returns {ReadyMessage}
 */
export function makeReady(members) {
  return { type: 'ready', ...members };
}

/**
 * A run exists. `config` is complete. For a fork, parentId and step say where it began, and `evaluations` repeats
 * those up to there; its rows begin at `step`.
 *
 * @typedef {{ type: 'started', runId: number, parentId: number | null, step: number, config: Config,
 *             parameters: number, totalSteps: number, shape: number[], classes: number, outputs: number,
 *             trainCount: number, valCount: number, evaluations: Evaluation[], notices: string[] }} StartedMessage
 *   shape: of one input as the network sees it, [features] or [channels, height, width]; classes: 0 for regression;
 *   notices: sentences the user should know, such as a batch larger than the data
 * @param {Omit<StartedMessage, 'type'>} members
 * @returns {StartedMessage}
 */
export function makeStarted(members) {
  return { type: 'started', ...members };
}

/**
 * What happened since the last progress.
 *
 * @typedef {{ type: 'progress', runId: number, step: number, rows: ArrayBuffer, rowCount: number,
 *             evaluations: Evaluation[], sharpness: Sharpness[], summary: Summary, episodes: Episode[],
 *             bins: Uint32Array, stepMs: number, samplesPerSecond: number }} ProgressMessage
 *   step: steps taken. rows: rowCount rows of the schema's `metrics`, one 32-bit word per column: read REAL columns
 *   through a Float32Array and INT columns through an Int32Array over the same buffer. summary, episodes, bins are of
 *   the whole run so far; bins: counts of the unclipped norms. stepMs, samplesPerSecond: over the last second of
 *   stepping, evaluations and waiting not counted; 0 while unknown.
 * @param {Omit<ProgressMessage, 'type'>} members
 * @returns {ProgressMessage}
 */
export function makeProgress(members) {
  return { type: 'progress', ...members };
}

/**
 * The change is part of the run's config from `step` on.
 *
 * @typedef {{ type: 'adjusted', runId: number, step: number, field: string, value: SettingValue }} AdjustedMessage
 * @param {Omit<AdjustedMessage, 'type'>} members
 * @returns {AdjustedMessage}
 */
export function makeAdjusted(members) {
  return { type: 'adjusted', ...members };
}

/**
 * The run stands still after `step` steps. A last `progress` may still follow.
 *
 * @typedef {{ type: 'paused', runId: number, step: number }} PausedMessage
 * @param {Omit<PausedMessage, 'type'>} members
 * @returns {PausedMessage}
 */
export function makePaused(members) {
  return { type: 'paused', ...members };
}

/**
 * The run has ended; its last `progress` came before. `train` is the evaluation of the first 10,000 training samples
 * and `digest` the SHA-256 of the parameters; train is null where the run was stopped.
 *
 * @typedef {'complete' | 'diverged' | 'stopped'} FinishReason
 * @typedef {{ type: 'finished', runId: number, reason: FinishReason, step: number, config: Config, summary: Summary,
 *             train: { loss: number, accuracy: number | null } | null,
 *             val: { loss: number, accuracy: number | null } | null, digest: string }} FinishedMessage
 * @param {Omit<FinishedMessage, 'type'>} members
 * @returns {FinishedMessage}
 */
export function makeFinished(members) {
  return { type: 'finished', ...members };
}

/**
 * @typedef {{ type: 'dataLoaded', requestId: number, dataId: number, name: string, shape: number[], classes: number,
 *             classNames: string[] | null, trainCount: number, valCount: number,
 *             shared: import('../engine/data/data_files.js').DataFiles | null }} DataLoadedMessage
 *   classNames: a CSV's classes in the order of their numbers; trainCount, valCount: of all the data, of which the
 *   settings `samples` and `val_samples` may take less; shared: what the files hold, for `keepData` of the workers whose
 *   engines share this one's memory, null where none do
 * @param {Omit<DataLoadedMessage, 'type'>} members
 * @returns {DataLoadedMessage}
 */
export function makeDataLoaded(members) {
  return { type: 'dataLoaded', ...members };
}

/**
 * rates[i] is the learning rate of step steps[i]; at most 600 points, evenly spread, first and last included.
 * facts is null where the model is not possible; `problem` then says why.
 *
 * @typedef {{ type: 'previewed', requestId: number, steps: Uint32Array, rates: Float32Array, totalSteps: number,
 *             facts: ModelFacts | null, problem: Problem | null }} PreviewedMessage
 * @param {Omit<PreviewedMessage, 'type'>} members
 * @returns {PreviewedMessage}
 */
export function makePreviewed(members) {
  return { type: 'previewed', ...members };
}

/**
 * inputs: [count][elements], as `looked` has them; labels of classes, or targets of a regression.
 *
 * @typedef {{ type: 'glimpsed', requestId: number, shape: number[], inputs: Float32Array, labels: Uint8Array | null,
 *             targets: Float32Array | null }} GlimpsedMessage
 * @param {Omit<GlimpsedMessage, 'type'>} members
 * @returns {GlimpsedMessage}
 */
export function makeGlimpsed(members) {
  return { type: 'glimpsed', ...members };
}

/**
 * samples.inputs: [count][elements], raw values (pixels 0 … 255, coordinates, columns), before any scaling;
 * samples.labels: class numbers, or null for regression; samples.targets: [count][outputs], or null for classes;
 * outputs: softmax probabilities, or plain outputs for squared error, [count][outputs].
 *
 * @typedef {{ split: Split, indices: number[], shape: number[], inputs: Float32Array, labels: Uint8Array | null,
 *             targets: Float32Array | null, outputs: Float32Array }} SamplesSeen
 * @typedef {{ columns: number, rows: number, outputs: Float32Array }} SurfaceSeen  outputs: [rows][columns][outputs]
 * @typedef {{ type: 'looked', requestId: number, runId: number, step: number, outputs: number,
 *             samples: SamplesSeen | null, surface: SurfaceSeen | null }} LookedMessage
 * @param {Omit<LookedMessage, 'type'>} members
 * @returns {LookedMessage}
 */
export function makeLooked(members) {
  return { type: 'looked', ...members };
}

/**
 * The newest points of a range test, in order; each point is sent once.
 *
 * @typedef {{ type: 'rangeProgress', requestId: number, seed: number, lr: number[], loss: number[],
 *             smoothed: number[] }} RangeProgressMessage
 * @param {Omit<RangeProgressMessage, 'type'>} members
 * @returns {RangeProgressMessage}
 */
export function makeRangeProgress(members) {
  return { type: 'rangeProgress', ...members };
}

/**
 * @typedef {{ type: 'rangeTested', requestId: number,
 *             result: import('../engine/study/range_test.js').RangeResult }} RangeTestedMessage
 * @param {Omit<RangeTestedMessage, 'type'>} members
 * @returns {RangeTestedMessage}
 */
export function makeRangeTested(members) {
  return { type: 'rangeTested', ...members };
}

/**
 * How far a trial has come; at most ten times a second.
 *
 * @typedef {{ type: 'trialProgress', requestId: number } & import('../engine/study/trial/trial.js').TrialProgress} TrialProgressMessage
 * @param {Omit<TrialProgressMessage, 'type'>} members
 * @returns {TrialProgressMessage}
 */
export function makeTrialProgress(members) {
  return { type: 'trialProgress', ...members };
}

/**
 * @typedef {{ type: 'tried', requestId: number, result: import('../engine/study/trial/trial.js').TrialResult,
 *             memory: number }} TriedMessage  memory: bytes that the worker's engine holds of its own, by now
 * @param {Omit<TriedMessage, 'type'>} members
 * @returns {TriedMessage}
 */
export function makeTried(members) {
  return { type: 'tried', ...members };
}

/**
 * @typedef {{ type: 'snapshotTaken', requestId: number, runId: number, step: number }} SnapshotTakenMessage
 * @param {Omit<SnapshotTakenMessage, 'type'>} members
 * @returns {SnapshotTakenMessage}
 */
export function makeSnapshotTaken(members) {
  return { type: 'snapshotTaken', ...members };
}

/**
 * @typedef {{ type: 'weightsWritten', requestId: number, runId: number, step: number,
 *             bytes: ArrayBuffer }} WeightsWrittenMessage  bytes: a whole .safetensors file, transferred
 * @param {Omit<WeightsWrittenMessage, 'type'>} members
 * @returns {WeightsWrittenMessage}
 */
export function makeWeightsWritten(members) {
  return { type: 'weightsWritten', ...members };
}

/**
 * A message could not be followed, for a reason the user can act on. Exactly one of runId and requestId is set.
 *
 * @typedef {{ type: 'rejected', runId: number | null, requestId: number | null, field: string | null,
 *             position: number | null, code: string, message: string }} RejectedMessage
 *   field: the setting, or null; position: of the character in the model text, or null; code: TrainerError's, or
 *   "cancelled", "unknown-run", "unknown-data"
 * @param {{ runId?: number | null, requestId?: number | null, field?: string | null, position?: number | null,
 *           code: string, message: string }} members
 * @returns {RejectedMessage}
 */
export function makeRejected({ runId = null, requestId = null, field = null, position = null, code, message }) {
  return { type: 'rejected', runId, requestId, field, position, code, message };
}

/**
 * A defect: nothing the user did. With fatal: true the worker is of no further use: the client replaces it, or, where it
 * comes before `ready`, gives up.
 *
 * @typedef {{ type: 'failed', runId: number | null, requestId: number | null, code: string, message: string,
 *             fatal: boolean }} FailedMessage
 * @param {{ runId?: number | null, requestId?: number | null, code: string, message: string, fatal?: boolean }} members
 * @returns {FailedMessage}
 */
export function makeFailed({ runId = null, requestId = null, code, message, fatal = false }) {
  return { type: 'failed', runId, requestId, code, message, fatal };
}

/**
 * @typedef {ReadyMessage | StartedMessage | ProgressMessage | AdjustedMessage | PausedMessage | FinishedMessage |
 *   DataLoadedMessage | PreviewedMessage | GlimpsedMessage | LookedMessage | RangeProgressMessage | RangeTestedMessage |
 *   TrialProgressMessage | TriedMessage |
 *   SnapshotTakenMessage | WeightsWrittenMessage | RejectedMessage | FailedMessage} WorkerMessage
 */

/**
 * Ends a switch over message types: tsc finds a type that has no case, and a stranger's message says its name.
 *
 * @param {never} message
 * @returns {never}
 */
export function unreachable(message) {
  const { type } = /** @type {{ type?: unknown }} */ (message);
  throw new Error(`unknown message type ${JSON.stringify(type)}`);
}
