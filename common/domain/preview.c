/* preview.c - see preview.h. */
#include "domain/preview.h"

#include "base/err.h"
#include "base/handle.h"
#include "queries.h"
#include "web/head.h"

/* The columns of both statements; the last two are of cruds only. */
enum { HANDLE, NAME, TEXT, GONE, CREATED_AT, EXPIRES_AT };

/* Write the page that the first row describes. crud: NULL for a person. */
static int write_page(const PGresult *result, const char *crud, const struct preview_site *site,
		      struct resp *resp)
{
	struct head head;

	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	buf_reset(&resp->body);
	if (slice_is(db_value(result, 0, GONE), "t")) {
		resp->status = 410;
		return 0;
	}
	head = (struct head){
		.name = db_value(result, 0, NAME),
		.handle = db_value(result, 0, HANDLE),
		.text = db_value(result, 0, TEXT),
		.crud = crud,
		.created_us = crud ? db_integer(result, 0, CREATED_AT) : 0,
		.expires_us = crud ? db_integer(result, 0, EXPIRES_AT) : 0,
	};
	resp->content_type = "text/html; charset=utf-8";
	return head_write_file(&head, site->origin, site->folder, &resp->body);
}

int preview_person(struct db *db, struct slice handle, const struct preview_site *site,
		   struct resp *resp)
{
	pg_result_auto *result = NULL;
	char whose[LIMIT_HANDLE_MAX + 1];
	const char *values[] = {whose};
	int r;

	if (!handle_copy(handle, whose))
		return ERR_NOT_FOUND;
	r = db_query(db, &query_previews_person, 1, values, &result);
	return r < 0 ? r : write_page(result, NULL, site, resp);
}

int preview_crud(struct db *db, const char *uuid, const struct preview_site *site,
		 struct resp *resp)
{
	pg_result_auto *result = NULL;
	const char *values[] = {uuid};
	int r;

	r = db_query(db, &query_previews_crud, 1, values, &result);
	return r < 0 ? r : write_page(result, uuid, site, resp);
}
