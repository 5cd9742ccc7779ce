/* handle.c - see handle.h. */
#include "base/handle.h"

#include "limit.h"

bool handle_valid(struct slice text)
{
	if (text.len < LIMIT_HANDLE_MIN || text.len > LIMIT_HANDLE_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '_'))
			return false;
	}
	return true;
}
