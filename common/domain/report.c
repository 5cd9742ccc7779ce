/* report.c - see report.h. */
#include "domain/report.h"

#include <stdio.h>
#include <string.h>

#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/err.h"
#include "db/db.h"
#include "domain/conversation_members.h"
#include "domain/quota.h"
#include "domain/user.h"
#include "json/jsonout.h"
#include "limit.h"
#include "queries.h"
#include "requests.h"
#include "web/field.h"
#include "web/problem.h"

#define BEFORE_MAX  5		       /* messages before a reported one that are kept with it */
#define COPIES_MAX  (1 + BEFORE_MAX)   /* messages of a report */
#define COPIES_SIZE ((size_t)64 << 10) /* bytes of them as JSON */
#define THING_SIZE  (sizeof("conversation:") + (size_t)2 * UUID_SIZE)

/* --- the body of a request ------------------------------------------------------------------- */

const struct field report_note_field = {
	.key = "note",
	.invalid = "note_invalid",
	.too_long = "note_exceed_max_chars",
	.max = LIMIT_REPORT_NOTE,
	.lines = true,
};

static const struct field reason_field = {
	.key = "reason",
	.blank = "reason_blank",
	.invalid = "reason_invalid",
};

static const struct field activity_field = {
	.key = "activity_uuid",
	.invalid = "activity_uuid_invalid",
};

static const struct field group_field = {
	.key = "message_group_uuid",
	.invalid = "message_group_uuid_invalid",
};

static const struct field message_field = {
	.key = "message_uuid",
	.invalid = "message_uuid_invalid",
};

static const struct field handle_field = {
	.key = "handle",
	.invalid = "handle_invalid",
};

static bool reason_known(struct slice reason)
{
	static const char *const reasons[] = {"spam", "harassment", "impersonation", "illegal",
					      "other"};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (slice_is(reason, reasons[i]))
			return true;
	return false;
}

/* Read what is reported. */
static void read_subject(const json_object *body, struct resp *resp, struct report_draft *draft)
{
	bool message = field_given(body, &message_field);
	bool group = field_given(body, &group_field);
	int count = field_given(body, &activity_field) + group + field_given(body, &handle_field);

	if (count > 1 || (count == 1 && message && !group))
		resp_add_code(resp, "report_subject_ambiguous");
	else if (message && !group)
		resp_add_code(resp, "message_group_uuid_blank");
	else if (count == 0)
		resp_add_code(resp, "report_subject_blank");
	if (!field_uuid(body, &activity_field, resp, draft->activity))
		draft->activity[0] = '\0';
	if (!field_uuid(body, &group_field, resp, draft->group))
		draft->group[0] = '\0';
	if (!field_uuid(body, &message_field, resp, draft->message))
		draft->message[0] = '\0';
	field_read(body, &handle_field, resp, &draft->handle);
}

int report_read(const json_object *body, struct resp *resp, struct report_draft *ret_draft)
{
	struct report_draft draft = {0};
	int r;

	read_subject(body, resp, &draft);
	if (field_read(body, &reason_field, resp, &draft.reason) && !reason_known(draft.reason))
		resp_add_code(resp, reason_field.invalid);
	field_read(body, &report_note_field, resp, &draft.note);
	r = resp_check(resp);
	if (r == 0)
		*ret_draft = draft;
	return r;
}

/* --- what is reported ------------------------------------------------------------------------ */

/* A report before it is written. */
struct subject {
	const char *kind;
	char thing[THING_SIZE];
	char person[UUID_SIZE]; /* who it is, or who wrote it */
	struct buf copies;	/* of messages, JSON; len 0: none */
};

/* Columns of reports/made.sql. */
enum { MADE_REQUEST, MADE_REPORTED, MADE_AUTHOR };

/* Name what is reported. Of a person, subject->person is set too. Returns 0; ERR_NOT_FOUND. */
static int name_subject(struct ctx *ctx, const struct report_draft *draft, struct subject *subject)
{
	int r = 0;

	if (draft->activity[0]) {
		subject->kind = "crud";
		snprintf(subject->thing, sizeof(subject->thing), "crud:%s", draft->activity);
	} else if (draft->message[0]) {
		subject->kind = "message";
		snprintf(subject->thing, sizeof(subject->thing), "message:%s:%s", draft->group,
			 draft->message);
	} else if (draft->group[0]) {
		subject->kind = "conversation";
		snprintf(subject->thing, sizeof(subject->thing), "conversation:%s", draft->group);
	} else {
		subject->kind = "person";
		r = user_uuid_by_handle(ctx->db, draft->handle, subject->person);
		if (r == 0)
			snprintf(subject->thing, sizeof(subject->thing), "person:%s",
				 subject->person);
	}
	return r;
}

