/**
 * The settings of a run: a plain value made of the rows of config_fields.h.
 *
 *     tscope_config config = tscope_config_default();
 *     config.optimizer = TSCOPE_OPTIMIZER_adam;
 *     tscope_problem problem;
 *     if (tscope_config_validate(&config, &problem) != TSCOPE_OK) puts(problem.message);
 *
 * Every field is one 32-bit word in table order, except text, which is a length word and its bytes;
 * so JS reads and writes a config by the table alone and no offsets exist that could disagree.
 */
#ifndef TRAINSCOPE_CONFIG_H
#define TRAINSCOPE_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "trainscope/config_fields.h"
#include "trainscope/declare.h"
#include "trainscope/record_fields.h"
#include "trainscope/study_fields.h"
#include "trainscope/surface_fields.h"

TSCOPE_DECLARE

enum {
  TSCOPE_MODEL_TEXT_MAX = 2048,
  TSCOPE_UNITS_MAX = 4096, /* after repeats */
  TSCOPE_NESTING_MAX = 64,
  TSCOPE_PARAMETERS_MAX = 1 << 27,
};

/** What can go wrong. Only sizing, initializing, validating and loading data can fail. */
typedef enum tscope_status {
  TSCOPE_OK = 0,
  TSCOPE_ERROR_SETTING =
      -1, /* a setting is out of range or contradicts another; problem.field names it */
  TSCOPE_ERROR_MODEL = -2,  /* the model text is wrong at problem.position */
  TSCOPE_ERROR_DATA = -3,   /* a data file or array is malformed, or does not fit the settings */
  TSCOPE_ERROR_MEMORY = -4, /* the run is larger than the memory offered */
} tscope_status;

/** Of functions that can fail: who calls them looks at the status. */
#if defined(__GNUC__)
#define TSCOPE_CHECKED __attribute__((warn_unused_result))
#else
#define TSCOPE_CHECKED
#endif

/** One sentence for the user, and where it points. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_PROBLEM_FIELDS) tscope_problem;

/** A text setting: length -1 means that it was left out; the empty text has length 0. Not
 * zero-terminated. */
typedef struct tscope_text {
  int32_t length;
  char bytes[TSCOPE_MODEL_TEXT_MAX];
} tscope_text;

/* ---- enums: TSCOPE_OPTIMIZER_adam and so on, pasted from the tables ------------------------- */

#define TSCOPE_OPTION_CONSTANT(PREFIX, id, text, label) TSCOPE_##PREFIX##_##id,
enum { TSCOPE_DATASETS(TSCOPE_OPTION_CONSTANT, DATASET) TSCOPE_DATASET_COUNT };
enum { TSCOPE_DOWNSAMPLES(TSCOPE_OPTION_CONSTANT, DOWNSAMPLE) TSCOPE_DOWNSAMPLE_COUNT };
enum { TSCOPE_INITS(TSCOPE_OPTION_CONSTANT, INIT) TSCOPE_INIT_COUNT };
enum { TSCOPE_LOSSES(TSCOPE_OPTION_CONSTANT, LOSS) TSCOPE_LOSS_COUNT };
enum { TSCOPE_OPTIMIZERS(TSCOPE_OPTION_CONSTANT, OPTIMIZER) TSCOPE_OPTIMIZER_COUNT };
enum { TSCOPE_SCHEDULES(TSCOPE_OPTION_CONSTANT, SCHEDULE) TSCOPE_SCHEDULE_COUNT };
enum { TSCOPE_MISTAKES(TSCOPE_OPTION_CONSTANT, MISTAKE) TSCOPE_MISTAKE_COUNT };
enum { TSCOPE_CLIPS(TSCOPE_OPTION_CONSTANT, CLIP) TSCOPE_CLIP_COUNT };
enum { TSCOPE_ARITHMETICS(TSCOPE_OPTION_CONSTANT, ARITHMETIC) TSCOPE_ARITHMETIC_COUNT };
enum { TSCOPE_RANGE_MODES(TSCOPE_OPTION_CONSTANT, RANGE_MODE) TSCOPE_RANGE_MODE_COUNT };
enum { TSCOPE_RANGE_PRESETS(TSCOPE_OPTION_CONSTANT, RANGE_PRESET) TSCOPE_RANGE_PRESET_COUNT };
enum { TSCOPE_RANGE_SPLITS(TSCOPE_OPTION_CONSTANT, RANGE_SPLIT) TSCOPE_RANGE_SPLIT_COUNT };
enum { TSCOPE_SURFACES(TSCOPE_OPTION_CONSTANT, SURFACE) TSCOPE_SURFACE_COUNT };
#undef TSCOPE_OPTION_CONSTANT

