import { createRequire } from 'node:module';
import { Failure } from '#shared/failure.ts';

type Koffi = typeof import('koffi');

/** A handle or an address of Windows. */
export type Pointer = bigint;

type Given = Pointer | number | string | Uint8Array | null | [Pointer | null] | [number];

/** Parameters in short: p a pointer or bytes, s a text, n a number of 32 bits, P and N what is written to, I what is read first. */
const kinds: Record<string, string> = {
  p: 'void *',
  s: 'str16',
  n: 'uint32',
  P: '_Out_ void **',
  N: '_Out_ uint32 *',
  I: '_Inout_ uint32 *',
};

/** What is called of Windows, by its names in Microsoft's documentation, with its parameters. These give a number. */
const numbers = {
  ChangeServiceConfigW: 'pnnnspppsps',
  ChangeServiceConfig2W: 'pnp',
  CloseServiceHandle: 'p',
  ControlService: 'pnp',
  ConvertSecurityDescriptorToStringSecurityDescriptorW: 'pnnPN',
  ConvertSidToStringSidW: 'pP',
  ConvertStringSecurityDescriptorToSecurityDescriptorW: 'snPp',
  DeleteService: 'p',
  DeregisterEventSource: 'p',
  GetNamedSecurityInfoW: 'snnppppP',
  GetSecurityDescriptorDacl: 'pNPN',
  GetSecurityDescriptorOwner: 'pPN',
  LookupAccountNameW: 'pspIpIN',
  LsaAddAccountRights: 'pppn',
  LsaClose: 'p',
  LsaNtStatusToWinError: 'n',
  LsaOpenPolicy: 'ppnP',
  QueryServiceConfigW: 'ppnN',
  QueryServiceStatusEx: 'pnpnN',
  RegCloseKey: 'p',
  RegCreateKeyExW: 'psnpnnpPp',
  RegDeleteKeyW: 'ps',
  RegSetValueExW: 'psnnpn',
  ReportEventW: 'pnnnpnnpp',
  SetNamedSecurityInfoW: 'snnpppp',
  SetSecurityInfo: 'pnnpppp',
  SetServiceStatus: 'pp',
  StartServiceW: 'pnp',
} as const;

/** These give a pointer. */
const pointers = {
  CreateServiceW: 'pssnnnnspppsp',
  OpenSCManagerW: 'ppn',
  OpenServiceW: 'psn',
  RegisterEventSourceW: 'ps',
  RegisterServiceCtrlHandlerExW: 'spp',
} as const;

const kernelNumbers = {
  CloseHandle: 'p',
  GetFileAttributesW: 's',
  GetLastError: '',
  WaitForSingleObject: 'pn',
} as const;
const kernelPointers = { CreateFileW: 'snnpnnp', CreateThread: 'ppppnN', LocalFree: 'p' } as const;

type Numbers = keyof typeof numbers | keyof typeof kernelNumbers;
type Pointers = keyof typeof pointers | keyof typeof kernelPointers;

type Functions = Record<Numbers, (...given: Given[]) => number> &
  Record<Pointers, (...given: Given[]) => Pointer | null>;

/** The functions of Windows, and what lies between its memory and ours. Each blocks until Windows has answered. */
export type WindowsLibrary = Functions & {
  /** Where bytes of ours are; they must be kept as long as Windows uses them. */
  addressOf(bytes: Uint8Array): Pointer;
  /** The text at an address, up to its zero. */
  textAt(address: Pointer): string;
  /** What Windows starts a thread of its own with, to wait there for orders to this service. */
  readonly dispatcher: Pointer;
  /** Functions of ours that Windows may call from any thread: they run on this one, and Windows waits for them. */
  serviceMain(run: () => void): Pointer;
  serviceHandler(run: (control: number) => number): Pointer;
};

let library: WindowsLibrary | undefined;

/**
 * The one door to Windows itself. Loaded on first use: nothing else needs it, and no other system has it. Throws
 * `service.failed` where it cannot be loaded.
 */
export function windowsLibrary(): WindowsLibrary {
  try {
    library ??= load(createRequire(import.meta.url)('koffi/indirect') as Koffi);
  } catch (cause) {
    const [why] = (cause as Error).message.split('\n');
    throw new Failure('service.failed', `Trustkeep cannot call Windows: ${why}.`, {
      hint: 'A file of the installation is missing or blocked, by a virus scanner for example. Allow it, or install Trustkeep again.',
      cause,
    });
  }
  return library;
}

function load(koffi: Koffi): WindowsLibrary {
  const advapi = koffi.load('advapi32.dll');
  const kernel = koffi.load('kernel32.dll');
  const of = (from: typeof advapi, gives: string, table: Record<string, string>) =>
    Object.entries(table).map(([name, parameters]) => {
      const typed = [...parameters].map((one) => kinds[one]).join(', ');
      return [name, from.func(`${gives} __stdcall ${name}(${typed})`)] as const;
    });
  const functions = Object.fromEntries([
    ...of(advapi, 'uint32', numbers),
    ...of(advapi, 'void *', pointers),
    ...of(kernel, 'uint32', kernelNumbers),
    ...of(kernel, 'void *', kernelPointers),
  ]) as unknown as Functions;
  const main = koffi.proto('void __stdcall ServiceMain(uint32 count, void *words)');
  const handler = koffi.proto(
    'uint32 __stdcall HandlerEx(uint32 control, uint32 type, void *data, void *context)',
  );
  return {
    ...functions,
    addressOf: (bytes) => koffi.address(bytes),
    textAt: (address) => koffi.decode.string16(address),
    dispatcher: advapi.symbol('StartServiceCtrlDispatcherW'),
    serviceMain: (run) => koffi.register(run, koffi.pointer(main)),
    serviceHandler: (run) => koffi.register(run, koffi.pointer(handler)),
  };
}
