/*
 * user.h - people: who calls, and who is who today.
 */
#ifndef USER_H
#define USER_H

#include "base/buf.h"
#include "base/uuid.h"
#include "db/db.h"
#include "limit.h"
#include "web/req.h"
#include "web/resp.h"

struct ctx;

/* Who calls: the user behind a verified access token. */
struct caller {
	char uuid[UUID_SIZE];
};

struct user {
	char uuid[UUID_SIZE];
	char handle[LIMIT_HANDLE_MAX + 1];
	char display_name[LIMIT_DISPLAY_NAME * 4 + 1]; /* UTF-8: 4 bytes a code point at most */
};

/*
 * The caller of a request that needs one: verifies the access token, finds the user of its
 * subject, and registers the account on its first request (Cognito GetUser).
 *
 * Returns 0; ERR_TOKEN_MISSING; ERR_TOKEN_INVALID; ERR_AUTHORIZATION_INVALID for more than one
 * Authorization header; for an account that is new: ERR_SCOPE, ERR_HANDLE_MISSING,
 * ERR_HANDLE_INVALID, ERR_HANDLE_TAKEN; ERR_UNAVAILABLE or ERR_OVERLOADED.
 */
int user_require(struct ctx *ctx, const struct req *req, struct caller *ret_caller);

/*
 * The caller of a request that may be anybody's: without an Authorization header, and for an
 * account that is not registered yet, the uuid is "". A header that is there must be right.
 * Returns 0; otherwise as user_require, but never registers.
 */
int user_optional(struct ctx *ctx, const struct req *req, struct caller *ret_caller);

/*
 * Find a user by handle, whatever its case (sql/queries/users/by_handle.sql).
 * Returns 0; ERR_NOT_FOUND, also for text that can be no handle; ERR_UNAVAILABLE.
 */
int user_by_handle(struct db *db, struct slice handle, struct user *ret_user);

/* The names of several users, asked for at once. */
struct names {
	PGresult *result;
	struct buf uuids; /* of whom they are, as PostgreSQL reads an array */
};

void names_dispose(struct names *names);
#define names_auto __attribute__((cleanup(names_dispose))) struct names

/*
 * Ask for today's names of `count` users, at most LIMIT_PAGE_MAX (sql/queries/users/names.sql).
 * Texts that are no uuid are left out. ret_names: the caller's, for names_auto.
 * Returns 0; ERR_UNAVAILABLE; ERR_NO_MEMORY.
 */
int names_load(struct db *db, const struct slice *uuids, size_t count, struct names *ret_names);

/* The same in two steps, as db_send and db_receive are. Returns 0; as names_load. */
int names_send(struct db *db, const struct slice *uuids, size_t count, struct names *names);
int names_receive(struct db *db, struct names *names);

/* Of how many users there are names. */
size_t names_count(const struct names *names);

/* Look one up; false when there is no such user. The slices live as long as `names`. */
bool names_find(const struct names *names, struct slice uuid, struct slice *ret_handle,
		struct slice *ret_display_name);

/* Whether `text` has a handle's form: [A-Za-z0-9_], LIMIT_HANDLE_MIN to LIMIT_HANDLE_MAX. */
bool handle_valid(struct slice text);

/* What users see of their own account. Slices live as long as `result`. */
struct profile {
	PGresult *result;
	struct slice uuid, handle, display_name;
	struct slice email, bio; /* ptr is NULL when there is none */
	int64_t created_us;	 /* since 1970 */
	int64_t unread_notifications;
};

void profile_dispose(struct profile *profile);
#define profile_auto __attribute__((cleanup(profile_dispose))) struct profile

/*
 * The account of user `uuid` (sql/queries/users/profile.sql).
 * Returns 0; ERR_NOT_FOUND; ERR_UNAVAILABLE.
 */
int profile_load(struct db *db, const char *uuid, struct profile *ret_profile);

/*
 * Change the account of user `uuid`: names and bio of LIMIT_… code points at most; an empty bio is
 * none. ret_profile: as it is now. Returns 0; ERR_NOT_FOUND; ERR_UNAVAILABLE.
 */
int profile_update(struct db *db, const char *uuid, struct slice display_name, struct slice bio,
		   struct profile *ret_profile);

/* Write it, with the number of messages that its owner has not read yet. */
int profile_write(const struct profile *profile, int64_t unread_messages, struct resp *resp);

#endif
