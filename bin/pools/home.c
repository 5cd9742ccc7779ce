/* home.c - the files of a run that the commands of cruddur-pools read and write; see pools.h. */
#include "pools.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/env.h"
#include "base/err.h"

/* Write `folder` followed by `rest`. Returns false when it does not fit. */
static bool path_to(char *to, const char *folder, const char *rest)
{
	int n = snprintf(to, PATH_BYTES, "%s%s", folder, rest);

	return n > 0 && n < PATH_BYTES;
}

int home_find(struct home *ret_home)
{
	const char *home = env_get("CRUDDUR_HOME");
	const char *metrics = env_get("CRUDDUR_METRICS_DIR");
	char link[PATH_BYTES], real[PATH_MAX];

	if (!home || !path_to(ret_home->sizes, home, "/etc/pools") ||
	    !path_to(link, home, "/run") ||
	    !path_to(ret_home->run, realpath(link, real) ? real : link, "") ||
	    !path_to(ret_home->metrics, metrics ? metrics : home, metrics ? "" : "/run/metrics"))
		return ERR_INVALID;
	return 0;
}

int socket_address(const struct home *home, const char *name, struct sockaddr_un *ret_address)
{
	const size_t size = sizeof(ret_address->sun_path);
	int n;

	*ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
	n = snprintf(ret_address->sun_path, size, "%s/%s", home->run, name);
	return n < 0 || (size_t)n >= size ? ERR_INVALID : 0;
}

static unsigned needs_of(const char *text)
{
	return (strstr(text, "db") ? NEEDS_DB : 0) |
	       (strstr(text, "dynamodb") ? NEEDS_DYNAMODB : 0) |
	       (strstr(text, "cognito") ? NEEDS_COGNITO : 0);
}

/* Read `4` or `1-16`. Returns whether it is a size of a pool. */
static bool size_read(const char *text, struct pool_size *pool)
{
	char *end;
	long min = strtol(text, &end, 10), max = min;

	if (end == text)
		return false;
	if (*end == '-') {
		const char *second = end + 1;

		max = strtol(second, &end, 10);
		if (end == second)
			return false;
	}
	if (*end != '\0' || min < 0 || max < min || max > SLOTS_MAX)
		return false;
	pool->min = (int)min;
	pool->max = (int)max;
	return true;
}

int pools_read(const char *path, struct pool_size *ret_pools)
{
	FILE *file = fopen(path, "re");
	char line[128], size[16], needs[64];
	int count = 0;

	if (!file)
		return ERR_UNAVAILABLE;
	while (count < POOLS_MAX && fgets(line, sizeof(line), file)) {
		struct pool_size *pool = &ret_pools[count];
		int n = sscanf(line, "%32s %15s %63s", pool->name, size, needs);

		if (n < 2 || !size_read(size, pool))
			continue;
		/* dynamodb contains db */
		pool->needs = n == 3 ? needs_of(needs) : 0;
		if (n == 3 && strncmp(needs, "db", 2) != 0)
			pool->needs &= ~NEEDS_DB;
		count++;
	}
	fclose(file);
	return count;
}

int steps_write(const struct home *home, const struct step *steps, int count)
{
	char path[PATH_BYTES + 8], next[PATH_BYTES + 16];
	FILE *file;
	int r = 0;

	snprintf(path, sizeof(path), "%s/steps", home->run);
	snprintf(next, sizeof(next), "%s/steps.new", home->run);
	file = fopen(next, "we");
	if (!file)
		return ERR_UNAVAILABLE;
	for (int i = 0; i < count; i++)
		if (fprintf(file, "%s %lld %d %d %s\n", steps[i].name, (long long)steps[i].at_s,
			    steps[i].from, steps[i].to, steps[i].reason) < 0)
			r = ERR_UNAVAILABLE;
	if (fclose(file) != 0 || rename(next, path) < 0)
		r = ERR_UNAVAILABLE;
	return r;
}

int steps_read(const struct home *home, struct step *ret_steps)
{
	char path[PATH_BYTES + 8], line[NOTE_SIZE + 128];
	FILE *file;
	int count = 0;

	snprintf(path, sizeof(path), "%s/steps", home->run);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (count < POOLS_MAX && fgets(line, sizeof(line), file)) {
		struct step *step = &ret_steps[count];
		char *name = line, *at = line + strcspn(line, " ");

		line[strcspn(line, "\n")] = '\0';
		if (*at != ' ' || (size_t)(at - name) >= sizeof(step->name))
			continue;
		*at++ = '\0';
		memcpy(step->name, name, strlen(name) + 1);
		step->at_s = strtoll(at, &at, 10);
		step->from = (int)strtol(at, &at, 10);
		step->to = (int)strtol(at, &at, 10);
		if (*at != ' ')
			continue;
		snprintf(step->reason, sizeof(step->reason), "%s", at + 1);
		count++;
	}
	fclose(file);
	return count;
}
