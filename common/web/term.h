/*
 * term.h - what a request searches for.
 */
#ifndef TERM_H
#define TERM_H

#include "web/req.h"
#include "web/resp.h"

/*
 * Read the parameter `term` of the query, without the white space around it.
 *
 * ret_term: at most LIMIT_SEARCH_TERM code points, never empty, borrowed from the request.
 * Returns 0; PROBLEM_INVALID with the code search_term_blank or search_term_exceed_max_chars; as
 * req_query.
 */
int term_read(const struct req *req, struct resp *resp, struct slice *ret_term)
	__attribute__((warn_unused_result));

#endif
