/*
 * migrate.c - ddb migrate OLD NEW: copies the conversations of the legacy table into a current one.
 *
 * All groups of the same two people become one conversation. Its messages are written first, then
 * their places, then both rows and the pair, in one transaction. Messages are recognised by their
 * uuid: a second run, or a run after an interruption, writes only what is missing, without
 * duplicates. OLD is only read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "migrate_plan.h"

#define BATCH_BYTES (256 * 1024) /* texts of one request, approximately */
#define PK_SIZE	    64		 /* MSG#<uuid> */

/* A message of OLD, to be copied. */
struct copy {
	char uuid[UUID_SIZE], sender[UUID_SIZE];
	char created_at[CLOCK_TEXT_SIZE];
	int64_t us;  /* its created_at in OLD, then in NEW */
	char *bytes; /* the memory of the three texts */
	struct slice text, handle, display_name;
	bool exists; /* in NEW */
};

/* A message of NEW. */
struct existing {
	char uuid[UUID_SIZE];
	int64_t us;
};

/* The conversation that is being copied. The arrays are reused for the next one. */
struct work {
	struct copy *copies;
	size_t copies_count, copies_max;
	struct existing *existing; /* sorted by uuid */
	size_t existing_count, existing_max;
	int64_t *taken; /* the times of the existing messages, sorted */
};

struct totals {
	int64_t copied, existing, moved, duplicates;
	int64_t conversations_made, conversations_existing, merged, empty;
	int64_t groups_skipped, messages_skipped;
};

/* --- collecting ------------------------------------------------------------------------------ */

/* Room for one more at the end of an array. False when memory is exhausted. */
static bool make_room(void **array, size_t count, size_t *max, size_t size)
{
	size_t more = *max > 0 ? 2 * *max : 64;
	void *longer;

	if (count < *max)
		return true;
	longer = reallocarray(*array, more, size);
	if (!longer)
		return false;
	*array = longer;
	*max = more;
	return true;
}

static struct slice append(char **at, struct slice text)
{
	struct slice copied = {*at, text.len};

	memcpy(*at, text.ptr, text.len);
	*at += text.len;
	return copied;
}

static int add_copy(const struct item *item, void *data)
{
	struct work *work = data;
	struct plan_message message;
	void *copies = work->copies;
	struct copy *copy;
	char *at;

	if (plan_read_message(item, &message) < 0)
		return 0; /* reported when the table was read */
	if (!make_room(&copies, work->copies_count, &work->copies_max, sizeof(*copy)))
		return aws_fail("out of memory");
	work->copies = copies;
	copy = &work->copies[work->copies_count];
	*copy = (struct copy){.us = message.us};
	copy->bytes = at =
		malloc(message.text.len + message.handle.len + message.display_name.len + 1);
	if (!at)
		return aws_fail("out of memory");
	work->copies_count++;
	memcpy(copy->uuid, message.uuid, UUID_SIZE);
	memcpy(copy->sender, message.sender, UUID_SIZE);
	copy->text = append(&at, message.text);
	copy->handle = append(&at, message.handle);
	copy->display_name = append(&at, message.display_name);
	return 0;
}

static int add_existing(const struct item *item, void *data)
{
	struct work *work = data;
	void *array = work->existing;
	struct existing *message;
	struct slice uuid, created_at;

	if (!make_room(&array, work->existing_count, &work->existing_max, sizeof(*message)))
		return aws_fail("out of memory");
	work->existing = array;
	message = &work->existing[work->existing_count];
	if (item_string(item, "message_uuid", &uuid) < 0 || uuid_parse(uuid, message->uuid) < 0 ||
	    item_string(item, "sk", &created_at) < 0 || clock_parse(created_at, &message->us) < 0)
		return aws_fail("the new table has a message without a valid uuid or time");
	work->existing_count++;
	return 0;
}

