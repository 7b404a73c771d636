#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "trainscope/trainer.h"

/* Sets a setting by the text of its value. Programs that link the library use it; the WebAssembly
 * module, whose callers write words, does not contain it. */

static tscope_line say_refused(tscope_problem *problem, int field, const char *name,
                               const char *rule, const char *value) {
  tscope_line line = tscope_complain(problem, field);
  tscope_line_add(&line, name);
  tscope_line_add(&line, " ");
  tscope_line_add(&line, rule);
  tscope_line_add(&line, ", not \"");
  tscope_line_add(&line, value);
  tscope_line_add(&line, "\"");
  return line;
}

static tscope_status refuse(tscope_problem *problem, int field, const char *name, const char *rule,
                            const char *value) {
  say_refused(problem, field, name, rule, value);
  return TSCOPE_ERROR_SETTING;
}

/* 0 where the text is no number, or more than one. Through double, as JS reads numbers. */
static int read_real(const char *text, float *value) {
  char *end;
  *value = (float)strtod(text, &end);
  return end != text && !*end;
}

static int read_int(const char *text, int32_t *value) {
  char *end;
  const double number = strtod(text, &end);
  if (end == text || *end || !(number >= INT32_MIN && number <= INT32_MAX)) return 0;
  *value = (int32_t)number;
  return (double)*value == number;
}

/* The index of the text among names, or -1. */
static int find_text(const char *text, const char *const *names, int count) {
  for (int i = 0; i < count; i++) {
    if (strcmp(text, names[i]) == 0) return i;
  }
  return -1;
}

static int read_flag(const char *text, int32_t *value) {
  static const char *const words[] = {"off", "on", "false", "true", "0", "1"};
  const int found = find_text(text, words, 6);
  *value = found & 1;
  return found >= 0;
}

#define FIELD_NAME(group, name, ...) #name,
static const char *const kNames[TSCOPE_FIELD_COUNT] = {
    TSCOPE_CONFIG_FIELDS(FIELD_NAME, FIELD_NAME, FIELD_NAME, FIELD_NAME, FIELD_NAME)};

#define REAL_LABEL(group, name, def, min, max, scale, low, high, live, sight, quantity, when, \
                   label, unit, help)                                                         \
  label,
#define FLAG_LABEL(group, name, def, live, sight, quantity, when, label, help) label,
#define ENUM_LABEL(group, name, PREFIX, OPTIONS, def, number, live, sight, quantity, when, label, \
                   help)                                                                          \
  label,
static const char *const kLabels[TSCOPE_FIELD_COUNT] = {
    TSCOPE_CONFIG_FIELDS(REAL_LABEL, REAL_LABEL, FLAG_LABEL, ENUM_LABEL, FLAG_LABEL)};

enum { PLAIN_MAX = 32 };

/* As names are compared: in small letters, "_" between words. Returns its length. */
static size_t plain_name(const char *name, char plain[PLAIN_MAX]) {
  size_t length = 0;
  for (; *name && length < PLAIN_MAX; name++) {
    const char letter = *name >= 'A' && *name <= 'Z' ? (char)(*name + 'a' - 'A') : *name;
    if (length == 0 && (letter == '-' || letter == '_')) continue;
    plain[length++] = letter == '-' || letter == ' ' ? '_' : letter;
  }
  return length;
}

/* The setting that is meant by a name that is none, or NULL where nothing is near: the rules are
 * those of the command line (web/engine/config/names.js). */
static const char *nearest_name(const char *name) {
  char typed[PLAIN_MAX], label[PLAIN_MAX];
  const size_t length = plain_name(name, typed);
  const char *nearest = NULL;
  /* In tenths of a letter: half of them may be wrong, and only the begin may be typed. */
  int fewest = 10 * ((length < 4 ? 1 : (int)(length / 2)) + 1);
  for (int i = 0; i < TSCOPE_FIELD_COUNT; i++) {
    const size_t size = strlen(kNames[i]);
    const int is_label =
        length > 0 && plain_name(kLabels[i], label) == length && memcmp(label, typed, length) == 0;
    if (is_label) return kNames[i];
    const int is_begun = length > 1 && size > length && memcmp(kNames[i], typed, length) == 0;
    const int edits = is_begun ? 9 : 10 * tscope_text_distance(typed, length, kNames[i], size);
    if (edits < fewest) fewest = edits, nearest = kNames[i];
  }
  return nearest;
}

