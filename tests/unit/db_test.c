/* db_test.c - connections, prepared statements, and what the errors of PostgreSQL mean. */
#include "services.h"

#include "base/clock.h"
#include "base/err.h"
#include "db/db.h"
#include "queries.h"

#define PING  "users_ping"
#define PONG  .columns = "one", .rows = "1"
#define READ  "users_by_sub|x"
#define FOUND .columns = "uuid", .rows = "u"
#define WRITE "quotas_give_back|x"

static int query(struct services *all, const struct query *what, int count)
{
	pg_result_auto *result = NULL;

	return db_query(all->ctx.db, what, count, (const char *[]){"x"}, &result);
}

static int ping(struct services *all)
{
	return query(all, &query_users_ping, 0);
}

static void a_statement_is_prepared_once(void **state)
{
	pg_result_auto *result = NULL;
	struct services all;

	(void)state;
	services_start(&all, PG({PING, PONG}, {READ, FOUND}, {PING, PONG}), DYNAMODB_NONE);
	assert_string_equal(db_backend_pid(all.ctx.db), "");
	assert_int_equal(ping(&all), 0);
	assert_string_equal(all.pg->text, query_users_ping.text);
	assert_int_equal(db_query(all.ctx.db, &query_users_by_sub, 1, (const char *[]){"x"},
				  &result),
			 0);
	assert_true(slice_is(db_value(result, 0, 0), "u"));
	assert_int_equal(ping(&all), 0);
	assert_int_equal(all.pg->prepared, 2);
	assert_int_equal(all.pg->connections, 1);
	assert_string_equal(db_backend_pid(all.ctx.db), "1001");
	assert_string_equal(db_problem(all.ctx.db), "");
	assert_int_equal(all.ctx.budget.deps[DEP_DB].calls, 3);
	services_stop(&all);
}

static void a_connection_has_its_settings(void **state)
{
	char options[64];
	const char *const settings[] = {"user=u ", "database=cruddur ", "application_name=cruddur ",
					"client_encoding=UTF8 ", options};
	struct services all;

	(void)state;
	snprintf(options, sizeof(options), "options=-c statement_timeout=%d -c timezone=UTC ",
		 BUDGET_CALL_MS);
	services_start(&all, PG({PING, PONG}), DYNAMODB_NONE);
	assert_int_equal(ping(&all), 0);
	for (size_t i = 0; i < COUNT(settings); i++)
		assert_non_null(strstr(all.pg->startup, settings[i]));
	services_stop(&all);
}

static void behind_a_pooler_nothing_is_kept(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({.call = "", PONG}, {.call = "|x", FOUND}, {.call = "", PONG}),
		       DYNAMODB_NONE);
	all.ctx.config.prepare = false;
	all.pg->read_only = true; /* of the server that the pooler asked first */
	assert_int_equal(ping(&all), 0);
	assert_int_equal(query(&all, &query_users_by_sub, 1), 0);
	assert_string_equal(all.pg->text, query_users_by_sub.text);
	assert_int_equal(ping(&all), 0);
	assert_int_equal(all.pg->prepared, 3);
	assert_null(strstr(all.pg->startup, "options="));
	services_stop(&all);
}

/* The meaning of an SQLSTATE as the answer to the second statement of a connection. */
static const struct {
	const char *state;
	int err;
	bool read_again, write_again, kept;
} states[] = {
	{"40001", ERR_UNAVAILABLE, true, true, false},
	{"40P01", ERR_UNAVAILABLE, true, true, false},
	{"0A000", ERR_UNAVAILABLE, true, true, false},
	{"25006", ERR_UNAVAILABLE, true, true, false},
	{"42P05", ERR_UNAVAILABLE, true, true, false},
	{"08006", ERR_UNAVAILABLE, true, false, false},
	{"53300", ERR_UNAVAILABLE, true, false, false},
	{"57P01", ERR_UNAVAILABLE, true, false, false},
	{"26000", ERR_UNAVAILABLE, true, false, false},
	{"57014", ERR_UNAVAILABLE, false, false, true},
	{"23505", ERR_CONFLICT, false, false, true},
	{"23503", ERR_REFERENCE, false, false, true},
	{"QUOTA", ERR_QUOTA, false, false, true},
	{"23514", ERR_INTERNAL, false, false, true},
	{"42601", ERR_INTERNAL, false, false, true},
};

