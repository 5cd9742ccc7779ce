/* head_test.c - index.html with a head that says what the page shows. */
#include "folder.h"

#include "base/err.h"
#include "web/head.h"

#define ORIGIN "https://cruddur.example"
#define UUID   "11111111-1111-4111-8111-111111111111"
#define BEGIN                                                                                      \
	"<!doctype html>\n<html>\n  <head>\n    <meta name=\"viewport\" content=\"width=1\" />\n"  \
	"    "
#define END "\n    <script src=\"/x.js\"></script>\n  </head>\n</html>\n"
#define INDEX                                                                                      \
	BEGIN                                                                                      \
	"<meta name=\"description\" content=\"Everything.\" />\n    <title>Cruddur</title>" END

static const struct head crud = {
	.name = SLICE("Zoë"),
	.handle = SLICE("zoe"),
	.text = SLICE("Hello\n\"world\""),
	.crud = UUID,
	.created_us = 1000000,
	.expires_us = 2000000,
};
static const struct head person = {
	.name = SLICE("Zoë"),
	.handle = SLICE("zoe"),
	.text = SLICE("I write."),
};

static void a_crud_says_what_it_is_and_until_when(void **state)
{
	buf_auto page = BUF_INIT(8192);

	(void)state;
	assert_int_equal(head_write(&crud, ORIGIN, SLICE(INDEX), &page), 0);
	assert_string_equal(
		page.data, BEGIN
		"\n    <title>Zoë: Hello &quot;world&quot; · Cruddur</title>"
		"\n    <meta name=\"description\" content=\"Hello &quot;world&quot;\" />"
		"\n    <link rel=\"canonical\" href=\"" ORIGIN "/@zoe/status/" UUID "\" />"
		"\n    <meta property=\"og:site_name\" content=\"Cruddur\" />"
		"\n    <meta property=\"og:type\" content=\"article\" />"
		"\n    <meta property=\"og:title\" content=\"Zoë (@zoe)\" />"
		"\n    <meta property=\"og:description\" content=\"Hello "
		"&quot;world&quot;\" />"
		"\n    <meta property=\"og:url\" content=\"" ORIGIN "/@zoe/status/" UUID "\" />"
		"\n    <meta property=\"article:published_time\" "
		"content=\"1970-01-01T00:00:01.000000+00:00\" />"
		"\n    <meta property=\"article:expiration_time\" "
		"content=\"1970-01-01T00:00:02.000000+00:00\" />"
		"\n    <meta name=\"twitter:card\" content=\"summary\" />"
		"\n    <meta name=\"robots\" content=\"unavailable_after: "
		"1970-01-01T00:00:02.000000+00:00\" />" END);
}

static void a_person_says_who_they_are(void **state)
{
	buf_auto page = BUF_INIT(8192);
	struct head quiet = person;

	(void)state;
	assert_int_equal(head_write(&person, ORIGIN, SLICE(INDEX), &page), 0);
	assert_non_null(strstr(page.data, "<title>Zoë (@zoe) · Cruddur</title>"));
	assert_non_null(strstr(page.data, "<meta name=\"description\" content=\"I write.\" />"));
	assert_non_null(strstr(page.data, "href=\"" ORIGIN "/@zoe\" />"));
	assert_non_null(strstr(page.data, "\"og:type\" content=\"profile\""));
	assert_non_null(strstr(page.data, "\"profile:username\" content=\"zoe\""));
	assert_null(strstr(page.data, "robots"));
	assert_null(strstr(page.data, "Everything."));

	quiet.text = SLICE("");
	assert_int_equal(head_write(&quiet, ORIGIN, SLICE(INDEX), &page), 0);
	assert_non_null(strstr(page.data, "\"og:description\" content=\"What Zoë writes"));
}

static void no_text_leaves_its_place(void **state)
{
	static const char attack[] = "</title><script>x()</script>\"'><meta>";
	buf_auto page = BUF_INIT(16384);
	struct head head = crud;

	(void)state;
	head.name = slice_of(attack);
	head.handle = slice_of(attack);
	head.text = slice_of(attack);
	for (int i = 0; i < 2; i++, head.crud = NULL) {
		assert_int_equal(head_write(&head, "https://a\"><script>", SLICE(INDEX), &page), 0);
		assert_null(strstr(page.data, "<script>"));
		assert_null(strstr(page.data, "<meta>"));
		assert_null(strstr(page.data, "\"'"));
		/* one of the head, none of texts */
		assert_null(strstr(strstr(page.data, "</title>") + 1, "</title>"));
	}
}

/* The bytes between `begin` and the next `end` in the page. */
static struct slice between(const char *page, const char *begin, const char *end)
{
	const char *from = strstr(page, begin);
	const char *to;