static tscope_status refuse_name(tscope_problem *problem, const char *name) {
  tscope_line line = say_refused(problem, -1, "a setting", "must be one of the table", name);
  const char *nearest = nearest_name(name);
  if (!nearest) return TSCOPE_ERROR_SETTING;
  tscope_line_add(&line, ": did you mean ");
  tscope_line_add(&line, nearest);
  tscope_line_add(&line, "?");
  return TSCOPE_ERROR_SETTING;
}

int tscope_config_field(const char *name) { return find_text(name, kNames, TSCOPE_FIELD_COUNT); }

uint32_t tscope_config_word(const tscope_config *config, int field) {
  uint32_t word = 0;
#define COPY_WORD(group, name, ...)            \
  case TSCOPE_FIELD_##name:                    \
    memcpy(&word, &config->name, sizeof word); \
    break;
  switch (field) {
    TSCOPE_CONFIG_FIELDS(COPY_WORD, COPY_WORD, COPY_WORD, COPY_WORD, COPY_WORD)
    default:
      break;
  }
  return word;
}

tscope_status tscope_config_set(tscope_config *config, const char *name, const char *value,
                                tscope_problem *problem) {
#define SET_REAL(group, name, ...)                                                   \
  case TSCOPE_FIELD_##name: {                                                        \
    float number;                                                                    \
    if (!read_real(value, &number))                                                  \
      return refuse(problem, TSCOPE_FIELD_##name, #name, "must be a number", value); \
    config->name = number;                                                           \
    return TSCOPE_OK;                                                                \
  }
#define SET_INT(group, name, ...)                                                          \
  case TSCOPE_FIELD_##name: {                                                              \
    int32_t number;                                                                        \
    if (!read_int(value, &number))                                                         \
      return refuse(problem, TSCOPE_FIELD_##name, #name, "must be a whole number", value); \
    config->name = number;                                                                 \
    return TSCOPE_OK;                                                                      \
  }
#define SET_FLAG(group, name, ...)                                                    \
  case TSCOPE_FIELD_##name: {                                                         \
    int32_t flag;                                                                     \
    if (!read_flag(value, &flag))                                                     \
      return refuse(problem, TSCOPE_FIELD_##name, #name, "must be on or off", value); \
    config->name = flag;                                                              \
    return TSCOPE_OK;                                                                 \
  }
#define OPTION_TEXT(PREFIX, id, text, label) text,
#define OPTION_IN_SENTENCE(PREFIX, id, text, label) " " text
#define SET_ENUM(group, name, PREFIX, OPTIONS, ...)                                   \
  case TSCOPE_FIELD_##name: {                                                         \
    static const char *const names[] = {OPTIONS(OPTION_TEXT, PREFIX)};                \
    const int found = find_text(value, names, (int)(sizeof names / sizeof names[0])); \
    if (found < 0)                                                                    \
      return refuse(problem, TSCOPE_FIELD_##name, #name,                              \
                    "must be one of" OPTIONS(OPTION_IN_SENTENCE, PREFIX), value);     \
    config->name = found;                                                             \
    return TSCOPE_OK;                                                                 \
  }
#define SET_TEXT(group, name, ...)                                                      \
  case TSCOPE_FIELD_##name: {                                                           \
    const size_t length = strlen(value);                                                \
    if (length > sizeof config->name.bytes)                                             \
      return refuse(problem, TSCOPE_FIELD_##name, #name, "must not be so long", value); \
    config->name.length = (int32_t)length;                                              \
    memcpy(config->name.bytes, value, length);                                          \
    return TSCOPE_OK;                                                                   \
  }
  switch (tscope_config_field(name)) {
    TSCOPE_CONFIG_FIELDS(SET_REAL, SET_INT, SET_FLAG, SET_ENUM, SET_TEXT)
    default:
      return refuse_name(problem, name);
  }
}

tscope_status tscope_trainer_set_named(tscope_trainer *trainer, const char *name, const char *value,
                                       tscope_problem *problem) {
  tscope_config wanted = *tscope_trainer_config(trainer);
  const tscope_status status = tscope_config_set(&wanted, name, value, problem);
  if (status != TSCOPE_OK) return status;
  const int field = tscope_config_field(name);
  return tscope_trainer_set(trainer, field, tscope_config_word(&wanted, field), problem);
}