/* Run a statement that fails so, again if it is repeated, and a last one. */
static void check_state(size_t i, bool read)
{
	const char *call = read ? READ : WRITE;
	bool again = read ? states[i].read_again : states[i].write_again;
	const struct pgserver_step steps[] = {
		{PING, PONG},
		{.call = call, .state = states[i].state, .message = "why"},
		{.call = again ? call : PING, PONG},
		{PING, PONG},
	};
	char problem[32];
	struct services all;

	services_start(&all, steps, again ? 4 : 3, DYNAMODB_NONE);
	assert_int_equal(ping(&all), 0);
	assert_int_equal(query(&all, read ? &query_users_by_sub : &query_quotas_give_back, 1),
			 again ? 0 : states[i].err);
	snprintf(problem, sizeof(problem), "%s: why", states[i].state);
	assert_string_equal(db_problem(all.ctx.db), problem);
	assert_int_equal(ping(&all), 0);
	assert_string_equal(db_problem(all.ctx.db), "");
	assert_int_equal(all.pg->connections, states[i].kept ? 1 : 2);
	services_stop(&all);
}

static void each_sqlstate_has_its_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(states); i++) {
		check_state(i, true);
		check_state(i, false);
	}
}

static void a_statement_is_repeated_once(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({WRITE, .state = "40001"}, {WRITE, .state = "40001"},
			  {READ, .end = PG_CLOSE}, {PING, PONG}, {READ, .end = PG_CLOSE},
			  {READ, .end = PG_CLOSE}),
		       DYNAMODB_NONE);
	assert_int_equal(query(&all, &query_quotas_give_back, 1), ERR_UNAVAILABLE);
	/* on a new connection, a loss is not repeated */
	assert_int_equal(query(&all, &query_users_by_sub, 1), ERR_UNAVAILABLE);
	assert_int_equal(ping(&all), 0);
	all.ctx.budget.deps[DEP_DB].failures = 0;
	assert_int_equal(query(&all, &query_users_by_sub, 1), ERR_UNAVAILABLE);
	assert_int_equal(all.ctx.budget.deps[DEP_DB].failures, 1);
	services_stop(&all);
}

static void only_a_read_survives_a_lost_connection(void **state)
{
	static const enum pgserver_end ends[] = {PG_CLOSE, PG_CUT};

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct services all;

		services_start(&all,
			       PG({PING, PONG}, {READ, FOUND, .end = ends[i]}, {READ, FOUND},
				  {WRITE, FOUND, .end = ends[i]}, {PING, PONG}),
			       DYNAMODB_NONE);
		assert_int_equal(ping(&all), 0);
		assert_int_equal(query(&all, &query_users_by_sub, 1), 0);
		assert_string_equal(db_backend_pid(all.ctx.db), "1002");
		assert_int_equal(query(&all, &query_quotas_give_back, 1), ERR_UNAVAILABLE);
		assert_true(strlen(db_problem(all.ctx.db)) > strlen("connection: "));
		assert_int_equal(ping(&all), 0);
		assert_int_equal(all.pg->connections, 3);
		services_stop(&all);
	}
}

static void a_connection_that_died_idle_is_replaced(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({PING, PONG, .end = PG_CLOSE_AFTER}, {.call = WRITE},
			  {PING, PONG, .end = PG_CLOSE_AFTER}, {READ, FOUND}),
		       DYNAMODB_NONE);
	assert_int_equal(ping(&all), 0);
	pgserver_await_close(all.pg, 1);
	assert_int_equal(query(&all, &query_quotas_give_back, 1), 0);
	assert_int_equal(ping(&all), 0);
	pgserver_await_close(all.pg, 2);
	assert_int_equal(query(&all, &query_users_by_sub, 1), 0);
	assert_int_equal(all.pg->connections, 3);
	services_stop(&all);
}

