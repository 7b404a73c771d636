/**
 * The plane in which a path runs, and where points lie as seen from a plane: principal components
 * by the points' Gram matrix, which is small, instead of the covariance of all parameters, which is
 * not.
 *
 * The matrix's eigenvalues by Jacobi's rotations (Golub & Van Loan, section 8.5): slow for large
 * matrices, and exact to rounding for these.
 */
#include "math/elementary.h"
#include "train/run.h"
#include "trainscope/slice.h"

enum { POINTS_MAX = TSCOPE_SLICE_POINTS_MAX, SWEEPS_MAX = 60 };

/* Below this share of the first component's variance a second is rounding. */
static const double RANK_SHARE = 1e-10;

typedef struct square {
  int size;
  double at[POINTS_MAX][POINTS_MAX];
} square;

/* ---- the Gram matrix ------------------------------------------------------------------------ */

/** Σ (x - origin)(y - origin): differences in double, which are exact. */
static double dot_from(const float *x, const float *y, const float *origin, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    const double from = (double)origin[i];
    sum += ((double)x[i] - from) * ((double)y[i] - from);
  }
  return sum;
}

/** Of the points as seen from their mean. */
static void fill_gram(square *gram, const float *points, const float *origin, int count, size_t n) {
  double mean[POINTS_MAX], all = 0;
  gram->size = count;
  for (int i = 0; i < count; i++) {
    for (int j = 0; j <= i; j++) {
      gram->at[i][j] = gram->at[j][i] =
          dot_from(points + (size_t)i * n, points + (size_t)j * n, origin, n);
    }
  }
  for (int i = 0; i < count; i++) {
    mean[i] = 0;
    for (int j = 0; j < count; j++) mean[i] += gram->at[i][j] / count;
    all += mean[i] / count;
  }
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++) gram->at[i][j] += all - mean[i] - mean[j];
}

static double trace_of(const square *matrix) {
  double sum = 0;
  for (int i = 0; i < matrix->size; i++) sum += matrix->at[i][i];
  return sum;
}

/* ---- Jacobi's rotations --------------------------------------------------------------------- */

static double magnitude(double x) { return x < 0 ? -x : x; }

/** Rotates rows and columns p and q so that at[p][q] becomes 0. */
static void rotate(square *a, square *vectors, int p, int q) {
  const double theta = (a->at[q][q] - a->at[p][p]) / (2 * a->at[p][q]);
  const double t = (theta < 0 ? -1 : 1) / (magnitude(theta) + tscope_sqrt(theta * theta + 1));
  const double c = 1 / tscope_sqrt(t * t + 1), s = t * c;
  for (int k = 0; k < a->size; k++) {
    const double kp = a->at[k][p], kq = a->at[k][q];
    a->at[k][p] = c * kp - s * kq;
    a->at[k][q] = s * kp + c * kq;
  }
  for (int k = 0; k < a->size; k++) {
    const double pk = a->at[p][k], qk = a->at[q][k];
    a->at[p][k] = c * pk - s * qk;
    a->at[q][k] = s * pk + c * qk;
  }
  for (int k = 0; k < a->size; k++) {
    const double kp = vectors->at[k][p], kq = vectors->at[k][q];
    vectors->at[k][p] = c * kp - s * kq;
    vectors->at[k][q] = s * kp + c * kq;
  }
}

/** Leaves the eigenvalues in a's diagonal, and their vectors in the columns of vectors. */
static void diagonalize(square *a, square *vectors) {
  const int size = a->size;
  const double negligible = 1e-30 * trace_of(a) * trace_of(a);
  vectors->size = size;
  for (int i = 0; i < size; i++)
    for (int j = 0; j < size; j++) vectors->at[i][j] = i == j;
  for (int sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    double beside = 0;
    for (int p = 0; p < size; p++)
      for (int q = p + 1; q < size; q++) beside += a->at[p][q] * a->at[p][q];
    if (beside <= negligible) return;
    for (int p = 0; p < size; p++)
      for (int q = p + 1; q < size; q++)
        if (a->at[p][q] != 0) rotate(a, vectors, p, q);
  }
}

/** The column of the largest eigenvalue that is not `other`. */
static int find_largest(const square *a, int other) {
  int largest = other == 0;
  for (int i = 0; i < a->size; i++)
    if (i != other && a->at[i][i] > a->at[largest][largest]) largest = i;
  return largest;
}

/* ---- the plane ------------------------------------------------------------------------------ */

static double dot(const float *a, const float *b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
  return sum;
}

