/*
 * check_blocks.h - whether DynamoDB knows the blocks of PostgreSQL, and no others.
 */
#ifndef CHECK_BLOCKS_H
#define CHECK_BLOCKS_H

#include "command.h"

/*
 * Check that every block of PostgreSQL is in the messages table, and print those that are not; with
 * aws->blocks, write them. A request that changes a block writes one after the other, so a
 * difference is looked at repeatedly. found: counts those that last. Returns the exit status.
 */
int check_blocks(struct aws *aws, int64_t *found) __attribute__((warn_unused_result));

/*
 * The same for a block of `other` by `one` that the messages table may have and PostgreSQL does
 * not; with aws->blocks, it is removed.
 */
int check_extra_block(struct aws *aws, const char *one, const char *other, int64_t *found)
	__attribute__((warn_unused_result));

#endif
