/*
 * erase.c - people delete, people erasures: the steps of an erasure, which bin/jobs resumes.
 *
 *	step      what it removes                                        where
 *	--------  -----------------------------------------------------  ----------
 *	messages  texts and names in conversations, rows, pairs, blocks  DynamoDB
 *	rows      cruds, relations, keys, exports, the person            PostgreSQL
 *	account   the account                                            Cognito
 *
 * The table `erasures` has the next step. Each step finds what it still has to do in the stores
 * themselves, so it may end at any place and begin again. A step begins when requests that the
 * person had under way have ended (SETTLE_MS).
 *
 * Of each message a tombstone remains, with the uuid of the person, and that uuid in the rows of
 *the other members and in the table `erasures`.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/handle.h"
#include "command.h"
#include "command_requests.h"
#include "domain/conversation_item.h"
#include "limit.h"
#include "membership.h"
#include "queries.h"
#include "requests.h"

/* The time of a request, and for which a worker may know the person from before. */
#define SETTLE_MS  (BUDGET_REQUEST_MS + 2000)
#define PAGE	   100 /* messages of an answer */
#define BATCH	   100 /* rows of a transaction in PostgreSQL */
#define LOOKS	   5   /* at a row that others change */
#define DIGEST_MAX 128 /* bytes of the digest of a key with a NUL */
#define SK_SIZE	   64  /* bytes of the time of a message with a NUL */
#define FIRST_UUID "00000000-0000-0000-0000-000000000000"

/* An erasure that has not ended; a copy. */
struct erasure {
	char person[UUID_SIZE];
	char subject[256]; /* "": there is no account to delete */
	char step[16];	   /* the next one */
};

static struct slice messages_table(const struct aws *aws)
{
	return slice_of(aws->config.messages_table);
}

/* --- messages ----------------------------------------------------------------------------------
 */

/* A message of the person that still has to become a tombstone. */
struct grave {
	char sk[SK_SIZE], digest[DIGEST_MAX];
};

/* Whether an item is a message of the person that still tells something. */
static bool find_grave(const struct item *item, const char *person, struct grave *ret_grave)
{
	const struct slice handle = item_string_or(item, "user_handle", SLICE(""));

	if (!slice_is(item_string_or(item, "user_uuid", SLICE("")), person) ||
	    (handle_deleted(handle) && !item_has(item, "message") &&
	     !item_has(item, "idempotency_digest")))
		return false;
	if (!slice_copy(item_string_or(item, "idempotency_digest", SLICE("")), ret_grave->digest,
			sizeof(ret_grave->digest)))
		ret_grave->digest[0] = '\0';
	return slice_copy(item_string_or(item, "sk", SLICE("")), ret_grave->sk,
			  sizeof(ret_grave->sk));
}

/* The key goes first: after the message nothing leads to it. */
static int bury(struct aws *aws, const char *person, const char *group, const struct grave *grave)
{
	const struct dynamodb_answer *answer;
	char now[CLOCK_TEXT_SIZE];
	int r = 0;

	if (grave->digest[0])
		r = aws_send(aws,
			     REQUEST(DeleteItem, idempotency, .user = slice_of(person),
				     .key = slice_of(grave->digest)),
			     &answer);
	clock_format(clock_now_us(), now);
	if (r == 0)
		r = aws_send(aws,
			     REQUEST(UpdateItem, erase_message, .group = slice_of(group),
				     .created_at = slice_of(grave->sk), .deleted_at = slice_of(now),
				     .user = slice_of(person), .user_handle = SLICE(HANDLE_DELETED),
				     .user_display_name = SLICE(NAME_DELETED)),
			     &answer);
	return r < 0 && r != ERR_CONDITION ? aws_failed(aws) : 0;
}

/* The messages of a page of a conversation after the key `sk`, which becomes that of the last one.
 */
