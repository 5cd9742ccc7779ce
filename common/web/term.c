/* term.c - see term.h. */
#include "web/term.h"

#include "base/err.h"
#include "base/text.h"
#include "limit.h"

int term_read(const struct req *req, struct resp *resp, struct slice *ret_term)
{
	struct slice term = SLICE("");
	int r;

	r = req_query(req, "term", &term);
	if (r < 0 && r != ERR_NOT_FOUND)
		return r;
	term = text_trim(term);
	if (term.len == 0)
		resp_add_code(resp, "search_term_blank");
	if (text_length(term) > LIMIT_SEARCH_TERM)
		resp_add_code(resp, "search_term_exceed_max_chars");
	r = resp_check(resp);
	if (r < 0)
		return r;
	*ret_term = term;
	return 0;
}
