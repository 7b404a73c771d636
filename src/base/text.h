/** Builds the sentences of tscope_problem without stdio, which would pull system calls into the
 * wasm module. */
#ifndef TRAINSCOPE_BASE_TEXT_H
#define TRAINSCOPE_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/** A zero-terminated text in the caller's buffer; what does not fit is cut. */
typedef struct tscope_line {
  char *bytes;
  size_t capacity, length;
} tscope_line;

tscope_line tscope_line_start(char *bytes, size_t capacity);
void tscope_line_add(tscope_line *line, const char *text);
void tscope_line_add_bytes(tscope_line *line, const char *bytes, size_t count);
void tscope_line_add_int(tscope_line *line, int64_t value);

/** Edits (insert, delete, replace, exchange two neighbours) between two texts of at most 32 bytes;
 * longer ones are cut. */
int tscope_text_distance(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
