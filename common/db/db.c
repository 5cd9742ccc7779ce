/* db.c - see db.h. */
#include "db/db.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/note.h"
#include "base/socket.h"
#include "db/hosts.h"
#include "run/metrics.h"

#define PREPARED_MAX 64

/* A statement and its parameters. */
struct call {
	const struct query *query;
	int count;
	const char *const *values;
};

struct db {
	const struct config *config;
	struct budget *budget;
	struct hosts *hosts;
	size_t host;				    /* of the last connection */
	PGconn *conn;				    /* NULL when there is no connection */
	const struct query *prepared[PREPARED_MAX]; /* on this connection */
	size_t prepared_count;
	bool timed_out; /* the last wait has reached its deadline */
	struct note problem;
	char backend_pid[16];

	/* of the last db_send */
	struct call sent;
	const char *sent_values[DB_VALUES_MAX];
	bool answering; /* it was sent, and its answer was not read yet */
};

struct db *db_new(const struct config *config, struct budget *budget)
{
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		return NULL;
	db->config = config;
	db->budget = budget;
	db->hosts = hosts_new(config->connection_url);
	if (!db->hosts) {
		db_free(db);
		return NULL;
	}
	return db;
}

static void disconnect(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
	db->prepared_count = 0;
	db->answering = false;
}

void db_free(struct db *db)
{
	if (!db)
		return;
	disconnect(db);
	hosts_free(db->hosts);
	free(db);
}

const char *db_backend_pid(const struct db *db)
{
	return db->backend_pid;
}

const char *db_problem(const struct db *db)
{
	return db->problem.text;
}

/* libpq's messages have several lines, each with a line break: keep the first. */
static void set_problem(struct db *db, const char *what, const char *message)
{
	note_set(&db->problem, "%s: %.*s", what, (int)strcspn(message, "\r\n"), message);
}

/* Wait until the connection's socket is ready for `events`. Returns 0; ERR_UNAVAILABLE. */
static int wait_for(struct db *db, short events, int64_t deadline_ms)
{
	int r = socket_wait(PQsocket(db->conn), events, deadline_ms);

	if (r == 0)
		return 0;
	db->timed_out = r == ERR_UNAVAILABLE;
	set_problem(db, "PostgreSQL", db->timed_out ? "no answer in time" : "out of memory");
	return ERR_UNAVAILABLE;
}

static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

/*
 * Connect to one server within the deadline. Returns 0; ERR_UNAVAILABLE.
 *
 * Parameters before `dbname` are defaults, those after it override the URL. A server that only
 * reads (a standby, a demoted writer) is refused, because it would answer with old rows. Behind a
 * pooler that check says nothing: it would see whichever server the pooler asked first.
 *
 * GSSAPI is disabled: nobody uses it here, probing for it is slow, and libkrb5 crashes when an
 * allocation fails. The server's statement_timeout stops a query that this side has given up; a
 * pooler refuses `options`, so there the role must have that setting (docs/operations.md).
 */
static int connect_host(struct db *db, struct host host, int64_t deadline_ms)
{
	bool pooled = !db->config->prepare;
	char options[64];
	const char *keywords[] = {"target_session_attrs",
				  "dbname",
				  "host",
				  "hostaddr",
				  "port",
				  "options",
				  "application_name",
				  "tcp_user_timeout",
				  "keepalives_idle",
				  "gssencmode",
				  "client_encoding",
				  NULL};
	const char *values[] = {pooled ? NULL : "read-write",
				db->config->connection_url,
				host.name,
				host.address,
				host.port,
				pooled ? NULL : options,
				"cruddur",
				"3000",
				"30",
				"disable",
				"UTF8",
				NULL};
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	snprintf(options, sizeof(options), "-c statement_timeout=%d -c timezone=UTC",
		 BUDGET_CALL_MS);
	db->conn = PQconnectStartParams(keywords, values, 1);
	if (!db->conn) {
		set_problem(db, "connect", "out of memory");
		return ERR_UNAVAILABLE;
	}
	if (PQstatus(db->conn) == CONNECTION_BAD)
		state = PGRES_POLLING_FAILED;
	while (state != PGRES_POLLING_OK) {
		if (state == PGRES_POLLING_FAILED) {
			set_problem(db, "connect", PQerrorMessage(db->conn));
			return ERR_UNAVAILABLE;
		}
		if (wait_for(db, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_ms) <
		    0)
			return ERR_UNAVAILABLE;
		state = PQconnectPoll(db->conn);
	}
	snprintf(db->backend_pid, sizeof(db->backend_pid), "%d", PQbackendPID(db->conn));
	PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
	return 0;
}

