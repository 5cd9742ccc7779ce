/* caller_test.c - the person behind an access token, and the registration of new accounts. */
#include "services.h"

#include "aws/cognito.h"
#include "base/cache.h"
#include "base/clock.h"
#include "base/err.h"
#include "identity/token.h"
#include "signing.h"
#include "web/caller.h"
#include "web/problem.h"

#define ME	  "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define DERIVED	  "d2c90ea7-c30b-5055-8144-20940d3f5cbb" /* version 5, from SUBJECT */
#define BY_SUB	  "users_by_sub|" SUBJECT
#define UNKNOWN	  .columns = "uuid suspended_at"
#define KNOWN	  .columns = "uuid suspended_at", .rows = ME "|\\N"
#define DELETED	  .columns = "uuid suspended_at", .rows = "\\N|\\N"
#define SUSPENDED .columns = "uuid suspended_at", .rows = ME "|2026-11-27 10:00:00+00"

#define ACCOUNT(subject, handle, name, email)                                                      \
	"{\"Username\":\"u\",\"UserAttributes\":[{\"Name\":\"sub\",\"Value\":\"" subject           \
	"\"},{\"Name\":\"preferred_username\",\"Value\":\"" handle                                 \
	"\"},{\"Name\":\"name\",\"Value\":\"" name "\"},{\"Name\":\"email\",\"Value\":\"" email    \
	"\"}]}"

/* A token of SUBJECT, its pool, and services. */
struct world {
	struct services all;
	struct server *pool;
	struct buf set, token, header, scratch;
	char *env[3];
	struct req req;
};

/* groups: a claim of the token, or ""; account: the answer of GetUser, or NULL; status: its status.
 */
static void open_world_of(struct world *world, const char *groups, int status, const char *account,
			  const struct pgserver_step *statements, size_t count)
{
	struct ctx *ctx = &world->all.ctx;
	buf_auto claims = BUF_INIT(1024);

	*world = (struct world){.set = BUF_INIT(SIGNING_MAX),
				.token = BUF_INIT(SIGNING_MAX),
				.header = BUF_INIT(SIGNING_MAX),
				.scratch = BUF_INIT(1024)};
	signing_set(key, "key-1", &world->set);
	buf_printf(&claims,
		   "{\"iss\":\"" ISSUER "\",\"client_id\":\"" CLIENT "\","
		   "\"token_use\":\"access\",\"sub\":\"" SUBJECT "\",\"exp\":%lld%s}",
		   (long long)(clock_now_us() / 1000000 + 3600), groups);
	signing_token(key, SLICE(HEADER), buf_slice(&claims), &world->token);
	buf_printf(&world->header, "HTTP_AUTHORIZATION=bEARER  %s", world->token.data);
	world->env[0] = world->header.data;
	world->req = (struct req){.env = world->env, .scratch = &world->scratch};

	world->pool = server_start(
		SCRIPT({.body = world->set.data}, {.body = account, .status = status}));
	services_start(&world->all, statements, count, DYNAMODB_NONE);
	ctx->config.cognito_client_id = CLIENT;
	snprintf(ctx->config.cognito_issuer, sizeof(ctx->config.cognito_issuer), "%s", ISSUER);
	snprintf(ctx->config.cognito_endpoint, sizeof(ctx->config.cognito_endpoint), "%s",
		 world->pool->url);
	snprintf(ctx->config.cognito_jwks_url, sizeof(ctx->config.cognito_jwks_url), "%s/keys",
		 world->pool->url);
	assert_int_equal(ctx_init(ctx, NEEDS_COGNITO), 0);
}

static void open_world(struct world *world, int status, const char *account,
		       const struct pgserver_step *statements, size_t count)
{
	open_world_of(world, "", status, account, statements, count);
}

static void close_world(struct world *world)
{
	services_stop(&world->all);
	server_stop(world->pool);
	buf_dispose(&world->set);
	buf_dispose(&world->token);
	buf_dispose(&world->header);
	buf_dispose(&world->scratch);
}

static int authenticate(struct world *world, enum auth auth)
{
	return caller_authenticate(&world->all.ctx, auth, &world->req);
}

