/* cognito_test.c - GetUser: requests, answers and errors. */
#include "aws/cognito.h"

#include <stdio.h>

#include "base/err.h"
#include "server.h"

#define TOKEN "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"

struct fixture {
	struct server *server;
	struct config config;
	struct budget budget;
	struct cognito *cognito;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->server = server_start(SCRIPT({0}));
	snprintf(f->config.cognito_endpoint, sizeof(f->config.cognito_endpoint), "%s",
		 f->server->url);
	budget_start(&f->budget, 60000);
	f->cognito = cognito_new(&f->config, &f->budget);
	assert_non_null(f->cognito);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	cognito_free(f->cognito);
	server_stop(f->server);
	free(f);
	return 0;
}

static int get_user(struct fixture *f, int status, const char *answer,
		    struct cognito_user *ret_user)
{
	server_set(f->server, SERVER_KEEP, status, answer, strlen(answer));
	/* Close the circuit breaker, which earlier cases may have opened. */
	f->budget.deps[DEP_COGNITO].open_until_ms = 0;
	f->budget.deps[DEP_COGNITO].failures = 0;
	return cognito_get_user(f->cognito, SLICE(TOKEN), ret_user);
}

static int get_attributes(struct fixture *f, const char *attributes, struct cognito_user *ret_user)
{
	char answer[8192];

	snprintf(answer, sizeof(answer), "{\"Username\":\"u\",\"UserAttributes\":%s}", attributes);
	return get_user(f, 200, answer, ret_user);
}

static void account_is_read(void **state)
{
	struct cognito_user user;

	assert_int_equal(
		get_attributes(*state,
			       "[{\"Name\":\"sub\",\"Value\":\"3c4d0b7e\"},"
			       "{\"Name\":\"email_verified\",\"Value\":\"true\"},"
			       "{\"Name\":\"preferred_username\",\"Value\":\"andrewbrown\"},"
			       "{\"Name\":\"name\",\"Value\":\"Andr\\u00e9 \xF0\x9F\x90\xA6\"},"
			       "{\"Name\":\"email\",\"Value\":\"andrew@example.org\"}]",
			       &user),
		0);
	assert_string_equal(user.subject, "3c4d0b7e");
	assert_string_equal(user.preferred_username, "andrewbrown");
	assert_string_equal(user.name, "Andr\xC3\xA9 \xF0\x9F\x90\xA6");
	assert_string_equal(user.email, "andrew@example.org");
}

static void request_matches_the_api(void **state)
{
	struct fixture *f = *state;
	struct cognito_user user;
	const char *request = f->server->requests[0];

	assert_int_equal(get_attributes(f, "[]", &user), 0);
	assert_memory_equal(request, "POST / HTTP/1.1\r\n", 17);
	assert_non_null(
		strstr(request, "\r\nX-Amz-Target: AWSCognitoIdentityProviderService.GetUser\r\n"));
	assert_non_null(strstr(request, "\r\nContent-Type: application/x-amz-json-1.1\r\n"));
	assert_null(strstr(request, "Authorization"));
	assert_string_equal(strstr(request, "\r\n\r\n") + 4, "{\"AccessToken\":\"" TOKEN "\"}");
	assert_int_equal(f->server->count, 1);
	assert_int_equal(f->budget.deps[DEP_COGNITO].calls, 1);
}

