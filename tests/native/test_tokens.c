/* The generators of tokens: that every answer is right, judged by what the task says of it. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "trainscope/dataset.h"

static tscope_problem problem;

static void *generate(const tscope_config *config, tscope_dataset *dataset) {
  size_t bytes = 0;
  CHECK(tscope_dataset_generate_size(config, &bytes, &problem) == TSCOPE_OK);
  void *memory = aligned_alloc(16, bytes);
  memset(memory, 0xa5, bytes); /* what was there before must not matter */
  CHECK(tscope_dataset_generate(config, memory, bytes, dataset, &problem) == TSCOPE_OK);
  return memory;
}

static tscope_config with_dataset(int dataset) {
  tscope_config config = tscope_config_default();
  config.dataset = dataset;
  config.samples = 300;
  return config;
}

static const uint8_t *ids_of(const tscope_dataset *dataset, int split, int i) {
  return (const uint8_t *)dataset->split[split].inputs +
         (size_t)i * tscope_dataset_stride(dataset, split);
}

/* Writes sample i as text. */
static void write_sample(char *text, const tscope_dataset *dataset, int split, int i) {
  const uint8_t *ids = ids_of(dataset, split, i);
  for (int t = 0; t <= dataset->width; t++) {
    CHECK(ids[t] < dataset->classes);
    text[t] = dataset->alphabet[ids[t]];
  }
  text[dataset->width + 1] = 0;
}

static int compare(const void *a, const void *b) { return *(const char *)a - *(const char *)b; }

static void test_sort_and_reverse(void) {
  for (int n = 1; n < 12; n += 5) {
    for (int dataset_id = TSCOPE_DATASET_sort; dataset_id <= TSCOPE_DATASET_reverse; dataset_id++) {
      tscope_config config = with_dataset(dataset_id);
      config.length = n;
      config.symbols = 10;
      tscope_dataset dataset;
      void *memory = generate(&config, &dataset);
      CHECK(dataset.kind == TSCOPE_KIND_TOKENS && dataset.classes == 11 && dataset.outputs == 11);
      CHECK(dataset.width == 2 * n && dataset.scored_from == n);
      CHECK(tscope_dataset_scored(&dataset) == n);
      for (int i = 0; i < 300; i++) {
        char text[64], answer[64];
        write_sample(text, &dataset, TSCOPE_SPLIT_TRAIN, i);
        CHECK(text[n] == '|');
        memcpy(answer, text, (size_t)n);
        for (int k = 0; k < n && dataset_id == TSCOPE_DATASET_reverse; k++)
          answer[k] = text[n - 1 - k];
        if (dataset_id == TSCOPE_DATASET_sort) qsort(answer, (size_t)n, 1, compare);
        CHECK(memcmp(answer, text + n + 1, (size_t)n) == 0);
      }
      free(memory);
    }
  }
}

static void test_addition(void) {
  tscope_config config = with_dataset(TSCOPE_DATASET_addition);
  config.length = 3;
  tscope_dataset dataset;
  void *memory = generate(&config, &dataset);
  CHECK(dataset.width == 11 && dataset.scored_from == 7 && dataset.classes == 12);
  for (int i = 0; i < 300; i++) {
    char text[64];
    write_sample(text, &dataset, TSCOPE_SPLIT_TRAIN, i);
    CHECK(text[3] == '+' && text[7] == '=');
    int sum = 0;
    for (int k = 3; k >= 0; k--) sum = 10 * sum + (text[8 + k] - '0');
    CHECK(sum == atoi(text) + atoi(text + 4));
  }
  free(memory);
}

static void test_recall(void) {
  tscope_config config = with_dataset(TSCOPE_DATASET_recall);
  config.symbols = 8;
  config.delay = 20;
  tscope_dataset dataset;
  void *memory = generate(&config, &dataset);
  CHECK(dataset.width == 30 && dataset.scored_from == 25 && dataset.classes == 10);
  int seen[8] = {0};
  for (int i = 0; i < 300; i++) {
    char text[64];
    write_sample(text, &dataset, TSCOPE_SPLIT_TRAIN, i);
    CHECK(memcmp(text + 5, "____________________?", 21) == 0);
    CHECK(memcmp(text, text + 26, 5) == 0);
    for (int k = 0; k < 5; k++) seen[text[k] - '0']++;
  }
  /* 1,500 symbols, 187.5 of each. */
  for (int s = 0; s < 8; s++) CHECK(seen[s] > 130 && seen[s] < 250);
  free(memory);
}

/* Letters, single blanks, and a blank after every full stop. */
static void test_sentences(void) {
  tscope_config config = with_dataset(TSCOPE_DATASET_sentences);
  tscope_dataset dataset;
  void *memory = generate(&config, &dataset);
  CHECK(dataset.width == 64 && dataset.scored_from == 0 && dataset.classes == 28);
  int stops = 0, begins_within = 0;
  for (int i = 0; i < 300; i++) {
    char text[128];
    write_sample(text, &dataset, TSCOPE_SPLIT_TRAIN, i);
    begins_within += strchr("the a some this these every all", text[0]) == NULL;
    for (int t = 0; t < 64; t++) {
      CHECK(!(text[t] == ' ' && text[t + 1] == ' '));
      if (text[t] == '.') CHECK(text[t + 1] == ' ');
      stops += text[t] == '.';
    }
  }
  CHECK(stops > 200 && stops < 900 && begins_within > 30);
  free(memory);
}

/* Sample i depends on (data_seed, i) and the task alone, and the splits share none. */
static void test_independence(void) {
  for (int id = TSCOPE_DATASET_sort; id <= TSCOPE_DATASET_sentences; id++) {
    tscope_config config = with_dataset(id);
    tscope_dataset many, few, other;
    void *memory = generate(&config, &many);
    config.samples = 20;
    config.val_samples = 20;
    void *memory_few = generate(&config, &few);
    config.data_seed = 2;
    void *memory_other = generate(&config, &other);
    const size_t bytes = tscope_dataset_elements(&many);
    int same = 0;
    for (int i = 0; i < 20; i++) {
      for (int s = 0; s < TSCOPE_SPLIT_COUNT; s++)
        CHECK(memcmp(ids_of(&many, s, i), ids_of(&few, s, i), bytes) == 0);
      same += memcmp(ids_of(&few, 0, i), ids_of(&few, 1, i), bytes) == 0;
      same += memcmp(ids_of(&few, 0, i), ids_of(&other, 0, i), bytes) == 0;
    }
    CHECK(same == 0);
    free(memory);
    free(memory_few);
    free(memory_other);
  }
}

int main(void) {
  test_sort_and_reverse();
  test_addition();
  test_recall();
  test_sentences();
  test_independence();
  return CHECK_REPORT();
}
