import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { readWithoutWaiting } from '#kit/open-flags.ts';
import { givenKeyFile, givenKeyVariable } from '#kit/paths.ts';
import { Failure } from '#shared/failure.ts';
import type { Keychain } from './keychain.ts';

const keyBytes = 32;
const forms = [
  ['hex', /^[0-9A-Fa-f]{64}$/],
  ['base64', /^[A-Za-z0-9+/]{43}=$/],
] as const;

/**
 * A master key that somebody else keeps, such as the secret of a container: 32 bytes in base64 or hexadecimal, alone in a file
 * that is only read. It is the key under every ID. Whoever mounts the file decides who else may read it.
 */
export function givenKeychain(path: string): Keychain {
  return {
    kind: 'key-file',
    bringsKey: true,
    async get() {
      return readGivenKey(path);
    },
    async set() {
      throw onlyGiven(path);
    },
    async remove() {},
  };
}

/**
 * Rejects with `keychain.unavailable` where a key file is named in the environment and there is none to use. An agent that
 * nobody sits at ends by it, instead of running with everything sealed out of reach.
 */
export function refuseMissingKey(path: string | null = givenKeyFile()): void {
  if (path !== null) readGivenKey(path).fill(0);
}

/** What cannot be done with a key that is only read. */
export function onlyGiven(path: string): Failure {
  return new Failure('keychain.write-failed', `The master key is in ${path}, which Trustkeep only reads.`, {
    hint: 'Keep it in the data directory first: trustkeep secrets choose key-file. Nothing was changed.',
  });
}

function readGivenKey(path: string): Buffer {
  // what is there instead may be the key itself, which belongs in no log: a base64 one may begin with a slash
  if (!isAbsolute(path) || forms.some(([, is]) => is.test(path.trim()))) throw noPath();
  const handle = open(path);
  try {
    const facts = fstatSync(handle);
    if (!facts.isFile()) throw unusable(path, 'it is not a regular file');
    const owners = [0, process.geteuid?.() ?? facts.uid];
    if (!owners.includes(facts.uid))
      throw unusable(path, `it belongs to user ${facts.uid}, not to root or user ${owners.at(-1)}`);
    const text = readFileSync(handle, 'latin1').trim();
    const form = forms.find(([, is]) => is.test(text));
    if (form === undefined)
      throw unusable(path, `it does not contain ${keyBytes} bytes in base64 or hexadecimal`);
    return Buffer.from(text, form[0]);
  } finally {
    closeSync(handle);
  }
}

function open(path: string): number {
  try {
    return openSync(path, readWithoutWaiting);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable(path, code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`, error);
  }
}

function noPath(): Failure {
  return new Failure(
    'keychain.unavailable',
    `The master key cannot be read: ${givenKeyVariable} does not contain the absolute path of a file.`,
    {
      hint: 'Put the key into a file and the path of that file into the variable. If a key was in the variable, use another one.',
      retry: 'needs-person',
    },
  );
}

function unusable(path: string, why: string, cause?: unknown): Failure {
  return new Failure(
    'keychain.unavailable',
    `The master key cannot be read from ${path}, which ${givenKeyVariable} names: ${why}.`,
    {
      hint: 'Mount the file with the master key there, readable for the account that Trustkeep runs as. For a new installation, make one: openssl rand -base64 32',
      retry: 'needs-person',
      cause,
    },
  );
}
