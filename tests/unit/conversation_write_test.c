/* conversation_write_test.c - sending messages: who gets them, races, and idempotency keys. */
#include "conversations.h"

#include "base/err.h"
#include "domain/conversation.h"
#include "domain/conversation_members.h"
#include "web/problem.h"

#define PEOPLE	  "users_names|{" ME "," OTHER "}"
#define BY_HANDLE "users_by_handle|other"
#define FOUND	  .columns = NAMES_COLUMNS, .rows = OTHER "|other|Other|t"
#define NAMED	  .columns = NAMES_COLUMNS, .rows = NAMES
#define ADMITTED(from, follows)                                                                    \
	{                                                                                          \
		"users_messages_from|" ME "|" OTHER, .columns = "messages_from follows",           \
						     .rows = from "|" follows                      \
	}
#define PAIR_ITEM	"{" STRING("group_uuid", GROUP) "}"
#define FAILED		"{\"Code\":\"ConditionalCheckFailed\"}"
#define FAILED_AS(item) "{\"Code\":\"ConditionalCheckFailed\",\"Item\":" item "}"
#define NONE		"{\"Code\":\"None\"}"
#define SENT_AS                                                                                    \
	"\",\"display_name\":\"Me\",\"handle\":\"me\",\"message\":\"hello\",\"created_at\":\""
#define KEY_ITEM(digest, expires)                                                                  \
	"{" STRING("request_digest", digest) "," STRING("group_uuid", GROUP) "," STRING(           \
		"created_at", AT1) "," NUMBER("expires_at", expires) "}"
#define ASK_FOR_KEY "\"IDEM#" ME "#key\""

static const struct idempotency no_key;
static const struct idempotency a_key = {true, "key", "digest"};
static const struct recipient to_group = {.group = GROUP};
static const struct recipient to_handle = {.handle = SLICE("other")};

/* Send "hello" in a conversation whose members are remembered. */
static int send_known(struct services *all, const struct idempotency *key)
{
	conversation_remember(all->ctx.conversations, GROUP, ME, OTHER);
	return conversation_send(&all->ctx, ME, &to_group, SLICE("hello"), key, &all->resp);
}

static void a_message_is_written_to_both_rows(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({PEOPLE, NAMED}, {PEOPLE, NAMED}),
		       DYNAMODB({"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(ROW(OTHER, "2", UUID1, AT1, ""))},
				{"TransactWriteItems",
				 {KEY_OF_ROW(ME), KEY_OF_ROW(OTHER),
				  "\":preview\":{\"S\":\"hello\"}", STRING("message", "hello"),
				  STRING("user_handle", "me"), STRING("user_display_name", "Me"),
				  "!PAIR#", "!IDEM#"},
				 .body = "{}"},
				{"TransactWriteItems",
				 {"IDEM#" ME "#key", STRING("request_digest", "digest"),
				  STRING("group_uuid", GROUP), "!PAIR#"},
				 .body = "{}"}));
	assert_int_equal(conversation_send(&all.ctx, ME, &to_group, SLICE("hello"), &no_key,
					   &all.resp),
			 0);
	assert_non_null(strstr(all.resp.body.data, "{\"message_group_uuid\":\"" GROUP "\""));
	assert_non_null(strstr(all.resp.body.data, SENT_AS));
	assert_int_equal(send_known(&all, &a_key), 0);
	assert_null(all.resp.limit.name);
	services_stop(&all);
}

static void a_first_message_makes_the_conversation(void **state)
{
	struct services all;
	char other[UUID_SIZE], group[UUID_SIZE];
	enum waiting waiting;
	const char *at;

	(void)state;
	services_start(&all,
		       PG({BY_HANDLE, FOUND}, ADMITTED("everyone", "f"), {PEOPLE, NAMED},
			  {"quotas_take|" ME "|new_people|50", .columns = "rest", .rows = "49"}),
		       DYNAMODB({"GetItem", {KEY_OF_PAIR}, .body = NO_ITEM},
				{"TransactWriteItems",
				 {KEY_OF_PAIR, STRING("user_handle", "other"),
				  STRING("user_display_name", "Other"), STRING("user_handle", "me"),
				  STRING("read_at", "1970-01-01T00:00:00.000000+00:00"),
				  "!\"Update\"", NUMBER("unread_count", "1")},
				 .body = "{}"}));
	all.ctx.config.quotas[QUOTA_NEW_PEOPLE] = 50;
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 0);
	assert_string_equal(all.resp.limit.name, "new_people");
	assert_int_equal(all.resp.limit.rest, 49);
	at = strstr(all.resp.body.data, "{\"message_group_uuid\":\"");
	assert_non_null(at);
	assert_int_equal(uuid_parse((struct slice){at + 23, 36}, group), 0);
	/* the members are remembered now */
	assert_int_equal(conversation_other_member(&all.ctx, ME, group, other, &waiting), 0);
	assert_string_equal(other, OTHER);
	services_stop(&all);
}

