/**
 * The native tests' only tool. A failed check prints where and what, and the test goes on;
 * CHECK_REPORT() prints the total and is the exit status.
 */
#ifndef TRAINSCOPE_TESTS_NATIVE_CHECK_H
#define TRAINSCOPE_TESTS_NATIVE_CHECK_H

#include <math.h>
#include <stdio.h>
#include <string.h>

static int check_count, check_failures;

static inline void check_record(int passed, const char *file, int line, const char *what) {
  check_count++;
  if (passed) return;
  check_failures++;
  printf("%s:%d: failed: %s\n", file, line, what);
}

static inline void check_near(double a, double b, double tolerance, const char *file, int line,
                              const char *what) {
  int passed = a == b || fabs(a - b) <= tolerance;
  check_record(passed, file, line, what);
  if (!passed) printf("    %.17g is not within %g of %.17g\n", a, tolerance, b);
}

static inline void check_text(const char *a, const char *b, const char *file, int line) {
  int passed = strcmp(a, b) == 0;
  check_record(passed, file, line, "texts are equal");
  if (!passed) printf("    got      \"%s\"\n    expected \"%s\"\n", a, b);
}

static inline int check_report(const char *file) {
  printf("%s: %d checks, %d failed\n", file, check_count, check_failures);
  return check_failures ? 1 : 0;
}

#define CHECK(condition) check_record(!!(condition), __FILE__, __LINE__, #condition)
#define CHECK_NEAR(a, b, tolerance) \
  check_near((a), (b), (tolerance), __FILE__, __LINE__, #a " near " #b)
#define CHECK_TEXT(a, b) check_text((a), (b), __FILE__, __LINE__)
#define CHECK_REPORT() check_report(__FILE__)

#endif
