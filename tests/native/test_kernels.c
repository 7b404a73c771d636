/**
 * Every kernel against the plainest possible loop in double precision, at odd sizes. The loops use
 * the textbook's layouts ([sample][channel][y][x], PyTorch's weights) and know nothing of lanes or
 * packing.
 */
#include <float.h>
#include <stdlib.h>

#include "base/rng.h"
#include "check.h"
#include "math/conv_winograd.h"
#include "math/kernels.h"

static tscope_rng rng;

static float *floats(size_t n) {
  float *v = aligned_alloc(16, (n * sizeof(float) + 15) / 16 * 16 + 16);
  for (size_t i = 0; i < n; i++) v[i] = 2 * tscope_rng_uniform(&rng) - 1;
  return v;
}

static int blocks_of(int rows) { return (rows + TSCOPE_LANES - 1) / TSCOPE_LANES; }

/** Index of (sample, channel, pixel) in the kernels' layout. */
static size_t at(int sample, int channel, int pixel, int channels, int pixels) {
  return (((size_t)(sample / TSCOPE_LANES) * (size_t)pixels + (size_t)pixel) * (size_t)channels +
          (size_t)channel) *
             TSCOPE_LANES +
         (size_t)(sample % TSCOPE_LANES);
}

/** Random activations with zeros in the dead lanes, as gradients and inputs have them. */
static float *activations(int rows, int channels, int pixels) {
  const size_t n = (size_t)blocks_of(rows) * (size_t)(channels * pixels) * TSCOPE_LANES;
  float *v = floats(n);
  for (int s = rows; s < blocks_of(rows) * TSCOPE_LANES; s++)
    for (int c = 0; c < channels; c++)
      for (int p = 0; p < pixels; p++) v[at(s, c, p, channels, pixels)] = 0;
  return v;
}

/* ---- convolution ---------------------------------------------------------------------------- */

/** One tap: input pixel of output (oy, ox) at (ky, kx), or -1 in the padding. */
static int tap_pixel(const tscope_conv *conv, int oy, int ox, int ky, int kx) {
  const int height = conv->in_height - 2 * conv->pad, width = conv->in_width - 2 * conv->pad;
  const int y = oy * conv->stride + ky - conv->pad, x = ox * conv->stride + kx - conv->pad;
  return y < 0 || y >= height || x < 0 || x >= width ? -1 : y * width + x;
}

/** How far a sum of so many products of values within ±1 may be off: so far as plain sums are, or
 * by Winograd's filtering. */
static double error_of(int is_winograd, double plain, int products) {
  return is_winograd ? fmax(plain, 5e-6 * sqrt(products)) : plain;
}

typedef struct gradients {
  float *weights, *biases;
} gradients;

/** So many parts make the same gradients, to the bit. */
static void check_parts(int parts, gradients made, gradients same, const float *dy, const float *x,
                        const tscope_conv *conv, int rows, float *workspace) {
  const size_t outs = (size_t)conv->out_channels, weights = outs * (size_t)tscope_conv_taps(conv);
  memset(made.weights, 0xFF, weights * sizeof(float));
  memset(made.biases, 0xFF, outs * sizeof(float));
  for (int i = 0; i < parts; i++)
    tscope_conv_prepare_weights(dy, x, conv, rows, workspace, (tscope_part){i, parts});
  for (int i = 0; i < parts; i++)
    tscope_conv_backward_weights(made.weights, made.biases, dy, x, conv, rows, 0, workspace,
                                 (tscope_part){i, parts});
  for (int i = 0; i < parts; i++)
    tscope_conv_finish_weights(made.weights, made.biases, conv, rows, 0, workspace,
                               (tscope_part){i, parts});
  CHECK(memcmp(made.weights, same.weights, weights * sizeof(float)) == 0);
  CHECK(memcmp(made.biases, same.biases, outs * sizeof(float)) == 0);
}

