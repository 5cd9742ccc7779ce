/*
 * env.h - environment variables.
 */
#ifndef ENV_H
#define ENV_H

/*
 * The value of the environment variable `name`, borrowed from the environment; NULL when it is not
 * set or empty. Compose files unset a variable by giving it an empty value.
 */
const char *env_get(const char *name);

#endif