/*
 * Connect within the deadline, to the last server first, so that after a failover the others are
 * not asked in vain. Each server gets an equal share of the time that is left.
 * Returns 0; ERR_UNAVAILABLE, with the problem of the last server.
 */
static int connect_db(struct db *db, int64_t deadline_ms)
{
	size_t count = hosts_count(db->hosts);

	for (size_t i = 0; i < count; i++) {
		size_t host = (db->host + i) % count;
		int64_t now_ms = clock_monotonic_ms();

		if (i > 0 && now_ms >= deadline_ms)
			break;
		if (connect_host(db, hosts_get(db->hosts, host),
				 now_ms + (deadline_ms - now_ms) / (int64_t)(count - i)) == 0) {
			db->host = host;
			db->timed_out = false;
			return 0;
		}
		disconnect(db);
	}
	return ERR_UNAVAILABLE;
}

/* Wait for the result of what was sent. Returns NULL, with a problem, when the connection fails. */
static PGresult *await_result(struct db *db, int64_t deadline_ms)
{
	PGresult *result = NULL;
	PGresult *next;

	for (;;) {
		while (PQisBusy(db->conn)) {
			if (wait_for(db, POLLIN, deadline_ms) < 0)
				goto lost;
			if (!PQconsumeInput(db->conn)) {
				set_problem(db, "connection", PQerrorMessage(db->conn));
				goto lost;
			}
		}
		next = PQgetResult(db->conn);
		if (!next)
			break;
		PQclear(result);
		result = next;
	}
	if (!result)
		set_problem(db, "connection", PQerrorMessage(db->conn));
	return result;
lost:
	PQclear(result);
	return NULL;
}

/* Whether the statement can be sent: it is prepared, or sent with its text each time. */
static bool is_ready(const struct db *db, const struct query *query)
{
	if (!db->config->prepare)
		return true;
	for (size_t i = 0; i < db->prepared_count; i++)
		if (db->prepared[i] == query)
			return true;
	return false;
}

static bool sqlstate_is(const char *state, const char *prefix)
{
	return strncmp(state, prefix, strlen(prefix)) == 0;
}

enum outcome {
	OUTCOME_OK,
	OUTCOME_LOST,	 /* the connection is lost; the statement may have been executed */
	OUTCOME_REFUSED, /* nothing was executed, and a second attempt may succeed */
	OUTCOME_FAILED,	 /* a second attempt would fail, too */
};

/* The outcome of an SQLSTATE (PostgreSQL: "Appendix A. PostgreSQL Error Codes"), and its error. */
static enum outcome outcome_of_state(const char *state, int *ret_err)
{
	*ret_err = ERR_UNAVAILABLE;
	/*
	 * serialization failure, deadlock; a cached plan that a migration has made invalid; a
	 * server that has become read-only; a name that another client of a pooler has prepared
	 */
	if (sqlstate_is(state, "40") || sqlstate_is(state, "0A000") ||
	    sqlstate_is(state, "25006") || sqlstate_is(state, "42P05"))
		return OUTCOME_REFUSED;
	if (sqlstate_is(state, "57014")) /* the statement timeout */
		return OUTCOME_FAILED;
	/* connection exception, insufficient resources, operator intervention, unknown plan */
	if (sqlstate_is(state, "08") || sqlstate_is(state, "53") || sqlstate_is(state, "57") ||
	    sqlstate_is(state, "26000"))
		return OUTCOME_LOST;
	if (sqlstate_is(state, "QUOTA"))
		*ret_err = ERR_QUOTA;
	else if (sqlstate_is(state, "23505"))
		*ret_err = ERR_CONFLICT;
	else if (sqlstate_is(state, "23503"))
		*ret_err = ERR_REFERENCE;
	else
		*ret_err = ERR_INTERNAL;
	return OUTCOME_FAILED;
}

