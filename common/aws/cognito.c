/* cognito.c - see cognito.h. */
#include "aws/cognito.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "identity/jwt.h"
#include "net/http.h"
#include "json/jsonin.h"
#include "json/jsonout.h"

#define GET_USER_MS	 2000
#define BODY_BYTES_MAX	 (2 * JWT_MAX)
#define ANSWER_BYTES_MAX (64 * 1024) /* 2 KiB at most per attribute, a few dozen of them */

struct cognito {
	const struct config *config;
	struct budget *budget;
	struct http *http;
	char problem[256];
};

/* What Cognito refuses, by the error's type. Any other: it is our request that is wrong. */
static const struct {
	const char *type;
	int err;
} refusals[] = {
	{"NotAuthorizedException", ERR_DENIED},
	{"UserNotFoundException", ERR_DENIED},
	{"UserNotConfirmedException", ERR_DENIED},
	{"PasswordResetRequiredException", ERR_DENIED},
	{"TooManyRequestsException", ERR_UNAVAILABLE},
	{"LimitExceededException", ERR_UNAVAILABLE},
	{"ThrottlingException", ERR_UNAVAILABLE},
	{"InternalErrorException", ERR_UNAVAILABLE},
};

/* A missing scope has no type of its own, only a message. */
static bool lacks_scope(const json_object *answer)
{
	static const char begins[] = "Access Token does not have required scopes";
	struct slice message;

	if (jsonin_string(answer, "message", &message) < 0 &&
	    jsonin_string(answer, "Message", &message) < 0)
		return false;
	return message.len >= sizeof(begins) - 1 &&
	       memcmp(message.ptr, begins, sizeof(begins) - 1) == 0;
}

static int read_refusal(struct slice body)
{
	json_auto *answer = NULL;
	struct slice type;
	const char *hash;

	if (jsonin_object(body, &answer) < 0 || jsonin_string(answer, "__type", &type) < 0)
		return ERR_INTERNAL;
	/* The type may come with its namespace, com.amazonaws.….#Type. */
	hash = type.len > 0 ? memchr(type.ptr, '#', type.len) : NULL;
	if (hash)
		type = (struct slice){hash + 1, type.len - (size_t)(hash + 1 - type.ptr)};

	if (slice_is(type, "NotAuthorizedException") && lacks_scope(answer))
		return ERR_SCOPE;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (slice_is(type, refusals[i].type))
			return refusals[i].err;
	return ERR_INTERNAL;
}

/* Keep one attribute if it is ours; a value that is no name at all leaves its place empty. */
static void read_attribute(const json_object *attribute, struct cognito_user *user)
{
	const struct {
		const char *name;
		char *value;
		size_t size;
	} places[] = {
		{"sub", user->subject, sizeof(user->subject)},
		{"preferred_username", user->preferred_username, sizeof(user->preferred_username)},
		{"name", user->name, sizeof(user->name)},
		{"email", user->email, sizeof(user->email)},
	};
	struct slice name, value;

	if (!json_object_is_type(attribute, json_type_object) ||
	    jsonin_string(attribute, "Name", &name) < 0 ||
	    jsonin_string(attribute, "Value", &value) < 0)
		return;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (slice_is(name, places[i].name))
			(void)jwt_copy_name(value, places[i].size, places[i].value);
}

/* An answer that cannot be read is as good as none. */
static int read_user(struct slice body, struct cognito_user *ret_user)
{
	json_auto *answer = NULL;
	json_object *attributes;
	struct cognito_user user = {0};

	if (jsonin_object(body, &answer) < 0 ||
	    jsonin_array(answer, "UserAttributes", &attributes) < 0)
		return ERR_UNAVAILABLE;
	for (size_t i = 0; i < json_object_array_length(attributes); i++)
		read_attribute(json_object_array_get_idx(attributes, i), &user);
	*ret_user = user;
	return 0;
}

static int ask(struct cognito *cognito, struct slice body, int64_t timeout_ms,
	       struct cognito_user *ret_user)
{
	const struct http_request request = {
		.method = "POST",
		.url = cognito->config->cognito_endpoint,
		.headers = {"Content-Type: application/x-amz-json-1.1",
			    "X-Amz-Target: AWSCognitoIdentityProviderService.GetUser"},
		.body = body,
		.timeout_ms = timeout_ms,
	};
	struct http_response response;
	buf_auto answer = BUF_INIT(ANSWER_BYTES_MAX);
	int r;

	r = http_send(cognito->http, &request, &answer, &response);
	if (r < 0) {
		snprintf(cognito->problem, sizeof(cognito->problem), "%s",
			 http_problem(cognito->http));
		return r;
	}
	if (response.status != 200)
		snprintf(cognito->problem, sizeof(cognito->problem), "GetUser: status %d",
			 response.status);
	if (response.status == 429 || response.status >= 500)
		return ERR_UNAVAILABLE;
	if (response.status != 200)
		return read_refusal(buf_slice(&answer));
	return read_user(buf_slice(&answer), ret_user);
}

int cognito_get_user(struct cognito *cognito, struct slice jwt, struct cognito_user *ret_user)
{
	buf_auto body = BUF_INIT(BODY_BYTES_MAX);
	int64_t timeout_ms, started_us;
	struct jsonout out;
	int r;

	jsonout_begin(&out, &body);
	jsonout_object(&out);
	jsonout_member_string(&out, "AccessToken", jwt);
	jsonout_object_end(&out);
	r = jsonout_end(&out);
	if (r < 0)
		return r;

	r = budget_allow(cognito->budget, DEP_COGNITO, GET_USER_MS, &timeout_ms);
	if (r < 0)
		return r;
	started_us = clock_monotonic_us();
	cognito->problem[0] = '\0';
	r = ask(cognito, buf_slice(&body), timeout_ms, ret_user);
	budget_record(cognito->budget, OPERATION_GET_USER, started_us, r != ERR_UNAVAILABLE);
	return r;
}

const char *cognito_id(const struct cognito *cognito)
{
	return http_id(cognito->http);
}

const char *cognito_problem(const struct cognito *cognito)
{
	return cognito->problem;
}

struct cognito *cognito_new(const struct config *config, struct budget *budget)
{
	struct cognito *cognito = calloc(1, sizeof(*cognito));

	if (!cognito)
		return NULL;
	cognito->config = config;
	cognito->budget = budget;
	cognito->http = http_new();
	if (!cognito->http) {
		free(cognito);
		return NULL;
	}
	return cognito;
}

void cognito_free(struct cognito *cognito)
{
	if (!cognito)
		return;
	http_free(cognito->http);
	free(cognito);
}
