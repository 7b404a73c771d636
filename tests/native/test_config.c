/** Defaults, and every bound of the settings' table: the last value inside passes, the first
 * outside does not. */
#include <math.h>

#include "check.h"
#include "trainscope/config.h"

static tscope_problem problem;

/** Whether exactly this field is complained about, by name. */
static int is_refused(const tscope_config *config, int field, const char *name) {
  memset(&problem, 0, sizeof problem);
  return tscope_config_validate(config, &problem) == TSCOPE_ERROR_SETTING &&
         problem.field == field && strstr(problem.message, name) != NULL;
}

static int is_accepted(const tscope_config *config) {
  return tscope_config_validate(config, &problem) == TSCOPE_OK;
}

static void test_defaults(void) {
  const tscope_config config = tscope_config_default();
  CHECK(is_accepted(&config));
  /* The contract's values, not the table's. */
  CHECK(config.dataset == TSCOPE_DATASET_spiral);
  CHECK(config.lr == 0.02f);
  CHECK(config.optimizer == TSCOPE_OPTIMIZER_momentum);
  CHECK(config.momentum == 0.9f && config.beta2 == 0.999f && config.epsilon == 1e-8f);
  CHECK(config.batch == 64 && config.steps == 1000 && config.seed == 1 && config.eval_every == 50);
  CHECK(config.clip == TSCOPE_CLIP_off && config.clip_norm == 1 && config.clip_percentile == 90);
  CHECK(config.clip_in_warmup == 1 && config.standardize == 1);
  CHECK(config.cycle_steps == 200 && config.decay_steps == 1000 && config.decay_rate == 0.1f);
  CHECK(config.init == TSCOPE_INIT_he && config.loss == TSCOPE_LOSS_cross_entropy);
  CHECK(config.val_fraction == 0.2f && config.noise == 0.1f && config.outlier_scale == 100);
  CHECK(config.model.length == -1);
}

static void test_real(size_t offset, int field, const char *name, double low, double high) {
  tscope_config config = tscope_config_default();
  float *value = (float *)((char *)&config + offset);
  *value = (float)low;
  CHECK(is_accepted(&config));
  *value = (float)high;
  CHECK(is_accepted(&config));
  const float outside[] = {nextafterf((float)low, -INFINITY),
                           nextafterf((float)high, INFINITY),
                           NAN,
                           -NAN,
                           INFINITY,
                           -INFINITY};
  for (int i = 0; i < 6; i++) {
    *value = outside[i];
    CHECK(is_refused(&config, field, name));
  }
}

static void test_int(size_t offset, int field, const char *name, int64_t low, int64_t high) {
  tscope_config config = tscope_config_default();
  int32_t *value = (int32_t *)((char *)&config + offset);
  *value = (int32_t)low;
  CHECK(is_accepted(&config));
  *value = (int32_t)high;
  CHECK(is_accepted(&config));
  if (low > INT32_MIN) {
    *value = (int32_t)(low - 1);
    CHECK(is_refused(&config, field, name));
    *value = INT32_MIN;
    CHECK(is_refused(&config, field, name));
  }
  if (high < INT32_MAX) {
    *value = (int32_t)(high + 1);
    CHECK(is_refused(&config, field, name));
    *value = INT32_MAX;
    CHECK(is_refused(&config, field, name));
  }
}

#define AT(name) offsetof(tscope_config, name), TSCOPE_FIELD_##name, #name
#define TEST_REAL(group, name, value, low, high, ...) test_real(AT(name), low, high);
#define TEST_INT(group, name, value, low, high, ...) test_int(AT(name), low, high);
#define TEST_FLAG(group, name, ...) test_int(AT(name), 0, 1);
#define COUNTED(PREFIX, id, text, label) +1
#define TEST_ENUM(group, name, PREFIX, OPTIONS, ...) \
  test_option(AT(name), OPTIONS(COUNTED, PREFIX));
#define TEST_TEXT(group, name, capacity, ...) test_int(AT(name), -1, capacity);

/* Two schedules have a rule of their own about lr_min, and a mistake belongs to some rules
 * (test_mistakes). */
