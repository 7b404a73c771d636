#include "math/linear.h"

#include "math/tile.h"

/* A linear layer's weights are the larger part. They are taken in groups of tiles that stay in the
 * second cache while all blocks pass. Over a tile pass so many blocks as stay in the first cache:
 * older V8s make more of that than of tiles that pass over a block, newer ones the same. */
enum { LINEAR_TILES = 16, LINEAR_FLOATS = 6144 };

/* So few inputs stay in registers while all outputs pass: a tile of them would be begun and stored
 * for two or three sums. */
enum { SHORT = 3 };

/** y [block][outs][8] = bias + w x for `length` inputs, a constant at every call, of weights that
 * are not packed. */
TSCOPE_INLINE void multiply_short(float *y, const float *x, const float *w, size_t row, size_t next,
                                  const float *bias, int outs, int length, int blocks) {
  for (int b = 0; b < blocks; b++, x += (size_t)length * TSCOPE_LANES) {
    f32x4 low[SHORT], high[SHORT];
    for (int i = 0; i < length; i++) {
      low[i] = tscope_load(x + (size_t)i * TSCOPE_LANES);
      high[i] = tscope_load(x + (size_t)i * TSCOPE_LANES + 4);
    }
    const float *weights = w;
    TSCOPE_KEEP_LOOP
    for (int o = 0; o < outs; o++, weights += row, y += TSCOPE_LANES) {
      f32x4 a = bias ? tscope_load_splat(bias + o) : tscope_splat(0), c = a;
      for (int i = 0; i < length; i++) {
        const f32x4 weight = tscope_load_splat(weights + (size_t)i * next);
        a = tscope_madd(weight, low[i], a);
        c = tscope_madd(weight, high[i], c);
      }
      tscope_store(y, a);
      tscope_store(y + 4, c);
    }
  }
}

/** Whether there were so few inputs that this was all. */
TSCOPE_INLINE int multiply_few(float *y, const float *x, const float *w, size_t row, size_t next,
                               const float *bias, int outs, int length, int blocks) {
  switch (length) {
    case 1:
      multiply_short(y, x, w, row, next, bias, outs, 1, blocks);
      return 1;
    case 2:
      multiply_short(y, x, w, row, next, bias, outs, 2, blocks);
      return 1;
    case SHORT:
      multiply_short(y, x, w, row, next, bias, outs, SHORT, blocks);
      return 1;
    default:
      return 0;
  }
}

/** A product, or the first `rows` of its outputs. */
typedef struct product {
  float *y;
  const float *x, *w, *bias;
  int outs, length, rows;
} product;

/* How weights lie: as linear.h says of the function of each order. */
enum { PACKED, ROWS, COLUMNS };

/** A tile of a block, of outputs from o on; rows and order are constants at every call. */
TSCOPE_INLINE void tile_of_one(int rows, int order, const product *p, int o, int block) {
  const size_t at = (size_t)block, length = (size_t)p->length, outs = (size_t)p->outs;
  const float *x = p->x + at * length * TSCOPE_LANES;
  const tile start = tile_start(rows, p->bias ? p->bias + o : NULL);
  tile sum;
  if (order == ROWS)
    sum = tile_run_rows(start, rows, x, p->w + (size_t)o * length, length, p->length);
  else if (order == COLUMNS)
    sum = tile_run_apart(start, rows, x, p->w + o, 1, outs, p->length);
  else
    sum = tile_run(start, rows, x, p->w + (size_t)o * length, p->length);
  tile_store(p->y + (at * outs + (size_t)o) * TSCOPE_LANES, sum, rows);
}

/** A tile of one or two rows of a block and of the next: of one block alone it would wait for its
 * own sums. */
TSCOPE_INLINE void tile_of_two(int rows, int order, const product *p, int o, int block) {
  const size_t at = (size_t)block, length = (size_t)p->length, outs = (size_t)p->outs;
  const size_t apart = length * TSCOPE_LANES;
  const size_t row = order == ROWS ? length : 1;
  const size_t next = order == PACKED ? TILE : order == COLUMNS ? outs : 1;
  const float *x = p->x + at * apart, *w = p->w + (size_t)o * (order == COLUMNS ? 1 : length);
  float *y = p->y + (at * outs + (size_t)o) * TSCOPE_LANES;
  const tile start = tile_for_two(tile_start(rows, p->bias ? p->bias + o : NULL));
  const tile sum = tile_run_twice_apart(start, rows, x, apart, w, row, next, p->length);
  tile_store(y, sum, rows);
  tile_store(y + outs * TSCOPE_LANES, tile_second(sum), rows);
}

typedef void tile_function(const product *p, int o, int block);

