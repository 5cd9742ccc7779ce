/* user.c - see user.h. */
#include "domain/user.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cache.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "queries.h"
#include "web/route.h"

/*
 * The bearer token of the Authorization header (RFC 6750 §2.1).
 * Returns 0; ERR_TOKEN_MISSING; ERR_AUTHORIZATION_INVALID.
 */
static int bearer_token(const struct req *req, struct slice *ret_jwt)
{
	static const char scheme[] = "Bearer ";
	struct slice header;
	int r;

	r = req_header_once(req, "HTTP_AUTHORIZATION", &header);
	if (r == ERR_NOT_FOUND)
		return ERR_TOKEN_MISSING;
	/* A server may join two headers by a comma, which no token contains. */
	if (r < 0 || memchr(header.ptr, ',', header.len))
		return ERR_AUTHORIZATION_INVALID;
	if (strncasecmp(header.ptr, scheme, sizeof(scheme) - 1) != 0)
		return ERR_TOKEN_MISSING;
	header.ptr += sizeof(scheme) - 1;
	header.len -= sizeof(scheme) - 1;
	while (header.len && *header.ptr == ' ') {
		header.ptr++;
		header.len--;
	}
	*ret_jwt = header;
	return 0;
}

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

bool handle_valid(struct slice text)
{
	if (text.len < LIMIT_HANDLE_MIN || text.len > LIMIT_HANDLE_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '_'))
			return false;
	}
	return true;
}

/*
 * Make the users row of a new account. Handle and name are the account's; the e-mail may be
 * missing and never says who somebody is.
 */
static int register_user(struct ctx *ctx, struct slice jwt, const char *subject,
			 char ret_uuid[UUID_SIZE])
{
	struct cognito_user account;
	struct slice name;
	char display_name[LIMIT_DISPLAY_NAME * 4 + 1];
	const char *values[4];
	pg_result_auto *result = NULL;
	int inserted;
	int r;

	r = cognito_get_user(ctx->cognito, jwt, &account);
	if (r < 0)
		return r;
	if (strcmp(account.subject, subject) != 0)
		return ERR_TOKEN_INVALID;
	if (!account.preferred_username[0])
		return ERR_HANDLE_MISSING;
	if (!handle_valid(slice_of(account.preferred_username)))
		return ERR_HANDLE_INVALID;

	name = text_trim(slice_of(account.name));
	if (name.len == 0 || text_length(name) > LIMIT_DISPLAY_NAME ||
	    text_has_control(name, false))
		name = slice_of(account.preferred_username);
	if (!slice_copy(name, display_name, sizeof(display_name)))
		return ERR_INTERNAL;

	values[0] = subject;
	values[1] = account.preferred_username;
	values[2] = display_name;
	values[3] = account.email[0] ? account.email : NULL;
	inserted = db_query(ctx->db, &query_users_register, 4, values, &result);
	if (inserted < 0 && inserted != ERR_CONFLICT)
		return inserted;
	/*
	 * A conflict may be our own twin, a racing first request of the same account, that took
	 * the handle a moment earlier: only without a row of ours has somebody else the handle.
	 */
	r = uuid_by_sub(ctx->db, subject, ret_uuid);
	if (r == ERR_NOT_FOUND)
		return inserted == ERR_CONFLICT ? ERR_HANDLE_TAKEN : ERR_INTERNAL;
	return r;
}

/*
 * Verify the token `jwt` and find the user of its subject, whom we may remember.
 * Returns 0; ERR_NOT_FOUND when the account is not registered.
 */
static int find_caller(struct ctx *ctx, struct slice jwt, struct token *ret_token,
		       struct caller *ret_caller)
{
	const char *known;
	int r;

	r = tokens_verify(ctx->tokens, jwt, clock_now_us() / 1000000, ret_token);
	if (r < 0)
		return r;
	known = cache_get(ctx->users, ret_token->subject);
	if (known) {
		memcpy(ret_caller->uuid, known, UUID_SIZE);
		return 0;
	}
	r = uuid_by_sub(ctx->db, ret_token->subject, ret_caller->uuid);
	if (r == 0)
		cache_put(ctx->users, ret_token->subject, ret_caller->uuid);
	return r;
}

int user_require(struct ctx *ctx, const struct req *req, struct caller *ret_caller)
{
	struct token token;
	struct slice jwt;
	int r;

	r = bearer_token(req, &jwt);
	if (r < 0)
		return r;
	r = find_caller(ctx, jwt, &token, ret_caller);
	if (r != ERR_NOT_FOUND)
		return r;
	r = register_user(ctx, jwt, token.subject, ret_caller->uuid);
	if (r == 0)
		cache_put(ctx->users, token.subject, ret_caller->uuid);
	return r;
}

int user_optional(struct ctx *ctx, const struct req *req, struct caller *ret_caller)
{
	struct token token;
	struct slice jwt;
	int r;

	ret_caller->uuid[0] = '\0';
	if (!req_env(req, "HTTP_AUTHORIZATION"))
		return 0;
	r = bearer_token(req, &jwt);
	if (r == 0)
		r = find_caller(ctx, jwt, &token, ret_caller);
	return r == ERR_NOT_FOUND ? 0 : r;
}

