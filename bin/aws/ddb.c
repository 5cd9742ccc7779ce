/* ddb.c - ddb schema-load, list-tables, drop and scan: whole tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "command.h"
#include "command_requests.h"
#include "json/jsonin.h"

#define POLL_MS	   250
#define PLAIN_JSON (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

json_object *ddb_member(const json_object *object, const char *name)
{
	json_object *value = NULL;

	json_object_object_get_ex(object, name, &value);
	return value;
}

bool ddb_member_is(const json_object *object, const char *name, const char *value)
{
	struct slice text;

	return object && jsonin_string(object, name, &text) == 0 && slice_is(text, value);
}

/* --- schema-load ----------------------------------------------------------------------------- */

int ddb_get_json(struct aws *aws, struct request request, json_object **ret_answer)
{
	const struct dynamodb_answer *answer;
	int r;

	r = aws_send(aws, request, &answer);
	if (r < 0)
		return r;
	return jsonin_object(answer->body, ret_answer);
}

/*
 * Poll DescribeTable until the table is active. ret_answer: the last answer, owned by the caller.
 * Returns the exit status.
 */
static int wait_until_active(struct aws *aws, const char *table, json_object **ret_answer)
{
	int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;

	while (clock_monotonic_ms() < deadline_ms) {
		json_object *answer;

		if (ddb_get_json(aws, REQUEST(DescribeTable, table, .table = slice_of(table)),
				 &answer) < 0)
			return aws_failed(aws);
		if (ddb_member_is(ddb_member(answer, "Table"), "TableStatus", "ACTIVE")) {
			*ret_answer = answer;
			return 0;
		}
		json_object_put(answer);
		clock_sleep_ms(POLL_MS);
	}
	return aws_fail("%s is not active yet; run this again later", table);
}

static bool has_index(const json_object *table)
{
	json_object *indexes;

	if (jsonin_array(table, "LocalSecondaryIndexes", &indexes) < 0)
		return false;
	for (size_t i = 0; i < json_object_array_length(indexes); i++)
		if (ddb_member_is(json_object_array_get_idx(indexes, i), "IndexName",
				  REQUEST_MESSAGES_INDEX))
			return true;
	return false;
}

int ddb_load_time_to_live(struct aws *aws, const char *table)
{
	const struct dynamodb_answer *answer;
	json_auto *described = NULL;

	if (ddb_get_json(aws, REQUEST(DescribeTimeToLive, table, .table = slice_of(table)),
			 &described) < 0)
		return aws_failed(aws);
	if (!ddb_member_is(ddb_member(described, "TimeToLiveDescription"), "TimeToLiveStatus",
			   "DISABLED"))
		return 0;
	if (aws_send(aws, REQUEST(UpdateTimeToLive, messages, .table = slice_of(table)), &answer) <
	    0)
		return aws_failed(aws);
	return 0;
}

int ddb_need_table(struct aws *aws, const char *table)
{
	json_auto *described = NULL;
	int status;

	status = wait_until_active(aws, table, &described);
	if (status != 0)
		return status;
	/* An index cannot be added to a table. */
	if (!has_index(ddb_member(described, "Table")))
		return aws_fail("%s exists without the index " REQUEST_MESSAGES_INDEX, table);
	return 0;
}

int ddb_make_table(struct aws *aws, const char *table)
{
	const struct dynamodb_answer *answer;
	bool created;
	int status;

	created = aws_send(aws, REQUEST(CreateTable, messages, .table = slice_of(table)),
			   &answer) == 0;
	if (!created && !dynamodb_refused(aws->dynamodb, "ResourceInUseException"))
		return aws_failed(aws);
	status = ddb_need_table(aws, table);
	if (status == 0)
		status = ddb_load_time_to_live(aws, table);
	if (status == 0)
		printf("%s %s\n", table, created ? "created" : "exists");
	return status;
}

int ddb_schema_load(struct aws *aws)
{
	return ddb_make_table(aws, aws->config.messages_table);
}

/* --- list-tables, drop ----------------------------------------------------------------------- */

int ddb_list_tables(struct aws *aws)
{
	json_auto *page = NULL;
	struct slice last = {0}; /* within `page` */

	do {
		json_object *next, *names;

		if (ddb_get_json(aws, REQUEST(ListTables, tables, .after_table = last), &next) < 0)
			return aws_failed(aws);
		json_object_put(page);
		page = next;
		if (jsonin_array(page, "TableNames", &names) < 0)
			return aws_fail("ListTables: the answer has no TableNames");
		for (size_t i = 0; i < json_object_array_length(names); i++)
			puts(json_object_get_string(json_object_array_get_idx(names, i)));
		if (jsonin_string(page, "LastEvaluatedTableName", &last) < 0)
			last = (struct slice){0};
	} while (last.ptr);
	return 0;
}

