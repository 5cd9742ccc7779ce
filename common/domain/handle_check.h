/*
 * handle_check.h - whether a new account may have a handle, and which ones it may have instead.
 */
#ifndef HANDLE_CHECK_H
#define HANDLE_CHECK_H

#include "base/slice.h"
#include "db/db.h"
#include "web/resp.h"

/*
 * Write {"available", "reason", "suggestions"} of the handle `text`, without the white space around
 * it (sql/queries/users/handles_taken.sql).
 *
 * reason:      why it is not available: handle_invalid, handle_reserved or handle_taken; else null.
 * suggestions: at most HANDLE_SUGGESTIONS_MAX available handles that resemble one that is taken or
 *              invalid; none that resembles a reserved one.
 *
 * A suggestion, and an available handle, can be registered by somebody else at any time.
 * Returns 0; as db_query; ERR_NO_MEMORY.
 */
int handle_check_write(struct db *db, struct slice text, struct resp *resp)
	__attribute__((warn_unused_result));
#define HANDLE_SUGGESTIONS_MAX 3

#endif