	assert_non_null(from);
	from += strlen(begin);
	to = strstr(from, end);
	assert_non_null(to);
	return (struct slice){from, (size_t)(to - from)};
}

static void texts_are_cut_where_characters_end(void **state)
{
	buf_auto page = BUF_INIT(65536);
	struct head head = crud;
	char text[4 * 1000] = "";

	(void)state;
	for (int i = 0; i < 500; i++)
		strcat(text, "e\xCC\x81"); /* e and an accent */
	head.text = slice_of(text);
	head.name = slice_of(text);
	assert_int_equal(head_write(&head, ORIGIN, SLICE(INDEX), &page), 0);
	/* 280, 50 and 40 code points, and an ellipsis */
	assert_int_equal(between(page.data, "\"description\" content=\"", "\"").len, 140 * 3 + 3);
	assert_int_equal(between(page.data, "<title>", ": ").len, 25 * 3 + 3);
	assert_int_equal(between(page.data, ": ", " · Cruddur").len, 20 * 3 + 3);
}

static void right_to_left_texts_are_isolated(void **state)
{
	buf_auto page = BUF_INIT(8192);
	struct head head = crud;

	(void)state;
	head.name = SLICE("שלום");
	head.text = SLICE("مرحبا!");
	assert_int_equal(head_write(&head, ORIGIN, SLICE(INDEX), &page), 0);
	assert_non_null(strstr(page.data, "<title>\xE2\x81\xA8שלום\xE2\x81\xA9: "
					  "\xE2\x81\xA8مرحبا!\xE2\x81\xA9 · Cruddur</title>"));
	/* A description has nothing beside it. */
	assert_non_null(strstr(page.data, "\"description\" content=\"مرحبا!\""));
}

static void another_index_gets_a_head_or_is_refused(void **state)
{
	buf_auto page = BUF_INIT(8192);
	buf_auto small = BUF_INIT(64);

	(void)state;
	/* the description behind the title, or missing */
	assert_int_equal(head_write(&person, ORIGIN,
				    SLICE("<title>a</title><meta name=\"description\" x><p>"),
				    &page),
			 0);
	assert_true(slice_begins(buf_slice(&page), "<title>Zoë (@zoe)"));
	assert_non_null(strstr(page.data, "\"summary\" /><p>"));
	assert_int_equal(head_write(&person, ORIGIN, SLICE("<title></title>"), &page), 0);

	assert_int_equal(head_write(&person, ORIGIN, SLICE(""), &page), ERR_INTERNAL);
	assert_int_equal(head_write(&person, ORIGIN, SLICE("<p>"), &page), ERR_INTERNAL);
	assert_int_equal(head_write(&person, ORIGIN, SLICE("</title><title>"), &page),
			 ERR_INTERNAL);
	assert_int_equal(head_write(&person, ORIGIN, SLICE(INDEX), &small), ERR_NO_MEMORY);
}

static void the_file_is_read_each_time(void **state)
{
	buf_auto page = BUF_INIT(8192);
	buf_auto far = BUF_INIT(1024);
	char name[96];
	FILE *file;

	(void)state;
	assert_int_equal(head_write_file(&person, ORIGIN, folder, &page), ERR_INTERNAL);
	snprintf(name, sizeof(name), "%s/index.html", folder);
	for (const char *const *end = (const char *const[]){"<p>one", "<p>two", NULL}; *end;
	     end++) {
		file = fopen(name, "w");
		assert_non_null(file);
		fprintf(file, "<title></title>%s", *end);
		assert_int_equal(fclose(file), 0);
		assert_int_equal(head_write_file(&person, ORIGIN, folder, &page), 0);
		assert_non_null(strstr(page.data, *end));
	}
	file = fopen(name, "a");
	assert_non_null(file);
	for (size_t i = 0; i < HEAD_PAGE_MAX; i++)
		fputc(' ', file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(head_write_file(&person, ORIGIN, folder, &page), ERR_INTERNAL);
	for (int i = 0; i < 600; i++)
		buf_putc(&far, '/');
	assert_int_equal(head_write_file(&person, ORIGIN, far.data, &page), ERR_INTERNAL);
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
		cmocka_unit_test(a_crud_says_what_it_is_and_until_when),
		cmocka_unit_test(a_person_says_who_they_are),
		cmocka_unit_test(no_text_leaves_its_place),
		cmocka_unit_test(texts_are_cut_where_characters_end),
		cmocka_unit_test(right_to_left_texts_are_isolated),
		cmocka_unit_test(another_index_gets_a_head_or_is_refused),
		cmocka_unit_test(the_file_is_read_each_time),
	};

	return cmocka_run_group_tests_name("head", tests, folder_make, remove_folder);
}
