import { timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';
import { type Clock, systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { Keychain } from './keychain.ts';

type Library = typeof import('@napi-rs/keyring');
type Entry = InstanceType<Library['AsyncEntry']>;

/** A person may be typing the password of the keychain meanwhile. */
const patienceMs = 60_000;

let library: Library | undefined;
function load(): Library {
  // asked for on first use only: the command line and tests start without it
  library ??= createRequire(import.meta.url)('@napi-rs/keyring') as Library;
  return library;
}

/** The operating system's keychain: Credential Manager, Keychain, or the Secret Service (and nothing else) on Linux. */
export function osKeychain(service = 'trustkeep', clock: Clock = systemClock): Keychain {
  const ask = async <T>(
    keyId: string,
    call: (entry: Entry, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const stop = new AbortController();
    try {
      // without this pin the library quietly falls back to the kernel's keyring, which a reboot empties
      const entry = new (load().AsyncEntry)(service, `mk:${keyId}`, { linux: { store: 'secret-service' } });
      const answer = call(entry, stop.signal);
      return await Promise.race([answer, tooLate(clock, stop.signal)]);
    } catch (error) {
      throw asKeychainFailure(error);
    } finally {
      stop.abort();
    }
  };
  return {
    kind: 'os-keychain',
    get: (keyId) => ask(keyId, read),
    async set(keyId, key) {
      const text = Buffer.from(key.toString('base64'), 'latin1');
      await ask(keyId, (entry, signal) => entry.setSecret(text, signal))
        .catch((error: Failure) => {
          if (error.code !== 'keychain.unavailable') throw error;
          throw writeFailed('it refused the entry', error);
        })
        .finally(() => text.fill(0));
      const back = await ask(keyId, read);
      const same = back !== null && back.length === key.length && timingSafeEqual(back, key);
      back?.fill(0);
      if (!same) throw writeFailed('what was read back differs');
    },
    async remove(keyId) {
      await ask(keyId, (entry, signal) => entry.deleteCredential(signal));
    },
  };
}

async function read(entry: Entry, signal: AbortSignal): Promise<Buffer | null> {
  const numbers = await entry.getSecret(signal);
  if (numbers === null) return null;
  const text = Buffer.from(numbers);
  numbers.fill(0);
  const key = Buffer.from(text.toString('latin1'), 'base64');
  text.fill(0);
  return key;
}

async function tooLate(clock: Clock, signal: AbortSignal): Promise<never> {
  await clock.sleep(patienceMs, signal);
  throw new Failure('keychain.locked', 'The keychain did not answer; it may be asking for its password.', {
    hint: 'Unlock the keychain of this computer and try again.',
  });
}

/** The library has one error class; its sentences tell the cases apart. */
function asKeychainFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (/Couldn't access platform storage|locked|dismissed/i.test(said))
    return new Failure('keychain.locked', 'The keychain is locked.', {
      hint: 'Unlock the keychain of this computer, then try again.',
      peerSaid: said,
      cause: thrown,
    });
  return new Failure('keychain.unavailable', 'The keychain of this computer cannot be reached.', {
    hint: 'Log in to a desktop session with a keychain, or choose a key file or a passphrase.',
    peerSaid: said,
    cause: thrown,
  });
}

function writeFailed(why: string, cause?: Failure): Failure {
  return new Failure(
    'keychain.write-failed',
    `The keychain of this computer did not keep the master key: ${why}.`,
    {
      hint: 'Nothing was changed. Choose a key file or a passphrase, or repair the keychain.',
      peerSaid: cause?.peerSaid,
      cause,
    },
  );
}