/** Σ weights[k] (points[k] - origin), of unit length, from the first point to the last. */
static void combine(float *direction, const float *points, const float *origin, int count, size_t n,
                    const square *vectors, int column) {
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (int k = 0; k < count; k++) {
      sum += vectors->at[k][column] * ((double)points[(size_t)k * n + i] - (double)origin[i]);
    }
    direction[i] = (float)sum;
  }
  const double length = tscope_sqrt(dot(direction, direction, n));
  const int is_backwards = vectors->at[count - 1][column] < vectors->at[0][column];
  const double scale = (is_backwards ? -1 : 1) / length;
  for (size_t i = 0; i < n; i++) direction[i] = (float)((double)direction[i] * scale);
}

int tscope_slice_span(float *plane, const float *points, int count, int size) {
  const size_t n = (size_t)size;
  square gram, vectors;
  fill_gram(&gram, points, plane, count, n);
  if (!tscope_is_finite(trace_of(&gram)) || !(trace_of(&gram) > 0)) return 0;
  diagonalize(&gram, &vectors);
  const int first = find_largest(&gram, -1);
  combine(plane + n, points, plane, count, n, &vectors, first);
  if (count < 3) return 1;
  const int second = find_largest(&gram, first);
  if (!(gram.at[second][second] > RANK_SHARE * gram.at[first][first])) return 1;
  combine(plane + 2 * n, points, plane, count, n, &vectors, second);
  return 2;
}

/** The directions' products with each other. */
typedef struct geometry {
  double aa, ab, bb;
} geometry;

static geometry measure_geometry(const float *plane, size_t n) {
  const float *first = plane + n, *second = plane + 2 * n;
  return (geometry){dot(first, first, n), dot(first, second, n), dot(second, second, n)};
}

void tscope_slice_project(const float *plane, const float *point, int size,
                          tscope_slice_place *place) {
  const size_t n = (size_t)size;
  const float *first = plane + n, *second = plane + 2 * n;
  const geometry g = measure_geometry(plane, n);
  double along = 0, across = 0, off = 0, length = 0;
  for (size_t i = 0; i < n; i++) {
    const double away = (double)point[i] - (double)plane[i];
    along += away * (double)first[i];
    across += away * (double)second[i];
    length += away * away;
  }
  const double determinant = g.aa * g.bb - g.ab * g.ab;
  const double a = (g.bb * along - g.ab * across) / determinant;
  const double b = (g.aa * across - g.ab * along) / determinant;
  for (size_t i = 0; i < n; i++) {
    const double away = (double)point[i] - (double)plane[i];
    const double rest = away - a * (double)first[i] - b * (double)second[i];
    off += rest * rest;
  }
  *place = (tscope_slice_place){
      .a = a, .b = b, .distance = tscope_sqrt(off), .length = tscope_sqrt(length)};
}

void tscope_slice_measure(const float *plane, const float *points, int count, int size,
                          tscope_slice_plane *facts) {
  const size_t n = (size_t)size;
  const geometry g = measure_geometry(plane, n);
  const double determinant = g.aa * g.bb - g.ab * g.ab;
  double along[POINTS_MAX] = {0}, across[POINTS_MAX] = {0};
  double total = 0, on_first = 0, on_second = 0, on_plane = 0;
  for (size_t i = 0; i < n; i++) {
    double mean = 0;
    for (int k = 0; k < count; k++) mean += (double)points[(size_t)k * n + i] / count;
    for (int k = 0; k < count; k++) {
      const double away = (double)points[(size_t)k * n + i] - mean;
      along[k] += away * (double)plane[n + i];
      across[k] += away * (double)plane[2 * n + i];
      total += away * away;
    }
  }
  for (int k = 0; k < count; k++) {
    on_first += along[k] * along[k] / g.aa;
    on_second += across[k] * across[k] / g.bb;
    on_plane += (g.bb * along[k] * along[k] - 2 * g.ab * along[k] * across[k] +
                 g.aa * across[k] * across[k]) /
                determinant;
  }
  const double nan = (double)__builtin_nanf("");
  *facts = (tscope_slice_plane){
      .first_length = tscope_sqrt(g.aa),
      .second_length = tscope_sqrt(g.bb),
      .cosine = g.ab / tscope_sqrt(g.aa * g.bb),
      .explained = total > 0 ? on_plane / total : nan,
      .first_explained = total > 0 ? on_first / total : nan,
      .second_explained = total > 0 ? on_second / total : nan,
  };
}
