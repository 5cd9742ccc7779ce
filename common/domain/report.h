/*
 * report.h - reports to the moderators: what people report, and the copies that are kept of it.
 *
 * A report is of a crud, a message, a conversation or a person that the reporter can see. Cruds and
 * messages end, so a report keeps a copy of the text, of a message with the 5 before it
 * (sql/migrations, reports and report_copies). moderation.h has what moderators do with it.
 */
#ifndef REPORT_H
#define REPORT_H

#include <json-c/json.h>

#include "base/uuid.h"
#include "web/ctx.h"
#include "web/field.h"
#include "web/idempotency.h"
#include "web/resp.h"

/* The note of a report, and of what a moderator decides. */
extern const struct field report_note_field;

/* The thing that is reported: one of activity, group and handle. The other uuids are "". */
struct report_draft {
	char activity[UUID_SIZE];
	char group[UUID_SIZE];	 /* a conversation */
	char message[UUID_SIZE]; /* a message of `group`; "": the conversation is reported */
	struct slice handle;	 /* a person; len 0: not given */
	struct slice reason;
	struct slice note; /* len 0: none */
};

/*
 * Read a report from the body of a request; every code that applies is added to `resp`.
 * ret_draft: its slices are borrowed from `body`.
 * Returns 0; PROBLEM_INVALID.
 */
int report_read(const json_object *body, struct resp *resp, struct report_draft *ret_draft)
	__attribute__((warn_unused_result));

/*
 * `me` reports `draft`. A thing is not reported again that `me`, or the key, has reported already;
 * both are a success, also when the thing is gone by now.
 *
 * me: uuid of the caller, NUL-terminated.
 * Returns 0; ERR_NOT_FOUND when `me` cannot see it; ERR_REFERENCE when `me` is gone or suspended;
 * PROBLEM_INVALID with the code user_is_self; PROBLEM_IDEMPOTENCY_KEY_REUSED;
 * PROBLEM_QUOTA_EXCEEDED; as db_query; as dynamodb_send; ERR_NO_MEMORY.
 */
int report_create(struct ctx *ctx, const char *me, const struct report_draft *draft,
		  const struct idempotency *key, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
