/*
 * user.h - people: who has a handle, and what people see and change of their own account.
 */
#ifndef USER_H
#define USER_H

#include "base/uuid.h"
#include "db/db.h"
#include "web/ctx.h"
#include "web/resp.h"

/*
 * The uuid of the person with `handle`, whatever its case (sql/queries/users/by_handle.sql).
 * Returns 0; ERR_NOT_FOUND, also for text that cannot be a handle; as db_query.
 */
int user_uuid_by_handle(struct db *db, struct slice handle, char ret_uuid[UUID_SIZE])
	__attribute__((warn_unused_result));

/*
 * Write uuid, handle and display name of the person with `handle`.
 * Returns as user_uuid_by_handle; ERR_NO_MEMORY.
 */
int user_write_short(struct db *db, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));

#define USER_UNREAD_UNKNOWN (-1)

/*
 * Read the account of person `uuid` (sql/queries/users/profile.sql).
 * ret_account: for PQclear or pg_result_auto. Returns 0; ERR_REFERENCE when the person
 * is gone; as db_query.
 */
int user_load_account(struct db *db, const char *uuid, PGresult **ret_account)
	__attribute__((warn_unused_result));

/*
 * Write an account with `unread_messages`; USER_UNREAD_UNKNOWN is written as null.
 * Returns 0; ERR_NO_MEMORY.
 */
int user_write_account(const PGresult *account, int64_t unread_messages, struct resp *resp)
	__attribute__((warn_unused_result));

/* The part of an account that its person may change. */
struct user_changes {
	struct slice display_name; /* LIMIT_DISPLAY_NAME code points at most */
	struct slice bio;	   /* LIMIT_BIO code points at most; empty: none */
};

/*
 * Change the account of person `uuid`, write it, and publish the name. It is stored in NFC.
 * Returns 0; ERR_REFERENCE when the person is gone; as db_query; ERR_NO_MEMORY;
 * PROBLEM_QUOTA_EXCEEDED.
 */
int user_update_account(struct ctx *ctx, const char *uuid, const struct user_changes *changes,
			int64_t unread_messages, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
