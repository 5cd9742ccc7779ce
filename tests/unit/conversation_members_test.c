/* conversation_members_test.c - who is in a conversation, and where its messages are. */
#include "conversations.h"

#include "base/cache.h"
#include "base/err.h"
#include "domain/conversation_members.h"

static void a_row_proves_membership(void **state)
{
	struct services all;
	struct item_row row;

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB({"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(ROW(OTHER, "2", UUID1, AT1, ""))},
				NO_ROW_BUT(ME, ITEM(ROW(OTHER, "2", UUID1, AT1, ""))), NO_ROW(ME),
				{"GetItem", .body = ITEM("{" STRING("user_uuid", OTHER) "}")},
				{"GetItem", .status = 400, .body = "{}"}));
	assert_int_equal(conversation_get_row(&all.ctx, ME, GROUP, &row), 0);
	assert_int_equal(row.unread_count, 2);
	assert_true(slice_is(row.other.uuid, OTHER));
	assert_int_equal(conversation_waiting(&row), WAITING_FOR_NOBODY);
	assert_int_equal(conversation_get_row(&all.ctx, ME, GROUP, &row), 0);
	assert_int_equal(conversation_waiting(&row), WAITING_FOR_ME);
	assert_int_equal(conversation_get_row(&all.ctx, ME, GROUP, &row), ERR_NOT_FOUND);
	assert_int_equal(conversation_get_row(&all.ctx, ME, GROUP, &row), ERR_INTERNAL);
	assert_int_equal(conversation_get_row(&all.ctx, ME, GROUP, &row), ERR_INTERNAL);
	services_stop(&all);
}

static void a_pair_names_its_conversation(void **state)
{
	struct services all;
	char group[UUID_SIZE];

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB({"GetItem",
				 {KEY_OF_PAIR},
				 .body = ITEM("{" STRING("group_uuid", GROUP) "}")},
				{"GetItem", {KEY_OF_PAIR}, .body = NO_ITEM},
				/* a block keeps them from beginning one */
				{"GetItem", .body = ITEM("{\"blocked_by\":{\"SS\":[\"" ME "\"]}}")},
				{"GetItem", .body = ITEM("{" STRING("group_uuid", "1") "}")},
				{"GetItem", .status = 400, .body = "{}"}));
	assert_int_equal(conversation_of_pair(&all.ctx, OTHER, ME, group), 0);
	assert_string_equal(group, GROUP);
	for (int i = 0; i < 2; i++)
		assert_int_equal(conversation_of_pair(&all.ctx, ME, OTHER, group), ERR_NOT_FOUND);
	for (int i = 0; i < 2; i++)
		assert_int_equal(conversation_of_pair(&all.ctx, ME, OTHER, group), ERR_INTERNAL);
	services_stop(&all);
}

