/*
 * db.h - PostgreSQL: one connection per worker, named statements, no call beyond the time budget.
 *
 * Statements are the files of sql/queries, embedded at build time (queries.h). Each is prepared on
 * its first use on a connection, unless CRUDDUR_PREPARE=0: then no state is kept on a connection,
 * so that a pooler may run each statement on another one. The connection is opened on first use and
 * again after a failure, and only to a server that writes.
 *
 *	no connection ── connect ──▶ idle ── prepare (once per statement) and run ──▶ waiting
 *	      ▲                        ▲                                                │
 *	      │                        └──────────────── answered ──────────────────────┤
 *	      └──────────────────────── lost, timed out, refused ───────────────────────┘
 */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/buf.h"
#include "db/query.h"
#include "run/budget.h"
#include "run/config.h"

#define DB_VALUES_MAX 8 /* parameters of db_send */

struct db;

/*
 * Make a client; config and budget are borrowed for its life.
 * Returns NULL when memory is exhausted. db_free(NULL) does nothing.
 */
struct db *db_new(const struct config *config, struct budget *budget);
void db_free(struct db *db);

/*
 * Run `query` with `count` parameters.
 *
 * A query that reads is repeated once, on a new connection, when the old connection was lost. Any
 * query is repeated once, on a new connection, when it was refused before it did anything
 * (serialization failure, deadlock, outdated plan, a server that has become read-only).
 *
 * values:     as text, NULL for SQL's null; borrowed for the call.
 * ret_result: for PQclear or pg_result_auto; its status is PGRES_TUPLES_OK or PGRES_COMMAND_OK.
 * Returns 0; ERR_CONFLICT when a unique constraint is violated; ERR_REFERENCE when a foreign key
 * names a row that does not exist; ERR_QUOTA when the statement raised SQLSTATE QUOTA (quota_take;
 * the problem then says which quota); ERR_UNAVAILABLE when PostgreSQL cannot be reached, gave up,
 * or did not answer in time, or while its circuit breaker is open; ERR_OVERLOADED when no time is
 * left; ERR_INTERNAL for any other error.
 */
int db_query(struct db *db, const struct query *query, int count, const char *const *values,
	     PGresult **ret_result) __attribute__((warn_unused_result));

/*
 * db_query in two steps, so that a caller can do other work while PostgreSQL answers; for queries
 * that only read.
 *
 * db_send starts the query if the connection is ready and the query is prepared there. Otherwise,
 * and after a failure, db_receive runs it. Other queries may run between the two; they drop an
 * answer that has arrived, and db_receive runs its query again. An answer that is not received is
 * dropped.
 *
 * count:  at most DB_VALUES_MAX.
 * values: the pointers are copied, the texts are borrowed until db_receive.
 */
void db_send(struct db *db, const struct query *query, int count, const char *const *values);

/* Receive the answer to the last db_send. Returns as db_query. */
int db_receive(struct db *db, PGresult **ret_result) __attribute__((warn_unused_result));

/* Why the last query failed, as one line: SQLSTATE and message, without data; "" if it did not. */
const char *db_problem(const struct db *db);

/* The process id of the last backend, as in PostgreSQL's log; "" before the first connection. */
const char *db_backend_pid(const struct db *db);

void db_result_clear(PGresult **result);
#define pg_result_auto __attribute__((cleanup(db_result_clear))) PGresult

/* The value of a column, borrowed from the result; empty for null. */
struct slice db_value(const PGresult *result, int row, int column);

/* Whether a column is null. */
bool db_null(const PGresult *result, int row, int column);

/* The number in PostgreSQL's text form of a bigint or integer, which is not checked. */
int64_t db_integer_of(struct slice value);

/* The value of a column of type bigint or integer. Not null. */
int64_t db_integer(const PGresult *result, int row, int column);

#endif
