import type { FileChange } from '#shared/model/changes/file.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { compositionWarnings, readComposition } from '../common/composition.ts';
import { readPemFiles } from '../common/read-pem.ts';
import { openToAll } from '../common/states.ts';
import type { PlanFacts } from './plan-facts.ts';

/** What a person should read before saying yes, beside who shares what. */
export async function planWarnings(
  facts: PlanFacts,
  files: readonly FileChange[],
  links: Record<string, string>,
): Promise<string[]> {
  const { server, places } = facts.chosen;
  const warnings = [...places.unproved];
  if (facts.running === null)
    warnings.push('nginx is not running. The install can only succeed while it runs.');
  for (const [name, real] of Object.entries(links))
    warnings.push(`${name} is a link to ${real}, which is the file that changes.`);
  if (server.passwordFile)
    warnings.push('The current private key may be encrypted (ssl_password_file); the new one will not be.');
  if (server.staplingFile !== null)
    warnings.push(
      `${server.staplingFile} contains an OCSP response for the current certificate (ssl_stapling_file).`,
    );
  for (const file of files) {
    warnings.push(...openToAll(file));
    if (file.holds === 'certificate-and-key')
      warnings.push(...(await compositionNotes(facts.connection, file.path)));
  }
  warnings.push(...(await certificateFileNotes(facts.connection, files)));
  return [...new Set(warnings)];
}

async function compositionNotes(connection: HostConnection, path: string): Promise<string[]> {
  const text = (await readPemFiles(connection, [path])).get(path)?.text;
  return typeof text === 'string' ? compositionWarnings(path, readComposition(text)) : [];
}

/** A certificate file that holds more than certificates: nginx does not need the rest, and it goes. */
async function certificateFileNotes(
  connection: HostConnection,
  files: readonly FileChange[],
): Promise<string[]> {
  const file = files.find((one) => one.holds === 'certificate' && one.before !== null);
  const text = file && (await readPemFiles(connection, [file.path])).get(file.path)?.text;
  if (file === undefined || typeof text !== 'string') return [];
  const others = readComposition(text).blocks.filter((one) => one.kind !== 'certificate');
  return [...new Set(others.map((one) => one.label))].map(
    (label) => `${file.path} also contains a block "${label}", which will be dropped.`,
  );
}
