import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TlsMaterial {
  rootPem: string;
  rootFile: string;
  certificateFile: string;
  keyFile: string;
  certificatePem: string;
  keyPem: string;
}

/** A private root and a server certificate for `names` (DNS names and IP addresses), made by openssl in `directory`. */
export async function makeTlsMaterial(
  directory: string,
  names: readonly string[] = ['localhost', '127.0.0.1'],
): Promise<TlsMaterial> {
  const at = (name: string) => join(directory, name);
  const isAddress = (name: string) => /^[0-9.]+$/.test(name) || name.includes(':');
  const san = names.map((name) => `${isAddress(name) ? 'IP' : 'DNS'}:${name}`).join(',');
  await writeFile(
    at('extensions'),
    `subjectAltName=${san}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`,
  );
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await run('openssl', [
    ...['req', '-x509', ...ec, '-keyout', at('root-key.pem'), '-out', at('root.pem'), '-days', '2'],
    ...['-subj', '/CN=Test API root', '-addext', 'keyUsage=critical,keyCertSign'],
  ]);
  await run('openssl', [
    ...['req', ...ec, '-keyout', at('key.pem'), '-out', at('request.pem'), '-subj', '/CN=test server'],
  ]);
  await run('openssl', [
    ...['x509', '-req', '-in', at('request.pem'), '-CA', at('root.pem'), '-CAkey', at('root-key.pem')],
    ...['-CAcreateserial', '-days', '2', '-extfile', at('extensions'), '-out', at('cert.pem')],
  ]);
  return {
    rootPem: await readFile(at('root.pem'), 'utf8'),
    rootFile: at('root.pem'),
    certificateFile: at('cert.pem'),
    keyFile: at('key.pem'),
    certificatePem: await readFile(at('cert.pem'), 'utf8'),
    keyPem: await readFile(at('key.pem'), 'utf8'),
  };
}
