/** The table of definitions as constants: TSCOPE_DEFINITION_infeasible_share and so on. */
#ifndef TRAINSCOPE_TRAIN_DEFINITIONS_H
#define TRAINSCOPE_TRAIN_DEFINITIONS_H

#include "trainscope/definition_fields.h"

#define TSCOPE_DEFINITION_CONSTANT(name, value, help) \
  static const double TSCOPE_DEFINITION_##name = value;
TSCOPE_DEFINITIONS(TSCOPE_DEFINITION_CONSTANT)
#undef TSCOPE_DEFINITION_CONSTANT

#endif
