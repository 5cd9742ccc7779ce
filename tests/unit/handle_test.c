/* handle_test.c - which texts are handles, and which handles are reserved. */
#include "base/handle.h"

#include "limit.h"
#include "unit.h"

static void length_is_limited(void **state)
{
	char text[LIMIT_HANDLE_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t len = 0; len <= sizeof(text); len++)
		assert_int_equal(handle_valid((struct slice){text, len}),
				 len >= LIMIT_HANDLE_MIN && len <= LIMIT_HANDLE_MAX);
}

static void characters_are_letters_digits_and_underscore(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		const char text[] = {'a', (char)c, 'b'};
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_';

		assert_int_equal(handle_valid((struct slice){text, sizeof(text)}), good);
	}
}

static void a_handle_is_copied_whole_or_not_at_all(void **state)
{
	char text[LIMIT_HANDLE_MAX + 1];
	char copy[LIMIT_HANDLE_MAX + 1] = "untouched";

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_false(handle_copy((struct slice){text, sizeof(text)}, copy));
	assert_false(handle_copy(SLICE("no handle"), copy));
	assert_string_equal(copy, "untouched");
	assert_true(handle_copy((struct slice){text, LIMIT_HANDLE_MAX}, copy));
	assert_int_equal(strlen(copy), LIMIT_HANDLE_MAX);
}

static void names_of_the_product_are_reserved_however_they_are_written(void **state)
{
	const char *const refused[] = {
		"admin",     "Admin",	"ADMIN",   "adm1n",	 "admln",    "AdmIn",
		"a_d_m_i_n", "_admin_", "support", "5upp0rt",	 "SUPPORT",  "cruddur",
		"Cruddur_",  "api",	"ap1",	   "me",	 "ME",	     "deleted",
		"de1eted",   "r00t",	"new",	   "moderator5", "everyone",
	};
	const char *const free_ones[] = {
		"admin2",     "administrate",
		"cruddurfan", "andrewbrown",
		"bayko",      "londo",
		"altbrown",   "mee",
		"m",	      "",
		"___",	      "apis",
		"ann",	      "an_administrator_of_nothing",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_true(handle_reserved(slice_of(refused[i])));
	for (size_t i = 0; i < COUNT(free_ones); i++)
		assert_false(handle_reserved(slice_of(free_ones[i])));
}

static void the_handle_of_deleted_people_is_nobodys(void **state)
{
	(void)state;
	assert_true(handle_deleted(SLICE(HANDLE_DELETED)));
	assert_true(handle_reserved(SLICE(HANDLE_DELETED)));
	assert_false(handle_deleted(SLICE("Deleted")));
	assert_false(handle_deleted(SLICE("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_is_limited),
		cmocka_unit_test(a_handle_is_copied_whole_or_not_at_all),
		cmocka_unit_test(names_of_the_product_are_reserved_however_they_are_written),
		cmocka_unit_test(characters_are_letters_digits_and_underscore),
		cmocka_unit_test(the_handle_of_deleted_people_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
