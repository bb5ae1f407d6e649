import type { FileChange } from '#shared/model/changes/file.ts';
import { compositionWarnings, readComposition } from '../common/composition.ts';
import { openToAll } from '../common/states.ts';
import type { PlanFacts } from './plan-facts.ts';

/** What a person should read before saying yes, beside who shares what. */
export function planWarnings(
  facts: PlanFacts,
  files: readonly FileChange[],
  links: Record<string, string>,
): string[] {
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
    if (file.holds === 'certificate-and-key') warnings.push(...compositionNotes(facts, file.path));
  }
  warnings.push(...certificateFileNotes(facts, files));
  return [...new Set(warnings)];
}

function compositionNotes({ text }: PlanFacts, path: string): string[] {
  const now = text(path);
  return now === null ? [] : compositionWarnings(path, readComposition(now));
}

/** A certificate file that holds more than certificates: nginx does not need the rest, and it goes. */
function certificateFileNotes({ text }: PlanFacts, files: readonly FileChange[]): string[] {
  const file = files.find((one) => one.holds === 'certificate' && one.before !== null);
  const now = file === undefined ? null : text(file.path);
  if (file === undefined || now === null) return [];
  const others = readComposition(now).blocks.filter((one) => one.kind !== 'certificate');
  return [...new Set(others.map((one) => one.label))].map(
    (label) => `${file.path} also contains a block "${label}", which will be dropped.`,
  );
}
