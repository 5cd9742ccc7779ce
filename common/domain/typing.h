/*
 * typing.h - a member of a conversation is writing: told to the others, and stored nowhere.
 */
#ifndef TYPING_H
#define TYPING_H

#include "web/ctx.h"

/* An event within this time of the last one of the same person and conversation is not published.
 */
#define TYPING_AGAIN_MS 2000

/*
 * Tell the other members of `group` that `me` is writing; both are NUL-terminated uuids, borrowed
 * for the call. The event is valid for 6 s. Nobody is told while the conversation waits to be
 * accepted.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member; ERR_UNAVAILABLE; ERR_OVERLOADED;
 * ERR_NO_MEMORY; ERR_INTERNAL.
 */
int typing_tell(struct ctx *ctx, const char *me, const char *group)
	__attribute__((warn_unused_result));

#endif