static void the_other_member_is_remembered(void **state)
{
	struct services all;
	enum waiting waiting;
	char other[UUID_SIZE];

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB(NO_ROW(ME),
				{"GetItem", .body = ITEM(ROW("1", "2", UUID1, AT1, ""))},
				{"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(ROW(OTHER, "2", UUID1, AT1, ""))}));
	assert_int_equal(conversation_other_member(&all.ctx, ME, GROUP, other, &waiting),
			 ERR_NOT_FOUND);
	assert_int_equal(conversation_other_member(&all.ctx, ME, GROUP, other, &waiting),
			 ERR_INTERNAL);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(conversation_other_member(&all.ctx, ME, GROUP, other, &waiting),
				 0);
		assert_string_equal(other, OTHER);
	}
	assert_int_equal(conversation_other_member(&all.ctx, OTHER, GROUP, other, &waiting), 0);
	assert_string_equal(other, ME);
	assert_int_equal(conversation_other_member(&all.ctx, UUID1, GROUP, other, &waiting),
			 ERR_NOT_FOUND);
	services_stop(&all);
}

static void a_conversation_that_waits_is_not_remembered(void **state)
{
	struct services all;
	enum waiting waiting;
	char other[UUID_SIZE];

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB({"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(
					 ROW(OTHER, "0", UUID1, AT1, "," NUMBER("pending", "1")))},
				NO_ROW_BUT(OTHER, ITEM(ROW(ME, "1", UUID1, AT1, ""))),
				{"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(ROW(OTHER, "0", UUID1, AT1, ""))}));
	assert_int_equal(conversation_other_member(&all.ctx, ME, GROUP, other, &waiting), 0);
	assert_int_equal(waiting, WAITING_FOR_OTHER);
	assert_int_equal(conversation_other_member(&all.ctx, OTHER, GROUP, other, &waiting), 0);
	assert_int_equal(waiting, WAITING_FOR_ME);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(conversation_other_member(&all.ctx, ME, GROUP, other, &waiting),
				 0);
		assert_int_equal(waiting, WAITING_FOR_NOBODY);
	}
	services_stop(&all);
}

static void a_place_is_in_the_uuid_or_in_an_item(void **state)
{
	char at[CONVERSATION_TIME_SIZE];
	struct services all;

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB({"GetItem",
				 {KEY_OF_PLACE(UUID4)},
				 .body = ITEM("{" STRING("created_at", AT2) "}")},
				{"GetItem", .body = NO_ITEM}, {"GetItem", .body = ITEM("{}")},
				{"GetItem", .status = 400, .body = "{}"}));
	assert_int_equal(conversation_find_place(&all.ctx, GROUP, UUID1, at), 0);
	assert_string_equal(at, AT1);
	assert_int_equal(conversation_find_place(&all.ctx, GROUP, UUID4, at), 0);
	assert_string_equal(at, AT2);
	assert_int_equal(conversation_find_place(&all.ctx, GROUP, UUID4, at), ERR_NOT_FOUND);
	assert_int_equal(conversation_find_place(&all.ctx, GROUP, UUID4, at), ERR_INTERNAL);
	assert_int_equal(conversation_find_place(&all.ctx, GROUP, UUID4, at), ERR_INTERNAL);
	services_stop(&all);
}

static void a_message_is_found_at_its_place(void **state)
{
	struct message_found found;
	struct services all;

	(void)state;
	services_start(
		&all, PG_NONE,
		DYNAMODB({"GetItem", {KEY_OF_MESSAGE(AT1)}, .body = ITEM(MESSAGE(AT1, UUID1, ME))},
			 {"GetItem", .body = ITEM(TOMBSTONE(AT1, UUID1, OTHER))},
			 {"GetItem", .body = ITEM(MESSAGE(AT1, UUID2, ME))},
			 {"GetItem", .body = ITEM("{}")}, {"GetItem", .body = NO_ITEM},
			 {"GetItem", .status = 400, .body = "{}"},
			 {"GetItem", {KEY_OF_PLACE(UUID4)}, .body = NO_ITEM}));
	assert_int_equal(conversation_find_message(&all.ctx, ME, GROUP, UUID1, &found), 0);
	assert_string_equal(found.created_at, AT1);
	assert_true(found.by_me);
	assert_string_equal(found.deleted_at, "");
	assert_int_equal(conversation_find_message(&all.ctx, ME, GROUP, UUID1, &found), 0);
	assert_false(found.by_me);
	assert_string_not_equal(found.deleted_at, "");
	assert_int_equal(conversation_find_message(&all.ctx, ME, GROUP, UUID1, &found),
			 ERR_NOT_FOUND);
	assert_int_equal(conversation_find_message(&all.ctx, ME, GROUP, UUID1, &found),
			 ERR_INTERNAL);
	assert_int_equal(conversation_find_message(&all.ctx, ME, GROUP, UUID1, &found),
			 ERR_NOT_FOUND);
	assert_int_equal(conversation_find_message(&all.ctx, ME, GROUP, UUID1, &found),
			 ERR_INTERNAL);
	assert_int_equal(conversation_find_message(&all.ctx, ME, GROUP, UUID4, &found),
			 ERR_NOT_FOUND);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_proves_membership),
		cmocka_unit_test(a_pair_names_its_conversation),
		cmocka_unit_test(the_other_member_is_remembered),
		cmocka_unit_test(a_conversation_that_waits_is_not_remembered),
		cmocka_unit_test(a_place_is_in_the_uuid_or_in_an_item),
		cmocka_unit_test(a_message_is_found_at_its_place),
	};

	return cmocka_run_group_tests_name("conversation_members", tests, NULL, NULL);
}
