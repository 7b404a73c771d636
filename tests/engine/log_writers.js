/** Small logs of every format, written here as their programs write them, with the numbers that are to be read back. */

/** A loss that falls, with a rate that warms up and a norm. @param {number} rows @param {{ every?: number, first?: number }} [how] */
export function makeRows(rows, { every = 1, first = 1 } = {}) {
  return Array.from({ length: rows }, (_, i) => ({
    step: first + i * every,
    loss: 0.5 + 2 * Math.exp(-i / 20) + 0.01 * Math.sin(7 * i),
    lr: 1e-3 * Math.min(1, (i + 1) / 10),
    grad_norm: 1 + 0.3 * Math.sin(3 * i),
  }));
}

const encoder = new TextEncoder();

/** @param {string} text */
export function bytesOf(text) {
  return encoder.encode(text);
}

/** CSV of objects; what an object lacks is an empty cell. @param {Record<string, unknown>[]} rows @param {string} [delimiter] @param {string} [end] */
export function csvOf(rows, delimiter = ',', end = '\n') {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
    .map((cells) => cells.join(delimiter))
    .join(end);
}

/** As Python writes a value. @param {unknown} value @returns {string} */
export function pythonOf(value) {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'nan';
    return Number.isInteger(value) ? value.toFixed(1) : String(value);
  }
  return `{${Object.entries(/** @type {object} */ (value))
    .map(([key, member]) => `'${key}': ${pythonOf(member)}`)
    .join(', ')}}`;
}

/** JSON with bare NaN, as Python's json writes it. @param {unknown} value */
export function looseJson(value) {
  return JSON.stringify(value, (_, member) => (Number.isNaN(member) ? '@NaN@' : member), 2).replaceAll(
    '"@NaN@"',
    'NaN',
  );
}

// ---- TensorBoard ---------------------------------------------------------------------------------------------------

/** CRC-32C bit by bit, as RFC 3720 defines it, masked as TFRecord does. @param {Uint8Array} bytes */
export function maskedChecksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** @param {number} value */
function varint(value) {
  const bytes = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return [...bytes, left];
}

/** @param {number} field @param {number[] | Uint8Array} content */
function message(field, content) {
  return [field * 8 + 2, ...varint(content.length), ...content];
}

/** @param {number} field @param {number} value */
function float(field, value) {
  return [field * 8 + 5, ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** @param {number} value */
function double(value) {
  return new Uint8Array(Float64Array.of(value).buffer);
}

/**
 * An event file.
 *
 * @param {{ tag: string, step: number, value: number }[]} scalars
 * @param {{ style?: 'simple' | 'content' | 'float_val' }} [how]  of TensorFlow 1, or of 2
 */
export function eventFile(scalars, { style = 'simple' } = {}) {
  /** @type {number[]} */
  const file = [];
  /** @type {Set<string>} */
  const seen = new Set();
  const record = (/** @type {number[]} */ event) => {
    const length = new Uint8Array(BigUint64Array.of(BigInt(event.length)).buffer);
    const sum = (/** @type {Uint8Array} */ bytes) => [...new Uint8Array(Uint32Array.of(maskedChecksum(bytes)).buffer)];
    file.push(...length, ...sum(length), ...event, ...sum(Uint8Array.from(event)));
  };
  record([9, ...double(1.6e9), ...message(3, bytesOf('brain.Event:2'))]);
  for (const { tag, step, value } of scalars) {
    const bytes = [...message(1, bytesOf(tag))];
    if (style === 'simple') bytes.push(...float(2, value));
    else {
      // The plugin is named in a tag's first event only.
      if (!seen.has(tag)) bytes.push(...message(9, message(1, message(1, bytesOf('scalars')))));
      const own = new Uint8Array(Float32Array.of(value).buffer);
      const held = style === 'content' ? message(4, own) : message(5, own);
      bytes.push(...message(8, [8, 1, ...message(2, []), ...held]));
      seen.add(tag);
    }
    record([9, ...double(1.6e9 + step), 16, ...varint(step), ...message(5, message(1, bytes))]);
  }
  return Uint8Array.from(file);
}