static void write_copy(struct jsonout *out, int place, const struct item_message *message)
{
	jsonout_object(out);
	jsonout_member_integer(out, "place", place);
	jsonout_member_string(out, "uuid", message->uuid);
	jsonout_member_string(out, "user_uuid", message->sender.uuid);
	jsonout_member_optional(out, "message", message->text);
	jsonout_member_string(out, "created_at", message->created_at);
	jsonout_object_end(out);
}

/*
 * The time after the message `uuid` of `group`, as a page of older messages takes it.
 * Returns 0; ERR_NOT_FOUND.
 */
static int time_after(struct ctx *ctx, const char *group, const char *uuid,
		      char ret_at[CONVERSATION_TIME_SIZE])
{
	char at[CONVERSATION_TIME_SIZE];
	int64_t us;
	int r;

	r = conversation_find_place(ctx, group, uuid, at);
	if (r < 0)
		return r;
	if (clock_parse(slice_of(at), &us) < 0)
		return ERR_INTERNAL;
	clock_format(us + 1, ret_at);
	return 0;
}

/* Write the copies of `answer`, newest message first, from place `place` on. */
static int write_copies(const struct dynamodb_answer *answer, int place, struct buf *copies)
{
	struct item_message message;
	struct jsonout out;
	int r;

	jsonout_begin(&out, copies);
	jsonout_array(&out);
	for (size_t i = 0; i < answer->count; i++) {
		r = item_read_message(&answer->items[i], &message);
		if (r < 0)
			return r;
		write_copy(&out, place++, &message);
	}
	jsonout_array_end(&out);
	return jsonout_end(&out);
}

/* Copy the newest messages of a conversation; the report is about its other member. */
static int copy_conversation(struct ctx *ctx, const char *group, struct subject *subject)
{
	const struct dynamodb_answer *answer;
	int r;

	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(Query, messages_older, .group = slice_of(group),
				  .limit = COPIES_MAX),
			  &answer);
	return r < 0 ? r : write_copies(answer, 1, &subject->copies);
}

/*
 * Copy a message and those before it; the report is about its sender.
 * Returns 0; ERR_NOT_FOUND when there is no such message, or it is deleted.
 */
static int copy_message(struct ctx *ctx, const struct report_draft *draft, struct subject *subject)
{
	char before[CONVERSATION_TIME_SIZE];
	const struct dynamodb_answer *answer;
	struct item_message message;
	int r;

	r = time_after(ctx, draft->group, draft->message, before);
	if (r < 0)
		return r;
	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(Query, messages_older, .group = slice_of(draft->group),
				  .limit = COPIES_MAX, .before = slice_of(before)),
			  &answer);
	if (r < 0)
		return r;
	if (answer->count == 0)
		return ERR_NOT_FOUND;
	r = item_read_message(&answer->items[0], &message);
	if (r < 0)
		return r;
	if (!slice_is(message.uuid, draft->message) || message.deleted_at.len > 0)
		return ERR_NOT_FOUND;
	if (uuid_parse(message.sender.uuid, subject->person) < 0)
		return ERR_INTERNAL;
	return write_copies(answer, 0, &subject->copies);
}

/*
 * Find out whom the report is about, and copy messages.
 * author: of the crud; empty when `me` cannot see it. Returns as report_create.
 */
static int find_subject(struct ctx *ctx, const char *me, const struct report_draft *draft,
			struct slice author, struct resp *resp, struct subject *subject)
{
	enum waiting waiting;
	int r = 0;

	if (draft->activity[0]) {
		r = uuid_parse(author, subject->person) < 0 ? ERR_NOT_FOUND : 0;
	} else if (draft->group[0]) {
		r = conversation_other_member(ctx, me, draft->group, subject->person, &waiting);
		if (r == 0)
			r = draft->message[0] ? copy_message(ctx, draft, subject)
					      : copy_conversation(ctx, draft->group, subject);
	}
	if (r == 0 && strcmp(subject->person, me) == 0) {
		resp_add_code(resp, "user_is_self");
		return PROBLEM_INVALID;
	}
	return r;
}

