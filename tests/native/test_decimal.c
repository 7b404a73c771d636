/** The decimals behind floats. */
#include <math.h>

#include "base/decimal.h"
#include "check.h"

static void short_decimals_come_back(void) {
  double power = 1;
  for (int places = 0; places <= 7; places++, power *= 10) {
    /* All of up to three places, and of more the last before 1. */
    const double first = power <= 1000 ? 0 : power - 1000;
    for (double i = first; i <= power; i++) {
      const double typed = i / power;
      CHECK(tscope_decimal((float)typed) == typed);
      CHECK(fabs((1 - tscope_share((float)typed)) - (1 - typed)) <= 5e-7 * (1 - typed));
    }
  }
}

static void other_floats_stay(void) {
  const float others[] = {0x1p-30f, 1e-12f, INFINITY, -INFINITY, 1e30f};
  for (int i = 0; i < 5; i++) CHECK(tscope_decimal(others[i]) == (double)others[i]);
  CHECK(tscope_decimal(-0.1f) == -0.1);
  CHECK(isnan(tscope_decimal(NAN)));
}

static void usual_shares_keep_their_bits(void) {
  const float usual[] = {0, 0.1f, 0.2f, 0.5f, 0.8f, 0.9f, 0.95f, 1};
  for (int i = 0; i < 8; i++) CHECK(tscope_share(usual[i]) == (double)usual[i]);
  CHECK(tscope_share(0.999999f) == 0.999999);
}

int main(void) {
  short_decimals_come_back();
  other_floats_stay();
  usual_shares_keep_their_bits();
  return CHECK_REPORT();
}
