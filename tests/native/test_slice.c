/**
 * Slices: the plane of points that lie in a known one, and losses that are the same natively, with
 * one thread and with several, and beside a step that is half done.
 */
#include "check.h"
#include "sample_run.h"
#include "trainscope/slice.h"

enum { SIDE = 8 };

/* Points on an ellipse in the plane of two axes: its axes are the principal components, and their
 * shares are those of the squared half axes. */
static void test_ellipse(void) {
  enum { COUNT = 16 };
  const double pi = 3.14159265358979323846;
  float plane[3 * SIDE] = {0}, points[COUNT * SIDE];
  for (int k = 0; k < COUNT; k++) {
    float *point = points + k * SIDE;
    for (int i = 0; i < SIDE; i++) point[i] = 1;
    point[2] = (float)(1 + 3 * cos(2 * pi * k / COUNT));
    point[5] = (float)(1 + 1 * sin(2 * pi * k / COUNT));
  }
  CHECK(tscope_slice_span(plane, points, COUNT, SIDE) == 2);
  CHECK_NEAR(fabs((double)plane[SIDE + 2]), 1, 1e-6);
  CHECK_NEAR(fabs((double)plane[2 * SIDE + 5]), 1, 1e-6);
  tscope_slice_plane facts;
  tscope_slice_measure(plane, points, COUNT, SIDE, &facts);
  CHECK_NEAR(facts.first_explained, 0.9, 1e-6);
  CHECK_NEAR(facts.second_explained, 0.1, 1e-6);
  CHECK_NEAR(facts.explained, 1, 1e-6);
  /* The origin is 0, the ellipse lies beside it. */
  tscope_slice_place place;
  tscope_slice_project(plane, points, SIDE, &place);
  CHECK_NEAR(fabs(place.a), 4, 1e-6);
  CHECK_NEAR(fabs(place.b), 1, 1e-6);
  CHECK_NEAR(place.distance, sqrt(SIDE - 2), 1e-6);
  CHECK_NEAR(place.length, sqrt(SIDE - 2 + 16 + 1), 1e-6);
}

/* A direction that is not at right angles to the other: the nearest place is found all the same. */
static void test_skewed(void) {
  float plane[3 * SIDE] = {0}, point[SIDE] = {0};
  plane[SIDE] = 2;
  plane[2 * SIDE] = 1;
  plane[2 * SIDE + 1] = 1;
  point[0] = 2 * 0.5f + 3;
  point[1] = 3;
  point[7] = 4;
  tscope_slice_place place;
  tscope_slice_project(plane, point, SIDE, &place);
  CHECK_NEAR(place.a, 0.5, 1e-12);
  CHECK_NEAR(place.b, 3, 1e-12);
  CHECK_NEAR(place.distance, 4, 1e-12);
  tscope_slice_plane facts;
  tscope_slice_measure(plane, point, 0, SIDE, &facts);
  CHECK_NEAR(facts.cosine, sqrt(0.5), 1e-12);
}

static void test_degenerate(void) {
  float plane[3 * SIDE] = {0}, points[3 * SIDE] = {0};
  CHECK(tscope_slice_span(plane, points, 3, SIDE) == 0);
  CHECK(tscope_slice_span(plane, points, 1, SIDE) == 0);
  CHECK(tscope_slice_span(plane, points, 0, SIDE) == 0);
  for (int k = 0; k < 3; k++) points[k * SIDE + 1] = (float)k;
  CHECK(tscope_slice_span(plane, points, 3, SIDE) == 1);
  points[SIDE] = (float)INFINITY;
  CHECK(tscope_slice_span(plane, points, 3, SIDE) == 0);
}

/** The loss at a place of a random plane of the run's. */
static double loss_at(sample_run *run, double a, double b, int samples) {
  const size_t n = (size_t)tscope_slice_floats(run->trainer);
  float *plane = aligned_alloc(16, 3 * n * sizeof(float));
  memcpy(plane, tscope_trainer_parameters(run->trainer), n * sizeof(float));
  tscope_slice_draw(run->trainer, plane, 1);
  double sum = 0;
  for (int rows = 0; rows < samples;) {
    rows = tscope_slice_advance(run->trainer, plane, a, b, samples, rows, &sum);
  }
  free(plane);
  return sum;
}

/* A slice at the origin is the measured loss, and a half-done step goes on as if nobody had looked.
 */
static void test_run(const char *model) {
  sample_data data = sample_data_make(300, 1, 2, 6, 6, 3, 7);
  tscope_config config = sample_config(model);
  config.batch = 0;
  sample_run looked = sample_run_start(&config, &data), alone = sample_run_start(&config, &data);
  int32_t indices[300];
  for (int i = 0; i < 300; i++) indices[i] = i;
  tscope_metrics row, other;
  for (int call = 0; call < 8; call++) {
    const int events = tscope_trainer_advance(looked.trainer, &row);
    CHECK(events == tscope_trainer_advance(alone.trainer, &other));
    CHECK(loss_at(&looked, 0.5, -1, 300) > 0);
  }
  CHECK(sample_runs_equal(&looked, &alone));
  const int samples = tscope_slice_samples(looked.trainer, 1000);
  CHECK(samples == 300);
  CHECK_NEAR(loss_at(&looked, 0, 0, samples),
             tscope_trainer_measure_gradient(alone.trainer, indices, samples), 0);
  sample_run_free(&looked);
  sample_run_free(&alone);
  sample_data_free(&data);
}

int main(void) {
  test_ellipse();
  test_skewed();
  test_degenerate();
  test_run("conv(3,3) tanh maxpool(2) linear(5) relu");
  test_run("conv(3,3) batchnorm relu dropout(0.3) linear(5) relu");
  return CHECK_REPORT();
}