static int bury_page(struct aws *aws, const char *person, const char *group, char sk[SK_SIZE],
		     bool *ret_more)
{
	const struct dynamodb_answer *answer;
	char pk[sizeof("MSG#") + UUID_SIZE];
	struct grave graves[PAGE];
	size_t count = 0;
	int status = 0;

	snprintf(pk, sizeof(pk), "MSG#%s", group);
	if (aws_send(aws,
		     REQUEST(Query, page, .table = messages_table(aws), .pk = slice_of(pk),
			     .page_size = PAGE,
			     .after_sk = sk[0] ? slice_of(sk) : (struct slice){0}),
		     &answer) < 0)
		return aws_failed(aws);
	for (size_t i = 0; i < answer->count && count < PAGE; i++)
		count += find_grave(&answer->items[i], person, &graves[count]);
	*ret_more = slice_copy(item_string_or(&answer->last_key, "sk", SLICE("")), sk, SK_SIZE) &&
		    sk[0] != '\0';
	for (size_t i = 0; status == 0 && i < count; i++)
		status = bury(aws, person, group, &graves[i]);
	return status;
}

/* The row of the other member: whether it is there and names the person, and its last message. */
struct counterpart {
	bool exists;
	char last_uuid[UUID_SIZE], last_at[SK_SIZE];
};

static int look_at_row(struct aws *aws, const char *pk, const char *person, const char *group,
		       struct counterpart *ret_row)
{
	const struct dynamodb_answer *answer;
	struct item_row row;

	*ret_row = (struct counterpart){0};
	if (aws_send(aws, REQUEST(GetItem, any_row, .pk = slice_of(pk), .group = slice_of(group)),
		     &answer) < 0)
		return aws_failed(aws);
	ret_row->exists = answer->count > 0 && item_read_row(&answer->items[0], &row) == 0 &&
			  slice_is(row.other.uuid, person) &&
			  uuid_parse(row.last_message_uuid, ret_row->last_uuid) == 0 &&
			  slice_copy(row.last_sent_at, ret_row->last_at, sizeof(ret_row->last_at));
	return 0;
}

/* Whether the last message of a row is by the person, or gone. Returns the exit status. */
static int ends_with(struct aws *aws, const char *person, const char *group,
		     const struct counterpart *row, bool *ret_buries)
{
	const struct dynamodb_answer *answer;
	struct item_message message;

	if (aws_send(aws,
		     REQUEST(GetItem, message, .group = slice_of(group),
			     .created_at = slice_of(row->last_at)),
		     &answer) < 0)
		return aws_failed(aws);
	*ret_buries = answer->count == 0 || item_read_message(&answer->items[0], &message) < 0 ||
		      slice_is(message.sender.uuid, person);
	return 0;
}

/* Take the person out of the row of the other member, in the partition `pk`. */
static int erase_from_row(struct aws *aws, const char *pk, const char *person, const char *group)
{
	for (int i = 0; i < LOOKS; i++) {
		const struct dynamodb_answer *answer;
		struct counterpart row;
		bool buries = false;
		int status, r;

		status = look_at_row(aws, pk, person, group, &row);
		if (status != 0 || !row.exists)
			return status;
		status = ends_with(aws, person, group, &row, &buries);
		if (status != 0)
			return status;
		r = aws_send(aws,
			     REQUEST(UpdateItem, erase_row, .pk = slice_of(pk),
				     .group = slice_of(group), .user = slice_of(person),
				     .user_handle = SLICE(HANDLE_DELETED),
				     .user_display_name = SLICE(NAME_DELETED),
				     .last_message_uuid = slice_of(row.last_uuid),
				     .buries = buries),
			     &answer);
		if (r == 0)
			return 0;
		if (r != ERR_CONDITION)
			return aws_failed(aws);
	}
	return aws_fail("%s / GROUP#%s changes all the time", pk, group);
}

/* group: NULL for a pair without a conversation. */
static int delete_pair(struct aws *aws, const char *person, const char *other, const char *group)
{
	const struct item_pair pair = item_pair_of(person, other);
	const struct dynamodb_answer *answer;
	int r;

	r = aws_send(aws,
		     REQUEST(DeleteItem, pair, .lower = pair.lower, .higher = pair.higher,
			     .group = group ? slice_of(group) : (struct slice){0}),
		     &answer);
	return r < 0 && r != ERR_CONDITION ? aws_failed(aws) : 0;
}

