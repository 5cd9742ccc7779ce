/* cognito.c - see cognito.h. */
#include "aws/cognito.h"

#include <stdlib.h>

#include "aws/aws_error.h"
#include "aws/awsrequest.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/note.h"
#include "base/text.h"
#include "identity/jwt.h"
#include "json/jsonin.h"
#include "json/jsonout.h"
#include "net/http.h"

#define GET_USER_MS	 2000
#define BODY_BYTES_MAX	 (2 * JWT_MAX)
#define ANSWER_BYTES_MAX (64 * 1024) /* a few dozen attributes of 2 KiB at most */

struct cognito {
	const struct config *config;
	struct budget *budget;
	struct http *http;
	struct note problem;
};

/* Cognito's errors. Any other type means that our request is wrong: ERR_INTERNAL. */
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
static bool lacks_scope(const struct aws_error *error)
{
	return strcmp(error->type, "NotAuthorizedException") == 0 &&
	       slice_begins(slice_of(error->message), "Access Token does not have required scopes");
}

static int read_refusal(struct slice body)
{
	struct aws_error error;
	int r;

	r = aws_error_read(body, &error);
	if (r < 0)
		return r == ERR_NO_MEMORY ? r : ERR_INTERNAL;
	if (lacks_scope(&error))
		return ERR_SCOPE;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(error.type, refusals[i].type) == 0)
			return refusals[i].err;
	return ERR_INTERNAL;
}

/* Copy the value of one attribute if it belongs to `user`. */
static void read_attribute(const json_object *attribute, struct cognito_user *user)
{
	const struct {
		const char *name;
		char *value;
		size_t size;
	} attributes[] = {
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
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (slice_is(name, attributes[i].name))
			text_copy_name(text_trim(value), attributes[i].value, attributes[i].size);
}

/* Returns 0; ERR_UNAVAILABLE when the answer cannot be read. */
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

/* Send `body` and read the answer. Returns as cognito_get_user. */
static int get_user(struct cognito *cognito, struct slice body, int64_t timeout_ms,
		    struct cognito_user *ret_user)
{
	const struct http_request request = {
		.method = "POST",
		.url = cognito->config->cognito_endpoint,
		.headers = {"Content-Type: application/x-amz-json-1.1",
			    "X-Amz-Target: AWSCognitoIdentityProviderService.GetUser"},
		.body = body,
		.timeout_ms = timeout_ms,
		.wanted = {AWSREQUEST_ID_HEADER},
	};
	buf_auto answer = BUF_INIT(ANSWER_BYTES_MAX);
	int status, r;

	r = http_send(cognito->http, &request, &answer, &status);
	if (r < 0)
		return note_fail(&cognito->problem, r, "%s", http_problem(cognito->http));
	if (status == 200)
		return read_user(buf_slice(&answer), ret_user);
	note_set(&cognito->problem, "GetUser: status %d", status);
	if (status == 429 || status >= 500)
		return ERR_UNAVAILABLE;
	return read_refusal(buf_slice(&answer));
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
	note_clear(&cognito->problem);
	r = get_user(cognito, buf_slice(&body), timeout_ms, ret_user);
	budget_record(cognito->budget, OPERATION_GET_USER, started_us, r != ERR_UNAVAILABLE);
	return r;
}

const char *cognito_request_id(const struct cognito *cognito)
{
	const char *id = http_header(cognito->http, AWSREQUEST_ID_HEADER);

	return id ? id : "";
}

const char *cognito_problem(const struct cognito *cognito)
{
	return cognito->problem.text;
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
