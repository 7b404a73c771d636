#include "model/text.h"

#include <string.h>

#include "base/text.h"
#include "trainscope/trainer.h"

/* Brackets without units inside may be repeated too; this keeps their expansion finite. */
enum { GROUPS_MAX = 1 << 16 };

typedef struct reader {
  const char *text;
  int length, at, depth;
  int units, groups;
  tscope_visit visit;
  void *context;
  tscope_problem *problem;
} reader;

/* ---- complaints ----------------------------------------------------------------------------- */

/** "model: <before><quoted bytes><after> (at character n)" */
static tscope_status refuse(reader *r, int position, const char *before, int from, int count,
                            const char *after) {
  tscope_line line = tscope_line_start(r->problem->message, sizeof r->problem->message);
  tscope_line_add(&line, "model: ");
  tscope_line_add(&line, before);
  if (count) tscope_line_add_bytes(&line, r->text + from, (size_t)count);
  tscope_line_add(&line, after);
  tscope_line_add(&line, " (at character ");
  tscope_line_add_int(&line, tscope_text_character(r->text, position));
  tscope_line_add(&line, ")");
  r->problem->field = TSCOPE_FIELD_model;
  r->problem->position = position;
  return TSCOPE_ERROR_MODEL;
}

static tscope_status refuse_plainly(reader *r, int position, const char *sentence) {
  return refuse(r, position, sentence, 0, 0, "");
}

/* ---- characters ----------------------------------------------------------------------------- */

static int is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static int is_digit(char c) { return c >= '0' && c <= '9'; }

/** The next character that is not blank or comment, 0 at the end. */
static char peek(reader *r) {
  while (r->at < r->length) {
    char c = r->text[r->at];
    if (c == '#') {
      while (r->at < r->length && r->text[r->at] != '\n') r->at++;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      r->at++;
    } else {
      /* A zero byte is not the end. */
      return c ? c : '\1';
    }
  }
  return 0;
}

static int take(reader *r, char c) {
  if (peek(r) != c) return 0;
  r->at++;
  return 1;
}

/** Length of the name at the reading position. */
static int name_length(const reader *r) {
  int n = 0;
  while (r->at + n < r->length &&
         (is_letter(r->text[r->at + n]) || (n && is_digit(r->text[r->at + n]))))
    n++;
  return n;
}

static int names_equal(const reader *r, int from, int count, const char *name) {
  return *name == r->text[from] && strlen(name) == (size_t)count &&
         memcmp(r->text + from, name, (size_t)count) == 0;
}

/** Reads [+-]digits[.digits][e[+-]digits]; returns 0 and stays where no number stands. */
static int take_number(reader *r, double *value) {
  peek(r);
  int at = r->at, digits = 0, scale = 0, exponent = 0;
  double mantissa = 0;
  int negative = at < r->length && r->text[at] == '-';
  if (at < r->length && (r->text[at] == '-' || r->text[at] == '+')) at++;
  for (; at < r->length && is_digit(r->text[at]); at++, digits++)
    mantissa = mantissa * 10 + (r->text[at] - '0');
  if (at < r->length && r->text[at] == '.') {
    for (at++; at < r->length && is_digit(r->text[at]); at++, digits++, scale--) {
      mantissa = mantissa * 10 + (r->text[at] - '0');
    }
  }
  if (!digits) return 0;
  if (at < r->length && (r->text[at] == 'e' || r->text[at] == 'E')) {
    int mark = at++, minus = at < r->length && r->text[at] == '-';
    if (at < r->length && (r->text[at] == '-' || r->text[at] == '+')) at++;
    if (at >= r->length || !is_digit(r->text[at])) {
      at = mark;
    } else {
      for (; at < r->length && is_digit(r->text[at]); at++) {
        if (exponent < 10000) exponent = exponent * 10 + (r->text[at] - '0');
      }
      scale += minus ? -exponent : exponent;
    }
  }
  /* Both the digits and the power of ten are exact for the numbers people write, so one rounding
   * happens. */
  double power = 1;
  for (int i = 0; i < (scale < 0 ? -scale : scale) && i < 400; i++) power *= 10;
  mantissa = scale < 0 ? mantissa / power : mantissa * power;
  *value = negative ? -mantissa : mantissa;
  r->at = at;
  return 1;
}

/* ---- units ---------------------------------------------------------------------------------- */

static tscope_status read_model(reader *r);

static tscope_status refuse_name(reader *r, int from, int count) {
  const char *nearest = NULL;
  int distance = 1 << 30;
  for (int i = 0; i < TSCOPE_UNIT_COUNT; i++) {
    const char *name = tscope_unit_table[i].name;
    int d = tscope_text_distance(r->text + from, (size_t)count, name, strlen(name));
    if (d < distance) distance = d, nearest = name;
  }
  char after[64];
  tscope_line line = tscope_line_start(after, sizeof after);
  tscope_line_add(&line, "'; the nearest is '");
  tscope_line_add(&line, nearest);
  tscope_line_add(&line, "'");
  return refuse(r, from, "unknown unit '", from, count < 40 ? count : 40, after);
}

