/**
 * RUN.jsonl as it grows: lines are written while the run goes on, and the run waits for a slow disk. A disk that takes no
 * more ends the log, not the run.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { SCHEMA } from '../../engine/config/schema.js';
import { METRICS_BYTES, readMetrics } from '../../engine/core/record.js';
import { configLine, evaluationLine, eventLine, stepLine, summaryLine } from '../../engine/run/run_log.js';
import { describeAccess } from '../file_access.js';
import { OutputFile } from './output_file.js';

/** Events of a row that become lines of their own; what is clipped, and the epochs, can be read off the steps. */
const EVENT_KINDS = ['unstable', 'recovered', 'dead', 'diverged'];

/** What ends a program from outside, where nothing else hears it. @type {NodeJS.Signals[]} */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export class RunLogFile {
  #file;
  #stream;
  #path;
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
    this.#write(configLine(config));
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
      this.#write(stepLine(row));
      for (const kind of EVENT_KINDS) {
        if (row.events & SCHEMA.events[kind]) this.#write(eventLine({ step: row.step, kind }));
      }
    }
  }

  /** @param {import('../../engine/run/session.js').Evaluation} evaluation */
  writeEvaluation(evaluation) {
    this.#write(evaluationLine(evaluation));
  }

  /** @param {import('../../engine/run/session.js').Sharpness} sharpness */
  writeSharpness({ step, value }) {
    this.#write(eventLine({ step, kind: 'sharpness', value }));
  }

  /** Waits until the disk has kept up. */
  async drain() {
    if (!this.#error && this.#stream.writableNeedDrain) await this.#waitFor('drain');
  }

  /** @param {Record<string, any>} summary @throws {Error} a sentence, where the log is not whole */
  async finish(summary) {
    this.#write(summaryLine(summary));
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
      this.#write(eventLine({ step: at, kind: 'change', field, value }));
    }
  }

  /** @param {string} line */
  #write(line) {
    if (!this.#error) this.#stream.write(`${line}\n`);
  }
}
