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

#endif
