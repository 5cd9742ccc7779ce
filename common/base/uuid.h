/*
 * uuid.h - UUIDs as text (RFC 9562).
 */
#ifndef UUID_H
#define UUID_H

#include <stdint.h>

#include "base/buf.h"

#define UUID_SIZE 37 /* 36 characters and a NUL */

/*
 * Read a UUID in its 8-4-4-4-12 form, any version, either case.
 * ret_uuid: lower case. Returns 0; ERR_INVALID.
 */
int uuid_parse(struct slice text, char ret_uuid[UUID_SIZE]);

/*
 * Make a version 7 UUID for the instant `us` (microseconds since 1970). The 12 bits after the
 * milliseconds hold the fraction of the millisecond (RFC 9562 §6.2, method 3), so that
 * uuid_v7_time gives back exactly `us`. Returns 0; ERR_INTERNAL when there is no randomness.
 */
int uuid_v7(int64_t us, char ret_uuid[UUID_SIZE]);

/* The instant of a version 7 UUID. Returns 0; ERR_INVALID when it is of another version. */
int uuid_v7_time(const char *uuid, int64_t *ret_us);

/* Make a random (version 4) UUID. Returns 0; ERR_INTERNAL when there is no randomness. */
int uuid_v4(char ret_uuid[UUID_SIZE]);

#endif
