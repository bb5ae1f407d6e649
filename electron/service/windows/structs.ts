/** Structures of winsvc.h as bytes of a 64-bit Windows (x64 and arm64 lay them out alike). Pure. */

/** Zero-terminated, as Windows takes texts. */
export const wide = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le');

/** Several texts with a second zero at the end (MULTI_SZ). */
export const wideList = (texts: readonly string[]): Buffer => wide(texts.map((text) => `${text}\0`).join(''));

type AddressOf = (bytes: Uint8Array) => bigint;

export const states = {
  stopped: 1,
  starting: 2,
  stopping: 3,
  running: 4,
} as const;

const ownProcess = 0x10;
/** SERVICE_ACCEPT_STOP and SERVICE_ACCEPT_PRESHUTDOWN. */
const accepted = 0x1 | 0x100;
/** ERROR_SERVICE_SPECIFIC_ERROR: the second code is the one to read. */
const ownExitCode = 1066;

export interface HostStatus {
  state: keyof typeof states;
  /** Of the process; only with `stopped`. */
  exitCode: number;
  /** Counts up while starting or stopping, so that Windows sees it go on. */
  checkpoint: number;
  /** Milliseconds until the next one. */
  waitHint: number;
}

/** SERVICE_STATUS. */
export function serviceStatus({ state, exitCode, checkpoint, waitHint }: HostStatus): Buffer {
  const failed = exitCode !== 0;
  return numbers(
    ownProcess,
    states[state],
    state === 'running' ? accepted : 0,
    failed ? ownExitCode : 0,
    failed ? exitCode : 0,
    checkpoint,
    waitHint,
  );
}

/** What Windows notes of a process that ended without a word (ERROR_PROCESS_ABORTED) is no code of ours. */
export const howEnded = (exitCode: number): string =>
  exitCode === 1067 ? 'unexpectedly' : `with code ${exitCode}`;

export interface SeenStatus {
  state: number;
  /** Null while it has never ended, or ended well. */
  exitCode: number | null;
  checkpoint: number;
  processId: number | null;
}

/** ERROR_SERVICE_NEVER_STARTED. */
const neverStarted = 1077;

/** Of SERVICE_STATUS_PROCESS, which has 36 bytes. */
export function seenStatus(bytes: Buffer): SeenStatus {
  const at = (index: number) => bytes.readUInt32LE(index * 4);
  const code = at(3) === ownExitCode ? at(4) : at(3);
  return {
    state: at(1),
    exitCode: code === 0 || code === neverStarted ? null : code,
    checkpoint: at(5),
    processId: at(7) || null,
  };
}

/** SERVICE_TABLE_ENTRYW, and the empty one that ends the table. */
export function serviceTable(name: Uint8Array, main: bigint, addressOf: AddressOf): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeBigUInt64LE(addressOf(name), 0);
  bytes.writeBigUInt64LE(main, 8);
  return bytes;
}

/** A structure of one pointer: SERVICE_DESCRIPTIONW, SERVICE_REQUIRED_PRIVILEGES_INFOW. */
export function pointerTo(text: Uint8Array, addressOf: AddressOf): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(addressOf(text));
  return bytes;
}

/** 32-bit numbers in a row. */
export function numbers(...values: number[]): Buffer {
  return Buffer.from(new Uint32Array(values).buffer);
}

const restart = 1;

/** SC_ACTION: start again after so many milliseconds each time. */
export const restarts = (...delaysMs: number[]): Buffer =>
  numbers(...delaysMs.flatMap((delay) => [restart, delay]));

/** SERVICE_FAILURE_ACTIONSW, without a message and a command. The actions must be kept as long as it is used. */
export function failureActions(resetSeconds: number, actions: Uint8Array, addressOf: AddressOf): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.writeUInt32LE(resetSeconds, 0);
  bytes.writeUInt32LE(actions.length / 8, 24);
  bytes.writeBigUInt64LE(addressOf(actions), 32);
  return bytes;
}

export interface SeenConfig {
  /** 2 automatic, 3 by hand, 4 disabled. */
  start: number;
  /** The line that Windows starts. */
  path: string;
  account: string | null;
}

/** Of QUERY_SERVICE_CONFIGW, whose texts lie behind it in the same bytes, which are at the address. */
export function seenConfig(bytes: Buffer, address: bigint): SeenConfig {
  const text = (at: number): string => {
    const pointer = bytes.readBigUInt64LE(at);
    const from = Number(pointer - address);
    if (pointer === 0n || from < 0 || from >= bytes.length) return '';
    const all = bytes.subarray(from).toString('utf16le');
    const end = all.indexOf('\0');
    return end === -1 ? all : all.slice(0, end);
  };
  return { start: bytes.readUInt32LE(4), path: text(16), account: text(48) || null };
}
