/* head.c - any name, handle and text, one a line, in the head of a page: no byte of theirs is
 * markup. */
#include "fuzz.h"

#include "base/err.h"
#include "base/html.h"
#include "base/text.h"
#include "web/head.h"

static size_t count(char c, struct slice text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == c;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice index = SLICE("<html><title>Cruddur</title></html>");
	char *copy = fuzz_copy((struct slice){(const char *)data, size});
	struct slice input = {copy, size};
	buf_auto line = BUF_INIT(64 * 1024);
	buf_auto plain = BUF_INIT(64 * 1024), page = BUF_INIT(64 * 1024);
	struct head head = {.crud = "u",
			    .name = SLICE("n"),
			    .handle = SLICE("h"),
			    .text = SLICE("t")};

	html_line(&line, input);
	ALWAYS(!line.failed && text_is_utf8(buf_slice(&line)));
	for (size_t i = 0; i < line.len; i++)
		ALWAYS((unsigned char)line.data[i] >= ' ' && !strchr("<>\"'\x7f", line.data[i]));
	if (!text_is_utf8(input))
		goto out;

	ALWAYS(head_write(&head, "https://a", index, &plain) == 0);
	head.name = fuzz_line(&input);
	head.handle = fuzz_line(&input);
	head.text = input;
	ALWAYS(head_write(&head, "https://a", index, &page) == 0);
	/* The same elements and attributes, whatever the texts are, and a bounded page. */
	ALWAYS(count('<', buf_slice(&page)) == count('<', buf_slice(&plain)));
	ALWAYS(count('>', buf_slice(&page)) == count('>', buf_slice(&plain)));
	ALWAYS(count('"', buf_slice(&page)) == count('"', buf_slice(&plain)));
	ALWAYS(page.len < 16 * 1024);
out:
	free(copy);
	return 0;
}
