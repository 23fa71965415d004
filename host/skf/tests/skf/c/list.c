/* A library that exports SKF_GetFuncList alone: a VERSION, then pointers in the standard's order. */
#include "skf.h"
#include <string.h>

static char device;

static ULONG DEVAPI enum_dev(BOOL present, LPSTR names, ULONG *size) {
    (void)present;
    if (names)
        memcpy(names, "key 1\0", 7);
    *size = 7;
    return 0;
}

static ULONG DEVAPI connect_dev(LPSTR name, DEVHANDLE *out) {
    *out = &device;
    return strcmp(name, "key 1") == 0 ? 0 : 0x0A000023;
}

static struct {
    VERSION version;
    void *functions[80];
} functions;

__attribute__((visibility("default"))) ULONG DEVAPI SKF_GetFuncList(void **out) {
#ifndef NO_VERSION
    functions.version.major = 1;
#endif
    functions.functions[2] = (void *)enum_dev;
    functions.functions[3] = (void *)connect_dev;
#ifdef NO_LIST
    *out = 0;
#else
    *out = &functions;
#endif
    return 0;
}
