/* conversation_unread_test.c - read marks, and deleting messages. */
#include "conversations.h"

#include "base/err.h"
#include "domain/conversation.h"
#include "web/problem.h"

#define READ(at, uuid) "," STRING("read_at", at) "," STRING("read_message_uuid", uuid)
#define START	       "1970-01-01T00:00:00.000000+00:00"
#define NOT_READ       "," STRING("read_at", START)
#define MARK(at, uuid, last, unread, rest)                                                         \
	"\"ExpressionAttributeValues\":{\":uuid\":{\"S\":\"" uuid "\"},\":at\":{\"S\":\"" at       \
	"\"},\":last\":{\"S\":\"" last "\"},\":unread\":{\"N\":\"" unread                          \
	"\"},\":rest\":{\"N\":\"" rest "\"}}"
#define SEEN(at, uuid)                                                                             \
	KEY_OF_ROW(OTHER), "\":at\":{\"S\":\"" at "\"},\":uuid\":{\"S\":\"" uuid "\"}"
#define OK     .body = "{}"
#define FAILED .status = 400, .body = CONDITION_FAILED

static void check_mark(const char *message, int want, const struct dynamodb_step *steps,
		       size_t count)
{
	struct services all;

	services_start(&all, PG_NONE, steps, count);
	assert_int_equal(conversation_mark_read(&all.ctx, ME, GROUP, message), want);
	services_stop(&all);
}

static void the_last_message_marks_all(void **state)
{
	(void)state;
	check_mark(UUID3, 0,
		   DYNAMODB({"GetItem",
			     {KEY_OF_ROW(ME)},
			     .body = ITEM(ROW(OTHER, "2", UUID3, AT3, READ(AT1, UUID1)))},
			    {"UpdateItem", {KEY_OF_ROW(ME), MARK(AT3, UUID3, UUID3, "2", "0")}, OK},
			    {"UpdateItem", {SEEN(AT3, UUID3)}, OK}));
}

static void a_mark_does_not_go_back(void **state)
{
	(void)state;
	/* the other member's row gets the mark again; it may have a later one */
	check_mark(UUID1, 0,
		   DYNAMODB({"GetItem",
			     .body = ITEM(ROW(OTHER, "1", UUID3, AT3, READ(AT2, UUID2)))},
			    {"UpdateItem", {SEEN(AT2, UUID2)}, FAILED}));
	check_mark(UUID2, 0,
		   DYNAMODB({"GetItem",
			     .body = ITEM(ROW(OTHER, "1", UUID3, AT3, READ(AT2, UUID2)))},
			    {"UpdateItem", {SEEN(AT2, UUID2)}, OK}));
	check_mark(UUID3, 0,
		   DYNAMODB({"GetItem",
			     .body = ITEM(ROW(OTHER, "0", UUID3, AT3, READ(AT3, UUID3)))},
			    {"UpdateItem", {SEEN(AT3, UUID3)}, OK}));
}

static void messages_after_the_mark_stay_unread(void **state)
{
	(void)state;
	check_mark(UUID1, 0,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "3", UUID3, AT3, NOT_READ))},
			    {"Query",
			     {OF_GROUP, "\":from\":{\"S\":\"" AT1 "\"}", "\"Limit\":102"},
			     .body = ITEMS(MESSAGE(AT1, UUID1, OTHER) "," TOMBSTONE(
				     AT2, UUID2, OTHER) "," MESSAGE(AT3, UUID4,
								    ME) "," MESSAGE(AT3, UUID3,
										    OTHER))},
			    {"UpdateItem", {MARK(AT1, UUID1, UUID3, "3", "1")}, OK},
			    {"UpdateItem", {SEEN(AT1, UUID1)}, OK}));
}

static void a_place_without_a_message_marks_the_one_before(void **state)
{
	(void)state;
	check_mark(UUID2, 0,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"Query", .body = ITEMS(MESSAGE(AT3, UUID3, OTHER))},
			    {"Query",
			     {OF_GROUP, "\":before\":{\"S\":\"" AT2 "\"}", "\"Limit\":1"},
			     .body = ITEMS(MESSAGE(AT1, UUID1, OTHER))},
			    {"UpdateItem", {MARK(AT1, UUID1, UUID3, "2", "1")}, OK},
			    {"UpdateItem", {SEEN(AT1, UUID1)}, OK}));
	check_mark(UUID2, 0,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"Query", .body = ITEMS(MESSAGE(AT3, UUID3, OTHER))},
			    {"Query", .body = ITEMS("")}));
	check_mark(UUID2, ERR_INTERNAL,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"Query", .body = ITEMS(MESSAGE(AT3, UUID3, OTHER))},
			    {"Query", .body = ITEMS("{}")}));
}

