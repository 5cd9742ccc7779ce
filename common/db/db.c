/* db.c - see db.h. */
#include "db/db.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "run/metrics.h"

/* One attempt to connect, and one statement, take this much of a request's time at most. */
#define CONNECT_TIMEOUT_MS   1000
#define STATEMENT_TIMEOUT_MS 1500

#define PREPARED_MAX 64

struct db {
	const struct config *config;
	struct budget *budget;
	PGconn *conn;
	const struct query *prepared[PREPARED_MAX]; /* on this connection */
	size_t prepared_count;
	bool sent;	/* a query by db_send, whose answer nobody has taken yet */
	bool timed_out; /* the last wait ended at its deadline */
	char constraint[64];
	char problem[256];
	char id[16];
};

struct db *db_new(const struct config *config, struct budget *budget)
{
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		return NULL;
	db->config = config;
	db->budget = budget;
	return db;
}

static void disconnect(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
	db->prepared_count = 0;
	db->sent = false;
}

void db_free(struct db *db)
{
	if (!db)
		return;
	disconnect(db);
	free(db);
}

const char *db_constraint(const struct db *db)
{
	return db->constraint;
}

const char *db_id(const struct db *db)
{
	return db->id;
}

const char *db_problem(const struct db *db)
{
	return db->problem;
}

/* libpq's messages end in a newline and may have several lines: keep the first. */
static void set_problem(struct db *db, const char *what, const char *message)
{
	snprintf(db->problem, sizeof(db->problem), "%s: %.*s", what, (int)strcspn(message, "\r\n"),
		 message);
}

/*
 * Wait until the connection's socket is ready for `events`.
 * Returns 0; ERR_UNAVAILABLE at the deadline (monotonic milliseconds).
 */
static int wait_socket(struct db *db, short events, int64_t deadline_ms)
{
	for (;;) {
		struct pollfd fd = {.fd = PQsocket(db->conn), .events = events};
		int64_t left = deadline_ms - clock_monotonic_ms();
		int n;

		if (left <= 0) {
			db->timed_out = true;
			set_problem(db, "PostgreSQL", "no answer in time");
			return ERR_UNAVAILABLE;
		}
		n = poll(&fd, 1, (int)left);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR) {
			set_problem(db, "poll", strerror(errno));
			return ERR_UNAVAILABLE;
		}
	}
}

static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

/*
 * Connect within the deadline. Kerberos is left out: nobody uses it here, its library takes a while
 * to find that out and crashes when memory runs out meanwhile. The statement timeout is the
 * server's side of ours: a query that we gave up on does not go on for long.
 */
static int connect_db(struct db *db, int64_t deadline_ms)
{
	char options[64];
	const char *keywords[] = {"dbname",	      "options",
				  "application_name", "tcp_user_timeout",
				  "keepalives_idle",  "gssencmode",
				  "client_encoding",  NULL};
	const char *values[] = {db->config->connection_url,
				options,
				"cruddur",
				"3000",
				"30",
				"disable",
				"UTF8",
				NULL};
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	snprintf(options, sizeof(options), "-c statement_timeout=%d -c timezone=UTC",
		 STATEMENT_TIMEOUT_MS);
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
		if (wait_socket(db, state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
				deadline_ms) < 0)
			return ERR_UNAVAILABLE;
		state = PQconnectPoll(db->conn);
	}
	snprintf(db->id, sizeof(db->id), "%d", PQbackendPID(db->conn));
	PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
	return 0;
}