static void test_option(size_t offset, int field, const char *name, int count) {
  if (field == TSCOPE_FIELD_mistake) count = 1;
  if (field == TSCOPE_FIELD_schedule) count = TSCOPE_SCHEDULE_range_linear;
  tscope_config config = tscope_config_default();
  int32_t *value = (int32_t *)((char *)&config + offset);
  for (*value = 0; *value < count; ++*value) CHECK(is_accepted(&config));
  *value = -1;
  CHECK(is_refused(&config, field, name));
  *value = 1000;
  CHECK(is_refused(&config, field, name));
}

static void test_every_row(void) {
  TSCOPE_CONFIG_FIELDS(TEST_REAL, TEST_INT, TEST_FLAG, TEST_ENUM, TEST_TEXT)
}

static void test_range_schedules(void) {
  tscope_config config = tscope_config_default();
  config.schedule = TSCOPE_SCHEDULE_range_exponential;
  CHECK(is_refused(&config, TSCOPE_FIELD_lr_min, "lr_min"));
  config.lr_min = 1e-8f;
  CHECK(is_accepted(&config));
  config.schedule = TSCOPE_SCHEDULE_range_linear;
  config.lr_min = 0;
  CHECK(is_accepted(&config));
}

/* "adam" also stands in "adamw", and neither in "nadam". */
static void test_mistakes(void) {
  tscope_config config = tscope_config_default();
  config.mistake = TSCOPE_MISTAKE_adam_multiplies;
  CHECK(is_refused(&config, TSCOPE_FIELD_mistake, "mistake"));
  CHECK(!strcmp(problem.message,
                "mistake adam_multiplies belongs to adam or adamw, not to momentum"));
  config.optimizer = TSCOPE_OPTIMIZER_nadam;
  CHECK(is_refused(&config, TSCOPE_FIELD_mistake, "mistake"));
  config.optimizer = TSCOPE_OPTIMIZER_adam;
  CHECK(is_accepted(&config));
  config.mistake = TSCOPE_MISTAKE_norm_after_clipping;
  for (int i = 0; i < TSCOPE_OPTIMIZER_COUNT; i++) {
    config.optimizer = i;
    CHECK(is_accepted(&config));
  }
}

static uint32_t word_of(float value) {
  uint32_t word;
  memcpy(&word, &value, sizeof word);
  return word;
}

/* What the table says of each row, in its order. */
enum { FIXED, LIVE };
#define LIVE_NUMBER(group, name, value, low, high, scale, from, to, live, ...) live,
#define LIVE_FLAG(group, name, value, live, ...) live,
#define LIVE_ENUM(group, name, PREFIX, OPTIONS, value, number, live, ...) live,
#define LIVE_TEXT(group, name, capacity, live, ...) live,
static const int kLive[TSCOPE_FIELD_COUNT] = {
    TSCOPE_CONFIG_FIELDS(LIVE_NUMBER, LIVE_NUMBER, LIVE_FLAG, LIVE_ENUM, LIVE_TEXT)};

static void test_live(void) {
  tscope_config config = tscope_config_default();
  CHECK(tscope_config_set_live(&config, TSCOPE_FIELD_lr, word_of(0.5f), &problem) == TSCOPE_OK);
  CHECK(config.lr == 0.5f);
  CHECK(tscope_config_set_live(&config, TSCOPE_FIELD_clip, TSCOPE_CLIP_adaptive, &problem) ==
        TSCOPE_OK);
  CHECK(config.clip == TSCOPE_CLIP_adaptive);
  CHECK(tscope_config_set_live(&config, TSCOPE_FIELD_lr, word_of(NAN), &problem) ==
        TSCOPE_ERROR_SETTING);
  CHECK(problem.field == TSCOPE_FIELD_lr);
  CHECK(tscope_config_set_live(&config, TSCOPE_FIELD_clip_norm, word_of(0), &problem) ==
        TSCOPE_ERROR_SETTING);
  CHECK(config.lr == 0.5f && config.clip_norm == 1);

  /* The contract's live settings. */
  const int live[] = {
      TSCOPE_FIELD_lr,         TSCOPE_FIELD_momentum,        TSCOPE_FIELD_weight_decay,
      TSCOPE_FIELD_clip,       TSCOPE_FIELD_clip_norm,       TSCOPE_FIELD_clip_percentile,
      TSCOPE_FIELD_eval_every, TSCOPE_FIELD_sharpness_every, TSCOPE_FIELD_clip_in_warmup};
  for (size_t i = 0; i < sizeof live / sizeof live[0]; i++) CHECK(kLive[live[i]] == LIVE);
  for (int field = -1; field <= TSCOPE_FIELD_COUNT; field++) {
    const int expected = field >= 0 && field < TSCOPE_FIELD_COUNT && kLive[field] == LIVE;
    CHECK(tscope_config_field_is_live(field) == expected);
    if (expected) continue;
    const tscope_config before = config;
    CHECK(tscope_config_set_live(&config, field, 1, &problem) == TSCOPE_ERROR_SETTING);
    CHECK(memcmp(&before, &config, sizeof config) == 0);
  }
}

