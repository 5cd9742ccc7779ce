/* uuid_test.c - UUIDs are parsed strictly, and version 7 contains its microsecond. */
#include "unit.h"

#include "base/err.h"
#include "base/uuid.h"

static void reads_any_version_in_either_case(void **state)
{
	char uuid[UUID_SIZE];

	(void)state;
	assert_int_equal(uuid_parse(SLICE("5AE290ed-55d1-47A0-bc6d-fe2bc2700399"), uuid), 0);
	assert_string_equal(uuid, "5ae290ed-55d1-47a0-bc6d-fe2bc2700399");
	assert_int_equal(uuid_parse(SLICE("00000000-0000-0000-0000-000000000000"), uuid), 0);
	assert_string_equal(uuid, "00000000-0000-0000-0000-000000000000");
	assert_int_equal(uuid_parse(SLICE("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"), uuid), 0);
	assert_string_equal(uuid, "ffffffff-ffff-ffff-ffff-ffffffffffff");
}

static void refuses_other_forms(void **state)
{
	static const struct slice cases[] = {
		SLICE(""),
		SLICE("5ae290ed-55d1-47a0-bc6d-fe2bc270039"),
		SLICE("5ae290ed-55d1-47a0-bc6d-fe2bc27003999"),
		SLICE("5ae290ed55d147a0bc6dfe2bc2700399"),
		SLICE("{5ae290ed-55d1-47a0-bc6d-fe2bc270039}"),
		SLICE("5ae290ed-55d1-47a0-bc6d-fe2bc270039g"),
		SLICE("5ae290ed-55d1-47a0-bc6d-fe2bc270039\0"),
		SLICE("5ae290ed055d1-47a0-bc6d-fe2bc2700399"),
		SLICE("5ae290e-d55d1-47a0-bc6d-fe2bc2700399"),
		SLICE("-ae290ed-55d1-47a0-bc6d-fe2bc2700399"),
		SLICE("5ae290ed-55d1-47a0-bc6d-fe2bc27003\xC3\xA9"),
	};
	char uuid[UUID_SIZE] = "untouched";

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(uuid_parse(cases[i], uuid), ERR_INVALID);
	assert_string_equal(uuid, "untouched");
}

static void version_7_contains_its_microsecond(void **state)
{
	const int64_t starts[] = {0, INT64_C(1700000000123000), INT64_C(253402300799999000)};

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		char before[UUID_SIZE] = "";

		for (int64_t us = starts[i]; us < starts[i] + 1001; us++) {
			char uuid[UUID_SIZE], same[UUID_SIZE];
			int64_t back;

			assert_int_equal(uuid_v7(us, uuid), 0);
			assert_int_equal(uuid_parse(slice_of(uuid), same), 0);
			assert_string_equal(uuid, same);
			assert_int_equal(uuid[14], '7');
			assert_non_null(strchr("89ab", uuid[19]));
			assert_int_equal(uuid_v7_time(uuid, &back), 0);
			assert_int_equal(back, us);
			/* Later ones sort later. */
			assert_true(strcmp(before, uuid) < 0);
			memcpy(before, uuid, sizeof(before));
		}
	}
}

static void the_version_7_example_of_the_rfc_is_read(void **state)
{
	int64_t us;

	(void)state;
	/* RFC 9562, Appendix A.6; its CC3 is random. */
	assert_int_equal(uuid_v7_time("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", &us), 0);
	assert_int_equal(us / 1000, INT64_C(1645557742000));
}

static void only_version_7_has_a_time(void **state)
{
	static const char *const cases[] = {
		"5ae290ed-55d1-47a0-bc6d-fe2bc2700399", /* version 4 */
		"017f22e2-79b0-7cc3-18c4-dc0c0c07398f", /* other variants */
		"017f22e2-79b0-7cc3-c8c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4", "",
	};
	int64_t us = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(uuid_v7_time(cases[i], &us), ERR_INVALID);
	assert_int_equal(us, 7);
}

static void random_uuids_differ(void **state)
{
	char uuids[200][UUID_SIZE], same[UUID_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(uuids); i++) {
		/* Half of them have the same time, so that only their random bits differ. */
		assert_int_equal(i % 2 ? uuid_v4(uuids[i]) : uuid_v7(1000, uuids[i]), 0);
		assert_int_equal(uuid_parse(slice_of(uuids[i]), same), 0);
		assert_int_equal(uuids[i][14], i % 2 ? '4' : '7');
		assert_non_null(strchr("89ab", uuids[i][19]));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(uuids[i], uuids[j]);
	}
}

/* RFC 9562, appendix A.4, and values of Python's uuid.uuid5. */
static void version_5_is_made_of_its_name(void **state)
{
	static const char dns[] = "6BA7B810-9dad-11d1-80b4-00c04fd430c8";
	char uuid[UUID_SIZE] = "untouched";

	(void)state;
	assert_int_equal(uuid_v5("6ba7b810", SLICE("x"), uuid), ERR_INVALID);
	assert_string_equal(uuid, "untouched");
	assert_int_equal(uuid_v5(dns, SLICE("www.example.com"), uuid), 0);
	assert_string_equal(uuid, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	assert_int_equal(uuid_v5(UUID_SPACE_OID, SLICE("0b6f2c9e-2f0f-4c62-9a9c-2d1a6b0c7a11"),
				 uuid),
			 0);
	assert_string_equal(uuid, "fbf9f54e-d934-5c6d-8506-652e134249fc");
	assert_int_equal(uuid_v5(UUID_SPACE_OID, SLICE(""), uuid), 0);
	assert_string_equal(uuid, "0a68eb57-c88a-5f34-9e9d-27f85e68af4f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_any_version_in_either_case),
		cmocka_unit_test(refuses_other_forms),
		cmocka_unit_test(version_7_contains_its_microsecond),
		cmocka_unit_test(the_version_7_example_of_the_rfc_is_read),
		cmocka_unit_test(only_version_7_has_a_time),
		cmocka_unit_test(random_uuids_differ),
		cmocka_unit_test(version_5_is_made_of_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