static tscope_status find_layer(reader *r, int from, int count, const tscope_layer **layer) {
  for (int i = 0; i < TSCOPE_UNIT_COUNT; i++) {
    if (!names_equal(r, from, count, tscope_unit_table[i].name)) continue;
    *layer = tscope_layers[i];
    return TSCOPE_OK;
  }
  return refuse_name(r, from, count);
}

static tscope_status check_argument(reader *r, int position, const tscope_unit_facts *unit,
                                    const tscope_argument *argument, double value) {
  const int in_range = value >= argument->min && value <= argument->max;
  if (in_range && (!argument->is_whole || value == (double)(int64_t)value)) return TSCOPE_OK;
  char sentence[160];
  tscope_line line = tscope_line_start(sentence, sizeof sentence);
  tscope_line_add(&line, unit->name);
  tscope_line_add(&line, "'s ");
  tscope_line_add(&line, argument->name);
  tscope_line_add(&line,
                  argument->is_whole ? " must be a whole number from " : " must be a number from ");
  tscope_line_add_int(&line, (int64_t)argument->min);
  tscope_line_add(&line, " to ");
  tscope_line_add_int(&line, (int64_t)argument->max);
  return refuse_plainly(r, position, sentence);
}

/** The index of the argument called so, or -1. */
static int find_argument(const reader *r, int from, int count, const tscope_unit_facts *unit) {
  for (int i = 0; unit->arguments[i].name; i++) {
    if (names_equal(r, from, count, unit->arguments[i].name)) return i;
  }
  return -1;
}

static tscope_status refuse_argument_name(reader *r, int from, int count,
                                          const tscope_unit_facts *unit) {
  char after[160];
  tscope_line line = tscope_line_start(after, sizeof after);
  tscope_line_add(&line, "'; it has");
  for (int i = 0; unit->arguments[i].name; i++) {
    tscope_line_add(&line, i ? ", " : " ");
    tscope_line_add(&line, unit->arguments[i].name);
  }
  char before[64];
  tscope_line start = tscope_line_start(before, sizeof before);
  tscope_line_add(&start, unit->name);
  tscope_line_add(&start, " has no argument '");
  return refuse(r, from, before, from, count < 40 ? count : 40, after);
}

/**
 * Whether the bracket that follows a name belongs to it. After a blank it does only where the unit
 * cannot do without: in "relu (linear(8))*3" the bracket is a group.
 */
static int owns_bracket(const reader *r, const tscope_unit_facts *unit) {
  const int is_adjacent = r->at < r->length && r->text[r->at] == '(';
  return is_adjacent || unit->arguments[0].is_required;
}

/** Of an argument that the table names; it stands before the one that is the same as it. */
static int index_of(const tscope_unit_facts *unit, const char *name) {
  int i = 0;
  while (strcmp(unit->arguments[i].name, name) != 0) i++;
  return i;
}

/** Reads "(a, b, name=c)", or nothing, after the name at `position`. given: all 0. */
static tscope_status read_arguments(reader *r, int position, const tscope_unit_facts *unit,
                                    double *values, int *given) {
  int next = 0, is_named = 0;
  char sentence[96];
  tscope_line line = tscope_line_start(sentence, sizeof sentence);
  const int argument_count = tscope_argument_count(unit);
  if (owns_bracket(r, unit) && take(r, '(') && !take(r, ')')) {
    do {
      char first = peek(r);
      int from = r->at, index = next;
      if (is_letter(first)) {
        int count = name_length(r);
        index = find_argument(r, from, count, unit);
        if (index < 0) {
          if (!argument_count) break;
          return refuse_argument_name(r, from, count, unit);
        }
        r->at += count;
        if (!take(r, '=')) return refuse(r, r->at, "expected '=' after '", from, count, "'");
        is_named = 1;
      } else if (is_named) {
        return refuse_plainly(r, from, "an argument without a name cannot follow one with a name");
      }
      if (index >= argument_count) break;
      double value;
      peek(r);
      int at = r->at;
      if (!take_number(r, &value)) return refuse_plainly(r, at, "expected a number");
      if (given[index]) {
        tscope_line_add(&line, "argument given twice: ");
        tscope_line_add(&line, unit->arguments[index].name);
        return refuse_plainly(r, from, sentence);
      }
      tscope_status status = check_argument(r, at, unit, &unit->arguments[index], value);
      if (status != TSCOPE_OK) return status;
      values[index] = value;
      given[index] = 1;
      next = index + 1;
    } while (take(r, ','));
    if (!take(r, ')')) {
      if (next >= argument_count) {
        tscope_line_add(&line, unit->name);
        tscope_line_add(&line, argument_count ? " takes fewer arguments" : " takes no arguments");
        return refuse_plainly(r, r->at, sentence);
      }
      return refuse_plainly(r, r->at, r->at < r->length ? "expected ',' or ')'" : "missing ')'");
    }
  }
  for (int i = 0; i < argument_count; i++) {
    if (given[i]) continue;
    const tscope_argument *argument = &unit->arguments[i];
    if (argument->is_required) {
      tscope_line_add(&line, unit->name);
      tscope_line_add(&line, " needs ");
      tscope_line_add(&line, argument->name);
      return refuse_plainly(r, position, sentence);
    }
    values[i] = argument->same_as ? values[index_of(unit, argument->same_as)] : argument->fallback;
  }
  return TSCOPE_OK;
}

