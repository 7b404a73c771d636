/**
 * Random numbers as values: a stream is 16 bytes that the caller holds. PCG32 (O'Neill 2014,
 * XSH-RR), seeded by hashing so that neighbouring seeds and purposes are unrelated.
 */
#ifndef TRAINSCOPE_BASE_RNG_H
#define TRAINSCOPE_BASE_RNG_H

#include <stdint.h>

/* What a stream is for: the same seed gives unrelated numbers for each purpose. The numbers are
 * arbitrary, but fixed: another one is another run. INIT's is one with which the default seed's
 * start is an ordinary one, not one of the unlucky draws that spend hundreds of steps on a plateau.
 */
enum {
  TSCOPE_STREAM_INIT = 9,
  TSCOPE_STREAM_ORDER = 2,
  TSCOPE_STREAM_DROPOUT = 3,
  TSCOPE_STREAM_SAMPLE = 4,
  TSCOPE_STREAM_SPLIT = 5,
  TSCOPE_STREAM_OUTLIERS = 6,
  TSCOPE_STREAM_LABELS = 7,
  TSCOPE_STREAM_PROBE = 8,
  TSCOPE_STREAM_SURFACE = 10,
  TSCOPE_STREAM_SLICE = 11,
  TSCOPE_STREAM_TEXT = 12,
};

typedef struct tscope_rng {
  uint64_t state, increment;
} tscope_rng;

/** Scrambles 64 bits. Source: Steele et al. 2014, splitmix64's finalizer. */
static inline uint64_t tscope_hash(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

static inline uint32_t tscope_rng_next(tscope_rng *rng) {
  uint64_t old = rng->state;
  rng->state = old * 6364136223846793005u + rng->increment;
  uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27);
  uint32_t turn = (uint32_t)(old >> 59);
  return (mixed >> turn) | (mixed << ((32u - turn) & 31u));
}

/** The stream of (seed, purpose, index): index is an epoch, a sample's number, or 0. */
static inline tscope_rng tscope_rng_stream(uint32_t seed, uint32_t purpose, uint64_t index) {
  uint64_t key = tscope_hash(((uint64_t)purpose << 32) | seed);
  tscope_rng rng = {tscope_hash(key ^ tscope_hash(index)), (tscope_hash(key + index) << 1) | 1u};
  tscope_rng_next(&rng);
  return rng;
}

/** Uniform in [0, 1), 24 bits, exact in float. */
static inline float tscope_rng_uniform(tscope_rng *rng) {
  return (float)(tscope_rng_next(rng) >> 8) * 0x1p-24f;
}

/** Uniform integer in [0, n), n > 0, without bias (Lemire 2019). */
static inline uint32_t tscope_rng_below(tscope_rng *rng, uint32_t n) {
  uint64_t product = (uint64_t)tscope_rng_next(rng) * n;
  if ((uint32_t)product < n) {
    uint32_t threshold = (0u - n) % n;
    while ((uint32_t)product < threshold) product = (uint64_t)tscope_rng_next(rng) * n;
  }
  return (uint32_t)(product >> 32);
}

/** Writes a uniformly random permutation of 0 … n-1 (Fisher-Yates). */
static inline void tscope_rng_permutation(tscope_rng *rng, int32_t *order, int n) {
  for (int i = 0; i < n; i++) {
    int j = (int)tscope_rng_below(rng, (uint32_t)i + 1u);
    order[i] = order[j];
    order[j] = i;
  }
}

#endif
