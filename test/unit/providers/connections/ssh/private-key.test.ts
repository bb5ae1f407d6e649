import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPrivateKey } from '../../../../../electron/providers/connections/ssh/private-key.ts';
import { Secret } from '../../../../../electron/secrets/secret.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const read = (pem: string, phrase?: string) =>
  readPrivateKey(Secret.of(pem), phrase === undefined ? undefined : Secret.of(phrase), 'deploy@web1');
const pkcs8 = (key: KeyObject, passphrase?: string) =>
  key
    .export({
      type: 'pkcs8',
      format: 'pem',
      ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
    })
    .toString();

describe('a private key for ssh', () => {
  test.each([
    ['rsa', rsa.privateKey, 'ssh-rsa'],
    ['ec', ec.privateKey, 'ecdsa-sha2-nistp256'],
    ['ed25519', ed.privateKey, 'ssh-ed25519'],
  ])('is read from PKCS#8, plain and encrypted: %s', (_name, key, type) => {
    const data = Buffer.from('signed');
    for (const parsed of [
      read(pkcs8(key)),
      read(pkcs8(key, 'phrase'), 'phrase'),
      read(pkcs8(key), 'not needed'),
    ]) {
      expect(parsed.type).toBe(type);
      expect(parsed.isPrivateKey()).toBe(true);
      expect(parsed.verify(data, parsed.sign(data))).toBe(true);
    }
  });
  test('of a newer PuTTY says what to do', () => {
    expect(() => read('PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n')).toThrow(/version 3/);
  });
  test('is read with Windows line ends and space around it', () => {
    const pem = ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    expect(read(`\r\n${pem.replaceAll('\n', '\r\n')}\r\n`).type).toBe('ecdsa-sha2-nistp256');
  });
  test('that is encrypted needs a passphrase, and the right one', () => {
    const pem = pkcs8(rsa.privateKey, 'phrase');
    const codeOf = (phrase?: string) => {
      try {
        return read(pem, phrase).type;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf()).toBe('ssh.key-passphrase-missing');
    expect(codeOf('')).toBe('ssh.key-passphrase-missing');
    for (let turn = 0; turn < 30; turn += 1) expect(codeOf(`wrong ${turn}`)).toBe('ssh.key-passphrase-wrong');
  });
  test.each([
    ['nothing', ''],
    ['some text', 'hello'],
    ['a cut PEM', pkcs8(rsa.privateKey).slice(0, 300)],
    ['a damaged PEM', pkcs8(rsa.privateKey).replace(/[A-M]/g, 'Z')],
    [
      'a cut OpenSSH key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----',
    ],
    ['the public half', `ssh-ed25519 ${Buffer.from('x').toString('base64')} me@here`],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
    ['a key SSH has no use for', pkcs8(generateKeyPairSync('x25519').privateKey)],
  ])('is refused with one clear failure when it is %s', (_name, pem) => {
    try {
      read(pem, 'phrase');
      expect.unreachable('it was read');
    } catch (error) {
      expect(error).toMatchObject({
        code: 'ssh.key-unreadable',
        message: expect.stringMatching(/^The SSH private key for deploy@web1 cannot be used: .*\.$/),
        hint: expect.stringContaining('.pub'),
      });
    }
  });
});