#define PENDING(count) "{" NUMBER("pending", count) "}"
#define TOLD_PENDING                                                                               \
	{                                                                                          \
		"GetItem", {KEY_OF_ROW(ME)},                                                       \
			.body = ITEM(ROW(OTHER, "0", UUID1, AT1, "," NUMBER("pending", "1")))      \
	}

static void a_first_message_may_wait_or_be_refused(void **state)
{
	static const struct {
		struct pgserver_step setting;
		int result;
		const char *row; /* of the receiver */
	} cases[] = {
		{ADMITTED("requests", "f"), 0, "REQ#" OTHER},
		{ADMITTED("requests", "t"), 0, "GRP#" OTHER},
		{ADMITTED("everyone", "t"), 0, "GRP#" OTHER},
		{ADMITTED("following", "t"), 0, "GRP#" OTHER},
		{ADMITTED("following", "f"), PROBLEM_MESSAGES_NOT_ACCEPTED, NULL},
		{ADMITTED("nobody", "f"), PROBLEM_MESSAGES_NOT_ACCEPTED, NULL},
		{ADMITTED("nobody", "t"), PROBLEM_MESSAGES_NOT_ACCEPTED, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const bool waits = cases[i].row && cases[i].row[0] == 'R';
		const struct pgserver_step statements[] = {{BY_HANDLE, FOUND},
							   cases[i].setting,
							   {PEOPLE, NAMED}};
		const struct dynamodb_step steps[] = {
			{"GetItem", {KEY_OF_PAIR}, .body = NO_ITEM},
			{"TransactWriteItems",
			 {KEY_OF_PAIR, cases[i].row ? cases[i].row : "",
			  waits ? NUMBER("pending", "1") : "!pending\":", "GRP#" ME},
			 .body = "{}"}};
		struct services all;

		services_start(&all, statements, cases[i].row ? 3 : 2, steps, cases[i].row ? 2 : 1);
		assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"),
						   &no_key, &all.resp),
				 cases[i].result);
		services_stop(&all);
	}
}

static void a_refused_first_message_asks_what_the_key_made(void **state)
{
	struct services all;

	(void)state;
	services_start(
		&all,
		PG({BY_HANDLE, FOUND}, ADMITTED("nobody", "f"),
		   {"users_names|{" ME "}", .columns = NAMES_COLUMNS, .rows = ME "|me|Me|t"},
		   {BY_HANDLE, FOUND},
		   {"users_messages_from|" ME "|" OTHER, .columns = "messages_from follows"}),
		DYNAMODB({"GetItem", {KEY_OF_PAIR}, .body = NO_ITEM},
			 {"GetItem", {ASK_FOR_KEY}, .body = ITEM(KEY_ITEM("digest", "9999999999"))},
			 {"GetItem", {KEY_OF_MESSAGE(AT1)}, .body = ITEM(MESSAGE(AT1, UUID1, ME))},
			 /* the receiver is gone */
			 {"GetItem", {KEY_OF_PAIR}, .body = NO_ITEM}));
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &a_key,
					   &all.resp),
			 0);
	assert_non_null(strstr(all.resp.body.data, UUID1));
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 PROBLEM_INVALID);
	assert_string_equal(all.resp.codes[0], "user_not_found");
	services_stop(&all);
}