/* The row of the person goes last: it leads to the conversation. */
static int erase_conversation(struct aws *aws, const struct membership *membership, void *data)
{
	const char *person = data, *group = membership->group;
	const struct dynamodb_answer *answer;
	char sk[SK_SIZE] = "";
	bool more = true;
	int status = 0;

	while (status == 0 && more)
		status = bury_page(aws, person, group, sk, &more);
	for (size_t i = 0; status == 0 && membership->other[0] && i < MEMBERSHIP_PARTITIONS; i++) {
		char pk[MEMBERSHIP_KEY_SIZE];

		snprintf(pk, sizeof(pk), "%s%s", membership_partitions[i], membership->other);
		status = erase_from_row(aws, pk, person, group);
	}
	if (status == 0 && membership->other[0])
		status = delete_pair(aws, person, membership->other, group);
	if (status == 0 && aws_send(aws,
				    REQUEST(DeleteItem, row, .pk = slice_of(membership->pk),
					    .group = slice_of(group)),
				    &answer) < 0)
		status = aws_failed(aws);
	return status;
}

/* The pairs that keep the person and somebody who has blocked them, or was, from a conversation. */
static int erase_blocks(struct aws *aws, const char *person)
{
	char other[UUID_SIZE] = FIRST_UUID;
	int status = 0, count;

	do {
		pg_result_auto *barriers = NULL;

		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, &query_erasures_barriers, 2,
			     (const char *const[]){person, other}, &barriers) < 0)
			return aws_db_failed(aws);
		count = PQntuples(barriers);
		for (int row = 0; status == 0 && row < count; row++) {
			if (uuid_parse(db_value(barriers, row, 0), other) < 0)
				return aws_fail("PostgreSQL returned something that is no uuid");
			status = delete_pair(aws, person, other, NULL);
		}
	} while (status == 0 && count > 0);
	return status;
}

static int erase_messages(struct aws *aws, struct erasure *erasure)
{
	int status = membership_each(aws, erasure->person, erase_conversation, erasure->person);

	return status == 0 ? erase_blocks(aws, erasure->person) : status;
}

/* --- rows, account -----------------------------------------------------------------------------
 */

static int erase_rows(struct aws *aws, struct erasure *erasure)
{
	bool more = true;
	char most[12];

	snprintf(most, sizeof(most), "%d", BATCH);
	while (more) {
		pg_result_auto *result = NULL;

		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, &query_erasures_delete, 2,
			     (const char *const[]){erasure->person, most}, &result) < 0)
			return aws_db_failed(aws);
		more = slice_is(db_value(result, 0, 0), "t");
	}
	return 0;
}

static int erase_account(struct aws *aws, struct erasure *erasure)
{
	return erasure->subject[0] ? cognito_delete_account(aws, erasure->subject) : 0;
}

/* --- steps -------------------------------------------------------------------------------------
 */

