/*
 * command.h - what the commands of cruddur-aws share: the operators' commands that call AWS, or
 * tell live_hub something.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

#include "aws/dynamodb.h"
#include "base/uuid.h"
#include "db/db.h"
#include "json/jsonin.h"
#include "limit.h"
#include "run/budget.h"
#include "run/config.h"

#define ARGUMENTS_MAX 2
#define WAIT_MS	      120000 /* until a table is created or deleted */
#define PATIENCE_MS   30000  /* for one request with its repetitions */

struct aws {
	struct config config;
	struct budget budget;
	struct dynamodb *dynamodb;		   /* NULL for a command that does not need it */
	struct db *db;				   /* likewise */
	const char *arguments[ARGUMENTS_MAX];	   /* tables, a file; NULL if not given */
	const char *group, *handle, *limit, *year; /* values of options; NULL if not given */
	bool prod;				   /* the production services */
	bool yes;				   /* no confirmation */
	bool json;				   /* output for programs */
	const char *from, *at;			   /* of ddb restore: items to leave out, a time */
	bool unsealed;				   /* likewise: a file without a seal */
	bool native, pitr;			   /* DynamoDB's own backups */
	bool blocks;				   /* of ddb check: copy blocks */
	const char *until;			   /* of an erasure: the last step that is done */
	bool again; /* of people erasures: those that have ended, too */
};

struct command {
	const char *group, *name; /* "ddb", "scan" */
	const char *synopsis;
	const char *summary;
	int arguments_min, arguments_max;
	unsigned needs;		     /* NEEDS_… bits of config.h */
	bool json;		     /* has the option --json */
	bool pattern;		     /* has --group, --handle, --limit and --year */
	int (*run)(struct aws *aws); /* returns the exit status; errors are reported already */
};

/* ddb.c, backup.c, restore.c, native.c, seed.c, migrate.c, check.c, patterns.c, accounts.c,
 * people.c, erase.c, exports.c, purge.c, jobs.c */
int ddb_schema_load(struct aws *aws);
int ddb_list_tables(struct aws *aws);
int ddb_drop(struct aws *aws);
int ddb_scan(struct aws *aws);
int ddb_backup(struct aws *aws);
int ddb_restore(struct aws *aws);
int ddb_seed(struct aws *aws);
int ddb_migrate(struct aws *aws);
int ddb_check(struct aws *aws);
int ddb_get_conversation(struct aws *aws);
int ddb_list_conversations(struct aws *aws);
int cognito_list_users(struct aws *aws);
int db_update_cognito_user_ids(struct aws *aws);
int people_show(struct aws *aws);
int people_suspend(struct aws *aws);
int people_unsuspend(struct aws *aws);
int people_delete(struct aws *aws);
int people_erasures(struct aws *aws);
int people_export(struct aws *aws);
int db_purge_expired(struct aws *aws);
int jobs_run(struct aws *aws);

/* The jobs of jobs_run. ret_count: how much they did, also when they fail. Return the exit status.
 */
int purge_job(struct aws *aws, int *ret_count) __attribute__((warn_unused_result));
int erasures_job(struct aws *aws, int *ret_count) __attribute__((warn_unused_result));
int exports_job(struct aws *aws, int *ret_count) __attribute__((warn_unused_result));

/*
 * The person whose handle is the argument of the command. Returns the exit status; an error is
 * reported already.
 */
int people_find_uuid(struct aws *aws, char ret_handle[LIMIT_HANDLE_MAX + 1],
		     char ret_uuid[UUID_SIZE]) __attribute__((warn_unused_result));

/* End the streams of a person. Returns the exit status; an error is reported already. */
int people_revoke(struct aws *aws, const char *uuid) __attribute__((warn_unused_result));

/*
 * Delete the account with this subject from the user pool, unless it is gone. Returns the exit
 * status; an error is reported already.
 */
int cognito_delete_account(struct aws *aws, const char *subject)
	__attribute__((warn_unused_result));

/*
 * Create a messages table, or check the one that exists. Prints the result. Returns the exit
 * status; an error is reported already.
 */
int ddb_make_table(struct aws *aws, const char *table) __attribute__((warn_unused_result));

/*
 * Call `use` for every item of any table, or of its partition `pk` if that is not NULL, with its
 * typed attributes. A page of at most 1 MB is read at a time. use: borrows the item; returns 0 to
 * continue, or the exit status. Returns the exit status; an error is reported already.
 */
int ddb_each_item(struct aws *aws, const char *table, const char *pk,
		  int (*use)(json_object *item, void *data), void *data)
	__attribute__((warn_unused_result));

/*
 * Send a request and parse its answer. ret_answer: owned by the caller.
 * Returns as aws_send; ERR_INVALID for an answer that is not JSON.
 */
int ddb_get_json(struct aws *aws, struct request request, json_object **ret_answer)
	__attribute__((warn_unused_result));

/* The member `name` of an object, or NULL. */
json_object *ddb_member(const json_object *object, const char *name);

/* Whether the string `name` of the object, which may be NULL, is `value`. */
bool ddb_member_is(const json_object *object, const char *name, const char *value);

/* Let DynamoDB delete what expires, unless it does. Returns the exit status. */
int ddb_load_time_to_live(struct aws *aws, const char *table) __attribute__((warn_unused_result));

/* ddb backup --native; ddb restore --native ARN TABLE and --pitr TABLE (native.c). */
int native_backup(struct aws *aws);
int native_restore(struct aws *aws);

/*
 * Ask for confirmation before something is destroyed, unless --yes was given.
 * effect: "deletes the table". Returns false without a terminal, too.
 */
bool ddb_is_confirmed(const struct aws *aws, const char *table, const char *effect)
	__attribute__((warn_unused_result));

/* Report a messages table that is missing or has no index. Returns the exit status. */
int ddb_need_table(struct aws *aws, const char *table) __attribute__((warn_unused_result));

/* ddb migrate TABLE (migrate_in_place.c); ddb migrate OLD NEW is in migrate.c. */
int migrate_in_place(struct aws *aws);

/* Report an error as one line on stderr. Returns 1, the exit status. */
int aws_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Report a wrong argument. Returns 2, the exit status. */
int aws_misused(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * dynamodb_send, with PATIENCE_MS for the request and its repetitions. Reports nothing: the caller
 * does, with aws_failed, unless it expected the error.
 */
int aws_send(struct aws *aws, struct request request, const struct dynamodb_answer **ret_answer)
	__attribute__((warn_unused_result));

/* Report why the last aws_send failed. Returns 1, the exit status. */
int aws_failed(const struct aws *aws);

/* Report why the last query failed. Returns 1, the exit status. */
int aws_db_failed(const struct aws *aws);

#endif
