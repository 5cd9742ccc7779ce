/* ddb.c - the tables: create, list, drop, print. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "command.h"
#include "domain/conversation_item.h"
#include "json/jsonin.h"

#define WAIT_MS	   120000 /* for a table to be created or deleted */
#define POLL_MS	   250
#define ENDS_BY	   "expires_at"
#define PLAIN_JSON (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* The member `name` of an object, or NULL. */
static json_object *member(const json_object *object, const char *name)
{
	json_object *value = NULL;

	json_object_object_get_ex(object, name, &value);
	return value;
}

/* Whether the string `name` of the object is `value`. */
static bool member_is(const json_object *object, const char *name, const char *value)
{
	struct slice text;

	return object && jsonin_string(object, name, &text) == 0 && slice_is(text, value);
}

/* --- schema-load -------------------------------------------------------------------------------
 */

static void put_definition(struct jsonout *out, const char *name)
{
	jsonout_object(out);
	jsonout_member_text(out, "AttributeName", name);
	jsonout_member_text(out, "AttributeType", "S");
	jsonout_object_end(out);
}

static void put_key(struct jsonout *out, const char *name, const char *type)
{
	jsonout_object(out);
	jsonout_member_text(out, "AttributeName", name);
	jsonout_member_text(out, "KeyType", type);
	jsonout_object_end(out);
}

static void put_key_schema(struct jsonout *out, const char *range)
{
	jsonout_key(out, "KeySchema");
	jsonout_array(out);
	put_key(out, "pk", "HASH");
	put_key(out, range, "RANGE");
	jsonout_array_end(out);
}

static int create_table(struct aws *aws, const char *table)
{
	const struct dynamodb_answer *answer;
	struct jsonout *out = dynamodb_request(aws->dynamodb);

	jsonout_member_text(out, "TableName", table);
	jsonout_member_text(out, "BillingMode", "PAY_PER_REQUEST");
	jsonout_key(out, "AttributeDefinitions");
	jsonout_array(out);
	put_definition(out, "pk");
	put_definition(out, "sk");
	put_definition(out, "last_message_at");
	jsonout_array_end(out);
	put_key_schema(out, "sk");
	jsonout_key(out, "LocalSecondaryIndexes");
	jsonout_array(out);
	jsonout_object(out);
	jsonout_member_text(out, "IndexName", CONVERSATION_INDEX);
	put_key_schema(out, "last_message_at");
	jsonout_key(out, "Projection");
	jsonout_object(out);
	jsonout_member_text(out, "ProjectionType", "ALL");
	jsonout_object_end(out);
	jsonout_object_end(out);
	jsonout_array_end(out);
	return aws_send(aws, "CreateTable", &answer);
}

/* An operation whose only parameter is the table. ret_answer: owned by the caller. */
static int ask_table(struct aws *aws, const char *operation, const char *table,
		     json_object **ret_answer)
{
	const struct dynamodb_answer *answer;
	int r;

	jsonout_member_text(dynamodb_request(aws->dynamodb), "TableName", table);
	r = aws_send(aws, operation, &answer);
	if (r < 0)
		return r;
	return jsonin_object(answer->body, ret_answer);
}

