/* problem.c - see problem.h. */
#include "web/problem.h"

#include <assert.h>
#include <stddef.h>

#include "base/err.h"

_Static_assert((int)PROBLEM_END_ < (int)ERR_BASE_, "problems and errors are different values");

enum problem problem_of(int err)
{
	if (err > PROBLEM_BASE_ && err < PROBLEM_END_)
		return (enum problem)err;
	switch (err) {
	case ERR_NOT_FOUND:
	case ERR_REFERENCE:
		return PROBLEM_NOT_FOUND;
	case ERR_UNAVAILABLE:
		return PROBLEM_UNAVAILABLE;
	case ERR_OVERLOADED:
		return PROBLEM_OVERLOADED;
	case ERR_NO_MEMORY:
		return PROBLEM_NO_MEMORY;
	default:
		return PROBLEM_INTERNAL;
	}
}

static size_t index_of(enum problem problem)
{
	assert((int)problem > PROBLEM_BASE_ && (int)problem < PROBLEM_END_);
	return (size_t)((int)problem - PROBLEM_BASE_ - 1);
}

int problem_status(enum problem problem)
{
	static const int statuses[] = {
#define PROBLEM_STATUS_(constant, status, code, detail) [constant - PROBLEM_BASE_ - 1] = (status),
		PROBLEM_TABLE(PROBLEM_STATUS_)
#undef PROBLEM_STATUS_
	};

	return statuses[index_of(problem)];
}

const char *problem_code(enum problem problem)
{
	static const char *const codes[] = {
#define PROBLEM_CODE_(constant, status, code, detail) [constant - PROBLEM_BASE_ - 1] = (code),
		PROBLEM_TABLE(PROBLEM_CODE_)
#undef PROBLEM_CODE_
	};

	return codes[index_of(problem)];
}

const char *problem_detail(enum problem problem)
{
	static const char *const details[] = {
#define PROBLEM_DETAIL_(constant, status, code, detail) [constant - PROBLEM_BASE_ - 1] = (detail),
		PROBLEM_TABLE(PROBLEM_DETAIL_)
#undef PROBLEM_DETAIL_
	};

	return details[index_of(problem)];
}
