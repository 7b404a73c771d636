/**
 * What the build does to a linked core's functions: marks those that are called, and empties those that are not. Neither
 * moves anything: addresses, indices and tables stay the whole core's, so that either can go on where the other stood.
 *
 * A binary is a header and sections, a section's items in order; https://webassembly.github.io/spec/core/binary.
 */

/** The numbers of the sections that are looked into. */
const SECTION = { imports: 2, globals: 6, exports: 7, code: 10 };

/** Bytes of magic number and version. */
const HEADER_BYTES = 8;

const GLOBAL_KIND = 3;

/** A mutable global of type i32 that begins as 0. */
const BLANK_GLOBAL = [0x7f, 0x01, 0x41, 0x00, 0x0b];

/** No locals; unreachable; end. */
const EMPTY_BODY = [0x00, 0x00, 0x0b];

/** The name by which a marked core exports whether its nth function was called. @param {number} n */
export const markName = (n) => `called ${n}`;

/**
 * A core that keeps, in an exported global for each function of its own, whether that was called.
 *
 * @param {Uint8Array} bytes
 * @returns {{ bytes: Uint8Array, count: number }}  count: of its functions
 */
export function markCalls(bytes) {
  const sections = readSections(bytes);
  const bodies = readBodies(sections);
  const globals = sectionOf(sections, SECTION.globals);
  const own = readNumber(globals, 0);
  const first = countImportedGlobals(sections) + own.value;
  setSection(sections, SECTION.globals, [
    ...number(own.value + bodies.length),
    ...globals.subarray(own.end),
    ...bodies.flatMap(() => BLANK_GLOBAL),
  ]);
  const exported = sectionOf(sections, SECTION.exports);
  const named = readNumber(exported, 0);
  const names = bodies.flatMap((_, n) => {
    const name = new TextEncoder().encode(markName(n));
    return [...number(name.length), ...name, GLOBAL_KIND, ...number(first + n)];
  });
  setSection(sections, SECTION.exports, [
    ...number(named.value + bodies.length),
    ...exported.subarray(named.end),
    ...names,
  ]);
  const marked = bodies.map((body, n) => {
    const start = endOfLocals(body);
    // i32.const 1; global.set
    return Uint8Array.from([
      ...body.subarray(0, start),
      0x41,
      0x01,
      0x24,
      ...number(first + n),
      ...body.subarray(start),
    ]);
  });
  writeBodies(sections, marked);
  return { bytes: writeSections(sections), count: bodies.length };
}

/**
 * The same core with some functions only; to call another is a trap.
 *
 * @param {Uint8Array} bytes
 * @param {(n: number) => boolean} isKept  of its nth function
 * @returns {Uint8Array}
 */
export function keepBodies(bytes, isKept) {
  const sections = readSections(bytes);
  const bodies = readBodies(sections);
  writeBodies(
    sections,
    bodies.map((body, n) => (isKept(n) ? body : Uint8Array.from(EMPTY_BODY))),
  );
  return writeSections(sections);
}

/** @typedef {{ id: number, content: Uint8Array }} Section */

/** @param {Uint8Array} bytes @returns {Section[]} */
function readSections(bytes) {
  /** @type {Section[]} */
  const sections = [];
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const size = readNumber(bytes, at + 1);
    const end = size.end + size.value;
    sections.push({ id: bytes[at], content: bytes.subarray(size.end, end) });
    at = end;
  }
  return sections;
}

/** @param {Section[]} sections */
function writeSections(sections) {
  const head = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  return Uint8Array.from(
    Buffer.concat([
      Buffer.from(head),
      ...sections.flatMap(({ id, content }) => [Buffer.from([id, ...number(content.length)]), content]),
    ]),
  );
}

/** @param {Section[]} sections @param {number} wanted */
function sectionOf(sections, wanted) {
  const section = sections.find(({ id }) => id === wanted);
  if (!section) throw new Error(`The core has no section ${wanted}.`);
  return section.content;
}

/** @param {Section[]} sections @param {number} wanted @param {number[]} content */
function setSection(sections, wanted, content) {
  for (const section of sections) if (section.id === wanted) section.content = Uint8Array.from(content);
}

/** A core imports its memory and nothing else. @param {Section[]} sections */
function countImportedGlobals(sections) {
  const content = sectionOf(sections, SECTION.imports);
  if (readNumber(content, 0).value !== 1) throw new Error('The core imports more than its memory.');
  return 0;
}

/** The functions' bodies, locals and all. @param {Section[]} sections */
function readBodies(sections) {
  const content = sectionOf(sections, SECTION.code);
  const count = readNumber(content, 0);
  /** @type {Uint8Array[]} */
  const bodies = [];
  for (let at = count.end; bodies.length < count.value; ) {
    const size = readNumber(content, at);
    at = size.end + size.value;
    bodies.push(content.subarray(size.end, at));
  }
  return bodies;
}

/** @param {Section[]} sections @param {Uint8Array[]} bodies */
function writeBodies(sections, bodies) {
  setSection(sections, SECTION.code, [
    ...Buffer.concat([
      Buffer.from(number(bodies.length)),
      ...bodies.flatMap((body) => [Buffer.from(number(body.length)), body]),
    ]),
  ]);
}

/** Where a body's instructions begin: its locals are groups of a count and a type of one byte. @param {Uint8Array} body */
function endOfLocals(body) {
  const groups = readNumber(body, 0);
  let at = groups.end;
  for (let i = 0; i < groups.value; i++) at = readNumber(body, at).end + 1;
  return at;
}

/** LEB128, unsigned. @param {Uint8Array} bytes @param {number} at */
function readNumber(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
}

/** @param {number} value @returns {number[]} */
function number(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)];
}