static void a_silent_server_is_not_asked_again(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({PING, PONG}, {READ, .end = PG_SILENT}, {PING, PONG}),
		       DYNAMODB_NONE);
	assert_int_equal(ping(&all), 0);
	assert_int_equal(query(&all, &query_users_by_sub, 1), ERR_UNAVAILABLE);
	assert_string_equal(db_problem(all.ctx.db), "PostgreSQL: no answer in time");
	assert_int_equal(all.ctx.budget.deps[DEP_DB].failures, 1);
	assert_int_equal(ping(&all), 0);
	assert_int_equal(all.ctx.budget.deps[DEP_DB].failures, 0);
	assert_int_equal(all.pg->connections, 2);
	services_stop(&all);
}

static void without_time_or_while_open_nothing_is_sent(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({PING, PONG}), DYNAMODB_NONE);
	budget_start(&all.ctx.budget, 0);
	assert_int_equal(ping(&all), ERR_OVERLOADED);
	budget_start(&all.ctx.budget, 60000);
	all.ctx.budget.deps[DEP_DB].open_until_ms = clock_monotonic_ms() + 60000;
	assert_int_equal(ping(&all), ERR_UNAVAILABLE);
	all.ctx.budget.deps[DEP_DB].open_until_ms = 0;
	assert_int_equal(ping(&all), 0);
	services_stop(&all);
}

static void a_server_that_only_reads_is_refused(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({PING, PONG}), DYNAMODB_NONE);
	all.pg->read_only = true;
	assert_int_equal(ping(&all), ERR_UNAVAILABLE);
	assert_non_null(strstr(db_problem(all.ctx.db), "read-only"));
	all.pg->read_only = false;
	all.pg->refusal = "57P03";
	assert_int_equal(ping(&all), ERR_UNAVAILABLE);
	assert_memory_equal(db_problem(all.ctx.db), "connect: ", 9);
	all.pg->refusal = NULL;
	assert_int_equal(ping(&all), 0);
	services_stop(&all);
}

static void the_next_server_is_tried(void **state)
{
	char unused[64], url[192];
	struct services all;

	(void)state;
	services_start(&all, PG({PING, PONG}, {PING, PONG}), DYNAMODB_NONE);
	server_unused_url(unused);
	snprintf(url, sizeof(url), "postgresql://u@%s,%s", unused + strlen("http://"),
		 all.pg->url + strlen("postgresql://u@"));
	db_free(all.ctx.db);
	all.ctx.config.connection_url = url;
	all.ctx.db = db_new(&all.ctx.config, &all.ctx.budget);
	assert_non_null(all.ctx.db);
	assert_int_equal(ping(&all), 0);
	assert_int_equal(ping(&all), 0);
	services_stop(&all);
}

static void a_statement_that_cannot_be_prepared(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"prepare " PING, .state = "42P05"}, {PING, PONG},
			  {"prepare users_by_sub", .state = "42601"}, {READ, FOUND},
			  {"prepare quotas_give_back", .end = PG_CLOSE}),
		       DYNAMODB_NONE);
	assert_int_equal(ping(&all), 0);
	assert_int_equal(all.pg->connections, 2);
	assert_int_equal(query(&all, &query_users_by_sub, 1), ERR_INTERNAL);
	assert_int_equal(query(&all, &query_users_by_sub, 1), 0);
	assert_int_equal(query(&all, &query_quotas_give_back, 1), ERR_UNAVAILABLE);
	services_stop(&all);
}

