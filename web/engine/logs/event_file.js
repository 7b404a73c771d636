/**
 * TensorBoard's event files: TFRecord frames around protocol buffers, of which four messages matter here (Event, Summary,
 * Summary.Value, TensorProto), few enough to be read by hand.
 */

import { dataError } from '../data/data_error.js';
import { FOOT_BYTES, HEAD_BYTES, maskedCrc } from '../run/events/records.js';
import { plural } from '../words/sentences.js';
import { Columns } from './columns.js';

/** @typedef {import('./columns.js').RawRun} RawRun */

/** TensorProto's data types that are numbers: [the type, how `tensor_content` holds it]. @type {Map<number, 'f4' | 'f8' | 'i4' | 'i8' | 'f2' | 'b2'>} */
const TYPES = new Map([
  [1, 'f4'],
  [2, 'f8'],
  [3, 'i4'],
  [9, 'i8'],
  [14, 'b2'],
  [19, 'f2'],
]);

/** Whether these are the first bytes of an event file. @param {Uint8Array} bytes */
export function isEventFile(bytes) {
  if (bytes.length < HEAD_BYTES) return false;
  const view = viewOf(bytes);
  return view.getUint32(8, true) === maskedCrc(bytes, 0, 8);
}

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 * @returns {RawRun}
 * @throws {import('../core/errors.js').TrainerError} where no scalar is in it
 */
export function readEventFile(name, bytes) {
  const view = viewOf(bytes);
  const reader = new EventReader();
  const notes = [];
  let broken = 0;
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const length = view.getUint32(at, true) + 2 ** 32 * view.getUint32(at + 4, true);
    if (view.getUint32(at + 8, true) !== maskedCrc(bytes, at, at + 8)) {
      notes.push(`From byte ${at} on the file is damaged; what follows could not be read.`);
      break;
    }
    const from = at + HEAD_BYTES;
    const to = from + length;
    if (to + FOOT_BYTES > bytes.length) {
      notes.push('The file ends within a record, as that of a run does that was killed: what came before was read.');
      break;
    }
    if (view.getUint32(to, true) === maskedCrc(bytes, from, to)) reader.read(bytes, from, to);
    else broken++;
    at = to + FOOT_BYTES;
  }
  if (at < bytes.length && notes.length === 0) notes.push('The file ends within the head of a record.');
  if (broken > 0) notes.push(`${plural(broken, 'damaged record')} could not be read.`);
  const columns = reader.columns.take();
  if (columns.length === 0) {
    const others = [...reader.others].slice(0, 6).join(', ');
    throw dataError(
      `${name} is a TensorBoard event file without a scalar${others ? `; it holds ${others}` : ': it was cut before the first'}.`,
    );
  }
  return { name, source: 'TensorBoard event file', columns, axis: 'step', planned: null, notes, facts: {} };
}

/** Takes in events, one after the other. */
class EventReader {
  columns = new Columns();
  /** What is in it that is no scalar. @type {Set<string>} */
  others = new Set();
  /** Of tags: a tag's plugin is named in its first event only. @type {Map<string, string>} */
  #plugins = new Map();

  /** @param {Uint8Array} bytes @param {number} from @param {number} to */
  read(bytes, from, to) {
    let step = 0;
    /** @type {[number, number][]} */
    const summaries = [];
    for (const { field, value, begin, end } of fieldsOf(bytes, from, to)) {
      if (field === 2) step = value;
      else if (field === 5) summaries.push([begin, end]);
      else if (field === 4) this.others.add('a graph');
    }
    for (const [begin, end] of summaries) {
      for (const part of fieldsOf(bytes, begin, end)) {
        if (part.field === 1) this.#readValue(bytes, part.begin, part.end, step);
      }
    }
  }

