/*
 * handle.h - the form of a person's handle.
 */
#ifndef HANDLE_H
#define HANDLE_H

#include <stdbool.h>

#include "base/slice.h"
#include "limit.h"

/* Whether `text` is a handle: LIMIT_HANDLE_MIN to LIMIT_HANDLE_MAX characters of [A-Za-z0-9_]. */
bool handle_valid(struct slice text);

/* Copy a handle, with a NUL. Returns false, and writes nothing, when `text` is not a handle. */
bool handle_copy(struct slice text, char ret_handle[LIMIT_HANDLE_MAX + 1])
	__attribute__((warn_unused_result));

/*
 * Whether `text`, a handle (handle_valid), is reserved: it looks like one of the names that stand
 * for the product, its operators or an address (`reserved` in handle.c). Two look alike as by
 * handle_skeleton (sql/migrations), but `i` counts as `I` does, so that ADMIN and adm1n are
 * reserved with admin.
 */
bool handle_reserved(struct slice text);

/*
 * How a person is named who has deleted their account. The handle is reserved, so it tells them
 * from everybody else, also in items of conversations.
 */
#define HANDLE_DELETED "deleted"
#define NAME_DELETED   "Deleted person"

/* Whether a handle that is shown is that of a deleted person. */
bool handle_deleted(struct slice handle);

#endif
