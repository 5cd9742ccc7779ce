/* fuzz.h - shared by the fuzz targets (libFuzzer; tests/fuzz/corpus has the inputs). */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Assert a property that must hold for every input. */
#define ALWAYS(holds)                                                                              \
	do {                                                                                       \
		if (!(holds)) {                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds);                \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* A copy to be freed, without a NUL: the sanitizers detect a read beyond its end. */
static inline char *fuzz_copy(struct slice bytes)
{
	char *copy = malloc(bytes.len > 0 ? bytes.len : 1);

	ALWAYS(copy);
	if (bytes.len > 0)
		memcpy(copy, bytes.ptr, bytes.len);
	return copy;
}

/* Take the first line from the input, without its newline; without a newline all of it. */
static inline struct slice fuzz_line(struct slice *input)
{
	const char *end = input->len > 0 ? memchr(input->ptr, '\n', input->len) : NULL;
	struct slice line = {input->ptr, end ? (size_t)(end - input->ptr) : input->len};
	size_t taken = line.len + (end ? 1 : 0);

	*input = (struct slice){input->ptr + taken, input->len - taken};
	return line;
}

#endif
