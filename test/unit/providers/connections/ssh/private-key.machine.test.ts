import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import { describe, expect, test } from 'vitest';
import { toPem } from '../../../../../electron/pki/pem.ts';
import { element } from '../../../../../electron/pki/write-der.ts';
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

const sequence = (...parts: Buffer[]) => element(0x30, Buffer.concat(parts));
const oid = (hex: string) => element(0x06, Buffer.from(hex, 'hex'));
const octets = (length: number) => element(0x04, Buffer.alloc(length));
/** An EncryptedPrivateKeyInfo by PBES2 with AES-256-CBC (RFC 8018). */
const encrypted = (id: Buffer, parameters: Buffer) => {
  const scheme = sequence(oid('60864801650304012a'), octets(16));
  const algorithm = sequence(oid('2a864886f70d01050d'), sequence(sequence(id, parameters), scheme));
  return toPem('ENCRYPTED PRIVATE KEY', sequence(algorithm, octets(48)));
};

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
  test.each([0, 37])(
    'that is no number of its curve, of %s bytes, is refused, although it can be read',
    (length) => {
      const point = ec.publicKey.export({ type: 'spki', format: 'der' }).subarray(-66);
      const none = sequence(
        element(0x02, Buffer.of(1)),
        element(0x04, Buffer.alloc(length, 7)),
        element(0xa1, element(0x03, point)),
      );
      const algorithm = sequence(oid('2a8648ce3d0201'), oid('2a8648ce3d030107'));
      const key = sequence(element(0x02, Buffer.of(0)), algorithm, element(0x04, none));
      expect(() => read(toPem('PRIVATE KEY', key))).toThrow(/damaged/);
    },
  );
  test('whose file asks for so many rounds that opening it would take ages is refused without opening it', () => {
    const sealed = { cipher: 'aes256-ctr', passphrase: 'phrase', rounds: 1 } as const;
    const openSsh = ssh2.utils.generateKeyPairSync('ed25519', sealed).private;
    expect(read(openSsh, 'phrase').type).toBe('ssh-ed25519');
    const contents = Buffer.from(openSsh.replace(/-----[^-]+-----/g, ''), 'base64');
    contents.writeUInt32BE(2 ** 31, contents.indexOf(Buffer.from([0, 0, 0, 16])) + 20);
    expect(() => read(toPem('OPENSSH PRIVATE KEY', contents), 'phrase')).toThrow(/more rounds/);

    const pbkdf2 = sequence(octets(8), element(0x02, Buffer.from('7fffffff', 'hex')));
    expect(() => read(encrypted(oid('2a864886f70d01050c'), pbkdf2), 'phrase')).toThrow(/more rounds/);
    const scrypt = sequence(
      octets(8),
      ...['7fff', '7fff', '01'].map((n) => element(0x02, Buffer.from(n, 'hex'))),
    );
    expect(() => read(encrypted(oid('2b06010401da47040b'), scrypt), 'phrase')).toThrow(/more rounds/);
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
