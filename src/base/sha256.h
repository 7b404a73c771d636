/** SHA-256. Source: FIPS 180-4. */
#ifndef TRAINSCOPE_BASE_SHA256_H
#define TRAINSCOPE_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct tscope_sha256 {
  uint32_t hash[8];
  uint8_t block[64];
  uint64_t length; /* bytes so far */
} tscope_sha256;

void tscope_sha256_begin(tscope_sha256 *sha);
void tscope_sha256_add(tscope_sha256 *sha, const void *bytes, size_t count);
/** Writes 64 hexadecimal digits and a zero. */
void tscope_sha256_finish(tscope_sha256 *sha, char hex[65]);

#endif
