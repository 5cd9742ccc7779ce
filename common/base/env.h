/*
 * env.h - environment variables.
 */
#ifndef ENV_H
#define ENV_H

#include "base/note.h"

#define ENV_FILE_MAX 16384 /* bytes of a secret, with a line break at its end */

/*
 * The value of the environment variable `name`, borrowed from the environment; NULL when it is not
 * set or empty. Compose files unset a variable by giving it an empty value.
 */
const char *env_get(const char *name);

/*
 * Read a secret that is given as a file: when NAME_FILE is set, NAME becomes the text of that file,
 * without a line break at its end, and NAME_FILE is unset. /proc/PID/environ does not show NAME.
 *
 * name:    at most 64 bytes.
 * problem: on failure, which variable is wrong and why, unless it has a text already.
 * Returns 0, also when NAME_FILE is not set; ERR_INVALID when NAME is set as well, or the file
 * cannot be read, is empty, has several lines or more than ENV_FILE_MAX bytes; ERR_NO_MEMORY.
 */
int env_read_file(const char *name, struct note *problem) __attribute__((warn_unused_result));

#endif
