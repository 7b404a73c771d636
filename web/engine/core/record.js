/**
 * Records in wasm memory, read and written by the tables that C describes itself with. No layout is written here:
 * members follow each other without padding, which src/base/schema.c asserts.
 */

import { SCHEMA } from '../config/schema.js';

/**
 * @typedef {import('../config/config.js').SettingValue} SettingValue
 * @typedef {import('../config/schema_text.js').Field} Field
 * @typedef {import('../config/schema_text.js').MetricsRow} MetricsRow
 * @typedef {import('../../generated/schema.js').Records} Records
 * @typedef {import('./wasm.js').Core} Core
 */

const encoder = new TextEncoder();

/** Bytes of each record. */
const BYTES = /** @type {{ [name in keyof Records]: number }} */ (
  Object.fromEntries(Object.entries(SCHEMA.records).map(([name, members]) => [name, bytesOf(members)]))
);

/** @param {{ size: number }[]} members */
function bytesOf(members) {
  return members.reduce((sum, { size }) => sum + size, 0);
}

/** @param {keyof Records} name */
export function recordBytes(name) {
  return BYTES[name];
}

/**
 * A record as a plain object of its members.
 *
 * @template {keyof Records} Name
 * @param {Core} core
 * @param {number} pointer
 * @param {Name} name
 * @returns {Records[Name]}
 */
export function readRecord(core, pointer, name) {
  const view = core.data;
  /** @type {Record<string, number | string>} */
  const record = {};
  let at = pointer;
  for (const { name: member, kind, size } of SCHEMA.records[name]) {
    if (kind === 'double') record[member] = view.getFloat64(at, true);
    else if (kind === 'real') record[member] = view.getFloat32(at, true);
    else if (kind === 'int') record[member] = view.getInt32(at, true);
    else record[member] = core.readText(at, size);
    at += size;
  }
  return /** @type {Records[Name]} */ (/** @type {unknown} */ (record));
}

/**
 * A record that C fills in, and does not keep.
 *
 * @template {keyof Records} Name
 * @param {Core} core
 * @param {Name} name
 * @param {(pointer: number) => void} fill
 * @returns {Records[Name]}
 */
export function askRecord(core, name, fill) {
  return core.withMemory(recordBytes(name), (pointer) => {
    fill(pointer);
    return readRecord(core, pointer, name);
  });
}

/**
 * One real number of a record that C fills in: of a large one, the others take longer to read than to compute.
 *
 * @template {keyof Records} Name
 * @param {Core} core
 * @param {Name} name
 * @param {keyof Records[Name]} member
 * @param {(pointer: number) => void} fill
 * @returns {number}
 */
export function askReal(core, name, member, fill) {
  const members = SCHEMA.records[name];
  const at = bytesOf(
    members.slice(
      0,
      members.findIndex((one) => one.name === member),
    ),
  );
  return core.withMemory(recordBytes(name), (pointer) => {
    fill(pointer);
    return core.data.getFloat32(pointer + at, true);
  });
}

/**
 * Writes the members that are numbers; those missing in record become 0.
 *
 * @template {keyof Records} Name
 * @param {Core} core
 * @param {number} pointer
 * @param {Name} name
 * @param {Partial<Records[Name]>} record
 */
export function writeRecord(core, pointer, name, record) {
  const view = core.data;
  const values = /** @type {Record<string, number>} */ (/** @type {unknown} */ (record));
  let at = pointer;
  for (const { name: member, kind, size } of SCHEMA.records[name]) {
    const value = values[member] ?? 0;
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

/** Where in a packed row a metric is, in bytes. @param {keyof MetricsRow} name */
export function metricAt(name) {
  return 4 * SCHEMA.metrics.findIndex((metric) => metric.name === name);
}

/** The members of a row: a copy of it is made several times as fast as a row that is given them one after the other. */
export const BLANK_METRICS = /** @type {MetricsRow} */ (
  Object.fromEntries(SCHEMA.metrics.map(({ name, kind }) => [name, kind === 'REAL' ? Number.NaN : 0]))
);

/**
 * A packed row of metrics as a plain object.
 *
 * @template {MetricsRow} Row
 * @param {DataView} view
 * @param {number} at  byte offset into view
 * @param {Row} row  that has all members: a copy of BLANK_METRICS, or of one with more
 * @returns {Row}
 */
export function fillMetrics(view, at, row) {
  /** @type {MetricsRow} */
  const metrics = row;
  for (const { name, kind } of SCHEMA.metrics) {
    metrics[name] = kind === 'REAL' ? view.getFloat32(at, true) : view.getInt32(at, true);
    at += 4;
  }
  return row;
}

/** @param {DataView} view @param {number} at @returns {MetricsRow} */
export function readMetrics(view, at) {
  return fillMetrics(view, at, { ...BLANK_METRICS });
}