static void without_a_token_nobody_calls(void **state)
{
	static char *const headers[] = {"HTTP_AUTHORIZATION=Basic eDp5",
					"HTTP_AUTHORIZATION=Bearer", "HTTP_AUTHORIZATION="};
	struct world world;

	(void)state;
	open_world(&world, 0, NULL, PG_NONE);
	memcpy(world.req.caller.uuid, ME, UUID_SIZE);
	assert_int_equal(authenticate(&world, AUTH_NONE), 0);
	assert_string_equal(world.req.caller.uuid, "");
	for (size_t i = 0; i < COUNT(headers); i++) {
		world.env[0] = headers[i];
		assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_TOKEN_MISSING);
		assert_int_equal(authenticate(&world, AUTH_OPTIONAL), PROBLEM_TOKEN_MISSING);
	}
	world.env[0] = NULL;
	assert_int_equal(authenticate(&world, AUTH_OPTIONAL), 0);
	assert_string_equal(world.req.caller.uuid, "");
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_TOKEN_MISSING);
	close_world(&world);
}

static void only_one_valid_token_is_accepted(void **state)
{
	struct world world;

	(void)state;
	open_world(&world, 0, NULL, PG_NONE);
	world.env[1] = world.env[0];
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_AUTHORIZATION_INVALID);
	world.env[1] = NULL;
	world.env[0] = (char[]){"HTTP_AUTHORIZATION=Bearer a.b.c, Bearer a.b.c"};
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_AUTHORIZATION_INVALID);
	world.env[0] = (char[]){"HTTP_AUTHORIZATION=Bearer a.b.c"};
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_TOKEN_INVALID);
	assert_int_equal(authenticate(&world, AUTH_OPTIONAL), PROBLEM_TOKEN_INVALID);
	close_world(&world);
}

static void a_known_person_is_found(void **state)
{
	struct world world;

	(void)state;
	open_world(&world, 0, NULL,
		   PG({BY_SUB, KNOWN}, {BY_SUB, .state = "57014"}, {BY_SUB, UNKNOWN},
		      {BY_SUB, .columns = "uuid suspended_at", .rows = "1|\\N"},
		      {BY_SUB, .state = "57014"}));
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
	assert_string_equal(world.req.caller.uuid, ME);
	/* renewing asks PostgreSQL, whatever is remembered */
	assert_int_equal(caller_renew(&world.all.ctx, AUTH_OPTIONAL, &world.req), ERR_UNAVAILABLE);
	assert_string_equal(world.req.caller.uuid, "");
	assert_int_equal(caller_renew(&world.all.ctx, AUTH_OPTIONAL, &world.req), 0);
	assert_string_equal(world.req.caller.uuid, "");
	/* a person who is gone was forgotten, and an optional token registers nobody */
	assert_int_equal(authenticate(&world, AUTH_OPTIONAL), ERR_INTERNAL);
	assert_int_equal(authenticate(&world, AUTH_OPTIONAL), ERR_UNAVAILABLE);
	assert_int_equal(world.pool->count, 1);
	close_world(&world);
}

static void a_known_person_is_remembered_for_a_second(void **state)
{
	struct world world;
	int64_t started_us;

	(void)state;
	open_world(&world, 0, NULL, PG({BY_SUB, KNOWN}, {BY_SUB, .state = "57014"}));
	started_us = clock_monotonic_us();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
		assert_string_equal(world.req.caller.uuid, ME);
	}
	/* unless the machine was so busy that the second was over */
	if (clock_monotonic_us() - started_us < 1000000)
		assert_int_equal(world.all.pg->count, 1);
	if (world.all.pg->count == 1) {
		clock_sleep_ms(1010);
		/* PostgreSQL fails now; what was found is used */
		assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
		assert_string_equal(world.req.caller.uuid, ME);
	}
	close_world(&world);
}

