/**
 * The log of a run as it grows, RUN.jsonl or an event file of TensorBoard: it is written while the run goes on, and the
 * run waits for a slow disk. A disk that takes no more ends the log, not the run.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { SCHEMA } from '../../engine/config/schema.js';
import { METRICS_BYTES, readMetrics } from '../../engine/core/record.js';
import { EventLog } from '../../engine/run/events/event_log.js';
import { configLine, evaluationLine, eventLine, stepLine, summaryLine } from '../../engine/run/run_log.js';
import { describeAccess } from '../file_access.js';
import { OutputFile } from './output_file.js';

/** Events of a row that become lines of their own; what is clipped, and the epochs, can be read off the steps. */
const EVENT_KINDS = ['unstable', 'recovered', 'dead', 'diverged'];

/** What ends a program from outside, where nothing else hears it. @type {NodeJS.Signals[]} */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * How a run is written down; what a form has no place for is left out.
 *
 * @typedef {object} Form
 * @property {(config: import('../../engine/config/config.js').Config) => string | Uint8Array} config
 * @property {(row: Record<string, number>) => string | Uint8Array} step
 * @property {(event: { step: number, kind: string } & Record<string, unknown>) => string | Uint8Array} event
 * @property {(evaluation: import('../../engine/run/session.js').Evaluation) => string | Uint8Array} evaluation
 * @property {(sharpness: import('../../engine/run/session.js').Sharpness) => string | Uint8Array} sharpness
 * @property {(summary: Record<string, unknown>) => string | Uint8Array} summary
 */

/** Lines of JSON. @type {Form} */
const LINES = {
  config: (config) => `${configLine(config)}\n`,
  step: (row) => `${stepLine(row)}\n`,
  event: (event) => `${eventLine(event)}\n`,
  evaluation: (evaluation) => `${evaluationLine(evaluation)}\n`,
  sharpness: ({ step, value }) => `${eventLine({ step, kind: 'sharpness', value })}\n`,
  summary: (summary) => `${summaryLine(summary)}\n`,
};

/** An event file. @returns {Form} */
function eventsForm() {
  const log = new EventLog(() => Date.now() / 1000);
  return {
    config: (config) => log.config(config),
    step: (row) => log.step(row),
    event: () => '',
    evaluation: (evaluation) => log.evaluation(evaluation),
    sharpness: (sharpness) => log.sharpness(sharpness),
    summary: () => '',
  };
}

/** TensorBoard itself reads what has this in its name, and nothing else. @param {string} path */
function isEventPath(path) {
  return basename(path).includes('tfevents');
}

export class RunLogFile {
  #file;
  #stream;
  #path;
  #form;
  /** @type {unknown} */
  #error = null;
  /** Changes of the config that already have their event line. */
  #changesWritten = 0;

  /**
   * @param {OutputFile} file
   * @param {string} path
   */
  constructor(file, path) {
    this.#file = file;
    this.#path = path;
    this.#form = isEventPath(path) ? eventsForm() : LINES;
    this.#stream = createWriteStream('', { fd: file.descriptor, autoClose: false });
    this.#stream.on('error', (error) => {
      this.#error = error;
    });
    for (const signal of ENDINGS) process.on(signal, this.#end);
  }

  /** @param {string} path @throws {import('../usage_error.js').UsageError} where it cannot be written */
  static async create(path) {
    return new RunLogFile(await OutputFile.open('--out', path), path);
  }

  /** @param {import('../../engine/config/config.js').Config} config */
  writeConfig(config) {
    this.#write(this.#form.config(config));
  }

  /**
   * @param {ArrayBuffer} rows  packed metrics
   * @param {import('../../engine/config/config.js').Config} config
   */
  writeRows(rows, config) {
    const view = new DataView(rows);
    for (let at = 0; at < view.byteLength; at += METRICS_BYTES) {
      const row = readMetrics(view, at);
      this.#writeChanges(config.changes, row.step);
      this.#write(this.#form.step(row));
      for (const kind of EVENT_KINDS) {
        if (row.events & SCHEMA.events[kind]) this.#write(this.#form.event({ step: row.step, kind }));
      }
    }
  }

  /** @param {import('../../engine/run/session.js').Evaluation} evaluation */
  writeEvaluation(evaluation) {
    this.#write(this.#form.evaluation(evaluation));
  }

  /** @param {import('../../engine/run/session.js').Sharpness} sharpness */
  writeSharpness(sharpness) {
    this.#write(this.#form.sharpness(sharpness));
  }

  /** Waits until the disk has kept up. */
  async drain() {
    if (!this.#error && this.#stream.writableNeedDrain) await this.#waitFor('drain');
  }

  /** @param {Record<string, any>} summary @throws {Error} a sentence, where the log is not whole */
  async finish(summary) {
    this.#write(this.#form.summary(summary));
    if (!this.#error) {
      this.#stream.end();
      await this.#waitFor('finish');
    }
    if (!this.#error) {
      this.#stopListening();
      return this.#file.keep();
    }
    await this.discard();
    // Whoever reads a pipe may have seen enough.
    if (/** @type {NodeJS.ErrnoException} */ (this.#error).code === 'EPIPE') return;
    throw new Error(describeAccess(`--out ${this.#path}`, this.#error));
  }

  /** Leaves the file as it was. */
  async discard() {
    this.#stopListening();
    this.#stream.destroy();
    await this.#file.discard();
  }

  #stopListening() {
    for (const signal of ENDINGS) process.off(signal, this.#end);
  }

  /** Hours of steps are worth a file of their own, though the run is not over. @param {NodeJS.Signals} signal */
  #end = (signal) => {
    this.#stopListening();
    const { partial } = this.#file;
    if (partial !== null) {
      process.stderr.write(
        `trainscope: interrupted; --out ${this.#path} is as it was, and the steps are in ${partial}\n`,
      );
    }
    process.kill(process.pid, signal);
  };

  /** @param {string} event  or the error, which is kept */
  async #waitFor(event) {
    await once(this.#stream, event).catch(() => {});
  }

  /**
   * The changes that take effect before `step`.
   *
   * @param {{ step: number, field: string, value: any }[]} changes  in order
   * @param {number} step
   */
  #writeChanges(changes, step) {
    while (this.#changesWritten < changes.length && changes[this.#changesWritten].step <= step) {
      const { step: at, field, value } = changes[this.#changesWritten++];
      this.#write(this.#form.event({ step: at, kind: 'change', field, value }));
    }
  }

  /** @param {string | Uint8Array} content */
  #write(content) {
    if (!this.#error && content.length > 0) this.#stream.write(content);
  }
}
