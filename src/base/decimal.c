#include "base/decimal.h"

#include <stdint.h>

enum { PLACES_MAX = 9 };

/* Of 1 - x: half of what the rules may be off by, the other half being for their own rounding. */
static const double NEGLIGIBLE = 5e-7;

double tscope_decimal(float x) {
  double power = 1;
  for (int places = 0; places <= PLACES_MAX; places++, power *= 10) {
    const double scaled = (double)x * power;
    if (!(scaled > -1e15 && scaled < 1e15)) break;
    const double decimal = (double)(int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5)) / power;
    if ((float)decimal == x) return decimal;
  }
  return (double)x;
}

double tscope_share(float x) {
  const double decimal = tscope_decimal(x), error = decimal - (double)x;
  const double most = NEGLIGIBLE * (1 - decimal);
  return error <= most && error >= -most ? (double)x : decimal;
}
