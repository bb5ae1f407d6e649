import { z } from 'zod';
import type { FileTrouble } from './file-failures.ts';

/** What a script says of an error: by types and numbers, which are the same in every language of Windows. */
export const scriptError = z.object({
  /** The type of the innermost exception, with its namespace. */
  type: z.string(),
  /** Its HRESULT. */
  code: z.number(),
  /** The code of Win32, of those that have one of their own; 0: none. */
  native: z.number(),
  /** As PowerShell names the error. */
  id: z.string(),
  /** In the language of that Windows. */
  message: z.string().nullable(),
  /** Told by the script itself. */
  trouble: z.string().nullable(),
  /** The path that was worked on; may be empty. */
  about: z.string(),
  line: z.number(),
});
export type ScriptError = z.infer<typeof scriptError>;

/** What scripts themselves say. */
const told: readonly FileTrouble[] = [
  'missing',
  'is-directory',
  'no-directory',
  'too-large',
  'damaged',
  'owner-unknown',
  'rights-not-kept',
];

/** By the code of Win32 (winerror.h). */
const byCode: ReadonlyMap<number, FileTrouble> = new Map<number, FileTrouble>([
  ...[2, 3, 15, 21, 53, 67].map((code) => [code, 'missing'] as const), // file, path, drive, not ready, network path, share
  ...[5, 1307, 1314].map((code) => [code, 'denied'] as const), // access, owner that cannot be given, privilege
  ...[32, 33, 1175].map((code) => [code, 'in-use'] as const), // sharing, lock, cannot be replaced
  ...[39, 112, 1295].map((code) => [code, 'disk-full'] as const), // handle, disk, quota
  [19, 'read-only'],
  ...[111, 206].map((code) => [code, 'name-too-long'] as const),
  [267, 'no-directory'],
  [1332, 'owner-unknown'],
]);

/** Where the number is that of the exception alone. */
const byType: Readonly<Record<string, FileTrouble>> = {
  'System.UnauthorizedAccessException': 'denied',
  'System.Security.SecurityException': 'denied',
  'System.Security.AccessControl.PrivilegeNotHeldException': 'denied',
  'System.Security.Principal.IdentityNotMappedException': 'owner-unknown',
  'System.IO.FileNotFoundException': 'missing',
  'System.IO.DirectoryNotFoundException': 'missing',
  'System.IO.DriveNotFoundException': 'missing',
  'System.IO.PathTooLongException': 'name-too-long',
};

/** The code of Win32 in an error; 0: it has none. */
export function win32Of({ code, native }: Pick<ScriptError, 'code' | 'native'>): number {
  if (native !== 0) return native;
  return code >>> 16 === 0x8007 ? code & 0xffff : 0;
}

/** What the error means for a file. */
export function fileTroubleOf(error: ScriptError): FileTrouble {
  const own = told.find((one) => one === error.trouble);
  if (own !== undefined) return own;
  return byCode.get(win32Of(error)) ?? byType[error.type] ?? 'failed';
}

/** A policy of the host is against the script, whatever it does. */
export const isPolicy = ({ type, id }: ScriptError): boolean =>
  type === 'System.Management.Automation.PSSecurityException' ||
  type === 'System.Management.Automation.PSNotSupportedException' ||
  /^(?:MethodInvocationNotSupportedInConstrainedLanguage|ScriptBlock\w*ConstrainedLanguage)/.test(id);
