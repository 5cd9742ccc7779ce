/* notification_test.c - the list of notifications, marking them as read, and their events. */
#include "services.h"

#include "base/err.h"
#include "domain/notification.h"
#include "hubsocket.h"
#include "run/live_counters.h"
#include "web/problem.h"

#define ME   "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define CRUD "11111111-1111-4111-8111-111111111111"
#define ONE  "22222222-2222-4222-8222-222222222222"
#define TWO  "33333333-3333-4333-8333-333333333333"

#define COLUMNS                                                                                    \
	"uuid display_name handle message replies_count reposts_count likes_count "                \
	"reply_to_activity_uuid expires_at created_at liked reposted bookmarked "                  \
	"uuid kind display_name handle read created_at"
#define ROW(uuid)                                                                                  \
	CRUD "|Ada|ada|hello|3|2|1|\\N|2000000|1000000|t|f|t|" uuid "|like|Bob|bob|f|5000000"
#define JSON(uuid)                                                                                 \
	"{\"uuid\":\"" uuid "\",\"kind\":\"like\",\"display_name\":\"Bob\",\"handle\":\"bob\","    \
	"\"read\":false,\"created_at\":\"1970-01-01T00:00:05.000000+00:00\","                      \
	"\"activity\":{\"uuid\":\"" CRUD "\",\"display_name\":\"Ada\",\"handle\":\"ada\","         \
	"\"message\":\"hello\",\"replies_count\":3,\"reposts_count\":2,\"likes_count\":1,"         \
	"\"reply_to_activity_uuid\":null,\"expires_at\":\"1970-01-01T00:00:02.000000+00:00\","     \
	"\"created_at\":\"1970-01-01T00:00:01.000000+00:00\",\"liked\":true,\"reposted\":false,"   \
	"\"bookmarked\":true}}"
#define TOP   "|infinity|ffffffff-ffff-ffff-ffff-ffffffffffff|2|"
#define FIRST "notifications_list|" ME TOP "notifications"
#define AT    "1970-01-01T00:00:05.000000+00:00"

static struct page page = {.kind = &notification_pages[0], .limit = 1, .path = SLICE("/p")};
static struct page later = {.kind = &notification_pages[0],
			    .limit = 1,
			    .path = SLICE("/p"),
			    .has_cursor = true,
			    .fields = {AT, ONE}};

static void a_page_has_the_newest(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({FIRST, .columns = COLUMNS, .rows = ROW(ONE) "\n" ROW(TWO)},
			  {"notifications_list|" ME "|" AT "|" ONE "|2|notifications",
			   .columns = COLUMNS, .rows = ROW(TWO)},
			  {FIRST, .columns = COLUMNS}),
		       DYNAMODB_NONE);
	assert_int_equal(notification_list(all.ctx.db, ME, &page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON(ONE) "]");
	services_check_link(&all, "next", "notifications|" AT "|" ONE);
	buf_reset(&all.resp.headers);
	assert_int_equal(notification_list(all.ctx.db, ME, &later, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON(TWO) "]");
	assert_false(services_has_link(&all));
	assert_int_equal(notification_list(all.ctx.db, ME, &page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[]");
	services_stop(&all);
}

static void mentions_are_a_list_of_their_own(void **state)
{
	struct page mentions = {.kind = &notification_pages[1], .limit = 1, .path = SLICE("/p")};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"notifications_list|" ME TOP "mentions", .columns = COLUMNS,
			   .rows = ROW(ONE) "\n" ROW(TWO)}),
		       DYNAMODB_NONE);
	assert_int_equal(notification_list(all.ctx.db, ME, &mentions, &all.resp), 0);
	services_check_link(&all, "next", "mentions|" AT "|" ONE);
	services_stop(&all);
}

#define FOLLOW(uuid)                                                                               \
	"\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|" uuid "|follow|Bob|bob|t|5000000"
#define FOLLOW_JSON(uuid)                                                                          \
	"{\"uuid\":\"" uuid "\",\"kind\":\"follow\",\"display_name\":\"Bob\",\"handle\":\"bob\","  \
	"\"read\":true,\"created_at\":\"1970-01-01T00:00:05.000000+00:00\",\"activity\":null}"

static void a_follow_has_no_crud(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({FIRST, .columns = COLUMNS, .rows = FOLLOW(ONE)}), DYNAMODB_NONE);
	assert_int_equal(notification_list(all.ctx.db, ME, &page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" FOLLOW_JSON(ONE) "]");
	services_stop(&all);
}

static void a_list_can_fail(void **state)
{
	struct page bad = page;
	struct services all;

	(void)state;
	bad.has_cursor = true;
	bad.fields[0] = AT;
	bad.fields[1] = "1";
	services_start(&all,
		       PG({FIRST, .state = "57014"},
			  {FIRST, .columns = COLUMNS, .rows = ROW("no-uuid") "\n" ROW(TWO)}),
		       DYNAMODB_NONE);
	assert_int_equal(notification_list(all.ctx.db, ME, &page, &all.resp), ERR_UNAVAILABLE);
	assert_int_equal(notification_list(all.ctx.db, ME, &bad, &all.resp),
			 PROBLEM_CURSOR_INVALID);
	assert_int_equal(notification_list(all.ctx.db, ME, &page, &all.resp), ERR_INTERNAL);
	services_stop(&all);
}

