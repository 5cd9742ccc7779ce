/* shared_test.c - a file that processes share begins as zeros, and is no link and no FIFO. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "run/shared.h"

#define SIZE 4096u

static char folder[] = "/tmp/cruddur-shared-XXXXXX", file[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/.file", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(folder);
}

static void is_shared(void **state)
{
	void *one, *other;
	struct stat info;

	(void)state;
	assert_int_equal(shared_map(folder, ".file", SIZE, PROT_READ | PROT_WRITE, &one), 0);
	assert_int_equal(shared_map(folder, ".file", SIZE, PROT_READ, &other), 0);
	assert_int_equal(((char *)other)[SIZE - 1], 0);
	((char *)one)[SIZE - 1] = 'x';
	assert_int_equal(((char *)other)[SIZE - 1], 'x');
	assert_int_equal(stat(file, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	munmap(one, SIZE);
	munmap(other, SIZE);
	unlink(file);
}

static void is_no_link_and_no_fifo(void **state)
{
	void *memory;

	(void)state;
	assert_int_equal(symlink("/dev/null", file), 0);
	assert_int_equal(shared_open(folder, ".file"), ERR_UNAVAILABLE);
	unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(shared_map(folder, ".file", SIZE, PROT_READ, &memory), ERR_UNAVAILABLE);
	assert_int_equal(shared_open("/nowhere", ".file"), ERR_UNAVAILABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_shared),
		cmocka_unit_test(is_no_link_and_no_fifo),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