  /** @param {Uint8Array} bytes @param {number} from @param {number} to @param {number} step */
  #readValue(bytes, from, to, step) {
    let tag = '';
    let number = null;
    let plugin = '';
    /** @type {[number, number] | null} */
    let tensor = null;
    for (const { field, wire, begin, end } of fieldsOf(bytes, from, to)) {
      if (field === 1 || field === 7) tag ||= latin(bytes, begin, end);
      else if (field === 2 && wire === 5) number = viewOf(bytes).getFloat32(begin, true);
      else if (field === 4) this.others.add('images');
      else if (field === 5) this.others.add('histograms');
      else if (field === 6) this.others.add('sound');
      else if (field === 8) tensor = [begin, end];
      else if (field === 9) plugin = pluginOf(bytes, begin, end);
    }
    if (plugin) this.#plugins.set(tag, plugin);
    if (number === null && tensor) {
      const kind = this.#plugins.get(tag) ?? 'scalars';
      number = kind === 'scalars' ? readTensor(bytes, ...tensor) : null;
      if (number === null) this.others.add(kind === 'scalars' ? 'tensors' : kind);
    }
    if (tag === '') return;
    if (number !== null) this.columns.add(tag, step, number);
    else if (tensor && (this.#plugins.get(tag) ?? 'scalars') === 'scalars') this.columns.addOther(tag, step, []);
  }
}

/** @param {Uint8Array} bytes @param {number} from @param {number} to */
function pluginOf(bytes, from, to) {
  for (const { field, begin, end } of fieldsOf(bytes, from, to)) {
    if (field !== 1) continue;
    for (const part of fieldsOf(bytes, begin, end)) if (part.field === 1) return latin(bytes, part.begin, part.end);
  }
  return '';
}

/** The number of a tensor that is one. @param {Uint8Array} bytes @param {number} from @param {number} to @returns {number | null} */
function readTensor(bytes, from, to) {
  const view = viewOf(bytes);
  let type = 0;
  let elements = 1;
  /** @type {number | null} */
  let number = null;
  /** @type {[number, number] | null} */
  let content = null;
  for (const { field, wire, value, begin, end } of fieldsOf(bytes, from, to)) {
    if (field === 1) type = value;
    else if (field === 2) elements = elementsOf(bytes, begin, end);
    else if (field === 4) content = [begin, end];
    else if (field === 5 && end - begin === 4) number = view.getFloat32(begin, true);
    else if (field === 6 && end - begin === 8) number = view.getFloat64(begin, true);
    else if ((field === 7 || field === 10) && (wire === 0 || begin < end))
      number = wire === 0 ? value : readVarint(bytes, begin, end).value;
    else if (field === 13) number = half(wire === 0 ? value : readVarint(bytes, begin, end).value, type === 14);
  }
  if (elements !== 1 || !TYPES.has(type)) return null;
  if (content && content[1] > content[0]) return readContent(view, content, TYPES.get(type) ?? 'f4');
  // A zero may be left out altogether.
  return number ?? 0;
}

/** @param {DataView} view @param {[number, number]} content @param {string} type @returns {number | null} */
function readContent(view, [at, end], type) {
  if (end - at !== Number(type[1])) return null;
  if (type === 'f4') return view.getFloat32(at, true);
  if (type === 'f8') return view.getFloat64(at, true);
  if (type === 'i4') return view.getInt32(at, true);
  if (type === 'i8') return Number(view.getBigInt64(at, true));
  return half(view.getUint16(at, true), type === 'b2');
}

/** A float of 16 bits. @param {number} bits @param {boolean} isBrain  bfloat16 */
function half(bits, isBrain) {
  if (isBrain) {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint16(0, bits);
    return view.getFloat32(0);
  }
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
}

/** @param {Uint8Array} bytes @param {number} from @param {number} to */
function elementsOf(bytes, from, to) {
  let elements = 1;
  for (const { field, begin, end } of fieldsOf(bytes, from, to)) {
    if (field !== 2) continue;
    let size = 0;
    for (const part of fieldsOf(bytes, begin, end)) if (part.field === 1) size = part.value;
    elements *= size;
  }
  return elements;
}

// ---- protocol buffers ----------------------------------------------------------------------------------------------

/**
 * The fields of a message. One that does not fit ends it: what is damaged has another checksum.
 *
 * @param {Uint8Array} bytes @param {number} from @param {number} to
 * @returns {Generator<{ field: number, wire: number, value: number, begin: number, end: number }>}
 */
function* fieldsOf(bytes, from, to) {
  let at = from;
  while (at < to) {
    const key = readVarint(bytes, at, to);
    const wire = key.value % 8;
    const field = Math.floor(key.value / 8);
    let begin = key.next;
    let end = begin;
    let value = 0;
    if (wire === 0) ({ value, next: end } = readVarint(bytes, begin, to));
    else if (wire === 1) end = begin + 8;
    else if (wire === 5) end = begin + 4;
    else if (wire === 2) {
      const length = readVarint(bytes, begin, to);
      begin = length.next;
      end = begin + length.value;
    } else return;
    if (end > to || end <= at) return;
    yield { field, wire, value, begin, end };
    at = end;
  }
}

/** @param {Uint8Array} bytes @param {number} at @param {number} to */
function readVarint(bytes, at, to) {
  let value = 0;
  let scale = 1;
  let next = at;
  while (next < to) {
    const byte = bytes[next++];
    value += (byte & 127) * scale;
    if (byte < 128) break;
    scale *= 128;
  }
  // Negative numbers take ten bytes, and none is meant here.
  return { value: value > Number.MAX_SAFE_INTEGER ? value - 2 ** 64 : value, next };
}

const utf8 = new TextDecoder();

/** @param {Uint8Array} bytes @param {number} begin @param {number} end */
function latin(bytes, begin, end) {
  let text = '';
  for (let i = begin; i < end; i++) {
    if (bytes[i] > 127) return utf8.decode(bytes.subarray(begin, end));
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}

/** @type {{ bytes: Uint8Array, view: DataView } | null} */
let lastView = null;

/** @param {Uint8Array} bytes */
function viewOf(bytes) {
  if (lastView?.bytes !== bytes) {
    lastView = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  }
  return lastView.view;
}
