/*
 * query.h - a named SQL statement.
 *
 * Each file of sql/queries becomes one at build time; the generated queries.h declares them.
 */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>

#include "run/operation.h"

struct query {
	const char *name; /* folder and file, "users_by_sub"; also of the prepared statement */
	const char *text;
	enum operation operation;
	bool reads; /* its first word is `select`: repeating it is harmless */
};

#endif
