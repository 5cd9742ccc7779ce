/*
 * query.h - a named SQL statement.
 *
 * At build time each file of sql/queries becomes one; the generated queries.h declares them.
 */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>

#include "run/operation.h"

struct query {
	const char *name; /* FOLDER_FILE, such as "users_by_sub"; also of the prepared statement */
	const char *text;
	enum operation operation; /* its counter in the metrics */
	bool reads;		  /* its first word is `select`: it can be repeated */
};

#endif
