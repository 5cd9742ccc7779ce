/*
 * check.c - ddb check: the items of people whom PostgreSQL does not have, items of the messages
 * table that do not fit together, and blocks that are in one of the stores only. Of people who were
 * deleted (erase.c) only tombstones may remain; conversations of people whose deletion goes on are
 * not looked at.
 *
 * The table is read page by page while workers serve. A message may come between two reads, so a
 * row in which a problem was found is read again; a problem is reported if it is there each time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/handle.h"
#include "check_blocks.h"
#include "command_requests.h"
#include "domain/names.h"
#include "limit.h"
#include "queries.h"
#include "requests.h"
#include "store.h"

#define LOOKS 3 /* at a row before something in it is reported */

/* A row or a pair, by the uuids in it. */
struct entry {
	bool is_pair;
	bool waits; /* the row is under REQ# */
	char group[UUID_SIZE];
	char people[2][UUID_SIZE]; /* the member and the other one; of a pair, both */
	bool blocked;		   /* one of them blocks the other */
	bool erased[2];		   /* the person was deleted; of a row, [1] is the other one */
	bool unsettled;		   /* a deletion of one of them goes on */
};

/* The problems of a row, in the order of `faults`. */
enum fault {
	FAULT_OTHER_ROW,
	FAULT_OTHER_MEMBER,
	FAULT_OTHER_LAST,
	FAULT_PAIR,
	FAULT_LAST,
	FAULT_UNREAD,
	FAULT_SEEN,
	FAULT_TWICE,
	FAULT_WAITING,
	FAULT_PENDING,
	FAULT_NAMES,
	FAULT_TEXTS,
	FAULT_COUNT,
};

static const char *const faults[FAULT_COUNT] = {
	"the other member has no row",
	"the row of the other member names somebody else",
	"the row of the other member has another last message",
	"the pair is missing or names another conversation",
	"the last message is missing",
	"the unread count is not the number of unread messages",
	"seen_at and seen_message_uuid are not the read mark of the other member",
	"the member has accepted the conversation, but it is among the requests, too",
	"only one of the rows says that the conversation waits to be accepted",
	"more messages are pending than may be",
	"it names a person who was deleted",
	"there are texts of a person who was deleted",
};

/* Those that cannot be when the other member was deleted. */
#define FAULTS_OF_TWO (1u << FAULT_OTHER_ROW | 1u << FAULT_PAIR)

struct check {
	struct entry entries[STORE_PAGE_MAX];
	size_t count;
	int64_t rows, pairs, lasting, found;
};

static int take(const struct item *item, void *data)
{
	struct check *check = data;
	struct entry *entry = &check->entries[check->count];
	struct slice pk = item_string_or(item, "pk", SLICE(""));
	struct slice sk = item_string_or(item, "sk", SLICE(""));
	struct slice other = item_string_or(item, "user_uuid", SLICE(""));
	struct slice group = item_string_or(item, "group_uuid", SLICE(""));

	entry->blocked = item_has(item, "blocked_by");
	entry->erased[0] = entry->erased[1] = entry->unsettled = false;
	entry->group[0] = '\0';
	if (!item_has(item, "expires_at"))
		check->lasting++;
	entry->waits = slice_begins(pk, "REQ#");
	if (store_key_uuids(pk, entry->waits ? "REQ#" : "GRP#", 1, entry->people) &&
	    store_key_uuids(sk, "GROUP#", 1, &entry->group) &&
	    uuid_parse(other, entry->people[1]) == 0) {
		entry->is_pair = false;
		check->rows++;
		check->count++;
	} else if (store_key_uuids(pk, "PAIR#", 2, entry->people) &&
		   (uuid_parse(group, entry->group) == 0 || entry->blocked)) {
		entry->is_pair = true;
		check->pairs++;
		check->count++;
	}
	return 0;
}

static void report(struct check *check, const struct entry *entry, const char *problem)
{
	check->found++;
	if (entry->is_pair)
		printf("PAIR#%s#%s: %s\n", entry->people[0], entry->people[1], problem);
	else
		printf("%s#%s / GROUP#%s: %s\n", entry->waits ? "REQ" : "GRP", entry->people[0],
		       entry->group, problem);
}

/* --- people ---------------------------------------------------------------------------------- */

/*
 * Mark the entries of people who are in the journal of erasures. uuids: those of the people of
 * `count` entries, as a PostgreSQL array.
 */
