/* activity_change_test.c - creating, deleting and marking cruds. */
#include "services.h"

#include "base/err.h"
#include "domain/activity.h"
#include "hubsocket.h"
#include "web/problem.h"

#define ME    "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define CRUD  "11111111-1111-4111-8111-111111111111"
#define OTHER "22222222-2222-4222-8222-222222222222"

#define COLUMNS                                                                                    \
	"uuid display_name handle message replies_count reposts_count likes_count "                \
	"reply_to_activity_uuid expires_at created_at liked reposted bookmarked"
#define ROW_WITH(liked, reposted, bookmarked)                                                      \
	CRUD "|Ada|ada|hello|3|2|1|" OTHER "|2000000|1000000|" liked "|" reposted "|" bookmarked
#define ROW ROW_WITH("t", "f", "t")
#define JSON                                                                                       \
	"{\"uuid\":\"" CRUD                                                                        \
	"\",\"display_name\":\"Ada\",\"handle\":\"ada\",\"message\":\"hello\","                    \
	"\"replies_count\":3,\"reposts_count\":2,\"likes_count\":1,"                               \
	"\"reply_to_activity_uuid\":\"" OTHER "\","                                                \
	"\"expires_at\":\"1970-01-01T00:00:02.000000+00:00\","                                     \
	"\"created_at\":\"1970-01-01T00:00:01.000000+00:00\",\"liked\":true,\"reposted\":false,"   \
	"\"bookmarked\":true}"
#define SHOW "activities_show|" ME "|" CRUD "|\\N|infinity|ffffffff-ffff-ffff-ffff-ffffffffffff|0|0"

static const struct idempotency no_key;
static const struct idempotency a_key = {true, "key", "digest"};
static const struct activity_draft a_crud = {SLICE("hello"), "1 day", NULL};
static const struct activity_draft a_reply = {SLICE("hello"), NULL, OTHER};

static void a_crud_is_created_and_tells_the_quota(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"activities_create|" ME "|hello|1 day|\\N|\\N|\\N|300|\\N",
			   .columns = COLUMNS " rest mentions", .rows = ROW "|299|\\N"},
			  {"activities_create|" ME "|hello|\\N|" OTHER "|key|digest|300|200",
			   .columns = COLUMNS " rest mentions", .rows = ROW "|298|200"}),
		       DYNAMODB_NONE);
	all.ctx.config.quotas[QUOTA_CRUDS] = 300;
	assert_int_equal(activity_create(&all.ctx, ME, &a_crud, &no_key, &all.resp), 0);
	assert_string_equal(all.resp.body.data, JSON);
	assert_string_equal(all.resp.limit.name, "cruds");
	assert_int_equal(all.resp.limit.rest, 299);
	all.ctx.config.quotas[QUOTA_MENTIONS] = 200;
	assert_int_equal(activity_create(&all.ctx, ME, &a_reply, &a_key, &all.resp), 0);
	assert_int_equal(all.resp.limit.rest, 298);
	services_stop(&all);
}

static void a_key_gives_what_it_created(void **state)
{
#define CREATE "activities_create|" ME "|hello|\\N|" OTHER "|key|digest|\\N|\\N"
#define MADE   "idempotency_made|" ME "|key|hello|" OTHER
	struct services all;

	(void)state;
	services_start(&all,
		       PG({CREATE, .columns = COLUMNS " rest mentions"},
			  {MADE, .columns = COLUMNS " request", .rows = ROW "|digest"},
			  {CREATE, .columns = COLUMNS " rest mentions"},
			  {MADE, .columns = COLUMNS " request", .rows = ROW "|another"},
			  {CREATE, .columns = COLUMNS " rest mentions"},
			  {MADE, .columns = COLUMNS " request"},
			  {CREATE, .columns = COLUMNS " rest mentions"}, {MADE, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(activity_create(&all.ctx, ME, &a_reply, &a_key, &all.resp), 0);
	assert_string_equal(all.resp.body.data, JSON);
	assert_null(all.resp.limit.name);
	assert_int_equal(activity_create(&all.ctx, ME, &a_reply, &a_key, &all.resp),
			 PROBLEM_IDEMPOTENCY_KEY_REUSED);
	assert_int_equal(activity_create(&all.ctx, ME, &a_reply, &a_key, &all.resp), ERR_REFERENCE);
	assert_int_equal(activity_create(&all.ctx, ME, &a_reply, &a_key, &all.resp),
			 ERR_UNAVAILABLE);
	services_stop(&all);
}

static void drafts_that_are_refused(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"activities_create|" ME "|hello|\\N|" OTHER "|\\N|\\N|\\N|\\N",
			   .columns = COLUMNS " rest mentions"},
			  {.state = "QUOTA", .message = "mentions 30"}, {.state = "23503"}),
		       DYNAMODB_NONE);
	assert_int_equal(activity_create(&all.ctx, ME, &a_reply, &no_key, &all.resp),
			 ERR_REFERENCE);
	assert_int_equal(activity_create(&all.ctx, ME, &a_crud, &no_key, &all.resp),
			 PROBLEM_QUOTA_EXCEEDED);
	assert_string_equal(all.resp.limit.name, "mentions");
	assert_int_equal(activity_create(&all.ctx, ME, &a_crud, &no_key, &all.resp), ERR_REFERENCE);
	services_stop(&all);
}

