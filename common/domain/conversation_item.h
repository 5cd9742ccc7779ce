/*
 * conversation_item.h - the items of the conversation table, as they are read. They are written by
 * the requests in common/aws/requests/TransactWriteItems and UpdateItem.
 *
 * Londo (2c7b…) writes to Alt (3d8c…) for the first time, then again (send.json): a message is
 * added, and both rows change in place. One transaction each. Then Alt reads (mark_read.json,
 * mark_seen.json).
 *
 *	item           attribute           after the first message  after the second  after reading
 *	-------------- ------------------- ------------------------ ----------------- -------------
 *	pair           pk                  PAIR#2c7b…#3d8c…         (unchanged)
 *	               sk                  PAIR
 *	               group_uuid          3233…
 *
 *	message        pk                  MSG#3233…                (unchanged)
 *	               sk                  …T00:03:30.644358
 *	               message_uuid        01a2152a-1ad4-75ba-…
 *	               message             Hello, Alt.
 *	               user_uuid           2c7b…
 *	               user_handle         londo
 *	               user_display_name   Londo Mollari
 *
 *	message        pk                                           MSG#3233…         (unchanged)
 *	               sk                                           …T00:03:41.120007
 *	               message_uuid                                 01a2152a-43c0-…
 *	               message                                      Are you there?
 *	               user_…                                       as above
 *
 *	row of Londo   pk                  GRP#2c7b…
 *	               sk                  GROUP#3233…
 *	               message_group_uuid  3233…
 *	               last_message_at     …T00:03:30.644358        …T00:03:41.120007
 *	               last_sent_at        …T00:03:30.644358        …T00:03:41.120007
 *	               last_message_uuid   01a2152a-1ad4-75ba-…     01a2152a-43c0-…
 *	               message             Hello, Alt.              Are you there?
 *	               unread_count        0                        0
 *	               read_at             1970-01-01T…
 *	               seen_at …T00:03:41.120007 seen_message_uuid 01a2152a-43c0-… user_uuid 3d8c…
 *	               user_handle         alt
 *	               user_display_name   Alt Cunningham
 *
 *	row of Alt     pk                  GRP#3d8c…
 *	               unread_count        1                        2                 0
 *	               read_at             1970-01-01T… …T00:03:41.120007 read_message_uuid
 *01a2152a-43c0-… user_…              2c7b…, of Londo the others          as in the row of Londo,
 *but no seen_…
 *
 *	idempotency    pk                  IDEM#2c7b…#e2f1…0a       (unchanged; a second key makes
 *	               sk                  IDEM                      a second item)
 *	               request_digest      43f7ae4b…b407a
 *	               group_uuid          3233…
 *	               created_at          …T00:03:30.644358
 *	               expires_at          1795737810
 *
 * Times begin with 2026-11-26 and end in +00:00. delete.json turns a message into a tombstone:
 * `message` is removed, `deleted_at` added; the unread count that it is in becomes lower by one.
 * delete_last.json also removes the preview `message` from both rows. Names are those of the time
 *of writing, a fallback for the current ones.
 */
#ifndef CONVERSATION_ITEM_H
#define CONVERSATION_ITEM_H

#include "aws/item.h"
#include "base/buf.h"
#include "base/uuid.h"

/* A person as an item names them. */
struct item_person {
	struct slice uuid, handle, display_name;
};

struct item_message {
	struct slice uuid, created_at, text;
	struct slice deleted_at; /* len 0: not deleted; else text.ptr is NULL */
	struct item_person sender;
};

/* A row. A slice has ptr NULL when its attribute is missing. */
struct item_row {
	struct slice group;
	struct slice last_message_at;	/* position in the list; missing: the row is not listed */
	struct slice last_sent_at;	/* created_at of the last message; never missing */
	struct slice last_message_uuid; /* of the last message */
	struct slice text;		/* preview of the last message; missing: it is deleted */
	int64_t unread_count;
	/*
	 * The member has read the messages up to read_at, of which read_message_uuid is the newest;
	 * it is missing when there was no message. Rows of the previous release have no read_at:
	 * all but the last unread_count messages of the other member are read.
	 */
	struct slice read_at, read_message_uuid;
	struct slice seen_at, seen_message_uuid; /* the same of the other member */
	struct item_person other;
	/*
	 * Messages that the member has sent so far, while the other one has not accepted the
	 * conversation; 0: it waits for nothing of the other one.
	 */
	int64_t pending;
	bool waits; /* the member has not accepted it: the row was under REQ# */
};

/*
 * Read a message or a row; the slices are borrowed from the item. Missing names are empty. Rows of
 * the previous release are read, too: they have the whole text, which is cut here, and their
 * last_sent_at may be missing or older than last_message_at.
 * Where a row was found is not among what is read: `waits` is false.
 * Returns 0; ERR_INTERNAL when another attribute is missing.
 */
int item_read_message(const struct item *item, struct item_message *ret_message)
	__attribute__((warn_unused_result));
int item_read_row(const struct item *item, struct item_row *ret_row)
	__attribute__((warn_unused_result));

/* The beginning of the pk of a row, for the hole `place`: GRP, or REQ while it waits. */
struct slice item_place(bool waits);

/*
 * The preview of a text for a row: at most LIMIT_PREVIEW code points, cut between graphemes
 * (text_cut). The result points into `text`; its ptr is NULL when that of `text` is.
 */
struct slice item_preview(struct slice text);

/*
 * Compare two times as items have them, in the order of DynamoDB's sort keys: byte by byte.
 * Returns a number below, equal to or above 0, as strcmp does.
 */
int item_compare_times(struct slice one, struct slice other);

/* The read_at of somebody who has not read anything: a time before all messages. */
#define ITEM_NOTHING_READ "1970-01-01T00:00:00.000000+00:00"

/*
 * Finds the read mark that an unread count implies: all messages but the last `left` of the other
 * member are read. The previous release left deleted messages in the count, so those of its rows
 * are passed by, too; `unread` counts only the others.
 */
struct item_mark_search {
	const char *other;    /* uuid of the other member, NUL-terminated, borrowed */
	int64_t left;	      /* unread messages that were not passed by yet; at first, the count */
	int64_t unread;	      /* messages that were passed by and are not deleted; at first, 0 */
	bool without_deleted; /* deleted messages are not in the count */
};

/*
 * Pass by the messages of a conversation, the newest first.
 * Returns true at the newest message that is read. When no message is, all are unread.
 */
bool item_mark_reached(struct item_mark_search *search, const struct item_message *message);

/* The uuids of two people as the key of their pair names them. */
struct item_pair {
	struct slice lower, higher;
};

/* The key of the pair of two people, whose NUL-terminated uuids it borrows, in either order. */
struct item_pair item_pair_of(const char *one, const char *other);

#endif