static void a_count_that_was_reset_is_not_raised(void **state)
{
	(void)state;
	check_mark(UUID1, 0,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "0", UUID3, AT3, NOT_READ))},
			    {"Query",
			     .body = ITEMS(
				     MESSAGE(AT1, UUID1, OTHER) "," MESSAGE(AT3, UUID3, OTHER))}));
	/* without a mark, deleted messages count, too */
	check_mark(UUID1, 0,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "1", UUID3, AT3, ""))},
			    {"Query", .body = ITEMS(MESSAGE(AT1, UUID1, OTHER) "," TOMBSTONE(
					      AT2, UUID2, OTHER) "," MESSAGE(AT3, UUID3, OTHER))}));
}

static void a_changed_row_is_decided_again(void **state)
{
	(void)state;
	check_mark(UUID3, 0,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"UpdateItem", FAILED},
			    {"GetItem", .body = ITEM(ROW(OTHER, "3", UUID3, AT3, NOT_READ))},
			    {"UpdateItem", {MARK(AT3, UUID3, UUID3, "3", "0")}, OK},
			    {"UpdateItem", {SEEN(AT3, UUID3)}, OK}));
}

static void too_many_messages_after_it_are_refused(void **state)
{
	static char body[64 * 1024];
	size_t len;

	(void)state;
	for (int after = 100; after <= 101; after++) {
		len = (size_t)snprintf(body, sizeof(body), "{\"Items\":[%s",
				       MESSAGE(AT1, UUID1, OTHER));
		for (int i = 0; i < after; i++)
			len += (size_t)snprintf(body + len, sizeof(body) - len, ",%s",
						MESSAGE(AT2, UUID2, ME));
		snprintf(body + len, sizeof(body) - len, "]}");
		if (after == 101)
			check_mark(UUID1, PROBLEM_READ_STALE,
				   DYNAMODB({"GetItem",
					     .body = ITEM(ROW(OTHER, "0", UUID3, AT3, NOT_READ))},
					    {"Query", .body = body}));
		else
			check_mark(UUID1, 0,
				   DYNAMODB({"GetItem",
					     .body = ITEM(ROW(OTHER, "0", UUID3, AT3, NOT_READ))},
					    {"Query", .body = body}, {"UpdateItem", OK},
					    {"UpdateItem", OK}));
	}
}

static void a_mark_can_fail(void **state)
{
	(void)state;
	check_mark(UUID1, ERR_NOT_FOUND, DYNAMODB(NO_ROW(ME)));
	check_mark(UUID4, ERR_NOT_FOUND,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"GetItem", {KEY_OF_PLACE(UUID4)}, .body = NO_ITEM}));
	check_mark(UUID1, ERR_INTERNAL,
		   DYNAMODB({"GetItem", .body = ITEM(ROW("1", "2", UUID3, AT3, NOT_READ))}));
	check_mark(UUID1, ERR_INTERNAL,
		   DYNAMODB(
			   {"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, READ(AT1, "1")))}));
	check_mark(UUID1, ERR_INTERNAL,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"Query", .status = 400, .body = "{}"}));
	check_mark(UUID1, ERR_INTERNAL,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"Query", .body = ITEMS(MESSAGE(AT3, UUID3, OTHER))},
			    {"Query", .status = 400, .body = "{}"}));
	check_mark(UUID1, ERR_INTERNAL,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"Query", .body = ITEMS("{}")}));
	check_mark(UUID1, ERR_INTERNAL,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"Query", .body = ITEMS(MESSAGE(AT1, "1", OTHER))}));
	check_mark(UUID3, ERR_INTERNAL,
		   DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))},
			    {"UpdateItem", OK}, {"UpdateItem", .status = 400, .body = "{}"}));
}

