/*
 * uuid.h - UUIDs as text (RFC 9562).
 */
#ifndef UUID_H
#define UUID_H

#include <stdint.h>

#include "base/buf.h"

#define UUID_SIZE 37 /* 36 characters and a NUL */

/*
 * Read a UUID of any version in its 8-4-4-4-12 form, in either case.
 *
 * ret_uuid: in lower case.
 * Returns 0; ERR_INVALID.
 */
int uuid_parse(struct slice text, char ret_uuid[UUID_SIZE]) __attribute__((warn_unused_result));

/*
 * Make a version 7 UUID for the time `us` (microseconds since 1970). The 12 bits after the
 * milliseconds hold the fraction of the millisecond (RFC 9562 §6.2, method 3):
 *
 *	017f22e2-79b0 - 7 cc3 - 98c4-dc0c0c07398f
 *	│               │ │     └ variant (2 bits), 62 random bits
 *	│               │ └ microseconds of the millisecond, * 4096 / 1000
 *	│               └ version
 *	└ milliseconds since 1970, 48 bits
 *
 * uuid_v7_time gives back exactly `us`. Returns 0; ERR_INTERNAL when the kernel has no randomness.
 */
int uuid_v7(int64_t us, char ret_uuid[UUID_SIZE]) __attribute__((warn_unused_result));

/*
 * The time of a version 7 UUID, a NUL-terminated text in either case.
 *
 * ret_us: microseconds since 1970.
 * Returns 0; ERR_INVALID for a text that is not a UUID and for another version.
 */
int uuid_v7_time(const char *uuid, int64_t *ret_us) __attribute__((warn_unused_result));

/* Make a random (version 4) UUID. Returns 0; ERR_INTERNAL when the kernel has no randomness. */
int uuid_v4(char ret_uuid[UUID_SIZE]) __attribute__((warn_unused_result));

/*
 * The version 5 UUID of `name` within the namespace `space`, a UUID as NUL-terminated text
 * (RFC 9562 §5.5): the same for the same two, always.
 *
 * Returns 0; ERR_INVALID when `space` is not a UUID; ERR_NO_MEMORY.
 */
int uuid_v5(const char *space, struct slice name, char ret_uuid[UUID_SIZE])
	__attribute__((warn_unused_result));

/* RFC 9562 §6.6: the namespace of ISO object identifiers. */
#define UUID_SPACE_OID "6ba7b812-9dad-11d1-80b4-00c04fd430c8"

#endif