/* --- writing it ------------------------------------------------------------------------------ */

/* Columns of reports/create.sql. */
enum { CREATED_PEOPLE, CREATED_FOUND, CREATED_ADDED, CREATED_REST };

static const char *given(const char *uuid)
{
	return *uuid ? uuid : NULL;
}

/* Look up the earlier report, if there is one. Returns 0; as db_query. */
static int find_made(struct db *db, const char *me, const struct report_draft *draft,
		     const struct subject *subject, const struct idempotency *key,
		     PGresult **ret_made)
{
	const char *values[] = {me, subject->thing, key->given ? key->key : NULL,
				given(draft->activity)};

	return db_query(db, &query_reports_made, 4, values, ret_made);
}

/* Whether the key has made this request. Returns 0; PROBLEM_IDEMPOTENCY_KEY_REUSED. */
static int check_key(const PGresult *made, const struct idempotency *key, bool *ret_known)
{
	*ret_known = !db_null(made, 0, MADE_REQUEST);
	if (*ret_known && !slice_is(db_value(made, 0, MADE_REQUEST), key->request))
		return PROBLEM_IDEMPOTENCY_KEY_REUSED;
	return 0;
}

static int insert(struct ctx *ctx, const char *me, const struct report_draft *draft,
		  const struct subject *subject, const struct idempotency *key, struct resp *resp,
		  PGresult **ret_created)
{
	char reason[16], note[LIMIT_REPORT_NOTE * 4 + 1], most[QUOTA_TEXT_SIZE];
	const char *values[] = {me,
				subject->thing,
				subject->kind,
				given(subject->person),
				given(draft->activity),
				given(draft->group),
				given(draft->message),
				reason,
				draft->note.len ? note : NULL,
				subject->copies.len ? subject->copies.data : NULL,
				key->given ? key->key : NULL,
				key->given ? key->request : NULL,
				quota_text(ctx, QUOTA_REPORTS, most)};

	if (!slice_copy(draft->reason, reason, sizeof(reason)) ||
	    !slice_copy(draft->note, note, sizeof(note)))
		return ERR_INTERNAL;
	return quota_problem(ctx, db_query(ctx->db, &query_reports_create, 13, values, ret_created),
			     resp);
}

/* Write the report. Returns as report_create. */
static int write_report(struct ctx *ctx, const char *me, const struct report_draft *draft,
			const struct subject *subject, const struct idempotency *key,
			struct resp *resp)
{
	pg_result_auto *created = NULL;
	pg_result_auto *made = NULL;
	bool known;
	int r;

	r = insert(ctx, me, draft, subject, key, resp, &created);
	if (r < 0)
		return r;
	if (db_integer(created, 0, CREATED_ADDED) > 0) {
		quota_tell(ctx, QUOTA_REPORTS, db_value(created, 0, CREATED_REST), resp);
		return 0;
	}
	if (db_integer(created, 0, CREATED_FOUND) == 0)
		return db_integer(created, 0, CREATED_PEOPLE) < 2 ? ERR_REFERENCE : ERR_NOT_FOUND;
	/* It was reported before, maybe just now: another request may have taken the key. */
	r = find_made(ctx->db, me, draft, subject, key, &made);
	return r < 0 ? r : check_key(made, key, &known);
}

int report_create(struct ctx *ctx, const char *me, const struct report_draft *draft,
		  const struct idempotency *key, struct resp *resp)
{
	struct subject subject = {.copies = BUF_INIT(COPIES_SIZE)};
	pg_result_auto *made = NULL;
	bool known = false, reported = false;
	int r;

	r = name_subject(ctx, draft, &subject);
	if (r == 0)
		r = find_made(ctx->db, me, draft, &subject, key, &made);
	if (r == 0)
		r = check_key(made, key, &known);
	if (r == 0)
		reported = slice_is(db_value(made, 0, MADE_REPORTED), "t");
	if (r == 0 && !known && !reported)
		r = find_subject(ctx, me, draft, db_value(made, 0, MADE_AUTHOR), resp, &subject);
	if (r == 0 && !known && (!reported || key->given))
		r = write_report(ctx, me, draft, &subject, key, resp);
	buf_dispose(&subject.copies);
	return r;
}