static void a_mark_is_not_shown_while_it_waits(void **state)
{
	(void)state;
	/* the receiver's */
	check_mark(UUID3, 0,
		   DYNAMODB(NO_ROW_BUT(ME, ITEM(ROW(OTHER, "2", UUID3, AT3, NOT_READ))),
			    {"UpdateItem",
			     {KEY_OF_REQUEST(ME), MARK(AT3, UUID3, UUID3, "2", "0")},
			     OK}));
	/* the sender's, when the receiver has not accepted, and when they have just done so */
	for (int accepted = 0; accepted < 2; accepted++) {
		const struct dynamodb_step steps[] = {
			{"GetItem",
			 {KEY_OF_ROW(ME)},
			 .body = ITEM(
				 ROW(OTHER, "0", UUID3, AT3, NOT_READ "," NUMBER("pending", "1")))},
			{"UpdateItem", {KEY_OF_ROW(ME)}, OK},
			{"UpdateItem",
			 {SEEN(AT3, UUID3)},
			 .body = accepted ? "{}" : CONDITION_FAILED,
			 .status = accepted ? 200 : 400},
		};

		check_mark(UUID3, 0, steps, COUNT(steps));
	}
}

/* --- deleting -------------------------------------------------------------------------------- */

#define MINE_IS_KNOWN(uuid, at)                                                                    \
	{"GetItem", {KEY_OF_ROW(ME)}, .body = ITEM(ROW(OTHER, "0", UUID3, AT3, NOT_READ))},        \
	{                                                                                          \
		"GetItem", {KEY_OF_MESSAGE(at)}, .body = ITEM(MESSAGE(at, uuid, ME))               \
	}
#define UPDATE(person)	  "{\"Update\":{\"TableName\":\"t\",\"Key\":{\"pk\":{\"S\":\"GRP#" person "\"}"
#define DELETED(at, uuid) KEY_OF_MESSAGE(at), "\":uuid\":{\"S\":\"" uuid "\"}"

static void check_delete(const char *message, int want, const struct dynamodb_step *steps,
			 size_t count)
{
	struct services all;

	services_start(&all, PG_NONE, steps, count);
	assert_int_equal(conversation_delete(&all.ctx, ME, GROUP, message), want);
	services_stop(&all);
}

static void the_last_message_leaves_both_rows(void **state)
{
	static const struct {
		const char *theirs, *count;
	} cases[] = {
		{ITEM(ROW(ME, "2", UUID3, AT3, READ(AT1, UUID1))),
		 "\":unread\":{\"N\":\"2\"},\":rest\":{\"N\":\"1\"}"},
		{ITEM(ROW(ME, "2", UUID3, AT3, READ(AT3, UUID3))),
		 "\":unread\":{\"N\":\"2\"},\":rest\":{\"N\":\"2\"}"},
		{ITEM(ROW(ME, "0", UUID3, AT3, READ(AT1, UUID1))),
		 "\":unread\":{\"N\":\"0\"},\":rest\":{\"N\":\"0\"}"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_delete(UUID3, 0,
			     DYNAMODB(MINE_IS_KNOWN(UUID3, AT3),
				      {"GetItem", {KEY_OF_ROW(OTHER)}, .body = cases[i].theirs},
				      {"TransactWriteItems",
				       {UPDATE(ME), UPDATE(OTHER), cases[i].count,
					DELETED(AT3, UUID3)},
				       OK}));
}

static void an_unread_message_leaves_the_count(void **state)
{
#define DECIDED_BY_MARK "\":read_at\":{\"S\":\"" AT1 "\"},\":following\":{\"N\":\"1\"}"
	(void)state;
	check_delete(UUID2, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2),
			      {"GetItem", .body = ITEM(ROW(ME, "2", UUID3, AT3, READ(AT1, UUID1)))},
			      {"Query",
			       {OF_GROUP, "\":after\":{\"S\":\"" AT2 "\"}", "\"Limit\":100"},
			       .body = ITEMS(MESSAGE(AT3, UUID3, ME) "," TOMBSTONE(
				       AT3, UUID3, ME) "," MESSAGE(AT3, UUID3, OTHER))},
			      {"TransactWriteItems",
			       {UPDATE(OTHER), "\":less\":{\"N\":\"-1\"}", DECIDED_BY_MARK,
				DELETED(AT2, UUID2), "!GRP#" ME},
			       OK}));
	/* A message after the last one of the row has come since. */
	check_delete(UUID1, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID1, AT1),
			      {"GetItem", .body = ITEM(ROW(ME, "3", UUID3, AT3, NOT_READ))},
			      {"Query", .body = ITEMS(MESSAGE(AT2, UUID2, ME) "," MESSAGE(
						AT3, UUID3, ME) "," MESSAGE(AT3, UUID4, ME))},
			      {"TransactWriteItems",
			       {UPDATE(OTHER), "\":following\":{\"N\":\"2\"}"},
			       OK}));
}

