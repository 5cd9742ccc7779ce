/* err.c - what err.h says. */
#include "base/err.h"

static const struct problem {
	int status;
	const char *code;
	const char *title;
} problems[] = {
#define ERR_PROBLEM_(name, status, code, title) [name - ERR_BASE_ - 1] = {status, code, title},
	ERR_TABLE(ERR_PROBLEM_)
#undef ERR_PROBLEM_
};

static const struct problem *problem(int err)
{
	const int count = sizeof(problems) / sizeof(problems[0]);

	/* Libraries use small negative numbers, and others none of ours. */
	if (err <= ERR_BASE_ || err > ERR_BASE_ + count)
		err = ERR_INTERNAL;
	return &problems[err - ERR_BASE_ - 1];
}

int err_status(int err)
{
	return problem(err)->status;
}

const char *err_code(int err)
{
	return problem(err)->code;
}

const char *err_title(int err)
{
	return problem(err)->title;
}