/* Attributes that are missing, not strings or have control characters are read as empty. */
static void unusable_attributes_are_empty(void **state)
{
	static const char *const missing[] = {
		"[]",
		"[null,1,\"name\",[],{}]",
		"[{\"Name\":\"name\"}]",
		"[{\"Value\":\"a\"}]",
		"[{\"Name\":\"name\",\"Value\":null}]",
		"[{\"Name\":\"name\",\"Value\":7}]",
		"[{\"Name\":\"name\",\"Value\":\"\"}]",
		"[{\"Name\":\"name\",\"Value\":\"a\\u0000b\"}]",
		"[{\"Name\":\"name\",\"Value\":\"\\u0000\"}]",
		"[{\"Name\":\"name\",\"Value\":\"a\\nb\"}]",
		"[{\"Name\":\"name\",\"Value\":\"a\\u001b[2J\"}]",
		"[{\"Name\":\"name\",\"Value\":\"a\\u007f\"}]",
		"[{\"Name\":\"name\\u0000\",\"Value\":\"a\"}]",
		"[{\"Name\":\"Name\",\"Value\":\"a\"}]",
		"[{\"Name\":\"custom:name\",\"Value\":\"a\"}]",
		"[{\"name\":\"name\",\"value\":\"a\"}]",
	};
	struct cognito_user user;

	for (size_t i = 0; i < COUNT(missing); i++) {
		memset(&user, 'x', sizeof(user));
		assert_int_equal(get_attributes(*state, missing[i], &user), 0);
		if (user.name[0] != '\0')
			fail_msg("%s", missing[i]);
		assert_string_equal(user.subject, "");
		assert_string_equal(user.preferred_username, "");
		assert_string_equal(user.email, "");
	}
}

static void attributes_have_a_limit(void **state)
{
	struct cognito_user user;
	char name[sizeof(user.name) + 1], attributes[2048];
	static const char *const format = "[{\"Name\":\"name\",\"Value\":\"%s\"},"
					  "{\"Name\":\"email\",\"Value\":\"a@example.org\"}]";

	memset(name, 'n', sizeof(name));
	name[sizeof(user.name) - 1] = '\0';
	snprintf(attributes, sizeof(attributes), format, name);
	assert_int_equal(get_attributes(*state, attributes, &user), 0);
	assert_string_equal(user.name, name);

	name[sizeof(user.name) - 1] = 'n';
	name[sizeof(user.name)] = '\0';
	snprintf(attributes, sizeof(attributes), format, name);
	assert_int_equal(get_attributes(*state, attributes, &user), 0);
	assert_string_equal(user.name, "");
	assert_string_equal(user.email, "a@example.org");
}

static void each_refusal_has_its_error(void **state)
{
#define SCOPE "Access Token does not have required scopes"
	static const struct {
		int status;
		const char *answer;
		int expected;
	} cases[] = {
		{400, "{\"__type\":\"NotAuthorizedException\",\"message\":\"" SCOPE "\"}",
		 ERR_SCOPE},
		{400, "{\"__type\":\"NotAuthorizedException\",\"Message\":\"" SCOPE ".\"}",
		 ERR_SCOPE},
		{400,
		 "{\"__type\":\"NotAuthorizedException\",\"message\":\"Access Token has been "
		 "revoked\"}",
		 ERR_DENIED},
		{400, "{\"__type\":\"NotAuthorizedException\",\"message\":null}", ERR_DENIED},
		{400, "{\"__type\":\"NotAuthorizedException\"}", ERR_DENIED},
		{400, "{\"__type\":\"com.amazonaws.cognito#NotAuthorizedException\"}", ERR_DENIED},
		{400, "{\"__type\":\"UserNotFoundException\",\"message\":\"" SCOPE "\"}",
		 ERR_DENIED},
		{400, "{\"__type\":\"UserNotConfirmedException\"}", ERR_DENIED},
		{400, "{\"__type\":\"PasswordResetRequiredException\"}", ERR_DENIED},
		{400, "{\"__type\":\"TooManyRequestsException\"}", ERR_UNAVAILABLE},
		{400, "{\"__type\":\"LimitExceededException\"}", ERR_UNAVAILABLE},
		{400, "{\"__type\":\"ThrottlingException\"}", ERR_UNAVAILABLE},
		{429, "", ERR_UNAVAILABLE},
		{500, "{\"__type\":\"InternalErrorException\"}", ERR_UNAVAILABLE},
		{400, "{\"__type\":\"InternalErrorException\"}", ERR_UNAVAILABLE},
		{500, "{\"__type\":\"NotAuthorizedException\"}", ERR_UNAVAILABLE},
		{503, "<html>", ERR_UNAVAILABLE},
		{400, "{\"__type\":\"ResourceNotFoundException\"}", ERR_INTERNAL},
		{400, "{\"__type\":\"InvalidParameterException\"}", ERR_INTERNAL},
		{400, "{\"__type\":\"NotAuthorized\"}", ERR_INTERNAL},
		{400, "{\"__type\":[\"NotAuthorizedException\"]}", ERR_INTERNAL},
		{400, "{\"__type\":\"x#\"}", ERR_INTERNAL},
		{400, "{}", ERR_INTERNAL},
		{403, "<html>", ERR_INTERNAL},
		{302, "", ERR_INTERNAL},
	};
#undef SCOPE
	struct fixture *f = *state;
	struct cognito_user user = {.subject = "untouched"};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int r = get_user(f, cases[i].status, cases[i].answer, &user);

		if (r != cases[i].expected)
			fail_msg("%d %s: %d", cases[i].status, cases[i].answer, r);
		/* The circuit breaker counts missing answers, not refusals. */
		assert_int_equal(f->budget.deps[DEP_COGNITO].failures, r == ERR_UNAVAILABLE);
	}
	assert_string_equal(user.subject, "untouched");
}

