/**
 * The C core in memory: instantiating it, handing out its memory, and views of it. The only file that knows
 * WebAssembly; where the bytes come from is the caller's business.
 *
 * Memory grows only in allocate(), so a view taken from an accessor is good until the next allocation, and a step,
 * which allocates nothing, cannot detach one.
 */

import { TrainerError } from './errors.js';

const PAGE_BYTES = 65536;

/** 2 GB: addresses stay below 2^31 and so are positive numbers in JS. */
const PAGES_MAX = 32768;

/** 4 MB, which build.sh declares as the least that the core starts with. */
const PAGES_MIN = 64;

/** @typedef {Record<string, (...args: number[]) => number>} Functions */

/**
 * @param {BufferSource | WebAssembly.Module} source  the bytes of trainscope.wasm, or the compiled module
 * @param {string} [expectedSchema]  the text that the JS side was generated from; left out by the generator itself
 * @param {boolean} [isShared]  whether threads share the memory: source is trainscope-threads.wasm
 * @returns {Promise<Core>}
 * @throws {TrainerError} code `build`, where the binary and the generated tables are of different builds
 */
export async function instantiateCore(source, expectedSchema, isShared = false) {
  const memory = new WebAssembly.Memory({ initial: PAGES_MIN, maximum: PAGES_MAX, shared: isShared });
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
  const core = new Core(await WebAssembly.instantiate(module, { env: { memory } }), memory, module);
  if (expectedSchema !== undefined && core.schemaText !== expectedSchema) {
    throw new TrainerError(
      'build',
      null,
      'trainscope.wasm and web/generated/schema.js are of different builds: run ./build.sh build.',
    );
  }
  return core;
}

/** A compiled module that several threads can instantiate. @param {BufferSource} bytes */
export function compileCore(bytes) {
  return WebAssembly.compile(bytes);
}

/**
 * A thread's life in a team: another instance of the core on the same memory, which returns when it is sent home.
 * Meanwhile its thread does nothing else.
 *
 * @param {import('./team.js').TeamTask} task
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

export class Core {
  #memory;
  #module;
  #allocator;
  #data;

  /**
   * @param {WebAssembly.Instance} instance
   * @param {WebAssembly.Memory} memory
   * @param {WebAssembly.Module} module
   */
  constructor(instance, memory, module) {
    this.#memory = memory;
    this.#module = module;
    this.#data = new DataView(memory.buffer);
    const exports = /** @type {Record<string, any>} */ (instance.exports);
    exports._initialize?.();
    /** The exported C functions. Structs are passed as addresses. */
    this.call = /** @type {Functions} */ (exports);
    this.#allocator = new Allocator(exports.__heap_base.value, memory.buffer.byteLength);
    /** C's constants by name. @type {Record<string, number>} */
    this.constants = this.#readConstants();
    /** Address of the team that trains this core's runs; 0: this thread alone. See team.js. */
    this.team = 0;
    this.schemaText = this.readText(this.call.tscope_schema_json());
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

  /** What another thread needs to instantiate the core on the same memory. */
  get shared() {
    return { module: this.#module, memory: this.#memory };
  }

  /** Bytes allocated, bytes of memory in all, and the most that it can grow to. */
  get usage() {
    return { used: this.#allocator.used, total: this.#memory.buffer.byteLength, limit: PAGES_MAX * PAGE_BYTES };
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
    const pages = Math.ceil(this.#allocator.shortage(count) / PAGE_BYTES);
    const now = this.#memory.buffer.byteLength / PAGE_BYTES;
    if (now + pages > PAGES_MAX || !this.#grow(pages)) {
      const limit = formatBytes(PAGES_MAX * PAGE_BYTES);
      const used = formatBytes(this.#allocator.used);
      throw new TrainerError(
        'memory',
        null,
        `${what} needs ${formatBytes(count)} of memory; the limit is ${limit}, of which ${used} are in use.`,
      );
    }
    return /** @type {number} */ (this.#allocator.take(count));
  }

  /** @param {number} pages */
  #grow(pages) {
    try {
      this.#memory.grow(pages);
    } catch {
      return false; // The machine has less memory than wasm allows.
    }
    this.#allocator.extend(this.#memory.buffer.byteLength);
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

/** First fit over one stretch of memory; neighbouring free blocks are joined. Sizes are multiples of 16. */
class Allocator {
  #end;
  /** In order of address, never touching each other. @type {{ start: number, size: number }[]} */
  #free;
  /** Size by address. @type {Map<number, number>} */
  #taken = new Map();

  used = 0;

  /** @param {number} start @param {number} end */
  constructor(start, end) {
    const first = roundUp(start);
    this.#free = [{ start: first, size: end - first }];
    this.#end = end;
  }

  /** @param {number} count @returns {number | null}  the address, or null where no block is large enough */
  take(count) {
    const size = Math.max(16, roundUp(count));
    const index = this.#free.findIndex((block) => block.size >= size);
    if (index < 0) return null;
    const block = this.#free[index];
    const { start } = block;
    if (block.size === size) this.#free.splice(index, 1);
    else {
      block.start += size;
      block.size -= size;
    }
    this.#taken.set(start, size);
    this.used += size;
    return start;
  }

  /** Bytes by which memory must grow so that take(count) succeeds. @param {number} count */
  shortage(count) {
    const last = this.#free[this.#free.length - 1];
    const tail = last && last.start + last.size === this.#end ? last.size : 0;
    return Math.max(16, roundUp(count)) - tail;
  }

  /** @param {number} end */
  extend(end) {
    this.#insert({ start: this.#end, size: end - this.#end });
    this.#end = end;
  }

  /** @param {number} start */
  give(start) {
    const size = this.#taken.get(start);
    if (size === undefined) throw new Error(`There is nothing to free at address ${start}.`);
    this.#taken.delete(start);
    this.used -= size;
    this.#insert({ start, size });
  }

  /** @param {{ start: number, size: number }} block */
  #insert(block) {
    const found = this.#free.findIndex(({ start }) => start > block.start);
    const index = found < 0 ? this.#free.length : found;
    const [before, after] = [this.#free[index - 1], this.#free[index]];
    const joinsAfter = after && block.start + block.size === after.start;
    if (joinsAfter) {
      after.start = block.start;
      after.size += block.size;
    }
    if (before && before.start + before.size === block.start) {
      before.size += joinsAfter ? after.size : block.size;
      if (joinsAfter) this.#free.splice(index, 1);
    } else if (!joinsAfter) this.#free.splice(index, 0, block);
  }
}

/** @param {number} count */
function roundUp(count) {
  return Math.ceil(count / 16) * 16;
}

/** A size in words: "1.5 GB". @param {number} count  bytes */
export function formatBytes(count) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let size = count;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${Number(size.toPrecision(3))} ${units[unit]}`;
}
