/*
 * exports.c - people export, and the exports that people have asked for, which bin/jobs writes.
 *
 * An export is JSON Lines: everything in PostgreSQL and DynamoDB that is of one person, in the
 * order of `kinds`, then their conversations. It is read page by page and written in parts, so the
 * memory that it needs does not grow with it.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "command.h"
#include "domain/conversation_item.h"
#include "domain/export.h"
#include "domain/names.h"
#include "json/jsonout.h"
#include "limit.h"
#include "membership.h"
#include "queries.h"
#include "store.h"

#define PARTS_MAX  2000	     /* of an export in PostgreSQL: a gigabyte */
#define LINE_MAX   (1 << 18) /* bytes; a text has at most 6 times LIMIT_MESSAGE as JSON */
#define FIRST_UUID "00000000-0000-0000-0000-000000000000"
#define LAST_UUID  "ffffffff-ffff-ffff-ffff-ffffffffffff"

/* The lines of PostgreSQL: each query returns them with their position, newest first. */
static const struct query *const kinds[] = {
	&query_exports_person,	      &query_exports_cruds,   &query_exports_likes,
	&query_exports_bookmarks,     &query_exports_reposts, &query_exports_follows,
	&query_exports_followers,     &query_exports_blocks,  &query_exports_mutes,
	&query_exports_notifications, &query_exports_reports, &query_exports_keys,
	&query_exports_quotas,
};

/* An export that is written. */
struct writer {
	struct aws *aws;
	const char *person;
	struct buf part; /* the lines that are not stored yet */
	int parts;	 /* that are stored; -1: they go to standard output */
	int64_t lines;
	/* of the conversation that is written */
	const struct membership *membership;
	struct names names;
};

/* --- parts -------------------------------------------------------------------------------------
 */

static int store_part(struct writer *writer)
{
	struct aws *aws = writer->aws;
	pg_result_auto *result = NULL;
	char number[12];

	if (writer->part.failed)
		return aws_fail("out of memory");
	if (writer->part.len == 0)
		return 0;
	if (writer->parts < 0) {
		fwrite(writer->part.data, 1, writer->part.len, stdout);
	} else {
		snprintf(number, sizeof(number), "%d", writer->parts);
		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, &query_exports_add, 3,
			     (const char *const[]){writer->person, number, writer->part.data},
			     &result) < 0)
			return aws_db_failed(aws);
		writer->parts++;
		if (writer->parts > PARTS_MAX)
			return aws_fail("the export of %s is too long", writer->person);
	}
	buf_reset(&writer->part);
	return 0;
}

/* A line is whole. */
static int end_line(struct writer *writer)
{
	buf_putc(&writer->part, '\n');
	writer->lines++;
	return writer->part.failed || writer->part.len >= EXPORT_PART_BYTES ? store_part(writer)
									    : 0;
}

/* --- PostgreSQL --------------------------------------------------------------------------------
 */

static int write_kind(struct writer *writer, const struct query *query)
{
	char at[64] = "infinity", uuid[UUID_SIZE] = LAST_UUID;
	struct aws *aws = writer->aws;
	int status = 0, count;

	do {
		pg_result_auto *rows = NULL;

		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, query, 3, (const char *const[]){writer->person, at, uuid},
			     &rows) < 0)
			return aws_db_failed(aws);
		count = PQntuples(rows);
		for (int row = 0; status == 0 && row < count; row++) {
			const struct slice line = db_value(rows, row, 0);

			buf_append(&writer->part, line.ptr, line.len);
			status = end_line(writer);
		}
		if (count > 0 && (!slice_copy(db_value(rows, count - 1, 1), at, sizeof(at)) ||
				  uuid_parse(db_value(rows, count - 1, 2), uuid) < 0))
			return aws_fail("PostgreSQL returned a position that cannot be read");
	} while (status == 0 && count > 0);
	return status;
}

/* --- conversations -----------------------------------------------------------------------------
 */

static void begin_line(struct writer *writer, struct jsonout *out, const char *type)
{
	jsonout_begin(out, &writer->part);
	jsonout_object(out);
	jsonout_member_text(out, "type", type);
}

static int finish_line(struct writer *writer, struct jsonout *out)
{
	jsonout_object_end(out);
	if (jsonout_end(out) < 0)
		return aws_fail("a line of the export cannot be written");
	return end_line(writer);
}

static int write_conversation(struct writer *writer)
{
	const struct membership *membership = writer->membership;
	struct slice handle = SLICE(""), display_name = SLICE("");
	struct jsonout out;

	names_find(&writer->names, slice_of(membership->other), &handle, &display_name);
	begin_line(writer, &out, "conversation");
	jsonout_member_text(&out, "uuid", membership->group);
	jsonout_member_string(&out, "handle", handle);
	jsonout_member_string(&out, "display_name", display_name);
	jsonout_member_text(&out, "created_at", membership->last_sent_at);
	jsonout_member_text(&out, "read_at", membership->read_at);
	jsonout_member_text(&out, "read_message_uuid",
			    membership->read_message_uuid[0] ? membership->read_message_uuid
							     : NULL);
	jsonout_member_integer(&out, "unread_count", membership->unread_count);
	return finish_line(writer, &out);
}

