/**
 * Four floats in a register: wasm intrinsics in the browser, the compiler's vector type natively.
 * The only file that knows either. Every operation rounds as IEEE 754 says on both, so both give
 * the same bits.
 *
 * There are two arithmetics of one source. Plain: a product is rounded before it is added. Fused,
 * with TSCOPE_FUSED: tscope_madd and tscope_nmadd round once, and nothing else does; so what is
 * fused, and in which order, is what the source says, and again all machines give the same bits.
 */
#ifndef TRAINSCOPE_MATH_SIMD_H
#define TRAINSCOPE_MATH_SIMD_H

#include <stdint.h>

#define TSCOPE_INLINE static inline __attribute__((always_inline))
/* Of what only asserts call. */
#define TSCOPE_ASSERTED static __attribute__((unused))

/* Samples are processed eight at a time: two registers. Activations are [block][element][8]. */
enum { TSCOPE_LANES = 8 };

typedef float f32x4 __attribute__((vector_size(16), aligned(16), may_alias));
typedef int32_t i32x4 __attribute__((vector_size(16), aligned(16), may_alias));
typedef uint32_t u32x4 __attribute__((vector_size(16), aligned(16), may_alias));
typedef double f64x2 __attribute__((vector_size(16), aligned(16), may_alias));

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#else
#include <string.h>
#endif

#ifdef TSCOPE_FUSED
enum { TSCOPE_IS_FUSED = 1 };
#if defined(__FMA__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#elif !defined(__wasm_simd128__)
#include <math.h>
#endif
#else
enum { TSCOPE_IS_FUSED = 0 };
#endif

/**
 * Before a loop that the compiler must leave one. V8 puts all loads of a stretch without branches
 * before its arithmetic, so a stretch must not load more than fifteen registers can hold beside the
 * sums; what does not fit waits in memory.
 */
#ifdef __clang__
#define TSCOPE_KEEP_LOOP _Pragma("clang loop unroll(disable)")
#else
#define TSCOPE_KEEP_LOOP
#endif

/**
 * Says of a pointer no more than that it is one. Of several that go on together the optimizer makes
 * sums of one number and each pointer's beginning, which V8 computes at every turn of a loop and
 * for every load and store; those it knows nothing of go on by themselves.
 */
#define TSCOPE_LONE(pointer) __asm__("" : "+r"(pointer))

/* a + b, a * b and comparisons are the language's own operators on f32x4 in both compilers. Where a
 * product is added to something, that is said with one of these two. */

/** a b + c, rounded once where arithmetic is fused. */
TSCOPE_INLINE f32x4 tscope_madd(f32x4 a, f32x4 b, f32x4 c) {
#ifndef TSCOPE_FUSED
  return a * b + c;
#elif defined(__wasm_simd128__)
  /* Rounds once or twice as the machine pleases: tscope_fuses asks it. */
  return (f32x4)__builtin_wasm_relaxed_madd_f32x4(a, b, c);
#elif defined(__FMA__)
  return (f32x4)_mm_fmadd_ps((__m128)a, (__m128)b, (__m128)c);
#elif defined(__ARM_NEON)
  return (f32x4)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return (f32x4){fmaf(a[0], b[0], c[0]), fmaf(a[1], b[1], c[1]), fmaf(a[2], b[2], c[2]),
                 fmaf(a[3], b[3], c[3])};
#endif
}

/** c - a b, likewise. */
TSCOPE_INLINE f32x4 tscope_nmadd(f32x4 a, f32x4 b, f32x4 c) {
#ifndef TSCOPE_FUSED
  return c - a * b;
#elif defined(__wasm_simd128__)
  return (f32x4)__builtin_wasm_relaxed_nmadd_f32x4(a, b, c);
#else
  return tscope_madd(-a, b, c); /* turning a sign is exact */
#endif
}

/** What tscope_load and tscope_store need of an address. */
TSCOPE_INLINE int tscope_is_aligned(const void *p) { return ((uintptr_t)p & 15) == 0; }

TSCOPE_INLINE f32x4 tscope_load(const float *p) { return *(const f32x4 *)p; }
TSCOPE_INLINE void tscope_store(float *p, f32x4 v) { *(f32x4 *)p = v; }

TSCOPE_INLINE f32x4 tscope_load_unaligned(const float *p) {
#ifdef __wasm_simd128__
  return (f32x4)wasm_v128_load(p);
#else
  f32x4 v;
  memcpy(&v, p, sizeof v);
  return v;
#endif
}

TSCOPE_INLINE void tscope_store_unaligned(float *p, f32x4 v) {
#ifdef __wasm_simd128__
  wasm_v128_store(p, (v128_t)v);
#else
  memcpy(p, &v, sizeof v);
#endif
}

TSCOPE_INLINE f32x4 tscope_splat(float x) { return (f32x4){x, x, x, x}; }

