/* main.c - cruddur-pools: what bin/pool does that must be small and fast: auto, replicas, top; and
 * the holder of a socket. */
#include "pools.h"

#include <stdio.h>
#include <string.h>

static int usage(void)
{
	fputs("usage: cruddur-pools auto | replicas | top [--once] | hold POOL   (bin/pool "
	      "explains "
	      "them)\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct home home;

	if (argc < 2 || argc > 3)
		return usage();
	if (home_find(&home) < 0) {
		fputs("cruddur-pools: CRUDDUR_HOME is not set, or too long\n", stderr);
		return 1;
	}
	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold_run(&home, argv[2]);
	if (argc == 2 && strcmp(argv[1], "auto") == 0)
		return auto_run(&home);
	if (argc == 2 && strcmp(argv[1], "replicas") == 0)
		return replicas_run(&home);
	if (strcmp(argv[1], "top") == 0 && (argc == 2 || strcmp(argv[2], "--once") == 0))
		return top_run(&home, argc == 3);
	return usage();
}
