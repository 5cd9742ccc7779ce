/* conversation_requests_test.c - accepting and hiding conversations, and who is told. */
#include "conversations.h"

#include <unistd.h>

#include "base/err.h"
#include "domain/conversation.h"
#include "domain/conversation_members.h"
#include "hubsocket.h"
#include "web/problem.h"

#define START	       "1970-01-01T00:00:00.000000+00:00"
#define NAMED	       .columns = NAMES_COLUMNS, .rows = NAMES
#define PEOPLE	       "users_names|{" OTHER "," ME "}"
#define TURNED	       "users_names|{" ME "," OTHER "}"
#define NAMES_OF_OTHER "," STRING("user_handle", "other") "," STRING("user_display_name", "Other")
#define REQUEST_ROW(more)                                                                          \
	ITEM(ROW(OTHER, "2", UUID2, AT2, "," STRING("read_at", START) NAMES_OF_OTHER more))
#define SENDER_ROW(more)                                                                           \
	{                                                                                          \
		"GetItem", {KEY_OF_ROW(OTHER)},                                                    \
			.body = ITEM(ROW(ME, "0", UUID2, AT2, "," NUMBER("pending", "2") more))    \
	}
#define SENDER_NEW	SENDER_ROW("," STRING("read_at", START))
#define FAILED		"{\"Code\":\"ConditionalCheckFailed\"}"
#define FAILED_AS(item) "{\"Code\":\"ConditionalCheckFailed\",\"Item\":" item "}"
#define NONE		"{\"Code\":\"None\"}"
#define MY_ROW                                                                                     \
	{                                                                                          \
		"GetItem", {KEY_OF_ROW(ME)}, .body = ITEM(ROW(OTHER, "2", UUID2, AT2, ""))         \
	}

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){".live", ".recent", PUBLISHER_SOCKET, NULL});
}

static void a_row_moves_as_it_was_read(void **state)
{
	struct services all;

	(void)state;
	services_start(
		&all, PG({PEOPLE, NAMED}),
		DYNAMODB(
			NO_ROW_BUT(ME, REQUEST_ROW("," STRING("message", "hi"))), SENDER_NEW,
			{"TransactWriteItems",
			 {KEY_OF_REQUEST(ME), "attribute_exists(message)",
			  "attribute_not_exists(blocked_by)",
			  "\":last\":{\"S\":\"" UUID2 "\"},\":unread\":{\"N\":\"2\"},"
			  "\":read_at\":{\"S\":\"" START "\"}",
			  "\"pk\":{\"S\":\"GRP#" ME "\"}",
			  STRING("last_message_at", AT2) "," STRING("last_sent_at", AT2) "," STRING("last_message_uuid", UUID2) "," STRING(
				  "message",
				  "hi") "," NUMBER("unread_count",
						   "2") "," STRING("read_at",
								   START) "," STRING("user_uuid",
										     OTHER) "," STRING("user_display_name",
												       "Other") "," STRING("user_handle",
															   "other"),
			  KEY_OF_ROW(OTHER) ",\"UpdateExpression\":\"REMOVE pending\"",
			  "!seen_message_uuid"},
			 .body = "{}"},
			MY_ROW, MY_ROW));
	assert_int_equal(conversation_accept(&all.ctx, ME, GROUP, &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"state\":\"accepted\""));
	services_stop(&all);
}

static void marks_are_shown_from_then_on(void **state)
{
	struct services all;

	(void)state;
	services_start(
		&all, PG_NONE,
		DYNAMODB(NO_ROW_BUT(ME, ITEM(ROW(OTHER, "1", UUID2, AT2,
						 "," STRING("read_at", AT1) "," STRING(
							 "read_message_uuid", UUID1)))),
			 SENDER_ROW(
				 "," STRING("read_at", AT2) "," STRING("read_message_uuid", UUID2)),
			 {"TransactWriteItems",
			  {"attribute_not_exists(message)",
			   STRING("read_at", AT1) "," STRING("read_message_uuid", UUID1) "," STRING(
				   "seen_at", AT2) "," STRING("seen_message_uuid", UUID2),
			   "SET seen_at = :read_at, seen_message_uuid = :uuid REMOVE pending",
			   "\":read_at\":{\"S\":\"" AT1 "\"},\":uuid\":{\"S\":\"" UUID1
			   "\"},\":seen_at\":{\"S\":\"" AT2 "\"}"},
			  .body = "{}"}));
	assert_int_equal(conversation_take_in(&all.ctx, ME, GROUP), 0);
	services_stop(&all);
}

static void a_row_that_changes_is_read_again(void **state)
{
	struct services all;

	(void)state;
	/* a message comes; the sender's mark moves; another request has accepted */
	services_start(&all, PG_NONE,
		       DYNAMODB(NO_ROW_BUT(ME, REQUEST_ROW("")), SENDER_NEW,
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED_AS("{}") "," NONE "," NONE)},
				NO_ROW_BUT(ME, REQUEST_ROW("")), SENDER_NEW,
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(NONE "," NONE "," FAILED)},
				NO_ROW_BUT(ME, REQUEST_ROW("")), SENDER_NEW,
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED "," FAILED "," NONE)},
				MY_ROW));
	assert_int_equal(conversation_take_in(&all.ctx, ME, GROUP), 0);
	services_stop(&all);
}

