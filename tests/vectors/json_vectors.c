/*
 * json_vectors.c - tests both JSON readers with JSONTestSuite.
 *
 * usage: json_vectors FOLDER, which has JSONTestSuite/test_parsing. The first letter of a file is
 * the expected result: y accept, n refuse, i either.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "json/jsonin.h"
#include "json/jsonscan.h"

#define TEXT_MAX (1024 * 1024)

/* Valid JSON that jsonin refuses deliberately. */
static const char *const not_for_jsonin[] = {
	"y_object_duplicated_key.json",
	"y_object_duplicated_key_and_value.json",
	"y_object_escaped_null_in_key.json",
};

static bool read_file(const char *path, struct buf *ret)
{
	FILE *file = fopen(path, "rb");
	bool ok;

	if (file == NULL)
		return false;
	while (!feof(file) && !ferror(file)) {
		char *at = buf_reserve(ret, BUFSIZ);

		if (at == NULL)
			break;
		ret->len += fread(at, 1, BUFSIZ, file);
	}
	ok = !ferror(file) && !ret->failed;
	fclose(file);
	return ok;
}

static bool scan_accepts(char *text, size_t len)
{
	struct jsonscan scan;

	jsonscan_begin(&scan, text, len, JSONSCAN_DEPTH_MAX);
	return jsonscan_skip(&scan) && jsonscan_end(&scan);
}

static bool is_object(char *text, size_t len)
{
	struct jsonscan scan;

	jsonscan_begin(&scan, text, len, JSONSCAN_DEPTH_MAX);
	return jsonscan_peek(&scan) == JSONSCAN_OBJECT;
}

static bool in_accepts(const char *text, size_t len)
{
	json_auto *object = NULL;

	return jsonin_object((struct slice){text, len}, &object) == 0;
}

/* Whether jsonin must accept a text that jsonscan accepts. */
static bool is_for_jsonin(const char *name, char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(not_for_jsonin) / sizeof(not_for_jsonin[0]); i++)
		if (strcmp(name, not_for_jsonin[i]) == 0)
			return false;
	return is_object(text, len);
}

/* Run one file. Returns false if a reader gives a wrong result. */
static bool run(const char *folder, const char *name)
{
	buf_auto path = BUF_INIT(4096);
	buf_auto file = BUF_INIT(TEXT_MAX);
	bool scanned, accepted, scan_right, in_right;
	char *text;

	buf_printf(&path, "%s/%s", folder, name);
	if (path.failed || !read_file(path.data, &file)) {
		printf("json: cannot read %s\n", name);
		return false;
	}
	/* A copy without a NUL, so that a sanitizer detects a read beyond its end. */
	text = malloc(file.len > 0 ? file.len : 1);
	if (text == NULL)
		return false;
	memcpy(text, file.data, file.len);

	scanned = scan_accepts(text, file.len);
	accepted = in_accepts(text, file.len);
	scan_right = name[0] == 'i' || scanned == (name[0] == 'y');
	in_right = accepted == (scanned && is_for_jsonin(name, text, file.len));
	if (!scan_right)
		printf("json: %s: jsonscan %s it\n", name, scanned ? "accepts" : "refuses");
	if (!in_right)
		printf("json: %s: jsonin %s it\n", name, accepted ? "accepts" : "refuses");
	free(text);
	return scan_right && in_right;
}

int main(int argc, char **argv)
{
	buf_auto folder = BUF_INIT(4096);
	struct dirent *entry;
	size_t cases = 0, failed = 0;
	DIR *dir;

	if (argc != 2) {
		fprintf(stderr, "usage: json_vectors FOLDER\n");
		return 2;
	}
	buf_printf(&folder, "%s/JSONTestSuite/test_parsing", argv[1]);
	dir = folder.failed ? NULL : opendir(folder.data);
	if (dir != NULL) {
		while ((entry = readdir(dir)) != NULL) {
			if (strchr("yni", entry->d_name[0]) == NULL || entry->d_name[1] != '_')
				continue;
			cases++;
			failed += !run(folder.data, entry->d_name);
		}
		closedir(dir);
	}
	printf("json: %zu cases, %zu failed\n", cases, failed);
	return cases == 0 || failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
