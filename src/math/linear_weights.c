#include "math/linear_weights.h"

#include "math/tile.h"

/* A sum of outer products, dweight[o][tap] = Σ_sample dy[sample][o] x[sample][tap]. One side, dy as
 * a rule, is packed once, a tile's rows by sample, [tile][sample][TILE]; the other in panels
 * [sample][8] that rest in the first cache while all of the first side passes; then a tile's sums
 * go straight to their place. */
enum { PANEL = 8, PANELS = 2 };

/** Where the taps are few, as with points of a plane, they are the rows and outputs fill the
 * panels. The sums are the same, in the same order. */
static int is_turned(const tscope_conv *conv) {
  return conv->kernel_height * conv->kernel_width == 1 && conv->in_channels <= TILE;
}

static size_t packed_floats(int n, int blocks) {
  return (size_t)tiles(n) * TILE * (size_t)blocks * TSCOPE_LANES;
}

static size_t panel_floats(int blocks) { return (size_t)blocks * TSCOPE_LANES * PANEL; }

/** Four samples of four rows, or of fewer, to be followed by those of the next. */
TSCOPE_INLINE void pack_square(float *to, const float *from, int rows) {
  f32x4 r0 = tscope_load(from), r1 = tscope_splat(0), r2 = r1, r3 = r1;
  if (rows > 1) r1 = tscope_load(from + TSCOPE_LANES);
  if (rows > 2) r2 = tscope_load(from + 2 * TSCOPE_LANES);
  if (rows > 3) r3 = tscope_load(from + 3 * TSCOPE_LANES);
  tscope_transpose4(&r0, &r1, &r2, &r3);
  tscope_store_unaligned(to, r0);
  tscope_store_unaligned(to + TILE, r1);
  tscope_store_unaligned(to + 2 * TILE, r2);
  tscope_store_unaligned(to + 3 * TILE, r3);
}

/** Of the fifth and sixth row. */
TSCOPE_INLINE void pack_pair(float *to, const float *from, int rows) {
  for (int s = 0; s < 4; s++) {
    to[s * TILE] = rows > 0 ? from[s] : 0;
    to[s * TILE + 1] = rows > 1 ? from[TSCOPE_LANES + s] : 0;
  }
}

/** [block][n][8] → [tile][sample][TILE], the tiles of this part. Of the last samples four are
 * packed or none: what is beyond them is nobody's. */
static void pack_rows(float *packed, const float *v, int n, int samples, tscope_part part) {
  const int blocks = blocks_of(samples);
  const int count = tiles(n), end = tscope_part_end(part, count);
  for (int i = tscope_part_begin(part, count); i < end; i++) {
    const int first = i * TILE, rows = at_most(n - first, TILE);
    const float *from = v + (size_t)first * TSCOPE_LANES;
    float *to = packed + (size_t)first * (size_t)blocks * TSCOPE_LANES;
    for (int b = 0; b < blocks; b++, from += (size_t)n * TSCOPE_LANES) {
      const int lanes = at_most(samples - b * TSCOPE_LANES, TSCOPE_LANES);
      for (int half = 0; half < lanes; half += 4, to += 4 * TILE) {
        pack_square(to, from + half, rows);
        if (TILE == 6) pack_pair(to + 4, from + 4 * TSCOPE_LANES + half, rows - 4);
      }
    }
  }
}

/** Four of every block, at `at`, become four columns of a panel; those from `present` on are zeros.
 */
TSCOPE_INLINE void pack_columns(float *to, const float *from, size_t block, const size_t at[4],
                                int present, int samples) {
  for (int left = samples; left > 0; left -= TSCOPE_LANES, from += block) {
    for (int half = 0; half < at_most(left, TSCOPE_LANES); half += 4, to += 4 * PANEL) {
      const f32x4 zero = tscope_splat(0);
      f32x4 t0 = present > 0 ? tscope_load(from + at[0] + half) : zero;
      f32x4 t1 = present > 1 ? tscope_load(from + at[1] + half) : zero;
      f32x4 t2 = present > 2 ? tscope_load(from + at[2] + half) : zero;
      f32x4 t3 = present > 3 ? tscope_load(from + at[3] + half) : zero;
      tscope_transpose4(&t0, &t1, &t2, &t3);
      tscope_store(to, t0);
      tscope_store(to + PANEL, t1);
      tscope_store(to + 2 * PANEL, t2);
      tscope_store(to + 3 * PANEL, t3);
    }
  }
}

/** [block][y][x][channel][8] → [sample][8] of eight of them from `first` on, in PyTorch's order
 * [channel][y][x]; beyond the last they are zeros. kernel: pixels. */
