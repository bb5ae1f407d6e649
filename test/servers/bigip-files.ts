import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { certificatesOf } from '../../electron/pki/pem.ts';
import { readCertificate } from '../../electron/pki/read-certificate.ts';
import { type Configuration, partsOf, Refusal, tilde, type World } from './bigip-world.ts';

const downloads = '/var/config/rest/downloads/';
const largestChunk = 1024 * 1024;
const kinds = { 'ssl-cert': 'SSL Certificate File', 'ssl-key': 'SSL Key File' } as const;
export type FileKind = keyof typeof kinds;

/** `POST /mgmt/shared/file-transfer/uploads/<name>`, in pieces that follow each other. */
export function upload(world: World, name: string, range: string | undefined, body: Buffer): unknown {
  const [, from = '', to = '', all = ''] = /^(\d+)-(\d+)\/(\d+)$/.exec(range ?? '') ?? [];
  const [start, end, total] = [Number(from), Number(to), Number(all)];
  if (from === '' || end - start + 1 !== body.length || end >= total || body.length > largestChunk)
    throw new Refusal(400, `Bad Content-Range ${range ?? 'none'} for ${body.length} bytes.`);
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw new Refusal(400, `Bad file name ${name}.`);
  const before = start === 0 ? Buffer.alloc(0) : (world.uploads.get(name) ?? Buffer.alloc(0));
  if (before.length !== start) throw new Refusal(400, `Expected a piece that begins at ${before.length}.`);
  world.uploads.set(name, Buffer.concat([before, body]));
  return {
    ...{ remainingByteCount: total - end - 1, totalByteCount: total, generation: 0, lastUpdateMicros: 0 },
    usedChunks: { [start]: body.length },
    localFilePath: `${downloads}${name}`,
  };
}

const filesOf = ({ certs, keys }: Configuration, kind: FileKind) => (kind === 'ssl-cert' ? certs : keys);

