/*
 * purge.c - db purge-expired: deletes what has expired, in small transactions that skip locked
 * rows.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "command.h"
#include "queries.h"

#define BATCH 1000 /* rows of a transaction at first */

/* The names are those of the output; NULL: not counted there. */
static const struct {
	const struct query *query;
	const char *name;
} purges[] = {
	{&query_purges_cruds, "cruds"},	       {&query_purges_keys, "idempotency keys"},
	{&query_purges_withdrawn, NULL},       {&query_purges_quotas, NULL},
	{&query_purges_exports, NULL},	       {&query_purges_erased_handles, NULL},
	{&query_purges_erased_subjects, NULL}, {&query_purges_follows, NULL},
	{&query_purges_reports, NULL},
};

/* Whether the last statement took too long, for the server or for db.c. */
static bool was_too_slow(const struct aws *aws)
{
	const char *problem = db_problem(aws->db);

	return strstr(problem, "57014") || strstr(problem, "no answer in time");
}

/*
 * Delete everything that a statement finds. A transaction that takes too long for PostgreSQL's
 * limit has deleted nothing: then fewer rows at a time. Returns the exit status.
 */
static int purge(struct aws *aws, const struct query *query, int64_t *ret_count)
{
	int batch = BATCH;

	*ret_count = 0;
	for (;;) {
		pg_result_auto *result = NULL;
		char most[12];
		int64_t count;
		int r;

		snprintf(most, sizeof(most), "%d", batch);
		budget_start(&aws->budget, PATIENCE_MS);
		r = db_query(aws->db, query, 1, (const char *const[]){most}, &result);
		if (r == ERR_UNAVAILABLE && batch > 1 && was_too_slow(aws)) {
			batch = batch / 4 + 1;
			clock_sleep_ms(BREAKER_OPEN_MS);
			continue;
		}
		if (r < 0)
			return aws_db_failed(aws);
		count = db_integer_of(slice_of(PQcmdTuples(result)));
		*ret_count += count;
		if (count == 0)
			return 0;
	}
}

int purge_job(struct aws *aws, int *ret_count)
{
	*ret_count = 0;
	for (size_t i = 0; i < sizeof(purges) / sizeof(purges[0]); i++) {
		int64_t count;
		int status = purge(aws, purges[i].query, &count);

		if (status != 0)
			return status;
		*ret_count += (int)count;
	}
	return 0;
}

int db_purge_expired(struct aws *aws)
{
	const char *separator = "purged ";

	for (size_t i = 0; i < sizeof(purges) / sizeof(purges[0]); i++) {
		int64_t count;
		int status = purge(aws, purges[i].query, &count);

		if (status != 0)
			return status;
		if (!purges[i].name)
			continue;
		printf("%s%lld %s", separator, (long long)count, purges[i].name);
		separator = ", ";
	}
	printf("\n");
	return 0;
}
