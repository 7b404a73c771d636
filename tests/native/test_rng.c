/** The random stream against the generator's published output, and the properties that runs rely
 * on. */
#include <stdlib.h>

#include "base/rng.h"
#include "check.h"

/* pcg32-demo of the PCG library (pcg-random.org), seed 42, sequence 54. */
static void test_reference_output(void) {
  tscope_rng rng = {0, (54u << 1) | 1u};
  tscope_rng_next(&rng);
  rng.state += 42;
  tscope_rng_next(&rng);
  const uint32_t expected[] = {0xa15c02b7, 0x7b47f409, 0xba1d3330,
                               0x83d2f293, 0xbfa4784b, 0xcbed606e};
  for (int i = 0; i < 6; i++) CHECK(tscope_rng_next(&rng) == expected[i]);
}

static void test_streams_are_unrelated(void) {
  /* Agreeing bits of neighbouring streams: 32 × 1000 coin flips, σ = 89. */
  const tscope_rng base = tscope_rng_stream(1, TSCOPE_STREAM_INIT, 0);
  const tscope_rng neighbours[] = {
      tscope_rng_stream(2, TSCOPE_STREAM_INIT, 0), tscope_rng_stream(1, TSCOPE_STREAM_ORDER, 0),
      tscope_rng_stream(1, TSCOPE_STREAM_INIT, 1), tscope_rng_stream(0, TSCOPE_STREAM_INIT, 0)};
  for (int n = 0; n < 4; n++) {
    tscope_rng a = base, b = neighbours[n];
    int equal_bits = 0;
    for (int i = 0; i < 1000; i++) {
      uint32_t same = ~(tscope_rng_next(&a) ^ tscope_rng_next(&b));
      for (; same; same &= same - 1) equal_bits++;
    }
    CHECK(abs(equal_bits - 16000) < 450);
  }
  tscope_rng again = tscope_rng_stream(1, TSCOPE_STREAM_INIT, 0), first = base;
  for (int i = 0; i < 100; i++) CHECK(tscope_rng_next(&again) == tscope_rng_next(&first));
}

static void test_uniform(void) {
  tscope_rng rng = tscope_rng_stream(3, TSCOPE_STREAM_INIT, 0);
  double sum = 0, squares = 0;
  const int n = 100000;
  for (int i = 0; i < n; i++) {
    const double u = (double)tscope_rng_uniform(&rng);
    CHECK(u >= 0 && u < 1);
    sum += u;
    squares += u * u;
  }
  CHECK_NEAR(sum / n, 0.5, 0.004);
  CHECK_NEAR(squares / n - sum / n * sum / n, 1.0 / 12, 0.002);
}

static void test_below(void) {
  tscope_rng rng = tscope_rng_stream(4, TSCOPE_STREAM_INIT, 0);
  int counts[7] = {0};
  for (int i = 0; i < 70000; i++) {
    const uint32_t x = tscope_rng_below(&rng, 7);
    CHECK(x < 7);
    counts[x % 7]++;
  }
  for (int i = 0; i < 7; i++) CHECK_NEAR(counts[i], 10000, 500);
  for (int i = 0; i < 100; i++) CHECK(tscope_rng_below(&rng, 1) == 0);
  /* With n = 3 · 2^30 a plain remainder would favour the first third. */
  int low = 0;
  for (int i = 0; i < 30000; i++) low += tscope_rng_below(&rng, 3u << 30) < 1u << 30;
  CHECK_NEAR(low, 10000, 500);
}

static void test_permutation(void) {
  tscope_rng rng = tscope_rng_stream(5, TSCOPE_STREAM_ORDER, 0);
  const int sizes[] = {0, 1, 2, 7, 1000};
  for (int k = 0; k < 5; k++) {
    const int n = sizes[k];
    int32_t *order = malloc((size_t)n * sizeof *order + 1);
    uint8_t *seen = calloc((size_t)n + 1, 1);
    tscope_rng_permutation(&rng, order, n);
    int distinct = 0;
    for (int i = 0; i < n; i++) {
      CHECK(order[i] >= 0 && order[i] < n);
      distinct += !seen[order[i]];
      seen[order[i]] = 1;
    }
    CHECK(distinct == n);
    free(order);
    free(seen);
  }
  /* All six orders of three, equally often. */
  int counts[27] = {0}, orders = 0;
  for (int i = 0; i < 6000; i++) {
    int32_t order[3];
    tscope_rng_permutation(&rng, order, 3);
    counts[order[0] * 9 + order[1] * 3 + order[2]]++;
  }
  for (int i = 0; i < 27; i++) {
    orders += counts[i] > 0;
    if (counts[i]) CHECK_NEAR(counts[i], 1000, 150);
  }
  CHECK(orders == 6);
}

int main(void) {
  test_reference_output();
  test_streams_are_unrelated();
  test_uniform();
  test_below();
  test_permutation();
  return CHECK_REPORT();
}
