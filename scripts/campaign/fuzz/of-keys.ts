import { createPrivateKey } from 'node:crypto';
import ssh2 from 'ssh2';
import { toPem } from '../../../electron/pki/pem.ts';
import { readPrivateKey } from '../../../electron/providers/connections/ssh/private-key.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { Failure } from '../../../shared/failure.ts';
import { makeKey } from '../../../test/make/certificates.ts';
import { breakBytes, breakStructure } from './break-der.ts';
import type { Reader } from './reader.ts';
import { breakText } from './texts.ts';

const passphrase = 'campaign';
const codes = ['ssh.key-unreadable', 'ssh.key-passphrase-wrong', 'ssh.key-passphrase-missing'];

/** More is refused, fewer take up to half a minute: what stands here has one. */
const slowRounds = 512;

interface Sample {
  name: string;
  pem: string;
  /** The contents are DER. */
  der: boolean;
}

/** Private keys to log in with, which come from files, from people and out of vaults. */
export function ofKeys(): Reader[] {
  const { keyPem } = makeKey();
  const key = createPrivateKey(keyPem);
  const encrypted = { cipher: 'aes-256-cbc', passphrase } as const;
  const sealed = { cipher: 'aes256-ctr', passphrase, rounds: 1 } as const;
  const samples: Sample[] = [
    { name: 'PKCS#8', pem: keyPem, der: true },
    {
      name: 'encrypted PKCS#8',
      pem: key.export({ type: 'pkcs8', format: 'pem', ...encrypted }).toString(),
      der: true,
    },
    { name: 'OpenSSH', pem: ssh2.utils.generateKeyPairSync('ed25519').private, der: false },
    { name: 'encrypted OpenSSH', pem: ssh2.utils.generateKeyPairSync('ed25519', sealed).private, der: false },
  ];
  return samples.map(readerOf);
}

function readerOf({ name, pem, der }: Sample): Reader {
  const [, label = ''] = /-----BEGIN ([^-]+)-----/.exec(pem) ?? [];
  const contents = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return {
    name: `private key: ${name}`,
    share: name === 'encrypted OpenSSH' ? 1 : 2,
    make(chance) {
      if (name !== 'encrypted OpenSSH' && chance.int(4) === 0)
        return Buffer.from(breakText(pem, ['-----', 'BEGIN', '\r', ':', '\0'], chance));
      const structure = der && chance.int(2) === 0;
      const broken = structure ? breakStructure(contents, contents, chance) : breakBytes(contents, chance);
      return Buffer.from(toPem(label, der ? broken : quick(broken)));
    },
    read: (bytes) => readPrivateKey(Secret.of(bytes), Secret.of(passphrase), 'deploy@web1'),
    refuses: (error) => error instanceof Failure && codes.includes(error.code),
  };
}

/** A count of rounds that is allowed, and slow, becomes one. PROTOCOL.key of OpenSSH: magic, cipher, derivation, salt and rounds. */
function quick(contents: Buffer): Buffer {
  const at = roundsAt(contents);
  if (at !== null && contents.readUInt32BE(at) <= slowRounds) contents.writeUInt32BE(1, at);
  return contents;
}

function roundsAt(contents: Buffer): number | null {
  const lengthAt = (at: number): number =>
    at + 4 <= contents.length ? contents.readUInt32BE(at) : contents.length;
  const kdf = 19 + lengthAt(15);
  const options = kdf + 4 + lengthAt(kdf);
  const rounds = options + 8 + lengthAt(options + 4);
  return rounds + 4 <= contents.length ? rounds : null;
}
