/* socket_test.c - waiting for a socket ends when it is ready, closed, or at the deadline. */
#include "unit.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/socket.h"

#define SOON_MS 30

/* Two connected sockets. */
static int open_pair(void **state)
{
	static int ends[2];

	*state = ends;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int close_pair(void **state)
{
	int *ends = *state;

	close(ends[0]);
	close(ends[1]);
	return 0;
}

static void a_ready_socket_is_not_waited_for(void **state)
{
	int *ends = *state;

	assert_int_equal(socket_wait(ends[0], POLLOUT, clock_monotonic_ms() + 60000), 0);
	assert_false(socket_readable(ends[0]));
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(socket_wait(ends[0], POLLIN, clock_monotonic_ms() + 60000), 0);
	assert_true(socket_readable(ends[0]));
}

static void the_end_of_a_connection_can_be_read(void **state)
{
	int *ends = *state;

	assert_int_equal(shutdown(ends[1], SHUT_WR), 0);
	assert_int_equal(socket_wait(ends[0], POLLIN, clock_monotonic_ms() + 60000), 0);
	assert_true(socket_readable(ends[0]));
}

static void a_silent_socket_is_waited_for_until_the_deadline(void **state)
{
	int *ends = *state;
	int64_t deadline_ms = clock_monotonic_ms() + SOON_MS;

	assert_int_equal(socket_wait(ends[0], POLLIN, deadline_ms), ERR_UNAVAILABLE);
	assert_true(clock_monotonic_ms() >= deadline_ms);
	assert_int_equal(socket_wait(ends[0], POLLIN, deadline_ms), ERR_UNAVAILABLE);
	/* A passed deadline is reported also when the socket is ready. */
	assert_int_equal(socket_wait(ends[0], POLLOUT, deadline_ms), ERR_UNAVAILABLE);
}

static void ignore_signal(int signal)
{
	(void)signal;
}

static void a_signal_does_not_end_the_wait(void **state)
{
	const struct sigaction action = {.sa_handler = ignore_signal};
	const struct itimerval soon = {.it_value = {.tv_usec = 1000 * SOON_MS / 3}};
	int *ends = *state;
	int64_t deadline_ms = clock_monotonic_ms() + SOON_MS;

	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(socket_wait(ends[0], POLLIN, deadline_ms), ERR_UNAVAILABLE);
	assert_true(clock_monotonic_ms() >= deadline_ms);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pair, close_pair)
	const struct CMUnitTest tests[] = {
		TEST(a_ready_socket_is_not_waited_for),
		TEST(the_end_of_a_connection_can_be_read),
		TEST(a_silent_socket_is_waited_for_until_the_deadline),
		TEST(a_signal_does_not_end_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