static void empty_work(struct work *work)
{
	for (size_t i = 0; i < work->copies_count; i++)
		free(work->copies[i].bytes);
	work->copies_count = 0;
	work->existing_count = 0;
	free(work->taken);
	work->taken = NULL;
}

/* --- times ----------------------------------------------------------------------------------- */

static int compare_times(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static int compare_existing(const void *a, const void *b)
{
	const struct existing *one = a, *other = b;

	return strcmp(one->uuid, other->uuid);
}

static int compare_by_uuid(const void *a, const void *b)
{
	const struct copy *one = a, *other = b;
	int order = strcmp(one->uuid, other->uuid);

	return order != 0 ? order : compare_times(&one->us, &other->us);
}

static int compare_by_time(const void *a, const void *b)
{
	const struct copy *one = a, *other = b;
	int order = compare_times(&one->us, &other->us);

	return order != 0 ? order : strcmp(one->uuid, other->uuid);
}

/* Of messages with the same uuid in OLD, keep the first. */
static void drop_duplicates(struct work *work, struct totals *totals)
{
	size_t kept = 0;

	qsort(work->copies, work->copies_count, sizeof(*work->copies), compare_by_uuid);
	for (size_t i = 0; i < work->copies_count; i++) {
		if (kept > 0 && strcmp(work->copies[kept - 1].uuid, work->copies[i].uuid) == 0) {
			free(work->copies[i].bytes);
			totals->duplicates++;
		} else {
			work->copies[kept++] = work->copies[i];
		}
	}
	work->copies_count = kept;
}

/* Sort the existing messages by uuid, and their times. Returns the exit status. */
static int index_existing(struct work *work)
{
	work->taken = calloc(work->existing_count + 1, sizeof(*work->taken));
	if (!work->taken)
		return aws_fail("out of memory");
	for (size_t i = 0; i < work->existing_count; i++)
		work->taken[i] = work->existing[i].us;
	if (work->existing_count > 0) {
		qsort(work->existing, work->existing_count, sizeof(*work->existing),
		      compare_existing);
		qsort(work->taken, work->existing_count, sizeof(*work->taken), compare_times);
	}
	return 0;
}

/*
 * Choose the time of each message in NEW, where two messages of a conversation cannot have the same
 * time: a message that would collide moves by a microsecond. Existing messages keep their time, so
 * that a run after an interruption chooses the same times.
 */
static void choose_times(struct work *work, struct totals *totals)
{
	int64_t last_us = INT64_MIN;

	qsort(work->copies, work->copies_count, sizeof(*work->copies), compare_by_time);
	for (size_t i = 0; i < work->copies_count; i++) {
		struct copy *copy = &work->copies[i];
		const int64_t old_us = copy->us;
		struct existing wanted = {0};
		const struct existing *existing;

		memcpy(wanted.uuid, copy->uuid, UUID_SIZE);
		existing = work->existing_count > 0
				   ? bsearch(&wanted, work->existing, work->existing_count,
					     sizeof(wanted), compare_existing)
				   : NULL;
		copy->exists = existing != NULL;
		if (existing) {
			copy->us = existing->us;
			totals->existing++;
		} else {
			if (copy->us <= last_us)
				copy->us = last_us + 1;
			while (work->existing_count > 0 &&
			       bsearch(&copy->us, work->taken, work->existing_count,
				       sizeof(copy->us), compare_times))
				copy->us++;
			totals->moved += copy->us != old_us;
		}
		if (copy->us > last_us)
			last_us = copy->us;
		clock_format(copy->us, copy->created_at);
	}
}

/* --- writing --------------------------------------------------------------------------------- */

static struct item_message item_of(const struct copy *copy)
{
	return (struct item_message){
		.uuid = slice_of(copy->uuid),
		.created_at = slice_of(copy->created_at),
		.text = copy->text,
		.sender = {slice_of(copy->sender), copy->handle, copy->display_name},
	};
}

static int write_messages(struct aws *aws, const char *group, const struct work *work,
			  struct totals *totals)
{
	struct item_message batch[STORE_BATCH_MAX];
	size_t i = 0;

	while (i < work->copies_count) {
		size_t n = 0, bytes = 0;
		int status;

		for (; i < work->copies_count && n < STORE_BATCH_MAX && bytes < BATCH_BYTES; i++) {
			if (work->copies[i].exists)
				continue;
			batch[n++] = item_of(&work->copies[i]);
			bytes += work->copies[i].text.len;
		}
		if (n == 0)
			break;
		status = store_put_messages(aws, aws->arguments[1], group, batch, n);
		if (status != 0)
			return status;
		totals->copied += (int64_t)n;
	}
	return 0;
}

/* Write the places of all messages whose uuids do not contain their times. */
static int write_places(struct aws *aws, const char *group, const struct work *work)
{
	struct place batch[STORE_BATCH_MAX];
	int64_t us;
	size_t n = 0;
	int status = 0;

	for (size_t i = 0; status == 0 && i < work->copies_count; i++) {
		const struct copy *copy = &work->copies[i];

		if (uuid_v7_time(copy->uuid, &us) < 0) {
			batch[n].created_at = slice_of(copy->created_at);
			memcpy(batch[n].group, group, UUID_SIZE);
			memcpy(batch[n++].message, copy->uuid, UUID_SIZE);
		}
		if (n == STORE_BATCH_MAX || (n > 0 && i + 1 == work->copies_count)) {
			status = store_put_places(aws, batch, n);
			n = 0;
		}
	}
	return status;
}

/*
 * Write the rows and the pair, after all messages. found: the pair exists, and what was copied is
 * unread where it is after a read mark. Else nothing is unread.
 */
static int write_rows(struct aws *aws, const char *group, bool found,
		      const struct plan_person *const members[2], const struct copy *newest,
		      struct totals *totals)
{
	const struct person *const people[] = {&members[0]->person, &members[1]->person};
	const struct item_message last = item_of(newest);
	const struct reading all = {.at = last.created_at, .uuid = last.uuid};
	int status = 0;

	if (!found) {
		totals->conversations_made++;
		return store_put_conversation(aws, aws->arguments[1], group, people, &last,
					      (const struct reading[]){all, all});
	}
	totals->conversations_existing++;
	for (size_t i = 0; status == 0 && i < 2; i++) {
		status = store_update_row(aws, aws->arguments[1], group, people[i]->uuid, &last);
		if (status == 0)
			status = store_recount(aws, group, people[i]->uuid);
	}
	return status;
}

/*
 * Copy the `count` groups of two people into one conversation: the one that they have in NEW, else
 * one with the lowest uuid of the groups.
 */
static int write_conversation(struct aws *aws, void *const *groups, size_t count, struct work *work,
			      struct totals *totals)
{
	const struct plan_group *lowest = groups[0];
	const char *old = aws->arguments[0], *new = aws->arguments[1];
	char group[UUID_SIZE], pk[PK_SIZE];
	bool found;
	int status;

	status = store_find_pair(aws, new, lowest->members[0]->person.uuid,
				 lowest->members[1]->person.uuid, group);
	if (status != 0)
		return status;
	found = group[0] != '\0';
	if (!found)
		memcpy(group, lowest->uuid, UUID_SIZE);
	for (size_t i = 0; status == 0 && i < count; i++) {
		const struct plan_group *one = groups[i];

		totals->merged += strcmp(one->uuid, group) != 0;
		snprintf(pk, sizeof(pk), "MSG#%s", one->uuid);
		status = store_each(aws, old, pk, add_copy, work);
	}
	snprintf(pk, sizeof(pk), "MSG#%s", group);
	if (status == 0)
		status = store_each(aws, new, pk, add_existing, work);
	if (status == 0)
		status = index_existing(work);
	if (status != 0)
		return status;
	drop_duplicates(work, totals);
	choose_times(work, totals);
	status = write_messages(aws, group, work, totals);
	if (status == 0)
		status = write_places(aws, group, work);
	if (status == 0 && work->copies_count > 0)
		status = write_rows(aws, group, found, lowest->members,
				    &work->copies[work->copies_count - 1], totals);
	return status;
}

/* --- all of it ------------------------------------------------------------------------------- */

static bool have_same_people(const struct plan_group *one, const struct plan_group *other)
{
	return one->members_count == 2 && other->members_count == 2 &&
	       one->members[0] == other->members[0] && one->members[1] == other->members[1];
}

static void skip_group(const struct plan_group *group, struct totals *totals)
{
	totals->groups_skipped++;
	totals->messages_skipped += group->messages;
	aws_fail("group %s is not copied: %s", group->uuid,
		 group->members_count > 2 ? "it has more than two members"
					  : "its other member is unknown");
}

static int write_all(struct aws *aws, const struct plan *plan, struct totals *totals)
{
	struct work work = {0};
	int status = 0;

	for (size_t i = 0, count; status == 0 && i < plan->groups.count; i += count) {
		void *const *groups = &plan->groups.entries[i];
		const struct plan_group *group = groups[0];
		int64_t messages = group->messages;

		for (count = 1;
		     i + count < plan->groups.count && have_same_people(group, groups[count]);
		     count++)
			messages += ((const struct plan_group *)groups[count])->messages;
		if (messages == 0)
			totals->empty += (int64_t)count;
		else if (group->members_count != 2)
			skip_group(group, totals);
		else
			status = write_conversation(aws, groups, count, &work, totals);
		empty_work(&work);
	}
	free(work.copies);
	free(work.existing);
	return status;
}

static void print_totals(const struct aws *aws, const struct plan *plan,
			 const struct totals *totals)
{
	const char *old = aws->arguments[0], *new = aws->arguments[1];

	printf("%s: %" PRId64 " messages and %" PRId64 " rows of %zu groups, %" PRId64
	       " other items\n",
	       old, plan->messages, plan->rows, plan->groups.count, plan->others);
	printf("%s before: %" PRId64 " of these messages, %" PRId64 " of these conversations\n",
	       new, totals->existing, totals->conversations_existing);
	printf("copied: %" PRId64 " messages (%" PRId64 " moved by microseconds), %" PRId64
	       " conversations\n",
	       totals->copied, totals->moved, totals->conversations_made);
	printf("merged: %" PRId64 " groups with another of the same people, %" PRId64
	       " duplicate messages\n",
	       totals->merged, totals->duplicates);
	printf("not copied: %" PRId64 " groups with %" PRId64 " messages, %" PRId64
	       " damaged items; %" PRId64 " groups without messages\n",
	       totals->groups_skipped, totals->messages_skipped, plan->damaged, totals->empty);
	printf("%s now: %" PRId64 " messages in %" PRId64 " conversations\n", new,
	       totals->existing + totals->copied,
	       totals->conversations_existing + totals->conversations_made);
}

int ddb_migrate(struct aws *aws)
{
	struct totals totals = {0};
	struct plan plan;
	int status;

	if (!aws->arguments[1])
		return migrate_in_place(aws);
	if (strcmp(aws->arguments[0], aws->arguments[1]) == 0)
		return aws_misused("OLD and NEW are the same table");
	aws->config.messages_table = aws->arguments[1];
	status = plan_read(aws, aws->arguments[0], &plan);
	if (status == 0)
		status = ddb_make_table(aws, aws->arguments[1]);
	if (status == 0)
		status = write_all(aws, &plan, &totals);
	if (status == 0) {
		print_totals(aws, &plan, &totals);
		if (totals.groups_skipped + plan.damaged > 0)
			status = aws_fail("some items were not copied; see above");
	}
	plan_dispose(&plan);
	return status;
}