/* The outcome of a result, and the error that it means if there is no second attempt. */
static enum outcome outcome_of(struct db *db, const PGresult *result, int *ret_err)
{
	ExecStatusType status = PQresultStatus(result);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		*ret_err = 0;
		return OUTCOME_OK;
	}
	if (!state) { /* an error of libpq itself: the backend is gone */
		set_problem(db, "connection", PQresultErrorMessage(result));
		*ret_err = ERR_UNAVAILABLE;
		return OUTCOME_LOST;
	}
	/* The primary message contains no values; those are in the detail. */
	set_problem(db, state, message ? message : "");
	return outcome_of_state(state, ret_err);
}

/* Connect if there is no connection. */
static enum outcome ensure_connection(struct db *db, int64_t deadline_ms)
{
	int64_t connect_deadline_ms;

	if (db->conn)
		return OUTCOME_OK;
	connect_deadline_ms = clock_monotonic_ms() + BUDGET_CONNECT_MS;
	if (connect_deadline_ms > deadline_ms)
		connect_deadline_ms = deadline_ms;
	return connect_db(db, connect_deadline_ms) < 0 ? OUTCOME_FAILED : OUTCOME_OK;
}

/* Prepare the statement if this connection does not know it and it must be known. */
static enum outcome ensure_prepared(struct db *db, const struct query *query, int64_t deadline_ms,
				    int *ret_err)
{
	PGresult *result;
	enum outcome outcome;

	if (is_ready(db, query))
		return OUTCOME_OK;
	if (!PQsendPrepare(db->conn, query->name, query->text, 0, NULL)) {
		set_problem(db, "prepare", PQerrorMessage(db->conn));
		return OUTCOME_LOST;
	}
	result = await_result(db, deadline_ms);
	if (!result)
		return OUTCOME_LOST;
	outcome = outcome_of(db, result, ret_err);
	PQclear(result);
	if (outcome == OUTCOME_OK && db->prepared_count < PREPARED_MAX)
		db->prepared[db->prepared_count++] = query;
	return outcome;
}

/* Start a statement that is ready. Returns whether it was sent. */
static bool start(struct db *db, const struct call *call)
{
	if (!db->config->prepare)
		return PQsendQueryParams(db->conn, call->query->text, call->count, NULL,
					 call->values, NULL, NULL, 0) == 1;
	return PQsendQueryPrepared(db->conn, call->query->name, call->count, call->values, NULL,
				   NULL, 0) == 1;
}

/* Connect and prepare as far as necessary, and send. */
static enum outcome send_call(struct db *db, const struct call *call, int64_t deadline_ms,
			      int *ret_err)
{
	enum outcome outcome;

	outcome = ensure_connection(db, deadline_ms);
	if (outcome == OUTCOME_OK)
		outcome = ensure_prepared(db, call->query, deadline_ms, ret_err);
	if (outcome != OUTCOME_OK)
		return outcome;
	if (!start(db, call)) {
		set_problem(db, "send", PQerrorMessage(db->conn));
		*ret_err = ERR_UNAVAILABLE;
		return OUTCOME_LOST;
	}
	return OUTCOME_OK;
}

/* One attempt: send, unless that was done (db_send), and wait for the result. */
static enum outcome attempt(struct db *db, const struct call *call, int64_t deadline_ms,
			    PGresult **ret_result, int *ret_err)
{
	PGresult *result;
	enum outcome outcome;

	*ret_err = ERR_UNAVAILABLE;
	if (!db->answering) {
		outcome = send_call(db, call, deadline_ms, ret_err);
		if (outcome != OUTCOME_OK)
			return outcome;
	} else if (!PQconsumeInput(db->conn)) { /* what has arrived, without a wait */
		set_problem(db, "connection", PQerrorMessage(db->conn));
		return OUTCOME_LOST;
	}
	db->answering = false;
	result = await_result(db, deadline_ms);
	if (!result) {
		*ret_err = ERR_UNAVAILABLE;
		return OUTCOME_LOST;
	}
	outcome = outcome_of(db, result, ret_err);
	if (outcome == OUTCOME_OK)
		*ret_result = result;
	else
		PQclear(result);
	return outcome;
}

