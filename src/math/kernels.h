/**
 * Every numeric kernel, with its layout and formula. Kernels never allocate and never fail; misuse
 * is an assert.
 *
 * Layout. Samples travel in blocks of TSCOPE_LANES = 8, one sample per lane, channels innermost:
 *     activations  [block][y][x][channel][8]      a vector is an image of one pixel
 * so that the eight samples of a block share every weight: a weight is loaded once into all lanes,
 * neighbouring channels and taps are neighbours in memory, and no im2col is needed. Lanes beyond
 * the batch hold finite rubbish in forward passes and exact zeros in gradients, so they add nothing
 * to any sum.
 *
 * Parameters stay in PyTorch's layouts; kernels that want another order are given a packed copy.
 *
 * Summation order is a function of the shapes alone, so results do not depend on the machine. Where
 * several threads work on a batch, each calls a kernel for its own blocks of samples; a kernel that
 * sums over all samples takes a part of its outputs instead (tscope_part).
 */
#ifndef TRAINSCOPE_MATH_KERNELS_H
#define TRAINSCOPE_MATH_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/team.h"
#include "math/simd.h"

/* ---- convolution, and linear layers as convolutions over the whole image -------------------- */

/**
 * A cross-correlation. in_height and in_width include the zero padding, which the caller has
 * written into x. A linear layer has the kernel cover the image: out_height = out_width = 1.
 */
typedef struct tscope_conv {
  int in_channels, in_height, in_width;
  int out_channels, out_height, out_width;
  int kernel_height, kernel_width, stride;
  int pad; /* rows and columns of zeros on each side that in_height and in_width include */
} tscope_conv;

/** Taps of one output: kernel_height * kernel_width * in_channels. */
int tscope_conv_taps(const tscope_conv *conv);
/** One output pixel that sees the whole input: its taps are one run of memory. */
int tscope_conv_is_linear(const tscope_conv *conv);
/** One pixel of the input for one of the output: a linear layer at every pixel or position. */
int tscope_conv_is_pointwise(const tscope_conv *conv);

/** Whether the kernels read a packed copy of the weight, rather than the weight itself. */
int tscope_conv_is_packed_forward(const tscope_conv *conv);
int tscope_conv_is_packed_backward(const tscope_conv *conv);

/** Floats of a packed weight, T the rows of a tile (tile.h): forward [⌈out/T⌉][taps][T], backward
 * [⌈in/T⌉][kernel][out][T] (or by tap, if linear). What else the kernels want lies behind. */
size_t tscope_conv_packed_forward_size(const tscope_conv *conv);
size_t tscope_conv_packed_backward_size(const tscope_conv *conv);
/** Floats of scratch, a thread's own, that tscope_conv_forward and tscope_conv_backward_input need.
 */
uint64_t tscope_conv_scratch_size(const tscope_conv *conv);
/** Floats of workspace that tscope_conv_backward_weights needs for so many blocks. */
uint64_t tscope_conv_workspace_size(const tscope_conv *conv, int blocks);

/** weight: [out][in][kernel_height][kernel_width], as PyTorch stores it. */
void tscope_conv_pack_forward(float *packed, const float *weight, const tscope_conv *conv,
                              tscope_part part);
void tscope_conv_pack_backward(float *packed, const float *weight, const tscope_conv *conv,
                               tscope_part part);

/** Copies x [block][y][x][c][8] into the middle of a zero-padded image. */
void tscope_conv_pad(float *padded, const float *x, const tscope_conv *conv, int blocks);

/** y[o] = bias[o] + Σ_taps weight[o][tap] x[tap]; bias may be NULL. weights: packed forward, or the
 * weight where it is not packed. */
void tscope_conv_forward(float *y, const float *x, const float *weights, const float *bias,
                         const tscope_conv *conv, int blocks, float *scratch);

/** dx = Σ over the outputs that each input fed; dx has no padding. weights: packed backward, or the
 * weight where it is not packed. */
void tscope_conv_backward_input(float *dx, const float *dy, const float *weights,
                                const tscope_conv *conv, int blocks, float *scratch);