static int mark_erased(struct aws *aws, struct entry *entries, size_t count, const char *uuids)
{
	pg_result_auto *erasures = NULL;

	budget_start(&aws->budget, PATIENCE_MS);
	if (db_query(aws->db, &query_erasures_known, 1, (const char *const[]){uuids}, &erasures) <
	    0)
		return aws_db_failed(aws);
	for (size_t i = 0; i < 2 * count; i++) {
		struct entry *entry = &entries[i / 2];

		for (int row = 0; row < PQntuples(erasures); row++) {
			if (!slice_is(db_value(erasures, row, 0), entry->people[i % 2]))
				continue;
			if (slice_is(db_value(erasures, row, 1), "t"))
				entry->erased[i % 2] = true;
			else
				entry->unsettled = true;
		}
	}
	return 0;
}

/* Report the people of `count` entries, at most LIMIT_PAGE_MAX / 2, whom PostgreSQL lacks. */
static int check_people(struct aws *aws, struct check *check, struct entry *entries, size_t count)
{
	struct slice uuids[LIMIT_PAGE_MAX];
	names_auto names = {0};
	struct slice handle, display_name;
	int status;

	for (size_t i = 0; i < 2 * count; i++)
		uuids[i] = slice_of(entries[i / 2].people[i % 2]);
	budget_start(&aws->budget, PATIENCE_MS);
	if (names_load(aws->db, uuids, 2 * count, &names) < 0)
		return aws_db_failed(aws);
	status = mark_erased(aws, entries, count, names.uuids.data);
	if (status != 0)
		return status;
	for (size_t i = 0; i < 2 * count; i++) {
		const struct entry *entry = &entries[i / 2];
		char problem[64 + UUID_SIZE];

		if (names_find(&names, uuids[i], &handle, &display_name) || entry->unsettled ||
		    entry->erased[i % 2])
			continue;
		snprintf(problem, sizeof(problem), "there is no person %s",
			 entries[i / 2].people[i % 2]);
		report(check, &entries[i / 2], problem);
	}
	return 0;
}

/* --- rows and pairs -------------------------------------------------------------------------- */

/* A read mark; its texts are "" when the attributes are missing. */
struct mark {
	char at[CLOCK_TEXT_SIZE], uuid[UUID_SIZE];
};

/* The attributes of a row that are checked; a copy. */
struct row {
	bool exists, waits;
	bool anonymous; /* it names a deleted person as such */
	char other[UUID_SIZE], last_uuid[UUID_SIZE];
	char last_at[CLOCK_TEXT_SIZE];
	struct mark read, seen;
	int64_t unread, pending;
};

static bool copy_mark(struct slice at, struct slice uuid, struct mark *ret_mark)
{
	return slice_copy(at, ret_mark->at, sizeof(ret_mark->at)) &&
	       slice_copy(uuid, ret_mark->uuid, sizeof(ret_mark->uuid));
}

/* Returns the exit status. A row that cannot be read counts as missing. */
static int get_row_at(struct aws *aws, const char *user, const char *group, bool waits,
		      struct row *ret_row)
{
	const struct dynamodb_answer *answer;
	struct item_row row;

	*ret_row = (struct row){0};
	if (aws_send(aws,
		     REQUEST(GetItem, row, .user = slice_of(user), .group = slice_of(group),
			     .waits = waits),
		     &answer) < 0)
		return aws_failed(aws);
	if (answer->count > 0 && item_read_row(&answer->items[0], &row) == 0 &&
	    uuid_parse(row.other.uuid, ret_row->other) == 0 &&
	    uuid_parse(row.last_message_uuid, ret_row->last_uuid) == 0 &&
	    slice_copy(row.last_sent_at, ret_row->last_at, sizeof(ret_row->last_at)) &&
	    copy_mark(row.read_at, row.read_message_uuid, &ret_row->read) &&
	    copy_mark(row.seen_at, row.seen_message_uuid, &ret_row->seen)) {
		ret_row->exists = true;
		ret_row->waits = waits;
		ret_row->anonymous = handle_deleted(row.other.handle);
		ret_row->unread = row.unread_count;
		ret_row->pending = row.pending;
	}
	return 0;
}