/* Wait for the result of what was sent; NULL with `problem` set when the connection failed. */
static PGresult *await_result(struct db *db, int64_t deadline_ms)
{
	PGresult *result = NULL;
	PGresult *next;

	for (;;) {
		while (PQisBusy(db->conn)) {
			if (wait_socket(db, POLLIN, deadline_ms) < 0)
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

static bool is_prepared(const struct db *db, const struct query *query)
{
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
	OUTCOME_LOST,	 /* the connection is gone; what was sent may have happened */
	OUTCOME_REFUSED, /* nothing happened, and it may work when tried again */
	OUTCOME_FAILED,	 /* the answer is an error that stays */
};

/* What a result means; `ret_err` is what the caller is told unless it tries again. */
static enum outcome judge(struct db *db, const PGresult *result, int *ret_err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);

	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		*ret_err = 0;
		return OUTCOME_OK;
	default:
		break;
	}
	*ret_err = ERR_UNAVAILABLE;
	if (!state) { /* libpq's own error: the backend is gone */
		set_problem(db, "connection", PQresultErrorMessage(result));
		return OUTCOME_LOST;
	}
	set_problem(db, state, message ? message : "");
	/* A unique violation's message names only the constraint; the values are in its detail. */
	if (strcmp(state, "23505") == 0) {
		snprintf(db->constraint, sizeof(db->constraint), "%s",
			 constraint ? constraint : "");
		*ret_err = ERR_CONFLICT;
		return OUTCOME_FAILED;
	}
	/* serialization failure, deadlock; a cached plan that a migration made invalid */
	if (sqlstate_is(state, "40") || strcmp(state, "0A000") == 0)
		return OUTCOME_REFUSED;
	/* connection exceptions, operator intervention, too many connections, prepared names lost
	 */
	if (sqlstate_is(state, "08") || sqlstate_is(state, "53") || strcmp(state, "26000") == 0 ||
	    (sqlstate_is(state, "57") && strcmp(state, "57014") != 0))
		return OUTCOME_LOST;
	if (strcmp(state, "57014") == 0) /* the statement timeout */
		return OUTCOME_FAILED;
	*ret_err = ERR_INTERNAL;
	return OUTCOME_FAILED;
}

/* Connect and prepare if need be, and send. */
static enum outcome send_query(struct db *db, const struct query *query, int count,
			       const char *const *values, int64_t deadline_ms, int *ret_err)
{
	PGresult *result;
	enum outcome outcome;

	if (!db->conn) {
		int64_t connect_deadline = clock_monotonic_ms() + CONNECT_TIMEOUT_MS;

		if (connect_deadline > deadline_ms)
			connect_deadline = deadline_ms;
		if (connect_db(db, connect_deadline) < 0) {
			disconnect(db);
			return OUTCOME_FAILED;
		}
	}
	if (!is_prepared(db, query)) {
		if (!PQsendPrepare(db->conn, query->name, query->text, 0, NULL)) {
			set_problem(db, "prepare", PQerrorMessage(db->conn));
			return OUTCOME_LOST;
		}
		result = await_result(db, deadline_ms);
		if (!result)
			return OUTCOME_LOST;
		outcome = judge(db, result, ret_err);
		PQclear(result);
		if (outcome != OUTCOME_OK)
			return outcome;
		if (db->prepared_count < PREPARED_MAX)
			db->prepared[db->prepared_count++] = query;
	}
	if (!PQsendQueryPrepared(db->conn, query->name, count, values, NULL, NULL, 0)) {
		set_problem(db, "send", PQerrorMessage(db->conn));
		*ret_err = ERR_UNAVAILABLE;
		return OUTCOME_LOST;
	}
	return OUTCOME_OK;
}

/* One try: send, unless that is done, and wait. */
static enum outcome try_query(struct db *db, const struct query *query, int count,
			      const char *const *values, int64_t deadline_ms, PGresult **ret_result,
			      int *ret_err)
{
	PGresult *result;
	enum outcome outcome;

	*ret_err = ERR_UNAVAILABLE;
	if (!db->sent) {
		outcome = send_query(db, query, count, values, deadline_ms, ret_err);
		if (outcome != OUTCOME_OK)
			return outcome;
	} else if (!PQconsumeInput(db->conn)) { /* what has come meanwhile, without a wait */
		set_problem(db, "connection", PQerrorMessage(db->conn));
		return OUTCOME_LOST;
	}
	db->sent = false;
	result = await_result(db, deadline_ms);
	if (!result) {
		*ret_err = ERR_UNAVAILABLE;
		return OUTCOME_LOST;
	}
	outcome = judge(db, result, ret_err);
	if (outcome != OUTCOME_OK) {
		PQclear(result);
		return outcome;
	}
	*ret_result = result;
	return OUTCOME_OK;
}

/*
 * Whether the kept connection was closed from the other side while it was idle: there is then
 * something to read where nothing should be. Saves the write that would have been lost on it.
 */
static bool died_idle(struct db *db)
{
	struct pollfd fd = {.fd = PQsocket(db->conn), .events = POLLIN};

	/* A backend says why it ends before it closes: the end comes with a second reading. */
	while (poll(&fd, 1, 0) != 0)
		if (!PQconsumeInput(db->conn) || PQstatus(db->conn) != CONNECTION_OK)
			return true;
	return false;
}

/* Take the answer that nobody has asked for off the connection. */
static void discard(struct db *db)
{
	PGresult *result;

	if (!db->sent)
		return;
	db->sent = false;
	result = await_result(db, clock_monotonic_ms() + budget_left_ms(db->budget));
	if (!result)
		disconnect(db);
	PQclear(result);
}

void db_send(struct db *db, const struct query *query, int count, const char *const *values)
{
	int64_t timeout_ms;

	discard(db);
	if (db->conn && is_prepared(db, query) &&
	    budget_allow(db->budget, DEP_DB, STATEMENT_TIMEOUT_MS, &timeout_ms) == 0)
		db->sent = PQsendQueryPrepared(db->conn, query->name, count, values, NULL, NULL,
					       0) == 1;
}

int db_receive(struct db *db, const struct query *query, int count, const char *const *values,
	       PGresult **ret_result)
{
	db->constraint[0] = '\0';
	db->problem[0] = '\0';
	/* What only reads is repeated anyway. */
	if (db->conn && !query->reads && died_idle(db))
		disconnect(db);
	for (bool again = true;; again = false) {
		bool kept = db->conn != NULL;
		int64_t started_us = clock_monotonic_us();
		int64_t timeout_ms;
		enum outcome outcome;
		int r;

		r = budget_allow(db->budget, DEP_DB,
				 STATEMENT_TIMEOUT_MS + (kept ? 0 : CONNECT_TIMEOUT_MS),
				 &timeout_ms);
		if (r < 0)
			return r;
		db->timed_out = false;
		outcome = try_query(db, query, count, values, clock_monotonic_ms() + timeout_ms,
				    ret_result, &r);
		if (outcome == OUTCOME_LOST || outcome == OUTCOME_REFUSED)
			disconnect(db); /* after a refusal: to forget the plans */
		if (again && (outcome == OUTCOME_REFUSED || (outcome == OUTCOME_LOST && kept &&
							     query->reads && !db->timed_out))) {
			metrics_event(db->budget->metrics, METRICS_RETRY, DEP_DB);
			continue;
		}
		budget_record(db->budget, query->operation, started_us, r != ERR_UNAVAILABLE);
		return r;
	}
}

int db_query(struct db *db, const struct query *query, int count, const char *const *values,
	     PGresult **ret_result)
{
	discard(db);
	return db_receive(db, query, count, values, ret_result);
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

struct slice db_optional(const PGresult *result, int row, int column)
{
	return db_null(result, row, column) ? (struct slice){0} : db_value(result, row, column);
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

bool db_bool(const PGresult *result, int row, int column)
{
	return PQgetvalue(result, row, column)[0] == 't';
}
