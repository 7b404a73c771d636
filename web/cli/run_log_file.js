/** RUN.jsonl as it grows: lines are written while the run goes on, and the run waits for a slow disk. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { SCHEMA } from '../engine/config/schema.js';
import { METRICS_BYTES, readMetrics } from '../engine/core/record.js';
import { configLine, evaluationLine, eventLine, stepLine, summaryLine } from '../engine/run/run_log.js';
import { fileAccessError } from './file_access.js';

/** Events of a row that become lines of their own; what is clipped, and the epochs, can be read off the steps. */
const EVENT_KINDS = ['unstable', 'recovered', 'dead', 'diverged'];

export class RunLogFile {
  #stream;
  #path;
  /** @type {unknown} */
  #error = null;
  /** Changes of the config that already have their event line. */
  #changesWritten = 0;

  /**
   * @param {import('node:fs').WriteStream} stream  open
   * @param {string} path
   */
  constructor(stream, path) {
    this.#stream = stream;
    this.#path = path;
    stream.on('error', (error) => {
      this.#error = error;
    });
  }

  /** @param {string} path @throws {import('./usage_error.js').UsageError} where it cannot be written */
  static async create(path) {
    const stream = createWriteStream(path);
    try {
      await once(stream, 'open');
    } catch (error) {
      throw fileAccessError('--out', path, error);
    }
    return new RunLogFile(stream, path);
  }

  /** @param {import('../engine/config/config.js').Config} config */
  writeConfig(config) {
    this.#write(configLine(config));
  }

  /**
   * @param {ArrayBuffer} rows  packed metrics
   * @param {import('../engine/config/config.js').Config} config
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

  /** @param {import('../engine/run/session.js').Evaluation} evaluation */
  writeEvaluation(evaluation) {
    this.#write(evaluationLine(evaluation));
  }

  /** @param {import('../engine/run/session.js').Sharpness} sharpness */
  writeSharpness({ step, value }) {
    this.#write(eventLine({ step, kind: 'sharpness', value }));
  }

  /** Waits until the disk has kept up. */
  async drain() {
    if (this.#error) throw fileAccessError('--out', this.#path, this.#error);
    if (this.#stream.writableNeedDrain) await this.#waitFor('drain');
  }

  /** @param {Record<string, any>} summary */
  async finish(summary) {
    this.#write(summaryLine(summary));
    this.#stream.end();
    await this.#waitFor('close');
    if (this.#error) throw fileAccessError('--out', this.#path, this.#error);
  }

  /** @param {string} event */
  async #waitFor(event) {
    await once(this.#stream, event).catch((error) => {
      throw fileAccessError('--out', this.#path, error);
    });
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
    this.#stream.write(`${line}\n`);
  }
}
