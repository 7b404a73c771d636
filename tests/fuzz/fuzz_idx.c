/** Any bytes as the header of an IDX file, or as a whole one: what is accepted lies inside the
 * file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trainscope/dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  tscope_idx idx;
  tscope_problem problem = {0};
  uint8_t *copy = malloc(size + 20);
  memset(copy, 0, size + 20);
  memcpy(copy, bytes, size);
  if (tscope_idx_parse(copy, size, &idx, &problem) == TSCOPE_OK) {
    uint64_t end = (uint64_t)idx.element;
    for (int i = 0; i < idx.rank; i++) end *= (uint64_t)idx.shape[i];
    if (idx.rank < 1 || idx.rank > 4 || end + (uint64_t)idx.offset != size) abort();
  } else if (problem.message[0] == 0) {
    abort();
  }
  if (tscope_idx_header(copy, size, &idx, &problem) == TSCOPE_OK && idx.offset > (int)size) abort();
  free(copy);
  return 0;
}
