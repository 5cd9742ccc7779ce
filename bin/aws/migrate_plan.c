/* migrate_plan.c - see migrate_plan.h. */
#include "migrate_plan.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"

#define MINUTE_US INT64_C(60000000)
#define ZONE_LEN  6 /* +00:00 */

/* --- items of the legacy table -------------------------------------------------------------------
 */

/* Two digits as a number, or -1. */
static int two_digits(const char *at)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return -1;
	return (at[0] - '0') * 10 + at[1] - '0';
}

/* A time with any offset from UTC, with or without a fraction. */
static int read_time(struct slice text, int64_t *ret_us)
{
	char utc[CLOCK_TEXT_SIZE + ZONE_LEN];
	const char *zone = text.ptr + text.len - ZONE_LEN;
	int hours, minutes;
	int64_t us;
	int r;

	if (text.len < ZONE_LEN || text.len >= sizeof(utc))
		return ERR_INVALID;
	hours = two_digits(zone + 1);
	minutes = two_digits(zone + 4);
	if ((zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || hours < 0 || minutes < 0)
		return ERR_INVALID;
	snprintf(utc, sizeof(utc), "%.*s+00:00", (int)(text.len - ZONE_LEN), text.ptr);
	r = clock_parse(slice_of(utc), &us);
	if (r < 0)
		return r;
	us += (zone[0] == '-' ? 1 : -1) * (hours * 60 + minutes) * MINUTE_US;
	*ret_us = us;
	return 0;
}

/* Read the uuid in a key such as MSG#<uuid>. Returns false for a key with another prefix. */
static bool read_key(struct slice key, const char *prefix, char ret_uuid[UUID_SIZE])
{
	const size_t len = strlen(prefix);

	return key.len > len && memcmp(key.ptr, prefix, len) == 0 &&
	       uuid_parse((struct slice){key.ptr + len, key.len - len}, ret_uuid) == 0;
}

static int read_uuid(const struct item *item, const char *name, char ret_uuid[UUID_SIZE])
{
	struct slice text;

	return item_string(item, name, &text) < 0 ? ERR_INVALID : uuid_parse(text, ret_uuid);
}

/* Names are only a fallback; a message without them is valid. */
static void read_names(const struct item *item, struct slice *ret_handle,
		       struct slice *ret_display_name)
{
	*ret_handle = item_string_or(item, "user_handle", SLICE(""));
	*ret_display_name = item_string_or(item, "user_display_name", SLICE(""));
}

int plan_read_message(const struct item *item, struct plan_message *ret_message)
{
	struct plan_message message;
	struct slice pk, sk;

	if (item_string(item, "pk", &pk) < 0 || item_string(item, "sk", &sk) < 0 ||
	    !read_key(pk, "MSG#", message.group) || read_time(sk, &message.us) < 0 ||
	    read_uuid(item, "message_uuid", message.uuid) < 0 ||
	    read_uuid(item, "user_uuid", message.sender) < 0 ||
	    item_string(item, "message", &message.text) < 0)
		return ERR_INVALID;
	read_names(item, &message.handle, &message.display_name);
	*ret_message = message;
	return 0;
}

/* --- the members of groups ------------------------------------------------------------------- */

static int compare_uuids(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Find the entry of `uuid`, or add one of `size` zeros. Returns NULL when memory is exhausted. */
static void *find_or_make(struct plan_list *list, const char *uuid, size_t size)
{
	void **found = tfind(uuid, &list->tree, compare_uuids);
	char *entry;

	if (found)
		return *found;
	/* The array doubles whenever the count is a power of two. */
	if ((list->count & (list->count - 1)) == 0) {
		size_t max = list->count > 0 ? 2 * list->count : 1;
		void **longer = reallocarray((void *)list->entries, max, sizeof(*longer));

		if (!longer)
			return NULL;
		list->entries = longer;
	}
	entry = calloc(1, size);
	if (!entry)
		return NULL;
	memcpy(entry, uuid, UUID_SIZE);
	if (!tsearch(entry, &list->tree, compare_uuids)) {
		free(entry);
		return NULL;
	}
	list->entries[list->count++] = entry;
	return entry;
}

static struct plan_group *group_of(struct plan *plan, const char *uuid)
{
	return find_or_make(&plan->groups, uuid, sizeof(struct plan_group));
}

static struct plan_person *person_of(struct plan *plan, const char *uuid)
{
	struct plan_person *person = find_or_make(&plan->people, uuid, sizeof(struct plan_person));

	if (person && !person->person.item.uuid.ptr) {
		person->person.item.uuid = slice_of(person->person.uuid);
		person->person.item.handle = SLICE("");
		person->person.item.display_name = SLICE("");
		person->named_us = INT64_MIN;
	}
	return person;
}

/* Set the names of a person, written at us, unless it has later ones. Returns 0; ERR_NO_MEMORY. */
static int name_person(struct plan_person *person, int64_t us, struct slice handle,
		       struct slice display_name)
{
	char *names;

	if (us <= person->named_us)
		return 0;
	names = malloc(handle.len + display_name.len + 1);
	if (!names)
		return ERR_NO_MEMORY;
	memcpy(names, handle.ptr, handle.len);
	memcpy(names + handle.len, display_name.ptr, display_name.len);
	free(person->names);
	person->names = names;
	person->named_us = us;
	person->person.item.handle = (struct slice){names, handle.len};
	person->person.item.display_name = (struct slice){names + handle.len, display_name.len};
	return 0;
}

static void add_member(struct plan_group *group, const struct plan_person *person)
{
	for (size_t i = 0; i < group->members_count && i < 2; i++)
		if (group->members[i] == person)
			return;
	if (group->members_count < 2)
		group->members[group->members_count] = person;
	if (group->members_count < 3)
		group->members_count++;
	if (group->members_count == 2 &&
	    strcmp(group->members[0]->person.uuid, group->members[1]->person.uuid) > 0) {
		group->members[1] = group->members[0];
		group->members[0] = person;
	}
}

/* --- reading the table ----------------------------------------------------------------------- */

/* Returns 0; ERR_INVALID when the item is not a row of the legacy table; ERR_NO_MEMORY. */
static int add_row(struct plan *plan, const struct item *item, struct slice pk, struct slice sk)
{
	char me[UUID_SIZE], other[UUID_SIZE], uuid[UUID_SIZE];
	struct plan_person *my_person, *other_person;
	struct slice handle, display_name;
	struct plan_group *group;
	int64_t us;

	if (!read_key(pk, "GRP#", me) || read_time(sk, &us) < 0 ||
	    read_uuid(item, "message_group_uuid", uuid) < 0 ||
	    read_uuid(item, "user_uuid", other) < 0)
		return ERR_INVALID;
	group = group_of(plan, uuid);
	my_person = person_of(plan, me);
	other_person = person_of(plan, other);
	if (!group || !my_person || !other_person)
		return ERR_NO_MEMORY;
	add_member(group, my_person);
	add_member(group, other_person);
	plan->rows++;
	read_names(item, &handle, &display_name);
	return name_person(other_person, us, handle, display_name);
}

/* Returns 0; ERR_INVALID when the item is not a message; ERR_NO_MEMORY. */
static int add_message(struct plan *plan, const struct item *item)
{
	struct plan_message message;
	struct plan_person *sender;
	struct plan_group *group;

	if (plan_read_message(item, &message) < 0)
		return ERR_INVALID;
	group = group_of(plan, message.group);
	sender = person_of(plan, message.sender);
	if (!group || !sender)
		return ERR_NO_MEMORY;
	add_member(group, sender);
	group->messages++;
	plan->messages++;
	return name_person(sender, message.us, message.handle, message.display_name);
}

static int add_item(const struct item *item, void *data)
{
	struct plan *plan = data;
	struct slice pk = item_string_or(item, "pk", SLICE(""));
	struct slice sk = item_string_or(item, "sk", SLICE(""));
	int r = 0;

	if (pk.len > 4 && memcmp(pk.ptr, "MSG#", 4) == 0)
		r = add_message(plan, item);
	else if (pk.len > 4 && memcmp(pk.ptr, "GRP#", 4) == 0)
		r = add_row(plan, item, pk, sk);
	else
		plan->others++;
	if (r == ERR_NO_MEMORY)
		return aws_fail("out of memory");
	if (r < 0) {
		plan->damaged++;
		aws_fail("%.*s / %.*s is neither a message nor a row of the legacy table",
			 (int)pk.len, pk.ptr, (int)sk.len, sk.ptr);
	}
	return 0;
}

/* By members, then by uuid, so that all groups of the same two people are adjacent. */
static int compare_groups(const void *a, const void *b)
{
	const struct plan_group *one = *(void *const *)a;
	const struct plan_group *other = *(void *const *)b;

	for (size_t i = 0; i < 2 && i < one->members_count && i < other->members_count; i++) {
		int order = strcmp(one->members[i]->person.uuid, other->members[i]->person.uuid);

		if (order != 0)
			return order;
	}
	if (one->members_count != other->members_count)
		return one->members_count < other->members_count ? -1 : 1;
	return strcmp(one->uuid, other->uuid);
}

int plan_read(struct aws *aws, const char *table, struct plan *plan)
{
	int status;

	*plan = (struct plan){0};
	status = store_each(aws, table, NULL, add_item, plan);
	if (status == 0 && plan->groups.count > 0)
		qsort((void *)plan->groups.entries, plan->groups.count, sizeof(void *),
		      compare_groups);
	return status;
}

static void dispose_list(struct plan_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		tdelete(list->entries[i], &list->tree, compare_uuids);
		free(list->entries[i]);
	}
	free((void *)list->entries);
}

void plan_dispose(struct plan *plan)
{
	for (size_t i = 0; i < plan->people.count; i++)
		free(((struct plan_person *)plan->people.entries[i])->names);
	dispose_list(&plan->people);
	dispose_list(&plan->groups);
}
