/* readiness_test.c - the health of the dependencies, and how long it is kept. */
#include "services.h"

#include "base/clock.h"
#include "domain/readiness.h"
#include "identity/token.h"
#include "signing.h"

/* A context of all three services; `set` publishes the key set of the pool. */
static struct server *start_all(struct services *all, const struct pgserver_step *statements,
				size_t count, const struct dynamodb_step *steps, size_t steps_count,
				const char *set)
{
	struct server *pool = server_start(SCRIPT({.body = set}));

	services_start(all, statements, count, steps, steps_count);
	snprintf(all->ctx.config.cognito_jwks_url, sizeof(all->ctx.config.cognito_jwks_url),
		 "%s/keys", pool->url);
	all->ctx.tokens = token_verifier_new(&all->ctx.config, &all->ctx.budget);
	assert_non_null(all->ctx.tokens);
	return pool;
}

static void check_dependency(const struct services *all, const char *name, bool up)
{
	char text[64];

	snprintf(text, sizeof(text), "\"%s\":{\"up\":%s,\"latency_us\":", name,
		 up ? "true" : "false");
	assert_non_null(strstr(all->resp.body.data, text));
}

static void all_three_must_answer(void **state)
{
	static const struct {
		const char *state;
		int status;
		const char *set; /* NULL: a good one */
	} cases[] = {
		{NULL, 200, NULL},
		{"57014", 200, NULL},
		{NULL, 400, NULL},
		{NULL, 200, "{}"},
	};
	buf_auto set = BUF_INIT(SIGNING_MAX);

	(void)state;
	signing_set(key, "key-1", &set);
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool ready = i == 0;
		struct services all;
		struct server *pool = start_all(
			&all, PG({"users_ping", .columns = "one", .state = cases[i].state}),
			DYNAMODB({"GetItem", {"READY"}, .status = cases[i].status, .body = "{}"}),
			cases[i].set ? cases[i].set : set.data);

		assert_int_equal(readiness_write(&all.ctx, &all.resp), 0);
		assert_non_null(
			strstr(all.resp.body.data, ready ? "{\"ready\":true,\"dependencies\":{"
							 : ",\"ready\":false,\"dependencies\":{"));
		check_dependency(&all, "postgresql", !cases[i].state);
		check_dependency(&all, "dynamodb", cases[i].status == 200);
		check_dependency(&all, "cognito", !cases[i].set);
		assert_string_equal(all.resp.content_type,
				    ready ? "application/json" : "application/problem+json");
		assert_int_equal(all.resp.status, ready ? 0 : 503);
		services_stop(&all);
		server_stop(pool);
	}
}

static void a_result_is_kept_for_a_while(void **state)
{
	buf_auto set = BUF_INIT(SIGNING_MAX);
	struct services all;
	struct server *pool;
	int64_t started_ms;

	(void)state;
	signing_set(key, "key-1", &set);
	pool = start_all(&all,
			 PG({"users_ping", .columns = "one"}, {"users_ping", .columns = "one"}),
			 DYNAMODB({"GetItem", .body = "{}"}, {"GetItem", .body = "{}"}), set.data);
	started_ms = clock_monotonic_ms();
	for (int i = 0; i < 2; i++)
		assert_int_equal(readiness_write(&all.ctx, &all.resp), 0);
	/* unless the machine was so busy that the result was outdated */
	if (clock_monotonic_ms() - started_ms < READINESS_KEEP_MS)
		assert_int_equal(all.pg->count, 1);
	if (all.pg->count == 1) {
		clock_sleep_ms(READINESS_KEEP_MS + 10);
		assert_int_equal(readiness_write(&all.ctx, &all.resp), 0);
	}
	services_stop(&all);
	server_stop(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_three_must_answer),
		cmocka_unit_test(a_result_is_kept_for_a_while),
	};

	return cmocka_run_group_tests_name("readiness", tests, signing_open, signing_close);
}