static void a_mark_needs_a_notification(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"notifications_read|" ME "|" ONE, .columns = "uuid", .rows = ONE},
			  {"notifications_read|" ME "|\\N", .columns = "uuid"},
			  {"notifications_read|" ME "|\\N", .state = "55000"}),
		       DYNAMODB_NONE);
	assert_int_equal(notification_read(all.ctx.db, ME, ONE), 0);
	assert_int_equal(notification_read(all.ctx.db, ME, NULL), ERR_NOT_FOUND);
	assert_int_equal(notification_read(all.ctx.db, ME, NULL), ERR_INTERNAL);
	services_stop(&all);
}

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){".live", PUBLISHER_SOCKET, NULL});
}

#define MADE	     "notifications_made|" CRUD "|" ME "|{like}"
#define RECEIVED(by) ROW(ONE) "|" by

/* The next packet of a hub's connection is the notification `json` for `receiver`. */
static void check_event(int connection, const char *receiver, const char *json)
{
	unsigned char person[FRAME_PERSON];
	char packet[2048], text[2048];
	struct frame frame;
	ssize_t n = recv(connection, packet, sizeof(packet), 0);

	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.count, 1);
	assert_int_equal(frame_person(slice_of(receiver), person), 0);
	assert_memory_equal(frame.people, person, sizeof(person));
	snprintf(text, sizeof(text), "event: notification\ndata: %s\n\n", json);
	assert_true(slice_is(frame.text, text));
}

static void each_receiver_gets_the_event_as_the_list_has_it(void **state)
{
	static const char *const receivers[] = {ME, TWO};
	struct services all;
	int hub = hub_listen(), connection;

	(void)state;
	services_start(&all,
		       PG({MADE, .columns = COLUMNS " receiver",
			   .rows = RECEIVED(ME) "\n" RECEIVED(TWO)}),
		       DYNAMODB_NONE);
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	notification_publish(&all.ctx, ME, CRUD, NOTIFICATION_LIKED);
	connection = accept(hub, NULL, NULL);
	for (size_t i = 0; i < COUNT(receivers); i++)
		check_event(connection, receivers[i], JSON(ONE));
	services_stop(&all);
	close(connection);
	close(hub);
}

static void the_followed_person_gets_an_event(void **state)
{
	struct services all;
	int hub = hub_listen(), connection;

	(void)state;
	services_start(&all,
		       PG({"notifications_followed|" ME "|" TWO, .columns = COLUMNS " receiver",
			   .rows = FOLLOW(ONE) "|" TWO}),
		       DYNAMODB_NONE);
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	notification_publish_follow(&all.ctx, ME, TWO);
	connection = accept(hub, NULL, NULL);
	check_event(connection, TWO, FOLLOW_JSON(ONE));
	services_stop(&all);
	close(connection);
	close(hub);
}

static void notifications_that_cannot_be_read_are_counted_as_lost(void **state)
{
	struct live_counters counters;
	struct services all;
	bool running;

	(void)state;
	/* The receiver of the second answer is no uuid. */
	services_start(&all,
		       PG({MADE, .state = "57014"},
			  {MADE, .columns = COLUMNS " receiver", .rows = RECEIVED("ann")}),
		       DYNAMODB_NONE);
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	all.ctx.config.metrics_dir = folder;
	notification_publish(&all.ctx, ME, CRUD, NOTIFICATION_LIKED);
	notification_publish(&all.ctx, ME, CRUD, NOTIFICATION_LIKED);
	assert_int_equal(live_counters_read(folder, &counters, &running), 0);
	assert_int_equal(counters.unpublished, 2);
	services_stop(&all);
}

static void without_a_run_folder_nothing_is_read(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG_NONE, DYNAMODB_NONE);
	notification_publish(&all.ctx, ME, CRUD, NOTIFICATION_LIKED);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_has_the_newest),
		cmocka_unit_test(mentions_are_a_list_of_their_own),
		cmocka_unit_test(a_follow_has_no_crud),
		cmocka_unit_test(a_list_can_fail),
		cmocka_unit_test(a_mark_needs_a_notification),
		cmocka_unit_test_setup_teardown(each_receiver_gets_the_event_as_the_list_has_it,
						hub_setup, teardown),
		cmocka_unit_test_setup_teardown(the_followed_person_gets_an_event, hub_setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			notifications_that_cannot_be_read_are_counted_as_lost, hub_setup, teardown),
		cmocka_unit_test(without_a_run_folder_nothing_is_read),
	};

	return cmocka_run_group_tests_name("notification", tests, NULL, NULL);
}