static void only_the_author_deletes_a_crud(void **state)
{
#define DELETE "activities_delete|" ME "|" CRUD
	struct services all;

	(void)state;
	services_start(&all,
		       PG({DELETE, .columns = "uuid", .rows = CRUD}, {DELETE, .columns = "uuid"},
			  {SHOW, .columns = COLUMNS, .rows = ROW}, {DELETE, .columns = "uuid"},
			  {SHOW, .columns = COLUMNS}, {DELETE, .state = "57014"},
			  {DELETE, .columns = "uuid"}, {SHOW, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(activity_delete(all.ctx.db, ME, CRUD), 0);
	assert_int_equal(activity_delete(all.ctx.db, ME, CRUD), PROBLEM_FORBIDDEN);
	assert_int_equal(activity_delete(all.ctx.db, ME, CRUD), ERR_NOT_FOUND);
	assert_int_equal(activity_delete(all.ctx.db, ME, CRUD), ERR_UNAVAILABLE);
	assert_int_equal(activity_delete(all.ctx.db, ME, CRUD), ERR_UNAVAILABLE);
	services_stop(&all);
}

static void marks_show_the_crud_afterwards(void **state)
{
	static const struct {
		int (*change)(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp);
		const char *call;
		const char *gone; /* the crud when the person is gone, or NULL */
	} cases[] = {
		{activity_like, "likes_add|" ME "|" CRUD, ROW_WITH("f", "t", "t")},
		{activity_unlike, "likes_remove|" ME "|" CRUD, NULL},
		{activity_repost, "reposts_add|" ME "|" CRUD, ROW_WITH("t", "f", "t")},
		{activity_unrepost, "reposts_remove|" ME "|" CRUD, NULL},
		{activity_bookmark, "bookmarks_add|" ME "|" CRUD, ROW_WITH("t", "t", "f")},
		{activity_unbookmark, "bookmarks_remove|" ME "|" CRUD, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct services all;

		services_start(
			&all,
			PG({.call = cases[i].call},
			   {SHOW, .columns = COLUMNS, .rows = ROW_WITH("t", "t", "t")},
			   {.call = cases[i].call}, {SHOW, .columns = COLUMNS},
			   {.call = cases[i].call}, {SHOW, .state = "57014"},
			   {.call = cases[i].call, .state = "23503"}, {.call = cases[i].call},
			   {SHOW, .columns = COLUMNS, .rows = cases[i].gone ? cases[i].gone : ROW}),
			DYNAMODB_NONE);
		assert_int_equal(cases[i].change(&all.ctx, ME, CRUD, &all.resp), 0);
		assert_non_null(strstr(all.resp.body.data, "\"liked\":true,\"reposted\":true"));
		assert_int_equal(cases[i].change(&all.ctx, ME, CRUD, &all.resp), ERR_NOT_FOUND);
		assert_int_equal(cases[i].change(&all.ctx, ME, CRUD, &all.resp), ERR_UNAVAILABLE);
		assert_int_equal(cases[i].change(&all.ctx, ME, CRUD, &all.resp), ERR_REFERENCE);
		assert_int_equal(cases[i].change(&all.ctx, ME, CRUD, &all.resp),
				 cases[i].gone ? ERR_REFERENCE : 0);
		services_stop(&all);
	}
}

/* Create a crud or reply in a process that can publish; `statements`: what PostgreSQL gets. */
static void create_published(const struct activity_draft *draft, const struct idempotency *key,
			     const struct pgserver_step *statements, size_t count)
{
	struct services all;

	services_start(&all, statements, count, DYNAMODB_NONE);
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "/nonexistent");
	assert_int_equal(activity_create(&all.ctx, ME, draft, key, &all.resp), 0);
	assert_string_equal(all.resp.body.data, JSON);
	services_stop(&all);
}

static void only_what_may_notify_somebody_is_looked_up_for_events(void **state)
{
#define CREATED(text)                                                                              \
	{                                                                                          \
		"activities_create|" ME "|" text "|1 day|\\N|\\N|\\N|\\N|\\N",                     \
			.columns = COLUMNS " rest mentions", .rows = ROW "|\\N|\\N"                \
	}
#define TOLD                                                                                       \
	{                                                                                          \
		.call = "notifications_made|" CRUD "|" ME "|{reply,mention}"                       \
	}
	static const struct activity_draft mention = {SLICE("hello @ben"), "1 day", NULL};
	static const struct activity_draft full_width = {SLICE("hello ＠ben"), "1 day", NULL};

	(void)state;
	create_published(&a_crud, &no_key, PG(CREATED("hello")));
	create_published(&mention, &no_key, PG(CREATED("hello @ben"), TOLD));
	create_published(&full_width, &no_key, PG(CREATED("hello ＠ben"), TOLD));
	create_published(&a_reply, &a_key,
			 PG({CREATE, .columns = COLUMNS " rest mentions", .rows = ROW "|\\N|\\N"},
			    TOLD));
	/* A repeated request tells them again. An error of the lookup changes nothing. */
	create_published(&a_reply, &a_key,
			 PG({CREATE, .columns = COLUMNS " rest mentions"},
			    {MADE, .columns = COLUMNS " request", .rows = ROW "|digest"},
			    {"notifications_made|" CRUD "|" ME "|{reply,mention}",
			     .state = "57014"}));
}

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){PUBLISHER_SOCKET, NULL});
}

