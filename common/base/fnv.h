/*
 * fnv.h - the 64-bit FNV-1a hash (Fowler, Noll, Vo; IETF draft-eastlake-fnv). It is quick, and not
 * a defence against keys that an attacker chooses.
 */
#ifndef FNV_H
#define FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START 0xcbf29ce484222325u

/* The hash of `len` bytes, continued from `hash`; FNV_START begins one. */
static inline uint64_t fnv(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u;
	return hash;
}

#endif
