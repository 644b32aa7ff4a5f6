/* hash_test.c: the hash functions, against vectors that others have published. */
#include "check.h"

#include <string.h>

#include <ledge/hash.h>

/* The key and the messages of the SipHash paper: bytes that count from 0. */
static const ledge_hash_seed paper_key = {UINT64_C(0x0706050403020100),
                                          UINT64_C(0x0f0e0d0c0b0a0908)};

#define assert_hash(got, want) assert_true((got) == UINT64_C(want))

/* The reference implementation's vectors for 0, 1, 7, 8, 15 (the paper's own), 63 bytes. */
static void siphash_2_4_is_that_of_its_authors(void **state)
{
    (void)state;
    unsigned char bytes[64];
    for (unsigned char i = 0; i < sizeof(bytes); i++)
        bytes[i] = i;
    assert_hash(ledge_hash_sip24(NULL, 0, &paper_key), 0x726fdb47dd0e0e31);
    assert_hash(ledge_hash_sip24(bytes, 1, &paper_key), 0x74f839c593dc67fd);
    assert_hash(ledge_hash_sip24(bytes, 7, &paper_key), 0xab0200f58b01d137);
    assert_hash(ledge_hash_sip24(bytes, 8, &paper_key), 0x93f5f5799a932462);
    assert_hash(ledge_hash_sip24(bytes, 15, &paper_key), 0xa129ca6149be45e5);
    assert_hash(ledge_hash_sip24(bytes, 63, &paper_key), 0x958a324ceb064572);
}

/* What Python 3.11 says with PYTHONHASHSEED=0, which makes the key zero: hash(b"abc") and so on. */
static void siphash_1_3_is_that_of_python(void **state)
{
    (void)state;
    const ledge_hash_seed zero = {0, 0};
    assert_hash(ledge_hash_sip13("a", 1, &zero), 0x407448d2b89b1813);
    assert_hash(ledge_hash_sip13("abc", 3, &zero), 0xc03bc3a0042630f2);
    assert_hash(ledge_hash_sip13("abcdefgh", 8, &zero), 0x3f7b849c0b8e35ea);
    assert_hash(ledge_hash_sip13("hello world, hello", 18, &zero), 0x57badf15ddb260af);
}

/* The first vector of Rust's library, whose key is the paper's. */
static void siphash_1_3_is_that_of_rust(void **state)
{
    (void)state;
    assert_hash(ledge_hash_sip13("", 0, &paper_key), 0xabac0158050fc4dc);
}

/* From the FNV authors' test suite. */
static void fnv_1a_is_that_of_its_authors(void **state)
{
    (void)state;
    assert_hash(ledge_hash_fnv1a(NULL, 0), 0xcbf29ce484222325);
    assert_hash(ledge_hash_fnv1a("a", 1), 0xaf63dc4c8601ec8c);
    assert_hash(ledge_hash_fnv1a("foobar", 6), 0x85944171f73967e8);
    assert_hash(ledge_hash_fnv1a("chongo was here!\n", 17), 0x46810940eff5f915);
}

/* SplitMix64 from seed 0 mixes multiples of the golden ratio: its first numbers. */
static void mix64_is_splitmix64s(void **state)
{
    (void)state;
    const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
    assert_hash(ledge_hash_mix64(golden), 0xe220a8397b1dcdaf);
    assert_hash(ledge_hash_mix64(UINT64_C(0x3c6ef372fe94f82a)), 0x6e789e6aa1b965f4);
    assert_hash(ledge_hash_mix64(0), 0);
}

static void a_folded_product_is_its_halves_exclusive_or(void **state)
{
    (void)state;
    assert_hash(ledge_hash_fold(3, 5), 15);
    /* (2^64 - 1)^2 = 2^128 - 2^65 + 1: the halves are 2^64 - 2 and 1. */
    assert_hash(ledge_hash_fold(UINT64_MAX, UINT64_MAX), 0xffffffffffffffff);
    /* 2^63 * 6 = 3 * 2^64 */
    assert_hash(ledge_hash_fold(UINT64_C(1) << 63, 6), 3);
}

static void a_number_is_masked_and_folded_twice(void **state)
{
    (void)state;
    const ledge_hash_seed seed = {0xff, 4};
    assert_hash(ledge_hash_u64(0xff, &seed), 0);
    /* 0x0f * 5, times the golden ratio's 0x9e3779b97f4a7c15. */
    assert_hash(ledge_hash_u64(0xf0, &seed), 0x5a40a9584ad25a09);
}