/* names.sql names a person who is being erased so; the row of the conversation is still there. */
static void nobody_writes_to_a_deleted_person(void **state)
{
	const struct recipient to = {.group = GROUP};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({PEOPLE, .columns = NAMES_COLUMNS,
			   .rows = ME "|me|Me|t\n" OTHER "|deleted|Deleted person|t"}),
		       DYNAMODB({"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(ROW(OTHER, "0", UUID1, AT1, ""))}));
	assert_int_equal(conversation_send(&all.ctx, ME, &to, SLICE("hello"), &no_key, &all.resp),
			 PROBLEM_INVALID);
	assert_int_equal(all.resp.codes_count, 1);
	assert_string_equal(all.resp.codes[0], "user_not_found");
	services_stop(&all);
}

static void a_pending_conversation_counts_its_messages(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({PEOPLE, NAMED}, {PEOPLE, NAMED}, {PEOPLE, NAMED}),
		       DYNAMODB(TOLD_PENDING,
				{"TransactWriteItems",
				 {KEY_OF_ROW(ME), KEY_OF_REQUEST(OTHER), "pending < :most",
				  "\":most\":{\"N\":\"3\"}", "ADD pending :one"},
				 .body = "{}"},
				/* it is not remembered; a third message was faster */
				TOLD_PENDING,
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED_AS(PENDING("3")) "," NONE "," NONE)},
				/* accepted since */
				TOLD_PENDING,
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED_AS(
					 ROW(OTHER, "0", UUID1, AT1, "")) "," FAILED "," NONE)},
				{"TransactWriteItems",
				 {KEY_OF_ROW(ME), KEY_OF_ROW(OTHER),
				  "attribute_not_exists(pending)"},
				 .body = "{}"}));
	assert_int_equal(conversation_send(&all.ctx, ME, &to_group, SLICE("hello"), &no_key,
					   &all.resp),
			 0);
	assert_int_equal(conversation_send(&all.ctx, ME, &to_group, SLICE("hello"), &no_key,
					   &all.resp),
			 PROBLEM_REQUEST_PENDING);
	assert_int_equal(conversation_send(&all.ctx, ME, &to_group, SLICE("hello"), &no_key,
					   &all.resp),
			 0);
	services_stop(&all);
}

/* A conversation that is found by its pair, or taken for accepted. */
static void a_row_tells_that_it_is_pending(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({PEOPLE, NAMED}, {PEOPLE, NAMED}),
		       DYNAMODB({"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED_AS(PENDING("2")) "," FAILED "," NONE)},
				{"TransactWriteItems", {KEY_OF_REQUEST(OTHER)}, .body = "{}"},
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED_AS(PENDING("3")) "," FAILED "," NONE)}));
	assert_int_equal(send_known(&all, &no_key), 0);
	assert_int_equal(send_known(&all, &no_key), PROBLEM_REQUEST_PENDING);
	services_stop(&all);
}

#define REQUEST_ROW                                                                                \
	ITEM(ROW(OTHER, "1", UUID1, AT1,                                                           \
		 "," STRING("read_at", "1970-01-01T00:00:00.000000+00:00") "," STRING(             \
			 "user_handle", "other") "," STRING("user_display_name", "Other")))
#define SENDER_ROW                                                                                 \
	{                                                                                          \
		"GetItem", {KEY_OF_ROW(OTHER)},                                                    \
			.body = ITEM(                                                              \
				ROW(ME, "0", UUID1, AT1,                                           \
				    "," STRING("read_at", "1970-01-01T00:00:00.000000+00:00")))    \
	}

static void an_answer_accepts(void **state)
{
	struct services all;

	(void)state;
	services_start(
		&all, PG({PEOPLE, NAMED}, {PEOPLE, NAMED}),
		DYNAMODB(/* the row says that it waits */
			 NO_ROW_BUT(ME, REQUEST_ROW), NO_ROW_BUT(ME, REQUEST_ROW), SENDER_ROW,
			 {"TransactWriteItems",
			  {KEY_OF_REQUEST(ME), "GRP#" ME, KEY_OF_ROW(OTHER), "REMOVE pending"},
			  .body = "{}"},
			 {"TransactWriteItems", {KEY_OF_ROW(ME), KEY_OF_ROW(OTHER)}, .body = "{}"},
			 /* the transaction says so */
			 {"TransactWriteItems", .status = 400,
			  .body = CANCELLED(FAILED "," NONE "," NONE)},
			 NO_ROW_BUT(ME, REQUEST_ROW), SENDER_ROW,
			 {"TransactWriteItems", {KEY_OF_REQUEST(ME)}, .body = "{}"},
			 {"TransactWriteItems", {KEY_OF_ROW(ME)}, .body = "{}"}));
	assert_int_equal(conversation_send(&all.ctx, ME, &to_group, SLICE("hello"), &no_key,
					   &all.resp),
			 0);
	assert_int_equal(send_known(&all, &no_key), 0);
	services_stop(&all);
}

