/* people_test.c - finding people, and people to follow. */
#include "services.h"

#include "base/err.h"
#include "domain/people.h"
#include "web/problem.h"

#define ME  "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define ONE "11111111-1111-4111-8111-111111111111"
#define TWO "22222222-2222-4222-8222-222222222222"

#define COLUMNS                                                                                    \
	.columns = "uuid handle display_name bio cruds_count followers_count following_count "     \
		   "following followed_by blocking muting rank followers"
#define ROW(uuid) uuid "|ada|Ada|\\N|2|12|8|t|f|f|f|3|12"
#define JSON_OF_ALL(uuid)                                                                          \
	"{\"uuid\":\"" uuid "\",\"handle\":\"ada\",\"display_name\":\"Ada\",\"bio\":null,"         \
	"\"cruds_count\":2,\"followers_count\":12,\"following_count\":8"
#define RELATION ",\"following\":true,\"followed_by\":false,\"blocking\":false,\"muting\":false"
#define AVATAR	 ",\"avatar_url\":null}"
#define TOP	 "|2147483647|2147483647|ffffffff-ffff-ffff-ffff-ffffffffffff|2"

static struct page first_page(const struct page_kind *kind)
{
	return (struct page){.kind = kind, .limit = 1, .path = SLICE("/p")};
}

static struct page page_at(const struct page_kind *kind, const char *rank, const char *followers,
			   const char *uuid)
{
	struct page page = first_page(kind);

	page.has_cursor = true;
	page.fields[0] = rank;
	page.fields[1] = followers;
	page.fields[2] = uuid;
	return page;
}

static void people_are_found_by_a_term(void **state)
{
	struct page first = first_page(&people_search_page);
	struct page later = page_at(&people_search_page, "3", "999999999", ONE);
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_search|" ME "|ad" TOP, COLUMNS, .rows = ROW(ONE) "\n" ROW(TWO)},
			  {"users_search|\\N|ad|3|999999999|" ONE "|2", COLUMNS, .rows = ROW(TWO)},
			  {"users_search|\\N|ad" TOP, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(people_search(all.ctx.db, ME, SLICE("ad"), &first, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF_ALL(ONE) RELATION AVATAR "]");
	services_check_link(&all, "next", "people|3|12|" ONE);
	buf_reset(&all.resp.headers);
	assert_int_equal(people_search(all.ctx.db, "", SLICE("ad"), &later, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF_ALL(TWO) AVATAR "]");
	assert_false(services_has_link(&all));
	assert_int_equal(people_search(all.ctx.db, "", SLICE("ad"), &first, &all.resp),
			 ERR_UNAVAILABLE);
	services_stop(&all);
}

static void people_are_suggested(void **state)
{
	struct page first = first_page(&people_suggested_page);
	struct page later = page_at(&people_suggested_page, "0", "12", ONE);
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_suggested|" ME TOP, COLUMNS, .rows = ROW(ONE) "\n" ROW(TWO)},
			  {"users_suggested|" ME "|0|12|" ONE "|2", COLUMNS},
			  {"users_suggested|" ME TOP, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(people_suggested(all.ctx.db, ME, &first, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF_ALL(ONE) RELATION AVATAR "]");
	services_check_link(&all, "next", "suggested|3|12|" ONE);
	buf_reset(&all.resp.headers);
	assert_int_equal(people_suggested(all.ctx.db, ME, &later, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[]");
	assert_int_equal(people_suggested(all.ctx.db, ME, &first, &all.resp), ERR_UNAVAILABLE);
	services_stop(&all);
}

static void other_places_are_refused(void **state)
{
	static const char *const bad[][3] = {
		{"", "1", ONE},	  {"-1", "1", ONE}, {"1", "1000000000", ONE},
		{"1", "1a", ONE}, {"1", "1", "1"},
	};
	struct services all;

	(void)state;
	services_start(&all, PG_NONE, DYNAMODB_NONE);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct page found = page_at(&people_search_page, bad[i][0], bad[i][1], bad[i][2]);
		struct page suggested =
			page_at(&people_suggested_page, bad[i][0], bad[i][1], bad[i][2]);

		assert_int_equal(people_search(all.ctx.db, ME, SLICE("a"), &found, &all.resp),
				 PROBLEM_CURSOR_INVALID);
		assert_int_equal(people_suggested(all.ctx.db, ME, &suggested, &all.resp),
				 PROBLEM_CURSOR_INVALID);
	}
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_found_by_a_term),
		cmocka_unit_test(people_are_suggested),
		cmocka_unit_test(other_places_are_refused),
	};

	return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
