/* caller.c - see caller.h. */
#include "web/caller.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "aws/cognito.h"
#include "base/cache.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/handle.h"
#include "base/name.h"
#include "base/text.h"
#include "db/db.h"
#include "identity/token.h"
#include "limit.h"
#include "queries.h"
#include "web/problem.h"

#define KNOWN_US   1000000 /* a person who was found is not looked up again for so long */
#define REFUSED_US 2000000 /* GetUser is not asked again about a token that was refused */

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

/*
 * Returns 0; ERR_NOT_FOUND when no person has this subject; PROBLEM_ACCOUNT_SUSPENDED;
 * PROBLEM_TOKEN_INVALID when it belonged to somebody who has deleted the account.
 */
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
	if (db_null(result, PQntuples(result) - 1, 0))
		return PROBLEM_TOKEN_INVALID;
	if (!db_null(result, 0, 1))
		return PROBLEM_ACCOUNT_SUSPENDED;
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

/*
 * Read the account's handle.
 * Returns 0; PROBLEM_HANDLE_MISSING; PROBLEM_HANDLE_INVALID; PROBLEM_HANDLE_RESERVED.
 */
static int read_handle(const struct cognito_user *account, char handle[LIMIT_HANDLE_MAX + 1])
{
	struct slice text = slice_of(account->preferred_username);

	if (text.len == 0)
		return PROBLEM_HANDLE_MISSING;
	if (!handle_copy(text, handle))
		return PROBLEM_HANDLE_INVALID;
	return handle_reserved(text) ? PROBLEM_HANDLE_RESERVED : 0;
}

/* The account's name if it can be shown; otherwise the handle. Returns 0; ERR_NO_MEMORY. */
static int read_name(const struct cognito_user *account, const char *handle, char name[NAME_SIZE])
{
	struct slice text = slice_of(account->name);
	int r;

	if (name_valid(text) && text_length(text) <= LIMIT_DISPLAY_NAME) {
		r = text_nfc(text, name, NAME_SIZE);
		if (r < 0 || text_length(slice_of(name)) <= LIMIT_DISPLAY_NAME)
			return r;
	}
	return slice_copy(slice_of(handle), name, NAME_SIZE) ? 0 : ERR_INTERNAL;
}

/*
 * Insert the users row of a new account. Its uuid follows from the subject: a person whose row was
 * lost gets the same one again, and with it their conversations. The e-mail address may be missing;
 * it never identifies a person.
 */
static int register_account(struct ctx *ctx, struct slice jwt, const char *subject,
			    char ret_uuid[UUID_SIZE])
{
	struct cognito_user account;
	char uuid[UUID_SIZE];
	char handle[LIMIT_HANDLE_MAX + 1];
	char name[NAME_SIZE];
	const char *values[] = {uuid, subject, handle, name, account.email};
	pg_result_auto *result = NULL;
	int r;

	r = get_account(ctx, jwt, subject, &account);
	if (r < 0)
		return r;
	r = read_handle(&account, handle);
	if (r == 0)
		r = read_name(&account, handle, name);
	if (r == 0)
		r = uuid_v5(UUID_SPACE_OID, slice_of(subject), uuid);
	if (r < 0)
		return r;
	if (!account.email[0])
		values[4] = NULL;

	r = db_query(ctx->db, &query_users_register, 5, values, &result);
	if (r < 0 && r != ERR_CONFLICT) /* a conflict: a handle that looks like this one */
		return r;
	/*
	 * Nothing is inserted after a concurrent first request of the same account. When this
	 * subject still has no row, another person has the handle.
	 */
	r = uuid_by_sub(ctx->db, subject, ret_uuid);
	return r == ERR_NOT_FOUND ? PROBLEM_HANDLE_TAKEN : r;
}

/* Whether `r` says something about the account, rather than about a service or this request. */
static bool is_refusal(int r)
{
	return r == PROBLEM_TOKEN_INVALID || r == PROBLEM_SCOPE || r == PROBLEM_HANDLE_MISSING ||
	       r == PROBLEM_HANDLE_INVALID || r == PROBLEM_HANDLE_RESERVED ||
	       r == PROBLEM_HANDLE_TAKEN;
}

/*
 * register_account, unless it has just refused the same token: requests must not become calls of
 * GetUser, whose quota all people share.
 */
static int register_once(struct ctx *ctx, struct slice jwt, const char *subject,
			 char ret_uuid[UUID_SIZE])
{
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	char key[CRYPTO_HEX_SIZE], refusal[16];
	const char *refused;
	uint64_t value;
	int r;

	r = crypto_sha256(&jwt, 1, digest);
	if (r < 0)
		return r;
	crypto_hex(digest, key);
	refused = cache_get_since(ctx->refusals, key, clock_monotonic_us() - REFUSED_US);
	if (refused && slice_number(slice_of(refused), 10, INT_MAX, &value))
		return -(int)value;
	r = register_account(ctx, jwt, subject, ret_uuid);
	if (is_refusal(r)) {
		snprintf(refusal, sizeof(refusal), "%d", -r);
		cache_put(ctx->refusals, key, refusal);
	}
	return r;
}

/*
 * Find the person of `subject`; `may_register`: insert a row for a new account. known_us: who was
 * found before (clock_monotonic_us) is looked up again; while PostgreSQL does not answer, what was
 * found is used.
 */
static int find_caller(struct ctx *ctx, struct slice jwt, const char *subject, bool may_register,
		       int64_t known_us, struct caller *ret_caller)
{
	const char *known = cache_get_since(ctx->users, subject, known_us);
	int r = 0;

	if (!known) {
		r = uuid_by_sub(ctx->db, subject, ret_caller->uuid);
		if (r == ERR_UNAVAILABLE && known_us < INT64_MAX)
			known = cache_get(ctx->users, subject);
	}
	if (known) {
		memcpy(ret_caller->uuid, known, UUID_SIZE);
		return 0;
	}
	if (r == PROBLEM_TOKEN_INVALID)
		cache_remove(ctx->users, subject);
	if (r == ERR_NOT_FOUND || r == PROBLEM_ACCOUNT_SUSPENDED) {
		cache_remove(ctx->users, subject);
		if (!may_register)
			return 0;
	}
	if (r == ERR_NOT_FOUND)
		r = register_once(ctx, jwt, subject, ret_caller->uuid);
	if (r == 0)
		cache_put(ctx->users, subject, ret_caller->uuid);
	return r;
}

/* known_us: as find_caller. Returns as caller_authenticate. */
static int authenticate(struct ctx *ctx, enum auth auth, int64_t known_us, struct req *req)
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
	caller.expires_s = token.expires_s;
	caller.signed_in_s = token.signed_in_s;
	r = find_caller(ctx, jwt, token.subject, auth == AUTH_REQUIRED, known_us, &caller);
	if (r < 0)
		return r;
	caller.moderator = token.moderator && caller.uuid[0];
	req->caller = caller;
	return 0;
}

int caller_authenticate(struct ctx *ctx, enum auth auth, struct req *req)
{
	return authenticate(ctx, auth, clock_monotonic_us() - KNOWN_US, req);
}

int caller_check_moderator(const struct req *req)
{
	return req->caller.moderator ? 0 : PROBLEM_MODERATORS_ONLY;
}

int caller_renew(struct ctx *ctx, enum auth auth, struct req *req)
{
	return authenticate(ctx, auth, INT64_MAX, req);
}
