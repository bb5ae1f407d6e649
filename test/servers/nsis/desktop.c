/*
 * In the place of Electron's program in installers that are tried where no Electron for Windows can be had: it runs until
 * it is ended. electron-builder finds fuses to set and a version to replace. With "guarded" no one may end it, with the
 * path of a file it keeps that one open for itself alone.
 */
#include <windows.h>
#include <aclapi.h>

__attribute__((used)) static const volatile char fuses[] = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09" "000000000";

/* Everyone may ask for its path, and for nothing else. */
static int guard(void) {
  SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {SECURITY_WORLD_RID}};
  char space[256];
  ACL *list = (ACL *)space;
  return InitializeAcl(list, sizeof space, ACL_REVISION) &&
         AddAccessAllowedAce(list, ACL_REVISION, PROCESS_QUERY_LIMITED_INFORMATION, &everyone) &&
         SetSecurityInfo(GetCurrentProcess(), SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, list, NULL) ==
             ERROR_SUCCESS;
}

int WINAPI WinMain(HINSTANCE self, HINSTANCE before, LPSTR words, int show) {
  HANDLE ready;
  (void)self, (void)before, (void)show;
  if (fuses[0] != 'd') return 1;
  if (lstrcmpA(words, "guarded") == 0) {
    if (!guard()) return 2;
  } else if (*words) {
    if (*words == '"') { /* around a path with spaces */
      words[lstrlenA(words) - 1] = 0;
      words++;
    }
    if (CreateFileA(words, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE) return 3;
  }
  ready = CreateFileA("C:\\desktop-is-ready.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  CloseHandle(ready);
  Sleep(INFINITE);
  return 0;
}
