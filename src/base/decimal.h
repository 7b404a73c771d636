/**
 * The decimals behind a float. A setting is typed as a decimal and kept as the float nearest to it,
 * which is close enough to the number itself, but not to 1 minus it: the float of 0.999999 is
 * 0.999998987, and what it leaves of 1 is off by 1.3 %.
 */
#ifndef TRAINSCOPE_BASE_DECIMAL_H
#define TRAINSCOPE_BASE_DECIMAL_H

/** The decimal with the fewest places, at most 9, whose nearest float x is; where there is none, x.
 * Whatever was typed with up to 7 places comes back, for x from 0 to 1. */
double tscope_decimal(float x);

/**
 * Likewise of a share from 0 to 1, where 1 minus its float is off by more than 5e-7 of itself;
 * elsewhere the float, which is good enough: so 0.9 keeps the bits that it always had.
 */
double tscope_share(float x);

#endif
