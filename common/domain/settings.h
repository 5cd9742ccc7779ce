/*
 * settings.h - what a person has chosen: who may write first, read receipts, notifications.
 *
 * `messages_from` is asked only for the first message between two people:
 *
 *	everyone	it arrives like any other (the default)
 *	requests	so does one of a person whom the receiver follows; another one
 *			waits until the receiver accepts it (conversation.h)
 *	following	only people whom the receiver follows may write
 *	nobody		nobody may
 *
 * Without read receipts nobody sees how far the person has read, and the person does not see how
 * far others have (names_receipts).
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "db/db.h"
#include "web/resp.h"

/*
 * Of what a person wants notifications, each of everyone, following (only what people whom they
 * follow do) or nobody. It counts when something happens; notifications that are there stay.
 */
enum settings_notify {
	SETTINGS_REPLIES,
	SETTINGS_MENTIONS,
	SETTINGS_LIKES,
	SETTINGS_REPOSTS,
	SETTINGS_FOLLOWS,
	SETTINGS_NOTIFY_COUNT,
};

/* Changes of settings; NULL leaves a setting as it is. */
struct settings {
	const char *messages_from;		   /* static */
	const char *read_receipts;		   /* "true" or "false" */
	const char *notify[SETTINGS_NOTIFY_COUNT]; /* static */
};

/*
 * Read settings from a JSON object; members that are left out stay NULL.
 * Adds the codes messages_from_invalid, read_receipts_invalid and notify_…_invalid to `resp`.
 */
void settings_read(json_object *body, struct resp *resp, struct settings *ret_settings);

/*
 * Write the settings of person `me`, a NUL-terminated uuid.
 * Returns 0; ERR_REFERENCE when the person is gone; as db_query; ERR_NO_MEMORY.
 */
int settings_show(struct db *db, const char *me, struct resp *resp)
	__attribute__((warn_unused_result));

/* Change settings of person `me` and write them all. Returns as settings_show. */
int settings_change(struct db *db, const char *me, const struct settings *changes,
		    struct resp *resp) __attribute__((warn_unused_result));

/*
 * Whether `me` may send a first message to `other`; both are NUL-terminated uuids.
 * ret_waits: it waits until `other` accepts it.
 * Returns 0; PROBLEM_MESSAGES_NOT_ACCEPTED; ERR_NOT_FOUND when `other` is gone; as db_query.
 */
int settings_admit(struct db *db, const char *me, const char *other, bool *ret_waits)
	__attribute__((warn_unused_result));

#endif
