/**
 * The table of the surfaces: functions of two numbers on which the update rules can be watched. The
 * C enum, the page's choices, its maps and where a race starts derive from these rows.
 */
#ifndef TRAINSCOPE_SURFACE_FIELDS_H
#define TRAINSCOPE_SURFACE_FIELDS_H

/* clang-format off */

#define TSCOPE_SURFACES(OPTION, P) \
  OPTION(P, quadratic,  "quadratic",  "Quadratic") \
  OPTION(P, rosenbrock, "rosenbrock", "Rosenbrock") \
  OPTION(P, beale,      "beale",      "Beale") \
  OPTION(P, himmelblau, "himmelblau", "Himmelblau") \
  OPTION(P, saddle,     "saddle",     "Saddle") \
  OPTION(P, product,    "product",    "Product")

/*
 * SURFACE(text, formula, lowest, minima, x_low, x_high, y_low, y_high, start_x, start_y, lr, adaptive, help)
 *
 * lowest     the least value, f*; minima: where it is taken, "x y;" each, of a valley only its flattest points.
 * x_low …    what a map shows; start: where a race starts unless somebody says otherwise.
 * lr         a learning rate with which sgd and momentum get somewhere from that start;
 * adaptive   what it is multiplied by for the rules that divide by the gradient's size: their step is about η long
 *            however steep the surface is, so one rate cannot suit both kinds.
 */
#define TSCOPE_SURFACE_FACTS(SURFACE) \
  SURFACE("quadratic", "½ (λ₁ u² + λ₂ v²)", 0, "0 0;", -4, 4, -2.5, 2.5, -3.4, 1.6, 0.1, 1, "The bowl that every smooth minimum looks like from nearby; u and v are x and y, turned by the angle. Here each rule’s limit of stability is exact.") \
  SURFACE("rosenbrock", "(1 − x)² + 100 (y − x²)²", 0, "1 1;", -2, 2, -1, 3, -1.4, 2.4, 0.0008, 200, "A bent ravine: its walls, a thousand times steeper than its floor, limit the rate; the way along the floor is long (Rosenbrock 1960).") \
  SURFACE("beale", "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²", 0, "3 0.5;", -1, 4.5, -1.5, 2, 0.6, 1.4, 0.01, 5, "Nearly flat around the minimum, with walls at the corners: where the gradient is small, only its memory carries on (Beale 1958).") \
  SURFACE("himmelblau", "(x² + y − 11)² + (x + y² − 7)²", 0, "3 2;-2.805118086952745 3.131312518250573;-3.779310253377747 -3.283185991286170;3.584428340330492 -1.848126526964404;", -5.5, 5.5, -5, 5, -0.2, 0.7, 0.01, 10, "Four minima of the same depth: from one start, rules and rates end in different ones (Himmelblau 1972).") \
  SURFACE("saddle", "½ x² − ½ y² + ¼ y⁴", -0.25, "0 1;0 -1;", -2.4, 2.4, -1.5, 1.5, -2, 0.004, 0.1, 0.5, "Started on the ridge, where the gradient leads to the saddle point at 0, 0; down from there the gradient is at first a thousandth of the one before.") \
  SURFACE("product", "½ (xy − 1)²", 0, "1 1;-1 -1;", -1, 4, -1, 3.5, 0.1, 3.1, 0.25, 0.2, "The smallest network with two layers: f(1) = xy, trained towards 1. Every point of xy = 1 is a minimum, with sharpness x² + y²; a rate above 2 over it leaves for a flatter one (Lewkowycz et al. 2020).")

#define TSCOPE_SURFACE_FIELDS(REAL, INT, FLAG, ENUM, TEXT) \
  ENUM(surface, surface, SURFACE, TSCOPE_SURFACES, quadratic, none, FIXED, SHOWN, none, "", "Surface", "The function of x and y that is minimized") \
  REAL(surface, lambda1, 1, 0.0001, 10000, log, 0.1, 100, FIXED, SHOWN, none, "surface=quadratic", "Curvature along u", "λ₁", "Second derivative of the bowl along its first axis") \
  REAL(surface, lambda2, 12, 0.0001, 10000, log, 0.1, 100, FIXED, SHOWN, none, "surface=quadratic", "Curvature along v", "λ₂", "Second derivative of the bowl along its second axis; the larger by the smaller of the two is the condition number") \
  REAL(surface, angle, 0, -180, 180, linear, 0, 90, FIXED, SHOWN, none, "surface=quadratic", "Angle", "°", "How far the bowl’s axes are turned: the rules that divide by the gradient’s size element by element can only make up for curvature along x and y") \
  REAL(surface, grad_noise, 0, 0, 1000000, log, 0.001, 10, FIXED, SHOWN, none, "", "Gradient noise", "", "Standard deviation of the noise added to each of the gradient’s two numbers, as if by small batches; at each step every rule meets the same noise") \
  INT (surface, noise_seed, 1, 0, 2147483647, linear, 0, 100, FIXED, SHOWN, none, "", "Noise seed", "", "Drives the gradient noise") \
  INT (surface, steps, 200, 1, 2000, log, 20, 2000, FIXED, SHOWN, none, "", "Steps", "steps", "Length of the race")

/* clang-format on */

#endif