static void a_known_pair_has_its_conversation(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({BY_HANDLE, FOUND}, {PEOPLE, NAMED}),
		       DYNAMODB({"GetItem", {KEY_OF_PAIR}, .body = ITEM(PAIR_ITEM)},
				{"TransactWriteItems",
				 {KEY_OF_ROW(ME), KEY_OF_ROW(OTHER), "!PAIR#"},
				 .body = "{}"}));
	all.ctx.config.quotas[QUOTA_NEW_PEOPLE] = 50;
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 0);
	assert_null(all.resp.limit.name);
	services_stop(&all);
}

static void a_race_for_the_pair_joins_its_conversation(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({BY_HANDLE, FOUND}, ADMITTED("everyone", "f"), {PEOPLE, NAMED},
			  {"quotas_take|" ME "|new_people|50", .columns = "rest", .rows = "49"},
			  {.call = "quotas_give_back|" ME "|new_people"}),
		       DYNAMODB({"GetItem", .body = NO_ITEM},
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED_AS(PAIR_ITEM) "," NONE "," NONE
									"," NONE)},
				{"TransactWriteItems", {KEY_OF_ROW(ME), "!PAIR#"}, .body = "{}"}));
	all.ctx.config.quotas[QUOTA_NEW_PEOPLE] = 50;
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 0);
	assert_non_null(strstr(all.resp.body.data, "{\"message_group_uuid\":\"" GROUP "\""));
	assert_null(all.resp.limit.name);
	services_stop(&all);
}

static void a_block_closes_the_conversation(void **state)
{
#define BLOCKED "{\"blocked_by\":{\"SS\":[\"" OTHER "\"]}}"
	static const char *const reasons[] = {
		FAILED_AS(BLOCKED) "," NONE "," NONE,
		NONE "," FAILED_AS(BLOCKED) "," NONE,
	};
	struct services all;

	(void)state;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		char body[1024];

		snprintf(body, sizeof(body), CANCELLED("%s"), reasons[i]);
		services_start(&all, PG({PEOPLE, NAMED}),
			       DYNAMODB({"TransactWriteItems",
					 {"attribute_not_exists(blocked_by)"},
					 .status = 400,
					 .body = body}));
		assert_int_equal(send_known(&all, &no_key), PROBLEM_CONVERSATION_CLOSED);
		services_stop(&all);
	}

	/* there is no conversation, and none begins */
	services_start(&all,
		       PG({BY_HANDLE, FOUND}, ADMITTED("everyone", "f"), {PEOPLE, NAMED},
			  {"quotas_take|" ME "|new_people|50", .columns = "rest", .rows = "49"},
			  {.call = "quotas_give_back|" ME "|new_people"}),
		       DYNAMODB({"GetItem", {KEY_OF_PAIR}, .body = ITEM(BLOCKED)},
				{"TransactWriteItems",
				 {KEY_OF_PAIR},
				 .status = 400,
				 .body = CANCELLED(FAILED_AS(BLOCKED) "," NONE "," NONE
								      "," NONE)}));
	all.ctx.config.quotas[QUOTA_NEW_PEOPLE] = 50;
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 PROBLEM_CONVERSATION_CLOSED);
	assert_null(all.resp.limit.name);
	services_stop(&all);
}

static void a_failed_first_message_gives_the_quota_back(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({BY_HANDLE, FOUND}, ADMITTED("everyone", "f"), {PEOPLE, NAMED},
			  {"quotas_take|" ME "|new_people|50", .columns = "rest", .rows = "49"},
			  {.call = "quotas_give_back|" ME "|new_people"}, {BY_HANDLE, FOUND},
			  ADMITTED("everyone", "f"), {PEOPLE, NAMED},
			  {"quotas_take|" ME "|new_people|50", .state = "QUOTA",
			   .message = "new_people 60"}),
		       DYNAMODB({"GetItem", .body = NO_ITEM},
				{"TransactWriteItems", .status = 400, .body = "{}"},
				{"GetItem", .body = NO_ITEM}));
	all.ctx.config.quotas[QUOTA_NEW_PEOPLE] = 50;
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 ERR_INTERNAL);
	assert_null(all.resp.limit.name);
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 PROBLEM_QUOTA_EXCEEDED);
	assert_string_equal(all.resp.limit.name, "new_people");
	services_stop(&all);
}

/* A time in the future: the message must be later than that. */
#define FAR_AT	 "2090-01-01T00:00:00.000000+00:00"
#define AFTER_IT "2090-01-01T00:00:00.000001+00:00"

