/* clang-format off */
/**
 * The table of generated data sets whose samples are tokens: what tells them from points and images.
 *
 *   TASK(id, defaults, help)
 *     id        of an option of the setting dataset (config_fields.h)
 *     defaults  "length=3": where the setting's own default does not suit it. It counts wherever a
 *               setting can be left out; a tscope_config in C is always complete.
 *     help      what a sample is, in a line
 *
 * How a sample is made: src/data/tokens.c.
 */
#ifndef TRAINSCOPE_TASK_FIELDS_H
#define TRAINSCOPE_TASK_FIELDS_H

#define TSCOPE_TASKS(TASK) \
  TASK(sort,      "",         "Symbols, a bar, the same symbols in order; what follows the bar is scored") \
  TASK(reverse,   "",         "Symbols, a bar, the same symbols backwards; what follows the bar is scored") \
  TASK(addition,  "length=3", "Two numbers and their sum, its lowest digit first; the sum is scored") \
  TASK(recall,    "",         "Five symbols, blanks, a mark, then the five again: what follows the mark is scored (Hochreiter and Schmidhuber 1997, as Arjovsky et al. 2016 use it)") \
  TASK(sentences, "",         "Characters of endless small text from a grammar; every character is scored")

/* clang-format on */

#endif