static int write_message(const struct item *item, void *data)
{
	struct writer *writer = data;
	struct item_message message;
	struct jsonout out;

	if (item_read_message(item, &message) < 0)
		return 0;
	names_find(&writer->names, message.sender.uuid, &message.sender.handle,
		   &message.sender.display_name);
	begin_line(writer, &out, "message");
	jsonout_member_text(&out, "message_group_uuid", writer->membership->group);
	jsonout_member_string(&out, "uuid", message.uuid);
	jsonout_member_string(&out, "handle", message.sender.handle);
	jsonout_member_string(&out, "display_name", message.sender.display_name);
	jsonout_member_optional(&out, "message", message.text);
	jsonout_member_string(&out, "created_at", message.created_at);
	if (message.deleted_at.len)
		jsonout_member_string(&out, "deleted_at", message.deleted_at);
	return finish_line(writer, &out);
}

static int write_membership(struct aws *aws, const struct membership *membership, void *data)
{
	const char *table = aws->config.messages_table;
	char pk[sizeof("MSG#") + UUID_SIZE];
	struct writer *writer = data;
	int status;

	names_dispose(&writer->names);
	budget_start(&aws->budget, PATIENCE_MS);
	if (names_load(aws->db,
		       (struct slice[]){slice_of(membership->other), slice_of(writer->person)}, 2,
		       &writer->names) < 0)
		return aws_db_failed(aws);
	writer->membership = membership;
	status = write_conversation(writer);
	snprintf(pk, sizeof(pk), "MSG#%s", membership->group);
	return status == 0 ? store_each(aws, table, pk, write_message, writer) : status;
}

/* --- an export ---------------------------------------------------------------------------------
 */

/* The last line tells that nothing is missing. */
static int write_end(struct writer *writer)
{
	const int64_t lines = writer->lines;
	struct jsonout out;
	int status;

	begin_line(writer, &out, "end");
	jsonout_member_integer(&out, "lines", lines);
	status = finish_line(writer, &out);
	return status == 0 ? store_part(writer) : status;
}

/* Write the export of `person`: into the table, or to standard output. Returns the exit status. */
static int write_export(struct aws *aws, const char *person, bool printed)
{
	struct writer writer = {
		.aws = aws,
		.person = person,
		.part = BUF_INIT(EXPORT_PART_BYTES + LINE_MAX),
		.parts = printed ? -1 : 0,
	};
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		status = write_kind(&writer, kinds[i]);
	if (status == 0)
		status = membership_each(aws, person, write_membership, &writer);
	if (status == 0)
		status = write_end(&writer);
	names_dispose(&writer.names);
	buf_dispose(&writer.part);
	return status;
}

int people_export(struct aws *aws)
{
	char handle[LIMIT_HANDLE_MAX + 1], person[UUID_SIZE];
	int status = people_find_uuid(aws, handle, person);

	return status == 0 ? write_export(aws, person, true) : status;
}

/* --- the job -----------------------------------------------------------------------------------
 */

/* Run a statement about the export of `person` until it changes nothing, or once. */
static int change(struct aws *aws, const struct query *query, const char *person, bool repeatedly)
{
	int64_t count;

	do {
		const char *const values[] = {person, "20"};
		pg_result_auto *result = NULL;

		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, query, repeatedly ? 2 : 1, values, &result) < 0)
			return aws_db_failed(aws);
		count = db_integer_of(slice_of(PQcmdTuples(result)));
	} while (repeatedly && count > 0);
	return 0;
}

/* Parts that an earlier attempt has left are written again. */
static int build(struct aws *aws, const char *person)
{
	int status = change(aws, &query_exports_clear, person, true);

	if (status == 0)
		status = write_export(aws, person, false);
	return status == 0 ? change(aws, &query_exports_ready, person, false) : status;
}

int exports_job(struct aws *aws, int *ret_count)
{
	char at[64] = "-infinity", person[UUID_SIZE] = FIRST_UUID;
	int failed = 0;

	*ret_count = 0;
	for (;;) {
		pg_result_auto *result = NULL;

		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, &query_exports_waiting, 2, (const char *const[]){at, person},
			     &result) < 0)
			return aws_db_failed(aws);
		if (PQntuples(result) == 0)
			return failed;
		if (!slice_copy(db_value(result, 0, 0), at, sizeof(at)) ||
		    uuid_parse(db_value(result, 0, 1), person) < 0)
			return aws_fail("PostgreSQL returned an export that cannot be read");
		if (build(aws, person) == 0)
			++*ret_count;
		else
			failed = 1;
	}
}
