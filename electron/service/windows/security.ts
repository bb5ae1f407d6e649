import { type Pointer, type WindowsLibrary, windowsLibrary } from './library.ts';
import { refusal } from './refusals.ts';
import { wide } from './structs.ts';

const file = 1; // SE_FILE_OBJECT
const ownerPart = 0x1;
const listPart = 0x4;
const fromAbove = 0x20000000; // UNPROTECTED_DACL_SECURITY_INFORMATION
const ownOnly = 0x80000000; // PROTECTED_DACL_SECURITY_INFORMATION

/** Owner and access list of a file or folder, as text (SDDL). */
export function securityOf(path: string): string {
  const windows = windowsLibrary();
  const found: [Pointer | null] = [null];
  const code = windows.GetNamedSecurityInfoW(path, file, ownerPart | listPart, null, null, null, null, found);
  if (code !== 0 || found[0] === null) throw refusal(code, `The access list of ${path} cannot be read`);
  const text: [Pointer | null] = [null];
  const done = windows.ConvertSecurityDescriptorToStringSecurityDescriptorW(
    ...[found[0], 1, ownerPart | listPart, text, [0] as [number]],
  );
  const error = windows.GetLastError();
  windows.LocalFree(found[0]);
  if (done === 0 || text[0] === null) throw refusal(error, `The access list of ${path} cannot be read`);
  const read = windows.textAt(text[0]);
  windows.LocalFree(text[0]);
  return read;
}

/** Gives a file or folder this access list, which begins with P where nothing may come from the folder above. */
export function setAccess(path: string, list: string): void {
  withList(list, (address, windows) => {
    const what = listPart | (list.startsWith('D:P') ? ownOnly : fromAbove);
    const code = windows.SetNamedSecurityInfoW(path, file, what >>> 0, null, null, address, null);
    if (code !== 0) throw refusal(code, `The access list of ${path} cannot be changed`);
  });
}

/** Makes the administrators own a file or folder: an owner may change the access list, whatever that says. */
export function giveToAdministrators(path: string): void {
  withDescriptor('O:BA', (descriptor, windows) => {
    const owner: [Pointer | null] = [null];
    windows.GetSecurityDescriptorOwner(descriptor, owner, [0]);
    const code = windows.SetNamedSecurityInfoW(path, file, ownerPart, owner[0], null, null, null);
    if (code !== 0) throw refusal(code, `${path} cannot be given to the administrators`);
  });
}

const reparsePoint = 0x400;
const noAttributes = 0xffffffff;

/** Whether a folder is a link of some kind: Node takes a junction that names its drive by its number for a folder. */
export function isLink(path: string): boolean {
  const attributes = windowsLibrary().GetFileAttributesW(path);
  return attributes !== noAttributes && (attributes & reparsePoint) !== 0;
}

const kernelObject = 6; // SE_KERNEL_OBJECT
const readList = 0x20000;
const writeList = 0x40000;
const openExisting = 3;

/** Says who may connect to a pipe of this process from now on. It is opened for it once, as any caller opens it. */
export function setPipeAccess(path: string, list: string): void {
  withList(list, (address, windows) => {
    const handle = windows.CreateFileW(path, readList | writeList, 3, null, openExisting, 0, null);
    if (handle === null || handle === 0xffffffffffffffffn)
      throw refusal(windows.GetLastError(), `The pipe ${path} cannot be opened to say who may use it`);
    const what = (listPart | ownOnly) >>> 0;
    const code = windows.SetSecurityInfo(handle, kernelObject, what, null, null, address, null);
    windows.CloseHandle(handle);
    if (code !== 0) throw refusal(code, `Windows did not take who may use the pipe ${path}`);
  });
}

function withList(list: string, use: (address: Pointer, windows: WindowsLibrary) => void): void {
  withDescriptor(list, (descriptor, windows) => {
    const address: [Pointer | null] = [null];
    windows.GetSecurityDescriptorDacl(descriptor, [0], address, [0]);
    if (address[0] === null) throw refusal(0, `The access list ${list} has no entries`);
    use(address[0], windows);
  });
}

function withDescriptor(text: string, use: (descriptor: Pointer, windows: WindowsLibrary) => void): void {
  const windows = windowsLibrary();
  const made: [Pointer | null] = [null];
  const done = windows.ConvertStringSecurityDescriptorToSecurityDescriptorW(text, 1, made, null);
  if (done === 0 || made[0] === null)
    throw refusal(windows.GetLastError(), `Windows does not understand the access list ${text}`);
  try {
    use(made[0], windows);
  } finally {
    windows.LocalFree(made[0]);
  }
}

export interface Identity {
  bytes: Buffer;
  /** `S-1-…` */
  text: string;
  isGroup: boolean;
}

/** SidTypeGroup, SidTypeAlias. */
const groups = [2, 4];

/** Of an account or group; null where no such name is known. */
export function identityOf(name: string): Identity | null {
  const windows = windowsLibrary();
  const bytes = Buffer.alloc(256);
  const domain = Buffer.alloc(1024);
  const kind: [number] = [0];
  if (windows.LookupAccountNameW(null, name, bytes, [bytes.length], domain, [512], kind) === 0) return null;
  const text: [Pointer | null] = [null];
  if (windows.ConvertSidToStringSidW(bytes, text) === 0 || text[0] === null) return null;
  const read = windows.textAt(text[0]);
  windows.LocalFree(text[0]);
  return { bytes, text: read, isGroup: groups.includes(kind[0]) };
}

const createAccount = 0x10;
const lookUpNames = 0x800;

/** Lets an account log on as a service (SeServiceLogonRight). Idempotent. */
export function letLogOnAsService(identity: Uint8Array, account: string): void {
  const windows = windowsLibrary();
  const what = `The account ${account} could not be given the right to log on as a service`;
  const policy: [Pointer | null] = [null];
  const opened = windows.LsaOpenPolicy(null, Buffer.alloc(48), createAccount | lookUpNames, policy);
  if (opened !== 0) throw refusal(windows.LsaNtStatusToWinError(opened), what);
  const name = wide('SeServiceLogonRight');
  const text = Buffer.alloc(16); // LSA_UNICODE_STRING
  text.writeUInt16LE(name.length - 2, 0);
  text.writeUInt16LE(name.length, 2);
  text.writeBigUInt64LE(windows.addressOf(name), 8);
  const code = windows.LsaAddAccountRights(policy[0], identity, text, 1);
  windows.LsaClose(policy[0]);
  if (code !== 0) throw refusal(windows.LsaNtStatusToWinError(code), what);
}
