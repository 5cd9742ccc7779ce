/*
 * query.h - a named SQL statement.
 *
 * Each file of sql/queries becomes one at build time; the generated queries.h declares them.
 */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>

struct query {
	const char
		*name; /* folder and file: "users_by_sub"; also its name as a prepared statement */
	const char *text;
	bool reads; /* its first word is `select`: repeating it is harmless */
};

#endif
