import { readFile } from 'node:fs/promises';
import { type Openssl, openOpenssl } from './openssl.ts';

/** A private CA for client certificates, made by openssl; `remove` when done. */
export interface ClientCa {
  caPem: string;
  /** A PFX file for `name` with leaf and CA; `options` of `openssl pkcs12 -export`. */
  pfx(name: string, password: string, ...options: string[]): Promise<{ file: string; serial: string }>;
  remove(): Promise<void>;
}

export async function makeClientCa(): Promise<ClientCa> {
  const openssl = await openOpenssl();
  const { path } = openssl;
  await openssl.file('client.cnf', 'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n');
  await openssl.must(
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', path('ca.key'), '-out', path('ca.pem')],
    ...['-days', '2', '-subj', '/CN=Test clients root', '-addext', 'keyUsage=critical,keyCertSign'],
  );
  return {
    caPem: await readFile(path('ca.pem'), 'utf8'),
    pfx: (name, password, ...options) => issue(openssl, name, password, options),
    remove: () => openssl.remove(),
  };
}

async function issue(openssl: Openssl, name: string, password: string, options: string[]) {
  const { path } = openssl;
  const [key, csr, leaf, file] = ['key', 'csr', 'pem', 'pfx'].map((end) => path(`${name}.${end}`)) as [
    ...[string, string, string, string],
  ];
  await openssl.must(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', csr, '-subj', `/CN=${name}`],
  );
  await openssl.must(
    ...['x509', '-req', '-in', csr, '-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial'],
    ...['-days', '2', '-extfile', path('client.cnf'), '-out', leaf],
  );
  await openssl.must(
    ...['pkcs12', '-export', '-in', leaf, '-inkey', key, '-certfile', path('ca.pem'), '-out', file],
    ...['-passout', `pass:${password}`, ...options],
  );
  const serial = (await openssl.must('x509', '-in', leaf, '-noout', '-serial')).trim().replace('serial=', '');
  return { file, serial };
}
