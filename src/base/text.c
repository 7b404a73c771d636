#include "base/text.h"

tscope_line tscope_line_start(char *bytes, size_t capacity) {
  if (capacity) bytes[0] = 0;
  return (tscope_line){bytes, capacity, 0};
}

void tscope_line_add_bytes(tscope_line *line, const char *bytes, size_t count) {
  for (size_t i = 0; i < count && line->length + 1 < line->capacity; i++) {
    line->bytes[line->length++] = bytes[i];
  }
  if (line->capacity) line->bytes[line->length] = 0;
}

void tscope_line_add(tscope_line *line, const char *text) {
  size_t count = 0;
  while (text[count]) count++;
  tscope_line_add_bytes(line, text, count);
}

void tscope_line_add_int(tscope_line *line, int64_t value) {
  char digits[24];
  size_t at = sizeof digits;
  uint64_t rest = value < 0 ? 0u - (uint64_t)value : (uint64_t)value;
  do digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0) digits[--at] = '-';
  tscope_line_add_bytes(line, digits + at, sizeof digits - at);
}

enum { DISTANCE_MAX = 32 };

int tscope_text_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
  int row[DISTANCE_MAX + 1], above[DISTANCE_MAX + 1] = {0}; /* above: the row before */
  if (a_length > DISTANCE_MAX) a_length = DISTANCE_MAX;
  if (b_length > DISTANCE_MAX) b_length = DISTANCE_MAX;
  for (size_t j = 0; j <= b_length; j++) row[j] = (int)j;
  for (size_t i = 1; i <= a_length; i++) {
    int diagonal = row[0], exchanged = 0;
    row[0] = (int)i;
    for (size_t j = 1; j <= b_length; j++) {
      int best = diagonal + (a[i - 1] != b[j - 1]);
      const int edit = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      if (edit < best) best = edit;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && exchanged + 1 < best)
        best = exchanged + 1;
      exchanged = above[j - 1];
      above[j - 1] = diagonal;
      diagonal = row[j];
      row[j] = best;
    }
    above[b_length] = diagonal;
  }
  return row[b_length];
}
