import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import type { InstallPlan, PlannedFile } from '#shared/model/plan.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { compose, compositionWarnings, readComposition } from '../common/composition.ts';
import type { Piece } from '../common/content.ts';
import { basename, dirname } from '../common/paths.ts';
import { readPemFiles } from '../common/read-pem.ts';
import { octal, stateOf } from '../common/states.ts';
import type { Material } from '../endpoint.ts';
import { nodeKey, type PemFile, type PemSettings, type PemView, placeServed, serverNameFor } from './look.ts';
import { scriptArgv } from './scripts.ts';

const pemDetails = z.object({
  keepDir: z.string(),
  keyName: z.string(),
  previousFingerprint: z.string().nullable(),
  /** Where configured paths lead, when they are symbolic links. */
  links: z.record(z.string(), z.string()),
});
export type PemDetails = z.infer<typeof pemDetails>;

export function detailsOf(plan: InstallPlan): PemDetails {
  const parsed = pemDetails.safeParse(plan.details);
  if (parsed.success) return parsed.data;
  throw new Failure('plan.unreadable', 'The plan was made by another version and cannot be carried out.', {
    hint: 'Make a new plan.',
    cause: parsed.error,
  });
}

export async function makePemPlan(
  connection: HostConnection,
  settings: PemSettings,
  view: PemView,
): Promise<InstallPlan> {
  const keyFile = view.keyFile ?? view.certificateFile;
  const touched = [...new Set([keyFile, view.certificateFile])];
  const files = await Promise.all(touched.map((file) => plannedFile(connection, file)));
  const alias = view.facts?.names[0] ?? basename(settings.path);
  const details: PemDetails = {
    keepDir: dirname(keyFile.realPath),
    keyName: basename(keyFile.realPath),
    previousFingerprint: view.facts?.fingerprint ?? null,
    links: Object.fromEntries(
      touched.flatMap(({ path, realPath }) => (path === realPath ? [] : [[path, realPath]])),
    ),
  };
  return {
    nodeKey,
    files,
    edits: [],
    commands: commandsOf(settings, alias),
    shares: [],
    proofs: proofsOf(settings, view),
    warnings: warningsOf(settings, touched, files),
    details: { ...details },
  };
}

async function plannedFile(connection: HostConnection, file: PemFile): Promise<PlannedFile> {
  const before = await stateOf(connection, file.realPath);
  if (before === null)
    throw new Failure('node.missing', `The file ${file.path} is not there any more.`, {
      hint: 'Check the path of the endpoint.',
    });
  const { owner, group, mode } = before;
  return { path: file.realPath, holds: holding(file), before, after: { sha256: null, owner, group, mode } };
}

function holding(file: PemFile): PlannedFile['holds'] {
  if (!file.composition?.hasKey) return 'certificate';
  return file.composition.certificates.length > 0 ? 'certificate-and-key' : 'private-key';
}

function commandsOf(settings: PemSettings, alias: string): InstallPlan['commands'] {
  const commands: InstallPlan['commands'] = [];
  if (settings.installScript !== null)
    commands.push({
      argv: scriptArgv(settings.installScript, [alias]),
      why: 'The install script, with the first name of the certificate.',
    });
  if (settings.restartScript !== null)
    commands.push({ argv: scriptArgv(settings.restartScript, []), why: 'The restart script.' });
  return commands;
}

function proofsOf(settings: PemSettings, view: PemView): InstallPlan['proofs'] {
  if (settings.servedAt === null) return [];
  const { host, port } = placeServed(settings.servedAt);
  return [{ address: host, port, serverName: serverNameFor(host, view.facts?.names ?? []) }];
}

function warningsOf(
  settings: PemSettings,
  files: readonly PemFile[],
  planned: readonly PlannedFile[],
): string[] {
  const warnings = files.flatMap((file) =>
    file.composition === null ? [] : compositionWarnings(file.path, file.composition),
  );
  for (const { path, realPath } of files)
    if (path !== realPath) warnings.push(`${path} leads to ${realPath}; that is the file that changes.`);
  for (const { path, holds, after } of planned)
    if (holds !== 'certificate' && (after.mode & 0o007) !== 0)
      warnings.push(`${path} can be read by every user (mode ${octal(after.mode)}); it stays so.`);
  if (settings.restartScript === null)
    warnings.push(
      'There is no restart script: whatever serves this file has to notice the change by itself.',
    );
  if (settings.servedAt === null)
    warnings.push(
      'It is not known where this file is served (--served_at), so only the files can be checked.',
    );
  return warnings;
}

/** The new content of a planned file, in the composition it has now. */
export async function piecesFor(
  connection: HostConnection,
  file: PlannedFile,
  material: Material,
): Promise<Piece[]> {
  const text = (await readPemFiles(connection, [file.path])).get(file.path)?.text;
  if (typeof text !== 'string')
    throw new Failure('file.missing', `The file ${file.path} could not be read.`, {
      hint: 'Make a new plan.',
    });
  const key: Piece = material.key.where === 'target' ? { onTarget: material.key.path } : material.key.pem;
  return compose(readComposition(text), certificatesOf(material.chainPem), key);
}
