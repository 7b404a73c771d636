/**
 * Sums over positions of what goes into a layer and the gradient of what comes out of it. The
 * numbers of a position lie together, so one of them at all positions lies far apart: a line of
 * memory each, and often all in the same place of the first cache. So both sides are packed before
 * they are multiplied. The sums and their order are those of convolutions of images.
 */
#include "math/position_weights.h"

#include <string.h>

/* What is packed at once: a tile's outputs stay in the first cache, and the taps in the second,
 * while all tiles pass over them. */
enum { PIECES = 128, TAPS = 64 };

enum { PIECE = 4, PAIR = 2 * PIECE };

/** Floats from one pair of taps to the next: not a power of two, or all would lie in the same place
 * of the first cache. */
static size_t pair_step(int pieces) { return (size_t)pieces * PAIR + 16; }

static int taps_at_once(int taps) { return at_most((taps + 3) / 4 * 4, TAPS); }

static int count_pieces(const tscope_pieces *p) { return 2 * p->section * p->sections; }

size_t tscope_position_workspace(int taps, const tscope_pieces *pieces) {
  const int most = at_most(count_pieces(pieces), PIECES);
  return (size_t)taps_at_once(taps) / 2 * pair_step(most) + (size_t)most * TILE * PIECE;
}

/* ---- packing -------------------------------------------------------------------------------- */

/** Pieces that lie at equal distances: where the first does, how many follow it, itself included,
 * and whether as many of the other four lanes follow them. */
typedef struct stretch {
  size_t position;
  int half, count, is_whole;
} stretch;

static stretch stretch_from(const tscope_pieces *p, int piece, int end) {
  const int section = piece / (2 * p->section), within = piece % (2 * p->section);
  const int strip = within / (2 * p->strip) * p->strip;
  const int length = at_most(p->section - strip, p->strip);
  const int half = within - 2 * strip >= length, at = within - 2 * strip - half * length;
  return (stretch){(size_t)section * (size_t)p->section + (size_t)(strip + at), half,
                   at_most(length - at, end - piece), !half && !at && 2 * length <= end - piece};
}

/** What to pack: numbers [at, at + present) of the `numbers` that a position has, as so many pairs,
 * each [piece][2][4]; what is beyond the last is zeros. Steps are in floats. */
typedef struct packing {
  const float *from;
  int numbers, at, present, pairs;
  size_t pair, next;
} packing;

TSCOPE_INLINE void pack_run(float *to, const packing *pack, const float *from, int count,
                            int is_whole) {
  const f32x4 zero = tscope_splat(0);
  const size_t step = (size_t)pack->numbers * TSCOPE_LANES, next = pack->next;
  const size_t other = (size_t)count * next;
  for (int i = 0; i < count; i++, from += step, to += next) {
    float *own = to;
    const float *number = from;
    int left = pack->present;
    for (; left > 1; left -= 2, own += pack->pair, number += 2 * TSCOPE_LANES) {
      tscope_store(own, tscope_load(number));
      tscope_store(own + PIECE, tscope_load(number + TSCOPE_LANES));
      if (!is_whole) continue;
      tscope_store(own + other, tscope_load(number + 4));
      tscope_store(own + other + PIECE, tscope_load(number + TSCOPE_LANES + 4));
    }
    for (int k = (pack->present - left) / 2; k < pack->pairs; k++, own += pack->pair, left = 0) {
      tscope_store(own, left ? tscope_load(number) : zero);
      tscope_store(own + PIECE, zero);
      if (!is_whole) continue;
      tscope_store(own + other, left ? tscope_load(number + 4) : zero);
      tscope_store(own + other + PIECE, zero);
    }
  }
}

/** Pieces [begin, end). */
static void pack_pieces(float *to, const packing *pack, const tscope_pieces *p, int begin,
                        int end) {
  const size_t step = (size_t)pack->numbers * TSCOPE_LANES;
  while (begin < end) {
    const stretch run = stretch_from(p, begin, end);
    const float *from =
        pack->from + run.position * step + (size_t)pack->at * TSCOPE_LANES + (size_t)run.half * 4;
    const int count = run.is_whole ? 2 * run.count : run.count;
    if (run.is_whole)
      pack_run(to, pack, from, run.count, 1);
    else
      pack_run(to, pack, from, run.count, 0);
    to += (size_t)count * pack->next;
    begin += count;
  }
}

