/* user_test.c - people by handle, accounts, and their changes. */
#include "services.h"

#include "base/err.h"
#include "base/name.h"
#include "db/db.h"
#include "domain/user.h"
#include "hubsocket.h"
#include "limit.h"
#include "web/problem.h"

#define ME		"5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define SHORT_COLUMNS	"uuid handle display_name"
#define ACCOUNT_COLUMNS "uuid handle display_name email bio created_at unread_notifications"
#define ACCOUNT_ROW	ME "|ada|Ada L.|\\N|first|1000000|3"
#define ACCOUNT_JSON                                                                               \
	"{\"uuid\":\"" ME "\",\"handle\":\"ada\",\"display_name\":\"Ada L.\",\"email\":null,"      \
	"\"bio\":\"first\",\"created_at\":\"1970-01-01T00:00:01.000000+00:00\","                   \
	"\"unread_notifications\":3,\"unread_messages\":"

static void a_handle_names_a_person(void **state)
{
	struct services all;
	char uuid[UUID_SIZE];

	(void)state;
	services_start(&all,
		       PG({"users_by_handle|Ada", .columns = SHORT_COLUMNS,
			   .rows = ME "|ada|Ada L."},
			  {"users_by_handle|bob", .columns = SHORT_COLUMNS},
			  {"users_by_handle|eve", .columns = SHORT_COLUMNS, .rows = "x|eve|Eve"},
			  {"users_by_handle|ada", .state = "XX000"}),
		       DYNAMODB_NONE);
	assert_int_equal(user_uuid_by_handle(all.ctx.db, SLICE("Ada"), uuid), 0);
	assert_string_equal(uuid, ME);
	assert_int_equal(user_uuid_by_handle(all.ctx.db, SLICE("bob"), uuid), ERR_NOT_FOUND);
	assert_int_equal(user_uuid_by_handle(all.ctx.db, SLICE("eve"), uuid), ERR_INTERNAL);
	assert_int_equal(user_uuid_by_handle(all.ctx.db, SLICE("ada"), uuid), ERR_INTERNAL);
	services_stop(&all);
}

static void text_that_is_no_handle_is_not_looked_up(void **state)
{
	struct services all;
	char uuid[UUID_SIZE];

	(void)state;
	services_start(&all, PG_NONE, DYNAMODB_NONE);
	assert_int_equal(user_uuid_by_handle(all.ctx.db, SLICE(""), uuid), ERR_NOT_FOUND);
	assert_int_equal(user_write_short(all.ctx.db, SLICE("a b"), &all.resp), ERR_NOT_FOUND);
	services_stop(&all);
}

static void a_person_is_written_short(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_by_handle|ada", .columns = SHORT_COLUMNS,
			   .rows = ME "|ada|Ada L."},
			  {"users_by_handle|bob", .columns = SHORT_COLUMNS}),
		       DYNAMODB_NONE);
	assert_int_equal(user_write_short(all.ctx.db, SLICE("ada"), &all.resp), 0);
	assert_string_equal(all.resp.body.data,
			    "{\"uuid\":\"" ME "\",\"handle\":\"ada\",\"display_name\":\"Ada L.\"}");
	assert_int_equal(user_write_short(all.ctx.db, SLICE("bob"), &all.resp), ERR_NOT_FOUND);
	services_stop(&all);
}

static void an_account_has_its_unread_messages(void **state)
{
	struct services all;
	PGresult *account;

	(void)state;
	services_start(&all,
		       PG({"users_profile|" ME, .columns = ACCOUNT_COLUMNS, .rows = ACCOUNT_ROW},
			  {"users_profile|" ME, .columns = ACCOUNT_COLUMNS},
			  {"users_profile|" ME, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(user_load_account(all.ctx.db, ME, &account), 0);
	assert_int_equal(user_write_account(account, 7, &all.resp), 0);
	assert_string_equal(all.resp.body.data, ACCOUNT_JSON "7}");
	assert_int_equal(user_write_account(account, USER_UNREAD_UNKNOWN, &all.resp), 0);
	assert_string_equal(all.resp.body.data, ACCOUNT_JSON "null}");
	PQclear(account);
	assert_int_equal(user_load_account(all.ctx.db, ME, &account), ERR_REFERENCE);
	assert_int_equal(user_load_account(all.ctx.db, ME, &account), ERR_UNAVAILABLE);
	services_stop(&all);
}

static void changes_are_stored_and_tell_the_quota(void **state)
{
	const struct user_changes changes = {SLICE("Ade\xcc\x81"), SLICE("first")};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_update|" ME "|Ad\xc3\xa9|first|20",
			   .columns = ACCOUNT_COLUMNS " rest", .rows = ACCOUNT_ROW "|19"}),
		       DYNAMODB_NONE);
	all.ctx.config.quotas[QUOTA_PROFILE] = 20;
	assert_int_equal(user_update_account(&all.ctx, ME, &changes, 2, &all.resp), 0);
	assert_string_equal(all.resp.body.data, ACCOUNT_JSON "2}");
	assert_string_equal(all.resp.limit.name, "profile");
	assert_int_equal(all.resp.limit.rest, 19);
	assert_int_equal(all.resp.limit.most, 20);
	services_stop(&all);
}

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){PUBLISHER_SOCKET, NULL});
}