/** Of a large weight and so few blocks the same without a packed copy, unless several calls would
 * share that. */
int tscope_conv_is_packed_as_used(const tscope_conv *conv, int blocks);
void tscope_conv_backward_input_as_used(float *dx, const float *dy, const float *weight,
                                        const tscope_conv *conv, int blocks, float *scratch);

/**
 * dweight[o][tap] = Σ_samples,pixels dy[o] x[tap], in PyTorch's order; dbias[o] = Σ dy[o] (NULL:
 * not wanted). rows: samples; in lanes beyond them dy is 0. accumulate: adds to what is there
 * instead of replacing it. The parts share the workspace; of a linear layer all parts of
 * tscope_conv_prepare_weights come first, which does nothing of others.
 */
void tscope_conv_prepare_weights(const float *dy, const float *x, const tscope_conv *conv, int rows,
                                 float *workspace, tscope_part part);
void tscope_conv_backward_weights(float *dweight, float *dbias, const float *dy, const float *x,
                                  const tscope_conv *conv, int rows, int accumulate,
                                  float *workspace, tscope_part part);
/** Whether both are made of what all parts left in the workspace, in parts again. */
int tscope_conv_weights_are_winograd(const tscope_conv *conv);
void tscope_conv_finish_weights(float *dweight, float *dbias, const tscope_conv *conv, int rows,
                                int accumulate, float *workspace, tscope_part part);

/* ---- pooling -------------------------------------------------------------------------------- */

/** A pooling window of size × size; ceil_mode 1 lets the last windows hang over the border. */
typedef struct tscope_pool {
  int channels, in_height, in_width, out_height, out_width, size, stride;
} tscope_pool;

/** y = the window's largest value; index = its place in the window (row-major), the first on ties;
 * NaN wins. */
void tscope_maxpool_forward(float *y, int32_t *index, const float *x, const tscope_pool *pool,
                            int blocks);
/** y = what stands at index, the window's largest value or not. */
void tscope_maxpool_gather(float *y, const int32_t *index, const float *x, const tscope_pool *pool,
                           int blocks);
void tscope_maxpool_backward(float *dx, const float *dy, const int32_t *index,
                             const tscope_pool *pool, int blocks);
/** y = mean over the pixels that the window covers inside the image. */
void tscope_avgpool_forward(float *y, const float *x, const tscope_pool *pool, int blocks);
/** dx (+)= dy spread over the window; accumulate as above. */
void tscope_avgpool_backward(float *dx, const float *dy, const tscope_pool *pool, int blocks,
                             int accumulate);

/* ---- activations: n floats, a multiple of 8; y may be x, dx may be dy ----------------------- */

void tscope_relu_forward(float *y, const float *x, size_t n);
void tscope_leakyrelu_forward(float *y, const float *x, size_t n, float slope);
void tscope_tanh_forward(float *y, const float *x, size_t n);
void tscope_sigmoid_forward(float *y, const float *x, size_t n);
/** Of blocks whose last four lanes are beyond the batch: they become zeros. */
void tscope_tanh_forward_half(float *y, const float *x, size_t n);
void tscope_sigmoid_forward_half(float *y, const float *x, size_t n);
/** gelu(x) = x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))). Source: Hendrycks & Gimpel 2016, the tanh
 * form. */
void tscope_gelu_forward(float *y, const float *x, size_t n);
/** The same, and the derivatives at x, which a gradient is to be multiplied by: most of what they
 * take is there already. */
void tscope_gelu_forward_slopes(float *y, float *slopes, const float *x, size_t n);

/* Gradients from the output y. */
void tscope_relu_backward(float *dx, const float *dy, const float *y, size_t n);
void tscope_leakyrelu_backward(float *dx, const float *dy, const float *y, size_t n, float slope);
void tscope_tanh_backward(float *dx, const float *dy, const float *y, size_t n);
void tscope_sigmoid_backward(float *dx, const float *dy, const float *y, size_t n);

/* A rectifier with its kinks held: sides[i] has a bit for each of the eight x[8 i …] that is above
 * 0, and apply multiplies the others by the slope, whatever they are by now. Also of gradients. */