static void pack_panel(float *panel, const float *v, int kernel, int channels, int first,
                       int samples) {
  const int n = kernel * channels;
  const size_t block = (size_t)n * TSCOPE_LANES;
  for (int four = first; four < first + PANEL; four += 4, panel += 4) {
    size_t at[4] = {0};
    for (int t = 0; t < 4 && four + t < n; t++) {
      const int tap = four + t; /* of a vector it is the channel, and dividing takes long */
      at[t] = (size_t)(kernel > 1 ? tap % kernel * channels + tap / kernel : tap) * TSCOPE_LANES;
    }
    if (four + 4 <= n) {
      pack_columns(panel, v, block, at, 4, samples);
    } else {
      pack_columns(panel, v, block, at, n - four, samples);
    }
  }
}

/** Where the sums of a tile go: its rows are `row` floats apart, its eights `column`. */
typedef struct place {
  size_t row, column;
  int accumulate;
} place;

TSCOPE_INLINE void put_row(float *to, f32x4 low, f32x4 high, int count, const place *at) {
  if (count == PANEL && at->column == 1) {
    if (at->accumulate) {
      low += tscope_load_unaligned(to);
      high += tscope_load_unaligned(to + 4);
    }
    tscope_store_unaligned(to, low);
    tscope_store_unaligned(to + 4, high);
    return;
  }
  for (int t = 0; t < count; t++, to += at->column) {
    put(to, t < 4 ? low[t] : high[t - 4], at->accumulate);
  }
}

TSCOPE_INLINE void put_tile(float *to, int rows, tile sum, int count, const place *at) {
  put_row(to, sum.a0, sum.b0, count, at);
  if (rows > 1) put_row(to + at->row, sum.a1, sum.b1, count, at);
  if (rows > 2) put_row(to + 2 * at->row, sum.a2, sum.b2, count, at);
  if (rows > 3) put_row(to + 3 * at->row, sum.a3, sum.b3, count, at);
  if (rows > 4) put_row(to + 4 * at->row, sum.a4, sum.b4, count, at);
  if (rows > 5) put_row(to + 5 * at->row, sum.a5, sum.b5, count, at);
}

/** What is multiplied: two panels that lie `apart` floats apart, or the first alone where that is
 * all of `count`, and packed rows. */
typedef struct factors {
  const float *panel, *rows;
  size_t apart;
  int samples, count;
} factors;

/** A tile of rows from `first` on by the panels. Of one or two rows both panels at once, or the
 * tile would wait for its own sums. */
TSCOPE_INLINE void panel_tile(int rows, float *to, const float *packed, const factors *f,
                              const place *at) {
  const int count = at_most(f->count, PANEL), more = f->count - count;
  const tile start = tile_start(rows, NULL);
  float *beside = to + PANEL * at->column;
  if (rows <= 2 && more) {
    const tile sum = tile_run_twice(start, rows, f->panel, f->apart, packed, f->samples);
    put_tile(to, rows, sum, count, at);
    put_tile(beside, rows, tile_second(sum), more, at);
    return;
  }
  put_tile(to, rows, tile_run(start, rows, f->panel, packed, f->samples), count, at);
  if (more) {
    put_tile(beside, rows, tile_run(start, rows, f->panel + f->apart, packed, f->samples), more,
             at);
  }
}

/** Tiles of so many rows, all of those in [first, last) where a function may have more than a
 * tile's loop. */
TSCOPE_INLINE void panel_tiles(int rows, float *to, const factors *f, int first, int last,
                               const place *at) {
  const factors own = *f;
  const place own_place = *at;
  const float *packed = own.rows + (size_t)first * (own.apart / PANEL);
  to += (size_t)first * own_place.row;
  for (; first < last; first += TILE) {
    panel_tile(rows, to, packed, &own, &own_place);
    if (TILE_IS_ALONE) return;
    to += TILE * own_place.row;
    packed += own.apart / PANEL * TILE;
  }
}
TILE_BY_ROWS(panel_tiles, (to, f, first, last, at), float *to, const factors *f, int first,
             int last, const place *at)

/** sums[4 i ..] = those of four columns of samples that lie at at[i], `step` floats from each
 * other: sixteen, so that none waits for its own sum. */