export function addFile(
  world: World,
  kind: FileKind,
  body: Record<string, unknown>,
  createdBy: string,
): unknown {
  const { name, partition = 'Common', sourcePath, ...others } = body;
  if (typeof name !== 'string' || typeof partition !== 'string' || Object.keys(others).length > 0)
    throw new Refusal(400, 'one or more properties must be specified');
  const [, file] = /^file:\/*var\/config\/rest\/downloads\/([^/]+)$/.exec(String(sourcePath)) ?? [];
  const content = world.uploads.get(file ?? '');
  if (content === undefined)
    throw new Refusal(
      400,
      `01070712:3: Failed! exit_code (22).\ncurl: (37) Couldn't open file ${String(sourcePath)}`,
    );
  const fullPath = `/${partition}/${name}`;
  const files = filesOf(world.configuration, kind);
  if (files.has(fullPath))
    throw new Refusal(
      409,
      `01020066:3: The requested ${kinds[kind]} (${fullPath}) already exists in partition ${partition}.`,
    );
  const pem = content.toString('utf8');
  if (kind === 'ssl-cert' ? certificatesOf(pem).length === 0 : !/PRIVATE KEY/.test(pem))
    throw new Refusal(400, `01070710:3: Invalid ${kind === 'ssl-cert' ? 'certificate' : 'key'} file.`);
  files.set(fullPath, { pem, createdBy });
  return fileBody(world, kind, fullPath);
}

/** `PATCH` with another source: in place, as in a transaction. */
export function changeFile(
  world: World,
  kind: FileKind,
  fullPath: string,
  body: Record<string, unknown>,
): unknown {
  const found = file(world, kind, fullPath);
  const [, name] = /^file:\/*var\/config\/rest\/downloads\/([^/]+)$/.exec(String(body.sourcePath)) ?? [];
  const content = world.uploads.get(name ?? '');
  if (content === undefined) throw new Refusal(400, '01070712:3: Failed! exit_code (22).');
  filesOf(world.configuration, kind).set(fullPath, { ...found, pem: content.toString('utf8') });
  return fileBody(world, kind, fullPath);
}

export function removeFile(world: World, kind: FileKind, fullPath: string): null {
  file(world, kind, fullPath);
  const { clientSsl, serverSsl } = world.configuration;
  const used = [
    ...[...clientSsl.values()].flatMap(({ certKeyChain }) =>
      certKeyChain.flatMap(({ cert, key, chain }) => [cert, key, chain]),
    ),
    ...[...serverSsl.values()].flatMap(({ cert, key, chain }) => [cert, key, chain]),
  ];
  if (used.includes(fullPath))
    throw new Refusal(400, `01071349:3: File object by name (${fullPath}) is in use.`);
  filesOf(world.configuration, kind).delete(fullPath);
  return null;
}

function file({ configuration }: World, kind: FileKind, fullPath: string) {
  const found = filesOf(configuration, kind).get(fullPath);
  if (found === undefined)
    throw new Refusal(404, `01020036:3: The requested ${kinds[kind]} (${fullPath}) was not found.`);
  return found;
}

export function fileBody(world: World, kind: FileKind, fullPath: string) {
  const { pem, createdBy, securityType = 'normal' } = file(world, kind, fullPath);
  const sum = createHash('sha1').update(pem).digest('hex');
  return {
    kind: `tm:sys:file:${kind}:${kind}state`,
    ...{ ...partsOf(fullPath), fullPath, createdBy, mode: 33184, revision: 1, size: Buffer.byteLength(pem) },
    selfLink: `https://localhost/mgmt/tm/sys/file/${kind}/${tilde(fullPath)}?ver=${world.version}`,
    checksum: `SHA1:${Buffer.byteLength(pem)}:${sum}`,
    ...(kind === 'ssl-cert'
      ? certificateBody(pem)
      : { keyType: `${keyKind(privateKey(pem))}-private`, securityType }),
  };
}

function certificateBody(pem: string) {
  const all = certificatesOf(pem);
  const x509 = new X509Certificate(all[0] ?? '');
  const facts = readCertificate(all[0] ?? '');
  return {
    ...{ fingerprint: `SHA256/${x509.fingerprint256}`, isBundle: String(all.length > 1), version: 3 },
    ...{ subject: facts.subject, issuer: facts.issuer, serialNumber: x509.serialNumber },
    expirationDate: Math.floor(facts.notAfter / 1000),
    expirationString: x509.validTo,
    keyType: `${keyKind(x509.publicKey)}-public`,
    subjectAlternativeName: facts.names.map((name) => `DNS:${name}`).join(', '),
  };
}

const keyKind = ({ asymmetricKeyType }: KeyObject): string => (asymmetricKeyType === 'rsa' ? 'rsa' : 'ec');
const privateKey = (pem: string): KeyObject => createPublicKey(createPrivateKey(pem));

/** Refuses what does not belong together, as the product does. Gives the kind of key. */
export function checkedPair(
  { configuration: { certs, keys } }: World,
  profile: string,
  { cert, key, chain }: { cert: string; key: string; chain: string },
): string {
  const [certificate, stored] = [certs.get(cert), keys.get(key)];
  if (certificate === undefined) throw new Refusal(400, `01070712:3: file (${cert}) expected to exist.`);
  if (stored === undefined) throw new Refusal(400, `01070712:3: file (${key}) expected to exist.`);
  if (chain !== 'none' && !certs.has(chain))
    throw new Refusal(400, `01070712:3: file (${chain}) expected to exist.`);
  const { publicKey } = new X509Certificate(certificatesOf(certificate.pem)[0] ?? '');
  if (!publicKey.equals(privateKey(stored.pem)))
    throw new Refusal(400, `01070317:3: profile ${profile}'s key and certificate do not match`);
  return keyKind(publicKey);
}

/** `util/bash`, `util/unix-rm`, `util/unix-ls`: nothing but what Trustkeep and other clients say. */
export function runUtility(world: World, program: string, body: Record<string, unknown>): unknown {
  const { command, utilCmdArgs } = body;
  if (command !== 'run' || typeof utilCmdArgs !== 'string') throw new Refusal(400, 'Bad command.');
  const said = { kind: `tm:util:${program}:runstate`, command, utilCmdArgs };
  const paths = utilCmdArgs.split(' ').filter((word) => word.startsWith('/'));
  if (program === 'bash') {
    if (!world.hasBash) throw new Refusal(404, 'Public URI path not registered: /tm/util/bash');
    const [, files] =
      /^-c 'tail -n \+1 ((?:\/config\/[\w/:.*?[\]-]+ )+)\/dev\/null'$/.exec(utilCmdArgs) ?? [];
    if (files === undefined) throw new Refusal(400, 'Bad arguments for bash.');
    const parts = files
      .trim()
      .split(' ')
      .flatMap((path) => contentsAt(world, path));
    const printed = [...parts, ['/dev/null', '']].map(([path, content]) => `==> ${path} <==\n${content}`);
    return { ...said, commandResult: printed.join('\n') };
  }
  const missing = paths.filter(
    (path) => !path.startsWith(downloads) || !world.uploads.has(path.slice(downloads.length)),
  );
  if (program === 'unix-rm') for (const path of paths) world.uploads.delete(path.slice(downloads.length));
  const lines = program === 'unix-ls' ? paths.filter((path) => !missing.includes(path)) : [];
  const words = program === 'unix-ls' ? '/bin/ls: cannot access' : '/bin/rm: cannot remove';
  const output = [...missing.map((path) => `${words} '${path}': No such file or directory`), ...lines];
  return output.length === 0 ? said : { ...said, commandResult: `${output.join('\n')}\n` };
}

function contentsAt(
  { configuration: { certs }, deviceCertificate }: World,
  path: string,
): [string, string][] {
  if (path === '/config/httpd/conf/ssl.crt/server.crt') return [[path, deviceCertificate]];
  const [, stem = ''] =
    /^\/config\/filestore\/files_d\/[^/]+_d\/certificate_d\/:(.+)_\[0-9\]\*_\[0-9\]\*$/.exec(path) ?? [];
  const pattern = new RegExp(`^/${stem.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll(':', '/')}$`);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return [...certs]
    .filter(([name]) => pattern.test(name))
    .map(([name, { pem }]) => [`${folder}${name.replaceAll('/', ':')}_62813_1`, pem]);
}