static void check_conv(int rows, int in, int height, int width, int out, int kh, int kw, int stride,
                       int pad) {
  const tscope_conv conv = {in,
                            height + 2 * pad,
                            width + 2 * pad,
                            out,
                            (height + 2 * pad - kh) / stride + 1,
                            (width + 2 * pad - kw) / stride + 1,
                            kh,
                            kw,
                            stride,
                            pad};
  const int pixels = height * width, outs = conv.out_height * conv.out_width, taps = in * kh * kw;
  const int blocks = blocks_of(rows);
  float *x = activations(rows, in, pixels), *dy = activations(rows, out, outs);
  float *weight = floats((size_t)(out * taps)), *bias = floats((size_t)out);
  float *padded = floats((size_t)(blocks * in * conv.in_height * conv.in_width * TSCOPE_LANES));
  float *packed = floats(tscope_conv_packed_forward_size(&conv));
  float *packed_backward = floats(tscope_conv_packed_backward_size(&conv));
  float *workspace = floats(tscope_conv_workspace_size(&conv, blocks));
  float *scratch = floats(tscope_conv_scratch_size(&conv));
  float *y = floats((size_t)(blocks * out * outs * TSCOPE_LANES));
  float *dx = floats((size_t)(blocks * in * pixels * TSCOPE_LANES));
  float *dweight = floats((size_t)(out * taps)), *dbias = floats((size_t)out);
  const float *input = x;
  if (pad) {
    tscope_conv_pad(padded, x, &conv, blocks);
    input = padded;
  }
  for (int i = 0; i < 3; i++) {
    tscope_conv_pack_forward(packed, weight, &conv, (tscope_part){i, 3});
    tscope_conv_pack_backward(packed_backward, weight, &conv, (tscope_part){i, 3});
  }
  const float *forward = tscope_conv_is_packed_forward(&conv) ? packed : weight;
  const float *backward = tscope_conv_is_packed_backward(&conv) ? packed_backward : weight;
  tscope_conv_forward(y, input, forward, bias, &conv, blocks, scratch);
  tscope_conv_backward_input(dx, dy, backward, &conv, blocks, scratch);
  if (tscope_conv_is_packed_as_used(&conv, blocks)) {
    const size_t inputs = (size_t)(blocks * in * pixels * TSCOPE_LANES);
    float *same = floats(inputs);
    tscope_conv_backward_input_as_used(same, dy, weight, &conv, blocks, scratch);
    CHECK(memcmp(same, dx, inputs * sizeof(float)) == 0);
    free(same);
  }
  tscope_conv_prepare_weights(dy, input, &conv, rows, workspace, TSCOPE_WHOLE);
  tscope_conv_backward_weights(dweight, dbias, dy, input, &conv, rows, 0, workspace, TSCOPE_WHOLE);
  tscope_conv_finish_weights(dweight, dbias, &conv, rows, 0, workspace, TSCOPE_WHOLE);

  /* Two parts have a group of blocks each, or half of the points; three and four other shares. */
  const gradients made = {floats((size_t)(out * taps)), floats((size_t)out)};
  for (int parts = 2; parts <= 4; parts++)
    check_parts(parts, made, (gradients){dweight, dbias}, dy, input, &conv, rows, workspace);

  double *dx_sum = calloc((size_t)(rows * in * pixels), sizeof(double));
  double *dw_sum = calloc((size_t)(out * taps), sizeof(double)),
         *db_sum = calloc((size_t)out, sizeof(double));
  double worst = 0;
  for (int s = 0; s < rows; s++) {
    for (int o = 0; o < out; o++) {
      for (int p = 0; p < outs; p++) {
        const double d = dy[at(s, o, p, out, outs)];
        double sum = bias[o];
        db_sum[o] += d;
        for (int c = 0; c < in; c++) {
          for (int k = 0; k < kh * kw; k++) {
            const int from =
                tap_pixel(&conv, p / conv.out_width, p % conv.out_width, k / kw, k % kw);
            const int w = (o * in + c) * kh * kw + k;
            if (from < 0) continue;
            const double value = x[at(s, c, from, in, pixels)];
            sum += (double)weight[w] * value;
            dw_sum[w] += d * value;
            dx_sum[(s * in + c) * pixels + from] += d * (double)weight[w];
          }
        }
        worst = fmax(worst, fabs(sum - (double)y[at(s, o, p, out, outs)]));
      }
    }
  }
  CHECK_NEAR(worst, 0, error_of(tscope_conv_forward_is_winograd(&conv), 2e-5, taps));
  worst = 0;
  for (int s = 0; s < rows; s++)
    for (int c = 0; c < in; c++)
      for (int p = 0; p < pixels; p++)
        worst = fmax(worst,
                     fabs(dx_sum[(s * in + c) * pixels + p] - (double)dx[at(s, c, p, in, pixels)]));
  CHECK_NEAR(worst, 0, error_of(tscope_conv_input_is_winograd(&conv), 2e-5, out * kh * kw));
  worst = 0;
  for (int i = 0; i < out * taps; i++) worst = fmax(worst, fabs(dw_sum[i] - (double)dweight[i]));
  for (int o = 0; o < out; o++) worst = fmax(worst, fabs(db_sum[o] - (double)dbias[o]));
  const double off = error_of(tscope_conv_weights_are_winograd(&conv), 1e-4, rows * outs);
  CHECK_NEAR(worst, 0, off);

  /* accumulate adds to what is there. */
  tscope_conv_prepare_weights(dy, input, &conv, rows, workspace, TSCOPE_WHOLE);
  tscope_conv_backward_weights(dweight, dbias, dy, input, &conv, rows, 1, workspace, TSCOPE_WHOLE);
  tscope_conv_finish_weights(dweight, dbias, &conv, rows, 1, workspace, TSCOPE_WHOLE);
  worst = 0;
  for (int i = 0; i < out * taps; i++)
    worst = fmax(worst, fabs(2 * dw_sum[i] - (double)dweight[i]));
  CHECK_NEAR(worst, 0, 2 * off);
  float *all[] = {x,       dy, weight, bias,    padded, packed,       packed_backward, workspace,
                  scratch, y,  dx,     dweight, dbias,  made.weights, made.biases};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  free(dx_sum);
  free(dw_sum);
  free(db_sum);
}

