/** Reads the model text and calls a visitor for every unit, repeats expanded. */
#ifndef TRAINSCOPE_MODEL_TEXT_H
#define TRAINSCOPE_MODEL_TEXT_H

#include "model/layer.h"

/** A unit as written. For a block's closing bracket, layer is the block's `end`. */
typedef struct tscope_item {
  const tscope_layer *layer;
  double arguments[TSCOPE_ARGUMENTS_MAX];
  int is_given[TSCOPE_ARGUMENTS_MAX]; /* whether it stands in the text */
  const char *text;                   /* the whole of it */
  int position;                       /* byte offset into the text */
  int number;                         /* of the unit in the model; a block's end has its begin's */
} tscope_item;

/** Called in model order; an error ends the reading. */
typedef tscope_status (*tscope_visit)(void *context, const tscope_item *item,
                                      tscope_problem *problem);

/**
 *     model := item*      item := unit ['*' count]      unit := name ['(' args ')'] | '(' model ')'
 * Blanks separate, # starts a comment that ends with its line. On an error, problem points at the
 * character.
 */
TSCOPE_CHECKED tscope_status tscope_text_read(const char *text, int length, tscope_visit visit,
                                              void *context, tscope_problem *problem);

#endif
