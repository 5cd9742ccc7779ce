/* publish_test.c - events as the modules publish them, and workers without a hub. */
#include "hubsocket.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "domain/publish.h"
#include "run/live_counters.h"

#define ANN "0a0b0c0d-0e0f-4a4b-8c8d-010203040506"
#define BEN "1a0b0c0d-0e0f-4a4b-8c8d-010203040506"

static const char *const both[] = {ANN, BEN};

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){".live", PUBLISHER_SOCKET, NULL});
}

static void configure(struct ctx *ctx)
{
	*ctx = (struct ctx){.config = {.metrics_dir = folder}};
	snprintf(ctx->config.run_dir, sizeof(ctx->config.run_dir), "%s", folder);
}

static void an_event_has_its_name_its_data_and_its_receivers(void **state)
{
	static const struct {
		enum publication publication;
		const char *text;
	} events[] = {
		{PUBLISH_MESSAGE, "event: message\ndata: {\"a\":1}\n\n"},
		{PUBLISH_DELETION, "event: message_changed\ndata: {\"a\":1}\n\n"},
		{PUBLISH_READ, "event: read\ndata: {\"a\":1}\n\n"},
	};
	unsigned char ben[FRAME_PERSON];
	int hub = hub_listen(), connection = -1;
	struct ctx ctx;

	(void)state;
	configure(&ctx);
	assert_int_equal(frame_person(SLICE(BEN), ben), 0);
	for (size_t i = 0; i < COUNT(events); i++) {
		char packet[256];
		struct frame frame;
		ssize_t n;

		publish(&ctx, events[i].publication, both, 2, SLICE("{\"a\":1}"));
		if (connection < 0)
			connection = accept(hub, NULL, NULL);
		n = recv(connection, packet, sizeof(packet), 0);
		assert_true(n > 0);
		assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
		assert_true(slice_is(frame.text, events[i].text));
		assert_int_equal(frame.count, 2);
		assert_memory_equal(frame.people + FRAME_PERSON, ben, sizeof(ben));
	}
	ctx_dispose(&ctx);
	close(connection);
	close(hub);
}

static void events_for_every_stream_have_their_kinds(void **state)
{
	int hub = hub_listen(), connection;
	unsigned char ann[FRAME_PERSON];
	struct frame frame;
	char packet[256];
	struct ctx ctx;
	ssize_t n;

	(void)state;
	configure(&ctx);
	publish_to_all(&ctx, PUBLISH_PERSON, SLICE("{\"a\":1}"));
	publish_newer(&ctx, PUBLISH_HOME, ANN);
	connection = accept(hub, NULL, NULL);
	n = recv(connection, packet, sizeof(packet), 0);
	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_ALL);
	assert_true(slice_is(frame.text, "event: person\ndata: {\"a\":1}\n\n"));
	n = recv(connection, packet, sizeof(packet), 0);
	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_NEWER);
	assert_int_equal(frame_person(SLICE(ANN), ann), 0);
	assert_memory_equal(frame.people, ann, sizeof(ann));
	ctx_dispose(&ctx);
	close(connection);
	close(hub);
}

static void a_person_is_revoked(void **state)
{
	int hub = hub_listen(), connection;
	unsigned char ann[FRAME_PERSON];
	struct frame frame;
	char packet[256];
	struct ctx ctx;
	ssize_t n;

	(void)state;
	configure(&ctx);
	assert_int_equal(publish_revoked(&ctx, ANN), 0);
	connection = accept(hub, NULL, NULL);
	n = recv(connection, packet, sizeof(packet), 0);
	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_REVOKED);
	assert_int_equal(frame_person(SLICE(ANN), ann), 0);
	assert_memory_equal(frame.people, ann, sizeof(ann));
	/* Nobody reads: the queue of the hub becomes full. */
	n = 0;
	for (int i = 0; i < 100000 && n == 0; i++)
		n = publish_revoked(&ctx, ANN);
	assert_int_equal(n, ERR_OVERLOADED);
	/* Without a hub there are no streams. */
	close(connection);
	close(hub);
	unlink(socket_path);
	assert_int_equal(publish_revoked(&ctx, ANN), 0);
	ctx_dispose(&ctx);
}

static void without_a_hub_events_are_counted(void **state)
{
	struct live_counters counters;
	struct ctx ctx;
	bool running;

	(void)state;
	configure(&ctx);
	assert_true(publish_possible(&ctx));
	publish(&ctx, PUBLISH_MESSAGE, both, 2, SLICE("{}"));
	publish_lost(&ctx);
	publish_to_all(&ctx, PUBLISH_PERSON, SLICE("{}"));
	publish_newer(&ctx, PUBLISH_HOME, ANN);
	assert_int_equal(live_counters_read(folder, &counters, &running), 0);
	assert_false(running);
	assert_int_equal(counters.unpublished, 4);
	ctx_dispose(&ctx);
}

static void without_a_run_folder_nothing_happens(void **state)
{
	struct ctx ctx = {0};

	(void)state;
	publish(&ctx, PUBLISH_MESSAGE, both, 2, SLICE("{}"));
	publish_to_all(&ctx, PUBLISH_PERSON, SLICE("{}"));
	publish_newer(&ctx, PUBLISH_HOME, ANN);
	publish_lost(&ctx);
	assert_int_equal(publish_revoked(&ctx, ANN), 0);
	assert_false(publish_possible(&ctx));
	assert_null(ctx.publisher);
	ctx_dispose(&ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_event_has_its_name_its_data_and_its_receivers,
						hub_setup, teardown),
		cmocka_unit_test_setup_teardown(events_for_every_stream_have_their_kinds, hub_setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_person_is_revoked, hub_setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_hub_events_are_counted, hub_setup,
						teardown),
		cmocka_unit_test_setup_teardown(without_a_run_folder_nothing_happens, hub_setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
