/* publisher_test.c - frames for a hub that runs, is full, was killed, or never ran. */
#include "hubsocket.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "run/live_counters.h"

#define ANN "0a0b0c0d-0e0f-4a4b-8c8d-010203040506"

static const char *const people[] = {ANN};

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){".live", PUBLISHER_SOCKET, NULL});
}

static uint64_t unpublished(void)
{
	struct live_counters counters;
	bool running;

	assert_int_equal(live_counters_read(folder, &counters, &running), 0);
	return counters.unpublished;
}

static struct publisher *publisher(void)
{
	struct publisher *made = publisher_new(folder, folder);

	assert_non_null(made);
	return made;
}

static int send_one(struct publisher *to)
{
	return publisher_send(to, people, 1, "read", SLICE("{}"));
}

static void expect_one(int fd)
{
	char packet[256];
	ssize_t n = recv(fd, packet, sizeof(packet), 0);
	struct frame frame;

	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_true(slice_is(frame.text, "event: read\ndata: {}\n\n"));
}

static void a_frame_is_one_packet(void **state)
{
	struct publisher *own = publisher();
	int hub = hub_listen(), connection;

	(void)state;
	assert_int_equal(send_one(own), 0);
	assert_int_equal(send_one(own), 0);
	connection = accept(hub, NULL, NULL);
	expect_one(connection);
	expect_one(connection);
	assert_int_equal(unpublished(), 0);
	publisher_free(own);
	publisher_free(NULL);
	close(connection);
	close(hub);
}

static void frames_for_all_streams_are_packets_of_their_kinds(void **state)
{
	struct publisher *own = publisher();
	int hub = hub_listen(), connection;
	struct frame frame;
	char packet[256];
	ssize_t n;

	(void)state;
	assert_int_equal(publisher_send_all(own, "person", SLICE("{}")), 0);
	assert_int_equal(publisher_send_newer(own, ANN), 0);
	assert_int_equal(publisher_send_newer(own, "ann"), ERR_INVALID);
	assert_int_equal(publisher_send_revoked(own, ANN), 0);
	connection = accept(hub, NULL, NULL);
	n = recv(connection, packet, sizeof(packet), 0);
	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_ALL);
	assert_true(slice_is(frame.text, "event: person\ndata: {}\n\n"));
	n = recv(connection, packet, sizeof(packet), 0);
	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_NEWER);
	n = recv(connection, packet, sizeof(packet), 0);
	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_REVOKED);
	close(connection);
	close(hub);
	assert_int_equal(publisher_send_all(own, "person", SLICE("{}")), ERR_UNAVAILABLE);
	assert_int_equal(unpublished(), 2);
	publisher_free(own);
}

static void without_a_hub_frames_are_counted(void **state)
{
	struct publisher *own = publisher();

	(void)state;
	assert_int_equal(send_one(own), ERR_UNAVAILABLE);
	assert_int_equal(send_one(own), ERR_UNAVAILABLE);
	publisher_lost(own);
	assert_int_equal(unpublished(), 3);
	publisher_free(own);
}

static void the_first_frame_after_a_restart_reaches_the_new_hub(void **state)
{
	struct publisher *own = publisher();
	int hub = hub_listen(), connection;

	(void)state;
	assert_int_equal(send_one(own), 0);
	connection = accept(hub, NULL, NULL);
	close(connection);
	close(hub);
	assert_int_equal(send_one(own), ERR_UNAVAILABLE);

	hub = hub_listen();
	assert_int_equal(send_one(own), 0);
	connection = accept(hub, NULL, NULL);
	expect_one(connection);
	assert_int_equal(unpublished(), 1);
	publisher_free(own);
	close(connection);
	close(hub);
}

static void a_hub_that_does_not_read_makes_nobody_wait(void **state)
{
	struct publisher *own = publisher();
	int hub = hub_listen(), r = 0;
	unsigned sent = 0;

	(void)state;
	while (r == 0 && sent < 1000000) {
		r = send_one(own);
		sent += r == 0;
	}
	assert_int_equal(r, ERR_OVERLOADED);
	assert_true(sent > 100);
	assert_int_equal(unpublished(), 1);
	publisher_free(own);
	close(hub);
}

static void an_invalid_frame_is_not_sent(void **state)
{
	static const char *const nobody[] = {"ann"};
	struct publisher *own = publisher();

	(void)state;
	assert_int_equal(publisher_send(own, nobody, 1, "read", SLICE("{}")), ERR_INVALID);
	assert_int_equal(unpublished(), 1);
	publisher_free(own);
}

static void a_folder_may_be_a_link_because_its_path_is_too_long(void **state)
{
	char name[101], deep[256];
	struct publisher *own;
	int hub = hub_listen(), connection;

	(void)state;
	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(deep, sizeof(deep), "%s-%s", folder, name);
	assert_int_equal(symlink(folder, deep), 0);
	own = publisher_new(deep, NULL);
	assert_non_null(own);
	assert_int_equal(send_one(own), 0);
	connection = accept(hub, NULL, NULL);
	expect_one(connection);
	publisher_free(own);
	unlink(deep);
	close(connection);
	close(hub);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_frame_is_one_packet, hub_setup, teardown),
		cmocka_unit_test_setup_teardown(frames_for_all_streams_are_packets_of_their_kinds,
						hub_setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_hub_frames_are_counted, hub_setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_first_frame_after_a_restart_reaches_the_new_hub,
						hub_setup, teardown),
		cmocka_unit_test_setup_teardown(a_hub_that_does_not_read_makes_nobody_wait,
						hub_setup, teardown),
		cmocka_unit_test_setup_teardown(an_invalid_frame_is_not_sent, hub_setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_may_be_a_link_because_its_path_is_too_long,
						hub_setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
