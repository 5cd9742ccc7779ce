/*
 * crc32.h - CRC-32 (ISO 3309, as in zlib and PNG): what DynamoDB sends as X-Amz-Crc32.
 */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

#include "buf.h"

/* For the byte that is n bytes before the end of an eight-byte step: the table n. */
struct crc32 {
	uint32_t tables[8][256];
};

/* Fill the tables; once, before the first crc32_of. */
void crc32_init(struct crc32 *crc);

uint32_t crc32_of(const struct crc32 *crc, struct slice bytes);

#endif
