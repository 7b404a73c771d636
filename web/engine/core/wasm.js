/**
 * The C core in memory: instantiating it, alone or beside others, handing out its memory, and views of it. The only file that knows
 * WebAssembly; where the bytes come from is the caller's business.
 *
 * Memory grows only in allocate(), so a view taken from an accessor is good until the next allocation, and a step,
 * which allocates nothing, cannot detach one.
 */

import { bytes } from '../words/numbers.js';
import { Allocator } from './allocator.js';
import { TrainerError } from './errors.js';
import { digestOfText } from './text_digest.js';

const PAGE_BYTES = 65536;

/** 2 GB: addresses stay below 2^31 and so are positive numbers in JS. */
const PAGES_MAX = 32768;

/** 4 MB, which build.sh declares as the least that the core starts with. */
const PAGES_MIN = 64;

/** The stack of a core among others on one memory: as much as build.sh gives to one that is alone. */
const STACK_BYTES = 1 << 20;

/** The least by which such a core adds to what it holds, so that small things do not need a stretch each. */
const STRETCH_BYTES = 1 << 20;

/**
 * @typedef {Record<string, (...args: number[]) => number>} Functions
 *
 * What is WebAssembly's own, by as much as is used of it: whoever types a program against this library may have the
 * declarations of a browser, of Node or of neither.
 * @typedef {ArrayBuffer | Uint8Array} Binary
 * @typedef {object} WebAssemblyModule  a compiled core
 * @typedef {{ readonly exports: object }} Instance
 * @typedef {{ readonly buffer: ArrayBuffer, grow: (pages: number) => number }} Memory
 *
 * @typedef {object} TeamTask  what a thread needs for serveTeam(); can be sent to a worker
 * @property {object} module  the compiled core
 * @property {object} memory  shared
 * @property {number} team  its address
 * @property {number} index  the thread's, from 1
 * @property {number} stackTop
 */

/** team.js. @typedef {{ address: number, count: number, newUse: () => import('./team_use.js').TeamUse, dispose: () => void }} CoreTeam */

/**
 * @param {Binary | WebAssemblyModule} source  the bytes of trainscope.wasm, or the compiled module
 * @param {string} [expectedSchema]  digest of the text that the JS side was generated from; left out by the generator itself
 * @param {object} [where]  in a memory of its own by default; otherwise source is trainscope-threads.wasm
 * @param {boolean} [where.isShared]  whether threads share the core's memory
 * @param {object | null} [where.common]  a memory of createCommonMemory's, for this core among others
 * @returns {Promise<Core>}
 * @throws {TrainerError} code `build`, where the binary and the generated tables are of different builds; code
 *   `memory`, where the common memory has no room for another core
 */
export async function instantiateCore(source, expectedSchema, { isShared = false, common = null } = {}) {
  if (common !== null && !(common instanceof WebAssembly.Memory && isSharedBuffer(common.buffer))) {
    throw new TrainerError('argument', 'common', 'common must be what createCommonMemory returns.');
  }
  const memory = common ?? createMemory(isShared);
  const module = await compile(source);
  const instance = await instantiate(module, memory);
  const core = new Core(instance, { memory, module, isCommon: common !== null });
  if (expectedSchema !== undefined) checkBuild(core, expectedSchema);
  return core;
}

/** @param {Binary | WebAssemblyModule} source @throws {TrainerError} code `argument`, where it is no core */
async function compile(source) {
  const module = isModule(source) ? source : await compileCore(/** @type {Binary} */ (source)).catch(refuseWasm);
  if (
    !WebAssembly.Module.exports(/** @type {WebAssembly.Module} */ (module)).some(
      ({ name }) => name === 'tscope_schema_json',
    )
  ) {
    throw new TrainerError('argument', 'wasm', 'wasm is a module of something else than Trainscope’s core.');
  }
  return module;
}

/** @param {unknown} error @returns {never} */
function refuseWasm(error) {
  if (!(error instanceof WebAssembly.CompileError)) throw error;
  throw new TrainerError('argument', 'wasm', `wasm cannot be compiled: ${error.message}`);
}

