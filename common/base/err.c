/* err.c - see err.h. */
#include "base/err.h"

const char *err_name(int err)
{
	static const char *const names[] = {
#define ERR_NAME_(constant, name) [constant - ERR_BASE_ - 1] = (name),
		ERR_TABLE(ERR_NAME_)
#undef ERR_NAME_
	};

	if (err <= ERR_BASE_ || err >= ERR_END_)
		err = ERR_INTERNAL;
	return names[err - ERR_BASE_ - 1];
}
