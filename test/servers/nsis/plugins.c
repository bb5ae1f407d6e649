/*
 * What the plug-ins of electron-builder's installers do, as far as its templates ask them to: the real ones have 32 bits,
 * Debian's Wine has 64. One library under every plug-in's name (UAC, StdUtils, Nsis7z, WinShell); each function is
 * written from how the templates call it. -DSEVEN_ZIP is the path of 7za.exe.
 */
#include <windows.h>
#include <nsis/pluginapi.h>

#define PLUGIN(name) \
  __declspec(dllexport) void name(HWND window, int string_size, LPTSTR variables, stack_t **stacktop)
#define BEGIN (void)window; EXDLL_INIT()

#define LONGEST 8192

/* What the shell would have been told, for the tests to read. */
static void note(const WCHAR *line) {
  HANDLE file = CreateFileW(L"C:\\plug-ins.txt", FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                            OPEN_ALWAYS, 0, NULL);
  char bytes[LONGEST];
  DWORD written;
  int length = WideCharToMultiByte(CP_UTF8, 0, line, -1, bytes, sizeof bytes - 2, NULL, NULL) - 1;
  bytes[length] = '\n';
  WriteFile(file, bytes, length + 1, &written, NULL);
  CloseHandle(file);
}

/* The command line without the program. */
static WCHAR *arguments(void) {
  WCHAR *at = GetCommandLineW();
  BOOL quoted = FALSE;
  for (; *at && (quoted || *at != L' '); at++)
    if (*at == L'"') quoted = !quoted;
  while (*at == L' ') at++;
  return at;
}

/* Runs a program to its end. Its exit code, or -1 when it could not be started. */
static int run(WCHAR *line) {
  STARTUPINFOW start = {.cb = sizeof start};
  PROCESS_INFORMATION process;
  DWORD code = 1;
  if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &start, &process)) return -1;
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return (int)code;
}

/* UAC: an account with rights, unless TRUSTKEEP_UAC says "no", which stands for one without whose question is declined. */
PLUGIN(_) {
  WCHAR answer[16] = L"";
  BEGIN
  BOOL admin = GetEnvironmentVariableW(L"TRUSTKEEP_UAC", answer, 16) == 0 || lstrcmpW(answer, L"no") != 0;
  switch (popint()) {
    case 0: /* run again with rights: $0 is an error of Windows, 1223 where a person declines */
      setuservariable(INST_0, admin ? L"0" : L"1223");
      setuservariable(INST_1, admin ? L"2" : L"0");
      break;
    case 2: pushint(admin); break;
    case 3: pushint(0); break; /* not started by another one */
    default: break;
  }
}

/* StdUtils: /name and --name, whatever the case. */
PLUGIN(TestParameter) {
  WCHAR name[256], rest[LONGEST];
  BEGIN
  popstringn(name, 256);
  lstrcpynW(rest, arguments(), LONGEST);
  for (WCHAR *at = rest; *at;) {
    WCHAR *word = at;
    while (*at && *at != L' ') at++;
    if (*at) *at++ = 0;
    if (*word == L'/') word++;
    else if (word[0] == L'-' && word[1] == L'-') word += 2;
    else continue;
    if (lstrcmpiW(word, name) == 0) {
      pushstring(L"true");
      return;
    }
  }
  pushstring(L"false");
}

PLUGIN(GetAllParameters) {
  WCHAR truncate[16];
  BEGIN
  popstringn(truncate, 16);
  pushstring(arguments());
}

PLUGIN(GetParentPath) {
  WCHAR path[LONGEST];
  BEGIN
  popstringn(path, LONGEST);
  WCHAR *end = path + lstrlenW(path);
  while (end > path && *end != L'\\') end--;
  *end = 0;
  pushstring(path);
}

/* A link is noted, a program started. */
PLUGIN(ExecShellAsUser) {
  WCHAR arguments[1024], verb[64], file[1024], line[2200];
  BEGIN
  popstringn(arguments, 1024);
  popstringn(verb, 64);
  popstringn(file, 1024);
  wsprintfW(line, L"start %s %s", file, arguments);
  note(line);
  pushstring(L"ok");
}

/* Nsis7z: into the current folder. */
PLUGIN(Extract) {
  WCHAR archive[1024], line[4096];
  BEGIN
  popstringn(archive, 1024);
  wsprintfW(line, L"\"%s\" x -bd -y \"%s\" -o\"%s\"", SEVEN_ZIP, archive, getuservariable(INST_OUTDIR));
  if (run(line) != 0) note(L"the archive could not be unpacked");
}

/* WinShell: notifications of a desktop are known by the identity of its link. */
PLUGIN(SetLnkAUMI) {
  WCHAR link[1024], identity[256], line[1400];
  BEGIN
  popstringn(link, 1024);
  popstringn(identity, 256);
  wsprintfW(line, L"identity %s %s%s", identity, link,
            GetFileAttributesW(link) == INVALID_FILE_ATTRIBUTES ? L" (missing)" : L"");
  note(line);
}

PLUGIN(UninstShortcut) {
  WCHAR link[1024], line[1200];
  BEGIN
  popstringn(link, 1024);
  wsprintfW(line, L"unpin %s", link);
  note(line);
}

PLUGIN(UninstAppUserModelId) {
  WCHAR identity[256], line[400];
  BEGIN
  popstringn(identity, 256);
  wsprintfW(line, L"forget %s", identity);
  note(line);
}
