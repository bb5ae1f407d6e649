import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { have } from '#test/servers/available.ts';
import { privateKeyFacts } from '../../../electron/providers/connections/ssh/key-facts.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const phrase = 'open sesame';

describe.skipIf(!have('ssh-keygen'))('what is said of a private key is what OpenSSH says', () => {
  const directory = tempDirectory('key-facts');
  afterAll(() => directory.remove());

  const made = (name: string, ...options: string[]) => {
    const file = join(directory.path, name);
    execFileSync('ssh-keygen', ['-q', '-f', file, ...options]);
    const [, fingerprint] = execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' }).split(
      ' ',
    );
    return {
      key: Secret.of(readFileSync(file)),
      fingerprint,
      public: Secret.of(readFileSync(`${file}.pub`)),
    };
  };

  const kinds: [string, string[], string][] = [
    ['ed25519', ['-t', 'ed25519'], 'ssh-ed25519'],
    ['rsa', ['-t', 'rsa', '-b', '2048'], 'ssh-rsa'],
    ['rsa in PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM'], 'ssh-rsa'],
    ['ecdsa in PKCS#8', ['-t', 'ecdsa', '-b', '384', '-m', 'PKCS8'], 'ecdsa-sha2-nistp384'],
  ];
  test.each(kinds)('%s', (name, options, type) => {
    const { key, fingerprint } = made(name.replaceAll(/\W/g, ''), ...options, '-N', '');
    expect(privateKeyFacts(key, null, 'it')).toEqual({ type, fingerprint, encrypted: false });
    // a passphrase that is not needed does no harm
    expect(privateKeyFacts(key, Secret.of(phrase), 'it').encrypted).toBe(false);
  });

  test.each(kinds)('%s with a passphrase', (name, options, type) => {
    const { key, fingerprint } = made(`${name.replaceAll(/\W/g, '')}-locked`, ...options, '-N', phrase);
    expect(privateKeyFacts(key, Secret.of(phrase), 'it')).toEqual({ type, fingerprint, encrypted: true });
    const code = (passphrase: Secret | null) => {
      try {
        return privateKeyFacts(key, passphrase, 'it').type;
      } catch (error) {
        return asFailure(error).code;
      }
    };
    expect(code(null)).toBe('private-key.passphrase-needed');
    expect(code(Secret.of('shut'))).toBe('private-key.passphrase-wrong');
  });

  test('the public half is told for what it is', () => {
    const { public: half } = made('half', '-t', 'ed25519', '-N', '');
    expect(() => privateKeyFacts(half, null, 'it')).toThrow('it is the public half');
  });
});
