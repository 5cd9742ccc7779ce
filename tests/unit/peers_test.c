/* peers_test.c - the numbers of other hubs: in order, again, missed, silent. */
#include "unit.h"

#include "live/peers.h"

#define START 100000
#define LATER (START + PEERS_SETTLE_MS)

static struct peers peers;

static int setup(void **state)
{
	(void)state;
	peers_begin(&peers, START);
	return 0;
}

static void numbers_in_order_are_in_order(void **state)
{
	(void)state;
	assert_int_equal(peers_hear(&peers, 7, 1, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 7, 2, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 7, 2, true, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 7, 3, false, LATER), PEERS_IN_ORDER);
}

static void a_number_that_was_heard_comes_again(void **state)
{
	(void)state;
	assert_int_equal(peers_hear(&peers, 7, 1, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 7, 1, false, LATER), PEERS_AGAIN);
	assert_int_equal(peers_hear(&peers, 7, 2, false, LATER), PEERS_IN_ORDER);
}

static void a_gap_is_missed_once(void **state)
{
	(void)state;
	assert_int_equal(peers_hear(&peers, 7, 1, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 7, 3, false, LATER), PEERS_MISSED);
	assert_int_equal(peers_hear(&peers, 7, 4, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 7, 5, true, LATER), PEERS_MISSED);
	assert_int_equal(peers_hear(&peers, 7, 5, true, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 7, 6, false, LATER), PEERS_IN_ORDER);
}

static void a_hub_that_is_new_begins_with_its_first_payload(void **state)
{
	(void)state;
	assert_int_equal(peers_hear(&peers, 1, 0, true, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 1, 1, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 2, 1, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 3, 9, false, LATER), PEERS_MISSED);
	assert_int_equal(peers_hear(&peers, 4, 9, true, LATER), PEERS_MISSED);
	assert_int_equal(peers_hear(&peers, 4, 10, false, LATER), PEERS_IN_ORDER);
}

static void right_after_the_beginning_any_number_is_the_first(void **state)
{
	(void)state;
	assert_int_equal(peers_hear(&peers, 3, 9, false, LATER - 1), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, 3, 11, false, LATER - 1), PEERS_MISSED);
}

static void a_hub_that_falls_silent_is_missed_once(void **state)
{
	(void)state;
	peers_hear(&peers, 1, 1, false, LATER);
	peers_hear(&peers, 2, 1, false, LATER);
	peers_hear(&peers, 2, 1, true, LATER + 1);
	assert_false(peers_silent(&peers, LATER + PEERS_SILENT_MS - 1));
	assert_true(peers_silent(&peers, LATER + PEERS_SILENT_MS));
	assert_false(peers_silent(&peers, LATER + PEERS_SILENT_MS));
	/* The other one is known as before. */
	assert_int_equal(peers_hear(&peers, 2, 2, false, LATER + PEERS_SILENT_MS), PEERS_IN_ORDER);
}

static void a_hub_that_has_ended_is_not_missed(void **state)
{
	(void)state;
	peers_hear(&peers, 1, 1, false, LATER);
	peers_forget(&peers, 1);
	peers_forget(&peers, 2);
	assert_false(peers_silent(&peers, LATER + 2 * PEERS_SILENT_MS));
}

static void too_many_hubs_are_heard_but_not_missed(void **state)
{
	(void)state;
	for (uint64_t id = 1; id <= PEERS_MAX; id++)
		assert_int_equal(peers_hear(&peers, id, 1, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, PEERS_MAX + 1, 5, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, PEERS_MAX + 1, 9, false, LATER), PEERS_IN_ORDER);
	assert_int_equal(peers_hear(&peers, PEERS_MAX, 3, false, LATER), PEERS_MISSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(numbers_in_order_are_in_order, setup),
		cmocka_unit_test_setup(a_number_that_was_heard_comes_again, setup),
		cmocka_unit_test_setup(a_gap_is_missed_once, setup),
		cmocka_unit_test_setup(a_hub_that_is_new_begins_with_its_first_payload, setup),
		cmocka_unit_test_setup(right_after_the_beginning_any_number_is_the_first, setup),
		cmocka_unit_test_setup(a_hub_that_falls_silent_is_missed_once, setup),
		cmocka_unit_test_setup(a_hub_that_has_ended_is_not_missed, setup),
		cmocka_unit_test_setup(too_many_hubs_are_heard_but_not_missed, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
