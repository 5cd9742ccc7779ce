/* names.c - see names.h. */
#include "domain/names.h"

#include <string.h>

#include "base/err.h"
#include "base/uuid.h"
#include "queries.h"

void names_dispose(struct names *names)
{
	PQclear(names->result);
	names->result = NULL;
	buf_dispose(&names->uuids);
}

/* Write the uuids as a PostgreSQL array, "{…,…}". Returns 0; ERR_NO_MEMORY. */
static int put_array(const struct slice *uuids, size_t count, struct buf *array)
{
	array->max = count * UUID_SIZE + 2;
	buf_reset(array);
	buf_reserve(array, array->max);
	buf_putc(array, '{');
	for (size_t i = 0; i < count; i++) {
		char uuid[UUID_SIZE];

		if (uuid_parse(uuids[i], uuid) < 0)
			continue;
		if (array->len > 1)
			buf_putc(array, ',');
		buf_puts(array, uuid);
	}
	buf_putc(array, '}');
	return array->failed ? ERR_NO_MEMORY : 0;
}

static int load(struct db *db, const struct query *query, const struct slice *uuids, size_t count,
		struct names *names)
{
	int r;

	r = put_array(uuids, count, &names->uuids);
	if (r < 0)
		return r;
	return db_query(db, query, 1, (const char *[]){names->uuids.data}, &names->result);
}

int names_load(struct db *db, const struct slice *uuids, size_t count, struct names *names)
{
	return load(db, &query_users_names, uuids, count, names);
}

int names_load_people(struct db *db, const struct slice *uuids, size_t count, struct names *names)
{
	return load(db, &query_users_people, uuids, count, names);
}

int names_send(struct db *db, const struct slice *uuids, size_t count, struct names *names)
{
	int r;

	r = put_array(uuids, count, &names->uuids);
	if (r < 0)
		return r;
	db_send(db, &query_users_names, 1, (const char *[]){names->uuids.data});
	return 0;
}

int names_receive(struct db *db, struct names *names)
{
	return db_receive(db, &names->result);
}

size_t names_count(const struct names *names)
{
	return (size_t)PQntuples(names->result);
}

/* The row of a person; -1 for an unknown one. */
static int row_of(const struct names *names, struct slice uuid)
{
	if (uuid.len != UUID_SIZE - 1)
		return -1;
	for (int row = 0; row < PQntuples(names->result); row++)
		if (memcmp(PQgetvalue(names->result, row, 0), uuid.ptr, uuid.len) == 0)
			return row;
	return -1;
}

bool names_find(const struct names *names, struct slice uuid, struct slice *ret_handle,
		struct slice *ret_display_name)
{
	int row = row_of(names, uuid);

	if (row < 0)
		return false;
	*ret_handle = db_value(names->result, row, 1);
	*ret_display_name = db_value(names->result, row, 2);
	return true;
}

bool names_receipts(const struct names *names, struct slice uuid)
{
	int row = row_of(names, uuid);

	return row < 0 || slice_is(db_value(names->result, row, 3), "t");
}

struct slice names_bio(const struct names *names, struct slice uuid)
{
	int row = row_of(names, uuid);

	if (row < 0 || db_null(names->result, row, 4))
		return (struct slice){0};
	return db_value(names->result, row, 4);
}
