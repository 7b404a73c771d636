/**
 * The tables as text, so that JS derives everything from the binary that it runs. The preprocessor
 * pastes the rows into one literal: nothing is assembled at run time, no buffer can be too small.
 */
#include "trainscope/config.h"
#include "trainscope/definition_fields.h"
#include "trainscope/metric_fields.h"
#include "trainscope/unit_fields.h"

/* The standard promises literals of 4,095 bytes; every compiler that we support takes more. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

/* A string literal, stringised, is a JSON string; a number's literal is a JSON number. */
#define JSON_KEY(key, value) "\"" key "\":" value ","
#define JSON_LAST(key, value) "\"" key "\":" value "}\n"
#define JSON_ROW(kind, group, name)                                         \
  "{" JSON_KEY("name", "\"" #name "\"") JSON_KEY("group", "\"" #group "\"") \
      JSON_KEY("kind", "\"" kind "\"")
#define JSON_TAIL(live, sight, quantity, when, label, unit, help) \
  JSON_KEY("live", "\"" #live "\"")                               \
  JSON_KEY("sight", "\"" #sight "\"")                             \
  JSON_KEY("quantity", "\"" #quantity "\"")                       \
  JSON_KEY("when", #when) JSON_KEY("label", #label) JSON_KEY("unit", #unit) JSON_LAST("help", #help)

#define FIELD_NUMBER(kind, group, name, value, min, max, scale, low, high) \
  JSON_ROW(kind, group, name)                                              \
  JSON_KEY("default", #value)                                              \
  JSON_KEY("min", #min)                                                    \
  JSON_KEY("max", #max)                                                    \
  JSON_KEY("scale", "\"" #scale "\"") JSON_KEY("low", #low) JSON_KEY("high", #high)
#define FIELD_REAL(group, name, value, min, max, scale, low, high, live, sight, quantity, when, \
                   label, unit, help)                                                           \
  FIELD_NUMBER("real", group, name, value, min, max, scale, low, high)                          \
  JSON_TAIL(live, sight, quantity, when, label, unit, help)
#define FIELD_INT(group, name, value, min, max, scale, low, high, live, sight, quantity, when, \
                  label, unit, help)                                                           \
  FIELD_NUMBER("int", group, name, value, min, max, scale, low, high)                          \
  JSON_TAIL(live, sight, quantity, when, label, unit, help)
#define FIELD_FLAG(group, name, value, live, sight, quantity, when, label, help) \
  JSON_ROW("flag", group, name)                                                  \
  JSON_KEY("default", #value) JSON_TAIL(live, sight, quantity, when, label, "", help)

/* An option is "id|text|label;": ids are C's, texts are what users write. None contains | or ;. */
#define FIELD_OPTION(PREFIX, id, text, label) #id "|" text "|" label ";"
#define FIELD_ENUM(group, name, PREFIX, OPTIONS, id, number, live, sight, quantity, when, label, \
                   help)                                                                         \
  JSON_ROW("enum", group, name)                                                                  \
  JSON_KEY("default", "\"" #id "\"")                                                             \
  JSON_KEY("options", "\"" OPTIONS(FIELD_OPTION, PREFIX) "\"")                                   \
  JSON_KEY("number", "\"" #number "\"")                                                          \
  JSON_TAIL(live, sight, quantity, when, label, "", help)
#define FIELD_TEXT(group, name, capacity, live, sight, quantity, when, label, help) \
  JSON_ROW("text", group, name)                                                     \
  JSON_KEY("default", "null")                                                       \
  JSON_KEY("capacity", #capacity) JSON_TAIL(live, sight, quantity, when, label, "", help)

#define GROUP_ROW(name, label) "{" JSON_KEY("name", "\"" #name "\"") JSON_LAST("label", #label)

#define METRIC_ROW(kind, name, scale, label, unit, help)                                    \
  "{" JSON_KEY("name", "\"" #name "\"") JSON_KEY("kind", "\"" #kind "\"")                   \
      JSON_KEY("scale", "\"" #scale "\"") JSON_KEY("label", #label) JSON_KEY("unit", #unit) \
          JSON_LAST("help", #help)

#define MEMBER_ROW(kind, name, size, help)                                                       \
  "{" JSON_KEY("name", "\"" #name "\"") JSON_KEY("kind", "\"" kind "\"") JSON_KEY("size", #size) \
      JSON_LAST("help", #help)
#define MEMBER_DOUBLE(name, help) MEMBER_ROW("double", name, 8, help)
#define MEMBER_REAL(name, help) MEMBER_ROW("real", name, 4, help)
#define MEMBER_INT(name, help) MEMBER_ROW("int", name, 4, help)
#define MEMBER_CHARS(name, size, help) MEMBER_ROW("chars", name, size, help)
#define DEFINITION_ROW(name, value, help) \
  "{" JSON_KEY("name", "\"" #name "\"") JSON_KEY("value", #value) JSON_LAST("help", #help)
#define VERDICT_ROW(name, label, help) \
  "{" JSON_KEY("name", "\"" #name "\"") JSON_KEY("label", #label) JSON_LAST("help", #help)
/* Model texts contain neither quotes nor backslashes. */
#define MODEL_ROW(name, text) "{" JSON_KEY("name", "\"" name "\"") JSON_LAST("text", "\"" text "\"")
#define PRESET_ROW(id, text, from, to, decay, factor, begin, end, headline, slope)       \
  "{" JSON_KEY("name", "\"" text "\"") JSON_KEY("lr_min", #from) JSON_KEY("lr_max", #to) \
      JSON_KEY("smoothing", #decay) JSON_KEY("stop_factor", #factor)                     \
          JSON_KEY("skip_begin", #begin) JSON_LAST("skip_end", #end)
/* What a preset is but cannot be set: its own default rule, and what its slope is taken by. */
#define PRESET_TRAITS_ROW(id, text, from, to, decay, factor, begin, end, headline, slope) \
  "{" JSON_KEY("name", "\"" text "\"") JSON_KEY("headline", "\"" #headline "\"")          \
      JSON_LAST("slope", "\"" #slope "\"")
#define RULE_ROW(A, B, id, text, label, moments, first, second, decay, size, scope,             \
                 preconditioner, settings, limit, limit_text, formula, note)                    \
  "{" JSON_KEY("name", #text) JSON_KEY("label", #label) JSON_KEY("moments", #moments)           \
      JSON_KEY("first", #first) JSON_KEY("second", #second) JSON_KEY("decay", "\"" #decay "\"") \
          JSON_KEY("size", "\"" #size "\"") JSON_KEY("scope", "\"" #scope "\"")                 \
              JSON_KEY("preconditioner", "\"" #preconditioner "\"")                             \
                  JSON_KEY("settings", #settings) JSON_KEY("limit", #limit_text)                \
                      JSON_KEY("formula", #formula) JSON_LAST("note", #note)
#define MISTAKE_ROW(A, B, id, text, label, where, rules, acts, first, formula)    \
  "{" JSON_KEY("name", #text) JSON_KEY("label", #label) JSON_KEY("where", #where) \
      JSON_KEY("rules", #rules) JSON_KEY("acts", "\"" #acts "\"") JSON_LAST("formula", #formula)
#define TASK_ROW(id, defaults, help) \
  "{" JSON_KEY("name", "\"" #id "\"") JSON_KEY("defaults", #defaults) JSON_LAST("help", #help)
/* A unit's arguments are rows of their own after it. */
#define UNIT_ROW(name, role, arguments, help)                                                      \
  "{" JSON_KEY("name", "\"" #name "\"") JSON_KEY("role", "\"" #role "\"") JSON_LAST("help", #help) \
      arguments
#define OTHERWISE_REQUIRED JSON_KEY("required", "true")
#define OTHERWISE_DEFAULT(value) JSON_KEY("default", #value)
#define OTHERWISE_SAME_AS(other) JSON_KEY("same_as", "\"" #other "\"")
#define ARGUMENT_ROW(kind, name, otherwise, min, max, help)                  \
  "{" JSON_KEY("argument", "\"" #name "\"") JSON_KEY("kind", "\"" kind "\"") \
      OTHERWISE_##otherwise JSON_KEY("min", #min) JSON_KEY("max", #max) JSON_LAST("help", #help)
#define ARGUMENT_INT(name, otherwise, min, max, help) \
  ARGUMENT_ROW("int", name, otherwise, min, max, help)
#define ARGUMENT_REAL(name, otherwise, min, max, help) \
  ARGUMENT_ROW("real", name, otherwise, min, max, help)
/* The minima are "x y;" each, a text that JS takes apart. */
#define SURFACE_ROW(text, formula, lowest, minima, x_low, x_high, y_low, y_high, start_x, start_y, \
                    lr, adaptive, help)                                                            \
  "{" JSON_KEY("name", #text) JSON_KEY("formula", #formula) JSON_KEY("lowest", #lowest)            \
      JSON_KEY("minima", #minima) JSON_KEY("x_low", #x_low) JSON_KEY("x_high", #x_high)            \
          JSON_KEY("y_low", #y_low) JSON_KEY("y_high", #y_high) JSON_KEY("start_x", #start_x)      \
              JSON_KEY("start_y", #start_y) JSON_KEY("lr", #lr) JSON_KEY("adaptive", #adaptive)    \
                  JSON_LAST("help", #help)
#define RECORD_ROWS(name, FIELDS) \
  "{\"record\":\"" #name "\"}\n" FIELDS(MEMBER_DOUBLE, MEMBER_REAL, MEMBER_INT, MEMBER_CHARS)

static const char kSchema[] =
    "{\"table\":\"fields\"}\n" TSCOPE_CONFIG_FIELDS(FIELD_REAL, FIELD_INT, FIELD_FLAG, FIELD_ENUM,
                                                    FIELD_TEXT)
    "{\"table\":\"groups\"}\n" TSCOPE_CONFIG_GROUPS(GROUP_ROW)
    "{\"table\":\"rules\"}\n" TSCOPE_RULES(RULE_ROW, , )
    "{\"table\":\"mistakes\"}\n" TSCOPE_MISTAKE_ROWS(MISTAKE_ROW, , )
    "{\"table\":\"tasks\"}\n" TSCOPE_TASKS(TASK_ROW)
    "{\"table\":\"metrics\"}\n" TSCOPE_METRIC_FIELDS(METRIC_ROW)
    "{\"table\":\"definitions\"}\n" TSCOPE_DEFINITIONS(DEFINITION_ROW)
    "{\"table\":\"verdicts\"}\n" TSCOPE_VERDICTS(VERDICT_ROW)
    "{\"table\":\"events\"}\n" TSCOPE_EVENTS(DEFINITION_ROW)
    "{\"table\":\"range_test\"}\n" TSCOPE_RANGE_TEST_FIELDS(FIELD_REAL, FIELD_INT, FIELD_FLAG,
                                                            FIELD_ENUM, FIELD_TEXT)
    "{\"table\":\"units\"}\n" TSCOPE_UNITS(UNIT_ROW, ARGUMENT_INT, ARGUMENT_REAL)
    "{\"table\":\"models\"}\n" MODEL_ROW("points", TSCOPE_MODEL_FOR_POINTS)
    MODEL_ROW("images", TSCOPE_MODEL_FOR_IMAGES) MODEL_ROW("tokens", TSCOPE_MODEL_FOR_TOKENS)
    "{\"table\":\"range_presets\"}\n" TSCOPE_RANGE_PRESET_DEFAULTS(PRESET_ROW)
    "{\"table\":\"range_traits\"}\n" TSCOPE_RANGE_PRESET_DEFAULTS(PRESET_TRAITS_ROW)
    "{\"table\":\"surface\"}\n" TSCOPE_SURFACE_FIELDS(FIELD_REAL, FIELD_INT, FIELD_FLAG, FIELD_ENUM,
                                                     FIELD_TEXT)
    "{\"table\":\"surfaces\"}\n" TSCOPE_SURFACE_FACTS(SURFACE_ROW)
    "{\"table\":\"slice\"}\n" TSCOPE_SLICE_FIELDS(FIELD_REAL, FIELD_INT, FIELD_FLAG, FIELD_ENUM,
                                                 FIELD_TEXT)
    TSCOPE_RECORDS(RECORD_ROWS);

const char *tscope_schema_json(void) { return kSchema; }

/* JS adds the members' sizes up: a record has no padding, a config no words beside its fields. */
#define SIZE_DOUBLE(name, help) +8u
#define SIZE_WORD(...) +4u
#define SIZE_CHARS(name, size, help) +(size)
#define SIZE_TEXT(group, name, capacity, ...) +4u + (capacity)
#define RECORD_HAS_NO_PADDING(name, FIELDS)                                    \
  _Static_assert(sizeof(TSCOPE_RECORD_STRUCT(FIELDS)) ==                       \
                     0u FIELDS(SIZE_DOUBLE, SIZE_WORD, SIZE_WORD, SIZE_CHARS), \
                 "the record " #name " has padding");
TSCOPE_RECORDS(RECORD_HAS_NO_PADDING)
_Static_assert(sizeof(tscope_config) ==
                   0u TSCOPE_CONFIG_FIELDS(SIZE_WORD, SIZE_WORD, SIZE_WORD, SIZE_WORD, SIZE_TEXT),
               "tscope_config has padding");
_Static_assert(sizeof(tscope_range_options) == 0u TSCOPE_RANGE_TEST_FIELDS(SIZE_WORD, SIZE_WORD,
                                                                           SIZE_WORD, SIZE_WORD,
                                                                           SIZE_TEXT),
               "tscope_range_options has padding");
_Static_assert(sizeof(tscope_surface_options) ==
                   0u TSCOPE_SURFACE_FIELDS(SIZE_WORD, SIZE_WORD, SIZE_WORD, SIZE_WORD, SIZE_TEXT),
               "tscope_surface_options has padding");