void tscope_sides_record(uint8_t *sides, const float *x, size_t n);
void tscope_sides_apply(float *y, const float *x, const uint8_t *sides, size_t n, float slope);

/**
 * Inverted dropout: y = x / (1 - p) where a hash of (key, position) keeps the element, else 0. The
 * same key gives the same mask, so the backward pass applies it to dy. position: of x[0] in the
 * batch's activations, a multiple of 8.
 */
void tscope_dropout_apply(float *y, const float *x, size_t n, float p, uint32_t key,
                          uint32_t position);

/* ---- normalization -------------------------------------------------------------------------- */

/**
 * Layer normalization over all elements of a sample: y = (x - mean) / √(var + 1e-5) · gain + bias,
 * gain and bias per channel. Source: Ba, Kiros & Hinton 2016; for images PyTorch's GroupNorm(1, C).
 * moments: [blocks][2][8], mean and 1/√(var + ε) of each sample, for the backward pass.
 */
void tscope_layernorm_forward(float *y, float *moments, const float *x, const float *gain,
                              const float *bias, int pixels, int channels, int blocks);
/** dgain[c] = Σ dy · normalized x, dbias[c] = Σ dy, for the channels of this part. */
void tscope_layernorm_backward_affine(float *dgain, float *dbias, const float *dy, const float *x,
                                      const float *moments, int pixels, int channels, int blocks,
                                      int accumulate, tscope_part part);
void tscope_layernorm_backward_input(float *dx, const float *dy, const float *x,
                                     const float *moments, const float *gain, int pixels,
                                     int channels, int blocks);

/**
 * y = x / √(mean(x²) + 1e-5) · gain, over all elements of a sample, gain per channel. Source: Zhang
 * & Sennrich 2019. rates: [blocks][8], 1/√(…) of each sample, for the backward pass.
 */
void tscope_rmsnorm_forward(float *y, float *rates, const float *x, const float *gain, int pixels,
                            int channels, int blocks);
void tscope_rmsnorm_backward_gain(float *dgain, const float *dy, const float *x, const float *rates,
                                  int pixels, int channels, int blocks, int accumulate,
                                  tscope_part part);
void tscope_rmsnorm_backward_input(float *dx, const float *dy, const float *x, const float *rates,
                                   const float *gain, int pixels, int channels, int blocks);

/**
 * Batch normalization per channel over samples and pixels. Source: Ioffe & Szegedy 2015, as PyTorch
 * computes it. rows: samples in the batch, so that dead lanes stay out of the statistics. moments:
 * [2][channels], mean and 1/√(var + ε). running: [2][channels] mean and unbiased variance, moved by
 * 0.1, or NULL to leave them alone.
 */
void tscope_batchnorm_measure(float *moments, float *running, const float *x, int rows, int pixels,
                              int channels, tscope_part part);
/** moments from the running statistics, for evaluation. */
void tscope_batchnorm_recall(float *moments, const float *running, int channels, tscope_part part);
void tscope_batchnorm_forward(float *y, const float *moments, const float *x, const float *gain,
                              const float *bias, int pixels, int channels, int blocks);
void tscope_batchnorm_backward(float *dx, float *dgain, float *dbias, const float *dy,
                               const float *x, const float *moments, const float *gain, int rows,
                               int pixels, int channels, int accumulate, tscope_part part);

/* ---- recurrent layers: n × 8 floats of one position, PyTorch's gates one after the other ------
 */

/** h = tanh(gates + recurrent), which gates become. */
void tscope_rnn_forward(float *h, float *gates, const float *recurrent, int n);
/** gates, the values of tanh, become the gradient of its argument. */
void tscope_rnn_backward(float *gates, const float *dh, int n);

/** r, z = σ(gates + recurrent), new = tanh(gates + r · recurrent), h = (1 - z) new + z before.
 * Gates become r, z and new. */
void tscope_gru_forward(float *h, float *gates, const float *recurrent, const float *before, int n);
/** gates and recurrent become the gradients of what they were in forward, dh what of it goes
 * straight to the state before. */
