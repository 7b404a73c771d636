/** The command line: which command, and what becomes of its result or its error. */

import { fstatSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { SCHEMA } from '../engine/config/schema.js';
import { TrainerError } from '../engine/core/errors.js';
import { defaultThreads } from '../engine/core/team.js';
import { encodeJson } from '../engine/run/run_log.js';
import { printable, withoutStop } from '../engine/words/sentences.js';
import { VERSION } from '../generated/schema.js';
import { createEngine } from '../platform/node/index.js';
import { findCommand, parseArguments, problemError } from './arguments.js';
import { complaintOf, joinComplaints } from './complaints.js';
import { readConfigFile } from './config_file.js';
import { describeAccess } from './file_access.js';
import { writeWhole } from './files/output_file.js';
import { UsageError } from './usage_error.js';

/**
 * @typedef {import('./arguments.js').Arguments} Arguments
 * @typedef {{ stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream }} Out
 * @typedef {{ result: unknown, text: string, notices?: string[], complaint?: string }} Outcome  notices: what the text
 *   says of the settings that is not in the result; complaint: why the command fails in spite of its result
 */

/** Errors about what was asked for. Every other code is a defect, a lost worker, or a missing build. */
const INPUT_CODES = ['setting', 'model', 'data', 'memory', 'argument'];

/** Threads that are started before it is known how many trainings there will be: fewer than four are rare. */
const PREPARED_MAX = 3;

/**
 * Runs a command to its end. Progress bars apart, which need a terminal, all that it says goes to `out`.
 *
 * @param {string[]} words  what follows the program's name
 * @param {Out} [out]
 * @returns {Promise<number>}  the exit code: 0 done, 1 failed, 2 wrong usage or input
 */
export async function runCommandLine(words, out = process) {
  outliveReaders(out);
  try {
    await runCommand(words, out);
    return 0;
  } catch (error) {
    out.stderr.write(`trainscope: ${describeError(error)}\n`);
    return error instanceof UsageError || isInputError(error) ? 2 : 1;
  }
}

/** Streams that are listened to. @type {WeakSet<NodeJS.WritableStream>} */
const OUTLIVED = new WeakSet();

/**
 * A stream whose reader has gone emits its error besides handing it to who writes, and ends the program where nobody
 * listens. What is wrong is told by write(); of standard error there is nobody to tell.
 *
 * @param {Out} out
 */
function outliveReaders({ stdout, stderr }) {
  for (const stream of [stdout, stderr]) {
    if (OUTLIVED.has(stream)) continue;
    OUTLIVED.add(stream);
    stream.on('error', () => {});
  }
}

/** @param {string[]} words @param {Out} out */
async function runCommand([name, ...words], out) {
  const print = (/** @type {string} */ text) => write(out.stdout, text);
  const printResult = (/** @type {Arguments} */ args, /** @type {Outcome} */ outcome) =>
    writeResult(out, args, outcome);
  if (name === '--help' || name === 'help') return print((await import('./help.js')).formatOverview());
  if (name === '--version' || name === '-V') return print(VERSION);
  if (name === undefined) throw new UsageError('name a command; trainscope --help lists them');
  if (name.startsWith('-')) throw new UsageError(`a command comes before ${name}; trainscope --help lists them`);
  const command = findCommand(name);
  const say = (/** @type {string} */ sentence) => void out.stderr.write(`trainscope: ${printable(sentence)}\n`);
  const args = parseArguments(command, words, SCHEMA, say);
  if (args.options.help) return print((await import('./help.js')).formatHelp(command, SCHEMA));
  if (trainsMany(args)) await prepareWorkers(args.options.jobs);
  const judge = await createEngine();
  // Once: a pipe is empty the second time.
  if (args.options.config) args.base = await readConfigFile(args.options.config);
  const engine = await engineFor(args, judge);
  // Each command's code is read when it is called for: to read all of it takes longer than many a command.
  switch (command.name) {
    case 'train': {
      const { train } = await import('./commands/train.js');
      return printResult(args, await withThreads(engine, args, (team) => train(team, args)));
    }
    case 'lr-find': {
      const { findLearningRate } = await import('./commands/lr_find.js');
      return printResult(args, await withThreads(engine, args, (team) => findLearningRate(team, args)));
    }
    case 'slice': {
      const { sliceLoss } = await import('./commands/slice.js');
      return printResult(args, await withThreads(engine, args, (team) => sliceLoss(team, args)));
    }
    case 'sweep':
      return printResult(args, await (await import('./commands/sweep.js')).sweep(engine, args));
    case 'diagnose':
      return printResult(args, await (await import('./commands/diagnose.js')).diagnoseRun(engine, args));
    case 'probe':
    case 'warmup':
    case 'clip':
    case 'compare':
      return printResult(args, await (await import('./commands/study.js')).conductStudy(engine, args));
    case 'inspect':
      return printResult(args, await (await import('./commands/inspect.js')).inspect(engine, args));
    case 'gallery':
      return printResult(args, await (await import('./commands/gallery.js')).gallery(engine, args));
    case 'bench':
      return printResult(args, await (await import('./commands/bench.js')).bench(engine, args));
    case 'ward':
      return printResult(args, await (await import('./commands/ward.js')).ward(engine, args));
    case 'data':
      return printResult(args, await (await import('./commands/data.js')).getData(engine, args));
    case 'export':
      return printResult(args, await (await import('./commands/export.js')).exportCode(engine, args));
    case 'layers':
      return printResult(args, (await import('./commands/layers.js')).listLayers(engine));
    case 'schema':
      return print(encodeJson(engine.schema));
    case 'serve': {
      const { servePage } = await import('./commands/serve.js');
      const { address, close } = await servePage(args);
      return print(address).catch((error) => {
        close();
        throw error;
      });
    }
    default:
      throw new Error(`the command ${command.name} has no code`);
  }
}

/**
 * Whether a command is a study, which trains on several threads. The ward's diagnoses are programs of their own.
 *
 * @param {Arguments} args
 */
function trainsMany({ command, options, argument }) {
  if (options.jobs === undefined || options.merge?.length > 0 || command.name === 'ward') return false;
  return command.name !== 'gallery' || (argument ?? 'list') !== 'list';
}

/**
 * Starts the threads of a study, which load their code while this one loads its own.
 *
 * @param {number | null} jobs  as asked for
 */
async function prepareWorkers(jobs) {
  const others = Math.min((jobs ?? availableParallelism()) - 1, PREPARED_MAX);
  if (others > 0) (await import('../platform/node/thread_port.js')).prepareTrialThreads(others);
}

/**
 * An engine of the arithmetic that a command's flags, or the file of its settings, ask for.
 *
 * @param {Arguments} args
 * @param {import('../engine/engine.js').Engine} judge  which serves where it is of that arithmetic
 */
async function engineFor({ options, settings, base }, judge) {
  const asked = options.arithmetic ?? settings.arithmetic ?? base.arithmetic;
  // What it may be is judged with the other settings.
  const { arithmetic } = judge.parseConfig({ arithmetic: asked ?? undefined }).config;
  if (arithmetic === judge.arithmetic) return judge;
  return createEngine({ arithmetic: /** @type {import('../engine/core/arithmetic.js').Arithmetic} */ (arithmetic) });
}

/**
 * Runs a command on an engine with the threads that its options ask for.
 *
 * @template R
 * @param {import('../engine/engine.js').Engine} judge  of the same arithmetic
 * @param {Arguments} args
 * @param {(engine: import('../engine/engine.js').Engine) => Promise<R>} work
 * @returns {Promise<R>}
 */
async function withThreads({ arithmetic }, { options }, work) {
  const threads = options.threads ?? defaultThreads(availableParallelism());
  const engine = await createEngine({ threads, arithmetic });
  try {
    return await work(engine);
  } finally {
    engine.dispose();
  }
}

/** @param {Out} out @param {Arguments} args @param {Outcome} outcome */
async function writeResult({ stdout, stderr }, { options, sayNotes }, { result, text, notices = [], complaint }) {
  sayNotes();
  if (options.json) for (const notice of notices) stderr.write(`trainscope: ${printable(notice)}\n`);
  const unsaid = await complaintOf(write(stdout, options.json ? encodeJson(result) : text));
  const complaints = joinComplaints([unsaid, complaint]);
  if (complaints) throw new Error(complaints);
}

/**
 * Resolves when the text has left, so that a pipe gets all of it.
 *
 * @param {NodeJS.WritableStream} stream
 * @param {string} text
 * @returns {Promise<void>}
 */
async function write(stream, text) {
  try {
    if (stream === process.stdout && isFile(process.stdout.fd)) return writeWhole(process.stdout.fd, `${text}\n`);
    await new Promise((resolve, reject) => {
      stream.write(`${text}\n`, (error) => (error ? reject(error) : resolve(null)));
    });
  } catch (error) {
    // A reader that has seen enough (head, less) is no failure.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') return;
    throw new Error(describeAccess('standard output', error));
  }
}

/** Node's own stream believes a disk that took only a part. @param {number} descriptor */
function isFile(descriptor) {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/** One line, whatever the error. What is wrong with a file says its name; anything else names the flag. @param {unknown} error */
function describeError(error) {
  const isSetting = error instanceof TrainerError && error.code !== 'data';
  const { message } = isSetting ? problemError(error) : error instanceof Error ? error : new Error(String(error));
  return printable(withoutStop(message.replace(/\s*\n\s*/g, ' ')));
}

/** Whether the user can put it right. @param {unknown} error */
function isInputError(error) {
  return error instanceof TrainerError && INPUT_CODES.includes(error.code);
}
