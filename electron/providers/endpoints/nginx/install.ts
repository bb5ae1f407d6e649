import { Failure } from '#shared/failure.ts';
import type { InstallPlan, PlannedFile } from '#shared/model/plan.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { compose, readComposition } from '../common/composition.ts';
import { contentHash, type Piece, placeContent } from '../common/content.ts';
import { refuseWrongPair } from '../common/keys.ts';
import { readPemFiles } from '../common/read-pem.ts';
import { run } from '../common/run.ts';
import { refuseForeignContent } from '../common/states.ts';
import type { Material } from '../endpoint.ts';
import { testConfiguration } from './commands.ts';
import { detailsOf, type NginxDetails } from './details.ts';
import { applyEdits } from './edits.ts';

/** SHA-256 of every planned file as it will be. */
export async function hashesAfter(
  connection: HostConnection,
  plan: InstallPlan,
  material: Material,
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const file of plan.files) {
    hashes[file.path] =
      file.holds === 'configuration'
        ? (file.after.sha256 ?? '')
        : await contentHash(connection, await piecesFor(connection, file, material));
  }
  return hashes;
}

/** Key, then chain, then configuration: at no moment does nginx's configuration name something that is not there. */
export async function installFiles(
  connection: HostConnection,
  plan: InstallPlan,
  material: Material,
): Promise<void> {
  const details = detailsOf(plan);
  refuseOtherFamily(details, material);
  await refuseWrongPair(connection, material);
  const after = await hashesAfter(connection, plan, material);
  await refuseForeignContent(connection, plan.files, after);
  for (const directory of details.newDirectories) await makeDirectory(connection, directory);
  for (const file of plan.files) {
    if (file.holds === 'configuration') await editConfiguration(connection, file, details);
    else await placeContent(connection, file, await piecesFor(connection, file, material));
  }
  await testConfiguration(connection, details.program);
}

function refuseOtherFamily(details: NginxDetails, material: Material): void {
  const type = readCertificate(material.chainPem).keyType;
  const family = type.startsWith('rsa') ? 'rsa' : 'ecdsa';
  if (details.family === null || details.family === family) return;
  throw new Failure(
    'endpoint.key-type-differs',
    `The server block has an RSA and an ECDSA certificate; this node is its ${details.family.toUpperCase()} one, the new certificate is not.`,
    {
      hint: `Request it with a key type of ${details.family === 'rsa' ? 'rsa-2048' : 'ec-p256'} or the like.`,
    },
  );
}

async function piecesFor(
  connection: HostConnection,
  file: PlannedFile,
  material: Material,
): Promise<Piece[]> {
  const key: Piece = material.key.where === 'target' ? { onTarget: material.key.path } : material.key.pem;
  switch (file.holds) {
    case 'private-key':
      return [key];
    case 'certificate':
      return [Buffer.from(material.chainPem)];
    default: {
      const text = (await readPemFiles(connection, [file.path])).get(file.path)?.text ?? '';
      return compose(readComposition(text), certificatesOf(material.chainPem), key);
    }
  }
}

/** With the mode and owner of the directory beside it. */
async function makeDirectory(
  connection: HostConnection,
  { path, like }: { path: string; like: string },
): Promise<void> {
  if ((await connection.stat(path)) !== null) return;
  await run(connection, { argv: ['mkdir', '-p', '--', path] });
  const model = await connection.stat(like);
  const made = await connection.stat(path);
  if (model === null || made === null) return;
  if (made.owner !== model.owner || made.group !== model.group)
    await run(connection, { argv: ['chown', '--', `${model.owner}:${model.group}`, path] });
  await run(connection, { argv: ['chmod', (model.mode & 0o777).toString(8), path] });
}

async function editConfiguration(
  connection: HostConnection,
  file: PlannedFile,
  details: NginxDetails,
): Promise<void> {
  if ((await connection.hash(file.path)) === file.after.sha256) return;
  const own = details.edits.filter((edit) => edit.path === file.path);
  const content = applyEdits(await connection.read(file.path), own);
  await connection.write(file.path, content, file.after);
}
