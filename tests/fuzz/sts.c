/* sts.c - any answer of STS gives slices of its text or an error. */
#include "fuzz.h"

#include "aws/sts.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice xml = {(const char *)data, size};
	buf_auto text = BUF_INIT(size + 1);
	struct sts_answer answer;
	int r = sts_read_answer(xml, &text, &answer);

	if (r == 0) {
		const struct slice parts[] = {answer.keys.access_key_id,
					      answer.keys.secret_access_key,
					      answer.keys.session_token, answer.expiration,
					      answer.error};

		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (parts[i].len > 0)
				ALWAYS(parts[i].ptr >= text.data &&
				       parts[i].ptr + parts[i].len <= text.data + text.len);
		ALWAYS(text.len <= size);
	} else {
		ALWAYS(r == ERR_INVALID);
	}
	return 0;
}