static void a_message_that_was_read_leaves_no_count(void **state)
{
	(void)state;
	check_delete(UUID2, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2),
			      {"GetItem", .body = ITEM(ROW(ME, "2", UUID3, AT3, READ(AT2, UUID2)))},
			      {"TransactWriteItems", {DELETED(AT2, UUID2), "!GRP#"}, OK}));
	check_delete(UUID2, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2),
			      {"GetItem", .body = ITEM(ROW(ME, "0", UUID3, AT3, READ(AT1, UUID1)))},
			      {"TransactWriteItems", {DELETED(AT2, UUID2), "!GRP#"}, OK}));
	/* the count has no room for it */
	check_delete(UUID2, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2),
			      {"GetItem", .body = ITEM(ROW(ME, "1", UUID3, AT3, READ(AT1, UUID1)))},
			      {"Query", .body = ITEMS(MESSAGE(AT3, UUID3, ME))},
			      {"TransactWriteItems", {DELETED(AT2, UUID2), "!GRP#"}, OK}));
}

static void a_row_without_a_mark_gets_one(void **state)
{
	(void)state;
	check_delete(
		UUID2, 0,
		DYNAMODB(MINE_IS_KNOWN(UUID2, AT2),
			 {"GetItem", .body = ITEM(ROW(ME, "2", UUID3, AT3, ""))},
			 {"Query",
			  {OF_GROUP, "\"Limit\":101", "!:before"},
			  .body = ITEMS(MESSAGE(AT3, UUID3, ME) "," MESSAGE(
				  AT2, UUID2, ME) "," MESSAGE(AT1, UUID1, OTHER))},
			 {"UpdateItem", {KEY_OF_ROW(OTHER), MARK(AT1, UUID1, UUID3, "2", "2")}, OK},
			 {"TransactWriteItems",
			  {UPDATE(OTHER),
			   "\":read_at\":{\"S\":\"" AT1 "\"},\":following\":{\"N\":\"0\"}",
			   DELETED(AT2, UUID2)},
			  OK}));
	/* all of the conversation is unread */
	check_delete(UUID2, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2),
			      {"GetItem", .body = ITEM(ROW(ME, "2", UUID3, AT3, ""))},
			      {"Query",
			       .body = ITEMS(MESSAGE(AT3, UUID3, ME) "," MESSAGE(AT2, UUID2, ME))},
			      {"UpdateItem",
			       {KEY_OF_ROW(OTHER), "\":at\":{\"S\":\"" START "\"}", "!:uuid",
				"\":rest\":{\"N\":\"2\"}"},
			       OK},
			      {"TransactWriteItems", {UPDATE(OTHER), START}, OK}));
}

static void a_mark_that_is_too_far_away_is_not_given(void **state)
{
	static char body[64 * 1024];
	size_t len = (size_t)snprintf(body, sizeof(body), "{\"Items\":[");

	(void)state;
	for (int i = 0; i < 101; i++)
		len += (size_t)snprintf(body + len, sizeof(body) - len, "%s%s", i ? "," : "",
					MESSAGE(AT2, UUID2, ME));
	snprintf(body + len, sizeof(body) - len, "]}");
	check_delete(UUID2, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2),
			      {"GetItem", .body = ITEM(ROW(ME, "200", UUID3, AT3, ""))},
			      {"Query", .body = body},
			      {"TransactWriteItems", {DELETED(AT2, UUID2), "!GRP#"}, OK}));
}

static void without_the_other_row_nobody_has_it_unread(void **state)
{
	(void)state;
	check_delete(UUID3, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID3, AT3), NO_ROW(OTHER),
			      {"GetItem",
			       {KEY_OF_ROW(ME)},
			       .body = ITEM(ROW(OTHER, "5", UUID3, AT3, READ(AT1, UUID1)))},
			      {"TransactWriteItems",
			       {UPDATE(ME), DELETED(AT3, UUID3), "!GRP#" OTHER},
			       OK}));
	check_delete(UUID2, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2), NO_ROW(OTHER),
			      {"GetItem",
			       .body = ITEM(ROW(OTHER, "5", UUID3, AT3, READ(AT1, UUID1)))},
			      {"TransactWriteItems", {DELETED(AT2, UUID2), "!GRP#"}, OK}));
	check_delete(UUID2, ERR_NOT_FOUND,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2), NO_ROW(OTHER), NO_ROW(ME)));
}