/*
 * Whether the idle connection was closed by the other side. The end of a connection can be read;
 * on a live idle connection there is nothing to read. Detecting it here saves a write that would be
 * lost.
 */
static bool died_idle(struct db *db)
{
	/* A backend sends a message before it closes: the second read finds the end. */
	while (socket_readable(PQsocket(db->conn)))
		if (!PQconsumeInput(db->conn) || PQstatus(db->conn) != CONNECTION_OK)
			return true;
	return false;
}

/* Read and drop the answer of db_send that was not received. */
static void drop_answer(struct db *db)
{
	PGresult *result;

	if (!db->answering)
		return;
	db->answering = false;
	result = await_result(db, clock_monotonic_ms() + budget_left_ms(db->budget));
	if (!result)
		disconnect(db);
	PQclear(result);
}

/* Whether a second attempt makes sense. `kept`: the first one used an existing connection. */
static bool may_repeat(const struct db *db, const struct call *call, enum outcome outcome,
		       bool kept)
{
	if (outcome == OUTCOME_LOST)
		return kept && call->query->reads && !db->timed_out;
	return outcome == OUTCOME_REFUSED;
}

/* As db_query; the answer of db_send, if there is one, is that of `call`. */
static int run(struct db *db, const struct call *call, PGresult **ret_result)
{
	note_clear(&db->problem);
	/* A query that only reads would be repeated anyway. */
	if (db->conn && !call->query->reads && died_idle(db))
		disconnect(db);
	for (bool first = true;; first = false) {
		bool kept = db->conn != NULL;
		int64_t want_ms = BUDGET_CALL_MS + (kept ? 0 : BUDGET_CONNECT_MS);
		int64_t started_us = clock_monotonic_us();
		int64_t timeout_ms;
		enum outcome outcome;
		int r;

		r = budget_allow(db->budget, DEP_DB, want_ms, &timeout_ms);
		if (r < 0)
			return r;
		db->timed_out = false;
		outcome = attempt(db, call, clock_monotonic_ms() + timeout_ms, ret_result, &r);
		if (outcome == OUTCOME_LOST || outcome == OUTCOME_REFUSED)
			disconnect(db); /* a refusal: outdated plans, a demoted server */
		if (!first || !may_repeat(db, call, outcome, kept)) {
			budget_record(db->budget, call->query->operation, started_us,
				      r != ERR_UNAVAILABLE);
			return r;
		}
		metrics_event(db->budget->metrics, METRICS_RETRY, DEP_DB);
	}
}

int db_query(struct db *db, const struct query *query, int count, const char *const *values,
	     PGresult **ret_result)
{
	const struct call call = {query, count, values};

	drop_answer(db);
	return run(db, &call, ret_result);
}

void db_send(struct db *db, const struct query *query, int count, const char *const *values)
{
	int64_t timeout_ms;

	assert(query->reads && count <= DB_VALUES_MAX);
	drop_answer(db);
	for (int i = 0; i < count; i++)
		db->sent_values[i] = values[i];
	db->sent = (struct call){query, count, db->sent_values};
	if (db->conn && is_ready(db, query) &&
	    budget_allow(db->budget, DEP_DB, BUDGET_CALL_MS, &timeout_ms) == 0)
		db->answering = start(db, &db->sent);
}

int db_receive(struct db *db, PGresult **ret_result)
{
	assert(db->sent.query);
	return run(db, &db->sent, ret_result);
}

void db_result_clear(PGresult **result)
{
	PQclear(*result);
}

struct slice db_value(const PGresult *result, int row, int column)
{
	return (struct slice){PQgetvalue(result, row, column),
			      (size_t)PQgetlength(result, row, column)};
}

bool db_null(const PGresult *result, int row, int column)
{
	return PQgetisnull(result, row, column);
}

int64_t db_integer_of(struct slice value)
{
	bool negative = value.len > 0 && value.ptr[0] == '-';
	uint64_t number = 0;

	/* PostgreSQL has formatted it: digits, nothing that needs a check. */
	for (size_t i = negative; i < value.len; i++)
		number = number * 10 + (uint64_t)(value.ptr[i] - '0');
	return (int64_t)(negative ? 0 - number : number);
}

int64_t db_integer(const PGresult *result, int row, int column)
{
	return db_integer_of(db_value(result, row, column));
}
