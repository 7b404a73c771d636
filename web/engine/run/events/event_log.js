/**
 * A run as an event file of TensorBoard: a scalar for each figure of RUN.jsonl, and the settings as text.
 *
 *     train/loss, train/grad_norm, train/lr, train/clip_scale   of every step
 *     val/loss, val/accuracy                                    of every evaluation; train/smoothed_loss beside them
 *     train/sharpness, command
 *
 * Source: tensorflow/core/util/event.proto, framework/summary.proto and tensor.proto; fields are numbered by these.
 */

import { listFlags } from '../../config/config_text.js';
import { joinFlags } from '../../config/flag_text.js';
import { frameRecord } from './records.js';

/** Ways in which a field's value is written. */
const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;
const FLOAT = 5;

/** DT_STRING of types.proto. */
const STRINGS = 7;

const encoder = new TextEncoder();

/** @param {number} value  whole, from 0 @returns {number[]} */
function varint(value) {
  /** @type {number[]} */
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** @param {number} field @param {number} kind @param {ArrayLike<number>} bytes @returns {number[]} */
function write(field, kind, bytes) {
  const size = kind === BYTES ? varint(bytes.length) : [];
  return [...varint(field * 8 + kind), ...size, ...Array.from(bytes)];
}

/** @param {number} field @param {string} value */
const text = (field, value) => write(field, BYTES, encoder.encode(value));

/** @param {number} value */
const floatBytes = (value) => new Uint8Array(Float32Array.of(value).buffer);

/** @param {number} value */
const doubleBytes = (value) => new Uint8Array(Float64Array.of(value).buffer);

/** @param {string} tag @param {number} value */
const scalar = (tag, value) => write(1, BYTES, [...text(1, tag), ...write(2, FLOAT, floatBytes(value))]);

/** A text in one piece, as the plugin Text shows it. @param {string} tag @param {string} value */
function words(tag, value) {
  const shape = write(2, BYTES, write(2, BYTES, write(1, VARINT, varint(1))));
  const tensor = [...write(1, VARINT, varint(STRINGS)), ...shape, ...text(8, value)];
  const metadata = write(1, BYTES, text(1, 'text'));
  return write(1, BYTES, [...text(1, tag), ...write(8, BYTES, tensor), ...write(9, BYTES, metadata)]);
}

export class EventLog {
  #clock;

  /** @param {() => number} clock  seconds since 1970 */
  constructor(clock) {
    this.#clock = clock;
  }

  /** What a file begins with, and the settings. @param {import('../../config/config.js').Config} config */
  config(config) {
    const version = this.#event(0, text(3, 'brain.Event:2'));
    const command = `    ${joinFlags(listFlags(config)).replaceAll('\n', '\n    ')}`;
    return concatenate([version, this.#summary(0, words('command', command))]);
  }

  /** @param {Record<string, number>} row  of metrics */
  step({ step, loss, grad_norm, lr, clip_scale }) {
    const figures = { loss, grad_norm, lr, clip_scale };
    return this.#summary(
      step,
      Object.entries(figures).flatMap(([name, value]) => scalar(`train/${name}`, value)),
    );
  }

  /** @param {import('../session.js').Evaluation} evaluation */
  evaluation({ step, train_loss, val_loss, val_accuracy }) {
    return this.#summary(step, [
      ...scalar('train/smoothed_loss', train_loss),
      ...(val_loss === null ? [] : scalar('val/loss', val_loss)),
      ...(val_accuracy === null ? [] : scalar('val/accuracy', val_accuracy)),
    ]);
  }

  /** @param {import('../session.js').Sharpness} sharpness */
  sharpness({ step, value }) {
    return this.#summary(step, scalar('train/sharpness', value));
  }

  /** @param {number} step @param {number[]} values */
  #summary(step, values) {
    return this.#event(step, write(5, BYTES, values));
  }

  /** @param {number} step @param {number[]} what */
  #event(step, what) {
    const time = write(1, DOUBLE, doubleBytes(this.#clock()));
    return frameRecord(Uint8Array.from([...time, ...write(2, VARINT, varint(step)), ...what]));
  }
}

/** @param {Uint8Array[]} parts */
function concatenate(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