/** @param {WebAssemblyModule} module @param {WebAssembly.Memory} memory */
async function instantiate(module, memory) {
  try {
    return await WebAssembly.instantiate(/** @type {WebAssembly.Module} */ (module), { env: { memory } });
  } catch (error) {
    if (!(error instanceof WebAssembly.LinkError)) throw error;
    const needed = isSharedBuffer(memory.buffer)
      ? 'several threads, or a common memory, need trainscope-threads.wasm'
      : 'one thread needs trainscope.wasm';
    throw new TrainerError('argument', 'wasm', `wasm is the core for another memory: ${needed}.`);
  }
}

/** @param {unknown} value @returns {value is WebAssemblyModule} */
export function isModule(value) {
  return value instanceof WebAssembly.Module;
}

/**
 * As instantiateCore, but where the common memory is full, the core has one to itself.
 *
 * @param {Binary | WebAssemblyModule} source
 * @param {string} expectedSchema
 * @param {{ isShared: boolean, common: object | null }} where
 */
export async function openCore(source, expectedSchema, { isShared, common }) {
  try {
    return await instantiateCore(source, expectedSchema, { isShared, common });
  } catch (error) {
    if (!common || !(error instanceof TrainerError && error.code === 'memory')) throw error;
    return instantiateCore(source, expectedSchema, { isShared: true });
  }
}

/** @param {object} buffer */
function isSharedBuffer(buffer) {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}

/**
 * Whether a memory can be sent to another thread, found out by doing it: WebKitGTK says that its pages are isolated, and
 * makes shared memories, but sends none.
 */
export function canShareMemory() {
  try {
    structuredClone(new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true }));
    return true;
  } catch {
    return false;
  }
}

/** @param {boolean} isShared */
function createMemory(isShared) {
  return new WebAssembly.Memory({ initial: PAGES_MIN, maximum: PAGES_MAX, shared: isShared });
}

/**
 * A memory for the cores of several threads, which can be sent to them: each works in stretches of its own, and all
 * read what storeInCommon puts there. No lock guards it. Growing a shared memory is one atomic operation, so that the
 * stretch by which it grows is that of the thread that asked, and a thread that dies leaves nothing locked, only
 * stretches that nobody uses.
 *
 * @returns {object | null}  null where threads cannot share memory
 */
export function createCommonMemory() {
  if (!canShareMemory()) return null;
  try {
    return createMemory(true);
  } catch {
    return null; // The machine has no room for it.
  }
}

/**
 * Copies an array into a common memory, where it stays as long as the memory.
 *
 * @template {Uint8Array | Float32Array} T
 * @param {object} common
 * @param {T} array
 * @returns {T | null}  null where there is no room left
 */
export function storeInCommon(common, array) {
  if (ROOMS.get(array.buffer) === common) return array;
  const room = makeRoomInCommon(common, array.byteLength);
  if (room === null) return null;
  const Type = array instanceof Float32Array ? Float32Array : Uint8Array;
  const stored = new Type(/** @type {ArrayBuffer} */ (room.buffer), room.byteOffset, array.length);
  stored.set(array);
  return /** @type {T} */ (stored);
}

/** The common memories that rooms are in, by the rooms' buffers. @type {WeakMap<object, object>} */
const ROOMS = new WeakMap();

/**
 * Room in a common memory, to be filled where it is: it stays as long as the memory.
 *
 * @param {object | null} common
 * @param {number} bytes
 * @returns {Uint8Array | null}  null where there is no such memory, or no room left
 */
export function makeRoomInCommon(common, bytes) {
  const memory = /** @type {WebAssembly.Memory | null} */ (common);
  const start = memory && growMemory(memory, bytes);
  if (memory === null || start === null) return null;
  const room = new Uint8Array(memory.buffer, start, bytes);
  ROOMS.set(room.buffer, memory);
  return room;
}

/**
 * @param {Memory} memory
 * @param {number} bytes  at least; whole pages are added
 * @returns {number | null}  where the new stretch begins: the caller's alone, whoever else grows the same memory
 */
