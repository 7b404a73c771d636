/**
 * The JSON at the head of a safetensors file, judged before it is trusted: what a name stands for must be certain, so
 * a name that stands there twice is refused (JSON.parse would keep the last), and so is what is nested deeper than the
 * format nests.
 */

import { plainText } from '../config/names.js';
import { findJsonFault } from '../core/json_names.js';

/** `{ name: { shape: [ … ] } }`: nothing is deeper. */
const DEPTH_MAX = 3;

/**
 * @typedef {{ entries: [string, unknown][], metadata: Record<string, string> }} Header  metadata: what of it is text
 */

/**
 * @param {Uint8Array} bytes
 * @param {(what: string) => Error} fail  the error of a file that so begins
 * @returns {Header}
 */
export function readHeader(bytes, fail) {
  const text = decode(bytes);
  const fault = text === null ? NO_HEADER : faultOf(text);
  if (fault !== null) throw fail(fault);
  const header = parseObject(/** @type {string} */ (text));
  if (!header) throw fail(NO_HEADER);
  const { __metadata__: metadata } = header;
  return {
    entries: Object.entries(header).filter(([name]) => name !== '__metadata__'),
    // The format wants texts; other writers' numbers and nulls say nothing about the weights.
    metadata: Object.fromEntries(
      Object.entries(isObject(metadata) ? metadata : {}).filter(
        /** @returns {entry is [string, string]} */ (entry) => typeof entry[1] === 'string',
      ),
    ),
  };
}

const NO_HEADER = 'is not a safetensors file';

/** @param {Uint8Array} bytes @returns {string | null}  null where it is not UTF-8 */
function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** @param {string} text @returns {Record<string, unknown> | null} */
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {string} text  JSON, or not @returns {string | null} */
function faultOf(text) {
  const fault = findJsonFault(text, DEPTH_MAX);
  if (fault?.kind === 'twice') return `names ${quote(fault.name)} twice in its header`;
  if (fault?.kind === 'deep') return 'has a header that is nested too deep';
  return fault && NO_HEADER;
}

/** The longest name that a sentence repeats. */
const NAME_MAX = 60;

/** A stranger's name as a sentence repeats it: of a long one how it begins and, as names differ there, how it ends. @param {string} name */
export function quote(name) {
  const plain = plainText(name);
  return plain.length > NAME_MAX ? `${plain.slice(0, NAME_MAX / 2)}…${plain.slice(-NAME_MAX / 2)}` : plain;
}
