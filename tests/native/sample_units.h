/** Every unit of the table, as the shortest text that the parser takes: a layer that is new there
 * is tested without being named. */
#ifndef TRAINSCOPE_TESTS_NATIVE_SAMPLE_UNITS_H
#define TRAINSCOPE_TESTS_NATIVE_SAMPLE_UNITS_H

#include <stdio.h>

#include "model/layer.h"

typedef struct sample_unit {
  char text[128];
} sample_unit;

/** "conv(3,3)", "dropout(0.5)", "tanh", "residual(tanh)": what is required, small and inside its
 * range. */
static inline sample_unit sample_unit_write(int index) {
  const tscope_unit_facts *facts = &tscope_unit_table[index];
  sample_unit unit;
  const size_t size = sizeof unit.text;
  int at = snprintf(unit.text, size, "%s", facts->name);
  if (facts->role == TSCOPE_ROLE_branch) at += snprintf(unit.text + at, size - at, "(tanh)");
  int required = 0;
  for (const tscope_argument *argument = facts->arguments; argument->name; argument++) {
    if (!argument->is_required) continue;
    const double whole = argument->max < 3 ? argument->max : argument->min < 3 ? 3 : argument->min;
    const double value = argument->is_whole ? whole : (argument->min + argument->max) / 2;
    at += snprintf(unit.text + at, size - at, "%s%g", required++ ? "," : "(", value);
  }
  if (required) snprintf(unit.text + at, size - at, ")");
  return unit;
}

#endif
