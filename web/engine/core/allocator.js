/**
 * Who has which addresses of a memory: first fit over its stretches; neighbouring free blocks are joined. Sizes are
 * multiples of 16. Knows numbers only, so whoever has a memory to hand out can use it.
 */

export class Allocator {
  #end = 0;
  /** In order of address, never touching each other. @type {{ start: number, size: number }[]} */
  #free = [];
  /** Size by address. @type {Map<number, number>} */
  #taken = new Map();

  /** Bytes that are taken, and bytes that can be. */
  used = 0;
  held = 0;

  /** @param {number} count @returns {number | null}  the address, or null where no block is large enough */
  take(count) {
    const size = sizeOf(count);
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

  /** Bytes that must be added right after the last stretch so that take(count) succeeds. @param {number} count */
  shortage(count) {
    const last = this.#free[this.#free.length - 1];
    const tail = last && last.start + last.size === this.#end ? last.size : 0;
    return sizeOf(count) - tail;
  }

  /**
   * Adds a stretch, which lies behind all others, and need not touch them.
   *
   * @param {number} start
   * @param {number} end
   */
  extend(start, end) {
    const first = roundUp(start);
    this.#insert({ start: first, size: end - first });
    this.#end = end;
    this.held += end - first;
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

/** What a block of so many bytes takes. @param {number} count */
function sizeOf(count) {
  return Math.max(16, roundUp(count));
}

/** @param {number} count */
function roundUp(count) {
  return Math.ceil(count / 16) * 16;
}
