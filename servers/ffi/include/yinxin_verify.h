/*
 * libyinxin_verify: verifies what users of Chinese PKI sign. Generated from servers/ffi by `npm run generate`.
 *
 * Requests and answers are JSON in UTF-8, as the npm package @yinxin/documents takes and gives them; large bytes lie
 * beside the request. What is wrong is one of the catalogue's errors, as {"code": ..., "params": {...}}.
 *
 * - Who owns what: the caller keeps what it hands in, and it need live until the function returns only. What the library
 *   hands out (a policy, a hasher, a text) is the caller's until it is given back, once, to the function that frees it.
 * - Threads: every function may be called from any thread. A policy may be used by many calls at once; a hasher by one at a
 *   time. Nothing may be in use while it is given back.
 * - A null pointer with a length of 0 is an empty input. Any other null is refused, and so are lengths that no memory has.
 * - Nothing unwinds out of the library. A panic in it, a bug, is the error `internal`; the next call works.
 */

#ifndef YINXIN_VERIFY_H
#define YINXIN_VERIFY_H

#include <stddef.h>
#include <stdint.h>

/**
 * What a function gives back: the answer is a verdict, facts, or nothing.
 */
#define YINXIN_OK 0

/**
 * What a function gives back: the answer is an error.
 */
#define YINXIN_ERROR 1

/**
 * What a function gives back: there was no place for an answer.
 */
#define YINXIN_NO_ANSWER 2

/**
 * A part that holds bytes.
 */
#define YINXIN_PART_BYTES 0

/**
 * A part that holds the path of a file, in UTF-8: a document (`file`), which is read where it lies, or a `content`, which
 * is hashed.
 */
#define YINXIN_PART_PATH 1

/**
 * Raised when a function changes in a way that a caller of the older header would misread.
 */
#define YINXIN_ABI_VERSION 1

/**
 * Hashes a content that comes in pieces.
 */
typedef struct yinxin_hasher yinxin_hasher;

/**
 * A portal's policy, read and checked.
 */
typedef struct yinxin_policy yinxin_policy;

/**
 * A text that the library hands out, in UTF-8, with a null byte behind it. `yinxin_text_free` takes it back.
 */
typedef struct {
  /**
   * The text; null where there is none.
   */
  uint8_t *text;
  /**
   * Its length without the null byte.
   */
  size_t length;
} yinxin_text;

/**
 * Something that lies beside the JSON of a request, in the place of one of its fields.
 */
typedef struct {
  /**
   * The field: `certificate`, `cms`, `content`, `file`, `proof`, `seal` or `signature`.
   */
  const char *name;
  /**
   * `YINXIN_PART_BYTES` or `YINXIN_PART_PATH`.
   */
  uint32_t kind;
  /**
   * The bytes, or those of the path.
   */
  const uint8_t *bytes;
  /**
   * Their number.
   */
  size_t length;
} yinxin_part;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library: `0.1.0`. It lives as long as the library.
 */
const char *yinxin_version(void);

/**
 * The version of this header that the library was made with; compare it with `YINXIN_ABI_VERSION`.
 */
uint32_t yinxin_abi_version(void);

/**
 * Loads a policy from a file (`servers/policy.schema.json`), with the files that it names. It is refused whole if anything is
 * wrong with it: then `*policy` is null, and `answer` an error.
 *
 * What must hold:
 * `path` is null, or a text that ends with a null byte; `policy` and `answer` are null, or to be written to.
 */
int32_t yinxin_policy_open(const char *path,
                           yinxin_policy **policy,
                           yinxin_text *answer);

/**
 * The same, from a policy whose certificates stand in it: no file is read.
 *
 * What must hold:
 * `json` is null with a length of 0, or that many bytes; `policy` and `answer` are null, or to be written to.
 */
int32_t yinxin_policy_parse(const uint8_t *json, size_t length, yinxin_policy **policy, yinxin_text *answer);

/**
 * Takes a policy back. Null is nothing.
 *
 * What must hold:
 * `policy` came from this library, is not in use, and is not used again.
 */
void yinxin_policy_free(yinxin_policy *policy);

/**
 * Calls a function by its name: `verifyCertificate`, `verifyCms`, `newLoginChallenge`, `verifyLogin`, `verifySeal`,
 * `verifySealSignature`, `verifyOfd`, `verifyPdf`, `parseCertificate`, `parseSeal` or `text`.
 *
 * With a policy, a request can only narrow what that says. Without one (null), the request says all of it.
 *
 * What must hold:
 * `policy` is null or a policy of this library; `function` is null, or a text that ends with a null byte; `request` is null
 * with a length of 0, or that many bytes; `parts` is null with a count of 0, or that many parts, of each of which the name
 * is null or a text that ends with a null byte, and the bytes are null with a length of 0, or that many; `answer` is null,
 * or to be written to.
 */
int32_t yinxin_call(const yinxin_policy *policy,
                    const char *function,
                    const uint8_t *request,
                    size_t request_length,
                    const yinxin_part *parts,
                    size_t parts_count,
                    yinxin_text *answer);

/**
 * Takes a text back, which is empty afterwards. Null is nothing, and so is a text that is empty already.
 *
 * What must hold:
 * `text` is null, or was written by this library and changed by nobody else.
 */
void yinxin_text_free(yinxin_text *text);

/**
 * Begins to hash a content that comes in pieces. Never null.
 */
yinxin_hasher *yinxin_hasher_new(void);

/**
 * Takes the next bytes of the content.
 *
 * What must hold:
 * `hasher` is null or a hasher of this library that nobody else uses now; `bytes` is null with a length of 0, or that many.
 */
int32_t yinxin_hasher_update(yinxin_hasher *hasher,
                             const uint8_t *bytes,
                             size_t length);

/**
 * What `content` of a request is, of all bytes so far: an object, to be put into its JSON.
 *
 * What must hold:
 * `hasher` is null or a hasher of this library that nobody else uses now; `answer` is null, or to be written to.
 */
int32_t yinxin_hasher_content(const yinxin_hasher *hasher, yinxin_text *answer);

/**
 * Takes a hasher back. Null is nothing.
 *
 * What must hold:
 * `hasher` came from this library, is not in use, and is not used again.
 */
void yinxin_hasher_free(yinxin_hasher *hasher);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* YINXIN_VERIFY_H */
