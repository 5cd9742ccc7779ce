/* crypto_test.c - digests against the published examples, whole and in parts. */
#include "unit.h"

#include "base/crypto.h"

/* FIPS 180-4 examples of NIST (SHA256.pdf), and the SHA-1 and HMAC of RFC 3174 and RFC 4231. */
static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
static const char two_blocks_hex[] =
	"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";

static void assert_digest(const unsigned char digest[CRYPTO_DIGEST_SIZE], const char *want)
{
	char hex[CRYPTO_HEX_SIZE];

	crypto_hex(digest, hex);
	assert_string_equal(hex, want);
}

static void whole_texts_have_their_published_digests(void **state)
{
	const struct slice whole = slice_of(two_blocks);
	const struct slice parts[] = {slice_of("a"), slice_of(""), slice_of("bc")};
	unsigned char digest[CRYPTO_DIGEST_SIZE] = {0};

	(void)state;
	assert_int_equal(crypto_init(), 0);
	assert_int_equal(crypto_sha256(&whole, 1, digest), 0);
	assert_digest(digest, two_blocks_hex);
	assert_int_equal(crypto_sha256(parts, COUNT(parts), digest), 0);
	assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(crypto_hmac(slice_of("Jefe"), slice_of("what do ya want for nothing?"),
				     digest),
			 0);
	assert_digest(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(digest, 0, sizeof(digest));
	assert_int_equal(crypto_sha1(parts, COUNT(parts), digest), 0);
	assert_digest(digest, "a9993e364706816aba3e25717850c26c9cd0d89d000000000000000000000000");
}

static void a_sum_does_not_depend_on_the_parts(void **state)
{
	const size_t len = strlen(two_blocks);

	(void)state;
	for (size_t cut = 0; cut <= len; cut++) {
		struct crypto_sum *sum = crypto_sum_new();
		unsigned char digest[CRYPTO_DIGEST_SIZE];

		assert_non_null(sum);
		assert_int_equal(crypto_sum_add(sum, (struct slice){two_blocks, cut}), 0);
		assert_int_equal(crypto_sum_add(sum, (struct slice){two_blocks + cut, len - cut}),
				 0);
		assert_int_equal(crypto_sum_end(sum, digest), 0);
		assert_digest(digest, two_blocks_hex);
		crypto_sum_free(sum);
	}
	crypto_sum_free(NULL);
}

static void sums_do_not_disturb_each_other(void **state)
{
	struct crypto_sum *one = crypto_sum_new(), *other = crypto_sum_new();
	unsigned char digest[CRYPTO_DIGEST_SIZE];

	(void)state;
	assert_non_null(one);
	assert_non_null(other);
	assert_int_equal(crypto_sum_add(one, SLICE("ab")), 0);
	assert_int_equal(crypto_sum_add(other, slice_of(two_blocks)), 0);
	assert_int_equal(crypto_sum_add(one, SLICE("c")), 0);
	assert_int_equal(crypto_sum_end(one, digest), 0);
	assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(crypto_sum_end(other, digest), 0);
	assert_digest(digest, two_blocks_hex);
	crypto_sum_free(one);
	crypto_sum_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_texts_have_their_published_digests),
		cmocka_unit_test(a_sum_does_not_depend_on_the_parts),
		cmocka_unit_test(sums_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
