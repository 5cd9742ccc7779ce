/*
 * people.c - people show, suspend, unsuspend: what an operator sees and does of a person; erase.c
 * and exports.c have the rest.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/handle.h"
#include "command.h"
#include "db/row.h"
#include "json/jsonout.h"
#include "limit.h"
#include "live/bus.h"
#include "live/publisher.h"
#include "queries.h"

#define SHOWN_MAX 4096 /* bytes of a person as JSON */

/* Columns of users/show.sql. */
enum { UUID, HANDLE, DISPLAY_NAME, SUBJECT, CREATED_AT, SUSPENDED_AT, DELETED_AT, CRUDS };

/* The argument as a handle, with or without @. Returns the exit status. */
static int read_handle(const struct aws *aws, char ret_handle[LIMIT_HANDLE_MAX + 1])
{
	struct slice handle = slice_of(aws->arguments[0]);

	if (slice_begins(handle, "@"))
		handle = slice_from(handle, 1);
	if (!handle_copy(handle, ret_handle))
		return aws_misused("%s cannot be a handle", aws->arguments[0]);
	return 0;
}

/* Read the person that the argument names. Returns the exit status. */
static int find(struct aws *aws, PGresult **ret_person)
{
	char handle[LIMIT_HANDLE_MAX + 1];
	const char *values[] = {handle};
	pg_result_auto *result = NULL;
	int status = read_handle(aws, handle);

	if (status != 0)
		return status;
	budget_start(&aws->budget, PATIENCE_MS);
	if (db_query(aws->db, &query_users_show, 1, values, &result) < 0)
		return aws_db_failed(aws);
	if (PQntuples(result) == 0)
		return aws_fail("nobody has the handle %s", handle);
	*ret_person = result;
	result = NULL;
	return 0;
}

int people_find_uuid(struct aws *aws, char ret_handle[LIMIT_HANDLE_MAX + 1],
		     char ret_uuid[UUID_SIZE])
{
	pg_result_auto *person = NULL;
	int status = find(aws, &person);

	if (status != 0)
		return status;
	if (!handle_copy(db_value(person, 0, HANDLE), ret_handle) ||
	    uuid_parse(db_value(person, 0, UUID), ret_uuid) < 0)
		return aws_fail("PostgreSQL returned somebody without a handle");
	return 0;
}

/* --- people show ----------------------------------------------------------------------------- */

static void print_line(const char *name, struct slice value)
{
	printf("%-12s %.*s\n", name, (int)value.len, value.ptr);
}

static void print_time(const char *name, const PGresult *person, int column, const char *none)
{
	char text[32];
	struct tm parts;
	time_t seconds;

	if (db_null(person, 0, column)) {
		print_line(name, slice_of(none));
		return;
	}
	seconds = (time_t)(db_integer(person, 0, column) / 1000000);
	if (!gmtime_r(&seconds, &parts) ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		return;
	print_line(name, slice_of(text));
}

static int print_json(const PGresult *person)
{
	static const struct column columns[] = {
		{"uuid", COLUMN_TEXT},
		{"handle", COLUMN_TEXT},
		{"display_name", COLUMN_TEXT},
		{"cognito_user_id", COLUMN_NULLABLE},
		{"created_at", COLUMN_TIME},
		{"suspended_at", COLUMN_NULLABLE_TIME},
		{"deleted_at", COLUMN_NULLABLE_TIME},
		{"cruds", COLUMN_INTEGER},
	};
	buf_auto text = BUF_INIT(SHOWN_MAX);
	struct jsonout out;

	jsonout_begin(&out, &text);
	jsonout_object(&out);
	row_write(&out, person, 0, UUID, columns, sizeof(columns) / sizeof(columns[0]));
	jsonout_object_end(&out);
	if (jsonout_end(&out) < 0)
		return aws_fail("out of memory");
	printf("%.*s\n", (int)text.len, text.data);
	return 0;
}

int people_show(struct aws *aws)
{
	pg_result_auto *person = NULL;
	int status = find(aws, &person);

	if (status != 0)
		return status;
	if (aws->json)
		return print_json(person);
	print_line("handle", db_value(person, 0, HANDLE));
	print_line("display name", db_value(person, 0, DISPLAY_NAME));
	print_line("uuid", db_value(person, 0, UUID));
	print_line("subject",
		   db_null(person, 0, SUBJECT) ? SLICE("none") : db_value(person, 0, SUBJECT));
	print_time("registered", person, CREATED_AT, "");
	print_line("cruds", db_value(person, 0, CRUDS));
	print_time("suspended", person, SUSPENDED_AT, "no");
	print_time("deleted", person, DELETED_AT, "no");
	return 0;
}

/* --- people suspend, people unsuspend -------------------------------------------------------- */

/* By the hub of this home, if one runs, and by those that listen to the bus. Each may get it twice.
 */
int people_revoke(struct aws *aws, const char *uuid)
{
	buf_auto packet = BUF_INIT(FRAME_MAX);
	buf_auto payload = BUF_INIT(BUS_PAYLOAD_MAX);
	pg_result_auto *result = NULL;
	int local = 0;

	if (aws->config.run_dir[0]) {
		struct publisher *publisher = publisher_new(aws->config.run_dir, NULL);

		/* Without a hub there is no stream to end. */
		if (publisher && publisher_send_revoked(publisher, uuid) == ERR_OVERLOADED)
			local = aws_fail("the hub is busy: repeat the command to end the streams "
					 "of this person");
		publisher_free(publisher);
	}
	if (frame_write_revoked(uuid, &packet) < 0 ||
	    bus_write_packet(buf_slice(&packet), &payload) < 0)
		return aws_fail("out of memory");
	budget_start(&aws->budget, PATIENCE_MS);
	if (db_query(aws->db, &query_live_notify, 1, (const char *const[]){payload.data}, &result) <
	    0)
		return aws_db_failed(aws);
	return local;
}

/* Returns the exit status. */
static int set_suspended(struct aws *aws, bool suspended)
{
	char handle[LIMIT_HANDLE_MAX + 1];
	const char *values[] = {handle, suspended ? "true" : "false"};
	pg_result_auto *result = NULL;
	int status = read_handle(aws, handle);

	if (status != 0)
		return status;
	budget_start(&aws->budget, PATIENCE_MS);
	if (db_query(aws->db, &query_users_suspend, 2, values, &result) < 0)
		return aws_db_failed(aws);
	if (db_null(result, 0, 0))
		return aws_fail("nobody has the handle %s", handle);
	if (suspended)
		status = people_revoke(aws, db_value(result, 0, 0).ptr);
	if (status == 0)
		printf("%s is %s\n", handle, suspended ? "suspended" : "not suspended");
	return status;
}

int people_suspend(struct aws *aws)
{
	return set_suspended(aws, true);
}

int people_unsuspend(struct aws *aws)
{
	return set_suspended(aws, false);
}
