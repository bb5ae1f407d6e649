import type { PemSettings } from '#shared/catalog/endpoints/pem.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { opensslVersion, spkiAt, unwritable } from '../common/keys.ts';
import { dirname } from '../common/paths.ts';
import { type PemView, readView, whyNot } from './view.ts';

export async function probePem(
  connection: HostConnection,
  settings: PemSettings,
  at: number,
  begins?: (check: CheckName) => void,
): Promise<ProbeReport> {
  const checks: ProbeCheck[] = [
    {
      name: 'connect',
      ok: true,
      sentence: `Connected: ${connection.description}, ${connection.credentialUsed}.`,
    },
  ];
  const check = async (name: CheckName, work: () => Promise<string>): Promise<void> => {
    begins?.(name);
    try {
      checks.push({ name, ok: true, sentence: await work() });
    } catch (error) {
      const { message, hint } = asFailure(error);
      checks.push({ name, ok: false, sentence: hint === undefined ? message : `${message} ${hint}` });
    }
  };
  const seen: { view?: PemView } = {};
  await check('file', async () => {
    const view = await readView(connection, settings);
    const trouble = whyNot(connection, view);
    if (trouble !== null) throw new Failure('node.not-installable', trouble);
    seen.view = view;
    return fileSentence(view);
  });
  const { view } = seen;
  if (view !== undefined) {
    await check('pair', () => pair(connection, view));
    await check('write', () => writing(connection, view));
  }
  for (const [name, path] of [
    ['install-script', settings.installScript],
    ['restart-script', settings.restartScript],
  ] as const)
    if (path !== null) await check(name, () => script(connection, path));
  return { ok: checks.every((one) => one.ok), version: null, checks, at };
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

async function writing(connection: HostConnection, view: PemView): Promise<string> {
  const files = [view.certificateFile, view.keyFile].filter((file) => file !== null);
  const directories = [...new Set(files.map((file) => dirname(file.realPath)))];
  const locked = await unwritable(connection, directories);
  if (locked === null) return `The files can be replaced (${directories.join(', ')}).`;
  throw new Failure('endpoint.denied', `The account is not allowed to write to ${locked}.`, {
    hint: 'Use an account with that permission, or one with sudo.',
  });
}

async function script(connection: HostConnection, path: string): Promise<string> {
  const facts = await connection.stat(path);
  if (facts === null || facts.kind !== 'file')
    throw new Failure('script.missing', `There is no script ${path}.`, {
      hint: 'Create it there, or remove the option.',
    });
  const windows = /\.(ps1|bat|cmd)$/i.test(path);
  if (windows) return `${path} exists.`;
  const result = await connection.exec({ argv: ['sh', '-c', '[ -x "$1" ]', 'sh', path], timeoutMs: 15_000 });
  if (result.code === 0) return `${path} exists and can be run.`;
  throw new Failure('script.not-executable', `The script ${path} cannot be run.`, {
    hint: `Run: chmod +x ${path}`,
  });
}
