/*
 * conversation_item_test.c - the items of conversations as they are read: those of this release and
 * those of the previous one.
 */
#include "unit.h"

#include "base/err.h"
#include "domain/conversation_item.h"
#include "limit.h"

#define GROUP  "32331c07-7757-45d9-8804-eb31d3d7899c"
#define OTHER  "2c7b4d3e-8f5a-4b9c-adbe-3f4a5b6c7d83"
#define FIRST  "2026-11-26T00:03:30.644358+00:00"
#define SECOND "2026-11-26T00:03:30.644359+00:00"

static void set(struct item *item, const char *name, char type, const char *value)
{
	item->attributes[item->count++] = (struct attribute){slice_of(name), slice_of(value), type};
}

/* The attributes that every row has. */
static struct item row_item(void)
{
	struct item item = {0};

	set(&item, "message_group_uuid", 'S', GROUP);
	set(&item, "unread_count", 'N', "3");
	set(&item, "user_uuid", 'S', OTHER);
	return item;
}

static void a_row_is_read_whole(void **state)
{
	struct item item = row_item();
	struct item_row row;

	(void)state;
	set(&item, "last_message_at", 'S', FIRST);
	set(&item, "last_sent_at", 'S', SECOND);
	set(&item, "last_message_uuid", 'S', "a");
	set(&item, "message", 'S', "Hello");
	set(&item, "read_at", 'S', "b");
	set(&item, "read_message_uuid", 'S', "c");
	set(&item, "seen_at", 'S', "d");
	set(&item, "seen_message_uuid", 'S', "e");
	set(&item, "user_handle", 'S', "londo");
	set(&item, "user_display_name", 'S', "Londo Mollari");
	assert_int_equal(item_read_row(&item, &row), 0);
	assert_true(slice_is(row.group, GROUP));
	assert_true(slice_is(row.last_message_at, FIRST));
	assert_true(slice_is(row.last_sent_at, SECOND));
	assert_true(slice_is(row.last_message_uuid, "a"));
	assert_true(slice_is(row.text, "Hello"));
	assert_int_equal(row.unread_count, 3);
	assert_true(slice_is(row.read_at, "b"));
	assert_true(slice_is(row.read_message_uuid, "c"));
	assert_true(slice_is(row.seen_at, "d"));
	assert_true(slice_is(row.seen_message_uuid, "e"));
	assert_true(slice_is(row.other.uuid, OTHER));
	assert_true(slice_is(row.other.handle, "londo"));
	assert_true(slice_is(row.other.display_name, "Londo Mollari"));
}

static void a_set_has_its_strings(void **state)
{
	struct item item = {0};

	(void)state;
	assert_false(item_has(&item, "blocked_by"));
	assert_false(item_set_has(&item, "blocked_by", SLICE("b")));
	set(&item, "blocked_by", '?', "[\"ab\", \"c\"]");
	set(&item, "text", 'S', "[\"b\"]");
	assert_true(item_has(&item, "blocked_by"));
	assert_false(item_has(&item, "blocked"));
	assert_true(item_set_has(&item, "blocked_by", SLICE("ab")));
	assert_true(item_set_has(&item, "blocked_by", SLICE("c")));
	assert_false(item_set_has(&item, "blocked_by", SLICE("b")));
	assert_false(item_set_has(&item, "blocked_by", SLICE(", ")));
	assert_false(item_set_has(&item, "text", SLICE("b")));
	item.count = 0;
	set(&item, "blocked_by", '?', "[\"ab");
	assert_false(item_set_has(&item, "blocked_by", SLICE("ab")));
}

static void a_row_of_the_previous_release_has_no_marks(void **state)
{
	struct item item = row_item();
	struct item_row row;

	(void)state;
	set(&item, "last_message_at", 'S', FIRST);
	assert_int_equal(item_read_row(&item, &row), 0);
	assert_true(slice_is(row.last_sent_at, FIRST));
	assert_null(row.last_message_uuid.ptr);
	assert_null(row.text.ptr);
	assert_null(row.read_at.ptr);
	assert_null(row.read_message_uuid.ptr);
	assert_null(row.seen_at.ptr);
	assert_null(row.seen_message_uuid.ptr);
}

static void the_last_message_is_the_later_of_both_times(void **state)
{
	struct item_row row;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct item item = row_item();

		set(&item, "last_message_at", 'S', i ? FIRST : SECOND);
		set(&item, "last_sent_at", 'S', i ? SECOND : FIRST);
		assert_int_equal(item_read_row(&item, &row), 0);
		assert_true(slice_is(row.last_sent_at, SECOND));
	}
}

