/* Looks at networks that read sequences, at sizes that fill no lane and no tile. What they say is
 * judged in tests/engine/sequences.test.js. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "trainscope/trainer.h"

static tscope_problem problem;

enum { LENGTH = 7, VOCABULARY = 5, SAMPLES = 3 };

static tscope_dataset make_dataset(const uint8_t *ids, int scored_from) {
  tscope_dataset dataset = {
      .generator = TSCOPE_DATASET_custom,
      .kind = TSCOPE_KIND_TOKENS,
      .channels = 1,
      .height = 1,
      .width = LENGTH,
      .classes = VOCABULARY,
      .outputs = VOCABULARY,
      .scored_from = scored_from,
      .format = TSCOPE_FORMAT_BYTES,
  };
  dataset.split[TSCOPE_SPLIT_TRAIN] =
      (tscope_split){.count = SAMPLES, .inputs = ids, .stride = LENGTH + 1};
  CHECK(tscope_dataset_check(&dataset, &problem) == TSCOPE_OK);
  return dataset;
}

/** In blocks of memory that are no byte too long. */
static void test_sizes(const char *model, int scored_from, int layers, int heads) {
  uint8_t ids[SAMPLES * (LENGTH + 1)];
  for (int i = 0; i < (int)sizeof ids; i++) ids[i] = (uint8_t)(i * i % VOCABULARY);
  const tscope_dataset dataset = make_dataset(ids, scored_from);
  tscope_config config = tscope_config_default();
  CHECK(tscope_config_set(&config, "model", model, &problem) == TSCOPE_OK);
  config.dataset = TSCOPE_DATASET_custom;
  tscope_run_size size;
  CHECK(tscope_trainer_size(&config, &dataset, &size, &problem) == TSCOPE_OK);
  const size_t bytes = (size_t)(size.state + size.scratch);
  void *memory = aligned_alloc(16, (bytes + 15) / 16 * 16);
  tscope_trainer *trainer;
  CHECK(tscope_trainer_init(&config, &dataset, memory, bytes, &trainer, &problem) == TSCOPE_OK);

  CHECK(tscope_trainer_attention_count(trainer) == layers);
  const size_t each = (size_t)heads * LENGTH * LENGTH;
  float *weights = malloc((size_t)layers * each * sizeof(float) + 1);
  tscope_trainer_read_attention(trainer, TSCOPE_SPLIT_TRAIN, SAMPLES - 1, weights);
  for (int row = 0; row < layers * heads * LENGTH; row++) {
    double sum = 0;
    for (int k = 0; k < LENGTH; k++) sum += (double)weights[row * LENGTH + k];
    CHECK(sum > 0.99999 && sum < 1.00001);
  }
  free(weights);

  const int given = scored_from ? scored_from + 1 : 2, count = scored_from ? LENGTH + 1 : 20;
  uint8_t *text = malloc((size_t)count);
  float *shares = malloc((size_t)(count - given) * sizeof(float));
  memcpy(text, ids, (size_t)given);
  for (int hot = 0; hot < 2; hot++) {
    CHECK(tscope_trainer_generate(trainer, text, shares, given, count, hot, 1, &problem) ==
          TSCOPE_OK);
    for (int i = given; i < count; i++) CHECK(text[i] < VOCABULARY);
    for (int i = 0; i < count - given; i++) CHECK(shares[i] > 0 && shares[i] <= 1);
  }
  CHECK(tscope_trainer_generate(trainer, text, shares, 0, count, 0, 1, &problem) ==
        TSCOPE_ERROR_DATA);
  if (scored_from)
    CHECK(tscope_trainer_generate(trainer, text, shares, given, count + 1, 0, 1, &problem) ==
          TSCOPE_ERROR_DATA);
  free(text);
  free(shares);
  free(memory);
}

int main(void) {
  test_sizes("embed(6) attention(3) residual(layernorm attention(3,qknorm=1,rope=1))", 0, 2, 3);
  test_sizes("embed(6) attention(1) attention(1)", 3, 2, 1);
  test_sizes("embed(3) gru(5)", 0, 0, 0);
  return CHECK_REPORT();
}