function growMemory(memory, bytes) {
  try {
    return memory.grow(Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES;
  } catch {
    return null; // More than the limit, or the machine has less memory than that.
  }
}

/** Whether this machine knows all instructions of a binary. @param {Binary} bytes */
export function isKnownCode(bytes) {
  return WebAssembly.validate(/** @type {BufferSource} */ (bytes));
}

/**
 * A compiled module that several threads can instantiate.
 *
 * @param {Binary} bytes
 * @returns {Promise<WebAssemblyModule>}
 */
export function compileCore(bytes) {
  return WebAssembly.compile(/** @type {BufferSource} */ (bytes));
}

/**
 * A thread's life in a team: another instance of the core on the same memory, which returns when it is sent home.
 * Meanwhile its thread does nothing else.
 *
 * @param {TeamTask} task
 * @param {() => void} onReady  called when nothing can go wrong any more
 */
export async function serveTeam({ module, memory, team, index, stackTop }, onReady) {
  const imports = { env: { memory: /** @type {WebAssembly.Memory} */ (memory) } };
  const { exports } = await WebAssembly.instantiate(/** @type {WebAssembly.Module} */ (module), imports);
  const { __stack_pointer, tscope_team_serve } = /** @type {Record<string, any>} */ (exports);
  __stack_pointer.value = stackTop;
  onReady();
  tscope_team_serve(team, index);
}

/** Whether a core is of the build that the JS side's tables are of. @param {Core} core @param {string} expected @throws {TrainerError} */
function checkBuild(core, expected) {
  if (core.schemaDigest === expected) return;
  const message = 'trainscope.wasm and web/generated/schema.js are of different builds: run ./build.sh build.';
  throw new TrainerError('build', null, message);
}

export class Core {
  #memory;
  #module;
  #isCommon;
  #allocator = new Allocator();
  #data;
  /** Arrays that lie in this memory. @type {WeakSet<object>} */
  #residents = new WeakSet();

  /**
   * @param {Instance} instance
   * @param {{ memory: Memory, module: WebAssemblyModule, isCommon: boolean }} where
   *   isCommon: whether other cores allocate in this memory too
   */
  constructor(instance, { memory, module, isCommon }) {
    this.#memory = memory;
    this.#module = module;
    this.#isCommon = isCommon;
    this.#data = new DataView(memory.buffer);
    const exports = /** @type {Record<string, any>} */ (instance.exports);
    // The stack that the linker laid out, and what follows it, could be any core's and so are none's.
    if (isCommon) exports.__stack_pointer.value = this.allocate(STACK_BYTES, 'An engine') + STACK_BYTES;
    else this.#allocator.extend(exports.__heap_base.value, memory.buffer.byteLength);
    exports._initialize?.();
    /** The exported C functions. Structs are passed as addresses. */
    this.call = /** @type {Functions} */ (exports);
    /** C's constants by name. @type {Record<string, number>} */
    this.constants = this.#readConstants();
    /** The team that trains this core's runs; null: this thread alone. @type {CoreTeam | null} */
    this.team = null;
    this.schemaText = this.readText(this.call.tscope_schema_json());
  }

  /** Of the tables' text; a page's core holds nothing else of it. */
  get schemaDigest() {
    const { schemaText } = this;
    return schemaText.startsWith('{') ? digestOfText(schemaText) : schemaText;
  }

  #readConstants() {
    const names = this.readText(this.call.tscope_wasm_constant_names()).trim().split(' ');
    const values = this.view(Int32Array, this.call.tscope_wasm_constant_values(), names.length);
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  }

  /** All of memory; little-endian access only. */
  get data() {
    if (this.#data.buffer !== this.#memory.buffer) this.#data = new DataView(this.#memory.buffer);
    return this.#data;
  }

  /** The buffer behind every view: a new one after memory has grown. */
  get buffer() {
    return this.#memory.buffer;
  }

  /**
   * Goes on with another binary of the same layout: the whole core in the place of one that holds a part of its
   * functions. What lies in memory stays what it is, pointers to functions included.
   *
   * @param {Binary} source
   */
  async replaceBy(source) {
    const module = await compile(source);
    const { exports } = await instantiate(module, /** @type {WebAssembly.Memory} */ (this.#memory));
    this.#module = module;
    this.call = /** @type {Functions} */ (/** @type {unknown} */ (exports));
  }

  /** What another thread needs to instantiate the core on the same memory. */
  get shared() {
    return { module: this.#module, memory: this.#memory };
  }

  /**
   * Bytes allocated, bytes of memory in all, and the most that it can grow to; in a common memory, this core's own part
   * of it.
   */
  get usage() {
    const { used, held } = this.#allocator;
    const total = this.#isCommon ? held : this.#memory.buffer.byteLength;
    return { used, total, limit: PAGES_MAX * PAGE_BYTES };
  }

  /** The memory that this core shares with others; null where it has one to itself. @returns {object | null} */
  get common() {
    return this.#isCommon ? this.#memory : null;
  }

  /**
   * Takes note that an array is one of storeInCommon's, in this core's memory: it is where C can read it.
   *
   * @template {Uint8Array | Float32Array} T
   * @param {T} array
   * @returns {T}  the same
   */
  adopt(array) {
    // Another thread may have grown the memory; this makes the growth known here.
    this.#memory.grow(0);
    this.#residents.add(array);
    return array;
  }

  /** The address of an array that was adopted; null for any other. @param {Uint8Array | Float32Array} array */
  addressOf(array) {
    return this.#residents.has(array) ? array.byteOffset : null;
  }

  /**
   * @template {Int32Array | Uint32Array | Float32Array | Float64Array} T
   * @param {new (buffer: ArrayBuffer, offset: number, length: number) => T} Type
   * @param {number} pointer
   * @param {number} length  elements
   * @returns {T}
   */
  view(Type, pointer, length) {
    return new Type(this.#memory.buffer, pointer, length);
  }

  /** @param {number} pointer @param {number} length */
  bytes(pointer, length) {
    return new Uint8Array(this.#memory.buffer, pointer, length);
  }

  /**
   * A zero-terminated text of at most `capacity` bytes.
   *
   * @param {number} pointer
   * @param {number} [capacity]
   */
  readText(pointer, capacity = this.#memory.buffer.byteLength - pointer) {
    const room = this.bytes(pointer, capacity);
    const end = room.indexOf(0);
    // A copy: browsers refuse to decode shared memory.
    return new TextDecoder().decode(room.slice(0, end < 0 ? capacity : end));
  }

  /**
   * Bytes of memory, 16-byte aligned, their content undefined. Whoever allocates frees.
   *
   * @param {number} count
   * @param {string} [what]  what they are for, in the error's sentence
   * @returns {number}  the address
   * @throws {TrainerError} code `memory`, where there is no room left
   */
  allocate(count, what = 'This') {
    const place = this.#allocator.take(count);
    if (place !== null) return place;
    if (!this.#growFor(count)) {
      const limit = bytes(PAGES_MAX * PAGE_BYTES);
      const used = bytes(this.#allocator.used);
      const text = `${what} needs ${bytes(count)} of memory; the limit is ${limit}, of which ${used} are in use.`;
      const error = new TrainerError('memory', null, text);
      error.bytes = count;
      throw error;
    }
    return /** @type {number} */ (this.#allocator.take(count));
  }

  /** Makes room for a block. @param {number} count  bytes @returns {boolean} whether there is room now */
  #growFor(count) {
    if (!this.#isCommon) return this.#extendBy(this.#allocator.shortage(count));
    // The new stretch may lie apart from the last, which then is no help. Doubled sizes bound what is left behind by
    // runs that become larger one by one; where that much is not to be had, the block alone may still be.
    const doubled = Math.max(STRETCH_BYTES, 2 ** Math.ceil(Math.log2(count)));
    return this.#extendBy(doubled) || this.#extendBy(count);
  }

  /** @param {number} bytes  at least @returns {boolean} whether there was so much to be had */
  #extendBy(bytes) {
    const start = growMemory(this.#memory, bytes);
    if (start === null) return false;
    this.#allocator.extend(start, start + Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES);
    return true;
  }

  /** @param {number} pointer  from allocate, once */
  free(pointer) {
    this.#allocator.give(pointer);
  }

  /**
   * Runs work with memory that is freed afterwards.
   *
   * @template R
   * @param {number} count  bytes
   * @param {(pointer: number) => R} work
   * @returns {R}
   */
  withMemory(count, work) {
    const pointer = this.allocate(count);
    try {
      return work(pointer);
    } finally {
      this.free(pointer);
    }
  }
}
