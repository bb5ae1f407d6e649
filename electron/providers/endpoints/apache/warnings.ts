import type { FileChange } from '#shared/model/changes/file.ts';
import { compositionWarnings, readComposition } from '../common/composition.ts';
import { openToAll } from '../common/states.ts';
import { walk } from './dump.ts';
import { passPhraseDialog } from './pairs.ts';
import type { PlanFacts } from './plan-facts.ts';

/** What a person should read before approving, beside who shares what. */
export function planWarnings(
  facts: PlanFacts,
  files: readonly FileChange[],
  links: Record<string, string>,
): string[] {
  const warnings = [...facts.chosen.places.unproved, ...ofTheServer(facts)];
  if (facts.running === null)
    warnings.push('Apache is not running. The install can only succeed while it runs.');
  for (const [name, real] of Object.entries(links))
    warnings.push(`${name} is a link to ${real}, which is the file that changes.`);
  warnings.push(...keyNotes(facts));
  for (const file of files) {
    warnings.push(...openToAll(file));
    const now = facts.text(file.path);
    if (file.holds === 'certificate-and-key' && now !== null)
      warnings.push(...compositionWarnings(file.path, readComposition(now)));
    if (file.holds === 'certificate' && file.before !== null && now !== null)
      warnings.push(...otherBlocks(file.path, now));
  }
  return [...new Set(warnings)];
}

function ofTheServer({ configuration }: PlanFacts): string[] {
  const names = new Set([...walk(configuration.tree)].map(({ name }) => name));
  return [...names].some((name) => name === 'mdomain' || name === 'mdomainset')
    ? [
        'The configuration has managed domains (mod_md): each test of the configuration lets mod_md write to its own store.',
      ]
    : [];
}

/** Of a key that needs a pass phrase: how Apache asks for it. */
function keyNotes({ chosen: { pair }, configuration, real, text }: PlanFacts): string[] {
  const path = pair?.key.path ?? null;
  const now = path === null ? null : text(real(path));
  if (now === null || !readComposition(now).keyIsEncrypted) return [];
  const dialog = passPhraseDialog(configuration.tree);
  const asks =
    dialog === null || dialog === 'builtin' ? 'at the terminal' : `with SSLPassPhraseDialog ${dialog}`;
  return [
    `The current private key ${path} needs a pass phrase, for which Apache asks ${asks} when it starts; the new key will not.`,
  ];
}

/** A certificate file that holds more than certificates: Apache reads parameters from it, too, and they go. */
function otherBlocks(path: string, now: string): string[] {
  const others = readComposition(now).blocks.filter((one) => one.kind !== 'certificate');
  return [...new Set(others.map((one) => one.label))].map(
    (label) => `${path} also contains a block "${label}", which will be dropped.`,
  );
}