/* ---- tiles ---------------------------------------------------------------------------------- */

/** Packed pieces; of one or two rows a tile's third and fourth tap lie `pair` floats from the
 * first. */
typedef struct packed_pieces {
  const float *dy, *x;
  size_t pair;
  int count, is_first;
} packed_pieces;

/** Adds all of them to the tile at `place` among those of the same outputs. */
TSCOPE_INLINE void tile_piece(int rows, float *sums, const packed_pieces *p, int place) {
  const float *dy = p->dy, *x = p->x + (size_t)place * (rows > 2 ? p->pair : 2 * p->pair);
  const float *beside = x + p->pair;
  sums += (size_t)place * TILE_FLOATS;
  tile sum = p->is_first ? tile_start(rows, NULL) : tile_load(TILE, sums);
  TSCOPE_KEEP_LOOP
  for (int i = 0; i < p->count; i++, dy += TILE * PIECE, x += PAIR, beside += PAIR)
    sum = tile_taps_add(sum, rows, dy, PIECE, x, x + PIECE, beside, beside + PIECE);
  tile_keep(sums, &sum);
}
/** To all of those in [place, end) where a function may have more than a tile's loop. */
TSCOPE_INLINE void tile_pieces(int rows, float *sums, const packed_pieces *p, int place, int end) {
  const packed_pieces own = *p;
  do tile_piece(rows, sums, &own, place);
  while (!TILE_IS_ALONE && ++place < end);
}
TILE_BY_ROWS(tile_pieces, (sums, p, place, end), float *sums, const packed_pieces *p, int place,
             int end)

/** Adds pieces [first, last) to what tiles [begin, end) have of taps [tap, tap + present). */
static void add_taps(float *sums, const float *dy, const float *x, const tscope_tiling *t,
                     const tscope_pieces *p, float *workspace, int first, int last, int tap,
                     int begin, int end) {
  const int count = last - first, present = at_most(t->taps - tap, TAPS);
  const int pairs = (present + 3) / 4 * 2;
  const size_t pair = pair_step(count);
  float *packed_x = workspace, *packed_dy = workspace + (size_t)pairs * pair;
  const packing pack_x = {x, t->taps, tap, present, pairs, pair, PAIR};
  pack_pieces(packed_x, &pack_x, p, first, last);
  int mine = 0; /* the first tile of the outputs o */
  for (int o = 0; o < t->outs && mine < end; o += TILE) {
    const int rows = at_most(t->outs - o, TILE);
    const int own = rows == TILE ? t->taps_of_whole : t->taps_of_rest;
    const int from = mine + tap / own, to = mine + (tap + present + own - 1) / own;
    const int i = from > begin ? from : begin, stop = at_most(to, end);
    mine += (t->taps + own - 1) / own;
    if (i >= stop) continue;
    const packing pack_dy = {dy, t->outs, o, rows, (rows + 1) / 2, PAIR, TILE * PIECE};
    pack_pieces(packed_dy, &pack_dy, p, first, last);
    const packed_pieces packed = {packed_dy, packed_x + (size_t)((i - from) * own / 2) * pair, pair,
                                  count, first == 0};
    for (int place = 0; place < stop - i; place += TILE_IS_ALONE ? 1 : stop - i)
      tile_pieces_by_rows[rows - 1](sums + (size_t)i * TILE_FLOATS, &packed, place, stop - i);
  }
}

void tscope_position_sums(float *sums, const float *dy, const float *x, const tscope_tiling *tiling,
                          const tscope_pieces *pieces, float *workspace, int begin, int end) {
  const int count = count_pieces(pieces);
  for (int first = 0; first < count; first += PIECES) {
    const int last = at_most(count, first + PIECES);
    for (int tap = 0; tap < tiling->taps; tap += TAPS)
      add_taps(sums, dy, x, tiling, pieces, workspace, first, last, tap, begin, end);
  }
}