static const struct {
	const char *name;
	int (*run)(struct aws *aws, struct erasure *erasure);
} steps[] = {
	{"messages", erase_messages},
	{"rows", erase_rows},
	{"account", erase_account},
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static int put_step(struct aws *aws, struct erasure *erasure, const char *next)
{
	pg_result_auto *result = NULL;

	budget_start(&aws->budget, PATIENCE_MS);
	if (db_query(aws->db, &query_erasures_step, 2, (const char *const[]){erasure->person, next},
		     &result) < 0)
		return aws_db_failed(aws);
	return slice_copy(slice_of(next), erasure->step, sizeof(erasure->step))
		       ? 0
		       : aws_fail("%s is no step", next);
}

/* Do what is left of an erasure, up to the step `until`, or to the end. Returns the exit status. */
static int resume(struct aws *aws, struct erasure *erasure, const char *until)
{
	for (size_t i = 0; i < STEPS; i++) {
		int status;

		if (strcmp(erasure->step, steps[i].name) != 0)
			continue;
		status = steps[i].run(aws, erasure);
		if (status == 0)
			status = put_step(aws, erasure, i + 1 < STEPS ? steps[i + 1].name : "done");
		if (status != 0 || (until && strcmp(until, steps[i].name) == 0))
			return status;
	}
	return 0;
}

/*
 * The next erasure after that of `erasure` that may go on, or any with `settled`. Returns the exit
 * status. ret_found: whether there is one.
 */
static int find_next(struct aws *aws, bool settled, struct erasure *erasure, bool *ret_found)
{
	pg_result_auto *result = NULL;
	char age_ms[16];

	snprintf(age_ms, sizeof(age_ms), "%d", settled ? 0 : SETTLE_MS);
	budget_start(&aws->budget, PATIENCE_MS);
	if (db_query(aws->db, &query_erasures_open, 2,
		     (const char *const[]){erasure->person, age_ms}, &result) < 0)
		return aws_db_failed(aws);
	*ret_found = PQntuples(result) > 0;
	if (*ret_found &&
	    (uuid_parse(db_value(result, 0, 0), erasure->person) < 0 ||
	     !slice_copy(db_value(result, 0, 1), erasure->subject, sizeof(erasure->subject)) ||
	     !slice_copy(db_value(result, 0, 2), erasure->step, sizeof(erasure->step))))
		return aws_fail("the table erasures has a row that cannot be read");
	return 0;
}

/* All erasures that may go on. One that fails does not stop the others. */
static int resume_all(struct aws *aws, bool settled, const char *until, int *ret_count)
{
	struct erasure erasure = {.person = FIRST_UUID};
	int failed = 0;
	bool found = false;

	*ret_count = 0;
	for (;;) {
		int status = find_next(aws, settled, &erasure, &found);

		if (status != 0 || !found)
			return status != 0 || failed;
		if (resume(aws, &erasure, until) == 0)
			++*ret_count;
		else
			failed = 1;
	}
}

int erasures_job(struct aws *aws, int *ret_count)
{
	return resume_all(aws, false, NULL, ret_count);
}

/* --- commands ----------------------------------------------------------------------------------
 */

static bool is_step(const char *name)
{
	for (size_t i = 0; i < STEPS; i++)
		if (strcmp(steps[i].name, name) == 0)
			return true;
	return false;
}

/* Begin all erasures again that have ended until now. Returns the exit status. */
static int begin_again(struct aws *aws)
{
	char now[CLOCK_TEXT_SIZE];
	int64_t count;

	clock_format(clock_now_us(), now);
	do {
		pg_result_auto *result = NULL;

		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, &query_erasures_again, 1, (const char *const[]){now},
			     &result) < 0)
			return aws_db_failed(aws);
		count = db_integer_of(slice_of(PQcmdTuples(result)));
	} while (count > 0);
	return 0;
}

int people_erasures(struct aws *aws)
{
	int count, status = 0;

	if (aws->until && !is_step(aws->until))
		return aws_misused("--until takes messages, rows or account");
	if (aws->again)
		status = begin_again(aws);
	if (status != 0)
		return status;
	status = resume_all(aws, aws->again, aws->until, &count);
	printf("%d erasures went on\n", count);
	return status;
}

static bool is_confirmed(const struct aws *aws, const char *handle)
{
	char line[256];

	if (aws->yes)
		return true;
	printf("This deletes %s for ever, with everything that they have written.\n"
	       "Type the handle to confirm: ",
	       handle);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, handle) == 0;
}

int people_delete(struct aws *aws)
{
	char handle[LIMIT_HANDLE_MAX + 1], person[UUID_SIZE];
	struct erasure erasure = {.person = FIRST_UUID};
	pg_result_auto *result = NULL;
	bool found = false;
	int status;

	if (aws->until && !is_step(aws->until))
		return aws_misused("--until takes messages, rows or account");
	status = people_find_uuid(aws, handle, person);
	if (status != 0)
		return status;
	if (!is_confirmed(aws, handle))
		return aws_fail("%s is not deleted; --yes deletes without asking", handle);
	budget_start(&aws->budget, PATIENCE_MS);
	if (db_query(aws->db, &query_erasures_begin, 1, (const char *const[]){person}, &result) < 0)
		return aws_db_failed(aws);
	status = people_revoke(aws, person);
	if (status != 0)
		return status;
	printf("%s is hidden\n", handle);
	fflush(stdout);
	clock_sleep_ms(SETTLE_MS);
	do {
		status = find_next(aws, true, &erasure, &found);
	} while (status == 0 && found && strcmp(erasure.person, person) != 0);
	if (status == 0 && found)
		status = resume(aws, &erasure, aws->until);
	if (status == 0 && (!found || strcmp(erasure.step, "done") == 0))
		printf("%s is deleted\n", handle);
	return status;
}
