/** The model text: what is accepted, and where each error points. */
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "trainscope/trainer.h"

static tscope_problem problem;

static tscope_status judge(const char *text) {
  memset(&problem, 0, sizeof problem);
  return tscope_model_check(text, (int32_t)strlen(text), &problem);
}

static void expect_ok(const char *text) {
  const int passed = judge(text) == TSCOPE_OK;
  CHECK(passed);
  if (!passed) printf("    \"%.60s\": %s\n", text, problem.message);
}

/** The error points at byte `position`, or at one of two where both make sense, and its sentence
 * holds `word`. */
static void expect_error(const char *text, int position, const char *word) {
  const tscope_status status = judge(text);
  const int passed = status == TSCOPE_ERROR_MODEL && problem.position == position &&
                     problem.field == TSCOPE_FIELD_model && strstr(problem.message, word) != NULL;
  CHECK(passed);
  if (!passed) {
    printf("    \"%.60s\": status %d at %d, not %d: \"%s\" should say \"%s\"\n", text, status,
           (int)problem.position, position, problem.message, word);
  }
}

static void test_accepted(void) {
  expect_ok("");
  expect_ok(" \t\n ");
  expect_ok("# only a comment");
  expect_ok("relu# a comment\ntanh #another");
  expect_ok("linear(32) tanh linear(32) tanh");
  /* A bracket after a unit without arguments opens a group: the grammar has no other reading. */
  expect_ok("linear(8) relu (linear(8) relu)*3");
  expect_ok("linear(8) leakyrelu (linear(8) leakyrelu)*3");
  expect_ok("layernorm # normalize\n(linear(8))");
  expect_ok(
      "conv(6,5,pad=2) relu maxpool(2) conv(16,5) relu maxpool(2) linear(120) relu linear(84) "
      "relu");
  expect_ok("conv ( 6 , 5 , stride = 2 , pad = 2 , gain = 0.5 )");
  expect_ok("conv(n=6,k=5)");
  expect_ok("maxpool(3,stride=2) avgpool(2,1) leakyrelu leakyrelu(0.2) dropout(0.5)");
  expect_ok("linear(4,gain=0) linear(4,0.7071) linear(4,gain=1e-3)");
  expect_ok(
      "residual(linear(64) relu linear(64) layernorm) rezero(linear(64)) batchnorm sigmoid gelu");
  expect_ok("((linear(4) tanh)*2 relu * 3) *2 ()*5 (# here too\n) residual()");
  expect_ok("relu*4096");
  expect_ok("(relu tanh)*2048");
}

static void test_names(void) {
  expect_error("rleu", 0, "relu");
  expect_error("linear(4) tahn", 10, "tanh");
  expect_error("linear(4) tahn", 10, "tahn");
  expect_error("linaer(4)", 0, "linear");
  expect_error("linear(4) (linear(5) (gleu))", 22, "gelu");
  expect_error("# a comment\nmax_pool(2)", 12, "maxpool");
  expect_error("residuals(relu)", 0, "residual");
  expect_error("Relu", 0, "relu");
  expect_error("linear(4) 5", 10, "5");
  expect_error("relu, tanh", 4, ",");
  expect_error("relu ü", 5, "ü");
}

static void test_arguments(void) {
  expect_error("linear", 0, "n");
  expect_error("linear()", 0, "n");
  expect_error("relu conv(4)", 5, "k");
  expect_error("linear(0)", 7, "n");
  expect_error("linear(-3)", 7, "n");
  expect_error("linear(2.5)", 7, "whole");
  expect_error("linear(99999999999999999999)", 7, "n");
  expect_error("linear(x)", 7, "x");
  expect_error("conv(4, 3, strde=2)", 11, "stride");
  expect_error("conv(4, 3, stride=0)", 18, "stride");
  expect_error("conv(4, 3, pad=-1)", 15, "pad");
  expect_error("conv(4, 3, n=2)", 11, "n");
  expect_error("dropout(1.5)", 8, "p");
  expect_error("relu(0.1)", 5, "relu");
  expect_error("leakyrelu(0.1, 2)", 15, "leakyrelu");
  expect_error("dropout(-0.1)", 8, "p");
  expect_error("dropout", 0, "p");
  expect_error("residual", 0, "residual");
}

