/* moderation.c - see moderation.h. */
#include "domain/moderation.h"

#include <string.h>

#include "base/err.h"
#include "db/row.h"
#include "domain/conversation.h"
#include "domain/publish.h"
#include "domain/report.h"
#include "limit.h"
#include "queries.h"
#include "web/field.h"
#include "web/keyset.h"
#include "web/problem.h"

const struct page_kind moderation_pages[] = {
	[MODERATION_OPEN] = {"reports_open", KEYSET_FIELDS},
	[MODERATION_RESOLVED] = {"reports_resolved", KEYSET_FIELDS},
};

/* Columns of reports/open.sql, resolved.sql and one.sql; a report has a row for each of its texts.
 */
enum {
	UUID,
	CREATED_AT,
	KIND,
	REASON,
	NOTE,
	GROUP,
	RESOLVED_AT,
	ACTION,
	ACTION_NOTE,
	ABOUT,	       /* uuid of the reported person */
	ABOUT_MESSAGE, /* uuid of the reported message */
	REPORTER,
	REPORTED = REPORTER + 3,
	RESOLVER = REPORTED + 3,
	PLACE = RESOLVER + 3,
	TEXT_UUID,
	TEXT_HANDLE,
	TEXT_NAME,
	TEXT,
	TEXT_AT,
};

static const struct column columns[] = {
	[UUID] = {"uuid", COLUMN_TEXT},
	[CREATED_AT] = {"created_at", COLUMN_TIME},
	[KIND] = {"kind", COLUMN_TEXT},
	[REASON] = {"reason", COLUMN_TEXT},
	[NOTE] = {"note", COLUMN_NULLABLE},
	[GROUP] = {"message_group_uuid", COLUMN_NULLABLE},
	[RESOLVED_AT] = {"resolved_at", COLUMN_NULLABLE_TIME},
	[ACTION] = {"action", COLUMN_NULLABLE},
	[ACTION_NOTE] = {"action_note", COLUMN_NULLABLE},
};

/* --- a report as JSON ------------------------------------------------------------------------ */

/* Write a person, or null for one who is gone. first: the column of the uuid. */
static void write_person(struct jsonout *out, const char *key, const PGresult *result, int row,
			 int first)
{
	jsonout_key(out, key);
	if (db_null(result, row, first)) {
		jsonout_null(out);
		return;
	}
	jsonout_object(out);
	jsonout_member_string(out, "uuid", db_value(result, row, first));
	jsonout_member_string(out, "handle", db_value(result, row, first + 1));
	jsonout_member_string(out, "display_name", db_value(result, row, first + 2));
	jsonout_member_text(out, "avatar_url", NULL);
	jsonout_object_end(out);
}

static void write_text(struct jsonout *out, const PGresult *result, int row)
{
	struct slice text = db_value(result, row, TEXT);

	if (db_null(result, row, TEXT))
		text.ptr = NULL;
	jsonout_object(out);
	jsonout_member_string(out, "uuid", db_value(result, row, TEXT_UUID));
	jsonout_member_string(out, "display_name", db_value(result, row, TEXT_NAME));
	jsonout_member_string(out, "handle", db_value(result, row, TEXT_HANDLE));
	jsonout_member_optional(out, "message", text);
	jsonout_key(out, "created_at");
	jsonout_time(out, db_integer(result, row, TEXT_AT));
	jsonout_object_end(out);
}

/* Write the text that is reported, if that is a `kind`, else null. */
static void write_reported(struct jsonout *out, const char *key, const PGresult *result, int row,
			   const char *kind)
{
	jsonout_key(out, key);
	if (slice_is(db_value(result, row, KIND), kind) && !db_null(result, row, PLACE) &&
	    db_integer(result, row, PLACE) == 0)
		write_text(out, result, row);
	else
		jsonout_null(out);
}

/* The row after those of the report in row `first`. */
static int end_of(const PGresult *result, int first)
{
	int row = first + 1;

	while (row < PQntuples(result) &&
	       strcmp(PQgetvalue(result, row, UUID), PQgetvalue(result, first, UUID)) == 0)
		row++;
	return row;
}