/* The row of a member who may not have accepted the conversation. Returns as get_row_at. */
static int get_row(struct aws *aws, const char *user, const char *group, struct row *ret_row)
{
	int status = get_row_at(aws, user, group, false, ret_row);

	return status == 0 && !ret_row->exists ? get_row_at(aws, user, group, true, ret_row)
					       : status;
}

/* Whether `group` has the last message that the row names. Returns the exit status. */
static int has_last(struct aws *aws, const char *group, const struct row *row, bool *ret_has)
{
	const struct dynamodb_answer *answer;
	struct item_message message;

	if (aws_send(aws,
		     REQUEST(GetItem, message, .group = slice_of(group),
			     .created_at = slice_of(row->last_at)),
		     &answer) < 0)
		return aws_failed(aws);
	*ret_has = answer->count > 0 && item_read_message(&answer->items[0], &message) == 0 &&
		   slice_is(message.uuid, row->last_uuid);
	return 0;
}

/*
 * Whether the marks of a row fit those of the other member: the one that it has seen is a copy.
 * Before all messages, and while the conversation waits, there is no copy.
 */
static bool is_copy(const struct row *mine, const struct row *theirs)
{
	const struct mark *seen = &mine->seen, *read = &theirs->read;

	if (mine->waits || theirs->waits)
		return !seen->at[0] && !seen->uuid[0];
	return strcmp(seen->uuid, read->uuid) == 0 &&
	       strcmp(seen->at, read->uuid[0] ? read->at : "") == 0;
}

/* The texts of a person in a conversation. */
struct texts {
	const char *person;
	bool found;
};

static int find_text(const struct item *item, void *data)
{
	struct texts *texts = data;
	struct item_message message;

	if (item_read_message(item, &message) == 0 &&
	    slice_is(message.sender.uuid, texts->person) &&
	    (message.text.ptr || !handle_deleted(message.sender.handle)))
		texts->found = true;
	return 0;
}

/* Look for what remains of the other member, who was deleted. Returns the exit status. */
static int look_for_texts(struct aws *aws, const struct entry *entry, const struct row *mine,
			  unsigned *ret_faults)
{
	struct texts texts = {.person = entry->people[1]};
	char pk[sizeof("MSG#") + UUID_SIZE];
	int status;

	snprintf(pk, sizeof(pk), "MSG#%s", entry->group);
	status = store_each(aws, aws->config.messages_table, pk, find_text, &texts);
	*ret_faults &= ~FAULTS_OF_TWO;
	if (!mine->anonymous)
		*ret_faults |= 1u << FAULT_NAMES;
	if (texts.found)
		*ret_faults |= 1u << FAULT_TEXTS;
	return status;
}

/* Look at a row. ret_faults: a bit for each enum fault. Returns the exit status. */
static int look(struct aws *aws, const struct entry *entry, unsigned *ret_faults)
{
	const char *me = entry->people[0], *other = entry->people[1];
	char group[UUID_SIZE];
	struct row mine, theirs, again = {.exists = false};
	int64_t unread = 0;
	bool last = false;
	int status;

	*ret_faults = 0;
	status = get_row_at(aws, me, entry->group, entry->waits, &mine);
	if (status != 0 || !mine.exists)
		return status; /* deleted or accepted since, or damaged */
	if (entry->waits)
		status = get_row_at(aws, me, entry->group, false, &again);
	if (status != 0)
		return status;
	status = get_row(aws, other, entry->group, &theirs);
	if (status == 0)
		status = store_find_pair(aws, aws->config.messages_table, me, other, group);
	if (status == 0)
		status = has_last(aws, entry->group, &mine, &last);
	if (status == 0 && mine.read.at[0])
		status = store_count_unread(aws, entry->group, me, mine.read.at, &unread);
	if (status != 0)
		return status;
	if (!theirs.exists)
		*ret_faults |= 1u << FAULT_OTHER_ROW;
	if (theirs.exists && strcmp(theirs.other, me) != 0)
		*ret_faults |= 1u << FAULT_OTHER_MEMBER;
	if (theirs.exists && strcmp(theirs.last_uuid, mine.last_uuid) != 0)
		*ret_faults |= 1u << FAULT_OTHER_LAST;
	if (strcmp(group, entry->group) != 0)
		*ret_faults |= 1u << FAULT_PAIR;
	if (!last)
		*ret_faults |= 1u << FAULT_LAST;
	if (mine.read.at[0] && unread != mine.unread)
		*ret_faults |= 1u << FAULT_UNREAD;
	if (theirs.exists && !is_copy(&mine, &theirs))
		*ret_faults |= 1u << FAULT_SEEN;
	if (again.exists)
		*ret_faults |= 1u << FAULT_TWICE;
	if (theirs.exists &&
	    (mine.waits ? theirs.pending == 0 : (mine.pending > 0) != theirs.waits))
		*ret_faults |= 1u << FAULT_WAITING;
	if (mine.pending > LIMIT_REQUEST_MESSAGES)
		*ret_faults |= 1u << FAULT_PENDING;
	return entry->erased[1] ? look_for_texts(aws, entry, &mine, ret_faults) : 0;
}