/* How unevenly the low bits of the hashes, or the top ones, of numbers a stride apart fall into
 * places: the variance, where that of falling at random is 1. */
static double unevenness(const ledge_hash_seed *seed, uint64_t stride, bool is_top)
{
    enum { PLACES = 256, NUMBERS = 10 * PLACES };
    unsigned in_place[PLACES] = {0};
    for (uint64_t i = 0; i < NUMBERS; i++) {
        const uint64_t hash = ledge_hash_u64(i * stride, seed);
        in_place[is_top ? hash >> 56 : hash % PLACES]++;
    }
    double sum = 0;
    for (size_t i = 0; i < PLACES; i++)
        sum += (in_place[i] - 10.0) * (in_place[i] - 10.0);
    return sum / (double)NUMBERS;
}

/* With every seed, not only with most: of 256 places, 1.6 is seven times the standard deviation
 * off. */
static void numbers_a_stride_apart_are_spread_with_any_seed(void **state)
{
    (void)state;
    const uint64_t strides[] = {1, 8, 1000, 1 << 16, UINT64_C(1) << 32, UINT64_C(1) << 48};
    for (uint64_t number = 0; number < 500; number++) {
        const ledge_hash_seed seed = ledge_hash_seed_from(number);
        for (size_t i = 0; i < sizeof(strides) / sizeof(strides[0]); i++) {
            assert_true(unevenness(&seed, strides[i], false) < 1.6);
            assert_true(unevenness(&seed, strides[i], true) < 1.6);
        }
    }
}

static void the_default_takes_numbers_as_such_and_the_rest_as_bytes(void **state)
{
    (void)state;
    const ledge_hash_seed *seed = &paper_key;
    const uint8_t u8 = 0xfe;
    const uint16_t u16 = 0xfedc;
    const uint32_t u32 = 0xfedcba98;
    const uint64_t u64 = UINT64_C(0xfedcba9876543210);
    assert_true(ledge_hash_default(&u8, 1, seed) == ledge_hash_u64(u8, seed));
    assert_true(ledge_hash_default(&u16, 2, seed) == ledge_hash_u64(u16, seed));
    assert_true(ledge_hash_default(&u32, 4, seed) == ledge_hash_u64(u32, seed));
    assert_true(ledge_hash_default(&u64, 8, seed) == ledge_hash_u64(u64, seed));
    assert_true(ledge_hash_default("abc", 3, seed) == ledge_hash_sip13("abc", 3, seed));
}

static void another_seed_gives_another_hash(void **state)
{
    (void)state;
    const ledge_hash_seed other = {paper_key.k0 ^ 1, paper_key.k1};
    assert_true(ledge_hash_sip13("abc", 3, &other) != ledge_hash_sip13("abc", 3, &paper_key));
    assert_true(ledge_hash_u64(7, &other) != ledge_hash_u64(7, &paper_key));
}

static void random_seeds_differ(void **state)
{
    (void)state;
    const ledge_hash_seed a = ledge_hash_seed_random(NULL), b = ledge_hash_seed_random(NULL);
    assert_true(a.k0 != b.k0);
    assert_true(a.k1 != b.k1);
    assert_true(a.k0 != a.k1);
}

/* From 0: the first two numbers of SplitMix64. */
static void a_seed_can_be_made_from_a_number(void **state)
{
    (void)state;
    const ledge_hash_seed seed = ledge_hash_seed_from(0);
    assert_hash(seed.k0, 0xe220a8397b1dcdaf);
    assert_hash(seed.k1, 0x6e789e6aa1b965f4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_2_4_is_that_of_its_authors),
        cmocka_unit_test(siphash_1_3_is_that_of_python),
        cmocka_unit_test(siphash_1_3_is_that_of_rust),
        cmocka_unit_test(fnv_1a_is_that_of_its_authors),
        cmocka_unit_test(mix64_is_splitmix64s),
        cmocka_unit_test(a_folded_product_is_its_halves_exclusive_or),
        cmocka_unit_test(a_number_is_masked_and_folded_twice),
        cmocka_unit_test(numbers_a_stride_apart_are_spread_with_any_seed),
        cmocka_unit_test(the_default_takes_numbers_as_such_and_the_rest_as_bytes),
        cmocka_unit_test(another_seed_gives_another_hash),
        cmocka_unit_test(random_seeds_differ),
        cmocka_unit_test(a_seed_can_be_made_from_a_number),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
