/*
 * moderation.h - what moderators see of reports, and what they do about them.
 *
 * The callers are moderators (web/caller.h, caller_check_moderator). Each look and each action is
 * in the table moderation_audit, written by the statement that does it. Nobody sees or resolves a
 * report about themselves, so the reported never learn who reported them.
 */
#ifndef MODERATION_H
#define MODERATION_H

#include <json-c/json.h>

#include "base/uuid.h"
#include "web/ctx.h"
#include "web/page.h"
#include "web/req.h"
#include "web/resp.h"

enum moderation_state { MODERATION_OPEN, MODERATION_RESOLVED };

/*
 * Read the parameter `state` of a request: open, which it is without one, or resolved.
 * Returns 0; PROBLEM_INVALID with the code state_invalid; as req_query.
 */
int moderation_state_from_query(const struct req *req, struct resp *resp,
				enum moderation_state *ret_state)
	__attribute__((warn_unused_result));

/* The cursors of each list. */
extern const struct page_kind moderation_pages[];

/*
 * Write a page of reports as a JSON array (docs/openapi.yaml, Report): the open ones, the oldest
 * first, or the resolved ones, the latest first.
 *
 * me: uuid of the caller, NUL-terminated. page: of moderation_pages[state].
 * Returns 0; PROBLEM_CURSOR_INVALID; as db_query; ERR_NO_MEMORY.
 */
int moderation_list(struct ctx *ctx, const char *me, enum moderation_state state,
		    const struct page *page, struct resp *resp) __attribute__((warn_unused_result));

/* The decisions about a report. */
enum moderation_action { MODERATION_DISMISS, MODERATION_REMOVE, MODERATION_SUSPEND };

struct moderation_decision {
	enum moderation_action action;
	struct slice note; /* len 0: none */
};

/*
 * Read a decision from the body of a request; every code that applies is added to `resp`.
 * ret_decision: its note is borrowed from `body`.
 * Returns 0; PROBLEM_INVALID.
 */
int moderation_read(const json_object *body, struct resp *resp,
		    struct moderation_decision *ret_decision) __attribute__((warn_unused_result));

/*
 * Resolve report `report`, and write it as it is then.
 *
 *	dismiss  nothing else changes
 *	remove   the crud is deleted, or the message, as its author deletes it
 *	suspend  the person is suspended as by bin/people/suspend, and their streams end
 *
 * A crud, message or person that is gone already is no error. Of several requests one resolves it;
 *after an error that is not a problem it may be resolved.
 *
 * me, report: uuids, NUL-terminated.
 * Returns 0; ERR_NOT_FOUND when there is no such report, or it is about `me`;
 * PROBLEM_REPORT_RESOLVED; PROBLEM_INVALID with the code action_invalid when a conversation or a
 * person is to be removed; as db_query; as dynamodb_send; ERR_OVERLOADED also when the streams of
 * the person could not be ended: a repetition ends them; ERR_NO_MEMORY.
 */
int moderation_resolve(struct ctx *ctx, const char *me, const char *report,
		       const struct moderation_decision *decision, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