static int check_row(struct aws *aws, struct check *check, const struct entry *entry)
{
	unsigned found = ~0u, seen;

	for (int i = 0; found != 0 && i < LOOKS; i++) {
		int status = look(aws, entry, &seen);

		if (status != 0)
			return status;
		found &= seen;
	}
	for (unsigned i = 0; i < FAULT_COUNT; i++)
		if (found & 1u << i)
			report(check, entry, faults[i]);
	return 0;
}

/*
 * Look at an item of a person who was deleted. With --blocks a block of them that a restore has
 * brought back goes: nothing else leads to it. Returns the exit status.
 */
static int check_erased(struct aws *aws, struct check *check, const struct entry *entry)
{
	const struct item_pair pair = item_pair_of(entry->people[0], entry->people[1]);
	const struct dynamodb_answer *answer;
	int r;

	if (!aws->blocks || !entry->is_pair || entry->group[0]) {
		report(check, entry, "it is of a person who was deleted");
		return 0;
	}
	r = aws_send(aws, REQUEST(DeleteItem, pair, .lower = pair.lower, .higher = pair.higher),
		     &answer);
	if (r < 0 && r != ERR_CONDITION)
		return aws_failed(aws);
	printf("PAIR#%s#%s: a block of a person who was deleted, removed\n", entry->people[0],
	       entry->people[1]);
	return 0;
}

static int check_pair(struct aws *aws, struct check *check, const struct entry *entry)
{
	struct row row;
	int status = 0;

	/* A pair without a conversation keeps one from beginning. */
	for (size_t i = 0; status == 0 && entry->group[0] && i < 2; i++) {
		char problem[64 + UUID_SIZE];

		status = get_row(aws, entry->people[i], entry->group, &row);
		if (status != 0 || row.exists)
			continue;
		snprintf(problem, sizeof(problem), "there is no row of %s", entry->people[i]);
		report(check, entry, problem);
	}
	return status;
}

/* Check what was taken from a page. Returns the exit status. */
static int work(struct aws *aws, void *data)
{
	const size_t most = LIMIT_PAGE_MAX / 2;
	struct check *check = data;
	int status = 0;

	for (size_t i = 0; status == 0 && i < check->count; i += most) {
		size_t left = check->count - i;

		status = check_people(aws, check, &check->entries[i], left < most ? left : most);
	}
	for (size_t i = 0; status == 0 && i < check->count; i++) {
		const struct entry *entry = &check->entries[i];

		if (entry->unsettled)
			continue;
		if (entry->erased[0] || (entry->is_pair && entry->erased[1])) {
			status = check_erased(aws, check, entry);
			continue;
		}
		status = entry->is_pair ? check_pair(aws, check, entry)
					: check_row(aws, check, entry);
		/* Blocks that PostgreSQL has are checked by check_blocks. */
		for (size_t j = 0; status == 0 && entry->blocked && j < 2; j++)
			status = check_extra_block(aws, entry->people[j], entry->people[1 - j],
						   &check->found);
	}
	check->count = 0;
	return status;
}

int ddb_check(struct aws *aws)
{
	struct check check = {0};
	int status;

	status = store_each_page(aws, aws->config.messages_table, take, work, &check);
	if (status == 0)
		status = check_blocks(aws, &check.found);
	if (status != 0)
		return status;
	printf("%s: %" PRId64 " rows, %" PRId64 " pairs, %" PRId64 " items that last\n",
	       aws->config.messages_table, check.rows, check.pairs, check.lasting);
	if (check.found > 0)
		return aws_fail("%" PRId64 " problems; see above", check.found);
	return 0;
}
