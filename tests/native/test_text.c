/** Sentences in a fixed buffer, the distance between names, and SHA-256, all against known answers.
 */
#include "base/sha256.h"
#include "base/text.h"
#include "check.h"

static void test_line(void) {
  char bytes[32];
  tscope_line line = tscope_line_start(bytes, sizeof bytes);
  CHECK_TEXT(bytes, "");
  tscope_line_add(&line, "lr ");
  tscope_line_add_int(&line, -12);
  tscope_line_add_bytes(&line, "; no more", 1);
  CHECK_TEXT(bytes, "lr -12;");
  CHECK(line.length == 7);
}

static void test_line_is_cut(void) {
  char bytes[10];
  memset(bytes, 'x', sizeof bytes);
  tscope_line line = tscope_line_start(bytes, 6);
  tscope_line_add(&line, "four");
  tscope_line_add(&line, "five");
  CHECK_TEXT(bytes, "fourf");
  tscope_line_add_int(&line, 123456789);
  CHECK_TEXT(bytes, "fourf");
  CHECK(bytes[6] == 'x');
  line = tscope_line_start(bytes + 7, 0);
  tscope_line_add(&line, "nothing");
  CHECK(bytes[7] == 'x');
}

static void test_integers(void) {
  const struct {
    int64_t value;
    const char *text;
  } cases[] = {{0, "0"},
               {7, "7"},
               {-1, "-1"},
               {4096, "4096"},
               {INT64_MAX, "9223372036854775807"},
               {INT64_MIN, "-9223372036854775808"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char bytes[32];
    tscope_line line = tscope_line_start(bytes, sizeof bytes);
    tscope_line_add_int(&line, cases[i].value);
    CHECK_TEXT(bytes, cases[i].text);
  }
}

static int distance(const char *a, const char *b) {
  return tscope_text_distance(a, strlen(a), b, strlen(b));
}

static void test_distance(void) {
  CHECK(distance("relu", "relu") == 0);
  CHECK(distance("", "") == 0);
  CHECK(distance("", "tanh") == 4);
  CHECK(distance("rleu", "relu") == 1);
  CHECK(distance("gleu", "gelu") == 1);
  CHECK(distance("gleu", "gru") == 2);
  CHECK(distance("abcd", "badc") == 2);
  CHECK(distance("ca", "abc") == 3); /* no letter is edited twice */
  CHECK(distance("relus", "relu") == 1);
  CHECK(distance("kitten", "sitting") == 3);
  CHECK(distance("flaw", "lawn") == 2);
  CHECK(distance("lawn", "flaw") == 2);
  /* Longer texts are cut at 32 bytes, not refused. */
  CHECK(distance("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b") == 32);
}

static void test_sha256(void) {
  /* FIPS 180-4's examples, and the million a's of NIST's test vectors. */
  const struct {
    const char *text, *hex;
  } cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
  };
  char hex[65];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    tscope_sha256 sha;
    tscope_sha256_begin(&sha);
    tscope_sha256_add(&sha, cases[i].text, strlen(cases[i].text));
    tscope_sha256_finish(&sha, hex);
    CHECK_TEXT(hex, cases[i].hex);
  }
  char letters[1000];
  memset(letters, 'a', sizeof letters);
  tscope_sha256 sha;
  tscope_sha256_begin(&sha);
  /* In pieces of changing size, so that blocks are filled from every offset. */
  size_t given = 0;
  for (size_t piece = 1; given < 1000000; piece = piece % 997 + 1) {
    const size_t count = piece < 1000000 - given ? piece : 1000000 - given;
    tscope_sha256_add(&sha, letters, count);
    given += count;
  }
  tscope_sha256_finish(&sha, hex);
  CHECK_TEXT(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void) {
  test_line();
  test_line_is_cut();
  test_integers();
  test_distance();
  test_sha256();
  return CHECK_REPORT();
}
