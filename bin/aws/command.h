/*
 * command.h - the operators' commands that talk to AWS: one program, cruddur-aws, and what its
 * commands share.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

#include "budget.h"
#include "config.h"
#include "dynamodb.h"

struct aws {
	struct config config;
	struct budget budget;
	struct dynamodb *dynamodb;
	const char *argument; /* a table, a file; NULL when none was given */
	bool prod;	      /* production settings */
	bool yes;	      /* do not ask */
};

enum argument { ARGUMENT_NONE, ARGUMENT_OPTIONAL, ARGUMENT_REQUIRED };

struct command {
	const char *group, *name; /* ddb scan */
	const char *synopsis;
	const char *summary;
	enum argument argument;
	int (*run)(struct aws *aws); /* returns the exit status, after saying what went wrong */
};

/* ddb.c, seed.c */
int ddb_schema_load(struct aws *aws);
int ddb_list_tables(struct aws *aws);
int ddb_drop(struct aws *aws);
int ddb_scan(struct aws *aws);
int ddb_seed(struct aws *aws);

/* Say on stderr what went wrong, as one line. Returns 1, the exit status. */
int aws_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* dynamodb_send with an operator's patience. What it returns it has not said: see aws_failed. */
int aws_send(struct aws *aws, const char *operation, const struct dynamodb_answer **ret_answer);

/* Say that `operation` failed, and why. Returns 1, the exit status. */
int aws_failed(const struct aws *aws, const char *operation);

#endif
