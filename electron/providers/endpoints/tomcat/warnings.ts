import type { FileChange } from '#shared/model/changes/file.ts';
import { compositionWarnings, readComposition } from '../common/composition.ts';
import type { Managers } from '../common/managers.ts';
import { openToAll } from '../common/states.ts';
import type { Destination } from './destination.ts';
import type { PlanFacts } from './plan-facts.ts';
import type { Way } from './ways.ts';

interface Planned {
  files: readonly FileChange[];
  links: Record<string, string>;
  way: Way;
  managers: Managers;
}

/** What a person should read before approving, beside who shares what. */
export function planWarnings(facts: PlanFacts, goal: Destination, planned: Planned): string[] {
  const { view, chosen } = facts;
  const { files, links, way } = planned;
  const warnings: string[] = [];
  if (view.place.running === null)
    warnings.push('Tomcat is not running. The install can only succeed while it runs.');
  if (way.way !== 'manager')
    warnings.push(
      `${goal.edits.length > 0 ? 'server.xml is edited, which Tomcat reads only when it starts' : 'No manager reloads all certificates'}: Tomcat is restarted, and serves nothing until it has started.`,
    );
  if (facts.changedSince)
    warnings.push(
      way.way === 'manager'
        ? 'The configuration was changed after Tomcat started, so what runs may differ from what was read.'
        : 'The configuration was changed after Tomcat started; the restart makes those changes take effect too.',
    );
  for (const [name, real] of Object.entries(links))
    if (files.some(({ path }) => path === real))
      warnings.push(`${name} is a link to ${real}, which is the file that changes.`);
  for (const file of files) warnings.push(...openToAll(file));
  warnings.push(...keyNotes(facts), ...chainNotes(facts, goal), ...compositionNotes(facts, files));
  if (chosen.connector.down !== null)
    warnings.push(`The connector does not start: ${chosen.connector.down}.`);
  return [...new Set(warnings)];
}

function keyNotes({ view, chosen }: PlanFacts): string[] {
  const now = chosen.pem === null ? null : view.text(chosen.pem.key);
  if (now === null || !readComposition(now).keyIsEncrypted) return [];
  return ['The current private key is encrypted; the new one will not be. Tomcat reads it all the same.'];
}

function chainNotes({ view, chosen }: PlanFacts, { chain }: Destination): string[] {
  if (chosen.pem === null || chosen.pem.chain === null) return [];
  if (chain === null)
    return [`${chosen.pem.chain} is no longer named: the new certificate file has the full chain.`];
  const own = readComposition(view.text(chosen.pem.certificate) ?? '').certificates;
  return own.length > 1
    ? [
        `${chosen.pem.certificate} has a chain, and so has ${chosen.pem.chain}, which Tomcat sends twice. The new certificate file will have the leaf alone.`,
      ]
    : [];
}

function compositionNotes({ view }: PlanFacts, files: readonly FileChange[]): string[] {
  return files.flatMap(({ path, holds, before }) => {
    const now = holds === 'certificate-and-key' && before !== null ? view.text(path) : null;
    return now === null ? [] : compositionWarnings(path, readComposition(now));
  });
}
