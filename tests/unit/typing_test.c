/* typing_test.c - a member who is writing, as the hub hears of it. */
#include "conversations.h"

#include <unistd.h>

#include "base/err.h"
#include "domain/typing.h"
#include "hubsocket.h"

#define TYPIST(who)                                                                                \
	{                                                                                          \
		"barriers_typist|" who "|" OTHER, .columns = "handle", .rows = "me"                \
	}

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){".live", ".recent", PUBLISHER_SOCKET, NULL});
}

static void the_other_member_is_told_once_in_two_seconds(void **state)
{
	unsigned char other[FRAME_PERSON];
	struct services all;
	struct frame frame;
	char packet[512];
	int hub = hub_listen(), connection;
	ssize_t n;

	(void)state;
	services_start(&all, PG(TYPIST(ME)),
		       DYNAMODB({"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(ROW(OTHER, "2", UUID1, AT1, ""))}));
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	all.ctx.config.metrics_dir = folder;
	assert_int_equal(typing_tell(&all.ctx, ME, GROUP), 0);
	assert_int_equal(typing_tell(&all.ctx, ME, GROUP), 0);
	connection = accept(hub, NULL, NULL);
	n = recv(connection, packet, sizeof(packet), 0);
	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.count, 1);
	assert_int_equal(frame_person(SLICE(OTHER), other), 0);
	assert_memory_equal(frame.people, other, sizeof(other));
	assert_true(slice_is(frame.text, "event: typing\ndata: {\"message_group_uuid\":\"" GROUP
					 "\",\"handle\":\"me\"}\n\n"));
	assert_int_equal(recv(connection, packet, sizeof(packet), MSG_DONTWAIT), -1);
	services_stop(&all);
	close(connection);
	close(hub);
}

static void a_stranger_is_refused_and_nobody_is_told(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG_NONE, DYNAMODB(NO_ROW(ME)));
	assert_int_equal(typing_tell(&all.ctx, ME, GROUP), ERR_NOT_FOUND);
	services_stop(&all);
}

static void nobody_is_told_while_it_waits(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB({"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(
					 ROW(OTHER, "0", UUID1, AT1, "," NUMBER("pending", "1")))},
				NO_ROW_BUT(ME, ITEM(ROW(OTHER, "2", UUID1, AT1, "")))));
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	assert_int_equal(typing_tell(&all.ctx, ME, GROUP), 0);
	assert_int_equal(typing_tell(&all.ctx, ME, GROUP), 0);
	services_stop(&all);
}

static void without_a_typist_nothing_is_told_and_nothing_fails(void **state)
{
	/* PostgreSQL does not answer; one of the two blocks the other */
	static const struct pgserver_step steps[] = {
		{"barriers_typist|" ME "|" OTHER, .state = "57014"},
		{"barriers_typist|" ME "|" OTHER, .columns = "handle"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct services all;

		services_start(&all, &steps[i], 1,
			       DYNAMODB({"GetItem",
					 {KEY_OF_ROW(ME)},
					 .body = ITEM(ROW(OTHER, "2", UUID1, AT1, ""))}));
		snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
		assert_int_equal(typing_tell(&all.ctx, ME, GROUP), 0);
		services_stop(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_other_member_is_told_once_in_two_seconds,
						hub_setup, teardown),
		cmocka_unit_test_setup_teardown(a_stranger_is_refused_and_nobody_is_told, hub_setup,
						teardown),
		cmocka_unit_test_setup_teardown(nobody_is_told_while_it_waits, hub_setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_typist_nothing_is_told_and_nothing_fails,
						hub_setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
