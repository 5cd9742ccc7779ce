/*
 * jobs.c - jobs run: what has to be done once a minute, by one process on all machines.
 *
 * The lock is an advisory one of PostgreSQL, of a transaction on a connection of its own: it ends
 * with this process, however that ends, and works behind a pooler as well.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/note.h"
#include "base/socket.h"
#include "command.h"
#include "queries.h"
#include "run/log.h"

#define LOCK	     "select pg_try_advisory_xact_lock(hashtext('cruddur jobs'))"
#define LOCK_WAIT_MS 10000 /* for an answer to a statement about the lock */

static int trends_job(struct aws *aws, int *ret_count)
{
	pg_result_auto *result = NULL;

	*ret_count = 0;
	budget_start(&aws->budget, PATIENCE_MS);
	return db_query(aws->db, &query_trends_refresh, 0, NULL, &result) < 0 ? aws_db_failed(aws)
									      : 0;
}

/* Each statement notes a part of the entries, so that none takes long. */
static int feed_job(struct aws *aws, int *ret_count)
{
	bool more;

	*ret_count = 0; /* not counted: there are some each minute */
	do {
		pg_result_auto *result = NULL;

		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, &query_feeds_advance, 0, NULL, &result) < 0)
			return aws_db_failed(aws);
		more = slice_is(db_value(result, 0, 0), "t");
	} while (more);
	return 0;
}

/*
 * The jobs, in this order; one that fails does not stop the others. Each does what there is to do,
 * and counts it; it is right to run it at any time, and to stop it at any time.
 */
static const struct {
	const char *name;
	int (*run)(struct aws *aws, int *ret_count); /* returns the exit status */
} jobs[] = {
	{"purges", purge_job},	    {"feed", feed_job},	      {"trends", trends_job},
	{"erasures", erasures_job}, {"exports", exports_job},
};

/* --- the lock ----------------------------------------------------------------------------------
 */

/* Run a statement. Returns its result, or NULL. */
static PGresult *ask(PGconn *conn, const char *statement)
{
	const int64_t deadline_ms = clock_monotonic_ms() + LOCK_WAIT_MS;
	PGresult *result = NULL, *next;

	if (!PQsendQuery(conn, statement))
		return NULL;
	for (;;) {
		while (PQisBusy(conn))
			if (socket_wait(PQsocket(conn), POLLIN, deadline_ms) < 0 ||
			    !PQconsumeInput(conn))
				goto failed;
		next = PQgetResult(conn);
		if (!next)
			return result;
		PQclear(result);
		result = next;
	}
failed:
	PQclear(result);
	return NULL;
}

/* Take the lock. Returns the exit status. ret_taken: false when another process has it. */
static int take_lock(const struct aws *aws, PGconn **ret_conn, bool *ret_taken)
{
	const char *const keywords[] = {"target_session_attrs", "connect_timeout", "dbname",
					"tcp_user_timeout", NULL};
	const char *const values[] = {aws->config.prepare ? "read-write" : NULL, "5",
				      aws->config.connection_url, "10000", NULL};
	PGconn *conn = PQconnectdbParams(keywords, values, 1);
	pg_result_auto *begun = NULL;
	pg_result_auto *locked = NULL;

	*ret_conn = conn;
	if (PQstatus(conn) != CONNECTION_OK)
		return aws_fail("PostgreSQL: %.*s", (int)strcspn(PQerrorMessage(conn), "\r\n"),
				PQerrorMessage(conn));
	begun = ask(conn, "begin");
	locked = ask(conn, LOCK);
	if (PQresultStatus(begun) != PGRES_COMMAND_OK || PQresultStatus(locked) != PGRES_TUPLES_OK)
		return aws_fail("PostgreSQL: the lock of the jobs cannot be taken");
	*ret_taken = slice_is(db_value(locked, 0, 0), "t");
	return 0;
}

/* --- running -----------------------------------------------------------------------------------
 */

/* A line for each job that failed or had something to do. */
static void report(const char *name, int status, int count, int64_t ms)
{
	struct note line = {0};

	if (status == 0 && count == 0)
		return;
	note_set(&line, "%s: %d in %lld ms%s", name, count, (long long)ms,
		 status == 0 ? "" : ", then it failed");
	log_event(status == 0 ? LOG_INFO : LOG_ERROR, "job", line.text);
}

static int run_all(struct aws *aws)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		const int64_t started_ms = clock_monotonic_ms();
		int count = 0;
		int status = jobs[i].run(aws, &count);

		report(jobs[i].name, status, count, clock_monotonic_ms() - started_ms);
		failed |= status != 0;
	}
	return failed;
}

int jobs_run(struct aws *aws)
{
	PGconn *conn = NULL;
	bool taken = false;
	int status;

	log_init("jobs", LOG_INFO, NULL);
	status = take_lock(aws, &conn, &taken);
	if (status == 0 && taken)
		status = run_all(aws);
	else if (status == 0)
		log_event(LOG_INFO, "job", "another process runs the jobs");
	PQfinish(conn);
	return status;
}