static void cruds_are_counted_for_the_home_feed_and_replies_are_not(void **state)
{
	const struct activity_draft keyed = {SLICE("hello"), "1 day", NULL};
	unsigned char crud[FRAME_PERSON];
	struct services all;
	struct frame frame;
	char packet[256];
	int hub = hub_listen(), connection;

	(void)state;
	services_start(&all,
		       PG({CREATE, .columns = COLUMNS " rest mentions", .rows = ROW "|\\N|\\N"},
			  {.call = "notifications_made|" CRUD "|" ME "|{reply,mention}"},
			  CREATED("hello"),
			  {"activities_create|" ME "|hello|1 day|\\N|key|digest|\\N|\\N",
			   .columns = COLUMNS " rest mentions"},
			  {"idempotency_made|" ME "|key|hello|\\N", .columns = COLUMNS " request",
			   .rows = ROW "|digest"}),
		       DYNAMODB_NONE);
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	assert_int_equal(activity_create(&all.ctx, ME, &a_reply, &a_key, &all.resp), 0);
	assert_int_equal(activity_create(&all.ctx, ME, &a_crud, &no_key, &all.resp), 0);
	assert_int_equal(activity_create(&all.ctx, ME, &keyed, &a_key, &all.resp), 0);
	connection = accept(hub, NULL, NULL);
	assert_int_equal(frame_person(SLICE(CRUD), crud), 0);
	for (unsigned i = 0; i < 2; i++) {
		ssize_t n = recv(connection, packet, sizeof(packet), 0);

		assert_true(n > 0);
		assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
		assert_int_equal(frame.kind, FRAME_NEWER);
		assert_memory_equal(frame.people, crud, sizeof(crud));
	}
	assert_int_equal(recv(connection, packet, sizeof(packet), MSG_DONTWAIT), -1);
	services_stop(&all);
	close(connection);
	close(hub);
}

static void likes_and_reposts_are_looked_up_for_events(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({.call = "likes_add|" ME "|" CRUD},
			  {SHOW, .columns = COLUMNS, .rows = ROW_WITH("t", "f", "t")},
			  {.call = "notifications_made|" CRUD "|" ME "|{like}"},
			  {.call = "reposts_add|" ME "|" CRUD},
			  {SHOW, .columns = COLUMNS, .rows = ROW_WITH("t", "t", "t")},
			  {"notifications_made|" CRUD "|" ME "|{repost}", .state = "57014"},
			  {.call = "likes_add|" ME "|" CRUD}, {SHOW, .columns = COLUMNS},
			  {.call = "reposts_remove|" ME "|" CRUD},
			  {SHOW, .columns = COLUMNS, .rows = ROW_WITH("t", "f", "t")}),
		       DYNAMODB_NONE);
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "/nonexistent");
	assert_int_equal(activity_like(&all.ctx, ME, CRUD, &all.resp), 0);
	assert_int_equal(activity_repost(&all.ctx, ME, CRUD, &all.resp), 0);
	assert_int_equal(activity_like(&all.ctx, ME, CRUD, &all.resp), ERR_NOT_FOUND);
	assert_int_equal(activity_unrepost(&all.ctx, ME, CRUD, &all.resp), 0);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crud_is_created_and_tells_the_quota),
		cmocka_unit_test(a_key_gives_what_it_created),
		cmocka_unit_test(drafts_that_are_refused),
		cmocka_unit_test(only_the_author_deletes_a_crud),
		cmocka_unit_test(marks_show_the_crud_afterwards),
		cmocka_unit_test(only_what_may_notify_somebody_is_looked_up_for_events),
		cmocka_unit_test_setup_teardown(
			cruds_are_counted_for_the_home_feed_and_replies_are_not, hub_setup,
			teardown),
		cmocka_unit_test(likes_and_reposts_are_looked_up_for_events),
	};

	return cmocka_run_group_tests_name("activity_change", tests, NULL, NULL);
}
