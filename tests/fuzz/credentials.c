/* credentials.c - any answer of the container's endpoint gives usable keys or an error. */
#include "answer.h"

#include "aws/credentials.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct credentials *credentials;
	struct aws_keys keys;

	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/keys", 1);
	credentials = credentials_new("");
	ALWAYS(credentials);
	answer_begin(data, size);
	if (credentials_get(credentials, 1800000000, 1000, &keys) == 0) {
		ALWAYS(keys.access_key_id.len > 0 && keys.secret_access_key.len > 0);
		ALWAYS(!memchr(keys.access_key_id.ptr, '\n', keys.access_key_id.len));
		if (keys.session_token.len > 0)
			ALWAYS(!memchr(keys.session_token.ptr, '\n', keys.session_token.len));
	} else {
		ALWAYS(*credentials_problem(credentials));
	}
	credentials_free(credentials);
	return 0;
}
