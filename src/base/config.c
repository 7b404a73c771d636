#include "trainscope/config.h"

#include <string.h>

#include "base/complain.h"

/* ---- defaults ------------------------------------------------------------------------------- */

#define DEFAULT_NUMBER(group, name, value, ...) .name = value,
#define DEFAULT_ENUM(group, name, PREFIX, OPTIONS, id, ...) .name = TSCOPE_##PREFIX##_##id,
#define DEFAULT_TEXT(group, name, ...) .name = {.length = -1},

/* A literal such as 0.02 is a double in C; the struct holds the nearest float. */
#define DEFAULT_REAL(group, name, value, ...) .name = (float)(value),

tscope_config tscope_config_default(void) {
  return (tscope_config){TSCOPE_CONFIG_FIELDS(DEFAULT_REAL, DEFAULT_NUMBER, DEFAULT_NUMBER,
                                              DEFAULT_ENUM, DEFAULT_TEXT)};
}

/* ---- the table as data ---------------------------------------------------------------------- */

typedef enum { KIND_REAL, KIND_INT, KIND_TEXT } row_kind;
enum { FIXED = 0, LIVE = 1 };

/* What judging one field takes. min and max are exact in double for every kind. */
typedef struct field_row {
  const char *name;
  const char *rule; /* how the sentence goes on after the name */
  size_t offset;
  double min, max;
  row_kind kind;
  int live;
} field_row;

/* A bound is compared as a float where the value is one: the float nearest to 0.999999 may lie
 * above it. */
#define ROW_REAL(group, name, value, min, max, scale, low, high, live, ...) \
  {#name,                                                                   \
   "must be between " #min " and " #max,                                    \
   offsetof(tscope_config, name),                                           \
   (float)(min),                                                            \
   (float)(max),                                                            \
   KIND_REAL,                                                               \
   live},
#define ROW_INT(group, name, value, min, max, scale, low, high, live, ...) \
  {#name,                                                                  \
   "must be a whole number between " #min " and " #max,                    \
   offsetof(tscope_config, name),                                          \
   min,                                                                    \
   max,                                                                    \
   KIND_INT,                                                               \
   live},
#define ROW_FLAG(group, name, value, live, ...) \
  {#name, "must be on or off", offsetof(tscope_config, name), 0, 1, KIND_INT, live},
#define OPTION_IN_SENTENCE(PREFIX, id, text, label) " " text
#define OPTION_COUNTED(PREFIX, id, text, label) +1
#define ROW_ENUM(group, name, PREFIX, OPTIONS, id, number, live, ...) \
  {#name,                                                             \
   "must be one of" OPTIONS(OPTION_IN_SENTENCE, PREFIX),              \
   offsetof(tscope_config, name),                                     \
   0,                                                                 \
   (0 OPTIONS(OPTION_COUNTED, PREFIX)) - 1,                           \
   KIND_INT,                                                          \
   live},
#define ROW_TEXT(group, name, capacity, live, ...) \
  {#name,                                          \
   "must not be longer than " #capacity " bytes",  \
   offsetof(tscope_config, name),                  \
   -1,                                             \
   capacity,                                       \
   KIND_TEXT,                                      \
   live},

static const field_row kRows[TSCOPE_FIELD_COUNT] = {
    TSCOPE_CONFIG_FIELDS(ROW_REAL, ROW_INT, ROW_FLAG, ROW_ENUM, ROW_TEXT)};

/* ---- judging -------------------------------------------------------------------------------- */

static tscope_status refuse(tscope_problem *problem, int field, const char *rule) {
  tscope_line line = tscope_complain(problem, field);
  tscope_line_add(&line, kRows[field].name);
  tscope_line_add(&line, " ");
  tscope_line_add(&line, rule);
  return TSCOPE_ERROR_SETTING;
}

/* The value of a field's word. A text's first word is its length, which is what its bounds are
 * about. */
static double word_value(const field_row *row, uint32_t word) {
  if (row->kind == KIND_REAL) {
    float value;
    memcpy(&value, &word, sizeof value);
    return (double)value;
  }
  int32_t value;
  memcpy(&value, &word, sizeof value);
  return (double)value;
}

static tscope_status judge_word(int field, uint32_t word, tscope_problem *problem) {
  const field_row *row = &kRows[field];
  double value = word_value(row, word);
  /* Written so that NaN, which fails every comparison, is refused. */
  if (value >= row->min && value <= row->max) return TSCOPE_OK;
  return refuse(problem, field, row->rule);
}

static tscope_status judge_range_schedule(const tscope_config *config, tscope_problem *problem) {
  int exponential = config->schedule == TSCOPE_SCHEDULE_range_exponential;
  if (!exponential && config->schedule != TSCOPE_SCHEDULE_range_linear) return TSCOPE_OK;
  if (exponential && !(config->lr_min > 0)) {
    return refuse(problem, TSCOPE_FIELD_lr_min,
                  "must be above 0 with the schedule range_exponential");
  }
  if (!(config->lr_min <= config->lr)) {
    return refuse(problem, TSCOPE_FIELD_lr_min,
                  "must not be above lr with the schedules range_linear and range_exponential");
  }
  return TSCOPE_OK;
}

/* The settings that each rule names in its row. */
#define RULE_SETTINGS(A, B, id, text, label, moments, first, second, decay, size, scope, \
                      preconditioner, settings, ...)                                     \
  settings,
