/**
 * A slice through the loss surface: the loss over a plane in the space of all parameters.
 *
 *     float *plane = room;                         // three vectors: origin and two directions
 *     tscope_slice_draw(trainer, plane, seed);     // random directions, filter by filter, or
 *     tscope_slice_span(plane, points, count, n);  // the plane in which a path runs
 *     int rows = 0;
 *     double loss = 0;
 *     while (rows < samples)
 *       rows = tscope_slice_advance(trainer, plane, a, b, samples, rows, &loss);
 *
 * loss is then that of origin + a first + b second. Vectors are laid out as a run's parameters are,
 * tscope_slice_floats(trainer) floats each, the padding zero.
 *
 * Source: Li, Xu, Taylor, Studer & Goldstein 2018, "Visualizing the Loss Landscape of Neural Nets".
 */
#ifndef TRAINSCOPE_SLICE_H
#define TRAINSCOPE_SLICE_H

#include "trainscope/trainer.h"

TSCOPE_DECLARE

/** The most points of a path. */
enum { TSCOPE_SLICE_POINTS_MAX = 64 };

/** A point of the space, as seen from a plane. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_SLICE_PLACE_FIELDS) tscope_slice_place;

/** What there is to know of a plane and a path. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_SLICE_PLANE_FIELDS) tscope_slice_plane;

/** Floats of a vector: the parameters with each tensor's padding. */
int tscope_slice_floats(const tscope_trainer *trainer);

/**
 * Draws both directions around plane's origin: normal numbers, then each filter scaled to the norm
 * of the origin's filter. A filter is what belongs to one output: weight[o] of a linear layer or of
 * a convolution. Tensors of one dimension (biases, gains, scalars) stay where they are: their
 * directions are zero. A function of the origin, the model and the seed alone.
 */
void tscope_slice_draw(const tscope_trainer *trainer, float *plane, int seed);

/**
 * The directions in which points differ most: the first two principal components of a path, of unit
 * length and at right angles. points: [count][n], count at most TSCOPE_SLICE_POINTS_MAX. From the
 * path's first point to its last both coordinates grow. Returns how many directions there are: 2;
 * 1 where the points lie on a line, 0 where they are all the same or not finite, and then plane's
 * directions are not to be used.
 */
int tscope_slice_span(float *plane, const float *points, int count, int n);

/** The place of a point: the nearest of the plane, by least squares. */
void tscope_slice_project(const float *plane, const float *point, int n, tscope_slice_place *place);

/** The plane's geometry, and how much of a path's variance lies in it (NaN where it has none). */
void tscope_slice_measure(const float *plane, const float *points, int count, int n,
                          tscope_slice_plane *facts);

/** So many of the first training samples as a slice can have: with batchnorm those of one pass. */
int tscope_slice_samples(const tscope_trainer *trainer, int wanted);

/**
 * The next chunk of samples at origin + a first + b second, from row `first` on; returns the rows
 * that are done. *sum is the loss sum so far (0 is the caller's to write), and once all samples are
 * done their mean loss. The loss is what training minimizes: batch statistics, dropout off, without
 * weight decay. Changes nothing of the run, not even a step that is half done.
 */
int tscope_slice_advance(tscope_trainer *trainer, const float *plane, double a, double b,
                         int samples, int first, double *sum);

TSCOPE_DECLARED

#endif
