/* settings.c - see settings.h. */
#include "domain/settings.h"

#include <string.h>

#include "base/err.h"
#include "db/row.h"
#include "json/jsonin.h"
#include "queries.h"
#include "web/problem.h"

#define EVERYONE  "everyone"
#define REQUESTS  "requests"
#define FOLLOWING "following"
#define NOBODY	  "nobody"

/* Places in the columns of users/messages_from.sql. */
enum { MESSAGES_FROM, FOLLOWS };

/* Columns of users/settings.sql and users/settings_update.sql. */
static const struct column columns[] = {
	{"messages_from", COLUMN_TEXT},	 {"read_receipts", COLUMN_BOOL},
	{"notify_replies", COLUMN_TEXT}, {"notify_mentions", COLUMN_TEXT},
	{"notify_likes", COLUMN_TEXT},	 {"notify_reposts", COLUMN_TEXT},
	{"notify_follows", COLUMN_TEXT},
};

/* The members of people: one of `choices`, which ends with NULL, or else the code is added. */
struct choice {
	const char *key, *invalid;
	const char *const *choices;
};

static const char *const writers[] = {EVERYONE, REQUESTS, FOLLOWING, NOBODY, NULL};
static const char *const actors[] = {EVERYONE, FOLLOWING, NOBODY, NULL};

static const struct choice messages_from = {.key = "messages_from",
					    .invalid = "messages_from_invalid",
					    .choices = writers};
static const struct choice notify[SETTINGS_NOTIFY_COUNT] = {
	[SETTINGS_REPLIES] = {.key = "notify_replies",
			      .invalid = "notify_replies_invalid",
			      .choices = actors},
	[SETTINGS_MENTIONS] = {.key = "notify_mentions",
			       .invalid = "notify_mentions_invalid",
			       .choices = actors},
	[SETTINGS_LIKES] = {.key = "notify_likes",
			    .invalid = "notify_likes_invalid",
			    .choices = actors},
	[SETTINGS_REPOSTS] = {.key = "notify_reposts",
			      .invalid = "notify_reposts_invalid",
			      .choices = actors},
	[SETTINGS_FOLLOWS] = {.key = "notify_follows",
			      .invalid = "notify_follows_invalid",
			      .choices = actors},
};

/* Returns NULL when the member is missing, or refused. */
static const char *read_choice(json_object *body, const struct choice *choice, struct resp *resp)
{
	json_object *value;

	if (!json_object_object_get_ex(body, choice->key, &value))
		return NULL;
	for (size_t i = 0; choice->choices[i]; i++)
		if (json_object_is_type(value, json_type_string) &&
		    (size_t)json_object_get_string_len(value) == strlen(choice->choices[i]) &&
		    strcmp(json_object_get_string(value), choice->choices[i]) == 0)
			return choice->choices[i];
	resp_add_code(resp, choice->invalid);
	return NULL;
}

void settings_read(json_object *body, struct resp *resp, struct settings *ret_settings)
{
	struct settings settings = {0};
	json_object *value;

	settings.messages_from = read_choice(body, &messages_from, resp);
	if (json_object_object_get_ex(body, "read_receipts", &value)) {
		if (!json_object_is_type(value, json_type_boolean))
			resp_add_code(resp, "read_receipts_invalid");
		else
			settings.read_receipts = json_object_get_boolean(value) ? "true" : "false";
	}
	for (size_t i = 0; i < SETTINGS_NOTIFY_COUNT; i++)
		settings.notify[i] = read_choice(body, &notify[i], resp);
	*ret_settings = settings;
}

static int write_settings(struct db *db, const struct query *query, int count,
			  const char *const *values, struct resp *resp)
{
	pg_result_auto *result = NULL;
	struct jsonout *out;
	int r;

	r = db_query(db, query, count, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_REFERENCE;
	out = resp_json(resp);
	jsonout_object(out);
	row_write(out, result, 0, 0, columns, sizeof(columns) / sizeof(columns[0]));
	jsonout_object_end(out);
	return resp_json_end(resp);
}

int settings_show(struct db *db, const char *me, struct resp *resp)
{
	return write_settings(db, &query_users_settings, 1, &me, resp);
}

int settings_change(struct db *db, const char *me, const struct settings *changes,
		    struct resp *resp)
{
	const char *values[3 + SETTINGS_NOTIFY_COUNT] = {me, changes->messages_from,
							 changes->read_receipts};

	memcpy(&values[3], changes->notify, sizeof(changes->notify));
	return write_settings(db, &query_users_settings_update, 3 + SETTINGS_NOTIFY_COUNT, values,
			      resp);
}

int settings_admit(struct db *db, const char *me, const char *other, bool *ret_waits)
{
	const char *values[] = {me, other};
	pg_result_auto *result = NULL;
	struct slice from;
	bool follows;
	int r;

	r = db_query(db, &query_users_messages_from, 2, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	from = db_value(result, 0, MESSAGES_FROM);
	follows = slice_is(db_value(result, 0, FOLLOWS), "t");
	if (slice_is(from, EVERYONE) || slice_is(from, REQUESTS)) {
		*ret_waits = slice_is(from, REQUESTS) && !follows;
		return 0;
	}
	if (!slice_is(from, FOLLOWING) || !follows)
		return PROBLEM_MESSAGES_NOT_ACCEPTED;
	*ret_waits = false;
	return 0;
}