static void sum_columns(f32x4 sums[4], const float *packed, size_t step, const size_t at[4],
                        int samples) {
  f32x4 s0 = tscope_splat(0), s1 = s0, s2 = s0, s3 = s0;
  const float *p1 = packed + at[1], *p2 = packed + at[2], *p3 = packed + at[3];
  TSCOPE_KEEP_LOOP
  for (int s = 0; s < samples; s++, packed += step, p1 += step, p2 += step, p3 += step) {
    s0 += tscope_load_unaligned(packed);
    s1 += tscope_load_unaligned(p1);
    s2 += tscope_load_unaligned(p2);
    s3 += tscope_load_unaligned(p3);
  }
  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

/** Of two panels' eights, or fewer. */
static void bias_of_panels(float *dbias, const float *panels, size_t apart, int count, int samples,
                           int accumulate) {
  const size_t second = count > PANEL ? apart : 0, at[4] = {0, 4, second, second + 4};
  f32x4 sums[4];
  sum_columns(sums, panels, PANEL, at, samples);
  for (int i = 0; i < count; i++) put(dbias + i, sums[i / 4][i % 4], accumulate);
}

/** Of all packed rows. Of a tile of six, the last four lie two floats from the first four. */
static void bias_of_rows(float *dbias, const float *packed, size_t column, int outs, int samples,
                         int accumulate) {
  enum { FOURS = (TILE + 3) / 4, AT_ONCE = 4 / FOURS };
  for (int o = 0; o < outs; o += AT_ONCE * TILE) {
    const int last = tiles(at_most(outs - o, AT_ONCE * TILE)) - 1;
    size_t at[4];
    for (int i = 0; i < 4; i++)
      at[i] = (size_t)at_most(i / FOURS, last) * TILE * column + (size_t)(i % FOURS * (TILE - 4));
    f32x4 sums[4];
    sum_columns(sums, packed + (size_t)o * column, TILE, at, samples);
    for (int i = 0; i < at_most(outs - o, AT_ONCE * TILE); i++) {
      const int row = i % TILE, four = row / 4;
      put(dbias + o + i, sums[i / TILE * FOURS + four][row - four * (TILE - 4)], accumulate);
    }
  }
}

void tscope_linear_weights(float *dweight, float *dbias, const float *dy, const float *x,
                           const tscope_conv *conv, int samples, int accumulate, float *workspace,
                           tscope_part part) {
  const int turned = is_turned(conv), outs = conv->out_channels, taps = tscope_conv_taps(conv);
  const int kernel = turned ? 1 : conv->kernel_height * conv->kernel_width;
  const int rows = turned ? taps : outs, eights = turned ? outs : taps;
  const place at = {turned ? 1 : (size_t)taps, turned ? (size_t)taps : 1, accumulate};
  const size_t column = (size_t)blocks_of(samples) * TSCOPE_LANES;
  const size_t panel = panel_floats(blocks_of(samples));
  float *panels =
      workspace + packed_floats(rows, blocks_of(samples)) + (size_t)part.index * PANELS * panel;
  if (dbias && !turned && part.index == 0)
    bias_of_rows(dbias, workspace, column, outs, samples, accumulate);
  /* Two panels at a time, so that a line of dweight is written at once. */
  const int step = PANELS * PANEL, count = (eights + step - 1) / step;
  const int begin = tscope_part_begin(part, count) * step;
  const int end = at_most(tscope_part_end(part, count) * step, eights);
  for (int first = begin; first < end; first += step) {
    const int width = at_most(end - first, step);
    for (int p = 0; p * PANEL < width; p++) {
      pack_panel(panels + (size_t)p * panel, turned ? dy : x, kernel, eights / kernel,
                 first + p * PANEL, samples);
    }
    if (dbias && turned) bias_of_panels(dbias + first, panels, panel, width, samples, accumulate);
    const factors f = {panels, workspace, panel, samples, width};
    float *to = dweight + (size_t)first * at.column;
    const int whole = rows / TILE * TILE;
    for (int row = 0; row < whole; row += TILE_IS_ALONE ? TILE : whole)
      panel_tiles_by_rows[TILE - 1](to, &f, row, whole, &at);
    if (whole < rows) panel_tiles_by_rows[rows - whole - 1](to, &f, whole, rows, &at);
  }
}

uint64_t tscope_linear_workspace(const tscope_conv *conv, int blocks) {
  const int rows = is_turned(conv) ? tscope_conv_taps(conv) : conv->out_channels;
  return (uint64_t)packed_floats(rows, blocks) +
         (uint64_t)TSCOPE_THREADS_MAX * PANELS * panel_floats(blocks);
}

void tscope_linear_prepare(const float *dy, const float *x, const tscope_conv *conv, int samples,
                           float *workspace, tscope_part part) {
  if (is_turned(conv)) {
    pack_rows(workspace, x, tscope_conv_taps(conv), samples, part);
  } else {
    pack_rows(workspace, dy, conv->out_channels, samples, part);
  }
}