static void check_convs(void) {
  for (int rows = 1; rows <= 20; rows += rows < 9 ? 1 : 5) {
    check_conv(rows, 1, 9, 7, 6, 5, 5, 1, 2);
    check_conv(rows, 3, 8, 5, 7, 3, 3, 2, 1);
    check_conv(rows, 5, 6, 6, 4, 4, 4, 3, 0);
    check_conv(rows, 2, 5, 5, 3, 1, 1, 1, 0);
    check_conv(rows, 3, 7, 6, 5, 1, 1, 2, 3);
  }
  check_conv(9, 4, 5, 5, 9, 5, 5, 1, 2);
  check_conv(3, 2, 3, 3, 2, 7, 7, 1, 3);
  /* Weights that are read in place over an image, and a weight so large that its tiles are packed
   * as they are used. */
  check_conv(9, 1, 6, 5, 13, 6, 5, 1, 0);
  check_conv(9, 129, 1, 1, 520, 1, 1, 1, 0);
}

/** Convolutions of stride 1 by three or five taps in a row, which groups of four outputs fill or do
 * not, with columns of zeros before what is read and without: by Winograd's filtering forward, of
 * the input's gradient and of the weights', or one of them only. */
static void check_winograd(void) {
  check_conv(9, 6, 14, 14, 16, 5, 5, 1, 0);
  check_conv(17, 4, 9, 11, 7, 3, 3, 1, 1);
  check_conv(9, 8, 8, 8, 13, 3, 3, 1, 0);
  check_conv(9, 9, 7, 15, 6, 3, 3, 1, 2);
  check_conv(9, 3, 12, 13, 2, 5, 5, 1, 4);
  check_conv(40, 5, 4, 6, 3, 3, 3, 1, 1);
  check_conv(3, 30, 22, 23, 17, 3, 3, 1, 1);
  check_conv(9, 1, 28, 28, 6, 5, 5, 1, 2);
  check_conv(9, 6, 6, 12, 5, 1, 5, 1, 0);
  check_conv(9, 6, 12, 6, 5, 5, 3, 1, 0);
}

/** Linear layers at every position, whose weights' gradients are packed: of more positions and taps
 * than are packed at once, of outputs that do not fill a tile, and of strips of rows and of blocks.
 */
static void check_positions(void) {
  check_conv(9, 70, 1, 37, 9, 1, 1, 1, 0);
  check_conv(9, 66, 1, 23, 6, 1, 1, 1, 0);
  check_conv(40, 3, 1, 5, 7, 1, 1, 1, 0);
  check_conv(9, 9, 20, 11, 12, 1, 1, 1, 0);
}

/** Linear layers are convolutions over the whole image. */
static void check_linears(void) {
  for (int n = 1; n <= 67; n += n < 12 ? 1 : 11) {
    check_conv(5, n, 1, 1, 3, 1, 1, 1, 0);
    check_conv(17, 3, 1, 1, n, 1, 1, 1, 0);
    check_conv(8, n, 1, 1, n, 1, 1, 1, 0);
  }
  check_conv(6, 5, 3, 2, 9, 3, 2, 1, 0);
  check_conv(1, 16, 5, 5, 12, 5, 5, 1, 0);
}

/* ---- pooling -------------------------------------------------------------------------------- */

