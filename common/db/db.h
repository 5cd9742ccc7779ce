/*
 * db.h - PostgreSQL: one connection per worker, named statements, never waiting beyond the budget.
 *
 * Statements are the files of sql/queries, embedded at build time (queries.h) and prepared by name
 * on first use of a connection. The connection is opened on first use and again after a failure.
 */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/buf.h"
#include "db/query.h"
#include "run/budget.h"
#include "run/config.h"

struct db;

/*
 * Make a client; config and budget are borrowed for its life.
 * Returns NULL when memory is exhausted. db_free(NULL) does nothing.
 */
struct db *db_new(const struct config *config, struct budget *budget);
void db_free(struct db *db);

/*
 * Run `query` with `count` parameters as text (NULL is SQL's null), borrowed for the call.
 *
 * A query that reads is repeated once on a new connection when the old one was lost, as is any
 * query that was refused before it did anything (a serialization failure, a deadlock).
 *
 * ret_result: the caller's, for PQclear or pg_result_auto; its status is PGRES_TUPLES_OK or
 * PGRES_COMMAND_OK.
 * Returns 0; ERR_CONFLICT on a violated unique constraint (db_constraint names it);
 * ERR_UNAVAILABLE when PostgreSQL cannot be reached, gave up, or did not answer in time;
 * ERR_OVERLOADED when the request's time is spent; ERR_INTERNAL for any other error.
 */
int db_query(struct db *db, const struct query *query, int count, const char *const *values,
	     PGresult **ret_result);

/*
 * The same in two steps, for a query that only reads and whose answer can come while something else
 * is waited for. db_send sends it if that can be done at once, and says nothing: db_receive, which
 * takes the same arguments and returns what db_query does, does what is missing. An answer that is
 * never received is thrown away.
 */
void db_send(struct db *db, const struct query *query, int count, const char *const *values);
int db_receive(struct db *db, const struct query *query, int count, const char *const *values,
	       PGresult **ret_result);

/* The unique constraint that the last ERR_CONFLICT named; "" when there was none. */
const char *db_constraint(const struct db *db);

/* The last failure as one line for the log: SQLSTATE and message, without data. */
const char *db_problem(const struct db *db);

/* The process of PostgreSQL that served last, as its log calls it; "" before the first one. */
const char *db_id(const struct db *db);

void db_result_clear(PGresult **result);
#define pg_result_auto __attribute__((cleanup(db_result_clear))) PGresult

/* The value of a column as a slice; empty for null (db_null tells them apart). */
struct slice db_value(const PGresult *result, int row, int column);
bool db_null(const PGresult *result, int row, int column);

/* The same with a ptr of NULL for null. */
struct slice db_optional(const PGresult *result, int row, int column);

/* PostgreSQL's text form of a bigint or integer as a number. */
int64_t db_integer_of(struct slice value);

/* The value of a column of type bigint or integer, and of type boolean. */
int64_t db_integer(const PGresult *result, int row, int column);
bool db_bool(const PGresult *result, int row, int column);

#endif
