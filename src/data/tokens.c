/*
 * Sequences of tokens: tasks whose answer is known, and small text. A sample is T + 1 ids: each of
 * the first T is an input, and the one after it what is to be predicted there. So an answer of n
 * tokens is scored at the last n positions, from the one where the token before it is read.
 */
#include <string.h>

#include "data/generators.h"

/* The numbers of symbols that tasks write answers with end below the bar, the mark and the blank.
 */
static const char kSymbols[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char kLetters[] = "abcdefghijklmnopqrstuvwxyz .";
enum { DIGITS = 10, PLUS = DIGITS, EQUALS, RECALLED = 5 };

_Static_assert(sizeof kSymbols - 1 == TSCOPE_SYMBOLS_MAX, "the bound of the setting symbols");

/* ---- what a task's samples look like --------------------------------------------------------- */

static tscope_token_task with_symbols(int length, int symbols, const char *others, int scored) {
  tscope_token_task task = {.length = length, .scored_from = length - scored};
  task.vocabulary = symbols + (int)strlen(others);
  memcpy(task.alphabet, kSymbols, (size_t)symbols);
  memcpy(task.alphabet + symbols, others, strlen(others));
  return task;
}

tscope_token_task tscope_token_task_of(const tscope_config *config) {
  const int n = config->length;
  switch (config->dataset) {
    case TSCOPE_DATASET_sort:
    case TSCOPE_DATASET_reverse:
      return with_symbols(2 * n, config->symbols, "|", n);
    case TSCOPE_DATASET_addition:
      return with_symbols(3 * n + 2, DIGITS, "+=", n + 1);
    case TSCOPE_DATASET_recall:
      return with_symbols(2 * RECALLED + config->delay, config->symbols, "_?", RECALLED);
    case TSCOPE_DATASET_sentences: {
      tscope_token_task text = {.length = config->context, .vocabulary = sizeof kLetters - 1};
      memcpy(text.alphabet, kLetters, sizeof kLetters - 1);
      return text;
    }
    default:
      return (tscope_token_task){0};
  }
}

/* ---- tasks ---------------------------------------------------------------------------------- */

static void draw(tscope_rng *rng, uint8_t *ids, int count, int symbols) {
  for (int i = 0; i < count; i++) ids[i] = (uint8_t)tscope_rng_below(rng, (uint32_t)symbols);
}

static void make_sort(tscope_rng *rng, const tscope_token_task *task, uint8_t *ids) {
  const int n = task->length / 2, symbols = task->vocabulary - 1;
  draw(rng, ids, n, symbols);
  ids[n] = (uint8_t)symbols;
  int counts[TSCOPE_SYMBOLS_MAX] = {0};
  for (int i = 0; i < n; i++) counts[ids[i]]++;
  uint8_t *answer = ids + n + 1;
  for (int s = 0; s < symbols; s++) {
    for (int i = 0; i < counts[s]; i++) *answer++ = (uint8_t)s;
  }
}

static void make_reverse(tscope_rng *rng, const tscope_token_task *task, uint8_t *ids) {
  const int n = task->length / 2, symbols = task->vocabulary - 1;
  draw(rng, ids, n, symbols);
  ids[n] = (uint8_t)symbols;
  for (int i = 0; i < n; i++) ids[n + 1 + i] = ids[n - 1 - i];
}

/* 123+456=9750: leading zeros stand there, and the sum has one digit more than the numbers. */
static void make_addition(tscope_rng *rng, const tscope_token_task *task, uint8_t *ids) {
  const int n = (task->length - 2) / 3;
  uint8_t *first = ids, *second = ids + n + 1, *sum = ids + 2 * n + 2;
  draw(rng, first, n, DIGITS);
  first[n] = PLUS;
  draw(rng, second, n, DIGITS);
  second[n] = EQUALS;
  int carry = 0;
  for (int i = 0; i < n; i++) {
    const int digit = first[n - 1 - i] + second[n - 1 - i] + carry;
    sum[i] = (uint8_t)(digit % DIGITS);
    carry = digit / DIGITS;
  }
  sum[n] = (uint8_t)carry;
}

static void make_recall(tscope_rng *rng, const tscope_token_task *task, uint8_t *ids) {
  const int delay = task->length - 2 * RECALLED, symbols = task->vocabulary - 2;
  const int blank = symbols, mark = symbols + 1;
  draw(rng, ids, RECALLED, symbols);
  memset(ids + RECALLED, blank, (size_t)delay);
  ids[RECALLED + delay] = (uint8_t)mark;
  memcpy(ids + RECALLED + delay + 1, ids, RECALLED);
}

/* ---- sentences ------------------------------------------------------------------------------ */

/* Of each pair the first stands with one, the second with several: what a verb must agree with may
 * lie a whole clause back. */
typedef struct pair {
  const char *one, *several;
} pair;

static const pair kNouns[] = {
    {"cat", "cats"},    {"dog", "dogs"},    {"bird", "birds"}, {"child", "children"},
    {"fish", "fishes"}, {"wolf", "wolves"}, {"girl", "girls"}, {"king", "kings"},
};
static const pair kActs[] = {
    {"sees", "see"}, {"likes", "like"}, {"follows", "follow"}, {"finds", "find"}, {"hears", "hear"},
};
static const pair kStates[] = {
    {"sleeps", "sleep"}, {"runs", "run"}, {"sings", "sing"}, {"waits", "wait"}, {"jumps", "jump"},
};
static const pair kDeterminers[] = {
    {"the", "the"}, {"a", "some"}, {"this", "these"}, {"every", "all"}};
static const char *const kQualities[] = {"old", "red", "small", "quiet", "brave", "hungry"};
static const char *const kManners[] = {"slowly", "again", "at night", "in the garden", "very well"};

/* Writes characters from `skip` on, so that a window may begin within a sentence. */
typedef struct writer {
  tscope_rng *rng;
  uint8_t *to;
  int skip, left;
} writer;

static void put(writer *w, const char *text) {
  for (; *text; text++) {
    if (w->skip > 0) {
      w->skip--;
    } else if (w->left > 0) {
      w->left--;
      *w->to++ = (uint8_t)(strchr(kLetters, *text) - kLetters);
    }
  }
}

static int chance(writer *w, float share) { return tscope_rng_uniform(w->rng) < share; }

#define PICK(w, list) (list)[tscope_rng_below((w)->rng, sizeof(list) / sizeof *(list))]

static void put_pair(writer *w, pair words, int are_several) {
  put(w, are_several ? words.several : words.one);
}

static int put_noun_phrase(writer *w) {
  const int are_several = chance(w, 0.5f);
  put_pair(w, PICK(w, kDeterminers), are_several);
  put(w, " ");
  if (chance(w, 0.4f)) {
    put(w, PICK(w, kQualities));
    put(w, " ");
  }
  put_pair(w, PICK(w, kNouns), are_several);
  return are_several;
}

static void put_sentence(writer *w) {
  const int are_several = put_noun_phrase(w);
  if (chance(w, 0.3f)) {
    put(w, " that ");
    put_pair(w, PICK(w, kActs), are_several);
    put(w, " ");
    put_noun_phrase(w);
  }
  put(w, " ");
  if (chance(w, 0.6f)) {
    put_pair(w, PICK(w, kActs), are_several);
    put(w, " ");
    put_noun_phrase(w);
  } else {
    put_pair(w, PICK(w, kStates), are_several);
  }
  if (chance(w, 0.3f)) {
    put(w, " ");
    put(w, PICK(w, kManners));
  }
  put(w, ". ");
}

static void make_sentences(tscope_rng *rng, const tscope_token_task *task, uint8_t *ids) {
  writer w = {rng, ids, (int)tscope_rng_below(rng, 32), task->length + 1};
  while (w.left > 0) put_sentence(&w);
}

/* ---- one sample ----------------------------------------------------------------------------- */

void tscope_make_tokens(tscope_rng *rng, int dataset, const tscope_token_task *task, uint8_t *ids) {
  switch (dataset) {
    case TSCOPE_DATASET_sort:
      make_sort(rng, task, ids);
      break;
    case TSCOPE_DATASET_reverse:
      make_reverse(rng, task, ids);
      break;
    case TSCOPE_DATASET_addition:
      make_addition(rng, task, ids);
      break;
    case TSCOPE_DATASET_recall:
      make_recall(rng, task, ids);
      break;
    default:
      make_sentences(rng, task, ids);
      break;
  }
}
