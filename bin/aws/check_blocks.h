/*
 * check_blocks.h - whether DynamoDB knows the blocks of PostgreSQL, and no others.
 */
#ifndef CHECK_BLOCKS_H
#define CHECK_BLOCKS_H

#include "command.h"

/*
 * Check that every block of PostgreSQL is in the messages table, and print those that are not.
 * A request that changes a block writes one after the other, so a difference is looked at
 * repeatedly. found: counts them. Returns the exit status.
 */
int check_blocks(struct aws *aws, int64_t *found) __attribute__((warn_unused_result));

/* Check that a block of `other` by `one`, if the messages table has it, is one of PostgreSQL. */
int check_extra_block(struct aws *aws, const char *one, const char *other, int64_t *found)
	__attribute__((warn_unused_result));

#endif