/* Write the report in the rows from `first` to `end`; that of the reported text is the last one. */
static void write_report(struct jsonout *out, const PGresult *result, int first, int end)
{
	bool open = db_null(result, first, RESOLVED_AT);

	jsonout_object(out);
	row_write(out, result, first, UUID, columns, sizeof(columns) / sizeof(columns[0]));
	jsonout_member_text(out, "state", open ? "open" : "resolved");
	write_person(out, "reporter", result, first, REPORTER);
	write_person(out, "reported", result, first, REPORTED);
	write_person(out, "resolved_by", result, first, RESOLVER);
	write_reported(out, "activity", result, end - 1, "crud");
	write_reported(out, "message", result, end - 1, "message");
	jsonout_key(out, "context");
	jsonout_array(out);
	for (int row = first; row < end; row++)
		if (!db_null(result, row, PLACE) && db_integer(result, row, PLACE) > 0)
			write_text(out, result, row);
	jsonout_array_end(out);
	jsonout_object_end(out);
}

/* --- the lists ------------------------------------------------------------------------------- */

int moderation_state_from_query(const struct req *req, struct resp *resp,
				enum moderation_state *ret_state)
{
	struct slice state = SLICE("open");
	int r;

	r = req_query(req, "state", &state);
	if (r < 0 && r != ERR_NOT_FOUND)
		return r;
	if (slice_is(state, "open")) {
		*ret_state = MODERATION_OPEN;
	} else if (slice_is(state, "resolved")) {
		*ret_state = MODERATION_RESOLVED;
	} else {
		resp_add_code(resp, "state_invalid");
		return PROBLEM_INVALID;
	}
	return 0;
}

/* at: the column of the time by which the list is ordered. */
static int write_page(const PGresult *result, int at, const struct page *page, struct resp *resp)
{
	struct jsonout *out = resp_json(resp);
	struct keyset last;
	int row = 0, last_row = 0;
	int r;

	jsonout_array(out);
	for (int count = 0; row < PQntuples(result) && count < page->limit; count++) {
		int end = end_of(result, row);

		write_report(out, result, row, end);
		last_row = row;
		row = end;
	}
	jsonout_array_end(out);
	if (row == PQntuples(result))
		return 0;
	r = keyset_of_row(db_integer(result, last_row, at), db_value(result, last_row, UUID),
			  &last);
	return r < 0 ? r : keyset_next(&last, page, resp);
}

int moderation_list(struct ctx *ctx, const char *me, enum moderation_state state,
		    const struct page *page, struct resp *resp)
{
	/* Before all open reports, which are listed from the oldest on. */
	struct keyset from = {"-infinity", "00000000-0000-0000-0000-000000000000"};
	bool open = state == MODERATION_OPEN;
	char rows[PAGE_ROWS_SIZE];
	const char *values[] = {me, from.created_at, from.uuid, rows};
	pg_result_auto *result = NULL;
	int r = 0;

	if (page->has_cursor || !open)
		r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(ctx->db, open ? &query_reports_open : &query_reports_resolved, 4, values,
		     &result);
	if (r == 0)
		r = write_page(result, open ? CREATED_AT : RESOLVED_AT, page, resp);
	return r < 0 ? r : resp_json_end(resp);
}

/* --- decisions ------------------------------------------------------------------------------- */

static const struct field action_field = {
	.key = "action",
	.blank = "action_blank",
	.invalid = "action_invalid",
};

static const char *const actions[] = {
	[MODERATION_DISMISS] = "dismiss",
	[MODERATION_REMOVE] = "remove",
	[MODERATION_SUSPEND] = "suspend",
};

int moderation_read(const json_object *body, struct resp *resp,
		    struct moderation_decision *ret_decision)
{
	struct moderation_decision decision = {0};
	struct slice action;
	int r;

	if (field_read(body, &action_field, resp, &action)) {
		size_t i = 0;

		while (i < sizeof(actions) / sizeof(actions[0]) && !slice_is(action, actions[i]))
			i++;
		if (i == sizeof(actions) / sizeof(actions[0]))
			resp_add_code(resp, action_field.invalid);
		else
			decision.action = (enum moderation_action)i;
	}
	field_read(body, &report_note_field, resp, &decision.note);
	r = resp_check(resp);
	if (r == 0)
		*ret_decision = decision;
	return r;
}