/** "(" model ")", the opening bracket's position given. */
static tscope_status read_brackets(reader *r, int open) {
  if (r->depth >= TSCOPE_NESTING_MAX)
    return refuse_plainly(r, open, "brackets are nested deeper than 64");
  if (++r->groups > GROUPS_MAX)
    return refuse_plainly(r, open, "repeats make more than 4,096 units");
  r->depth++;
  tscope_status status = read_model(r);
  r->depth--;
  if (status != TSCOPE_OK) return status;
  return take(r, ')') ? TSCOPE_OK : refuse_plainly(r, open, "this bracket is never closed");
}

static tscope_status visit(reader *r, const tscope_item *item) {
  return r->visit ? r->visit(r->context, item, r->problem) : TSCOPE_OK;
}

static tscope_status read_unit(reader *r) {
  const char first = peek(r);
  const int position = r->at;
  if (take(r, '(')) return read_brackets(r, position);
  if (!is_letter(first)) {
    /* A multi-byte character is quoted whole. */
    int count = 1;
    while (position + count < r->length &&
           ((unsigned char)r->text[position + count] & 0xC0u) == 0x80u)
      count++;
    return refuse(r, position, "expected a unit, found '", position, count, "'");
  }
  tscope_item item = {.text = r->text, .position = position, .number = r->units};
  const int count = name_length(r);
  tscope_status status = find_layer(r, position, count, &item.layer);
  if (status != TSCOPE_OK) return status;
  r->at += count;
  if (++r->units > TSCOPE_UNITS_MAX)
    return refuse_plainly(r, position, "the model has more than 4,096 units");
  if (!item.layer->end) {
    status = read_arguments(r, position, item.layer->facts, item.arguments, item.is_given);
    return status == TSCOPE_OK ? visit(r, &item) : status;
  }
  peek(r);
  const int open = r->at;
  if (!take(r, '(')) return refuse(r, position, "", position, count, " needs a model in brackets");
  status = visit(r, &item);
  if (status == TSCOPE_OK) status = read_brackets(r, open);
  item.layer = item.layer->end;
  return status == TSCOPE_OK ? visit(r, &item) : status;
}

/** unit ['*' count]: a repeated unit is read again from its first character. */
static tscope_status read_item(reader *r) {
  const int start = r->at;
  tscope_status status = read_unit(r);
  if (status != TSCOPE_OK || !take(r, '*')) return status;
  double count;
  peek(r);
  const int at = r->at;
  if (!take_number(r, &count) || !(count >= 1 && count <= TSCOPE_UNITS_MAX) ||
      count != (double)(int)count) {
    return refuse_plainly(r, at, "a repeat count must be a whole number from 1 to 4096");
  }
  const int end = r->at;
  for (int i = 1; i < (int)count && status == TSCOPE_OK; i++) {
    r->at = start;
    status = read_unit(r);
  }
  r->at = status == TSCOPE_OK ? end : r->at;
  return status;
}

static tscope_status read_model(reader *r) {
  for (char c = peek(r); c && c != ')'; c = peek(r)) {
    tscope_status status = read_item(r);
    if (status != TSCOPE_OK) return status;
  }
  return TSCOPE_OK;
}

tscope_status tscope_text_read(const char *text, int length, tscope_visit visitor, void *context,
                               tscope_problem *problem) {
  reader r = {
      .text = text, .length = length, .visit = visitor, .context = context, .problem = problem};
  if (length > TSCOPE_MODEL_TEXT_MAX) {
    r.length = 0;
    return refuse_plainly(&r, TSCOPE_MODEL_TEXT_MAX, "the text is longer than 2,048 bytes");
  }
  tscope_status status = read_model(&r);
  if (status != TSCOPE_OK) return status;
  peek(&r);
  return r.at < length ? refuse_plainly(&r, r.at, "this bracket was never opened") : TSCOPE_OK;
}

tscope_status tscope_model_check(const char *text, int32_t length, tscope_problem *problem) {
  return tscope_text_read(text, length, NULL, NULL, problem);
}