static void a_row_that_is_not_listed_can_be_read(void **state)
{
	struct item item = row_item();
	struct item_row row;

	(void)state;
	set(&item, "last_sent_at", 'S', FIRST);
	assert_int_equal(item_read_row(&item, &row), 0);
	assert_null(row.last_message_at.ptr);
	assert_true(slice_is(row.last_sent_at, FIRST));
}

static void a_row_without_a_needed_attribute_is_an_error(void **state)
{
	struct item_row row;

	(void)state;
	for (size_t missing = 0; missing < 4; missing++) {
		struct item item = row_item();

		set(&item, "last_message_at", 'S', FIRST);
		item.attributes[missing].name = SLICE("unknown");
		assert_int_equal(item_read_row(&item, &row), ERR_INTERNAL);
	}
}

static void a_whole_text_is_cut_to_a_preview(void **state)
{
	char text[2 * LIMIT_PREVIEW + 1];
	struct item item = row_item();
	struct item_row row;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	set(&item, "last_message_at", 'S', FIRST);
	set(&item, "message", 'S', text);
	assert_int_equal(item_read_row(&item, &row), 0);
	assert_int_equal(row.text.len, LIMIT_PREVIEW);
	assert_ptr_equal(row.text.ptr, text);
	assert_int_equal(item_preview(SLICE("short")).len, 5);
	assert_null(item_preview((struct slice){0}).ptr);
}

static void times_are_compared_byte_by_byte(void **state)
{
	(void)state;
	assert_true(item_compare_times(slice_of(FIRST), slice_of(SECOND)) < 0);
	assert_true(item_compare_times(slice_of(SECOND), slice_of(FIRST)) > 0);
	assert_int_equal(item_compare_times(slice_of(FIRST), slice_of(FIRST)), 0);
	assert_true(item_compare_times(SLICE("2026"), slice_of(FIRST)) < 0);
	assert_true(item_compare_times(slice_of(FIRST), SLICE("2026")) > 0);
}

/* Messages, the newest first: 'o' of the other member, 'd' one of them that is deleted, 'm' of me.
 */
static size_t passed_by(const char *messages, int64_t left, bool without_deleted,
			int64_t *ret_unread)
{
	struct item_mark_search search = {.other = OTHER,
					  .left = left,
					  .without_deleted = without_deleted};
	size_t i = 0;

	for (; messages[i]; i++) {
		const struct item_message message = {
			.deleted_at = messages[i] == 'd' ? SLICE("then") : (struct slice){0},
			.sender.uuid = messages[i] == 'm' ? SLICE("me") : SLICE(OTHER),
		};

		if (item_mark_reached(&search, &message))
			break;
	}
	*ret_unread = search.unread;
	return i;
}

static void a_mark_is_before_the_unread_messages(void **state)
{
	static const struct {
		const char *messages;
		int64_t left;
		size_t passed;
		int64_t unread;
	} cases[] = {
		{"oom", 0, 0, 0},  {"oom", 1, 1, 1},  {"oom", 2, 2, 2},	  {"moo", 1, 2, 1},
		{"odoo", 2, 2, 1}, {"dddo", 3, 3, 0}, {"omomo", 2, 3, 2}, {"oo", 2, 2, 2},
		{"omdm", 9, 4, 1}, {"", 0, 0, 0},     {"mmm", 1, 3, 0},
	};
	int64_t unread;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(passed_by(cases[i].messages, cases[i].left, false, &unread),
				 cases[i].passed);
		assert_int_equal(unread, cases[i].unread);
	}
	assert_int_equal(passed_by("odoo", 2, true, &unread), 3);
	assert_int_equal(unread, 2);
	assert_int_equal(passed_by("ddo", 0, true, &unread), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_read_whole),
		cmocka_unit_test(a_set_has_its_strings),
		cmocka_unit_test(a_row_of_the_previous_release_has_no_marks),
		cmocka_unit_test(the_last_message_is_the_later_of_both_times),
		cmocka_unit_test(a_row_that_is_not_listed_can_be_read),
		cmocka_unit_test(a_row_without_a_needed_attribute_is_an_error),
		cmocka_unit_test(a_whole_text_is_cut_to_a_preview),
		cmocka_unit_test(times_are_compared_byte_by_byte),
		cmocka_unit_test(a_mark_is_before_the_unread_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