static void unreadable_answers_are_unavailable(void **state)
{
	static const char *const answers[] = {
		"",
		"<html>",
		"{}",
		"[]",
		"{\"UserAttributes\":null}",
		"{\"UserAttributes\":{}}",
		"{\"UserAttributes\":[]}x",
		"{\"UserAttributes\":[],\"UserAttributes\":[]}",
		"{\"UserAttributes\":[{\"Name\":\"sub\",\"Value\":\"\\ud800\"}]}",
	};
	struct cognito_user user;

	for (size_t i = 0; i < COUNT(answers); i++)
		if (get_user(*state, 200, answers[i], &user) != ERR_UNAVAILABLE)
			fail_msg("%s", answers[i]);
}

static void no_answer_opens_the_breaker(void **state)
{
	struct fixture *f = *state;
	static const enum server_end modes[] = {SERVER_CLOSE, SERVER_CUT};
	struct cognito_user user;

	for (size_t i = 0; i < BREAKER_FAILURES; i++) {
		server_set(f->server, modes[i % COUNT(modes)], 200, "{\"UserAttributes\":[]}", 21);
		assert_int_equal(cognito_get_user(f->cognito, SLICE(TOKEN), &user),
				 ERR_UNAVAILABLE);
	}
	assert_int_equal(f->budget.deps[DEP_COGNITO].failures, BREAKER_FAILURES);
	assert_int_not_equal(f->budget.deps[DEP_COGNITO].open_until_ms, 0);

	f->budget.deps[DEP_COGNITO].open_until_ms = INT64_MAX;
	assert_int_equal(cognito_get_user(f->cognito, SLICE(TOKEN), &user), ERR_UNAVAILABLE);
	assert_int_equal(f->server->count, BREAKER_FAILURES);

	/* The pool recovers, without a new client. */
	assert_int_equal(get_attributes(f, "[]", &user), 0);
}

static void time_is_limited_by_the_budget(void **state)
{
	struct fixture *f = *state;
	struct cognito_user user;

	server_set(f->server, SERVER_SILENT, 200, "", 0);
	budget_start(&f->budget, 200);
	assert_int_equal(cognito_get_user(f->cognito, SLICE(TOKEN), &user), ERR_UNAVAILABLE);
	budget_start(&f->budget, 0);
	assert_int_equal(cognito_get_user(f->cognito, SLICE(TOKEN), &user), ERR_OVERLOADED);
	assert_int_equal(f->budget.deps[DEP_COGNITO].calls, 0);
}

#define FIXTURE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(account_is_read),
		FIXTURE_TEST(request_matches_the_api),
		FIXTURE_TEST(unusable_attributes_are_empty),
		FIXTURE_TEST(attributes_have_a_limit),
		FIXTURE_TEST(each_refusal_has_its_error),
		FIXTURE_TEST(unreadable_answers_are_unavailable),
		FIXTURE_TEST(no_answer_opens_the_breaker),
		FIXTURE_TEST(time_is_limited_by_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
