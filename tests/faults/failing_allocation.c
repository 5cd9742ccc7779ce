/*
 * failing_allocation.c - LD_PRELOAD library for a worker: the n-th allocation fails. The test
 * writes n into a shared file (harness/allocation.mjs).
 *
 * Allocations by libfcgi never fail here: it exits when it is out of memory, which has the same
 * effect as killing the worker.
 */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The layout of the file. One request runs at a time, so the fields need no lock. */
struct control {
	int64_t fail_at;  /* n, or 0: no allocation fails */
	int64_t and_more; /* 1: all later allocations fail as well */
	int64_t count;	  /* allocations since the test set it to 0 */
	int64_t failed;	  /* allocations that failed */
};

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *reallocarray(void *old, size_t count, size_t size);

static volatile struct control *control;
static uintptr_t fcgi_begin, fcgi_end;

static int find_fcgi(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	(void)data;
	if (!strstr(info->dlpi_name, "/libfcgi."))
		return 0;
	fcgi_begin = info->dlpi_addr;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_LOAD &&
		    fcgi_end < fcgi_begin + part->p_vaddr + part->p_memsz)
			fcgi_end = fcgi_begin + part->p_vaddr + part->p_memsz;
	}
	return 1;
}

__attribute__((constructor)) static void open_control(void)
{
	const char *path = getenv("FAILING_ALLOCATION");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at;

	if (fd < 0)
		return;
	dl_iterate_phdr(find_fcgi, NULL);
	at = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		control = at;
}

static int fails(const void *caller)
{
	if (!control || control->fail_at == 0 ||
	    ((uintptr_t)caller >= fcgi_begin && (uintptr_t)caller < fcgi_end))
		return 0;
	control->count++;
	if (control->count != control->fail_at &&
	    !(control->and_more && control->count > control->fail_at))
		return 0;
	control->failed++;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	void *at = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);

	if (!at)
		return ENOMEM;
	*ret = at;
	return 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}