static void an_answer_is_received_later(void **state)
{
	pg_result_auto *result = NULL;
	pg_result_auto *again = NULL;
	struct services all;

	(void)state;
	services_start(&all,
		       PG({READ, FOUND}, {READ, .columns = "uuid", .rows = "v"},
			  {READ, .end = PG_CLOSE}, {READ, FOUND}),
		       DYNAMODB_NONE);
	/* the first one cannot be sent before there is a connection */
	db_send(all.ctx.db, &query_users_by_sub, 1, (const char *[]){"x"});
	assert_int_equal(all.pg->connections, 0);
	assert_int_equal(query(&all, &query_users_by_sub, 1), 0);
	db_send(all.ctx.db, &query_users_by_sub, 1, (const char *[]){"x"});
	assert_int_equal(db_receive(all.ctx.db, &result), 0);
	assert_true(slice_is(db_value(result, 0, 0), "v"));
	assert_int_equal(all.pg->connections, 1);
	db_send(all.ctx.db, &query_users_by_sub, 1, (const char *[]){"x"});
	assert_int_equal(db_receive(all.ctx.db, &again), 0);
	assert_int_equal(all.pg->connections, 2);
	services_stop(&all);
}

static void an_answer_that_is_not_received_is_dropped(void **state)
{
	pg_result_auto *result = NULL;
	struct services all;

	(void)state;
	services_start(&all,
		       PG({READ, FOUND}, {READ, .columns = "uuid", .rows = "dropped"}, {PING, PONG},
			  {READ, .columns = "uuid", .rows = "w"}, {READ, .end = PG_CLOSE},
			  {PING, PONG}),
		       DYNAMODB_NONE);
	assert_int_equal(query(&all, &query_users_by_sub, 1), 0);
	db_send(all.ctx.db, &query_users_by_sub, 1, (const char *[]){"x"});
	assert_int_equal(ping(&all), 0);
	assert_int_equal(db_receive(all.ctx.db, &result), 0);
	assert_true(slice_is(db_value(result, 0, 0), "w"));
	assert_int_equal(all.pg->connections, 1);
	/* a lost answer costs the connection, not the next statement */
	db_send(all.ctx.db, &query_users_by_sub, 1, (const char *[]){"x"});
	assert_int_equal(ping(&all), 0);
	assert_int_equal(all.pg->connections, 2);
	services_stop(&all);
}

static void values_are_read(void **state)
{
	pg_result_auto *result = NULL;
	struct services all;

	(void)state;
	services_start(&all,
		       PG({READ, .columns = "a b c d",
			   .rows = "-9223372036854775808|9223372036854775807|0|\\N"}),
		       DYNAMODB_NONE);
	assert_int_equal(db_query(all.ctx.db, &query_users_by_sub, 1, (const char *[]){"x"},
				  &result),
			 0);
	assert_true(db_integer(result, 0, 0) == INT64_MIN);
	assert_true(db_integer(result, 0, 1) == INT64_MAX);
	assert_true(db_integer(result, 0, 2) == 0);
	assert_false(db_null(result, 0, 2));
	assert_true(db_null(result, 0, 3));
	assert_int_equal(db_value(result, 0, 3).len, 0);
	assert_true(db_integer_of(SLICE("-12")) == -12);
	services_stop(&all);
	db_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_is_prepared_once),
		cmocka_unit_test(a_connection_has_its_settings),
		cmocka_unit_test(behind_a_pooler_nothing_is_kept),
		cmocka_unit_test(each_sqlstate_has_its_meaning),
		cmocka_unit_test(a_statement_is_repeated_once),
		cmocka_unit_test(only_a_read_survives_a_lost_connection),
		cmocka_unit_test(a_connection_that_died_idle_is_replaced),
		cmocka_unit_test(a_silent_server_is_not_asked_again),
		cmocka_unit_test(without_time_or_while_open_nothing_is_sent),
		cmocka_unit_test(a_server_that_only_reads_is_refused),
		cmocka_unit_test(the_next_server_is_tried),
		cmocka_unit_test(a_statement_that_cannot_be_prepared),
		cmocka_unit_test(an_answer_is_received_later),
		cmocka_unit_test(an_answer_that_is_not_received_is_dropped),
		cmocka_unit_test(values_are_read),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
