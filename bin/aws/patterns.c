/* patterns.c - ddb get-conversation, list-conversations: the two access patterns of the table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "command.h"
#include "command_requests.h"
#include "domain/conversation_item.h"
#include "domain/user.h"
#include "limit.h"

#define SEEDED_GROUP  "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define SEEDED_HANDLE "andrewbrown"
#define YEAR_LEN      4
#define INDENT	      "    "

/* The options of a command. group and user: "" when they were not given. */
struct pattern {
	char group[UUID_SIZE], user[UUID_SIZE];
	struct slice year; /* ptr NULL when it was not given */
	long limit;
};

/* --- options ---------------------------------------------------------------------------------- */

static int find_user(struct aws *aws, const char *handle, char ret_uuid[UUID_SIZE])
{
	int r;

	budget_start(&aws->budget, PATIENCE_MS);
	r = user_uuid_by_handle(aws->db, slice_of(handle), ret_uuid);
	if (r == ERR_NOT_FOUND)
		return aws_fail("nobody has the handle %s", handle);
	if (r < 0)
		return aws_db_failed(aws);
	return 0;
}

/* Read the options. handle: the default of --handle, or NULL. Returns the exit status. */
static int read_pattern(struct aws *aws, const char *handle, struct pattern *ret)
{
	char *end = NULL;

	*ret = (struct pattern){.limit = LIMIT_PAGE_DEFAULT};
	if (aws->group && uuid_parse(slice_of(aws->group), ret->group) < 0)
		return aws_misused("--group takes a uuid, not %s", aws->group);
	if (aws->year &&
	    (strlen(aws->year) != YEAR_LEN || strspn(aws->year, "0123456789") != YEAR_LEN))
		return aws_misused("--year takes four digits, not %s", aws->year);
	if (aws->year)
		ret->year = slice_of(aws->year);
	if (aws->limit) {
		ret->limit = strtol(aws->limit, &end, 10);
		if (end == aws->limit || *end || ret->limit < 1 || ret->limit > LIMIT_PAGE_MAX)
			return aws_misused("--limit takes a number from 1 to %d, not %s",
					   LIMIT_PAGE_MAX, aws->limit);
	}
	if (aws->handle)
		handle = aws->handle;
	return handle ? find_user(aws, handle, ret->user) : 0;
}

/* --- queries --------------------------------------------------------------------------------- */

static int query_messages(struct aws *aws, const struct pattern *pattern,
			  const struct dynamodb_answer **ret_answer)
{
	if (aws_send(aws,
		     REQUEST(Query, newest_messages, .group = slice_of(pattern->group),
			     .limit = pattern->limit, .year = pattern->year),
		     ret_answer) < 0)
		return aws_failed(aws);
	return 0;
}

/* Query the conversations of the person; with a year, those whose last message is of that year. */
static int query_rows(struct aws *aws, const struct pattern *pattern, struct slice year,
		      const struct dynamodb_answer **ret_answer)
{
	if (aws_send(aws,
		     REQUEST(Query, newest_rows, .user = slice_of(pattern->user),
			     .limit = pattern->limit, .year = year),
		     ret_answer) < 0)
		return aws_failed(aws);
	return 0;
}

/* Query the conversation of the person in that group. */
static int query_row(struct aws *aws, const struct pattern *pattern,
		     const struct dynamodb_answer **ret_answer)
{
	if (aws_send(aws,
		     REQUEST(Query, row, .user = slice_of(pattern->user),
			     .group = slice_of(pattern->group)),
		     ret_answer) < 0)
		return aws_failed(aws);
	return 0;
}

/* --- printing -------------------------------------------------------------------------------- */