/** Every setting by its name, and what is no value of its kind. */
static void test_set(void) {
  tscope_config config = tscope_config_default();
  CHECK(tscope_config_set(&config, "lr", "3e-2", &problem) == TSCOPE_OK && config.lr == 0.03f);
  CHECK(tscope_config_set(&config, "steps", "7", &problem) == TSCOPE_OK && config.steps == 7);
  CHECK(tscope_config_set(&config, "standardize", "off", &problem) == TSCOPE_OK);
  CHECK(config.standardize == 0);
  CHECK(tscope_config_set(&config, "optimizer", "adam", &problem) == TSCOPE_OK);
  CHECK(config.optimizer == TSCOPE_OPTIMIZER_adam);
  CHECK(tscope_config_set(&config, "model", "linear(4) tanh", &problem) == TSCOPE_OK);
  CHECK(config.model.length == 14 && memcmp(config.model.bytes, "linear(4) tanh", 14) == 0);
  CHECK(is_accepted(&config));
  const char *const wrong[][2] = {{"lr", "fast"},      {"lr", ""},        {"lr", "0.1 0.2"},
                                  {"steps", "1.5"},    {"steps", "1e10"}, {"standardize", "maybe"},
                                  {"optimizer", "adm"}};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const tscope_config before = config;
    const char *const name = wrong[i][0];
    CHECK(tscope_config_set(&config, name, wrong[i][1], &problem) == TSCOPE_ERROR_SETTING);
    CHECK(problem.field == tscope_config_field(name) && strstr(problem.message, name) != NULL);
    CHECK(memcmp(&before, &config, sizeof config) == 0);
  }
  CHECK(tscope_config_set(&config, "lrr", "1", &problem) == TSCOPE_ERROR_SETTING);
  CHECK(problem.field == -1 && strstr(problem.message, "\"lrr\"") != NULL);
  const char *const meant[][2] = {{"lrr", ": did you mean lr?"},
                                  {"learning_rate", ": did you mean lr?"},
                                  {"Weight-Decya", ": did you mean weight_decay?"},
                                  {"warmup", ": did you mean warmup_steps?"}};
  for (size_t i = 0; i < sizeof meant / sizeof meant[0]; i++) {
    CHECK(tscope_config_set(&config, meant[i][0], "1", &problem) == TSCOPE_ERROR_SETTING);
    CHECK(strstr(problem.message, meant[i][1]) != NULL);
  }
  const char *const unlike[] = {"", "q", "qqqqqqqq"};
  for (size_t i = 0; i < sizeof unlike / sizeof unlike[0]; i++) {
    CHECK(tscope_config_set(&config, unlike[i], "1", &problem) == TSCOPE_ERROR_SETTING);
    CHECK(strstr(problem.message, "did you mean") == NULL);
  }
  char long_model[TSCOPE_MODEL_TEXT_MAX + 2];
  memset(long_model, 'x', sizeof long_model);
  long_model[TSCOPE_MODEL_TEXT_MAX + 1] = 0;
  CHECK(tscope_config_set(&config, "model", long_model, &problem) == TSCOPE_ERROR_SETTING);
  const float lr = config.lr;
  uint32_t word = tscope_config_word(&config, TSCOPE_FIELD_lr);
  CHECK(memcmp(&word, &lr, sizeof word) == 0 && tscope_config_word(&config, -1) == 0);
}

int main(void) {
  test_defaults();
  test_set();
  test_every_row();
  test_range_schedules();
  test_mistakes();
  test_live();
  return CHECK_REPORT();
}
