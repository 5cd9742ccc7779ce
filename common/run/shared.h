/*
 * shared.h - a file that all workers of a machine share, in the folder of their metrics.
 */
#ifndef SHARED_H
#define SHARED_H

#include <stddef.h>

/*
 * Open `name` in `folder` for reading and writing; makes it, for its owner only, if it is missing.
 * A symbolic link is refused, and a FIFO does not block (open(2): O_NOFOLLOW, O_NONBLOCK). Returns
 * a descriptor, which the caller closes; ERR_UNAVAILABLE.
 */
int shared_open(const char *folder, const char *name) __attribute__((warn_unused_result));

/*
 * Map the first `size` bytes of `name` in `folder`, which begin as zeros, with `protection`
 * (mmap(2): PROT_READ, PROT_WRITE). Their blocks are reserved: to touch a page that the file does
 * not have, or that a full disk has no place for, would kill the process. The caller unmaps
 * ret_memory. Returns 0; ERR_UNAVAILABLE.
 */
int shared_map(const char *folder, const char *name, size_t size, int protection, void **ret_memory)
	__attribute__((warn_unused_result));

#endif
