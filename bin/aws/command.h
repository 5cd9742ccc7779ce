/*
 * command.h - the operators' commands that talk to AWS: one program, cruddur-aws, and what its
 * commands share.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

#include "aws/dynamodb.h"
#include "db/db.h"
#include "run/budget.h"
#include "run/config.h"

#define ARGUMENTS_MAX 2
#define PATIENCE_MS   30000 /* an operator's, for one request with its repetitions */

struct aws {
	struct config config;
	struct budget budget;
	struct dynamodb *dynamodb; /* NULL for a command that does not need it; db likewise */
	struct db *db;
	const char *arguments[ARGUMENTS_MAX];	   /* tables, a file; NULL where none was given */
	const char *group, *handle, *limit, *year; /* of the options; NULL without them */
	bool prod;				   /* production settings */
	bool yes;				   /* do not ask */
	bool json;				   /* for programs, not for people */
};

struct command {
	const char *group, *name; /* ddb scan */
	const char *synopsis;
	const char *summary;
	int arguments_min, arguments_max;
	unsigned needs;		     /* NEEDS_… of config.h */
	bool json;		     /* takes --json */
	bool pattern;		     /* takes --json, --group, --handle, --limit, --year */
	int (*run)(struct aws *aws); /* returns the exit status, after saying what went wrong */
};

/* ddb.c, seed.c, migrate.c, patterns.c, accounts.c */
int ddb_schema_load(struct aws *aws);
int ddb_list_tables(struct aws *aws);
int ddb_drop(struct aws *aws);
int ddb_scan(struct aws *aws);
int ddb_seed(struct aws *aws);
int ddb_migrate(struct aws *aws);
int ddb_get_conversation(struct aws *aws);
int ddb_list_conversations(struct aws *aws);
int cognito_list_users(struct aws *aws);
int db_update_cognito_user_ids(struct aws *aws);

/* Make the messages table under this name, or see that it is there and right. */
int ddb_make_table(struct aws *aws, const char *table);

/* Say on stderr what went wrong, as one line. Returns 1, the exit status. */
int aws_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a mistake in the arguments. Returns 2, the exit status. */
int aws_misused(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* dynamodb_send with an operator's patience. What it returns it has not said: see aws_failed. */
int aws_send(struct aws *aws, const char *operation, const struct dynamodb_answer **ret_answer);

/* Say that `operation` failed, and why. Returns 1, the exit status. */
int aws_failed(const struct aws *aws, const char *operation);

/* The same for PostgreSQL. */
int aws_db_failed(const struct aws *aws);

#endif
