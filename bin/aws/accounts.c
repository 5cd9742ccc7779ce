/*
 * accounts.c - cognito list-users, db update_cognito_user_ids, and the deletion of an account: the
 * accounts of the user pool.
 *
 * AWS: "ListUsers", "AdminDeleteUser", Amazon Cognito user pools API reference. Unlike GetUser,
 * which the workers call, they are signed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws/aws_error.h"
#include "aws/awsrequest.h"
#include "aws/credentials.h"
#include "base/clock.h"
#include "base/env.h"
#include "base/err.h"
#include "base/handle.h"
#include "base/note.h"
#include "command.h"
#include "json/jsonin.h"
#include "json/jsonout.h"
#include "limit.h"
#include "net/http.h"
#include "queries.h"

#define PAGE_USERS   60 /* the limit of ListUsers */
#define ATTEMPT_MS   10000
#define BACKOFF_MS   500
#define REQUEST_MAX  65536
#define ANSWER_MAX   8388608
#define SUBJECT_SIZE 256
#define PLAIN_JSON   (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* Slices are borrowed from the answer; empty if the account has no such attribute. */
struct account {
	struct slice subject, handle, status;
	json_object *all; /* the account as Cognito returned it */
};

typedef int account_use(struct aws *aws, const struct account *account, void *data);

/* --- calling Cognito ------------------------------------------------------------------------- */

struct pool {
	const struct config *config;
	const char *id;
	const char *operation;
	struct http *http;
	struct credentials *credentials;
	struct awsrequest *writer;
	struct buf answer;
	struct note problem;
};

static void close_pool(struct pool *pool)
{
	http_free(pool->http);
	credentials_free(pool->credentials);
	awsrequest_free(pool->writer);
	buf_dispose(&pool->answer);
}

/* Returns the exit status. close_pool must be called in any case. */
static int open_pool(const struct aws *aws, const char *operation, struct pool *pool)
{
	const struct awsrequest_service service = {
		.endpoint = aws->config.cognito_endpoint,
		.region = aws->config.region,
		.name = "cognito-idp",
		.target = "AWSCognitoIdentityProviderService",
		.content_type = "application/x-amz-json-1.1",
	};

	*pool = (struct pool){
		.config = &aws->config,
		.id = env_get("AWS_COGNITO_USER_POOL_ID"),
		.operation = operation,
		.http = http_new(),
		.credentials = credentials_new(aws->config.sts_endpoint),
		.writer = awsrequest_new(&service),
		.answer = BUF_INIT(ANSWER_MAX),
	};
	if (!pool->id)
		return aws_fail("AWS_COGNITO_USER_POOL_ID is not set");
	if (!pool->http || !pool->credentials || !pool->writer)
		return aws_fail("out of memory");
	return 0;
}

/* Send the operation once. Returns 0 for an answer of any status; ERR_… with pool->problem. */
static int send_once(struct pool *pool, struct slice body, int64_t timeout_ms, int *ret_status)
{
	struct http_request request = {.timeout_ms = timeout_ms};
	const int64_t now_s = clock_now_us() / 1000000;
	struct aws_keys keys;
	int r;

	r = credentials_get(pool->credentials, now_s, timeout_ms, &keys);
	if (r < 0)
		return note_fail(&pool->problem, r, "%s", credentials_problem(pool->credentials));
	r = awsrequest_sign(pool->writer, pool->operation, body, &keys, now_s, &request);
	if (r < 0)
		return note_fail(&pool->problem, r, "the request cannot be signed");
	r = http_send(pool->http, &request, &pool->answer, ret_status);
	if (r < 0)
		note_set(&pool->problem, "%s", http_problem(pool->http));
	return r;
}

/* Keep a refusal as pool->problem. Returns whether a repetition may succeed. */
static bool is_temporary(struct pool *pool, int status)
{
	struct aws_error error = {.type = ""};

	if (aws_error_read(buf_slice(&pool->answer), &error) < 0 || !error.type[0])
		memcpy(error.type, "no error type", sizeof("no error type"));
	note_set(&pool->problem, "status %d, %s %s", status, error.type, error.message);
	return status >= 500 || status == 429 ||
	       strcmp(error.type, "TooManyRequestsException") == 0 ||
	       strcmp(error.type, "ThrottlingException") == 0;
}

/* Whether the answer is the refusal of this type. */
static bool is_refusal(struct pool *pool, const char *type)
{
	struct aws_error error;

	return type && aws_error_read(buf_slice(&pool->answer), &error) == 0 &&
	       strcmp(error.type, type) == 0;
}

/*
 * Send the operation, repeating while that may help, for PATIENCE_MS. accepted: a refusal that is
 * as good as a success, or NULL. Returns the exit status.
 */
