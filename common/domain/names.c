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

int names_load(struct db *db, const struct slice *uuids, size_t count, struct names *names)
{
	int r;

	r = put_array(uuids, count, &names->uuids);
	if (r < 0)
		return r;
	return db_query(db, &query_users_names, 1, (const char *[]){names->uuids.data},
			&names->result);
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

bool names_find(const struct names *names, struct slice uuid, struct slice *ret_handle,
		struct slice *ret_display_name)
{
	if (uuid.len != UUID_SIZE - 1)
		return false;
	for (int row = 0; row < PQntuples(names->result); row++) {
		if (memcmp(PQgetvalue(names->result, row, 0), uuid.ptr, uuid.len) != 0)
			continue;
		*ret_handle = db_value(names->result, row, 1);
		*ret_display_name = db_value(names->result, row, 2);
		return true;
	}
	return false;
}