static void an_overtaken_message_is_written_later(void **state)
{
	static const char *const reasons[] = {
		/* a row has a later message, by either of its times */
		NONE "," FAILED_AS("{" STRING("last_message_at", FAR_AT) "}") "," NONE,
		FAILED_AS("{" STRING("last_message_at", AT1) "," STRING("last_sent_at",
									FAR_AT) "}") "," NONE,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		char body[1024];
		struct services all;

		snprintf(body, sizeof(body), CANCELLED("%s"), reasons[i]);
		services_start(
			&all, PG({PEOPLE, NAMED}),
			DYNAMODB({"TransactWriteItems", .status = 400, .body = body},
				 {"TransactWriteItems", {STRING("sk", AFTER_IT)}, .body = "{}"}));
		assert_int_equal(send_known(&all, &no_key), 0);
		assert_non_null(strstr(all.resp.body.data, AFTER_IT));
		services_stop(&all);
	}
}

static void a_message_at_the_same_time_is_written_again(void **state)
{
	struct services all;

	(void)state;
	/* the message itself failed, of which there is no row */
	services_start(&all, PG({PEOPLE, NAMED}),
		       DYNAMODB({"TransactWriteItems", .status = 400,
				 .body = CANCELLED(NONE "," NONE "," FAILED)},
				/* no condition is told */
				{"TransactWriteItems", .status = 400, .body = CONDITION_FAILED},
				{"TransactWriteItems", .body = "{}"}));
	assert_int_equal(send_known(&all, &no_key), 0);
	services_stop(&all);
}

static void a_missing_row_is_no_membership(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({PEOPLE, NAMED}, {PEOPLE, NAMED}, {PEOPLE, NAMED}),
		       DYNAMODB({"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED "," NONE "," NONE)},
				NO_ROW(ME),
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(NONE "," FAILED "," NONE)},
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(NONE "," NONE "," FAILED "," NONE)},
				{"GetItem", {ASK_FOR_KEY}, .body = NO_ITEM}));
	assert_int_equal(send_known(&all, &no_key), ERR_NOT_FOUND);
	assert_int_equal(send_known(&all, &no_key), ERR_NOT_FOUND);
	assert_int_equal(send_known(&all, &a_key), ERR_NOT_FOUND);
	assert_int_equal(all.resp.body.len, 0);
	services_stop(&all);
}

static void a_key_writes_what_it_made(void **state)
{
	struct services all;

	(void)state;
	services_start(
		&all,
		PG({PEOPLE, NAMED},
		   {"users_names|{" ME "}", .columns = NAMES_COLUMNS, .rows = ME "|me|Me|t"},
		   {PEOPLE, NAMED}, {PEOPLE, NAMED}, {PEOPLE, NAMED},
		   {"users_names|{" ME "}", .state = "57014"}),
		DYNAMODB({"TransactWriteItems", .status = 400,
			  .body = CANCELLED(FAILED_AS(
				  KEY_ITEM("digest", "9999999999")) "," NONE "," NONE "," NONE)},
			 {"GetItem", {KEY_OF_MESSAGE(AT1)}, .body = ITEM(MESSAGE(AT1, UUID1, ME))},
			 {"TransactWriteItems", .status = 400,
			  .body = CANCELLED(FAILED_AS(KEY_ITEM("another", "9999999999")))},
			 {"TransactWriteItems", .status = 400,
			  .body = CANCELLED(FAILED_AS("{" STRING("request_digest", "digest") "}"))},
			 {"TransactWriteItems", .status = 400,
			  .body = CANCELLED(FAILED_AS(KEY_ITEM("digest", "9999999999")))}));
	assert_int_equal(send_known(&all, &a_key), 0);
	assert_string_equal(all.resp.body.data,
			    "{\"message_group_uuid\":\"" GROUP "\",\"uuid\":\"" UUID1
			    "\",\"display_name\":\"Me\",\"handle\":\"me\",\"message\":\"hi\","
			    "\"created_at\":\"" AT1 "\"}");
	assert_int_equal(send_known(&all, &a_key), PROBLEM_IDEMPOTENCY_KEY_REUSED);
	assert_int_equal(send_known(&all, &a_key), ERR_INTERNAL);
	assert_int_equal(send_known(&all, &a_key), ERR_UNAVAILABLE);
	services_stop(&all);
}

