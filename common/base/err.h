/*
 * err.h - the errors of the machine: what can go wrong below the API.
 *
 * A function returns 0 or one of these negative values. They say nothing about HTTP: the answers to
 * clients are in web/problem.h. Problems are negative values of another range, so both kinds can
 * travel through the same return value.
 */
#ifndef ERR_H
#define ERR_H

/* X(constant, name) */
#define ERR_TABLE(X)                                                                               \
	X(ERR_NOT_FOUND, "not_found")	  /* it does not exist */                                  \
	X(ERR_INVALID, "invalid")	  /* the input breaks its rules */                         \
	X(ERR_DENIED, "denied")		  /* the credentials are not accepted */                   \
	X(ERR_SCOPE, "scope")		  /* the credentials are good but lack a permission */     \
	X(ERR_CONDITION, "condition")	  /* the condition of a write did not hold */              \
	X(ERR_CONFLICT, "conflict")	  /* a row with this unique key exists */                  \
	X(ERR_QUOTA, "quota")		  /* the person has used up a quota */                     \
	X(ERR_REFERENCE, "reference")	  /* a row that this one refers to does not exist */       \
	X(ERR_UNAVAILABLE, "unavailable") /* a dependency failed or did not answer in time */      \
	X(ERR_OVERLOADED, "overloaded")	  /* the time budget of the request is spent */            \
	X(ERR_NO_MEMORY, "out_of_memory")                                                          \
	X(ERR_INTERNAL, "internal") /* a bug, or a state that must not occur */

enum err {
	ERR_BASE_ = -1000, /* far from the -1 that libraries return */
#define ERR_ENUM_(constant, name) constant,
	ERR_TABLE(ERR_ENUM_)
#undef ERR_ENUM_
		ERR_END_
};

/* The name of error `err` for logs, a static string; "internal" for any other value. */
const char *err_name(int err);

#endif