/* The table as DescribeTable has it when it is active. Returns the exit status. */
static int wait_until_active(struct aws *aws, const char *table, json_object **ret_answer)
{
	int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;

	while (clock_monotonic_ms() < deadline_ms) {
		json_object *answer;

		if (ask_table(aws, "DescribeTable", table, &answer) < 0)
			return aws_failed(aws, "DescribeTable");
		if (member_is(member(answer, "Table"), "TableStatus", "ACTIVE")) {
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
		if (member_is(json_object_array_get_idx(indexes, i), "IndexName",
			      CONVERSATION_INDEX))
			return true;
	return false;
}

static int load_time_to_live(struct aws *aws, const char *table)
{
	const struct dynamodb_answer *answer;
	json_auto *described = NULL;
	struct jsonout *out;

	if (ask_table(aws, "DescribeTimeToLive", table, &described) < 0)
		return aws_failed(aws, "DescribeTimeToLive");
	if (!member_is(member(described, "TimeToLiveDescription"), "TimeToLiveStatus", "DISABLED"))
		return 0;
	out = dynamodb_request(aws->dynamodb);
	jsonout_member_text(out, "TableName", table);
	jsonout_key(out, "TimeToLiveSpecification");
	jsonout_object(out);
	jsonout_member_text(out, "AttributeName", ENDS_BY);
	jsonout_member_bool(out, "Enabled", true);
	jsonout_object_end(out);
	if (aws_send(aws, "UpdateTimeToLive", &answer) < 0)
		return aws_failed(aws, "UpdateTimeToLive");
	return 0;
}

int ddb_make_table(struct aws *aws, const char *table)
{
	json_auto *described = NULL;
	bool created;
	int status;

	created = create_table(aws, table) == 0;
	if (!created && !dynamodb_refused(aws->dynamodb, "ResourceInUseException"))
		return aws_failed(aws, "CreateTable");
	status = wait_until_active(aws, table, &described);
	if (status != 0)
		return status;
	/* A local index can only be made together with its table. */
	if (!has_index(member(described, "Table")))
		return aws_fail("%s is there without the index " CONVERSATION_INDEX, table);
	status = load_time_to_live(aws, table);
	if (status == 0)
		printf("%s %s\n", table, created ? "created" : "is there");
	return status;
}

int ddb_schema_load(struct aws *aws)
{
	return ddb_make_table(aws, aws->config.messages_table);
}

/* --- list-tables, drop -------------------------------------------------------------------------
 */

int ddb_list_tables(struct aws *aws)
{
	json_object *page = NULL;
	struct slice last = {0};

	do {
		const struct dynamodb_answer *answer;
		struct jsonout *out = dynamodb_request(aws->dynamodb);
		json_object *names;

		if (last.len > 0)
			jsonout_member_string(out, "ExclusiveStartTableName", last);
		json_object_put(page);
		page = NULL;
		if (aws_send(aws, "ListTables", &answer) < 0)
			return aws_failed(aws, "ListTables");
		if (jsonin_object(answer->body, &page) < 0 ||
		    jsonin_array(page, "TableNames", &names) < 0)
			return aws_fail("ListTables: the answer has no TableNames");
		for (size_t i = 0; i < json_object_array_length(names); i++)
			puts(json_object_get_string(json_object_array_get_idx(names, i)));
		if (jsonin_string(page, "LastEvaluatedTableName", &last) < 0)
			last.len = 0;
	} while (last.len > 0);
	json_object_put(page);
	return 0;
}

/* Whether the person in front of production means it. */
static bool is_confirmed(const struct aws *aws, const char *table)
{
	char line[256];

	if (!aws->prod || aws->yes)
		return true;
	printf("This deletes %s at %s and all that is in it.\nType its name to go on: ", table,
	       aws->config.dynamodb_endpoint);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, table) == 0;
}

int ddb_drop(struct aws *aws)
{
	int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
	json_object *answer;

	if (!is_confirmed(aws, aws->arguments[0]))
		return aws_fail("%s is not dropped", aws->arguments[0]);
	if (ask_table(aws, "DeleteTable", aws->arguments[0], &answer) < 0)
		return aws_failed(aws, "DeleteTable");
	json_object_put(answer);
	while (clock_monotonic_ms() < deadline_ms) {
		if (ask_table(aws, "DescribeTable", aws->arguments[0], &answer) < 0) {
			if (!dynamodb_refused(aws->dynamodb, "ResourceNotFoundException"))
				return aws_failed(aws, "DescribeTable");
			printf("%s dropped\n", aws->arguments[0]);
			return 0;
		}
		json_object_put(answer);
		clock_sleep_ms(POLL_MS);
	}
	return aws_fail("%s is still being deleted", aws->arguments[0]);
}

/* --- scan --------------------------------------------------------------------------------------
 */

/* A typed value as a person reads it, {"S":"x"} as "x"; nested ones as they are. Owned. */
static json_object *plain_value(json_object *typed)
{
	json_object *value;

	value = member(typed, "S");
	if (!value)
		value = member(typed, "BOOL");
	if (value)
		return json_object_get(value);
	value = member(typed, "N");
	if (value)
		return json_object_new_double_s(json_object_get_double(value),
						json_object_get_string(value));
	return json_object_get(typed);
}

static void print_item(json_object *item)
{
	json_object *plain = json_object_new_object();
	struct json_object_iterator at = json_object_iter_begin(item);
	const struct json_object_iterator end = json_object_iter_end(item);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
		json_object_object_add(plain, json_object_iter_peek_name(&at),
				       plain_value(json_object_iter_peek_value(&at)));
	puts(json_object_to_json_string_ext(plain, PLAIN_JSON));
	json_object_put(plain);
}

int ddb_scan(struct aws *aws)
{
	const char *table = aws->arguments[0] ? aws->arguments[0] : aws->config.messages_table;
	json_object *page = NULL, *last_key = NULL;

	do {
		const struct dynamodb_answer *answer;
		struct jsonout *out = dynamodb_request(aws->dynamodb);
		json_object *items;

		jsonout_member_text(out, "TableName", table);
		jsonout_member_bool(out, "ConsistentRead", true);
		if (last_key) {
			jsonout_key(out, "ExclusiveStartKey");
			jsonout_raw(out,
				    slice_of(json_object_to_json_string_ext(last_key, PLAIN_JSON)));
		}
		json_object_put(page);
		page = NULL;
		if (aws_send(aws, "Scan", &answer) < 0)
			return aws_failed(aws, "Scan");
		if (jsonin_object(answer->body, &page) < 0 ||
		    jsonin_array(page, "Items", &items) < 0)
			return aws_fail("Scan: the answer has no Items");
		for (size_t i = 0; i < json_object_array_length(items); i++)
			print_item(json_object_array_get_idx(items, i));
		last_key = member(page, "LastEvaluatedKey");
	} while (last_key && !ferror(stdout));
	json_object_put(page);
	return 0;
}