static void a_changed_name_is_published_to_all(void **state)
{
	const struct user_changes changes = {SLICE("Ada L."), SLICE("")};
	struct services all;
	struct frame frame;
	char packet[512];
	int hub = hub_listen(), connection;
	ssize_t n;

	(void)state;
	services_start(&all,
		       PG({"users_update|" ME "|Ada L.|\\N|\\N", .columns = ACCOUNT_COLUMNS " rest",
			   .rows = ACCOUNT_ROW "|\\N"}),
		       DYNAMODB_NONE);
	snprintf(all.ctx.config.run_dir, sizeof(all.ctx.config.run_dir), "%s", folder);
	assert_int_equal(user_update_account(&all.ctx, ME, &changes, 2, &all.resp), 0);
	connection = accept(hub, NULL, NULL);
	n = recv(connection, packet, sizeof(packet), 0);
	assert_true(n > 0);
	assert_int_equal(frame_read((struct slice){packet, (size_t)n}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_ALL);
	assert_true(slice_is(frame.text, "event: person\ndata: {\"uuid\":\"" ME
					 "\",\"handle\":\"ada\",\"display_name\":\"Ada L.\","
					 "\"avatar_url\":null}\n\n"));
	services_stop(&all);
	close(connection);
	close(hub);
}

static void changes_can_fail(void **state)
{
	const struct user_changes changes = {SLICE("Ada"), SLICE("")};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_update|" ME "|Ada|\\N|\\N", .columns = ACCOUNT_COLUMNS " rest"},
			  {"users_update|" ME "|Ada|\\N|\\N", .state = "QUOTA",
			   .message = "profile 60"}),
		       DYNAMODB_NONE);
	assert_int_equal(user_update_account(&all.ctx, ME, &changes, 2, &all.resp), ERR_REFERENCE);
	assert_null(all.resp.limit.name);
	assert_int_equal(user_update_account(&all.ctx, ME, &changes, 2, &all.resp),
			 PROBLEM_QUOTA_EXCEEDED);
	assert_string_equal(all.resp.limit.name, "profile");
	assert_int_equal(all.resp.limit.reset_s, 60);
	services_stop(&all);
}

static void a_bio_of_the_longest_characters_fits(void **state)
{
	static char bio[LIMIT_BIO * 4 + 1], name[NAME_SIZE];
	struct user_changes changes = {SLICE("Ada"), {bio, sizeof(bio) - 1}};
	struct services all;

	(void)state;
	memset(bio, 'x', sizeof(bio));
	memset(name, 'x', sizeof(name));
	services_start(&all, PG({.columns = ACCOUNT_COLUMNS " rest", .rows = ACCOUNT_ROW "|\\N"}),
		       DYNAMODB_NONE);
	assert_int_equal(user_update_account(&all.ctx, ME, &changes, 2, &all.resp), 0);
	changes.bio.len++;
	assert_int_equal(user_update_account(&all.ctx, ME, &changes, 2, &all.resp), ERR_INTERNAL);
	changes = (struct user_changes){{name, sizeof(name)}, SLICE("")};
	assert_true(user_update_account(&all.ctx, ME, &changes, 2, &all.resp) < 0);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handle_names_a_person),
		cmocka_unit_test(text_that_is_no_handle_is_not_looked_up),
		cmocka_unit_test(a_person_is_written_short),
		cmocka_unit_test(an_account_has_its_unread_messages),
		cmocka_unit_test(changes_are_stored_and_tell_the_quota),
		cmocka_unit_test_setup_teardown(a_changed_name_is_published_to_all, hub_setup,
						teardown),
		cmocka_unit_test(changes_can_fail),
		cmocka_unit_test(a_bio_of_the_longest_characters_fits),
	};

	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