static void check_pool(int rows, int channels, int height, int width, int size, int stride,
                       int ceil_mode) {
  const int oh = ceil_mode ? (height + stride - 1) / stride : (height - size) / stride + 1;
  const int ow = ceil_mode ? (width + stride - 1) / stride : (width - size) / stride + 1;
  const tscope_pool pool = {channels, height, width, oh, ow, size, stride};
  const int blocks = blocks_of(rows), pixels = height * width, outs = oh * ow;
  const size_t n_in = (size_t)(blocks * channels * pixels * TSCOPE_LANES);
  const size_t n_out = (size_t)(blocks * channels * outs * TSCOPE_LANES);
  float *x = activations(rows, channels, pixels), *dy = activations(rows, channels, outs);
  float *max = floats(n_out), *avg = floats(n_out), *dmax = floats(n_in), *davg = floats(n_in);
  int32_t *index = aligned_alloc(16, n_out * sizeof(int32_t));
  tscope_maxpool_forward(max, index, x, &pool, blocks);
  tscope_maxpool_backward(dmax, dy, index, &pool, blocks);
  /* What stands at the maxima's places are the maxima; in other data, what stands there now. */
  float *gathered = floats(n_out), *turned = floats(n_in);
  tscope_maxpool_gather(gathered, index, x, &pool, blocks);
  CHECK(memcmp(gathered, max, n_out * sizeof(float)) == 0);
  for (size_t i = 0; i < n_in; i++) turned[i] = -x[i];
  tscope_maxpool_gather(gathered, index, turned, &pool, blocks);
  for (size_t i = 0; i < n_out; i++) CHECK(gathered[i] == -max[i]);
  free(gathered);
  free(turned);
  tscope_avgpool_forward(avg, x, &pool, blocks);
  tscope_avgpool_backward(davg, dy, &pool, blocks, 0);
  double *dm = calloc(n_in, sizeof(double)), *da = calloc(n_in, sizeof(double));
  double worst = 0;
  for (int s = 0; s < rows; s++) {
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < outs; p++) {
        const int y0 = p / ow * stride, x0 = p % ow * stride;
        int best = -1, covered = 0;
        double sum = 0;
        for (int pass = 0; pass < 2; pass++) {
          for (int yy = y0; yy < y0 + size && yy < height; yy++) {
            for (int xx = x0; xx < x0 + size && xx < width; xx++) {
              const int q = yy * width + xx;
              const float value = x[at(s, c, q, channels, pixels)];
              if (pass) {
                da[at(s, c, q, channels, pixels)] +=
                    (double)dy[at(s, c, p, channels, outs)] / covered;
                continue;
              }
              if (best < 0 || value > x[at(s, c, best, channels, pixels)]) best = q;
              sum += (double)value;
              covered++;
            }
          }
        }
        dm[at(s, c, best, channels, pixels)] += (double)dy[at(s, c, p, channels, outs)];
        CHECK(max[at(s, c, p, channels, outs)] == x[at(s, c, best, channels, pixels)]);
        worst = fmax(worst, fabs(sum / covered - (double)avg[at(s, c, p, channels, outs)]));
      }
    }
  }
  for (int s = 0; s < rows; s++) {
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < pixels; p++) {
        const size_t i = at(s, c, p, channels, pixels);
        worst = fmax(worst, fmax(fabs(dm[i] - (double)dmax[i]), fabs(da[i] - (double)davg[i])));
      }
    }
  }
  CHECK_NEAR(worst, 0, 2e-6);
  float *all[] = {x, dy, max, avg, dmax, davg};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  free(index);
  free(dm);
  free(da);
}

static void check_pools(void) {
  check_pool(3, 2, 6, 5, 2, 2, 0);
  check_pool(9, 3, 7, 7, 3, 2, 0);
  check_pool(8, 1, 5, 8, 2, 3, 0);
  check_pool(1, 5, 4, 4, 4, 1, 0);
  check_pool(11, 2, 7, 5, 2, 2, 1);
  check_pool(2, 2, 10, 4, 3, 3, 1);
}

/** A NaN must reach the output, or a divergence would go unseen. */
static void check_nan_passes(void) {
  const tscope_pool pool = {1, 2, 2, 1, 1, 2, 2};
  float *in = floats(32), *out = floats(32), *index = floats(8);
  for (int place = 0; place < 4; place++) {
    for (int i = 0; i < 32; i++) in[i] = (float)i;
    in[place * TSCOPE_LANES + 3] = NAN;
    tscope_maxpool_forward(out, (int32_t *)index, in, &pool, 1);
    CHECK(isnan(out[3]));
    CHECK(out[2] == 26);
  }
  in[1] = NAN;
  tscope_relu_forward(out, in, 32);
  CHECK(isnan(out[1]));
  tscope_leakyrelu_forward(out, in, 32, 0.1f);
  CHECK(isnan(out[1]));
  tscope_tanh_forward(out, in, 32);
  CHECK(isnan(out[1]));
  tscope_sigmoid_forward(out, in, 32);
  CHECK(isnan(out[1]));
  free(in);
  free(out);
  free(index);
}

/* ---- activations ---------------------------------------------------------------------------- */