static void accepting_can_fail(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB(NO_ROW(ME), NO_ROW_BUT(ME, REQUEST_ROW("")), SENDER_NEW,
				{"TransactWriteItems", .status = 400,
				 .body = CANCELLED(FAILED_AS("{\"blocked_by\":{\"SS\":[\"" ME
							     "\"]}}") "," NONE "," NONE)},
				NO_ROW_BUT(ME, ITEM(ROW("1", "2", UUID2, AT2, ""))),
				NO_ROW_BUT(ME, REQUEST_ROW("")), NO_ROW(OTHER),
				NO_ROW_BUT(ME, REQUEST_ROW("")),
				SENDER_ROW("," STRING("read_message_uuid", "1"))));
	assert_int_equal(conversation_accept(&all.ctx, ME, GROUP, &all.resp), ERR_NOT_FOUND);
	assert_int_equal(conversation_accept(&all.ctx, ME, GROUP, &all.resp),
			 PROBLEM_CONVERSATION_CLOSED);
	assert_int_equal(conversation_accept(&all.ctx, ME, GROUP, &all.resp), ERR_INTERNAL);
	assert_int_equal(conversation_accept(&all.ctx, ME, GROUP, &all.resp), ERR_NOT_FOUND);
	assert_int_equal(conversation_accept(&all.ctx, ME, GROUP, &all.resp), ERR_INTERNAL);
	assert_int_equal(all.resp.body.len, 0);
	services_stop(&all);
}

/* Read a frame for one person. Returns its text. */
static struct slice receive(int connection, const char *person, char *packet, size_t size)
{
	unsigned char wanted[FRAME_PERSON];
	struct frame frame;
	ssize_t n = recv(connection, packet, size, 0);

	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.count, 1);
	assert_int_equal(frame_person(slice_of(person), wanted), 0);
	assert_memory_equal(frame.people, wanted, sizeof(wanted));
	return frame.text;
}

static void both_are_told_that_it_is_accepted(void **state)
{
	int hub = hub_listen(), connection;
	struct services all;
	char packet[2048];
	struct slice text;

	(void)state;
	services_start(&all, PG({PEOPLE, NAMED}, {TURNED, NAMED}, {PEOPLE, NAMED}, {TURNED, NAMED}),
		       DYNAMODB(MY_ROW, MY_ROW, MY_ROW,
				{"GetItem",
				 {KEY_OF_ROW(OTHER)},
				 .body = ITEM(ROW(ME, "0", UUID2, AT2, ""))},
				MY_ROW,
				/* the sender asks, who learns nothing, and tells nothing */
				SENDER_NEW, SENDER_NEW, SENDER_NEW));
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	assert_int_equal(conversation_accept(&all.ctx, ME, GROUP, &all.resp), 0);
	connection = accept(hub, NULL, NULL);
	text = receive(connection, ME, packet, sizeof(packet));
	assert_true(slice_begins(text, "event: conversation\ndata: {\"uuid\":\"" GROUP "\""));
	text = receive(connection, OTHER, packet, sizeof(packet));
	assert_true(slice_begins(text, "event: conversation\ndata: {\"uuid\":\"" GROUP "\""));

	cache_free(all.ctx.conversations);
	all.ctx.conversations = cache_new(8);
	assert_int_equal(conversation_accept(&all.ctx, OTHER, GROUP, &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"state\":\"pending\""));
	assert_int_equal(recv(connection, packet, sizeof(packet), MSG_DONTWAIT), -1);
	services_stop(&all);
	close(connection);
	close(hub);
}

static void a_hidden_conversation_leaves_the_list(void **state)
{
#define HIDE(key, more)                                                                            \
	{                                                                                          \
		"UpdateItem", {key, "\"REMOVE last_message_at\""}, more                            \
	}
#define REFUSED .status = 400, .body = CONDITION_FAILED
	int hub = hub_listen(), connection;
	struct services all;
	char packet[512];

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB(HIDE(KEY_OF_ROW(ME), .body = "{}"),
				{"UpdateItem", {KEY_OF_ROW(ME)}, REFUSED},
				HIDE(KEY_OF_REQUEST(ME), .body = "{}"),
				{"UpdateItem", {KEY_OF_ROW(ME)}, REFUSED},
				{"UpdateItem", {KEY_OF_REQUEST(ME)}, REFUSED},
				{"UpdateItem", {KEY_OF_ROW(ME)}, REFUSED},
				{"UpdateItem", .status = 400, .body = "{}"}));
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	assert_int_equal(conversation_hide(&all.ctx, ME, GROUP), 0);
	connection = accept(hub, NULL, NULL);
	for (int i = 0; i < 2; i++) {
		if (i > 0)
			assert_int_equal(conversation_hide(&all.ctx, ME, GROUP), 0);
		assert_true(slice_is(receive(connection, ME, packet, sizeof(packet)),
				     "event: conversation_gone\ndata: {\"message_group_uuid\":"
				     "\"" GROUP "\"}\n\n"));
	}
	assert_int_equal(conversation_hide(&all.ctx, ME, GROUP), ERR_NOT_FOUND);
	assert_int_equal(conversation_hide(&all.ctx, ME, GROUP), ERR_INTERNAL);
	assert_int_equal(recv(connection, packet, sizeof(packet), MSG_DONTWAIT), -1);
	services_stop(&all);
	close(connection);
	close(hub);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_moves_as_it_was_read),
		cmocka_unit_test(marks_are_shown_from_then_on),
		cmocka_unit_test(a_row_that_changes_is_read_again),
		cmocka_unit_test(accepting_can_fail),
		cmocka_unit_test_setup_teardown(both_are_told_that_it_is_accepted, hub_setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_hidden_conversation_leaves_the_list, hub_setup,
						teardown),
	};

	return cmocka_run_group_tests_name("conversation_requests", tests, NULL, NULL);
}
