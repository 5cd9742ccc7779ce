/* env.c - see env.h. */
#include "base/env.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

const char *env_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Read the file; `why` gets the reason when it cannot be used. Returns its length; 0 then. */
static size_t read_text(const char *path, char text[ENV_FILE_MAX + 1], const char **why)
{
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(text, 1, ENV_FILE_MAX + 1, file) : 0;
	bool failed = !file || ferror(file);

	if (file)
		fclose(file);
	*why = failed ? "cannot be read" : len > ENV_FILE_MAX ? "is too long" : NULL;
	if (*why)
		return 0;
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	text[len] = '\0';
	if (len == 0)
		*why = "is empty";
	else if (strlen(text) != len || strpbrk(text, "\r\n"))
		*why = "has more than one line of text";
	return len;
}

int env_read_file(const char *name, struct note *problem)
{
	char file_name[80];
	char text[ENV_FILE_MAX + 1];
	const char *path, *why;
	int r = 0;

	snprintf(file_name, sizeof(file_name), "%s_FILE", name);
	path = env_get(file_name);
	if (!path)
		return 0;
	if (env_get(name)) {
		note_first(problem, "%s and %s are both set", name, file_name);
		return ERR_INVALID;
	}
	read_text(path, text, &why);
	if (why) {
		note_first(problem, "%s names a file that %s", file_name, why);
		r = ERR_INVALID;
	} else if (setenv(name, text, 1) < 0 || unsetenv(file_name) < 0) {
		note_first(problem, "%s: out of memory", file_name);
		r = ERR_NO_MEMORY;
	}
	explicit_bzero(text, sizeof(text));
	return r;
}