static void a_failure_asks_what_the_key_made(void **state)
{
	struct services all;

	(void)state;
	services_start(
		&all,
		PG({BY_HANDLE, .columns = NAMES_COLUMNS},
		   {"users_names|{" ME "}", .columns = NAMES_COLUMNS, .rows = ME "|me|Me|t"},
		   {BY_HANDLE, .columns = NAMES_COLUMNS}, {BY_HANDLE, .columns = NAMES_COLUMNS},
		   {BY_HANDLE, .columns = NAMES_COLUMNS}, {BY_HANDLE, .columns = NAMES_COLUMNS},
		   {BY_HANDLE, .state = "57014"}),
		DYNAMODB({"GetItem", {ASK_FOR_KEY}, .body = ITEM(KEY_ITEM("digest", "9999999999"))},
			 {"GetItem", {KEY_OF_MESSAGE(AT1)}, .body = ITEM(MESSAGE(AT1, UUID1, ME))},
			 {"GetItem", {ASK_FOR_KEY}, .body = ITEM(KEY_ITEM("digest", "1"))},
			 {"GetItem", {ASK_FOR_KEY}, .body = ITEM(KEY_ITEM("other", "9999999999"))},
			 {"GetItem", {ASK_FOR_KEY}, .status = 400, .body = "{}"}));
	/* made, expired, of another request, no answer; without a key; a failure of PostgreSQL */
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &a_key,
					   &all.resp),
			 0);
	assert_non_null(strstr(all.resp.body.data, UUID1));
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &a_key,
					   &all.resp),
			 PROBLEM_INVALID);
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &a_key,
					   &all.resp),
			 PROBLEM_IDEMPOTENCY_KEY_REUSED);
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &a_key,
					   &all.resp),
			 ERR_INTERNAL);
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 PROBLEM_INVALID);
	assert_string_equal(all.resp.codes[0], "user_not_found");
	assert_int_equal(all.resp.codes_count, 1);
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &a_key,
					   &all.resp),
			 ERR_UNAVAILABLE);
	services_stop(&all);
}

static void both_people_must_exist(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({BY_HANDLE, .columns = NAMES_COLUMNS, .rows = ME "|other|Me|t"},
			  {PEOPLE, .columns = NAMES_COLUMNS, .rows = OTHER "|other|Other|t"},
			  {PEOPLE, .columns = NAMES_COLUMNS, .rows = ME "|me|Me|t"},
			  {PEOPLE, .state = "57014"}),
		       DYNAMODB(NO_ROW(ME)));
	assert_int_equal(conversation_send(&all.ctx, ME, &to_handle, SLICE("hello"), &no_key,
					   &all.resp),
			 PROBLEM_INVALID);
	assert_string_equal(all.resp.codes[0], "user_receiver_is_self");
	assert_int_equal(conversation_send(&all.ctx, ME, &to_group, SLICE("hello"), &no_key,
					   &all.resp),
			 ERR_NOT_FOUND);
	assert_int_equal(send_known(&all, &no_key), ERR_REFERENCE);
	assert_int_equal(send_known(&all, &no_key), PROBLEM_INVALID);
	assert_string_equal(all.resp.codes[1], "user_not_found");
	assert_int_equal(send_known(&all, &no_key), ERR_UNAVAILABLE);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_written_to_both_rows),
		cmocka_unit_test(a_first_message_makes_the_conversation),
		cmocka_unit_test(a_first_message_may_wait_or_be_refused),
		cmocka_unit_test(a_refused_first_message_asks_what_the_key_made),
		cmocka_unit_test(a_pending_conversation_counts_its_messages),
		cmocka_unit_test(a_row_tells_that_it_is_pending),
		cmocka_unit_test(an_answer_accepts),
		cmocka_unit_test(nobody_writes_to_a_deleted_person),
		cmocka_unit_test(a_known_pair_has_its_conversation),
		cmocka_unit_test(a_race_for_the_pair_joins_its_conversation),
		cmocka_unit_test(a_block_closes_the_conversation),
		cmocka_unit_test(a_failed_first_message_gives_the_quota_back),
		cmocka_unit_test(an_overtaken_message_is_written_later),
		cmocka_unit_test(a_message_at_the_same_time_is_written_again),
		cmocka_unit_test(a_missing_row_is_no_membership),
		cmocka_unit_test(a_key_writes_what_it_made),
		cmocka_unit_test(a_failure_asks_what_the_key_made),
		cmocka_unit_test(both_people_must_exist),
	};

	return cmocka_run_group_tests_name("conversation_write", tests, NULL, NULL);
}