bool ddb_is_confirmed(const struct aws *aws, const char *table, const char *effect)
{
	char line[256];

	if (aws->yes)
		return true;
	printf("%s at %s: this %s.\nType the name of the table to confirm: ", table,
	       aws->config.dynamodb_endpoint, effect);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, table) == 0;
}

int ddb_drop(struct aws *aws)
{
	int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
	const char *table = aws->arguments[0];
	const struct dynamodb_answer *answer;

	if (!ddb_is_confirmed(aws, table, "deletes the table and all its items"))
		return aws_fail("%s is not dropped; --yes drops it without asking", table);
	if (aws_send(aws, REQUEST(DeleteTable, table, .table = slice_of(table)), &answer) < 0)
		return aws_failed(aws);
	while (clock_monotonic_ms() < deadline_ms) {
		if (aws_send(aws, REQUEST(DescribeTable, table, .table = slice_of(table)),
			     &answer) < 0) {
			if (!dynamodb_refused(aws->dynamodb, "ResourceNotFoundException"))
				return aws_failed(aws);
			printf("%s dropped\n", table);
			return 0;
		}
		clock_sleep_ms(POLL_MS);
	}
	return aws_fail("%s is still being deleted", table);
}

/* --- scan ------------------------------------------------------------------------------------ */

/* A value without its type, "x" for {"S":"x"}; nested values unchanged. Owned by the caller. */
static json_object *plain_value(json_object *typed)
{
	json_object *value;

	value = ddb_member(typed, "S");
	if (!value)
		value = ddb_member(typed, "BOOL");
	if (value)
		return json_object_get(value);
	value = ddb_member(typed, "N");
	if (value)
		return json_object_new_double_s(json_object_get_double(value),
						json_object_get_string(value));
	return json_object_get(typed);
}

static int print_item(json_object *item, void *data)
{
	(void)data;
	json_object *plain = json_object_new_object();
	struct json_object_iterator at = json_object_iter_begin(item);
	const struct json_object_iterator end = json_object_iter_end(item);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
		json_object_object_add(plain, json_object_iter_peek_name(&at),
				       plain_value(json_object_iter_peek_value(&at)));
	puts(json_object_to_json_string_ext(plain, PLAIN_JSON));
	json_object_put(plain);
	/* The caller reports that the output cannot be written. */
	return ferror(stdout) ? 1 : 0;
}

/* The page of a table, or of a partition, after the key `start`. Returns as ddb_get_json. */
static int get_page(struct aws *aws, const char *table, const char *pk, struct slice start,
		    json_object **ret_page)
{
	if (pk)
		return ddb_get_json(aws,
				    REQUEST(Query, everything, .table = slice_of(table),
					    .pk = slice_of(pk), .start_key = start),
				    ret_page);
	return ddb_get_json(aws,
			    REQUEST(Scan, everything, .table = slice_of(table), .start_key = start),
			    ret_page);
}

int ddb_each_item(struct aws *aws, const char *table, const char *pk,
		  int (*use)(json_object *item, void *data), void *data)
{
	json_auto *page = NULL;
	json_object *last_key;
	struct slice start = {0}; /* within `page` */
	int status = 0;

	do {
		json_object *next, *items;

		if (get_page(aws, table, pk, start, &next) < 0)
			return aws_failed(aws);
		json_object_put(page);
		page = next;
		if (jsonin_array(page, "Items", &items) < 0)
			return aws_fail("%s: the answer has no Items",
					dynamodb_operation(aws->dynamodb));
		for (size_t i = 0; status == 0 && i < json_object_array_length(items); i++)
			status = use(json_object_array_get_idx(items, i), data);
		last_key = ddb_member(page, "LastEvaluatedKey");
		if (last_key)
			start = slice_of(json_object_to_json_string_ext(last_key, PLAIN_JSON));
	} while (last_key && status == 0);
	return status;
}

int ddb_scan(struct aws *aws)
{
	const char *table = aws->arguments[0] ? aws->arguments[0] : aws->config.messages_table;

	return ddb_each_item(aws, table, NULL, print_item, NULL);
}
