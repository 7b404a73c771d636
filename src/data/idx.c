#include "base/complain.h"
#include "trainscope/dataset.h"

enum { RANK_MAX = 4 };

/* Bytes of a number of a type, 0 where the format has no such type. */
static int element_size(uint8_t type) {
  switch (type) {
    case TSCOPE_IDX_UNSIGNED_BYTES:
    case TSCOPE_IDX_SIGNED_BYTES:
      return 1;
    case TSCOPE_IDX_SHORTS:
      return 2;
    case TSCOPE_IDX_INTS:
    case TSCOPE_IDX_FLOATS:
      return 4;
    case TSCOPE_IDX_DOUBLES:
      return 8;
    default:
      return 0;
  }
}

static tscope_status refuse(tscope_problem *problem, const char *sentence) {
  return tscope_refuse(problem, TSCOPE_ERROR_DATA, -1, sentence);
}

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

tscope_status tscope_idx_header(const uint8_t *bytes, size_t size, tscope_idx *idx,
                                tscope_problem *problem) {
  if (size < 4) return refuse(problem, "The file is too short to be an IDX file.");
  if (bytes[0] == 0x1f && bytes[1] == 0x8b) {
    return refuse(problem, "The file is still compressed with gzip.");
  }
  int element = element_size(bytes[2]);
  if (bytes[0] || bytes[1] || !element) {
    return refuse(problem, "The file is not an IDX file: its first bytes are not 0, 0 and a type.");
  }
  int rank = bytes[3];
  if (rank < 1 || rank > RANK_MAX) {
    tscope_line line = tscope_complain(problem, -1);
    tscope_line_add(&line, "The IDX file has ");
    tscope_line_add_int(&line, rank);
    tscope_line_add(&line, " dimensions; 1 to 4 are possible.");
    return TSCOPE_ERROR_DATA;
  }
  size_t offset = 4 + 4 * (size_t)rank;
  if (size < offset) return refuse(problem, "The IDX file ends within its header.");

  *idx = (tscope_idx){rank, {1, 1, 1, 1}, (int32_t)offset, bytes[2], element};
  for (int i = 0; i < rank; i++) {
    uint32_t extent = big_endian(bytes + 4 + 4 * i);
    if (extent == 0 || extent > INT32_MAX) {
      tscope_line line = tscope_complain(problem, -1);
      tscope_line_add(&line, "Dimension ");
      tscope_line_add_int(&line, i + 1);
      tscope_line_add(&line, " of the IDX file is ");
      tscope_line_add_int(&line, extent);
      tscope_line_add(&line, ".");
      return TSCOPE_ERROR_DATA;
    }
    idx->shape[i] = (int32_t)extent;
  }
  return TSCOPE_OK;
}

tscope_status tscope_idx_parse(const uint8_t *bytes, size_t size, tscope_idx *idx,
                               tscope_problem *problem) {
  tscope_status status = tscope_idx_header(bytes, size, idx, problem);
  if (status != TSCOPE_OK) return status;
  uint64_t promised = (uint64_t)idx->element, held = size - (size_t)idx->offset;
  /* Once too large it stays too large, and cannot wrap round to the right number. */
  for (int i = 0; i < idx->rank && promised <= held; i++) promised *= (uint64_t)idx->shape[i];
  if (promised == held) return TSCOPE_OK;

  tscope_line line = tscope_complain(problem, -1);
  tscope_line_add(&line, "The IDX header promises ");
  for (int i = 0; i < idx->rank; i++) {
    if (i) tscope_line_add(&line, " x ");
    tscope_line_add_int(&line, idx->shape[i]);
  }
  if (idx->element > 1) {
    tscope_line_add(&line, " x ");
    tscope_line_add_int(&line, idx->element);
  }
  tscope_line_add(&line, " bytes of data, but ");
  tscope_line_add_int(&line, (int64_t)held);
  tscope_line_add(&line, " follow it.");
  return TSCOPE_ERROR_DATA;
}
