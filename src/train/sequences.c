/** Looks at networks that read sequences: where attention looks, and how they go on with a prompt.
 */
#include "base/complain.h"
#include "base/rng.h"
#include "math/elementary.h"
#include "math/kernels.h"
#include "train/run.h"

/* ---- attention ------------------------------------------------------------------------------ */

/** The unit of layer i of attention; NULL: there are not so many. */
static const tscope_unit *find_attention(const tscope_trainer *trainer, int i) {
  for (int u = 0; u < trainer->network.count; u++) {
    const tscope_unit *unit = &trainer->network.units[u];
    if (unit->layer->attend && i-- == 0) return unit;
  }
  return NULL;
}

int tscope_trainer_attention_count(const tscope_trainer *trainer) {
  int count = 0;
  while (find_attention(trainer, count)) count++;
  return count;
}

void tscope_trainer_attention_map(const tscope_trainer *trainer, int i, tscope_attention_map *map) {
  const tscope_unit *unit = find_attention(trainer, i);
  unit->layer->attend(unit, map, NULL);
}

void tscope_trainer_read_attention(tscope_trainer *trainer, int split, int index, float *weights) {
  const int32_t indices[1] = {index};
  tscope_trainer_fill(trainer, &(tscope_samples){split, indices, 0, 1});
  tscope_pass_look(trainer, 1);
  for (int i = 0; i < trainer->network.count; i++) {
    const tscope_unit *unit = &trainer->network.units[i];
    if (!unit->layer->attend) continue;
    tscope_attention_map map;
    unit->layer->attend(unit, &map, weights);
    weights += (size_t)map.heads * (size_t)map.positions * (size_t)map.positions;
  }
}

/* ---- continuation --------------------------------------------------------------------------- */

static tscope_status refuse(tscope_problem *problem, tscope_status status, const char *sentence) {
  return tscope_refuse(problem, status, -1, sentence);
}

/** Whether the network can say what comes next, and these tokens are such that it has learned to.
 */
static tscope_status judge(const tscope_trainer *trainer, int given, int count, double temperature,
                           tscope_problem *problem) {
  const tscope_dataset *dataset = trainer->sampler.dataset;
  if (dataset->kind != TSCOPE_KIND_TOKENS)
    return refuse(problem, TSCOPE_ERROR_SETTING,
                  "Only a network that reads tokens can go on with a prompt.");
  for (int i = 0; i < tscope_trainer_attention_count(trainer); i++) {
    tscope_attention_map map;
    tscope_trainer_attention_map(trainer, i, &map);
    if (!map.is_causal)
      return refuse(problem, TSCOPE_ERROR_SETTING,
                    "Attention with causal=0 sees what comes next, so this network cannot go on "
                    "with a prompt.");
  }
  if (temperature > 0 && trainer->loss != TSCOPE_LOSS_cross_entropy)
    return refuse(problem, TSCOPE_ERROR_SETTING,
                  "A temperature needs probabilities, and so the loss cross_entropy.");
  if (given < 1) return refuse(problem, TSCOPE_ERROR_DATA, "A prompt needs at least one token.");
  if (!dataset->scored_from) return TSCOPE_OK;
  if (given != dataset->scored_from + 1)
    return tscope_refuse_numbers(problem, TSCOPE_ERROR_DATA, "A prompt for these data has the ",
                                 dataset->scored_from + 1,
                                 " tokens before the answer, and this one has ", given, ".");
  if (count > dataset->width + 1)
    return tscope_refuse_numbers(problem, TSCOPE_ERROR_DATA, "A sample of these data has ",
                                 dataset->width + 1,
                                 " tokens, the answer among them, and this would be ", count, ".");
  return TSCOPE_OK;
}

/** The outputs for the token behind ids [count]: of one lane, TSCOPE_LANES apart. */
static const float *predict_next(tscope_trainer *trainer, const uint8_t *ids, int count) {
  const int length = trainer->sampler.dataset->width;
  const int seen = count < length ? count : length;
  for (int t = 0; t < length; t++) {
    float *block = trainer->inputs + (size_t)t * TSCOPE_LANES;
    for (int lane = 1; lane < TSCOPE_LANES; lane++) block[lane] = 0;
    /* What stands behind the last token is not looked at. */
    block[0] = t < seen ? ids[count - seen + t] : 0;
  }
  tscope_pass_look(trainer, 1);
  const size_t position = (size_t)trainer->network.outputs * TSCOPE_LANES;
  return trainer->network.output + (size_t)(seen - 1) * position;
}

static int find_largest(const float *outputs, int classes) {
  int best = 0;
  for (int c = 1; c < classes; c++)
    if (outputs[c * TSCOPE_LANES] > outputs[best * TSCOPE_LANES]) best = c;
  return best;
}

/** e^((output - largest) / temperature). */
static double weight_of(const float *outputs, int c, int best, double temperature) {
  const double below = (double)outputs[c * TSCOPE_LANES] - (double)outputs[best * TSCOPE_LANES];
  return tscope_exp(below / temperature);
}

static double sum_weights(const float *outputs, int classes, int best, double temperature) {
  double sum = 0;
  for (int c = 0; c < classes; c++) sum += weight_of(outputs, c, best, temperature);
  return sum;
}

static int draw(const float *outputs, int classes, int best, double temperature, tscope_rng *rng) {
  double left = (double)tscope_rng_uniform(rng) * sum_weights(outputs, classes, best, temperature);
  for (int c = 0; c < classes; c++) {
    left -= weight_of(outputs, c, best, temperature);
    if (left < 0) return c;
  }
  /* Rounding has left a little of the sum. */
  return best;
}

tscope_status tscope_trainer_generate(tscope_trainer *trainer, uint8_t *ids, float *shares,
                                      int given, int count, double temperature, uint32_t seed,
                                      tscope_problem *problem) {
  const tscope_status status = judge(trainer, given, count, temperature, problem);
  if (status != TSCOPE_OK) return status;
  const int classes = trainer->network.outputs;
  tscope_rng rng = tscope_rng_stream(seed, TSCOPE_STREAM_TEXT, 0);
  for (int i = given; i < count; i++) {
    const float *outputs = predict_next(trainer, ids, i);
    const int best = find_largest(outputs, classes);
    const int chosen = temperature > 0 ? draw(outputs, classes, best, temperature, &rng) : best;
    ids[i] = (uint8_t)chosen;
    shares[i - given] =
        trainer->loss == TSCOPE_LOSS_cross_entropy
            ? (float)(weight_of(outputs, chosen, best, 1) / sum_weights(outputs, classes, best, 1))
            : outputs[chosen * TSCOPE_LANES];
  }
  return TSCOPE_OK;
}
