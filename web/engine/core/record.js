/**
 * Records in wasm memory, read and written by the tables that C describes itself with. No layout is written here:
 * members follow each other without padding, which src/base/schema.c asserts.
 */

import { SCHEMA } from '../config/schema.js';

/**
 * @typedef {import('../config/config.js').SettingValue} SettingValue
 * @typedef {import('../config/schema_text.js').Field} Field
 * @typedef {import('../config/schema_text.js').Member} Member
 * @typedef {import('./wasm.js').Core} Core
 */

const encoder = new TextEncoder();

/** @param {Member[]} members */
export function recordBytes(members) {
  return members.reduce((sum, { size }) => sum + size, 0);
}

/**
 * A record as a plain object of its members.
 *
 * @param {Core} core
 * @param {number} pointer
 * @param {Member[]} members
 * @returns {Record<string, any>}  numbers, and text for chars
 */
export function readRecord(core, pointer, members) {
  const view = core.data;
  /** @type {Record<string, any>} */
  const record = {};
  let at = pointer;
  for (const { name, kind, size } of members) {
    if (kind === 'double') record[name] = view.getFloat64(at, true);
    else if (kind === 'real') record[name] = view.getFloat32(at, true);
    else if (kind === 'int') record[name] = view.getInt32(at, true);
    else record[name] = core.readText(at, size);
    at += size;
  }
  return record;
}

/**
 * Writes the members that are numbers; those missing in record become 0.
 *
 * @param {Core} core
 * @param {number} pointer
 * @param {Member[]} members
 * @param {Record<string, number>} record
 */
export function writeRecord(core, pointer, members, record) {
  const view = core.data;
  let at = pointer;
  for (const { name, kind, size } of members) {
    const value = record[name] ?? 0;
    if (kind === 'double') view.setFloat64(at, value, true);
    else if (kind === 'real') view.setFloat32(at, value, true);
    else view.setInt32(at, value, true);
    at += size;
  }
}

/** Bytes of a record of settings. @param {Field[]} fields */
export function settingsBytes(fields) {
  return fields.reduce((sum, { capacity }) => sum + 4 + (capacity ?? 0), 0);
}

/**
 * Writes settings as the 32-bit words that C reads. Values must be valid (config.js judges them).
 *
 * @param {Core} core
 * @param {number} pointer
 * @param {Field[]} fields
 * @param {{ [name: string]: SettingValue | object }} settings  complete; what the table does not name is ignored
 */
export function writeSettings(core, pointer, fields, settings) {
  const view = core.data;
  let at = pointer;
  for (const field of fields) {
    const value = /** @type {SettingValue} */ (settings[field.name]);
    if (field.kind === 'text') {
      const bytes = value === null ? null : encoder.encode(String(value));
      view.setInt32(at, bytes ? bytes.length : -1, true);
      if (bytes) core.bytes(at + 4, bytes.length).set(bytes);
    } else view.setUint32(at, settingWord(field, value), true);
    at += 4 + (field.capacity ?? 0);
  }
}

const scratch = new DataView(new ArrayBuffer(4));

/**
 * The word that stands for a setting's value: a float's bits, a number, an option's index.
 *
 * @param {Field} field
 * @param {SettingValue} value  valid
 */
export function settingWord(field, value) {
  if (field.kind === 'real') scratch.setFloat32(0, Number(value));
  else if (field.kind === 'enum')
    scratch.setInt32(
      0,
      field.options.findIndex(({ name }) => name === value),
    );
  else scratch.setInt32(0, Number(value));
  return scratch.getUint32(0);
}

/**
 * Runs work with the address of a run's settings.
 *
 * @template R
 * @param {Core} core
 * @param {import('../config/config.js').Config} config  complete
 * @param {(settings: number) => R} work
 * @returns {R}
 */
export function withConfig(core, config, work) {
  return core.withMemory(settingsBytes(SCHEMA.fields), (settings) => {
    writeSettings(core, settings, SCHEMA.fields, config);
    return work(settings);
  });
}

/** Bytes of one step's row of metrics. */
export const METRICS_BYTES = 4 * SCHEMA.metrics.length;

/**
 * A packed row of metrics as a plain object.
 *
 * @param {DataView} view
 * @param {number} at  byte offset into view
 * @returns {Record<string, number>}
 */
export function readMetrics(view, at) {
  /** @type {Record<string, number>} */
  const row = {};
  for (const { name, kind } of SCHEMA.metrics) {
    row[name] = kind === 'REAL' ? view.getFloat32(at, true) : view.getInt32(at, true);
    at += 4;
  }
  return row;
}
