import type { KeyStoreSettings } from '#shared/catalog/endpoints/key-store.ts';
import { Failure } from '#shared/failure.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { keyOf, type StoreOnHost, storeOnHost, whyNotEntry, withPasswords } from './key-store.ts';
import { aliasesOf } from './key-store-nodes.ts';
import { entryWords, formatWords } from './key-store-words.ts';
import { dirname } from './paths.ts';
import { FileProbe } from './probe-files.ts';
import type { EndpointTools } from './tools.ts';

/** Whether the file is there and opens, its keys do, it can be carried over and replaced, and the scripts can be run. */
export async function probeKeyStore(
  connection: HostConnection,
  settings: KeyStoreSettings,
  { secrets, clock }: EndpointTools,
  begins?: (check: CheckName) => void,
): Promise<ProbeReport> {
  const probe = new FileProbe(connection, begins);
  const seen: { on?: StoreOnHost } = {};
  await probe.check('file', () =>
    withPasswords(secrets, async (passwords) => {
      const tried = settings.alias === null ? 'all' : [settings.alias];
      const on = await storeOnHost(connection, settings.path, passwords, tried);
      seen.on = on;
      return `The password opens ${settings.path}: ${formatWords[on.store.format]} with ${entryWords(on.store.entries)}. ${on.store.protection.sentence}`;
    }),
  );
  const { on } = seen;
  if (on !== undefined) {
    await probe.check('pair', async () => entries(on, settings));
    await probe.writing([dirname(on.realPath)]);
  }
  await probe.scripts(settings);
  return probe.report(clock.now());
}

function entries(on: StoreOnHost, settings: KeyStoreSettings): string {
  const aliases = aliasesOf(on, settings);
  const trouble = aliases.map((alias) => whyNotEntry(on, alias)).find((one) => one !== null);
  if (trouble !== undefined) throw new Failure('node.not-installable', trouble);
  const keys = on.store.entries.filter(({ kind }) => kind === 'key');
  if (keys.length === 0) return `It has no private key yet; the first will have the alias ${aliases[0]}.`;
  if (settings.alias !== null && keyOf(on.store, settings.alias) === null)
    return `It has no private key with the alias ${settings.alias} yet; one will be added.`;
  const untried = keys.filter(({ keyOpens }) => keyOpens === null).length;
  const rest = untried === 0 ? '' : ` ${untried} more ${untried === 1 ? 'was' : 'were'} not tried.`;
  return `Private keys that can be replaced: ${aliases.slice(0, 20).join(', ')}.${rest}`;
}
