/** The products of linear layers, for conv.c. */
#ifndef TRAINSCOPE_MATH_LINEAR_H
#define TRAINSCOPE_MATH_LINEAR_H

#include <stddef.h>

/** y [block][outs][8] = bias + w x for x [block][length][8]; bias may be NULL. Both passes are
 * this: forward with the weights, backward with their transpose. */
typedef void tscope_linear(float *y, const float *x, const float *w, const float *bias, int outs,
                           int length, int blocks);

/** w packed, [tile][length][TILE]. */
tscope_linear tscope_linear_packed;
/** w [outs][length], as the weight is. */
tscope_linear tscope_linear_rows;
/** w [length][outs], as the weight is to the pass backwards. */
tscope_linear tscope_linear_columns;

/** Likewise, and without a bias, of which a tile at a time is packed into `room`; its floats. */
void tscope_linear_as_used(float *y, const float *x, const float *w, int outs, int length,
                           int blocks, float *room);
size_t tscope_linear_room(int length);

/** n rows of so many columns, `apart` floats from each other, as a packed tile, [n][TILE]. */
void tscope_pack_columns(float *to, const float *from, size_t apart, int columns, int n);

#endif