static void a_message_of_a_request_leaves_the_row_that_waits(void **state)
{
#define PENDING()                                                                                  \
	{"GetItem",                                                                                \
	 {KEY_OF_ROW(ME)},                                                                         \
	 .body = ITEM(ROW(OTHER, "0", UUID3, AT3, NOT_READ "," NUMBER("pending", "2")))}
	(void)state;
	check_delete(
		UUID3, 0,
		DYNAMODB(PENDING(),
			 {"GetItem", {KEY_OF_MESSAGE(AT3)}, .body = ITEM(MESSAGE(AT3, UUID3, ME))},
			 NO_ROW_BUT(OTHER, ITEM(ROW(ME, "2", UUID3, AT3, NOT_READ))),
			 {"TransactWriteItems",
			  {UPDATE(ME), "REQ#" OTHER, "!GRP#" OTHER, DELETED(AT3, UUID3)},
			  OK},
			 PENDING()));
	check_delete(
		UUID2, 0,
		DYNAMODB(PENDING(),
			 {"GetItem", {KEY_OF_MESSAGE(AT2)}, .body = ITEM(MESSAGE(AT2, UUID2, ME))},
			 NO_ROW_BUT(OTHER, ITEM(ROW(ME, "2", UUID3, AT3, NOT_READ))),
			 {"Query", .body = ITEMS(MESSAGE(AT3, UUID3, ME))},
			 {"TransactWriteItems",
			  {"REQ#" OTHER, "!GRP#" OTHER, DELETED(AT2, UUID2)},
			  OK},
			 PENDING()));
}

static void a_deletion_is_decided_again(void **state)
{
	(void)state;
	check_delete(UUID3, 0,
		     DYNAMODB(MINE_IS_KNOWN(UUID3, AT3),
			      {"GetItem", .body = ITEM(ROW(ME, "2", UUID3, AT3, READ(AT1, UUID1)))},
			      {"TransactWriteItems", .status = 400,
			       .body = CANCELLED("{\"Code\":\"ConditionalCheckFailed\"}")},
			      {"GetItem", .body = ITEM(TOMBSTONE(AT3, UUID3, ME))}));
}

static void only_the_sender_deletes(void **state)
{
	(void)state;
	check_delete(UUID3, ERR_NOT_FOUND, DYNAMODB(NO_ROW(ME)));
	check_delete(UUID3, ERR_NOT_FOUND,
		     DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "0", UUID3, AT3, ""))},
			      {"GetItem", .body = NO_ITEM}));
	check_delete(UUID3, PROBLEM_FORBIDDEN,
		     DYNAMODB({"GetItem", .body = ITEM(ROW(OTHER, "0", UUID3, AT3, ""))},
			      {"GetItem", .body = ITEM(MESSAGE(AT3, UUID3, OTHER))}));
	check_delete(UUID3, ERR_INTERNAL,
		     DYNAMODB(MINE_IS_KNOWN(UUID3, AT3), {"GetItem", .body = ITEM("{}")}));
	check_delete(UUID2, ERR_INTERNAL,
		     DYNAMODB(MINE_IS_KNOWN(UUID2, AT2),
			      {"GetItem", .body = ITEM(ROW(ME, "2", UUID3, AT3, READ(AT1, UUID1)))},
			      {"Query", .body = ITEMS("{}")}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_message_marks_all),
		cmocka_unit_test(a_mark_does_not_go_back),
		cmocka_unit_test(messages_after_the_mark_stay_unread),
		cmocka_unit_test(a_place_without_a_message_marks_the_one_before),
		cmocka_unit_test(a_count_that_was_reset_is_not_raised),
		cmocka_unit_test(a_changed_row_is_decided_again),
		cmocka_unit_test(too_many_messages_after_it_are_refused),
		cmocka_unit_test(a_mark_can_fail),
		cmocka_unit_test(a_mark_is_not_shown_while_it_waits),
		cmocka_unit_test(the_last_message_leaves_both_rows),
		cmocka_unit_test(an_unread_message_leaves_the_count),
		cmocka_unit_test(a_message_that_was_read_leaves_no_count),
		cmocka_unit_test(a_row_without_a_mark_gets_one),
		cmocka_unit_test(a_mark_that_is_too_far_away_is_not_given),
		cmocka_unit_test(without_the_other_row_nobody_has_it_unread),
		cmocka_unit_test(a_message_of_a_request_leaves_the_row_that_waits),
		cmocka_unit_test(a_deletion_is_decided_again),
		cmocka_unit_test(only_the_sender_deletes),
	};

	return cmocka_run_group_tests_name("conversation_unread", tests, NULL, NULL);
}