/* ---- the struct and the index of each field ------------------------------------------------- */

#define TSCOPE_MEMBER_REAL(group, name, ...) float name;
#define TSCOPE_MEMBER_INT(group, name, ...) int32_t name;
#define TSCOPE_MEMBER_TEXT(group, name, ...) tscope_text name;
typedef struct tscope_config {
  TSCOPE_CONFIG_FIELDS(TSCOPE_MEMBER_REAL, TSCOPE_MEMBER_INT, TSCOPE_MEMBER_INT, TSCOPE_MEMBER_INT,
                       TSCOPE_MEMBER_TEXT)
} tscope_config;

/** Options of the LR range test; the defaults are the preset trainscope's. */
typedef struct tscope_range_options {
  TSCOPE_RANGE_TEST_FIELDS(TSCOPE_MEMBER_REAL, TSCOPE_MEMBER_INT, TSCOPE_MEMBER_INT,
                           TSCOPE_MEMBER_INT, TSCOPE_MEMBER_TEXT)
} tscope_range_options;

/** Options of a race of update rules: which surface, and its settings. */
typedef struct tscope_surface_options {
  TSCOPE_SURFACE_FIELDS(TSCOPE_MEMBER_REAL, TSCOPE_MEMBER_INT, TSCOPE_MEMBER_INT, TSCOPE_MEMBER_INT,
                        TSCOPE_MEMBER_TEXT)
} tscope_surface_options;
#undef TSCOPE_MEMBER_REAL
#undef TSCOPE_MEMBER_INT
#undef TSCOPE_MEMBER_TEXT

#define TSCOPE_FIELD_INDEX(group, name, ...) TSCOPE_FIELD_##name,
enum {
  TSCOPE_CONFIG_FIELDS(TSCOPE_FIELD_INDEX, TSCOPE_FIELD_INDEX, TSCOPE_FIELD_INDEX,
                       TSCOPE_FIELD_INDEX, TSCOPE_FIELD_INDEX) TSCOPE_FIELD_COUNT
};
#undef TSCOPE_FIELD_INDEX

/* ---- functions ------------------------------------------------------------------------------ */

/** The defaults of the table; the model is left out, so the data decides. */
tscope_config tscope_config_default(void);

/**
 * Judges every field's range, then the rules between fields. On failure fills problem with one
 * sentence that names the field. Model text is judged by tscope_model_check, and against the data
 * by tscope_trainer_size.
 */
TSCOPE_CHECKED tscope_status tscope_config_validate(const tscope_config *config,
                                                    tscope_problem *problem);

/** Whether a field may change on a running training (the table's LIVE). */
int tscope_config_field_is_live(int field);
/** Whether two valid ones, or a valid one and any other, have the same in all fields that are not
 * LIVE. */
int tscope_config_same_fixed(const tscope_config *a, const tscope_config *b);

/** The index of a setting by its name, TSCOPE_FIELD_lr for "lr"; -1 where there is none. */
int tscope_config_field(const char *name);

/** The word of a field: a float's bits, an int, a text's length. */
uint32_t tscope_config_word(const tscope_config *config, int field);

/**
 * Sets a field by its name and the text of its value, as the command line has them: "lr", "0.1";
 * "optimizer", "adam"; "standardize", "off". Numbers are read by strtod. Fails with
 * TSCOPE_ERROR_SETTING where there is no such setting or the text is not its kind of value; ranges
 * are judged by tscope_config_validate. It sets this one and no other: defaults that a rule or a
 * task has of its own (rule_fields.h, task_fields.h), which the command line takes for what is left
 * out, are the caller's to set. Only in the native library.
 */
TSCOPE_CHECKED tscope_status tscope_config_set(tscope_config *config, const char *name,
                                               const char *value, tscope_problem *problem);

/**
 * Writes one word (a float's or an int's bits) to a live field after checking its range.
 * Fails with TSCOPE_ERROR_SETTING where the field is not live or the value is out of range.
 */
TSCOPE_CHECKED tscope_status tscope_config_set_live(tscope_config *config, int field, uint32_t word,
                                                    tscope_problem *problem);

/**
 * The tables as text, one JSON object per line: {"table":"fields"}, its rows, {"table":"metrics"},
 * its rows, then range_test and models likewise, then {"record":"problem"} with a line per member,
 * and so on. Static storage.
 */
const char *tscope_schema_json(void);

TSCOPE_DECLARED

#endif