/** By rows. */
typedef struct tile_functions {
  tile_function *const *of_one, *of_two[2];
} tile_functions;

/** Tiles of one order as functions of their own, for TILE_IS_ALONE: of one block, and those of one
 * or two rows of two. */
#define TILES_OF_ORDER(order, name)                                                  \
  TSCOPE_INLINE void name(int rows, const product *p, int o, int block) {            \
    tile_of_one(rows, order, p, o, block);                                           \
  }                                                                                  \
  TSCOPE_INLINE void name##_of_two(int rows, const product *p, int o, int block) {   \
    tile_of_two(rows, order, p, o, block);                                           \
  }                                                                                  \
  TILE_BY_ROWS(name, (p, o, block), const product *p, int o, int block)              \
  TILE_FUNCTION(name##_of_two, 1, (p, o, block), const product *p, int o, int block) \
  TILE_FUNCTION(name##_of_two, 2, (p, o, block), const product *p, int o, int block) \
  static const tile_functions name##_alone = {name##_by_rows, {name##_of_two_1, name##_of_two_2}};

TILES_OF_ORDER(PACKED, tile_packed)
TILES_OF_ORDER(ROWS, tile_in_rows)
TILES_OF_ORDER(COLUMNS, tile_in_columns)

/** Among the caller's loops. */
TSCOPE_INLINE void tile_small(int rows, int order, const product *p, int o, int block) {
  switch (rows) {
    case 1:
      tile_of_one(1, order, p, o, block);
      break;
    case 2:
      tile_of_one(2, order, p, o, block);
      break;
    case 3:
      tile_of_one(3, order, p, o, block);
      break;
    default:
      tile_of_one(SMALL_TILE, order, p, o, block);
      break;
  }
}

/** The order is a constant, and `alone` that order's functions. */
TSCOPE_INLINE void multiply_linear(const product *given, int order, const tile_functions *alone,
                                   int blocks) {
  const product p = *given;
  const int most = LINEAR_FLOATS / (p.length * TSCOPE_LANES), together = most > 1 ? most : 1;
  for (int group = 0; group < p.rows; group += LINEAR_TILES * TILE) {
    const int end = at_most(p.rows, group + LINEAR_TILES * TILE);
    for (int first = 0; first < blocks; first += together) {
      const int last = at_most(blocks, first + together);
      for (int o = group; o < end; o += TILE) {
        const int rows = at_most(end - o, TILE);
        int b = first;
        if (TILE_IS_ALONE) {
          for (; rows <= 2 && b + 2 <= last; b += 2) alone->of_two[rows - 1](given, o, b);
          for (; b < last; b++) alone->of_one[rows - 1](given, o, b);
        } else {
          for (; rows == 2 && b + 2 <= last; b += 2) tile_of_two(2, order, &p, o, b);
          for (; b < last; b++) tile_small(rows, order, &p, o, b);
        }
      }
    }
  }
}

/* A table, because the optimizer would put a function that is called once into its caller, and V8
 * keeps the sums of so large a function in memory. */
static void multiply_packed(const product *p, int blocks) {
  multiply_linear(p, PACKED, &tile_packed_alone, blocks);
}
static void (*const multiply_some[1])(const product *p, int blocks) = {multiply_packed};

void tscope_linear_packed(float *y, const float *x, const float *w, const float *bias, int outs,
                          int length, int blocks) {
  multiply_some[0](&(product){y, x, w, bias, outs, length, outs}, blocks);
}

size_t tscope_linear_room(int length) { return (size_t)length * TILE; }

void tscope_linear_as_used(float *y, const float *x, const float *w, int outs, int length,
                           int blocks, float *room) {
  for (int o = 0; o < outs; o += TILE, y += TILE * TSCOPE_LANES, w += TILE) {
    const int rows = at_most(outs - o, TILE);
    tscope_pack_columns(room, w, (size_t)outs, rows, length);
    multiply_some[0](&(product){y, x, room, NULL, outs, length, rows}, blocks);
  }
}

void tscope_linear_rows(float *y, const float *x, const float *w, const float *bias, int outs,
                        int length, int blocks) {
  if (multiply_few(y, x, w, (size_t)length, 1, bias, outs, length, blocks)) return;
  const product p = {y, x, w, bias, outs, length, outs};
  multiply_linear(&p, ROWS, &tile_in_rows_alone, blocks);
}

void tscope_linear_columns(float *y, const float *x, const float *w, const float *bias, int outs,
                           int length, int blocks) {
  if (multiply_few(y, x, w, 1, (size_t)outs, bias, outs, length, blocks)) return;
  const product p = {y, x, w, bias, outs, length, outs};
  multiply_linear(&p, COLUMNS, &tile_in_columns_alone, blocks);
}
