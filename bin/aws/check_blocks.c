/* check_blocks.c - see check_blocks.h. */
#include "check_blocks.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/uuid.h"
#include "domain/conversation_members.h"
#include "queries.h"
#include "requests.h"
#include "store.h"

#define LOOKS	     3 /* at a block before a difference is reported */
#define LOOK_WAIT_NS 200000000
#define FIRST_UUID   "00000000-0000-0000-0000-000000000000"

/* Returns the exit status. */
static int is_in_postgresql(struct aws *aws, const char *one, const char *other, bool *ret_blocks)
{
	pg_result_auto *result = NULL;

	budget_start(&aws->budget, PATIENCE_MS);
	if (db_query(aws->db, &query_barriers_one, 2, (const char *const[]){one, other}, &result) <
	    0)
		return aws_db_failed(aws);
	*ret_blocks = slice_is(db_value(result, 0, 0), "t");
	return 0;
}

/* The copies of a block in the messages table. */
struct copies {
	int places, blocked; /* where it has to be, and where it is */
};

/* Look at an item of `answer`, which may be missing. */
static void look_at_item(const struct dynamodb_answer *answer, const char *one,
			 struct copies *copies)
{
	copies->places++;
	if (answer->count > 0 && item_set_has(&answer->items[0], "blocked_by", slice_of(one)))
		copies->blocked++;
}

/* Look at the row of `member`, who may not have accepted the conversation. */
static int look_at_row(struct aws *aws, const char *member, const char *group, const char *one,
		       struct copies *copies)
{
	const struct dynamodb_answer *answer;
	bool waits = false;

	do {
		if (aws_send(aws,
			     REQUEST(GetItem, row, .user = slice_of(member),
				     .group = slice_of(group), .waits = waits),
			     &answer) < 0)
			return aws_failed(aws);
		waits = !waits;
	} while (answer->count == 0 && waits);
	look_at_item(answer, one, copies);
	return 0;
}

/* Returns the exit status. */
static int look_at_copies(struct aws *aws, const char *one, const char *other,
			  struct copies *ret_copies)
{
	const struct item_pair pair = item_pair_of(one, other);
	const char *const members[] = {one, other};
	const struct dynamodb_answer *answer;
	struct copies copies = {0};
	char group[UUID_SIZE];
	int status = store_find_pair(aws, aws->config.messages_table, one, other, group);

	if (status == 0 && !group[0]) {
		if (aws_send(aws,
			     REQUEST(GetItem, pair, .lower = pair.lower, .higher = pair.higher),
			     &answer) < 0)
			return aws_failed(aws);
		look_at_item(answer, one, &copies);
	}
	for (size_t i = 0; status == 0 && group[0] && i < 2; i++)
		status = look_at_row(aws, members[i], group, one, &copies);
	if (status == 0)
		*ret_copies = copies;
	return status;
}

/* Make the copies those of PostgreSQL. Returns the exit status. */
static int copy_block(struct aws *aws, const char *one, const char *other, bool blocks)
{
	struct ctx ctx = {.dynamodb = aws->dynamodb};

	budget_start(&aws->budget, PATIENCE_MS);
	if (conversation_set_blocking(&ctx, one, other, blocks) < 0)
		return aws_failed(aws);
	printf(blocks ? "%s blocks %s: written to the messages table\n"
		      : "%s does not block %s: removed from the messages table\n",
	       one, other);
	return 0;
}

/*
 * Compare whether `one` blocks `other` in both stores. wanted: a difference in which PostgreSQL
 * says otherwise is not reported.
 */
static int compare(struct aws *aws, const char *one, const char *other, bool wanted, int64_t *found)
{
	bool blocks = false;

	for (int i = 0; i < LOOKS; i++) {
		struct copies copies = {0};
		int status;

		if (i > 0)
			nanosleep(&(struct timespec){.tv_nsec = LOOK_WAIT_NS}, NULL);
		status = is_in_postgresql(aws, one, other, &blocks);
		if (status == 0)
			status = look_at_copies(aws, one, other, &copies);
		if (status != 0)
			return status;
		if (blocks != wanted || copies.blocked == (blocks ? copies.places : 0))
			return 0;
		if (aws->blocks && i < LOOKS - 1)
			status = copy_block(aws, one, other, blocks);
		if (status != 0)
			return status;
	}
	printf(blocks ? "%s blocks %s, but the messages table does not keep them apart\n"
		      : "%s does not block %s, but the messages table says so\n",
	       one, other);
	++*found;
	return 0;
}

int check_blocks(struct aws *aws, int64_t *found)
{
	char one[UUID_SIZE] = FIRST_UUID, other[UUID_SIZE] = FIRST_UUID;
	int count;

	do {
		pg_result_auto *blocks = NULL;

		budget_start(&aws->budget, PATIENCE_MS);
		if (db_query(aws->db, &query_barriers_every, 2, (const char *const[]){one, other},
			     &blocks) < 0)
			return aws_db_failed(aws);
		count = PQntuples(blocks);
		for (int row = 0; row < count; row++) {
			int status;

			if (uuid_parse(db_value(blocks, row, 0), one) < 0 ||
			    uuid_parse(db_value(blocks, row, 1), other) < 0)
				return aws_fail("PostgreSQL returned something that is no uuid");
			status = compare(aws, one, other, true, found);
			if (status != 0)
				return status;
		}
	} while (count > 0);
	return 0;
}

int check_extra_block(struct aws *aws, const char *one, const char *other, int64_t *found)
{
	return compare(aws, one, other, false, found);
}
