/* caller.c - see caller.h. */
#include "web/caller.h"

#include <string.h>
#include <strings.h>

#include "aws/cognito.h"
#include "base/cache.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/handle.h"
#include "base/text.h"
#include "db/db.h"
#include "identity/token.h"
#include "limit.h"
#include "queries.h"
#include "web/problem.h"

/*
 * The bearer token of the Authorization header (RFC 6750 §2.1).
 * Returns 0; PROBLEM_TOKEN_MISSING; PROBLEM_AUTHORIZATION_INVALID.
 */
static int bearer_token(const struct req *req, struct slice *ret_jwt)
{
	static const char scheme[] = "Bearer ";
	struct slice header;
	int r;

	r = req_header_once(req, "HTTP_AUTHORIZATION", &header);
	if (r == ERR_NOT_FOUND)
		return PROBLEM_TOKEN_MISSING;
	/* A server may join two headers by a comma, which no token contains. */
	if (r < 0 || memchr(header.ptr, ',', header.len))
		return PROBLEM_AUTHORIZATION_INVALID;
	if (strncasecmp(header.ptr, scheme, sizeof(scheme) - 1) != 0)
		return PROBLEM_TOKEN_MISSING;
	header = slice_from(header, sizeof(scheme) - 1);
	*ret_jwt = slice_from(header, strspn(header.ptr, " "));
	return 0;
}

/* Returns 0; ERR_NOT_FOUND when no person has this subject. */
static int uuid_by_sub(struct db *db, const char *subject, char ret_uuid[UUID_SIZE])
{
	const char *values[] = {subject};
	pg_result_auto *result = NULL;
	int r;

	r = db_query(db, &query_users_by_sub, 1, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	return uuid_parse(db_value(result, 0, 0), ret_uuid) < 0 ? ERR_INTERNAL : 0;
}

/* Ask Cognito for the account of `jwt`. Returns 0; a problem of the token; as cognito_get_user. */
static int get_account(struct ctx *ctx, struct slice jwt, const char *subject,
		       struct cognito_user *ret_account)
{
	int r;

	r = cognito_get_user(ctx->cognito, jwt, ret_account);
	if (r == ERR_SCOPE)
		return PROBLEM_SCOPE;
	if (r == ERR_DENIED || (r == 0 && strcmp(ret_account->subject, subject) != 0))
		return PROBLEM_TOKEN_INVALID;
	return r;
}

/* The account's name if it can be shown; otherwise its handle. */
static struct slice display_name_of(const struct cognito_user *account)
{
	struct slice name = text_trim(slice_of(account->name));

	if (name.len == 0 || text_length(name) > LIMIT_DISPLAY_NAME ||
	    text_has_control(name, false))
		return slice_of(account->preferred_username);
	return name;
}

/*
 * Insert the users row of a new account. The e-mail address may be missing; it never identifies a
 * person.
 */
static int register_account(struct ctx *ctx, struct slice jwt, const char *subject,
			    char ret_uuid[UUID_SIZE])
{
	struct cognito_user account;
	char display_name[LIMIT_DISPLAY_NAME * 4 + 1];
	const char *values[] = {subject, account.preferred_username, display_name, account.email};
	pg_result_auto *result = NULL;
	int r;

	r = get_account(ctx, jwt, subject, &account);
	if (r < 0)
		return r;
	if (!account.preferred_username[0])
		return PROBLEM_HANDLE_MISSING;
	if (!handle_valid(slice_of(account.preferred_username)))
		return PROBLEM_HANDLE_INVALID;
	if (!slice_copy(display_name_of(&account), display_name, sizeof(display_name)))
		return ERR_INTERNAL;
	if (!account.email[0])
		values[3] = NULL;

	r = db_query(ctx->db, &query_users_register, 4, values, &result);
	if (r < 0)
		return r;
	/*
	 * Nothing is inserted after a concurrent first request of the same account. When this
	 * subject still has no row, another person has the handle.
	 */
	r = uuid_by_sub(ctx->db, subject, ret_uuid);
	return r == ERR_NOT_FOUND ? PROBLEM_HANDLE_TAKEN : r;
}

/* Find the person of `subject`; `may_register`: insert a row for a new account. */
static int find_caller(struct ctx *ctx, struct slice jwt, const char *subject, bool may_register,
		       struct caller *ret_caller)
{
	const char *known = cache_get(ctx->users, subject);
	int r;

	if (known) {
		memcpy(ret_caller->uuid, known, UUID_SIZE);
		return 0;
	}
	r = uuid_by_sub(ctx->db, subject, ret_caller->uuid);
	if (r == ERR_NOT_FOUND && !may_register)
		return 0;
	if (r == ERR_NOT_FOUND)
		r = register_account(ctx, jwt, subject, ret_caller->uuid);
	if (r == 0)
		cache_put(ctx->users, subject, ret_caller->uuid);
	return r;
}

int caller_authenticate(struct ctx *ctx, enum auth auth, struct req *req)
{
	struct caller caller = {.uuid = ""};
	struct token token;
	struct slice jwt;
	int r;

	req->caller = caller;
	if (auth == AUTH_NONE || (auth == AUTH_OPTIONAL && !req_env(req, "HTTP_AUTHORIZATION")))
		return 0;
	r = bearer_token(req, &jwt);
	if (r < 0)
		return r;
	r = token_verify(ctx->tokens, jwt, clock_now_us() / 1000000, &token);
	if (r < 0)
		return r == ERR_DENIED ? PROBLEM_TOKEN_INVALID : r;
	r = find_caller(ctx, jwt, token.subject, auth == AUTH_REQUIRED, &caller);
	if (r == 0)
		req->caller = caller;
	return r;
}