static int send_repeatedly(struct aws *aws, struct pool *pool, struct slice body,
			   const char *accepted)
{
	int64_t timeout_ms;

	budget_start(&aws->budget, PATIENCE_MS);
	while (budget_allow(&aws->budget, DEP_COGNITO, ATTEMPT_MS, &timeout_ms) == 0) {
		const int64_t started_us = clock_monotonic_us();
		int status = 0;
		int r = send_once(pool, body, timeout_ms, &status);

		budget_record(&aws->budget, OPERATION_COGNITO_OTHER, started_us,
			      r == 0 && status < 500);
		if (r == 0 && (status == 200 || is_refusal(pool, accepted)))
			return 0;
		if (r == 0 ? !is_temporary(pool, status) : r != ERR_UNAVAILABLE)
			break;
		clock_sleep_ms(arc4random_uniform(BACKOFF_MS));
	}
	return aws_fail("%s at %s: %s", pool->operation, pool->config->cognito_endpoint,
			pool->problem.text);
}

/* Get the page at `token` (len 0: the first). ret_page: owned by the caller. */
static int get_page(struct aws *aws, struct pool *pool, struct slice token, json_object **ret_page)
{
	buf_auto body = BUF_INIT(REQUEST_MAX);
	struct jsonout out;
	int status;

	jsonout_begin(&out, &body);
	jsonout_object(&out);
	jsonout_member_text(&out, "UserPoolId", pool->id);
	jsonout_member_integer(&out, "Limit", PAGE_USERS);
	if (token.len > 0)
		jsonout_member_string(&out, "PaginationToken", token);
	jsonout_object_end(&out);
	if (jsonout_end(&out) < 0)
		return aws_fail("the request cannot be written");
	status = send_repeatedly(aws, pool, buf_slice(&body), NULL);
	if (status == 0 && jsonin_object(buf_slice(&pool->answer), ret_page) < 0)
		status = aws_fail("ListUsers: the answer is not JSON");
	return status;
}

/* --- reading accounts ------------------------------------------------------------------------ */

static void read_account(json_object *object, struct account *ret)
{
	json_object *attributes;

	*ret = (struct account){SLICE(""), SLICE(""), SLICE(""), object};
	if (jsonin_string(object, "UserStatus", &ret->status) < 0)
		ret->status = SLICE("");
	if (jsonin_array(object, "Attributes", &attributes) < 0)
		return;
	for (size_t i = 0; i < json_object_array_length(attributes); i++) {
		const json_object *attribute = json_object_array_get_idx(attributes, i);
		struct slice name, value;

		if (!json_object_is_type(attribute, json_type_object) ||
		    jsonin_string(attribute, "Name", &name) < 0 ||
		    jsonin_string(attribute, "Value", &value) < 0)
			continue;
		if (slice_is(name, "sub"))
			ret->subject = value;
		else if (slice_is(name, "preferred_username"))
			ret->handle = value;
	}
}

static int use_page(struct aws *aws, const json_object *page, account_use *use, void *data)
{
	json_object *users;

	if (jsonin_array(page, "Users", &users) < 0)
		return aws_fail("ListUsers: the answer has no Users");
	for (size_t i = 0; i < json_object_array_length(users); i++) {
		json_object *object = json_object_array_get_idx(users, i);
		struct account account;
		int status;

		if (!json_object_is_type(object, json_type_object))
			return aws_fail("ListUsers: a user is not an object");
		read_account(object, &account);
		status = use(aws, &account, data);
		if (status != 0)
			return status;
	}
	return 0;
}

/* Call `use` for every account of the pool. Returns the exit status. */
static int each_account(struct aws *aws, account_use *use, void *data)
{
	struct slice token = {0};
	json_object *page = NULL;
	struct pool pool;
	int status;

	status = open_pool(aws, "ListUsers", &pool);
	while (status == 0) {
		json_object *next = NULL;
		struct slice next_token = {0};

		status = get_page(aws, &pool, token, &next);
		if (status == 0)
			status = use_page(aws, next, use, data);
		if (status == 0 && jsonin_string(next, "PaginationToken", &next_token) == 0 &&
		    slice_equal(next_token, token))
			status = aws_fail("ListUsers: a page leads to itself");
		json_object_put(page);
		page = next;
		token = next_token;
		if (token.len == 0)
			break;
	}
	json_object_put(page);
	close_pool(&pool);
	return status;
}

/* --- deleting an account -----------------------------------------------------------------------
 */