/** *p in all four lanes; one instruction where the machine has it. */
TSCOPE_INLINE f32x4 tscope_load_splat(const float *p) {
#ifdef __wasm_simd128__
  return (f32x4)wasm_v128_load32_splat(p);
#else
  return tscope_splat(*p);
#endif
}

/** mask ? a : b, mask lanes all ones or all zeros. */
TSCOPE_INLINE f32x4 tscope_select(i32x4 mask, f32x4 a, f32x4 b) {
#ifdef __wasm_simd128__
  return (f32x4)wasm_v128_bitselect((v128_t)a, (v128_t)b, (v128_t)mask);
#else
  return (f32x4)(((i32x4)a & mask) | ((i32x4)b & ~mask));
#endif
}

/** a < b ? b : a, so a NaN in a stays (C's way, not IEEE maximum). */
TSCOPE_INLINE f32x4 tscope_max(f32x4 a, f32x4 b) {
#ifdef __wasm_simd128__
  return (f32x4)wasm_f32x4_pmax((v128_t)a, (v128_t)b);
#else
  return tscope_select((i32x4)(a < b), b, a);
#endif
}

/** The larger of whole numbers. */
TSCOPE_INLINE i32x4 tscope_max_int(i32x4 a, i32x4 b) {
#ifdef __wasm_simd128__
  return (i32x4)wasm_i32x4_max((v128_t)a, (v128_t)b);
#else
  const i32x4 wins = (i32x4)(a < b);
  return (wins & b) | (~wins & a);
#endif
}

/** b < a ? b : a, so a NaN in a stays. */
TSCOPE_INLINE f32x4 tscope_min(f32x4 a, f32x4 b) {
#ifdef __wasm_simd128__
  return (f32x4)wasm_f32x4_pmin((v128_t)a, (v128_t)b);
#else
  return tscope_select((i32x4)(b < a), b, a);
#endif
}

TSCOPE_INLINE f32x4 tscope_sqrt4(f32x4 v) {
#ifdef __wasm_simd128__
  return (f32x4)wasm_f32x4_sqrt((v128_t)v);
#else
  return (f32x4){__builtin_sqrtf(v[0]), __builtin_sqrtf(v[1]), __builtin_sqrtf(v[2]),
                 __builtin_sqrtf(v[3])};
#endif
}

/** Whether all lanes of a mask are set. */
TSCOPE_INLINE int tscope_all(i32x4 mask) {
#ifdef __wasm_simd128__
  return wasm_i32x4_bitmask((v128_t)mask) == 15;
#else
  return (mask[0] & mask[1] & mask[2] & mask[3]) != 0;
#endif
}

/** Whether a lane of a mask is set. */
TSCOPE_INLINE int tscope_any(i32x4 mask) {
#ifdef __wasm_simd128__
  return wasm_v128_any_true((v128_t)mask);
#else
  return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
#endif
}

/** v, 0 where it is smaller than any normal float: a processor may take a hundred times as long for
 * each of those. */
TSCOPE_INLINE f32x4 tscope_flush(f32x4 v) {
  const i32x4 is_normal = ((i32x4)v & 0x7fffffff) > 0x007fffff; /* so are infinity and NaN */
  return (f32x4)((i32x4)v & is_normal);
}

/** Rows a, b, c, d of a 4×4 matrix become its columns. */
TSCOPE_INLINE void tscope_transpose4(f32x4 *a, f32x4 *b, f32x4 *c, f32x4 *d) {
  const f32x4 ab_low = __builtin_shufflevector(*a, *b, 0, 4, 1, 5);
  const f32x4 ab_high = __builtin_shufflevector(*a, *b, 2, 6, 3, 7);
  const f32x4 cd_low = __builtin_shufflevector(*c, *d, 0, 4, 1, 5);
  const f32x4 cd_high = __builtin_shufflevector(*c, *d, 2, 6, 3, 7);
  *a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  *b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  *c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  *d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

/** p[0] and p[1] as doubles: one instruction where the machine has it. */
TSCOPE_INLINE f64x2 tscope_load_double(const float *p) {
#ifdef __wasm_simd128__
  return (f64x2)wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(p));
#else
  return (f64x2){p[0], p[1]};
#endif
}

/** The first two lanes as doubles. */
TSCOPE_INLINE f64x2 tscope_low_double(f32x4 v) {
#ifdef __wasm_simd128__
  return (f64x2)wasm_f64x2_promote_low_f32x4((v128_t)v);
#else
  return (f64x2){v[0], v[1]};
#endif
}

/** The last two. */
TSCOPE_INLINE f64x2 tscope_high_double(f32x4 v) {
  return tscope_low_double(__builtin_shufflevector(v, v, 2, 3, 2, 3));
}

/** (0 + 1) + (2 + 3): the one order in which lanes are summed. */
TSCOPE_INLINE float tscope_lane_sum(f32x4 v) { return (v[0] + v[1]) + (v[2] + v[3]); }

#endif