static void a_new_account_is_registered(void **state)
{
	static const struct {
		const char *account, *call;
	} cases[] = {
		{ACCOUNT(SUBJECT, "ada", "Ade\xcc\x81", "a@x"),
		 "users_register|" DERIVED "|" SUBJECT "|ada|Ad\xc3\xa9|a@x"},
		{ACCOUNT(SUBJECT, "ada", "", ""),
		 "users_register|" DERIVED "|" SUBJECT "|ada|ada|\\N"},
		{ACCOUNT(SUBJECT, "ada", "12345678901234567890123456789012345678901234567890", ""),
		 "users_register|" DERIVED "|" SUBJECT
		 "|ada|12345678901234567890123456789012345678901234567890|\\N"},
		{ACCOUNT(SUBJECT, "ada", "123456789012345678901234567890123456789012345678901", ""),
		 "users_register|" DERIVED "|" SUBJECT "|ada|ada|\\N"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world world;
		char token[4096];

		open_world(&world, 200, cases[i].account,
			   PG({BY_SUB, UNKNOWN}, {.call = cases[i].call}, {BY_SUB, KNOWN}));
		assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
		assert_string_equal(world.req.caller.uuid, ME);
		snprintf(token, sizeof(token), "{\"AccessToken\":\"%s\"}", world.token.data);
		assert_string_equal(server_body(world.pool, 1), token);
		close_world(&world);
	}
}

static void accounts_that_are_refused(void **state)
{
	static const struct {
		int status;
		const char *account;
		int problem;
	} cases[] = {
		{200, ACCOUNT(SUBJECT, "", "Ada", ""), PROBLEM_HANDLE_MISSING},
		{200, ACCOUNT(SUBJECT, "a da", "Ada", ""), PROBLEM_HANDLE_INVALID},
		{200, ACCOUNT(SUBJECT, "admin", "Ada", ""), PROBLEM_HANDLE_RESERVED},
		{200, ACCOUNT("other", "ada", "Ada", ""), PROBLEM_TOKEN_INVALID},
		{400, "{\"__type\":\"NotAuthorizedException\",\"message\":\"revoked\"}",
		 PROBLEM_TOKEN_INVALID},
		{400,
		 "{\"__type\":\"NotAuthorizedException\","
		 "\"message\":\"Access Token does not have required scopes\"}",
		 PROBLEM_SCOPE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world world;
		int64_t started_us = clock_monotonic_us();

		open_world(&world, cases[i].status, cases[i].account,
			   PG({BY_SUB, UNKNOWN}, {BY_SUB, UNKNOWN}));
		for (int n = 0; n < 2; n++) {
			assert_int_equal(authenticate(&world, AUTH_REQUIRED), cases[i].problem);
			assert_string_equal(world.req.caller.uuid, "");
		}
		/* GetUser is not asked again for two seconds */
		if (clock_monotonic_us() - started_us < 2000000)
			assert_int_equal(world.pool->count, 2);
		close_world(&world);
	}
}

static void a_handle_that_is_taken_is_refused_too(void **state)
{
	/* the insertion does nothing, or the handle looks like that of another person */
	static const char *const states[] = {NULL, "23505"};

	(void)state;
	for (size_t i = 0; i < COUNT(states); i++) {
		struct world world;
		int64_t started_us = clock_monotonic_us();

		open_world(&world, 200, ACCOUNT(SUBJECT, "ada", "Ada", ""),
			   PG({BY_SUB, UNKNOWN}, {.state = states[i]}, {BY_SUB, UNKNOWN},
			      {BY_SUB, UNKNOWN}));
		assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_HANDLE_TAKEN);
		if (clock_monotonic_us() - started_us < 1000000)
			assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_HANDLE_TAKEN);
		else
			world.all.pg->steps_count--;
		close_world(&world);
	}
}

static void a_failure_is_no_refusal(void **state)
{
	struct world world;

	(void)state;
	open_world(&world, 200, ACCOUNT(SUBJECT, "ada", "Ada", ""),
		   PG({BY_SUB, UNKNOWN}, {.state = "57014"}, {BY_SUB, UNKNOWN}, {.call = NULL},
		      {BY_SUB, KNOWN}));
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), ERR_UNAVAILABLE);
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
	assert_string_equal(world.req.caller.uuid, ME);
	close_world(&world);
}

