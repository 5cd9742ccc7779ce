/* erasure_test.c - the beginning of an erasure: who may begin one, and what the hub hears of it. */
#include "services.h"

#include <unistd.h>

#include "base/err.h"
#include "domain/erasure.h"
#include "hubsocket.h"

#define ME    "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define BEGIN "erasures_begin|" ME

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){PUBLISHER_SOCKET, NULL});
}

static void a_recent_sign_in_is_needed(void **state)
{
	const int64_t now_s = 1800000000;

	(void)state;
	assert_true(erasure_allowed(now_s, now_s));
	assert_true(erasure_allowed(now_s + 30, now_s)); /* the clock of the issuer is ahead */
	assert_true(erasure_allowed(now_s - 300, now_s));
	assert_false(erasure_allowed(now_s - 301, now_s));
	assert_false(erasure_allowed(0, now_s));
}

static struct frame next_frame(int connection, char *packet, size_t size)
{
	struct frame frame;
	ssize_t n = recv(connection, packet, size, 0);

	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	return frame;
}

static void streams_end_and_all_learn_the_new_name(void **state)
{
	unsigned char me[FRAME_PERSON];
	int hub = hub_listen(), connection;
	struct services all;
	struct frame frame;
	char packet[512];

	(void)state;
	services_start(&all, PG({BEGIN, .columns = "uuid", .rows = ME}), DYNAMODB_NONE);
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	assert_int_equal(erasure_begin(&all.ctx, ME), 0);
	connection = accept(hub, NULL, NULL);
	frame = next_frame(connection, packet, sizeof(packet));
	assert_int_equal(frame.kind, FRAME_REVOKED);
	assert_int_equal(frame.count, 1);
	assert_int_equal(frame_person(SLICE(ME), me), 0);
	assert_memory_equal(frame.people, me, sizeof(me));
	frame = next_frame(connection, packet, sizeof(packet));
	assert_int_equal(frame.kind, FRAME_ALL);
	assert_true(slice_is(frame.text,
			     "event: person\ndata: {\"uuid\":\"" ME
			     "\",\"handle\":\"deleted\",\"display_name\":\"Deleted person\","
			     "\"avatar_url\":null,\"deleted\":true}\n\n"));
	services_stop(&all);
	close(connection);
	close(hub);
}

static void a_person_who_is_gone_is_looked_up_again(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({BEGIN, .columns = "uuid", .rows = "\\N"}, {BEGIN, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(erasure_begin(&all.ctx, ME), ERR_REFERENCE);
	assert_int_equal(erasure_begin(&all.ctx, ME), ERR_UNAVAILABLE);
	services_stop(&all);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recent_sign_in_is_needed),
		cmocka_unit_test_setup_teardown(streams_end_and_all_learn_the_new_name, hub_setup,
						teardown),
		cmocka_unit_test(a_person_who_is_gone_is_looked_up_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
