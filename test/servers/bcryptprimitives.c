/* The one function that programs made by Rust ask of this library of Windows, which Wine 8 has not. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *bytes, SIZE_T length) {
  return RtlGenRandom(bytes, (ULONG)length);
}