static void a_suspended_person_is_refused_and_forgotten(void **state)
{
	struct world world;

	(void)state;
	open_world(&world, 0, NULL,
		   PG({BY_SUB, KNOWN}, {BY_SUB, SUSPENDED}, {BY_SUB, SUSPENDED},
		      {BY_SUB, SUSPENDED}, {BY_SUB, .state = "57014"}, {BY_SUB, KNOWN}));
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
	assert_int_equal(caller_renew(&world.all.ctx, AUTH_REQUIRED, &world.req),
			 PROBLEM_ACCOUNT_SUSPENDED);
	assert_string_equal(world.req.caller.uuid, "");
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_ACCOUNT_SUSPENDED);
	/* nobody where no token is needed */
	assert_int_equal(authenticate(&world, AUTH_OPTIONAL), 0);
	assert_string_equal(world.req.caller.uuid, "");
	/* what was known before is not used while PostgreSQL fails */
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), ERR_UNAVAILABLE);
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
	assert_string_equal(world.req.caller.uuid, ME);
	assert_int_equal(world.pool->count, 1);
	close_world(&world);
}

static void a_moderator_is_known_by_the_token(void **state)
{
	struct world world;

	(void)state;
	open_world_of(&world, ",\"cognito:groups\":[\"moderators\"]", 0, NULL,
		      PG({BY_SUB, KNOWN}, {BY_SUB, SUSPENDED}, {BY_SUB, SUSPENDED}));
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
	assert_int_equal(caller_check_moderator(&world.req), 0);
	assert_int_equal(authenticate(&world, AUTH_NONE), 0);
	assert_int_equal(caller_check_moderator(&world.req), PROBLEM_MODERATORS_ONLY);
	/* suspended: nobody */
	assert_int_equal(caller_renew(&world.all.ctx, AUTH_OPTIONAL, &world.req), 0);
	assert_int_equal(caller_check_moderator(&world.req), PROBLEM_MODERATORS_ONLY);
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_ACCOUNT_SUSPENDED);
	assert_int_equal(caller_check_moderator(&world.req), PROBLEM_MODERATORS_ONLY);
	close_world(&world);

	open_world(&world, 0, NULL, PG({BY_SUB, KNOWN}));
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
	assert_int_equal(caller_check_moderator(&world.req), PROBLEM_MODERATORS_ONLY);
	close_world(&world);
}

/* The token is invalid everywhere, and Cognito is not asked about the account. */
static void a_deleted_person_is_refused_and_forgotten(void **state)
{
	struct world world;

	(void)state;
	open_world(&world, 0, NULL,
		   PG({BY_SUB, KNOWN}, {BY_SUB, DELETED}, {BY_SUB, DELETED}, {BY_SUB, DELETED},
		      {BY_SUB, .state = "57014"}));
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), 0);
	assert_int_equal(caller_renew(&world.all.ctx, AUTH_REQUIRED, &world.req),
			 PROBLEM_TOKEN_INVALID);
	assert_string_equal(world.req.caller.uuid, "");
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), PROBLEM_TOKEN_INVALID);
	assert_int_equal(authenticate(&world, AUTH_OPTIONAL), PROBLEM_TOKEN_INVALID);
	/* what was known before is not used while PostgreSQL fails */
	assert_int_equal(authenticate(&world, AUTH_REQUIRED), ERR_UNAVAILABLE);
	assert_int_equal(world.pool->count, 1);
	close_world(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_token_nobody_calls),
		cmocka_unit_test(only_one_valid_token_is_accepted),
		cmocka_unit_test(a_known_person_is_found),
		cmocka_unit_test(a_known_person_is_remembered_for_a_second),
		cmocka_unit_test(a_new_account_is_registered),
		cmocka_unit_test(accounts_that_are_refused),
		cmocka_unit_test(a_handle_that_is_taken_is_refused_too),
		cmocka_unit_test(a_failure_is_no_refusal),
		cmocka_unit_test(a_suspended_person_is_refused_and_forgotten),
		cmocka_unit_test(a_moderator_is_known_by_the_token),
		cmocka_unit_test(a_deleted_person_is_refused_and_forgotten),
	};

	return cmocka_run_group_tests_name("caller", tests, signing_open, signing_close);
}
