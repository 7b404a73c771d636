/** What stands around the functions of every public header: C++ calls them as C's, and of a shared
 * library they are what is to be seen. */
#ifndef TRAINSCOPE_DECLARE_H
#define TRAINSCOPE_DECLARE_H

#if defined(__cplusplus)
#define TSCOPE_DECLARE_C extern "C" {
#define TSCOPE_DECLARED_C }
#else
#define TSCOPE_DECLARE_C
#define TSCOPE_DECLARED_C
#endif

#if defined(__GNUC__)
#define TSCOPE_DECLARE TSCOPE_DECLARE_C _Pragma("GCC visibility push(default)")
#define TSCOPE_DECLARED _Pragma("GCC visibility pop") TSCOPE_DECLARED_C
#else
#define TSCOPE_DECLARE TSCOPE_DECLARE_C
#define TSCOPE_DECLARED TSCOPE_DECLARED_C
#endif

#endif
