#include "base/complain.h"

tscope_line tscope_complain(tscope_problem *problem, int field) {
  problem->field = field;
  problem->position = -1;
  return tscope_line_start(problem->message, sizeof problem->message);
}

tscope_status tscope_refuse(tscope_problem *problem, tscope_status status, int field,
                            const char *sentence) {
  tscope_line line = tscope_complain(problem, field);
  tscope_line_add(&line, sentence);
  return status;
}
