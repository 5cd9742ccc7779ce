/* preview_test.c - pages for programs that do not run the front end. */
#include "folder.h"
#include "services.h"

#include "base/err.h"
#include "domain/preview.h"

#define UUID	"11111111-1111-4111-8111-111111111111"
#define PERSON	"handle display_name bio gone"
#define CRUD	"handle display_name message gone created_at expires_at"
#define PERSON_ "previews_person|"

static const struct preview_site site = {"https://cruddur.example", folder};

static void a_person_has_a_page_unless_they_are_gone(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({PERSON_ "Ada", .columns = PERSON, .rows = "ada|Ada <3|I write.|f"},
			  {PERSON_ "ben", .columns = PERSON, .rows = "\\N|\\N|\\N|t"},
			  {PERSON_ "zoe", .columns = PERSON}, {PERSON_ "zoe", .state = "57014"}),
		       DYNAMODB_NONE);
	all.resp.status = 200;
	assert_int_equal(preview_person(all.ctx.db, SLICE("Ada"), &site, &all.resp), 0);
	assert_int_equal(all.resp.status, 200);
	assert_string_equal(all.resp.content_type, "text/html; charset=utf-8");
	assert_non_null(strstr(all.resp.body.data, "<title>Ada &lt;3 (@ada) · Cruddur</title>"));
	assert_non_null(strstr(all.resp.body.data, "href=\"https://cruddur.example/@ada\""));

	assert_int_equal(preview_person(all.ctx.db, SLICE("ben"), &site, &all.resp), 0);
	assert_int_equal(all.resp.status, 410);
	assert_int_equal(all.resp.body.len, 0);

	assert_int_equal(preview_person(all.ctx.db, SLICE("zoe"), &site, &all.resp), ERR_NOT_FOUND);
	assert_int_equal(preview_person(all.ctx.db, SLICE("zoe"), &site, &all.resp),
			 ERR_UNAVAILABLE);
	/* no handle, so nobody is asked for */
	assert_int_equal(preview_person(all.ctx.db, SLICE("a"), &site, &all.resp), ERR_NOT_FOUND);
	assert_int_equal(preview_person(all.ctx.db, SLICE("a'--"), &site, &all.resp),
			 ERR_NOT_FOUND);
	services_stop(&all);
}

static void a_crud_has_a_page_until_it_is_gone(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"previews_crud|" UUID, .columns = CRUD,
			   .rows = "ada|Ada|hello|f|1000000|2000000"},
			  {"previews_crud|" UUID, .columns = CRUD,
			   .rows = "ada|Ada|hello|t|1000000|\\N"},
			  {"previews_crud|" UUID, .columns = CRUD},
			  {"previews_crud|" UUID, .state = "57014"}),
		       DYNAMODB_NONE);
	all.resp.status = 200;
	assert_int_equal(preview_crud(all.ctx.db, UUID, &site, &all.resp), 0);
	assert_int_equal(all.resp.status, 200);
	assert_non_null(strstr(all.resp.body.data, "<title>Ada: hello · Cruddur</title>"));
	assert_non_null(strstr(all.resp.body.data, "/@ada/status/" UUID));
	assert_non_null(
		strstr(all.resp.body.data, "unavailable_after: 1970-01-01T00:00:02.000000+00:00"));

	assert_int_equal(preview_crud(all.ctx.db, UUID, &site, &all.resp), 0);
	assert_int_equal(all.resp.status, 410);
	assert_int_equal(all.resp.body.len, 0);

	assert_int_equal(preview_crud(all.ctx.db, UUID, &site, &all.resp), ERR_NOT_FOUND);
	assert_int_equal(preview_crud(all.ctx.db, UUID, &site, &all.resp), ERR_UNAVAILABLE);
	services_stop(&all);
}

static int make_index(void **state)
{
	char name[96];
	FILE *file;

	if (folder_make(state) < 0)
		return -1;
	snprintf(name, sizeof(name), "%s/index.html", folder);
	file = fopen(name, "w");
	if (!file)
		return -1;
	fputs("<html><title>Cruddur</title></html>", file);
	return fclose(file);
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"index.html", NULL};

	(void)state;
	return folder_remove(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_has_a_page_unless_they_are_gone),
		cmocka_unit_test(a_crud_has_a_page_until_it_is_gone),
	};

	return cmocka_run_group_tests_name("preview", tests, make_index, remove_folder);
}
