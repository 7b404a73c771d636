/** What is wrong, for whoever asked: a status, and the sentence of a tscope_problem. */
#ifndef TRAINSCOPE_BASE_COMPLAIN_H
#define TRAINSCOPE_BASE_COMPLAIN_H

#include "base/text.h"
#include "trainscope/config.h"

/** Begins the sentence of a problem with a field, -1 for none, and no position in a model's text.
 */
tscope_line tscope_complain(tscope_problem *problem, int field);

/** The same with a whole sentence; returns status. */
tscope_status tscope_refuse(tscope_problem *problem, tscope_status status, int field,
                            const char *sentence);

/** And with one of two numbers: "before 17 between 12 after". */
tscope_status tscope_refuse_numbers(tscope_problem *problem, tscope_status status,
                                    const char *before, int64_t first, const char *between,
                                    int64_t second, const char *after);

#endif
