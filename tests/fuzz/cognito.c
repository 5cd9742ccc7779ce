/* cognito.c - any answer to GetUser. */
#include "answer.h"

#include "aws/cognito.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config config = {.cognito_endpoint = "http://127.0.0.1:1"};
	struct cognito *cognito = cognito_new(&config, &answer_budget);
	struct cognito_user user;
	int r;

	ALWAYS(cognito);
	answer_begin(data, size);
	r = cognito_get_user(cognito, SLICE("a.b.c"), &user);
	if (r == 0) {
		const char *const texts[] = {user.subject, user.preferred_username, user.name,
					     user.email};

		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			ALWAYS(!text_has_control(slice_of(texts[i]), false));
	} else {
		ALWAYS(r == ERR_DENIED || r == ERR_SCOPE || r == ERR_UNAVAILABLE ||
		       r == ERR_INTERNAL || r == ERR_OVERLOADED);
	}
	cognito_free(cognito);
	return 0;
}
