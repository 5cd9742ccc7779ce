/* folder.h - a private folder for the files that processes share. */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdio.h>
#include <unistd.h>

#include "unit.h"

static char folder[64];

/* Make it; a setup of cmocka. */
static inline int folder_make(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/cruddur-unit-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

/* Remove it with the files that may be in it; names: NULL-terminated. Any other file is an error.
 */
static inline int folder_remove(const char *const *names)
{
	char file[96];

	for (; *names; names++) {
		snprintf(file, sizeof(file), "%s/%s", folder, *names);
		unlink(file);
	}
	return rmdir(folder);
}

#endif
