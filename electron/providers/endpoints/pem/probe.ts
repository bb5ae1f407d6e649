import type { PemSettings } from '#shared/catalog/endpoints/pem.ts';
import { Failure } from '#shared/failure.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { opensslVersion, spkiAt } from '../common/keys.ts';
import { dirname } from '../common/paths.ts';
import { FileProbe } from '../common/probe-files.ts';
import { type PemView, readView, whyNot } from './view.ts';

export async function probePem(
  connection: HostConnection,
  settings: PemSettings,
  at: number,
  begins?: (check: CheckName) => void,
): Promise<ProbeReport> {
  const probe = new FileProbe(connection, begins);
  const seen: { view?: PemView } = {};
  await probe.check('file', async () => {
    const view = await readView(connection, settings);
    const trouble = whyNot(connection, view);
    if (trouble !== null) throw new Failure('node.not-installable', trouble);
    seen.view = view;
    return fileSentence(view);
  });
  const { view } = seen;
  if (view !== undefined) {
    const files = [view.certificateFile, view.keyFile].filter((file) => file !== null);
    await probe.check('pair', () => pair(connection, view));
    await probe.writing(files.map(({ realPath }) => dirname(realPath)));
  }
  await probe.scripts(settings);
  return probe.report(at);
}

function fileSentence({ certificateFile, facts }: PemView): string {
  const count = certificateFile.composition?.certificates.length ?? 0;
  const names = facts?.names.join(', ') || 'no name';
  return `${certificateFile.path} contains ${count} certificate${count === 1 ? '' : 's'} for ${names}.`;
}

async function pair(connection: HostConnection, { facts, keyFile }: PemView): Promise<string> {
  if (facts === null || keyFile === null)
    throw new Failure('certificate.unreadable', 'The certificate in the file cannot be read.');
  const version = await opensslVersion(connection);
  if (version === null)
    return 'There is no openssl program, so it was not checked whether the private key matches the certificate.';
  const spki = await spkiAt(connection, keyFile.realPath);
  if (sha256Hex(spki) === facts.keyFingerprint) return 'The private key matches the certificate.';
  throw new Failure(
    'certificate.key-mismatch',
    `The private key in ${keyFile.path} does not match the certificate.`,
    {
      hint: 'Check that both paths are right.',
    },
  );
}
