/*
 * preview.h - pages of people and cruds for programs that do not run the front end (web/head.h).
 *
 * They show what everybody may see. All functions may return ERR_UNAVAILABLE, ERR_OVERLOADED and
 * ERR_NO_MEMORY, and ERR_INTERNAL when index.html cannot be used.
 */
#ifndef PREVIEW_H
#define PREVIEW_H

#include "db/db.h"
#include "web/resp.h"

/* Where the pages are; borrowed. */
struct preview_site {
	const char *origin; /* https://cruddur.example */
	const char *folder; /* of index.html */
};

/*
 * Write the page of the person with `handle`; 410 without a body when the person has deleted the
 * account in the last 90 days.
 * Returns 0; ERR_NOT_FOUND, also for a person who is suspended.
 */
int preview_person(struct db *db, struct slice handle, const struct preview_site *site,
		   struct resp *resp) __attribute__((warn_unused_result));

/*
 * Write the page of crud `uuid`; 410 without a body when it has expired and is not purged yet, or
 * its author has deleted the account.
 * Returns 0; ERR_NOT_FOUND, also for a crud of a person who is suspended.
 */
int preview_crud(struct db *db, const char *uuid, const struct preview_site *site,
		 struct resp *resp) __attribute__((warn_unused_result));

#endif
