/* Drives every function of the library, as a caller in C does: what is wrong first, then a signature.
 * Arguments: policy, request (JSON), CMS, content. Prints the verdict. */
#include "../include/yinxin_verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(what) do { if (!(what)) { fprintf(stderr, "line %d: %s\n", __LINE__, #what); exit(1); } } while (0)

static char *read_all(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  char *bytes = malloc(1 << 20);
  CHECK(bytes != NULL);
  *length = fread(bytes, 1, 1 << 20, file);
  fclose(file);
  return bytes;
}

static void is_error(yinxin_text *answer, const char *code) {
  CHECK(answer->text != NULL && strlen((char *)answer->text) == answer->length);
  if (strstr((char *)answer->text, code) == NULL) {
    fprintf(stderr, "expected %s, got %s\n", code, (char *)answer->text);
    exit(1);
  }
  yinxin_text_free(answer);
  CHECK(answer->text == NULL && answer->length == 0);
}

int main(int count, char **arguments) {
  CHECK(count == 5);
  CHECK(yinxin_abi_version() == YINXIN_ABI_VERSION && strlen(yinxin_version()) > 0);
  yinxin_text answer = {NULL, 0};
  yinxin_policy *policy = NULL;

  CHECK(yinxin_policy_open(NULL, &policy, &answer) == YINXIN_ERROR && policy == NULL);
  is_error(&answer, "request-invalid");
  CHECK(yinxin_policy_open("/no/such/file", &policy, &answer) == YINXIN_ERROR && policy == NULL);
  is_error(&answer, "file-failed");
  CHECK(yinxin_policy_open(arguments[1], NULL, &answer) == YINXIN_ERROR);
  is_error(&answer, "request-invalid");
  CHECK(yinxin_policy_open(arguments[1], &policy, NULL) == YINXIN_OK && policy != NULL);
  yinxin_policy_free(policy);
  CHECK(yinxin_policy_parse((const uint8_t *)"{}", 2, &policy, &answer) == YINXIN_ERROR && policy == NULL);
  is_error(&answer, "policy-invalid");
  CHECK(yinxin_policy_parse(NULL, 0, &policy, NULL) == YINXIN_NO_ANSWER && policy == NULL);
  CHECK(yinxin_policy_open(arguments[1], &policy, &answer) == YINXIN_OK && policy != NULL && answer.text == NULL);

  size_t request_length, cms_length, content_length;
  char *request = read_all(arguments[2], &request_length);
  char *cms = read_all(arguments[3], &cms_length);
  char *content = read_all(arguments[4], &content_length);
  yinxin_part parts[2] = {
      {"cms", YINXIN_PART_BYTES, (const uint8_t *)cms, cms_length},
      {"content", YINXIN_PART_BYTES, (const uint8_t *)content, content_length},
  };
#define CALL(function, request, length, parts, count) \
  yinxin_call(policy, function, (const uint8_t *)(request), length, parts, count, &answer)

  CHECK(CALL(NULL, request, request_length, parts, 2) == YINXIN_ERROR);
  is_error(&answer, "request-invalid");
  CHECK(CALL("verify", request, request_length, parts, 2) == YINXIN_ERROR);
  is_error(&answer, "request-invalid");
  CHECK(CALL("verifyCms", NULL, 1, parts, 2) == YINXIN_ERROR);
  is_error(&answer, "request-invalid");
  CHECK(CALL("verifyCms", request, SIZE_MAX, parts, 2) == YINXIN_ERROR);
  is_error(&answer, "longer than memory");
  CHECK(CALL("verifyCms", request, request_length, NULL, 2) == YINXIN_ERROR);
  is_error(&answer, "request-invalid");
  CHECK(CALL("verifyCms", request, request_length, parts, SIZE_MAX / 16) == YINXIN_ERROR);
  is_error(&answer, "longer than memory");
  parts[1].kind = 7;
  CHECK(CALL("verifyCms", request, request_length, parts, 2) == YINXIN_ERROR);
  is_error(&answer, "no such kind");
  parts[1].kind = YINXIN_PART_BYTES;
  parts[1].bytes = NULL;
  CHECK(CALL("verifyCms", request, request_length, parts, 2) == YINXIN_ERROR);
  is_error(&answer, "content");
  parts[1].bytes = (const uint8_t *)content;
  parts[1].name = "\xff";
  CHECK(CALL("verifyCms", request, request_length, parts, 2) == YINXIN_ERROR);
  is_error(&answer, "request-invalid");
  parts[1].name = "content";
  CHECK(yinxin_call(policy, "verifyCms", (const uint8_t *)request, request_length, parts, 2, NULL) == YINXIN_NO_ANSWER);

  /* The content as bytes, as a file, and in pieces: the same verdict. */
  yinxin_text first, second, third;
  CHECK(yinxin_call(policy, "verifyCms", (const uint8_t *)request, request_length, parts, 2, &first) == YINXIN_OK);
  parts[1].kind = YINXIN_PART_PATH;
  parts[1].bytes = (const uint8_t *)arguments[4];
  parts[1].length = strlen(arguments[4]);
  CHECK(yinxin_call(policy, "verifyCms", (const uint8_t *)request, request_length, parts, 2, &second) == YINXIN_OK);
  CHECK(first.length == second.length && memcmp(first.text, second.text, first.length) == 0);

  yinxin_hasher *hasher = yinxin_hasher_new();
  CHECK(yinxin_hasher_update(NULL, NULL, 0) == YINXIN_ERROR);
  CHECK(yinxin_hasher_update(hasher, NULL, 1) == YINXIN_ERROR);
  CHECK(yinxin_hasher_update(hasher, NULL, 0) == YINXIN_OK);
  for (size_t at = 0; at < content_length; at++)
    CHECK(yinxin_hasher_update(hasher, (const uint8_t *)content + at, 1) == YINXIN_OK);
  CHECK(yinxin_hasher_content(hasher, &answer) == YINXIN_OK);
  yinxin_hasher_free(hasher);
  /* `{…}` becomes `{"content": …, …}`. */
  char *whole = malloc(request_length + answer.length + 16);
  CHECK(whole != NULL);
  int length = sprintf(whole, "{\"content\":%s,%.*s", (char *)answer.text, (int)request_length - 1, request + 1);
  yinxin_text_free(&answer);
  CHECK(yinxin_call(policy, "verifyCms", (const uint8_t *)whole, length, parts, 1, &third) == YINXIN_OK);
  CHECK(first.length == third.length && memcmp(first.text, third.text, first.length) == 0);

  printf("%s\n", (char *)first.text);
  yinxin_text_free(&first);
  yinxin_text_free(&second);
  yinxin_text_free(&third);
  yinxin_text_free(&third);
  yinxin_text_free(NULL);
  yinxin_policy_free(policy);
  yinxin_policy_free(NULL);
  yinxin_hasher_free(NULL);
  free(whole);
  free(request);
  free(cms);
  free(content);
  return 0;
}