void tscope_gru_backward(float *gates, float *recurrent, float *dh, const float *before, int n);

/** i, f, g, o = σ, σ, tanh, σ(gates + recurrent), cell = f cell_before + i g, h = o tanh(cell).
 * Gates become those four. cell_before NULL: zeros. */
void tscope_lstm_forward(float *h, float *cell, float *gates, const float *recurrent,
                         const float *cell_before, int n);
/** gates become the gradients of their arguments, dcell that of the cell before. */
void tscope_lstm_backward(float *gates, const float *dh, float *dcell, const float *cell,
                          const float *cell_before, int n);

/* ---- losses --------------------------------------------------------------------------------- */

/**
 * Softmax cross-entropy. logits, dlogits: [block][classes][8]; labels: [rows]. Returns Σ over
 * samples of -log softmax(logits)[label], summed in double in sample order; dlogits = (softmax -
 * one-hot) · scale, zero in dead lanes (dlogits NULL: loss only). correct: += samples whose first
 * largest logit is the label (NULL: not wanted).
 */
double tscope_cross_entropy(float *dlogits, int32_t *correct, const float *logits,
                            const uint8_t *labels, int rows, int classes, float scale);

/**
 * What label smoothing and z-loss add to the sum of cross-entropies, and to dlogits where it is not
 * NULL. smoothing: of the label a share goes to all classes alike, as in PyTorch's
 * CrossEntropyLoss, which adds ε (logit of the label - mean logit). z: adds z (log Σ exp logits)²
 * (Chowdhery et al. 2022, PaLM).
 */
double tscope_cross_entropy_extras(float *dlogits, const float *logits, const uint8_t *labels,
                                   int rows, int classes, float scale, float smoothing, float z);

/** Σ over samples of ½ Σ_outputs (f - y)²; d = (f - y) · scale. y: targets [rows][outputs], or
 * one-hot labels. */
double tscope_squared_error(float *d, int32_t *correct, const float *outputs, const float *targets,
                            const uint8_t *labels, int rows, int count, float scale);

/** The lanes, a bit each, of one block's first `used` samples whose first largest of `count`
 * outputs is the label. */
int tscope_correct_lanes(const float *outputs, const uint8_t *labels, int used, int count);

/** Probabilities in place of logits, [block][classes][8]. */
void tscope_softmax_inplace(float *logits, int classes, int blocks);

/* ---- matrices ------------------------------------------------------------------------------- */

/** Floats of workspace that tscope_newton_schulz needs for a matrix. */
size_t tscope_newton_schulz_floats(int rows, int columns);
double tscope_newton_schulz_flops(int rows, int columns);

/**
 * theta -= rate · X, X being the matrix g [rows][columns] after five Newton-Schulz steps: with G =
 * U S Vᵀ about U Vᵀ, singular values between 0.68 and 1.13 as long as they are not tiny. Source:
 * Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks". Every thread calls
 * it, and it ends with a barrier.
 */
void tscope_newton_schulz(float *theta, const float *g, int rows, int columns, float rate,
                          float *workspace, tscope_part part, tscope_team *team);

/* ---- embedding ------------------------------------------------------------------------------- */

/** y [position][n][8] = the row of weight [vocabulary][n] that each lane's token names. tokens:
 * [position][8], whole numbers; what is none of the vocabulary is taken for the nearest that is. */
void tscope_embed_forward(float *y, const float *tokens, const float *weight, int n, int vocabulary,
                          int positions);
/** dweight [vocabulary][n] = Σ dy over the positions of each token, the columns of this part. */
void tscope_embed_backward(float *dweight, const float *dy, const float *tokens, int n,
                           int vocabulary, int positions, int accumulate, tscope_part part);

/* ---- sequences: [block][position][channel][8] ------------------------------------------------ */

/** y = x + table, a number for each of a sample's; y may be x. */
void tscope_table_add(float *y, const float *x, const float *table, size_t numbers, int blocks);
/** dtable = Σ_samples dy, for this part of the numbers. */
void tscope_table_backward(float *dtable, const float *dy, size_t numbers, int blocks,
                           int accumulate, tscope_part part);

