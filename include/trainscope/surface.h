/**
 * Surfaces over the plane, on which an update rule's path can be seen whole.
 *
 *     tscope_surface_options options = tscope_surface_options_default();
 *     options.lambda2 = 50;
 *     tscope_surface_point point;
 *     tscope_surface_measure(&options, x, y, &point);  // value, gradient and Hessian
 *
 * They are deterministic functions in double; the rules themselves (tscope_rule_step) compute in
 * float, as they do in training.
 */
#ifndef TRAINSCOPE_SURFACE_H
#define TRAINSCOPE_SURFACE_H

#include "trainscope/config.h"

TSCOPE_DECLARE

/** The defaults of the table. */
tscope_surface_options tscope_surface_options_default(void);

/** What there is to know of a surface at one place. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_SURFACE_POINT_FIELDS) tscope_surface_point;

/** Value, gradient without noise, Hessian. Overflows far away, to infinity or NaN; never fails. */
void tscope_surface_measure(const tscope_surface_options *options, double x, double y,
                            tscope_surface_point *point);

/**
 * The largest eigenvalue of D (H + added I) D, H the point's Hessian and D = diag(scale_x,
 * scale_y): with nothing added and scales of 1 the sharpness, with tscope_rule_added_curvature and
 * tscope_rule_scale what a rule meets. NaN where the Hessian is not finite.
 */
double tscope_surface_sharpness(const tscope_surface_point *point, double added, double scale_x,
                                double scale_y);

/** The noise on the gradient at a step: a function of (noise_seed, step) alone, so rules that race
 * meet the same. Zero where grad_noise is 0. */
void tscope_surface_noise(const tscope_surface_options *options, int step, double noise[2]);

/** Values at [rows][columns] places, for a map: from (x_low, y_low), rows upwards, both ends
 * included. At least 2 of each. */
void tscope_surface_grid(const tscope_surface_options *options, double x_low, double x_high,
                         double y_low, double y_high, int columns, int rows, float *values);

TSCOPE_DECLARED

#endif