int cognito_delete_account(struct aws *aws, const char *subject)
{
	buf_auto body = BUF_INIT(REQUEST_MAX);
	struct jsonout out;
	struct pool pool;
	int status;

	status = open_pool(aws, "AdminDeleteUser", &pool);
	jsonout_begin(&out, &body);
	jsonout_object(&out);
	jsonout_member_text(&out, "UserPoolId", pool.id);
	jsonout_member_text(&out, "Username", subject);
	jsonout_object_end(&out);
	if (status == 0 && jsonout_end(&out) < 0)
		status = aws_fail("the request cannot be written");
	if (status == 0)
		status = send_repeatedly(aws, &pool, buf_slice(&body), "UserNotFoundException");
	close_pool(&pool);
	return status;
}

/* --- cognito list-users ---------------------------------------------------------------------- */

static int print_account(struct aws *aws, const struct account *account, void *data)
{
	(void)data;
	if (aws->json)
		puts(json_object_to_json_string_ext(account->all, PLAIN_JSON));
	else
		printf("%-*.*s  %.*s  %.*s\n", LIMIT_HANDLE_MAX, (int)account->handle.len,
		       account->handle.ptr, (int)account->subject.len, account->subject.ptr,
		       (int)account->status.len, account->status.ptr);
	return 0;
}

int cognito_list_users(struct aws *aws)
{
	return each_account(aws, print_account, NULL);
}

/* --- db update_cognito_user_ids -------------------------------------------------------------- */

struct link {
	char handle[LIMIT_HANDLE_MAX + 1], subject[SUBJECT_SIZE];
	bool confirmed;
};

struct links {
	struct link *links;
	size_t count, max;
	size_t filled; /* accounts that were given to their users */
	bool refused;  /* at least one was not, and is reported */
};

/* Accounts without a valid handle and a subject are skipped. */
static int add_link(struct aws *aws, const struct account *account, void *data)
{
	struct links *links = data;
	struct link *link;

	(void)aws;
	if (links->count == links->max) {
		size_t max = links->max > 0 ? 2 * links->max : PAGE_USERS;

		link = reallocarray(links->links, max, sizeof(*link));
		if (!link)
			return aws_fail("out of memory");
		links->links = link;
		links->max = max;
	}
	link = &links->links[links->count];
	if (!handle_valid(account->handle) || account->subject.len == 0 ||
	    !slice_copy(account->handle, link->handle, sizeof(link->handle)) ||
	    !slice_copy(account->subject, link->subject, sizeof(link->subject)))
		return 0;
	link->confirmed = !slice_is(account->status, "UNCONFIRMED");
	links->count++;
	return 0;
}

static int compare_links(const void *a, const void *b)
{
	const struct link *one = a, *other = b;

	return strcasecmp(one->handle, other->handle);
}

/* Report why an account is not given to its user. */
static void refuse(struct links *links, const char *handle, const char *why)
{
	aws_fail("%s: %s", handle, why);
	links->refused = true;
}

/*
 * Give an account to its user. `same` accounts from `link` on have the same handle. Anyone can set
 * their preferred_username, so it counts only if exactly one account has it and is confirmed.
 * Returns the exit status: 1 when PostgreSQL fails.
 */
static int fill(struct aws *aws, struct links *links, const struct link *link, size_t same)
{
	const char *values[] = {link->handle, link->subject};
	pg_result_auto *result = NULL;
	int r;

	if (same == 1 && !link->confirmed)
		return 0;
	budget_start(&aws->budget, PATIENCE_MS);
	if (same > 1)
		r = db_query(aws->db, &query_users_without_subject, 1, values, &result);
	else
		r = db_query(aws->db, &query_users_set_subject, 2, values, &result);
	if (r == ERR_CONFLICT) {
		refuse(links, link->handle, "another user has the subject of this account");
		return 0;
	}
	if (r < 0)
		return aws_db_failed(aws);
	if (PQntuples(result) == 0)
		return 0;
	if (same > 1) {
		refuse(links, link->handle, "several accounts have this handle; none is taken");
		return 0;
	}
	printf("%s: %s\n", link->handle, link->subject);
	links->filled++;
	return 0;
}

int db_update_cognito_user_ids(struct aws *aws)
{
	struct links links = {0};
	int status;

	status = each_account(aws, add_link, &links);
	if (status == 0 && links.count > 0)
		qsort(links.links, links.count, sizeof(*links.links), compare_links);
	for (size_t i = 0, same; status == 0 && i < links.count; i += same) {
		for (same = 1; i + same < links.count &&
			       compare_links(&links.links[i], &links.links[i + same]) == 0;)
			same++;
		status = fill(aws, &links, &links.links[i], same);
	}
	if (status == 0)
		printf("%zu of %zu accounts given to users without a subject\n", links.filled,
		       links.count);
	free(links.links);
	return status != 0 || links.refused;
}