/* Print a text, each line indented. Control characters would affect the terminal: `?` instead. */
static void print_text(struct slice text)
{
	uint32_t c;
	size_t n;

	fputs(INDENT, stdout);
	for (; text.len > 0; text.ptr += n, text.len -= n) {
		n = text_char(text.ptr, text.len, &c);
		if (n == 0 || text_has_control((struct slice){text.ptr, n}, true))
			putchar('?');
		else if (c == '\n')
			fputs("\n" INDENT, stdout);
		else
			fwrite(text.ptr, 1, n, stdout);
		n += n == 0;
	}
	putchar('\n');
}

/* 2026-11-22T12:00:00.123456+00:00 as 2026-11-22 12:00. */
static void print_time(struct slice time)
{
	if (time.len < 16)
		return;
	printf("%.10s %.5s", time.ptr, time.ptr + 11);
}

static void print_body(const struct dynamodb_answer *answer)
{
	fwrite(answer->body.ptr, 1, answer->body.len, stdout);
	putchar('\n');
}

static int print_message(const struct item *item)
{
	struct item_message message;

	if (item_read_message(item, &message) < 0)
		return aws_fail("a message lacks an attribute");
	print_time(message.created_at);
	printf("  %.*s\n", (int)message.sender.handle.len, message.sender.handle.ptr);
	print_text(message.text.ptr ? message.text : SLICE("(deleted)"));
	return 0;
}

static int print_row(const struct item *item)
{
	struct item_row row;

	if (item_read_row(item, &row) < 0)
		return aws_fail("a conversation lacks an attribute");
	print_time(row.last_sent_at);
	printf("  %.*s  %lld unread  %.*s\n", (int)row.other.handle.len, row.other.handle.ptr,
	       (long long)row.unread_count, (int)row.group.len, row.group.ptr);
	print_text(row.text.ptr ? row.text : SLICE("(deleted)"));
	return 0;
}

/* --- the commands ---------------------------------------------------------------------------- */

/*
 * Choose the conversation: of --group, in which --handle must be a member; the newest of --handle;
 * the seeded one.
 */
static int choose_group(struct aws *aws, struct pattern *pattern)
{
	const struct dynamodb_answer *answer;
	struct slice group;
	int status;

	if (!pattern->user[0]) {
		if (!pattern->group[0])
			memcpy(pattern->group, SEEDED_GROUP, UUID_SIZE);
		return 0;
	}
	status = pattern->group[0] ? query_row(aws, pattern, &answer)
				   : query_rows(aws, pattern, (struct slice){0}, &answer);
	if (status != 0)
		return status;
	if (answer->count == 0 ||
	    item_string(&answer->items[0], "message_group_uuid", &group) < 0 ||
	    uuid_parse(group, pattern->group) < 0)
		return aws_fail("%s has no such conversation", aws->handle);
	return 0;
}

int ddb_get_conversation(struct aws *aws)
{
	const struct dynamodb_answer *answer;
	struct pattern pattern;
	int status;

	status = read_pattern(aws, NULL, &pattern);
	if (status == 0)
		status = choose_group(aws, &pattern);
	if (status == 0)
		status = query_messages(aws, &pattern, &answer);
	if (status != 0)
		return status;
	if (aws->json) {
		print_body(answer);
		return 0;
	}
	/* The answer begins with the newest message; the output ends with it, like a chat. */
	for (size_t i = answer->count; status == 0 && i > 0; i--)
		status = print_message(&answer->items[i - 1]);
	return status;
}

int ddb_list_conversations(struct aws *aws)
{
	const struct dynamodb_answer *answer;
	struct pattern pattern;
	int status;

	if (aws->group && aws->year)
		return aws_misused("--year and --group exclude each other");
	status = read_pattern(aws, SEEDED_HANDLE, &pattern);
	if (status == 0)
		status = pattern.group[0] ? query_row(aws, &pattern, &answer)
					  : query_rows(aws, &pattern, pattern.year, &answer);
	if (status != 0)
		return status;
	if (aws->json) {
		print_body(answer);
		return 0;
	}
	for (size_t i = 0; status == 0 && i < answer->count; i++)
		status = print_row(&answer->items[i]);
	return status;
}
