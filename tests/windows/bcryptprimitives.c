/* ProcessPrng, which the standard library of Rust takes its randomness from and which Wine has from version 9 on. For the
   prefixes of tests alone: every Windows since 10 has its own. */
#include <windows.h>

/* RtlGenRandom, by its only name. */
BOOLEAN NTAPI SystemFunction036(void *bytes, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *bytes, SIZE_T length)
{
    return SystemFunction036(bytes, (ULONG)length);
}