static double gelu(double x) {
  return 0.5 * x * (1 + tanh(sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
}
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double identity_leaky(double x) { return x < 0 ? 0.25 * x : x; }
static double relu(double x) { return x < 0 ? 0 : x; }

static void leaky_forward(float *y, const float *x, size_t n) {
  tscope_leakyrelu_forward(y, x, n, 0.25f);
}
static void leaky_backward(float *dx, const float *dy, const float *y, size_t n) {
  tscope_leakyrelu_backward(dx, dy, y, n, 0.25f);
}

/** The branch of each value, kept and taken again by other values. */
static void check_sides(void) {
  enum { N = 256 };
  float *x = floats(N), *other = floats(N), *y = floats(N);
  uint8_t sides[N / TSCOPE_LANES];
  x[3] = 0;
  x[4] = -0.0f;
  tscope_sides_record(sides, x, N);
  for (int pass = 0; pass < 2; pass++) {
    const float slope = pass ? 0.25f : 0;
    tscope_sides_apply(y, other, sides, N, slope);
    for (int i = 0; i < N; i++) CHECK(y[i] == (x[i] > 0 ? other[i] : slope * other[i]));
  }
  free(x);
  free(other);
  free(y);
}

/** By the slopes at x that the forward pass keeps; its values are those of a pass without. */
static void gelu_backward(float *dx, const float *dy, const float *x, size_t n) {
  float *y = floats((int)n), *kept = floats((int)n), *slopes = floats((int)n);
  tscope_gelu_forward(y, x, n);
  tscope_gelu_forward_slopes(kept, slopes, x, n);
  CHECK(memcmp(y, kept, n * sizeof(float)) == 0);
  tscope_multiply(dx, dy, slopes, n);
  free(y);
  free(kept);
  free(slopes);
}

/** Values to a few units in the last place, slopes against central differences of the reference. */
static void check_activation(void (*forward)(float *, const float *, size_t),
                             void (*backward)(float *, const float *, const float *, size_t),
                             double (*reference)(double), int from_input) {
  enum { N = 4096 };
  float *x = floats(N), *y = floats(N), *dy = floats(N), *dx = floats(N);
  for (int i = 0; i < N; i++) x[i] = (float)((i - N / 2 + 0.37) * (24.0 / N));
  forward(y, x, N);
  backward(dx, dy, from_input ? x : y, N);
  for (int i = 0; i < N; i++) {
    const double expected = reference((double)x[i]), h = 1e-5;
    const double slope = (reference((double)x[i] + h) - reference((double)x[i] - h)) / (2 * h);
    CHECK_NEAR(y[i], expected, 4e-7 * fmax(1, fabs(expected)));
    CHECK_NEAR(dx[i], dy[i] * slope, 3e-6);
  }
  free(x);
  free(y);
  free(dy);
  free(dx);
}

/** tanh over all magnitudes: within 6 units in the last place up to 3, within 9 beyond it, where it
 * is nearly 1; never beyond 1, and 1 in the end. */
static void check_tanh(void) {
  enum { N = 1 << 16 };
  float *x = floats(N), *y = floats(N);
  for (int i = 0; i < N; i++)
    x[i] = (float)ldexp(i % 2 ? -1 : 1, -30) * exp2f((float)i * (36.0f / N));
  tscope_tanh_forward(y, x, N);
  for (int i = 0; i < N; i++) {
    const double expected = tanh((double)x[i]), size = fabs(expected);
    const int ulps = fabsf(x[i]) <= 3 ? 6 : 9;
    CHECK(fabs((double)y[i] - expected) <= ulps * ldexp(0.5, ilogb(size < 1 ? size : 0.5) - 22));
    CHECK(fabsf(y[i]) <= 1 && (y[i] < 0) == (x[i] < 0));
  }
  x[0] = INFINITY;
  x[1] = -1e30f;
  x[2] = 12;
  x[3] = -0.0f;
  tscope_tanh_forward(y, x, TSCOPE_LANES);
  CHECK(y[0] == 1 && y[1] == -1 && y[2] == 1 && y[3] == 0 && signbit(y[3]));
  free(x);
  free(y);
}

static void check_activations(void) {
  check_activation(tscope_relu_forward, tscope_relu_backward, relu, 0);
  check_activation(leaky_forward, leaky_backward, identity_leaky, 0);
  check_activation(tscope_tanh_forward, tscope_tanh_backward, tanh, 0);
  check_activation(tscope_sigmoid_forward, tscope_sigmoid_backward, sigmoid, 0);
  check_activation(tscope_gelu_forward, gelu_backward, gelu, 1);
  check_tanh();
}

static void check_dropout(void) {
  enum { N = 1 << 16 };
  float *x = floats(N), *y = floats(N), *again = floats(N), *other = floats(N);
  for (int i = 0; i < N; i++) x[i] = 1;
  tscope_dropout_apply(y, x, N, 0.3f, 77, 0);
  int kept = 0, differ = 0;
  for (int i = 0; i < N; i++) {
    CHECK(y[i] == 0 || fabsf(y[i] - 1 / 0.7f) < 1e-6f);
    kept += y[i] != 0;
  }
  /* Five standard deviations of a binomial. */
  CHECK_NEAR(kept, 0.7 * N, 5 * sqrt(0.21 * N));
  tscope_dropout_apply(again + N / 2, x, N / 2, 0.3f, 77, N / 2);
  CHECK(memcmp(again + N / 2, y + N / 2, N / 2 * sizeof(float)) == 0);
  tscope_dropout_apply(other, x, N, 0.3f, 78, 0);
  for (int i = 0; i < N; i++) differ += y[i] != other[i];
  CHECK_NEAR(differ, 0.42 * N, 5 * sqrt(0.42 * 0.58 * N));
  tscope_dropout_apply(y, x, N, 1, 77, 0);
  for (int i = 0; i < N; i++) CHECK(y[i] == 0);
  tscope_dropout_apply(y, x, N, 0, 77, 0);
  for (int i = 0; i < N; i++) CHECK(y[i] == 1);
  free(x);
  free(y);
  free(again);
  free(other);
}

/* ---- losses --------------------------------------------------------------------------------- */

/** A softmax is e^x down to e^-50, and 0 below. */
static void check_far_apart(void) {
  for (int i = 0; i <= 2000; i++) {
    const float apart = -0.055f * (float)i;
    _Alignas(16) float p[2 * TSCOPE_LANES] = {0};
    for (int lane = 0; lane < TSCOPE_LANES; lane++) p[lane] = apart;
    tscope_softmax_inplace(p, 2, 1);
    const double expected = exp((double)apart) / (1 + exp((double)apart));
    if (apart >= -50) CHECK_NEAR((double)p[5] / expected, 1, 5e-7);
    if (apart < -50) CHECK(p[5] == 0);
  }
}

/** Whichever of the two outputs is no number, and whichever is right, nor is the loss. */
static void check_two_classes(void) {
  const float broken[] = {NAN, INFINITY};
  for (int k = 0; k < 8; k++) {
    _Alignas(16) float logits[2 * TSCOPE_LANES] = {0}, d[2 * TSCOPE_LANES];
    const uint8_t label = (uint8_t)(k & 1);
    logits[(k >> 1 & 1) * TSCOPE_LANES] = broken[k >> 2];
    CHECK(!isfinite(tscope_cross_entropy(d, NULL, logits, &label, 1, 2, 1)));
    CHECK(!isfinite(tscope_cross_entropy(NULL, NULL, logits, &label, 1, 2, 1)));
  }
}

/** A share that is nothing beside the others' costs what it costs, and pulls no more. */
static void check_tiny_shares(void) {
  for (int classes = 2; classes <= 3; classes++) {
    for (int right = 0; right < 2; right++) {
      _Alignas(16) float logits[3 * TSCOPE_LANES] = {0}, d[3 * TSCOPE_LANES];
      const uint8_t label = (uint8_t)right;
      for (int c = 1; c < classes; c++) logits[c * TSCOPE_LANES] = -60;
      CHECK(tscope_cross_entropy(d, NULL, logits, &label, 1, classes, 1) == (right ? 60 : 0));
      CHECK(d[0] == (right ? 1 : 0) && d[TSCOPE_LANES] == (right ? -1 : 0));
      CHECK(classes == 2 || d[2 * TSCOPE_LANES] == 0);
    }
  }
}

static void check_losses(void) {
  const int counts[] = {1, 2, 6, 11};
  for (int rows = 1; rows <= 19; rows += 3) {
    for (int k = 0; k < 4; k++) {
      const int classes = counts[k];
      float *logits = activations(rows, classes, 1);
      const size_t n = (size_t)(blocks_of(rows) * classes * TSCOPE_LANES);
      float *d = floats(n), *targets = floats((size_t)(rows * classes));
      uint8_t labels[32];
      const float scale = 0.125f;
      double loss = 0, squares = 0;
      int correct = 0, expected_correct = 0;
      for (size_t i = 0; i < n; i++) logits[i] *= 30;
      for (int s = 0; s < rows; s++) labels[s] = (uint8_t)tscope_rng_below(&rng, (uint32_t)classes);
      for (int s = 0; s < rows; s++) {
        double sum = 0;
        int best = 0;
        for (int c = 0; c < classes; c++) {
          sum += exp((double)logits[at(s, c, 0, classes, 1)]);
          if (logits[at(s, c, 0, classes, 1)] > logits[at(s, best, 0, classes, 1)]) best = c;
        }
        loss += log(sum) - (double)logits[at(s, labels[s], 0, classes, 1)];
        expected_correct += best == labels[s];
      }
      CHECK_NEAR(tscope_cross_entropy(d, &correct, logits, labels, rows, classes, scale), loss,
                 1e-6 * (1 + fabs(loss)));
      CHECK(correct == expected_correct);
      CHECK_NEAR(tscope_cross_entropy(NULL, NULL, logits, labels, rows, classes, scale), loss,
                 1e-6 * (1 + fabs(loss)));
      for (int s = 0; s < blocks_of(rows) * TSCOPE_LANES; s++) {
        double sum = 0;
        for (int c = 0; c < classes; c++) sum += exp((double)logits[at(s, c, 0, classes, 1)]);
        for (int c = 0; c < classes; c++) {
          const double p = exp((double)logits[at(s, c, 0, classes, 1)]) / sum;
          const double expected = s < rows ? (p - (c == labels[s])) * (double)scale : 0;
          CHECK_NEAR(d[at(s, c, 0, classes, 1)], expected, 1e-7);
        }
      }
      for (int s = 0; s < rows; s++)
        for (int c = 0; c < classes; c++)
          squares +=
              0.5 *
              pow((double)logits[at(s, c, 0, classes, 1)] - (double)targets[s * classes + c], 2);
      CHECK_NEAR(tscope_squared_error(d, NULL, logits, targets, NULL, rows, classes, scale),
                 squares, 1e-5 * (1 + squares));
      for (int s = 0; s < rows; s++)
        for (int c = 0; c < classes; c++)
          CHECK_NEAR(d[at(s, c, 0, classes, 1)],
                     ((double)logits[at(s, c, 0, classes, 1)] - (double)targets[s * classes + c]) *
                         (double)scale,
                     1e-6);
      free(logits);
      free(d);
      free(targets);
    }
  }
}

/* ---- vectors -------------------------------------------------------------------------------- */

/** What is smaller than any normal float becomes 0, and nothing else does. */
static void check_flush(void) {
  const float kept[] = {FLT_MIN, -FLT_MIN, 1, -INFINITY},
              gone[] = {FLT_MIN / 2, -1e-45f, 1e-39f, 0};
  _Alignas(16) float v[12];
  for (int i = 0; i < 12; i++) v[i] = i < 4 ? kept[i] : i < 8 ? gone[i - 4] : i % 2 ? 3 : 1e-40f;
  tscope_flush_inplace(v, 12);
  for (int i = 0; i < 12; i++) CHECK(v[i] == (i < 4 ? kept[i] : i < 8 ? 0 : i % 2 ? 3 : 0));
}

static void check_vectors(void) {
  for (size_t n = 4; n < 20000; n = n * 2 + 4) {
    float *a = floats(n), *b = floats(n), *y = floats(n);
    double squares = 0, dot = 0;
    for (size_t i = 0; i < n; i++) {
      squares += (double)a[i] * (double)a[i];
      dot += (double)a[i] * (double)b[i];
    }
    CHECK_NEAR(tscope_sum_squares(a, n), squares, 1e-12 * squares);
    CHECK_NEAR(tscope_dot(a, b, n), dot, 1e-12 * squares);
    tscope_add_scaled(y, a, b, n, -0.5f);
    for (size_t i = 0; i < n; i++) CHECK(y[i] == a[i] + -0.5f * b[i]);
    tscope_scale_inplace(y, n, 3);
    for (size_t i = 0; i < n; i++) CHECK(y[i] == (a[i] + -0.5f * b[i]) * 3);
    free(a);
    free(b);
    free(y);
  }
  /* Squares of large floats exceed float's range, not double's. */
  float *huge = floats(8);
  for (int i = 0; i < 8; i++) huge[i] = 1e30f;
  CHECK_NEAR(sqrt(tscope_sum_squares(huge, 8)) / 1e30, sqrt(8), 1e-6);
  free(huge);
}

/** Whatever the size of the gradients: what floats cannot hold of their squares, doubles do. */
static void check_block_squares(void) {
  static const float SIZES[] = {1, 1e-3f, 1e-12f, 1e-21f, 1e-30f, 1e18f, 1e19f, 1e30f};
  for (size_t n = 4; n < 20000; n = n * 2 + 4) {
    for (size_t k = 0; k < sizeof SIZES / sizeof *SIZES; k++) {
      float *v = floats(n);
      double squares[5], sum = 0;
      for (size_t i = 0; i < n; i++) v[i] *= SIZES[k];
      v[n / 2] = v[0] / 1e20f; /* lost beside the others */
      for (int part = 0; part < 3; part++)
        tscope_block_squares(squares, v, n, (tscope_part){part, 3});
      for (int b = 0; b < tscope_block_count(n); b++) sum += squares[b];
      CHECK_NEAR(sqrt(sum), sqrt(tscope_sum_squares(v, n)), 1e-6 * sqrt(sum));
      v[n - 1] = NAN;
      tscope_block_squares(squares, v, n, TSCOPE_WHOLE);
      CHECK(isnan(squares[tscope_block_count(n) - 1]));
      v[n - 1] = -INFINITY;
      tscope_block_squares(squares, v, n, TSCOPE_WHOLE);
      CHECK(squares[tscope_block_count(n) - 1] == (double)INFINITY);
      free(v);
    }
  }
  float *none = floats(256);
  for (int i = 0; i < 256; i++) none[i] = 0;
  double squares = 1;
  tscope_block_squares(&squares, none, 256, TSCOPE_WHOLE);
  CHECK(squares == 0);
  none[200] = 1e-30f;
  tscope_block_squares(&squares, none, 256, TSCOPE_WHOLE);
  CHECK_NEAR(squares, 1e-60, 1e-66);
  free(none);
}

/* Normalizations: values by formula here, gradients in test_gradients.c by central differences. */
static void check_normalizations(void) {
  enum { CHANNELS = 5, PIXELS = 6 };
  for (int rows = 1; rows <= 18; rows += 4) {
    const int blocks = blocks_of(rows);
    float *x = activations(rows, CHANNELS, PIXELS), *gain = floats(CHANNELS),
          *bias = floats(CHANNELS);
    float *y = floats((size_t)(blocks * CHANNELS * PIXELS * TSCOPE_LANES));
    float *moments = floats((size_t)(blocks * 2 * TSCOPE_LANES)), *batch = floats(2 * CHANNELS);
    float running[2 * CHANNELS] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    tscope_layernorm_forward(y, moments, x, gain, bias, PIXELS, CHANNELS, blocks);
    for (int s = 0; s < rows; s++) {
      double mean = 0, variance = 0;
      for (int i = 0; i < CHANNELS * PIXELS; i++)
        mean += (double)x[at(s, i % CHANNELS, i / CHANNELS, CHANNELS, PIXELS)];
      mean /= CHANNELS * PIXELS;
      for (int i = 0; i < CHANNELS * PIXELS; i++)
        variance += pow((double)x[at(s, i % CHANNELS, i / CHANNELS, CHANNELS, PIXELS)] - mean, 2);
      variance /= CHANNELS * PIXELS;
      for (int i = 0; i < CHANNELS * PIXELS; i++) {
        const int c = i % CHANNELS;
        const size_t k = at(s, c, i / CHANNELS, CHANNELS, PIXELS);
        CHECK_NEAR(
            y[k], ((double)x[k] - mean) / sqrt(variance + 1e-5) * (double)gain[c] + (double)bias[c],
            3e-6);
      }
    }
    tscope_batchnorm_measure(batch, running, x, rows, PIXELS, CHANNELS, TSCOPE_WHOLE);
    tscope_batchnorm_forward(y, batch, x, gain, bias, PIXELS, CHANNELS, blocks);
    for (int c = 0; c < CHANNELS; c++) {
      double mean = 0, variance = 0;
      const double count = rows * PIXELS;
      for (int i = 0; i < rows * PIXELS; i++)
        mean += (double)x[at(i / PIXELS, c, i % PIXELS, CHANNELS, PIXELS)] / count;
      for (int i = 0; i < rows * PIXELS; i++)
        variance +=
            pow((double)x[at(i / PIXELS, c, i % PIXELS, CHANNELS, PIXELS)] - mean, 2) / count;
      for (int i = 0; i < rows * PIXELS; i++) {
        const size_t k = at(i / PIXELS, c, i % PIXELS, CHANNELS, PIXELS);
        CHECK_NEAR(
            y[k], ((double)x[k] - mean) / sqrt(variance + 1e-5) * (double)gain[c] + (double)bias[c],
            3e-6);
      }
      CHECK_NEAR(running[c], 0.1 * mean, 1e-6);
      CHECK_NEAR(running[CHANNELS + c], 0.9 + 0.1 * variance * count / (count - 1), 1e-6);
    }
    float *all[] = {x, gain, bias, y, moments, batch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  }
}

int main(void) {
  rng = tscope_rng_stream(7, TSCOPE_STREAM_SAMPLE, 0);
  check_convs();
  check_winograd();
  check_positions();
  check_linears();
  check_pools();
  check_nan_passes();
  check_activations();
  check_sides();
  check_dropout();
  check_far_apart();
  check_two_classes();
  check_tiny_shares();
  check_losses();
  check_vectors();
  check_flush();
  check_block_squares();
  check_normalizations();
  return CHECK_REPORT();
}
