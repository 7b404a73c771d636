/**
 * What happens at one position of a recurrent layer to eight samples, between the products: forward
 * from preactivations to the new state, and backward.
 */
#include "math/kernels.h"
#include "math/simd_math.h"

#define EACH(n) for (size_t i = 0, end_ = (size_t)(n)*TSCOPE_LANES; i < end_; i += 4)

/** Slopes from the values: of tanh, and of the logistic function. */
TSCOPE_INLINE f32x4 tanh_slope(f32x4 y) { return tscope_nmadd(y, y, tscope_splat(1)); }
TSCOPE_INLINE f32x4 sigmoid_slope(f32x4 y) { return y * (1.0f - y); }

/* ---- rnn ------------------------------------------------------------------------------------- */

void tscope_rnn_forward(float *h, float *gates, const float *recurrent, int n) {
  EACH(n) {
    const f32x4 y = tscope_tanh4(tscope_load(gates + i) + tscope_load(recurrent + i));
    tscope_store(gates + i, y);
    tscope_store(h + i, y);
  }
}

void tscope_rnn_backward(float *gates, const float *dh, int n) {
  EACH(n) tscope_store(gates + i, tscope_load(dh + i) * tanh_slope(tscope_load(gates + i)));
}

/* ---- gru ------------------------------------------------------------------------------------- */

void tscope_gru_forward(float *h, float *gates, const float *recurrent, const float *before,
                        int n) {
  const size_t part = (size_t)n * TSCOPE_LANES;
  float *reset = gates, *update = gates + part, *fresh = gates + 2 * part;
  EACH(n) {
    const f32x4 r = tscope_sigmoid4(tscope_load(reset + i) + tscope_load(recurrent + i));
    const f32x4 z = tscope_sigmoid4(tscope_load(update + i) + tscope_load(recurrent + part + i));
    const f32x4 q = tscope_load(recurrent + 2 * part + i);
    const f32x4 new = tscope_tanh4(tscope_madd(r, q, tscope_load(fresh + i)));
    tscope_store(reset + i, r);
    tscope_store(update + i, z);
    tscope_store(fresh + i, new);
    tscope_store(h + i, tscope_madd(z, tscope_load(before + i) - new, new));
  }
}

void tscope_gru_backward(float *gates, float *recurrent, float *dh, const float *before, int n) {
  const size_t part = (size_t)n * TSCOPE_LANES;
  float *reset = gates, *update = gates + part, *fresh = gates + 2 * part;
  EACH(n) {
    const f32x4 r = tscope_load(reset + i), z = tscope_load(update + i);
    const f32x4 new = tscope_load(fresh + i), q = tscope_load(recurrent + 2 * part + i);
    const f32x4 d = tscope_load(dh + i);
    const f32x4 d_new = d * (1.0f - z) * tanh_slope(new);
    const f32x4 d_update = d * (tscope_load(before + i) - new) * sigmoid_slope(z);
    const f32x4 d_reset = d_new * q * sigmoid_slope(r);
    tscope_store(reset + i, d_reset);
    tscope_store(update + i, d_update);
    tscope_store(fresh + i, d_new);
    tscope_store(recurrent + i, d_reset);
    tscope_store(recurrent + part + i, d_update);
    tscope_store(recurrent + 2 * part + i, d_new * r);
    tscope_store(dh + i, d * z);
  }
}

/* ---- lstm ------------------------------------------------------------------------------------ */

void tscope_lstm_forward(float *h, float *cell, float *gates, const float *recurrent,
                         const float *cell_before, int n) {
  const size_t part = (size_t)n * TSCOPE_LANES;
  float *in = gates, *forget = gates + part, *fresh = gates + 2 * part, *out = gates + 3 * part;
  EACH(n) {
    const f32x4 a = tscope_sigmoid4(tscope_load(in + i) + tscope_load(recurrent + i));
    const f32x4 f = tscope_sigmoid4(tscope_load(forget + i) + tscope_load(recurrent + part + i));
    const f32x4 g = tscope_tanh4(tscope_load(fresh + i) + tscope_load(recurrent + 2 * part + i));
    const f32x4 o = tscope_sigmoid4(tscope_load(out + i) + tscope_load(recurrent + 3 * part + i));
    const f32x4 kept = cell_before ? (f32x4)(f * tscope_load(cell_before + i)) : tscope_splat(0);
    const f32x4 c = tscope_madd(a, g, kept);
    tscope_store(in + i, a);
    tscope_store(forget + i, f);
    tscope_store(fresh + i, g);
    tscope_store(out + i, o);
    tscope_store(cell + i, c);
    tscope_store(h + i, o * tscope_tanh4(c));
  }
}

void tscope_lstm_backward(float *gates, const float *dh, float *dcell, const float *cell,
                          const float *cell_before, int n) {
  const size_t part = (size_t)n * TSCOPE_LANES;
  float *in = gates, *forget = gates + part, *fresh = gates + 2 * part, *out = gates + 3 * part;
  EACH(n) {
    const f32x4 a = tscope_load(in + i), f = tscope_load(forget + i);
    const f32x4 g = tscope_load(fresh + i), o = tscope_load(out + i);
    const f32x4 bent = tscope_tanh4(tscope_load(cell + i)), d = tscope_load(dh + i);
    const f32x4 d_cell = tscope_madd(d * o, tanh_slope(bent), tscope_load(dcell + i));
    const f32x4 kept = cell_before ? tscope_load(cell_before + i) : tscope_splat(0);
    tscope_store(in + i, d_cell * g * sigmoid_slope(a));
    tscope_store(forget + i, d_cell * kept * sigmoid_slope(f));
    tscope_store(fresh + i, d_cell * a * tanh_slope(g));
    tscope_store(out + i, d * bent * sigmoid_slope(o));
    tscope_store(dcell + i, d_cell * f);
  }
}