/* Read a report. Returns 0; ERR_NOT_FOUND when nobody made it, or it is about `me`. */
static int find(struct db *db, const char *me, const char *report, PGresult **ret_report)
{
	const char *values[] = {me, report};
	pg_result_auto *result = NULL;
	int r;

	r = db_query(db, &query_reports_one, 2, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	*ret_report = result;
	result = NULL;
	return 0;
}

/*
 * Delete the reported message, as its author does. The report is reserved for that, so no other
 * request resolves it in that time.
 * Returns 0, also when the message, its author or the conversation is gone;
 * PROBLEM_REPORT_RESOLVED.
 */
static int remove_message(struct ctx *ctx, const char *me, const char *report,
			  const PGresult *found)
{
	const char *values[] = {me, report};
	pg_result_auto *claimed = NULL;
	pg_result_auto *released = NULL;
	int r;

	r = db_query(ctx->db, &query_reports_claim, 2, values, &claimed);
	if (r < 0)
		return r;
	if (PQntuples(claimed) == 0)
		return PROBLEM_REPORT_RESOLVED;
	if (db_null(found, 0, ABOUT))
		return 0;
	r = conversation_delete(ctx, PQgetvalue(found, 0, ABOUT), PQgetvalue(found, 0, GROUP),
				PQgetvalue(found, 0, ABOUT_MESSAGE));
	if (r == 0 || r == ERR_NOT_FOUND)
		return 0;
	/* Without this it is open again when the reservation ends. */
	(void)!db_query(ctx->db, &query_reports_release, 1, &report, &released);
	return r;
}

/* Returns 0; ERR_NOT_FOUND; PROBLEM_REPORT_RESOLVED. claimed: by remove_message. */
static int decide(struct db *db, const char *me, const char *report,
		  const struct moderation_decision *decision, bool claimed)
{
	char note[LIMIT_REPORT_NOTE * 4 + 1];
	const char *values[] = {me, report, actions[decision->action],
				decision->note.len ? note : NULL, claimed ? "true" : "false"};
	pg_result_auto *result = NULL;
	struct slice outcome;
	int r;

	if (!slice_copy(decision->note, note, sizeof(note)))
		return ERR_INTERNAL;
	r = db_query(db, &query_reports_resolve, 5, values, &result);
	if (r < 0)
		return r;
	outcome = db_value(result, 0, 0);
	if (slice_is(outcome, "missing"))
		return ERR_NOT_FOUND;
	return slice_is(outcome, "resolved") ? PROBLEM_REPORT_RESOLVED : 0;
}

/* End the streams of the reported person, if there is one. Returns 0; ERR_OVERLOADED. */
static int revoke(struct ctx *ctx, const PGresult *found)
{
	return db_null(found, 0, ABOUT) ? 0 : publish_revoked(ctx, PQgetvalue(found, 0, ABOUT));
}

/* The report is resolved already. If that was a suspension, its request may have died before the
 * streams ended. */
static int answer_resolved(struct ctx *ctx, const PGresult *found)
{
	int r = 0;

	if (slice_is(db_value(found, 0, ACTION), actions[MODERATION_SUSPEND]))
		r = revoke(ctx, found);
	return r < 0 ? r : PROBLEM_REPORT_RESOLVED;
}

static int carry_out(struct ctx *ctx, const char *me, const char *report,
		     const struct moderation_decision *decision, const PGresult *found,
		     struct resp *resp)
{
	bool of_message = slice_is(db_value(found, 0, KIND), "message");
	bool claimed = decision->action == MODERATION_REMOVE && of_message;
	int r = 0;

	if (decision->action == MODERATION_REMOVE && !of_message &&
	    !slice_is(db_value(found, 0, KIND), "crud")) {
		resp_add_code(resp, action_field.invalid);
		return PROBLEM_INVALID;
	}
	if (claimed)
		r = remove_message(ctx, me, report, found);
	if (r == 0)
		r = decide(ctx->db, me, report, decision, claimed);
	if (r == 0 && decision->action == MODERATION_SUSPEND)
		r = revoke(ctx, found);
	return r;
}

int moderation_resolve(struct ctx *ctx, const char *me, const char *report,
		       const struct moderation_decision *decision, struct resp *resp)
{
	pg_result_auto *found = NULL;
	pg_result_auto *resolved = NULL;
	int r;

	r = find(ctx->db, me, report, &found);
	if (r < 0)
		return r;
	if (!db_null(found, 0, RESOLVED_AT))
		return answer_resolved(ctx, found);
	r = carry_out(ctx, me, report, decision, found, resp);
	if (r == 0)
		r = find(ctx->db, me, report, &resolved);
	if (r < 0)
		return r;
	write_report(resp_json(resp), resolved, 0, PQntuples(resolved));
	return resp_json_end(resp);
}
