import type { PemSettings } from '#shared/catalog/endpoints/pem.ts';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { ColdStart, Ground, InstallPlan } from '#shared/model/plan.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { compose, compositionWarnings, readComposition } from '../common/composition.ts';
import type { Piece } from '../common/content.ts';
import { refuseLostRights } from '../common/kept-rights.ts';
import { type Managers, takenFrom } from '../common/managers.ts';
import { refuseMounted } from '../common/mounts.ts';
import { basename, dirname } from '../common/paths.ts';
import { readPemFile } from '../common/read-together.ts';
import { fileFacts, Remembered } from '../common/remembers.ts';
import { UserScripts } from '../common/scripts.ts';
import { askedAfter, servedProofs, unservedWarnings } from '../common/served-at.ts';
import { openToAll, stateOf } from '../common/states.ts';
import type { Material } from '../endpoint.ts';
import { nodeKey, type PemFile, type PemView } from './view.ts';

/** What carrying out the plan of a PEM file needs beside its changes. */
export const pemRemembers = new Remembered('pem', 1, fileFacts);

export async function makePemPlan(
  connection: HostConnection,
  settings: PemSettings,
  view: PemView,
  managers: Managers,
): Promise<InstallPlan> {
  const keyFile = view.keyFile ?? view.certificateFile;
  const touched = [...new Set([keyFile, view.certificateFile])];
  const files = await Promise.all(touched.map((file) => plannedFile(connection, file)));
  await refuseMounted(connection, files);
  const untold = await refuseLostRights(connection, files);
  const taken = takenFrom(managers, files);
  const alias = view.facts?.names[0] ?? basename(settings.path);
  const commands = new UserScripts(connection, settings).commands(alias, 'the first name of the certificate');
  return {
    nodeKey,
    changes: [...files, ...commands],
    standsOn: touched.flatMap(({ path, realPath }): Ground[] =>
      path === realPath ? [] : [{ what: 'link', name: path, leadsTo: realPath }],
    ),
    remembers: pemRemembers.write({
      keepDir: dirname(keyFile.realPath),
      keyName: basename(keyFile.realPath),
      previousFingerprint: view.facts?.fingerprint ?? null,
    }),
    shares: null,
    proofs: servedProofs(settings.servedAt, view.facts?.names ?? []),
    ...(taken.length > 0 ? { takesOver: taken } : {}),
    coldStart: coldStart(settings),
    warnings: [...warningsOf(settings, touched, files), ...untold],
  };
}

async function plannedFile(connection: HostConnection, file: PemFile): Promise<FileChange> {
  const before = await stateOf(connection, file.realPath);
  if (before === null)
    throw new Failure('node.missing', `The file ${file.path} no longer exists.`, {
      hint: 'Check the path of the endpoint.',
    });
  const { ownership } = before;
  return {
    kind: 'file',
    path: file.realPath,
    holds: holding(file),
    before,
    after: { sha256: null, ownership },
  };
}

function holding(file: PemFile): FileChange['holds'] {
  if (!file.composition?.hasKey) return 'certificate';
  return file.composition.certificates.length > 0 ? 'certificate-and-key' : 'private-key';
}

/** Nothing can be asked of a program that is not known; what is asked of the files themselves is. @internal */
export function coldStart({
  restartScript,
  servedAt,
}: Pick<PemSettings, 'restartScript' | 'servedAt'>): ColdStart {
  const after = askedAfter({ restartScript, servedAt }, 'the files are read back');
  return {
    proved: false,
    sentence: `Not proved: which program serves these files, and as which user it starts, is not known. Before the install, Trustkeep checks that the new key has no pass phrase and matches the certificate, and carries over who can read each file. After the install, ${after}.`,
  };
}

function warningsOf(
  settings: PemSettings,
  files: readonly PemFile[],
  planned: readonly FileChange[],
): string[] {
  const warnings = files.flatMap((file) =>
    file.composition === null ? [] : compositionWarnings(file.path, file.composition),
  );
  for (const { path, realPath } of files)
    if (path !== realPath) warnings.push(`${path} is a link to ${realPath}, which is the file that changes.`);
  for (const file of planned) warnings.push(...openToAll(file));
  return [...warnings, ...unservedWarnings(settings, 'file')];
}

/** The new content of a planned file, in the composition it has now. */
export async function piecesFor(
  connection: HostConnection,
  file: FileChange,
  material: Material,
): Promise<Piece[]> {
  const text = (await readPemFile(connection, file.path))?.text;
  if (typeof text !== 'string')
    throw new Failure('file.missing', `The file ${file.path} could not be read.`, {
      hint: 'Make a new plan.',
    });
  const key: Piece = material.key.where === 'endpoint' ? { onEndpoint: material.key.path } : material.key.pem;
  return compose(readComposition(text), certificatesOf(material.chainPem), key);
}
