/* How OpenSSL judges SM2 signatures: of each line "x y e r s" of hexadecimal numbers it prints 1 or 0.
   With an argument it judges the first line that many times and prints the nanoseconds of each. */

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int unhex(unsigned char *out, const char *hex)
{
    for (int i = 0; i < 32; i++) {
        unsigned int byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return 0;
        out[i] = (unsigned char)byte;
    }
    return 1;
}

/* NULL of a point that OpenSSL doesn't take for a key. */
static EVP_PKEY *key_of(const unsigned char *x, const unsigned char *y)
{
    unsigned char point[65] = {4};
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    OSSL_PARAM parameters[3];

    memcpy(point + 1, x, 32);
    memcpy(point + 33, y, 32);
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
    parameters[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
    parameters[2] = OSSL_PARAM_construct_end();
    if (context == NULL || EVP_PKEY_fromdata_init(context) <= 0
        || EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) <= 0)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

static int verify(EVP_PKEY *key, const unsigned char *e, const unsigned char *r, const unsigned char *s)
{
    unsigned char *der = NULL;
    ECDSA_SIG *signature = ECDSA_SIG_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int length, verdict;

    ECDSA_SIG_set0(signature, BN_bin2bn(r, 32, NULL), BN_bin2bn(s, 32, NULL));
    length = i2d_ECDSA_SIG(signature, &der);
    verdict = EVP_PKEY_verify_init(context) == 1
        && EVP_PKEY_verify(context, der, (size_t)length, e, 32) == 1;
    OPENSSL_free(der);
    ECDSA_SIG_free(signature);
    EVP_PKEY_CTX_free(context);
    return verdict;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
    char hex[5][65];
    unsigned char number[5][32];

    while (scanf("%64s %64s %64s %64s %64s", hex[0], hex[1], hex[2], hex[3], hex[4]) == 5) {
        EVP_PKEY *key;
        for (int i = 0; i < 5; i++)
            if (!unhex(number[i], hex[i]))
                return 1;
        key = key_of(number[0], number[1]);
        if (argc > 1) {
            if (key == NULL)
                return 1;
            for (long left = atol(argv[1]); left > 0; left--) {
                double start = now();
                if (!verify(key, number[2], number[3], number[4]))
                    return 1;
                printf("%.0f\n", now() - start);
            }
            return 0;
        }
        puts(key != NULL && verify(key, number[2], number[3], number[4]) ? "1" : "0");
        EVP_PKEY_free(key);
    }
    return 0;
}
