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

tscope_status tscope_refuse_numbers(tscope_problem *problem, tscope_status status,
                                    const char *before, int64_t first, const char *between,
                                    int64_t second, const char *after) {
  tscope_line line = tscope_complain(problem, -1);
  tscope_line_add(&line, before);
  tscope_line_add_int(&line, first);
  tscope_line_add(&line, between);
  tscope_line_add_int(&line, second);
  tscope_line_add(&line, after);
  return status;
}