/** y [block][channels][8] = mean over positions. */
void tscope_mean_forward(float *y, const float *x, int positions, int channels, int blocks);
void tscope_mean_backward(float *dx, const float *dy, int positions, int channels, int blocks);

/** The squares of side × side pixels of an image, in reading order; pixels beyond the last are left
 * out. */
typedef struct tscope_patches {
  int channels, height, width, side;
} tscope_patches;

/** sequence [block][patch][channels · side · side][8], numbers in the order c, y, x. */
void tscope_patches_forward(float *sequence, const float *image, const tscope_patches *patches,
                            int blocks);
void tscope_patches_backward(float *dimage, const float *dsequence, const tscope_patches *patches,
                             int blocks);

/**
 * Multi-head attention between a projection [block][position][3 width][8], of each position its
 * queries, keys and values, heads one after the other, and what the heads make of it,
 * [block][position][width][8]: per head softmax(q kᵀ / √n) v with n = width / heads. Source:
 * Vaswani et al. 2017.
 */
typedef struct tscope_attention {
  int length, width, heads;
  int is_causal;  /* a position sees none after it */
  int normalizes; /* queries and keys through a layer normalization without gain, head by head */
  int rotates;    /* then turned by their position, pairs (d, d + n/2) */
} tscope_attention;

/** Floats of working space that a thread needs. */
size_t tscope_attention_scratch(const tscope_attention *attention);
/** Normalizes and turns queries and keys in place. normal [block][position][2 width][8] and rates
 * [block][position][2 heads][8] are kept for the gradient where it normalizes; turns [position][n]:
 * n/2 cosines, n/2 sines. */
void tscope_attention_prepare(float *projected, float *normal, float *rates, const float *turns,
                              const tscope_attention *attention, int blocks);
/** The gradient of that, in place of the gradient of its outcome. */
void tscope_attention_unprepare(float *dprojected, const float *normal, const float *rates,
                                const float *turns, const tscope_attention *attention, int blocks);
/** stats [block][position][heads][2][8]: of each query's scores the largest, and 1 / Σ e^(score -
 * largest). peaks [block][8]: the largest |score| of each sample. */
void tscope_attention_forward(float *mixed, float *stats, float *peaks, const float *projected,
                              float *scratch, const tscope_attention *attention, int blocks);
/** softmax(q kᵀ / √n) of the first lane's sample, to be looked at: weights [heads][query][key],
 * from its prepared projection; 0 where a query sees no key. In double. */
void tscope_attention_weights(float *weights, const float *projected,
                              const tscope_attention *attention);
/** From the gradient of mixed that of the projection, which takes the projection's place. */
void tscope_attention_backward(float *projected, const float *dmixed, const float *stats,
                               float *scratch, const tscope_attention *attention, int blocks);

/* ---- arithmetic ------------------------------------------------------------------------------ */

/** Whether tscope_madd rounds once, found out by one product whose two roundings differ. */
int tscope_fuses(void);

/* ---- vectors: n a multiple of 4, 16-byte aligned -------------------------------------------- */

/** Σ v², in double, over fixed blocks of 4,096 that are added in order. */
double tscope_sum_squares(const float *v, size_t n);
/** Σ v² of each of this part's blocks, of the ⌈n / 4096⌉ there are: within 1e-6, which is what a
 * gradient's norm needs. */
void tscope_block_squares(double *squares, const float *v, size_t n, tscope_part part);
int tscope_block_count(size_t n);
/** Σ a b, in double, in the same order. */
double tscope_dot(const float *a, const float *b, size_t n);
void tscope_scale_inplace(float *v, size_t n, float scale);
/** What is smaller than any normal float becomes 0. */
void tscope_flush_inplace(float *v, size_t n);
/** y = a b, elementwise; y may be either. */
void tscope_multiply(float *y, const float *a, const float *b, size_t n);
/** y += a x */
void tscope_axpy(float *y, const float *x, size_t n, float a);
/** y = a + s b; y may be a. */
void tscope_add_scaled(float *y, const float *a, const float *b, size_t n, float s);

#endif
