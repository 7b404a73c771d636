#include "math/kernels.h"
#include "math/simd.h"

int tscope_fuses(void) {
  /* 1 + 2^-12 squared is 1 + 2^-11 + 2^-24, whose last bit a float has no room for: it is there
   * after 1 + 2^-11 was taken away only where the product was not rounded. volatile: the compiler
   * must not compute it. */
  volatile float factor = 1 + 0x1p-12f, rounded = 1 + 0x1p-11f;
  const f32x4 a = tscope_splat(factor), c = tscope_splat(rounded);
  const i32x4 is_once =
      (i32x4)(tscope_madd(a, a, -c) == 0x1p-24f) & (i32x4)(tscope_nmadd(a, a, c) == -0x1p-24f);
  return tscope_all(is_once);
}