int user_by_handle(struct db *db, struct slice handle, struct user *ret_user)
{
	char text[LIMIT_HANDLE_MAX + 1];
	const char *values[] = {text};
	pg_result_auto *result = NULL;
	int r;

	if (!handle_valid(handle) || !slice_copy(handle, text, sizeof(text)))
		return ERR_NOT_FOUND;
	r = db_query(db, &query_users_by_handle, 1, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	if (!slice_copy(db_value(result, 0, 0), ret_user->uuid, sizeof(ret_user->uuid)) ||
	    !slice_copy(db_value(result, 0, 1), ret_user->handle, sizeof(ret_user->handle)) ||
	    !slice_copy(db_value(result, 0, 2), ret_user->display_name,
			sizeof(ret_user->display_name)))
		return ERR_INTERNAL;
	return 0;
}

void names_dispose(struct names *names)
{
	PQclear(names->result);
	names->result = NULL;
	buf_dispose(&names->uuids);
}

/* Write the uuids as PostgreSQL's array. Returns 0; ERR_NO_MEMORY. */
static int put_array(const struct slice *uuids, size_t count, struct buf *array)
{
	array->max = count * UUID_SIZE + 2;
	buf_reset(array);
	buf_reserve(array, array->max);
	buf_putc(array, '{');
	for (size_t i = 0; i < count; i++) {
		char uuid[UUID_SIZE];

		if (uuid_parse(uuids[i], uuid) < 0)
			continue;
		if (array->len > 1)
			buf_putc(array, ',');
		buf_puts(array, uuid);
	}
	buf_putc(array, '}');
	return array->failed ? ERR_NO_MEMORY : 0;
}

int names_load(struct db *db, const struct slice *uuids, size_t count, struct names *ret_names)
{
	int r;

	r = put_array(uuids, count, &ret_names->uuids);
	if (r < 0)
		return r;
	return db_query(db, &query_users_names, 1, (const char *[]){ret_names->uuids.data},
			&ret_names->result);
}

int names_send(struct db *db, const struct slice *uuids, size_t count, struct names *names)
{
	int r;

	r = put_array(uuids, count, &names->uuids);
	if (r < 0)
		return r;
	db_send(db, &query_users_names, 1, (const char *[]){names->uuids.data});
	return 0;
}

int names_receive(struct db *db, struct names *names)
{
	return db_receive(db, &query_users_names, 1, (const char *[]){names->uuids.data},
			  &names->result);
}

size_t names_count(const struct names *names)
{
	return (size_t)PQntuples(names->result);
}

bool names_find(const struct names *names, struct slice uuid, struct slice *ret_handle,
		struct slice *ret_display_name)
{
	if (uuid.len != UUID_SIZE - 1)
		return false;
	for (int row = 0; row < PQntuples(names->result); row++) {
		if (memcmp(PQgetvalue(names->result, row, 0), uuid.ptr, uuid.len) != 0)
			continue;
		*ret_handle = db_value(names->result, row, 1);
		*ret_display_name = db_value(names->result, row, 2);
		return true;
	}
	return false;
}

void profile_dispose(struct profile *profile)
{
	PQclear(profile->result);
	profile->result = NULL;
}

/* The account in the result of `query`. Returns 0; ERR_NOT_FOUND. */
static int profile_query(struct db *db, const struct query *query, int count,
			 const char *const *values, struct profile *ret_profile)
{
	struct profile profile = {0};
	int r;

	r = db_query(db, query, count, values, &profile.result);
	if (r < 0)
		return r;
	if (PQntuples(profile.result) == 0) {
		profile_dispose(&profile);
		return ERR_NOT_FOUND;
	}
	profile.uuid = db_value(profile.result, 0, 0);
	profile.handle = db_value(profile.result, 0, 1);
	profile.display_name = db_value(profile.result, 0, 2);
	profile.email = db_optional(profile.result, 0, 3);
	profile.bio = db_optional(profile.result, 0, 4);
	profile.created_us = db_integer(profile.result, 0, 5);
	profile.unread_notifications = db_integer(profile.result, 0, 6);
	*ret_profile = profile;
	return 0;
}

int profile_load(struct db *db, const char *uuid, struct profile *ret_profile)
{
	const char *values[] = {uuid};

	return profile_query(db, &query_users_profile, 1, values, ret_profile);
}

int profile_update(struct db *db, const char *uuid, struct slice display_name, struct slice bio,
		   struct profile *ret_profile)
{
	char name[LIMIT_DISPLAY_NAME * 4 + 1];
	char about[LIMIT_BIO * 4 + 1];
	const char *values[] = {uuid, name, bio.len ? about : NULL};

	if (!slice_copy(display_name, name, sizeof(name)) || !slice_copy(bio, about, sizeof(about)))
		return ERR_INTERNAL;
	return profile_query(db, &query_users_update, 3, values, ret_profile);
}

int profile_write(const struct profile *profile, int64_t unread_messages, struct resp *resp)
{
	struct jsonout *out = resp_json(resp);

	jsonout_object(out);
	jsonout_member_string(out, "uuid", profile->uuid);
	jsonout_member_string(out, "handle", profile->handle);
	jsonout_member_string(out, "display_name", profile->display_name);
	jsonout_member_optional(out, "email", profile->email);
	jsonout_member_optional(out, "bio", profile->bio);
	jsonout_member_time(out, "created_at", profile->created_us);
	jsonout_member_integer(out, "unread_messages", unread_messages);
	jsonout_member_integer(out, "unread_notifications", profile->unread_notifications);
	jsonout_object_end(out);
	return resp_json_end(resp);
}
