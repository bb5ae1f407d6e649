import { parseAvPairs } from '../../../electron/net/ntlm/av-pairs.ts';
import { parseChallenge } from '../../../electron/net/ntlm/challenge.ts';
import { NtlmRefused } from '../../../electron/net/ntlm/refused.ts';
import { parseChallenges } from '../../../electron/net/proxy/challenges.ts';
import { readPacAnswer } from '../../../electron/net/proxy/pac-answer.ts';
import { derOfBer } from '../../../electron/pki/ber.ts';
import { buildCsr, readCsr } from '../../../electron/pki/csr.ts';
import { signWithKeyPem } from '../../../electron/pki/key.ts';
import { splitPem } from '../../../electron/pki/pem.ts';
import { readPfx } from '../../../electron/pki/read-pfx.ts';
import { evaluate } from '../../../electron/providers/endpoints/apache/evaluate.ts';
import { parseFile } from '../../../electron/providers/endpoints/nginx/tokens.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { Failure } from '../../../shared/failure.ts';
import { makeCa, makeLeaf } from '../../../test/make/certificates.ts';
import { answers } from './answers.ts';
import { breakBytes, breakStructure } from './break-der.ts';
import { makePfx } from './make-pfx.ts';
import type { Reader } from './reader.ts';
import { breakText } from './texts.ts';

const failure = (...codes: string[]) => {
  return (error: unknown): boolean => error instanceof Failure && codes.includes(error.code);
};
const never = (): boolean => false;
const text = (bytes: Buffer): string => bytes.toString('utf8');

export async function readers(): Promise<Reader[]> {
  const leaf = makeLeaf(makeCa(), { names: ['www.example.org', '10.0.0.1'] });
  const keyPem = Secret.of(leaf.keyPem);
  const { keyType } = leaf;
  const csr = await buildCsr({
    names: ['www.example.org'],
    keyType,
    spki: leaf.spki,
    sign: async (data) => signWithKeyPem(keyPem, keyType, data),
  });
  const pem = `${leaf.chainPem}\n${leaf.keyPem}`;
  const pfx = makePfx(leaf);
  const withPfx: Reader[] = pfx === null ? [] : [pfxReader(pfx)];
  return [
    {
      name: 'CSR',
      share: 10,
      make: (chance) => (chance.int(2) === 0 ? breakBytes(csr, chance) : breakStructure(csr, csr, chance)),
      read: readCsr,
      refuses: failure('csr.unreadable', 'csr.signature-wrong'),
    },
    {
      name: 'PEM',
      share: 20,
      make: (chance) => Buffer.from(breakText(pem, ['-----', 'BEGIN', '=', '\r', ':', '\0'], chance)),
      read: (bytes) => splitPem(text(bytes)),
      refuses: failure('pem.unreadable'),
    },
    {
      name: 'BER',
      share: 20,
      make: (chance) => breakBytes(csr, chance),
      read: derOfBer,
      refuses: failure('der.unreadable'),
    },
    ...ofTheWire,
    ...answers,
    ...withPfx,
  ];
}

function pfxReader(pfx: Buffer): Reader {
  return {
    name: 'PFX',
    share: 1,
    make: (chance) => (chance.int(2) === 0 ? breakBytes(pfx, chance) : breakStructure(pfx, pfx, chance)),
    read: (bytes) => readPfx(bytes, Secret.of('campaign')),
    refuses: failure(
      'client-certificate.wrong-password',
      'client-certificate.unreadable',
      'client-certificate.no-key',
      'client-certificate.no-certificate',
      'client-certificate.key-mismatch',
    ),
  };
}

const nginx = `user www-data;
http {
  server {
    listen 443 ssl default_server; # the "first" one
    server_name www.example.org ~^(?<name>.+)\\.example\\.org$ "quoted name";
    ssl_certificate /etc/ssl/www.pem; ssl_certificate_key '/etc/ssl/w ww.key';
    location ~* \\.(png|jpg)$ { add_header X-A "b\\"c"; }
    if ($host = '') { return 404; }
  }
}
`;
const apache = `Define base /etc/tls
<Macro Host $name $file>
<VirtualHost *:443>
  ServerName $name
  SSLEngine on
  SSLCertificateFile "\${base}/$file.crt" # no comment
</VirtualHost>
</Macro>
Use Host www.example.org www
<IfVersion >= 2.4>
  <VirtualHost [::1]:443>
    ServerAlias "*.example.org" \\
      'quoted name'
  </VirtualHost>
</IfVersion>
`;
const pac = 'PROXY proxy.example.org:3128; HTTPS [2001:db8::1]:443; SOCKS old:1080; DIRECT';
const challenges =
  'Negotiate, NTLM TlRMTVNTUAACAAAA, Digest realm="a \\"b\\"", qop="auth,auth-int", nonce="abc", algorithm=SHA-256, Basic realm=x';

/** MS-NLMP 2.2.1.2: signature, type 2, name, flags, nonce, pairs. */
const challenge = Buffer.from(
  '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000240024004400000006000000000000000f' +
    '53006500720076006500720002000c0044006f006d00610069006e0001000c005300650072007600650072000000000000',
  'hex',
);

/** Of targets and proxies. */
const ofTheWire: readonly Reader[] = [
  {
    name: 'nginx configuration',
    share: 20,
    make: (chance) =>
      Buffer.from(breakText(nginx, ['{', '}', ';', '"', "'", '\\', '#', '$', '${', '\n'], chance)),
    read: (bytes) => parseFile('/etc/nginx/nginx.conf', bytes),
    refuses: failure('endpoint.configuration-invalid'),
  },
  {
    name: 'Apache configuration',
    share: 20,
    make: (chance) =>
      Buffer.from(breakText(apache, ['<', '>', '</', '"', "'", '\\', '#', '$', '${', '\n', 'Use '], chance)),
    read: (bytes) => {
      const around = { modules: new Set(['ssl_module']), version: '2.4.62', defines: [], serverRoot: '/' };
      const main = { path: '/a.conf', line: null, files: [] };
      return evaluate(main, { ...around, content: () => bytes });
    },
    refuses: never,
  },
  {
    name: 'NTLM challenge',
    share: 20,
    make: (chance) => breakBytes(challenge, chance),
    read: parseChallenge,
    refuses: (error) => error instanceof NtlmRefused,
  },
  {
    name: 'NTLM pairs',
    share: 10,
    make: (chance) => breakBytes(challenge.subarray(56), chance),
    read: parseAvPairs,
    refuses: (error) => error instanceof NtlmRefused,
  },
  {
    name: 'PAC answer',
    share: 20,
    make: (chance) => Buffer.from(breakText(pac, [';', ':', '[', ']', 'PROXY ', ' ', '\t'], chance)),
    read: (bytes) => readPacAnswer(text(bytes)),
    refuses: never,
  },
  {
    name: 'Proxy-Authenticate',
    share: 20,
    make: (chance) => Buffer.from(breakText(challenges, [',', '=', '"', '\\', ' ', 'Digest '], chance)),
    read: (bytes) => parseChallenges([text(bytes)]),
    refuses: never,
  },
];