static const char *const kRuleSettings[TSCOPE_OPTIMIZER_COUNT] = {TSCOPE_RULES(RULE_SETTINGS, , )};

static int rule_uses(const tscope_config *config, const char *setting) {
  return strstr(kRuleSettings[config->optimizer], setting) != NULL;
}

static tscope_status judge_momentum_cycle(const tscope_config *config, tscope_problem *problem) {
  const float low = config->momentum_low;
  if (config->schedule != TSCOPE_SCHEDULE_onecycle || !config->cycle_momentum) return TSCOPE_OK;
  if (rule_uses(config, "momentum") && low > config->momentum)
    return refuse(problem, TSCOPE_FIELD_momentum_low,
                  "must not be above momentum with cycle_momentum on");
  if (rule_uses(config, "beta1") && low > config->beta1)
    return refuse(problem, TSCOPE_FIELD_momentum_low,
                  "must not be above beta1 with cycle_momentum on");
  return TSCOPE_OK;
}

#define RULE_TEXT(A, B, id, text, ...) text,
static const char *const kRuleTexts[TSCOPE_OPTIMIZER_COUNT] = {TSCOPE_RULES(RULE_TEXT, , )};

/* Per mistake its text and the rules that it is a mistake in. */
#define MISTAKE_TEXTS(A, B, id, text, label, where, rules, ...) {text, rules},
static const char *const kMistakeTexts[TSCOPE_MISTAKE_COUNT][2] = {
    {"none", ""}, TSCOPE_MISTAKE_ROWS(MISTAKE_TEXTS, , )};

/* Whether a list of words parted by blanks has this one; or it has none. */
static int lists_or_is_empty(const char *list, const char *word) {
  const size_t length = strlen(word);
  for (const char *at = list; (at = strstr(at, word)) != NULL; at++) {
    const int begins = at == list || at[-1] == ' ', ends = at[length] == ' ' || !at[length];
    if (begins && ends) return 1;
  }
  return !*list;
}

static tscope_status judge_mistake(const tscope_config *config, tscope_problem *problem) {
  const char *const rule = kRuleTexts[config->optimizer];
  const char *const *const texts = kMistakeTexts[config->mistake];
  if (lists_or_is_empty(texts[1], rule)) return TSCOPE_OK;
  char why[sizeof problem->message];
  tscope_line line = tscope_line_start(why, sizeof why);
  tscope_line_add(&line, texts[0]);
  tscope_line_add(&line, " belongs to ");
  for (const char *at = texts[1]; *at; at++) {
    if (*at == ' ') tscope_line_add(&line, strchr(at + 1, ' ') ? ", " : " or ");
    if (*at != ' ') tscope_line_add_bytes(&line, at, 1);
  }
  tscope_line_add(&line, ", not to ");
  tscope_line_add(&line, rule);
  return refuse(problem, TSCOPE_FIELD_mistake, why);
}

tscope_status tscope_config_validate(const tscope_config *config, tscope_problem *problem) {
  for (int field = 0; field < TSCOPE_FIELD_COUNT; field++) {
    uint32_t word;
    memcpy(&word, (const char *)config + kRows[field].offset, sizeof word);
    tscope_status status = judge_word(field, word, problem);
    if (status != TSCOPE_OK) return status;
  }
  tscope_status status = judge_range_schedule(config, problem);
  if (status == TSCOPE_OK) status = judge_momentum_cycle(config, problem);
  return status == TSCOPE_OK ? judge_mistake(config, problem) : status;
}

int tscope_config_same_fixed(const tscope_config *a, const tscope_config *b) {
  for (int field = 0; field < TSCOPE_FIELD_COUNT; field++) {
    const field_row *row = &kRows[field];
    if (row->live == LIVE) continue;
    const char *const of_a = (const char *)a + row->offset, *const of_b =
                                                                (const char *)b + row->offset;
    if (memcmp(of_a, of_b, sizeof(int32_t)) != 0) return 0;
    if (row->kind != KIND_TEXT) continue;
    const tscope_text *const text = (const void *)of_a, *const other = (const void *)of_b;
    if (text->length > 0 && memcmp(text->bytes, other->bytes, (size_t)text->length) != 0) return 0;
  }
  return 1;
}

int tscope_config_field_is_live(int field) {
  return field >= 0 && field < TSCOPE_FIELD_COUNT && kRows[field].live == LIVE;
}

tscope_status tscope_config_set_live(tscope_config *config, int field, uint32_t word,
                                     tscope_problem *problem) {
  if (field < 0 || field >= TSCOPE_FIELD_COUNT) {
    tscope_line line = tscope_complain(problem, -1);
    tscope_line_add(&line, "there is no setting number ");
    tscope_line_add_int(&line, field);
    return TSCOPE_ERROR_SETTING;
  }
  if (!tscope_config_field_is_live(field)) {
    return refuse(problem, field, "cannot change on a running training");
  }
  tscope_status status = judge_word(field, word, problem);
  if (status == TSCOPE_OK) memcpy((char *)config + kRows[field].offset, &word, sizeof word);
  return status;
}