static void test_brackets(void) {
  expect_error("linear(4) (tanh", 10, "");
  expect_error("residual(relu", 8, "");
  expect_error("relu) tanh", 4, "");
  expect_error("(relu))", 6, "");
  expect_error("relu*0", 5, "");
  expect_error("relu*-1", 5, "");
  expect_error("relu*1.5", 5, "");
  expect_error("relu*", 5, "");
  expect_error("relu*x", 5, "");
  expect_error("*3", 0, "");
  expect_error("relu*2*2", 6, "");
}

/** Writes `count` opening brackets (each after `before`), "relu", and as many closing ones. */
static void nest(char *text, int count, const char *before) {
  *text = 0;
  for (int i = 0; i < count; i++) {
    strcat(text, before);
    strcat(text, "(");
  }
  strcat(text, "relu");
  for (int i = 0; i < count; i++) strcat(text, ")");
}

static void test_limits(void) {
  char text[4096];
  nest(text, 64, "");
  expect_ok(text);
  nest(text, 65, "");
  expect_error(text, 64, "64");
  nest(text, 65, "residual");
  expect_error(text, 65 * 9 - 1, "64");
  nest(text, 1000, "");
  expect_error(text, 64, "64");

  CHECK(judge("relu*4097") == TSCOPE_ERROR_MODEL);
  CHECK(judge("relu*4095 relu relu") == TSCOPE_ERROR_MODEL && problem.position == 15);
  CHECK(judge("(relu tanh)*2049") == TSCOPE_ERROR_MODEL);
  CHECK(judge("((relu*64)*64)*2") == TSCOPE_ERROR_MODEL);
  CHECK(judge("residual(relu)*2049") == TSCOPE_ERROR_MODEL);

  /* 2,048 bytes pass, 2,049 do not. */
  memset(text, ' ', sizeof text);
  CHECK(tscope_model_check(text, 2048, &problem) == TSCOPE_OK);
  CHECK(tscope_model_check(text, 2049, &problem) == TSCOPE_ERROR_MODEL);
  /* A zero byte is a character like any other. */
  CHECK(tscope_model_check("relu\0tanh", 9, &problem) == TSCOPE_ERROR_MODEL);
  CHECK(problem.position == 4);
  /* length counts, not a zero behind it. */
  CHECK(tscope_model_check("reluXYZ", 4, &problem) == TSCOPE_OK);
}

/* Repeats of nothing make no units, but must not take for ever either. */
static void test_bombs(void) {
  const char *bombs[] = {
      "(()*4096)*4096",
      "((()*4096)*4096)*4096",
      "((((()*4096)*4096)*4096)*4096)*4096",
      "((# a long comment that has to be read again every time\n)*4096)*4096",
      "((((relu*4096)*4096)*4096)*4096)*4096",
      "(((()*4096 relu)*4096)*4096)*4096",
      "(residual(residual()*4096)*4096)*4096",
  };
  for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
    const clock_t begin = clock();
    CHECK(judge(bombs[i]) == TSCOPE_ERROR_MODEL);
    CHECK(problem.message[0] != 0);
    CHECK((double)(clock() - begin) / CLOCKS_PER_SEC < 1);
  }
  /* A comment of 2,000 bytes inside the innermost bracket. */
  char text[2048] = "(((#";
  memset(text + 4, 'c', 1980);
  memcpy(text + 1984, "\n)*4096)*4096)*4096", 20);
  const clock_t begin = clock();
  CHECK(judge(text) == TSCOPE_ERROR_MODEL);
  CHECK((double)(clock() - begin) / CLOCKS_PER_SEC < 2);
}

/* Any bytes at all are judged without harm; the sanitizers watch. */
static void test_rubbish(void) {
  static const char *const words[] = {"linear", "conv", "relu", "residual", "(",   ")", "*",
                                      ",",      "=",    "3",    "0.5",      "1e9", "-", "pad",
                                      " ",      "#",    "\n",   "\xff",     "e",   "."};
  const int count = (int)(sizeof words / sizeof words[0]);
  uint32_t random = 12345;
  for (int i = 0; i < 20000; i++) {
    char text[256] = "";
    for (int k = 0; k < 20; k++) {
      random = random * 1664525u + 1013904223u;
      strcat(text, words[(random >> 16) % (uint32_t)count]);
    }
    const tscope_status status = judge(text);
    CHECK(status == TSCOPE_OK || status == TSCOPE_ERROR_MODEL);
    if (status != TSCOPE_OK) CHECK(problem.position >= 0 && problem.position <= (int)strlen(text));
  }
}

int main(void) {
  test_accepted();
  test_names();
  test_arguments();
  test_brackets();
  test_limits();
  test_bombs();
  test_rubbish();
  return CHECK_REPORT();
}
