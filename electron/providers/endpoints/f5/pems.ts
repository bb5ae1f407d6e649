import { asFailure, Failure, isAboutConnection } from '#shared/failure.ts';
import { certificateFingerprint } from '../../../pki/fingerprint.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import type { BigipClient } from './client.ts';
import type { CertificateObject } from './wire.ts';

/** So many names fit into one command line. */
const atOnce = 100;
/** Of what is read: others would have to be quoted. A space is asked for as any character. */
const plainPath = /^\/[A-Za-z0-9_.-]+(\/[A-Za-z0-9_. -]+)+$/;
const deviceCertificatePath = '/config/httpd/conf/ssl.crt/server.crt';

/**
 * The certificates of some objects, by full path, each as PEM in its order. iControl REST tells facts of them alone, so the
 * files are read with the shell that an Administrator has. Empty where there is none (appliance mode).
 */
export async function readPems(
  client: BigipClient,
  objects: readonly CertificateObject[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const plain = objects.filter(({ fullPath }) => plainPath.test(fullPath));
  for (let from = 0; from < plain.length; from += atOnce) {
    const some = plain.slice(from, from + atOnce);
    const said = await tell(
      client,
      some.map(({ fullPath }) => fileOf(fullPath)),
    );
    if (said === null) return found;
    const byName = new Map(some.map((one) => [one.fullPath.slice(1).replaceAll('/', ':'), one]));
    for (const [path, content] of partsOf(said)) {
      const [, name = ''] = /\/:([^/]+)_\d+_\d+$/.exec(path) ?? [];
      const object = byName.get(name);
      const pems = object === undefined ? [] : readable(content);
      // an earlier revision of the file may still lie there
      if (
        object !== undefined &&
        pems[0] !== undefined &&
        certificateFingerprint(pems[0]) === object.fingerprint
      )
        found.set(object.fullPath, pems);
    }
  }
  return found;
}

/** What the management page shows; empty when it cannot be read. */
export async function readDeviceCertificate(client: BigipClient): Promise<string[]> {
  const said = await tell(client, [deviceCertificatePath]);
  return said === null ? [] : readable(said);
}

function fileOf(fullPath: string): string {
  const [, partition = ''] = fullPath.split('/');
  return `/config/filestore/files_d/${partition}_d/certificate_d/${fullPath.replaceAll('/', ':').replaceAll(' ', '?')}_[0-9]*_[0-9]*`;
}

/** With the name of each file before it. Null: there is no shell for this account. */
async function tell(client: BigipClient, files: readonly string[]): Promise<string | null> {
  try {
    return await client.run('bash', `-c 'tail -n +1 ${files.join(' ')} /dev/null'`);
  } catch (error) {
    if (!(error instanceof Failure) || isAboutConnection(error)) throw error;
    return null;
  }
}

function partsOf(text: string): [path: string, content: string][] {
  const [, ...parts] = text.split(/^==> (.+) <==$/m);
  return parts.flatMap((part, at): [string, string][] => (at % 2 === 0 ? [[part, parts[at + 1] ?? '']] : []));
}

function readable(text: string): string[] {
  try {
    return certificatesOf(text);
  } catch (error) {
    asFailure(error);
    return [];
  }
}
