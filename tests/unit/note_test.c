/* note_test.c - a note is one line of printable ASCII, whatever it is made from. */
#include "unit.h"

#include "base/err.h"
#include "base/note.h"

static void a_note_is_one_printable_line(void **state)
{
	struct note note = {.text = "old"};

	(void)state;
	note_set(&note, "%s: status %d", "GetUser", 500);
	assert_string_equal(note.text, "GetUser: status 500");
	for (int c = 1; c < 256; c++) {
		const char one[] = {(char)c, '\0'};

		note_set(&note, "a%sb", one);
		assert_int_equal(strlen(note.text), 3);
		assert_int_equal(note.text[1], c >= ' ' && c <= '~' ? c : '?');
	}
	note_clear(&note);
	assert_string_equal(note.text, "");
}

static void a_long_text_is_cut(void **state)
{
	char text[NOTE_SIZE + 1];
	struct note note;

	(void)state;
	memset(text, 'x', NOTE_SIZE);
	text[NOTE_SIZE] = '\0';
	note_set(&note, "%s", text);
	assert_int_equal(strlen(note.text), NOTE_SIZE - 1);
}

static void a_failure_is_noted_and_returned(void **state)
{
	struct note note;

	(void)state;
	assert_int_equal(note_fail(&note, ERR_UNAVAILABLE, "%d\n", 1), ERR_UNAVAILABLE);
	assert_string_equal(note.text, "1?");
	assert_int_equal(note_fail(&note, ERR_NO_MEMORY, "two"), ERR_NO_MEMORY);
	assert_string_equal(note.text, "two");
}

static void the_first_problem_is_kept(void **state)
{
	struct note note;

	(void)state;
	note_clear(&note);
	note_first(&note, "%s", "one");
	note_first(&note, "%s", "two");
	assert_string_equal(note.text, "one");
	note_clear(&note);
	note_first(&note, "three");
	assert_string_equal(note.text, "three");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_note_is_one_printable_line),
		cmocka_unit_test(a_long_text_is_cut),
		cmocka_unit_test(a_failure_is_noted_and_returned),
		cmocka_unit_test(the_first_problem_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
