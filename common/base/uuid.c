/* uuid.c - see uuid.h. */
#include "base/uuid.h"

#include <stdbool.h>
#include <sys/random.h>

#include "base/crypto.h"
#include "base/err.h"
#include "base/hex.h"

#define BYTES 16

static bool is_hyphen_at(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

int uuid_parse(struct slice text, char ret_uuid[UUID_SIZE])
{
	char uuid[UUID_SIZE] = "";

	if (text.len != UUID_SIZE - 1)
		return ERR_INVALID;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (is_hyphen_at(i) ? c != '-' : hex_value(c) < 0)
			return ERR_INVALID;
		uuid[i] = (char)(c | 0x20); /* lower case; digits and hyphens have this bit */
	}
	memcpy(ret_uuid, uuid, UUID_SIZE);
	return 0;
}

static void format(const unsigned char bytes[BYTES], char ret_uuid[UUID_SIZE])
{
	static const size_t groups[] = {4, 2, 2, 2, 6}; /* bytes between the hyphens */
	char *at = ret_uuid;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		at = hex_write(bytes, groups[i], at);
		*at++ = '-';
		bytes += groups[i];
	}
	at[-1] = '\0';
}

/* Set version and variant (RFC 9562 §4). */
static void mark(unsigned version, unsigned char bytes[BYTES])
{
	bytes[6] = (unsigned char)(version << 4 | (bytes[6] & 0x0F));
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3F));
}

/* Fill `bytes` with version, variant and random bits. Returns 0; ERR_INTERNAL. */
static int random_bytes(unsigned version, unsigned char bytes[BYTES])
{
	/* getrandom returns up to 256 bytes as a whole, or none. */
	if (getrandom(bytes, BYTES, 0) != BYTES)
		return ERR_INTERNAL;
	mark(version, bytes);
	return 0;
}

int uuid_v7(int64_t us, char ret_uuid[UUID_SIZE])
{
	const uint64_t ms = (uint64_t)us / 1000;
	const uint64_t fraction = (uint64_t)us % 1000 * 4096 / 1000;
	unsigned char bytes[BYTES];
	int r;

	r = random_bytes(7, bytes);
	if (r < 0)
		return r;
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
	bytes[6] = (unsigned char)(0x70 | fraction >> 8);
	bytes[7] = (unsigned char)fraction;
	format(bytes, ret_uuid);
	return 0;
}

/* The number in the hexadecimal digits from `from` up to `to`, without the hyphens. */
static int64_t hex_number(const char *uuid, size_t from, size_t to)
{
	uint64_t value = 0;

	for (size_t i = from; i < to; i++)
		if (!is_hyphen_at(i))
			value = value << 4 | (unsigned)hex_value(uuid[i]);
	return (int64_t)value;
}

int uuid_v7_time(const char *uuid, int64_t *ret_us)
{
	char lower[UUID_SIZE];
	int64_t fraction;
	int r;

	r = uuid_parse(slice_of(uuid), lower);
	if (r < 0)
		return r;
	if (lower[14] != '7' || !strchr("89ab", lower[19]))
		return ERR_INVALID;
	fraction = hex_number(lower, 15, 18);
	/* uuid_v7 has rounded down, by less than a microsecond. */
	*ret_us = hex_number(lower, 0, 13) * 1000 + (fraction * 1000 + 4095) / 4096;
	return 0;
}

int uuid_v4(char ret_uuid[UUID_SIZE])
{
	unsigned char bytes[BYTES];
	int r;

	r = random_bytes(4, bytes);
	if (r < 0)
		return r;
	format(bytes, ret_uuid);
	return 0;
}

/* The bytes of a UUID in lower case. */
static void read_bytes(const char *uuid, unsigned char ret_bytes[BYTES])
{
	for (size_t i = 0; i < BYTES; i++) {
		if (*uuid == '-')
			uuid++;
		ret_bytes[i] = (unsigned char)((unsigned)hex_value(uuid[0]) << 4 |
					       (unsigned)hex_value(uuid[1]));
		uuid += 2;
	}
}

int uuid_v5(const char *space, struct slice name, char ret_uuid[UUID_SIZE])
{
	unsigned char bytes[BYTES], digest[CRYPTO_SHA1_SIZE];
	const struct slice hashed[] = {{(const char *)bytes, BYTES}, name};
	char lower[UUID_SIZE];
	int r;

	r = uuid_parse(slice_of(space), lower);
	if (r < 0)
		return r;
	read_bytes(lower, bytes);
	r = crypto_sha1(hashed, 2, digest);
	if (r < 0)
		return r;
	mark(5, digest);
	format(digest, ret_uuid);
	return 0;
}
