/** The command line: which command, and what becomes of its result or its error. */

import { fstatSync } from 'node:fs';
import { SCHEMA } from '../engine/config/schema.js';
import { TrainerError } from '../engine/core/errors.js';
import { encodeJson } from '../engine/run/run_log.js';
import { printable, withoutStop } from '../engine/words/sentences.js';
import { VERSION } from '../generated/schema.js';
import { createEngine } from '../platform/node/index.js';
import { findCommand, parseArguments, problemError } from './arguments.js';
import { STUDIES } from './command_fields.js';
import { readCommand } from './commands/index.js';
import { complaintOf, joinComplaints } from './complaints.js';
import { readConfigFile } from './config_file.js';
import { describeAccess } from './file_access.js';
import { writeWhole } from './files/output_file.js';
import { startThreadsAhead } from './study/threads_ahead.js';
import { UsageError } from './usage_error.js';

/**
 * @typedef {import('./arguments.js').Arguments} Arguments
 * @typedef {{ stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream }} Out
 * @typedef {import('./commands/index.js').Outcome} Outcome
 */

/** Errors about what was asked for. Every other code is a defect, a lost worker, or a missing build. */
const INPUT_CODES = ['setting', 'model', 'data', 'memory', 'argument'];

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
  if (name === '--help' || name === 'help') return print((await import('./help.js')).formatOverview());
  if (name === '--version' || name === '-V') return print(VERSION);
  if (name === undefined) throw new UsageError('name a command; trainscope --help lists them');
  if (name.startsWith('-')) throw new UsageError(`a command comes before ${name}; trainscope --help lists them`);
  const command = findCommand(name);
  const say = (/** @type {string} */ sentence) => void out.stderr.write(`trainscope: ${printable(sentence)}\n`);
  const args = parseArguments(command, words, SCHEMA, say);
  if (args.options.help) return print((await import('./help.js')).formatHelp(command, SCHEMA));
  if (trainsMany(args)) startThreadsAhead(args.options.jobs);
  const [judge, perform] = await Promise.all([createEngine(), readCommand(command.name)]);
  // Once: a pipe is empty the second time.
  if (args.options.config) args.base = await readConfigFile(args.options.config);
  return writeResult(out, args, await perform(await engineFor(args, judge), args));
}

/**
 * Whether a command is a study, which trains on several threads.
 *
 * @param {Arguments} args
 */
function trainsMany({ command, options, argument }) {
  if (!STUDIES.includes(command.name) || options.merge?.length > 0) return false;
  return command.name !== 'gallery' || (argument ?? 'list') !== 'list';
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

/** @param {Out} out @param {Arguments} args @param {Outcome} outcome */
async function writeResult({ stdout, stderr }, { options, sayNotes }, outcome) {
  const { result, text, notices = [], complaint } = outcome;
  sayNotes();
  if (options.json) for (const notice of notices) stderr.write(`trainscope: ${printable(notice)}\n`);
  const unsaid = await complaintOf(write(stdout, options.json ? encodeJson(result) : text));
  if (unsaid) outcome.onUnsaid?.();
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
