/**
 * A bump allocator over the caller's bytes. With base NULL it only measures, so that sizing and
 * laying out are the same code and cannot disagree.
 */
#ifndef TRAINSCOPE_BASE_ARENA_H
#define TRAINSCOPE_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct tscope_arena {
  uint8_t *base; /* NULL: measure only */
  uint64_t used; /* 64 bits on every target: a run too large for the address space is measured, not
                    wrapped */
} tscope_arena;

/** Takes count * size bytes, 16-byte aligned. Returns NULL when measuring. */
static inline void *tscope_arena_take(tscope_arena *arena, uint64_t count, size_t size) {
  uint64_t start = arena->used;
  arena->used = (start + count * size + 15u) & ~(uint64_t)15u;
  return arena->base ? arena->base + start : NULL;
}

#endif
