/*
 * settle.h - the second pass of ddb backup: conversations that changed while the table was read.
 *
 *	scan	row of Ann ── message 7 is sent ── messages ── row of Ben
 *	file	last: 6				   1 … 7       last: 7
 *	again					   1 … 7       row of Ann, row of Ben, both 7
 *
 * A scan reads the items of a conversation at different times, so that a row may name a message
 * that is not in the file, or lack the read mark of the other member. The rows are therefore read
 * again. A conversation whose rows have changed, or were written to since the beginning, is copied
 * as a whole, until its rows are the same before and after. Later lines of the file replace earlier
 * ones.
 */
#ifndef SETTLE_H
#define SETTLE_H

#include "itemfile.h"

struct settle;

/*
 * path: a file is made beside it for the rows, and removed at once; borrowed for the call.
 * ret_settle: for settle_free. Returns the exit status; an error is reported already.
 */
int settle_new(const char *path, struct settle **ret_settle) __attribute__((warn_unused_result));
void settle_free(struct settle *settle);

/* Remember an item of the scan, if it is a row or a pair. Returns as settle_new. */
int settle_note(struct settle *settle, json_object *item) __attribute__((warn_unused_result));

/* The result of the second pass, in conversations. */
struct settled {
	int64_t again;	  /* copied again */
	int64_t restless; /* of these, those that changed each time */
};

/*
 * Write what has changed since `begun_us`, when the scan began (clock.h), to the end of the file.
 * Returns as settle_new.
 */
int settle_run(struct aws *aws, struct settle *settle, struct itemfile_writer *writer,
	       int64_t begun_us, struct settled *ret_settled) __attribute__((warn_unused_result));

#endif
