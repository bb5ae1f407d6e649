import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { implement } from '@orpc/server';
import type { z } from 'zod';
import { exportFormats, type exportRequest } from '#shared/contract/certificates.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import { firstOf } from '#shared/model/first-of.ts';
import { keptKeyOf } from '../agent/steps/issued-before.ts';
import { newPkcs12 } from '../pki/key-store/new-pkcs12.ts';
import { certificatesOf, splitPem } from '../pki/pem.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import { notFound } from './find.ts';
import type { CommandTools } from './tools.ts';

type Request = z.infer<typeof exportRequest>;

/** Writes certificates into a file of the machine of the agent: what holds a private key never goes through an answer. */
export function exportCommand(tools: CommandTools) {
  const os = implement(contract.certificates).$context<CommandContext>();
  return os.export.handler(async ({ input, context }) => {
    const certificate = tools.database.certificates.find(input.certificate);
    if (certificate === null) throw notFound('certificate', input.certificate, 'trustkeep certificates list');
    const format = input.format ?? exportFormats[0];
    refuseUnused(input, format);
    const made = format === 'pkcs12' ? await pkcs12(tools, certificate, input) : pem(certificate, format);
    try {
      await writeNew(input.path, made.bytes);
    } finally {
      made.bytes.fill(0);
    }
    const sentence = `${input.path} holds ${saysWhat(made)}.${made.because}`;
    context.audit.note({ subject: certificate.fingerprint, sentence });
    return { path: input.path, certificates: made.certificates, withKey: made.withKey, sentence };
  });
}

/** No one is to think that a file is protected which is not. */
function refuseUnused({ password, legacy }: Request, format: (typeof exportFormats)[number]): void {
  if (format === 'pkcs12' || (password === undefined && legacy !== true)) return;
  const given = password === undefined ? 'The old encryption' : 'A password';
  throw new Failure('input.invalid', `${given} is for a P12 file only, and this one is PEM.`, {
    hint: 'Add --format pkcs12, or leave it out.',
  });
}

interface Made {
  bytes: Buffer;
  certificates: number;
  withKey: boolean;
  /** Why there is no key where one was wanted, with a blank before it; empty otherwise. */
  because: string;
}

function pem(certificate: Certificate, format: 'pem' | 'chain'): Made {
  const all = chainOf(certificate);
  const some = format === 'pem' ? all : all.slice(1);
  if (some.length === 0)
    throw new Failure(
      'certificate.no-chain',
      `No chain is known for the certificate ${named(certificate)}.`,
      { hint: 'Discover the node that has it, or export it without --format.' },
    );
  return { bytes: Buffer.from(some.join('')), certificates: some.length, withKey: false, because: '' };
}

async function pkcs12({ database }: CommandTools, certificate: Certificate, request: Request): Promise<Made> {
  if (request.password === undefined)
    throw new Failure('input.invalid', 'A P12 file is protected by a password, and none was given.', {
      hint: 'Add --password without a value, to be asked for it.',
    });
  const chain = chainOf(certificate).flatMap((one) => splitPem(one).map(({ der }) => der));
  const password = Secret.of(request.password);
  const seed = Secret.take(randomBytes(32));
  const key = keptKeyOf(database, certificate);
  try {
    const alias = certificate.names[0] ?? 'certificate';
    const { legacy } = request;
    const bytes = await newPkcs12({ alias, key, chain, password, seed, legacy });
    const because =
      key === null
        ? ' Its private key is not in the file: Trustkeep keeps none that is installed, and none leaves its endpoint.'
        : '';
    return { bytes, certificates: chain.length, withKey: key !== null, because };
  } finally {
    for (const secret of [password, seed, key]) secret?.wipe();
  }
}

/** Leaf first. Failure `certificate.no-chain` where the certificate was met, and is not stored itself. */
function chainOf(certificate: Certificate): string[] {
  const all = certificatesOf(certificate.chainPem);
  if (all.length > 0) return all;
  throw new Failure(
    'certificate.no-chain',
    `The certificate ${named(certificate)} itself is not stored, only what is known of it.`,
    { hint: 'Discover the node that has it, then export it again.' },
  );
}

/** For its owner alone. Never over a file that is there. */
async function writeNew(path: string, bytes: Buffer): Promise<void> {
  if (!isAbsolute(path))
    throw new Failure('input.invalid', `The path of the file must be absolute, not "${path}".`, {
      hint: 'Enter the full path, as the agent sees it.',
    });
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw notWritten(path, error);
  });
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw notWritten(path, error as NodeJS.ErrnoException);
  } finally {
    await file.close();
  }
}

function notWritten(path: string, error: NodeJS.ErrnoException): Failure {
  const why: Record<string, string> = {
    EEXIST: 'there is a file or directory of that name already',
    ENOENT: 'there is no such directory',
    ENOTDIR: 'a part of the path is not a directory',
    ENAMETOOLONG: 'a name in the path is too long',
    EACCES: 'the account of the agent is not allowed to',
    EPERM: 'the account of the agent is not allowed to',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
  };
  return new Failure(
    'certificate.not-exported',
    `${path} could not be written: ${why[error.code ?? ''] ?? error.message}.`,
    { hint: 'Name a new file in a directory that the account of the agent can write to.', cause: error },
  );
}

function saysWhat({ certificates, withKey }: Made): string {
  const count = `${certificates} certificate${certificates === 1 ? '' : 's'}`;
  return withKey ? `${count} and the private key, encrypted with the password` : count;
}

function named({ fingerprint, names, subject }: Certificate): string {
  return `${fingerprint.slice(0, 16)}… for ${firstOf(names) || subject}`;
}
