/* crc32.c - what crc32.h says. */
#include "crc32.h"

#define POLYNOMIAL UINT32_C(0xEDB88320) /* bits reversed */

void crc32_init(struct crc32 *crc)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t value = byte;

		for (int bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? POLYNOMIAL : 0);
		crc->tables[0][byte] = value;
	}
	for (int n = 1; n < 8; n++)
		for (int byte = 0; byte < 256; byte++) {
			uint32_t value = crc->tables[n - 1][byte];

			crc->tables[n][byte] = value >> 8 ^ crc->tables[0][value & 255];
		}
}

uint32_t crc32_of(const struct crc32 *crc, struct slice bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.ptr;
	size_t left = bytes.len;
	uint32_t value = ~UINT32_C(0);

	/* Eight bytes a step: a page of messages is checked in microseconds. */
	for (; left >= 8; at += 8, left -= 8) {
		uint32_t next = 0;

		for (int i = 0; i < 8; i++)
			next ^= crc->tables[7 - i][i < 4 ? (value >> 8 * i & 255) ^ at[i] : at[i]];
		value = next;
	}
	for (; left > 0; at++, left--)
		value = value >> 8 ^ crc->tables[0][(value ^ *at) & 255];
	return ~value;
}
