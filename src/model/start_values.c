/** What the parameters of a network start from. */
#include "base/rng.h"
#include "math/elementary.h"
#include "math/normal.h"
#include "model/network.h"

static void draw_normal(float *values, size_t count, double deviation, tscope_rng *rng) {
  for (size_t i = 0; i < count; i++)
    values[i] = (float)(deviation * (double)tscope_rng_normal(rng));
}

static void draw_uniform(float *values, size_t count, double bound, tscope_rng *rng) {
  for (size_t i = 0; i < count; i++) {
    values[i] = (float)(bound * (2.0 * (double)tscope_rng_uniform(rng) - 1.0));
  }
}

/** What a run says of its start. */
typedef struct beginning {
  int init, is_last;
  double gain;
} beginning;

/**
 * he N(0, 2/fan_in) (He et al. 2015), xavier U(±√(6/(fan_in + fan_out))) (Glorot & Bengio 2010),
 * lecun N(0, 1/fan_in) (LeCun et al. 1998), torch U(±1/√fan_in), PyTorch's default, for weights and
 * biases. The implied last layer takes lecun where he is asked for: no rectifier follows it.
 */
static void start_weight(float *values, const tscope_parameter *p, const beginning *run,
                         tscope_rng *rng) {
  const double fan_in = p->fan_in, scale = run->gain * p->gain;
  switch (run->init) {
    case TSCOPE_INIT_xavier:
      draw_uniform(values, p->count, scale * tscope_sqrt(6.0 / (fan_in + p->fan_out)), rng);
      break;
    case TSCOPE_INIT_torch:
      draw_uniform(values, p->count, scale / tscope_sqrt(fan_in), rng);
      break;
    case TSCOPE_INIT_lecun:
      draw_normal(values, p->count, scale / tscope_sqrt(fan_in), rng);
      break;
    default:
      draw_normal(values, p->count, scale * tscope_sqrt((run->is_last ? 1.0 : 2.0) / fan_in), rng);
      break;
  }
}

/**
 * Rows of a square matrix that are orthonormal, all such matrices being equally likely: normal
 * numbers, of each row what no row above has (Gram-Schmidt, twice, so that none is left), brought
 * to length `gain`.
 */
static void draw_orthogonal(float *values, int n, double gain, tscope_rng *rng) {
  const size_t length = (size_t)n;
  draw_normal(values, length * length, 1, rng);
  for (float *row = values; row < values + length * length; row += length) {
    double squares = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (const float *above = values; above < row; above += length) {
        double shared = 0;
        for (size_t k = 0; k < length; k++) shared += (double)row[k] * (double)above[k];
        for (size_t k = 0; k < length; k++) row[k] -= (float)(shared * (double)above[k]);
      }
    }
    for (size_t k = 0; k < length; k++) squares += (double)row[k] * (double)row[k];
    for (size_t k = 0; k < length; k++) row[k] = (float)((double)row[k] / tscope_sqrt(squares));
  }
  for (size_t k = 0; k < length * length; k++) values[k] = (float)(gain * (double)values[k]);
}

/** A matrix for each gate. */
static void start_orthogonal(float *values, const tscope_parameter *p, const beginning *run,
                             tscope_rng *rng) {
  const int n = p->shape[1];
  for (int gate = 0; gate < p->shape[0] / n; gate++)
    draw_orthogonal(values + (size_t)gate * (size_t)n * (size_t)n, n, run->gain * p->gain, rng);
}

static void start_embedding(float *values, const tscope_parameter *p, const beginning *run,
                            tscope_rng *rng) {
  draw_normal(values, p->count, run->gain * p->gain / tscope_sqrt(p->fan_in), rng);
}

static void start_bias(float *values, const tscope_parameter *p, const beginning *run,
                       tscope_rng *rng) {
  if (run->init == TSCOPE_INIT_torch)
    draw_uniform(values, p->count, 1.0 / tscope_sqrt((double)p->fan_in), rng);
}

static void start_ones(float *values, const tscope_parameter *p, const beginning *run,
                       tscope_rng *rng) {
  (void)run, (void)rng;
  for (size_t k = 0; k < p->count; k++) values[k] = 1;
}

/* In the order of TSCOPE_START_*, whose last leaves zeros. */
typedef void (*start)(float *values, const tscope_parameter *p, const beginning *run,
                      tscope_rng *rng);
static const start starts[TSCOPE_START_ZERO] = {start_weight, start_orthogonal, start_embedding,
                                                start_bias, start_ones};

void tscope_network_init(const tscope_network *network, float *parameters, float *running, int init,
                         double init_gain, uint32_t seed) {
  uint64_t tensor = 0;
  for (int i = 0; i < network->count; i++) {
    tscope_unit *unit = &network->units[i];
    const beginning run = {init, unit->number == TSCOPE_NUMBER_LAST, init_gain};
    if (unit->layer->prepare) unit->layer->prepare(unit);
    for (int p = 0; p < unit->parameter_count; p++, tensor++) {
      const tscope_parameter *parameter = &unit->parameters[p];
      tscope_rng rng = tscope_rng_stream(seed, TSCOPE_STREAM_INIT, tensor);
      if (parameter->start == TSCOPE_START_ZERO) continue; /* as they are */
      starts[parameter->start](parameters + parameter->offset, parameter, &run, &rng);
    }
    for (int c = 0; c < unit->running_channels; c++) {
      running[unit->running_offset + (size_t)c] = 0;
      running[unit->running_offset + (size_t)(unit->running_channels + c)] = 1;
    }
  }
}
