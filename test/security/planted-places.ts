import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { openDatabase, openDriver } from '../../electron/database/open.ts';
import { keyFileKeychain } from '../../electron/secrets/key-file.ts';
import { MasterKey } from '../../electron/secrets/master-key.ts';
import { osKeychain } from '../../electron/secrets/os-keychain.ts';
import { passphraseKeychain } from '../../electron/secrets/passphrase.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { Client } from '../../electron/transport/client.ts';
import { type Marker, markerOf } from './markers.ts';

/** The places that are searched for what was planted. */

/** Every question that shows something. */
export function everything(task: string): ((client: Client) => Promise<unknown>)[] {
  return [
    (client) => client.endpoints.list({}),
    (client) => client.endpoints.show({ endpoint: 'web1' }),
    (client) => client.endpoints.probe({ endpoint: 'web2' }),
    (client) => client.nodes.list({}),
    (client) => client.nodes.show({ node: 'web1/shop.example' }),
    (client) => client.certificates.list({}),
    (client) => client.certificates.preview({ node: 'web2/shop.example' }),
    (client) => client.orders.list({}),
    (client) => client.tasks.list({ limit: 1000 }),
    (client) => client.tasks.show({ task }),
    (client) => client.approvals.list({ states: ['pending', 'approved', 'rejected', 'superseded'] }),
    (client) => client.authorities.list({}),
    (client) => client.authorities.show({ authority: 'nowhere' }),
    (client) => client.authorities.root({ authority: 'trustkeep-local' }),
    (client) => client.notifications.list({}),
    (client) => client.audit.list({ limit: 1000 }),
    (client) => client.secrets.state({}),
    (client) => client.settings.show({}),
    (client) => client.credentialStores.list({}),
    (client) => client.proxy.get({}),
    (client) => client.agent.status({}),
    (client) => client.agent.overview({}),
  ];
}

/** All that is sealed, opened with the passphrase: it must be nowhere in clear either. */
export async function sealed(data: string, passphrase: string): Promise<Marker[]> {
  const masterKey = new MasterKey({
    keychains: { os: () => osKeychain(), keyFile: keyFileKeychain, passphrase: passphraseKeychain },
    defaultKeyFile: join(data, 'master.key'),
    log: silentLog,
  });
  const path = join(data, 'trustkeep.db');
  const database = openDatabase({ path, clock: systemClock, log: silentLog, sealer: masterKey });
  masterKey.attach(database.meta);
  await masterKey.unlock(Secret.of(passphrase));
  const driver = openDriver(path, { readonly: true });
  try {
    const names = driver.all('SELECT owner, name FROM secrets', []);
    expect(names.length).toBeGreaterThan(4);
    return names.flatMap(({ owner, name }) => {
      // which plan was approved is sealed against forging; it is no secret
      if (name === 'yes') return [];
      const value = database.secrets.open(String(owner), String(name))?.text() ?? '';
      return [markerOf(`sealed ${name}`, value)];
    });
  } finally {
    driver.close();
    database.close();
  }
}

/** Every column of every table, as text, but the sealed ones. */
export function rows(data: string): string {
  const driver = openDriver(join(data, 'trustkeep.db'), { readonly: true });
  try {
    const tables = driver.all("SELECT name FROM sqlite_master WHERE type = 'table'", []);
    return tables.map(({ name }) => JSON.stringify(driver.all(`SELECT * FROM "${name}"`, []))).join('\n');
  } finally {
    driver.close();
  }
}

/** Files and directories below that somebody but their owner may read, write or enter. */
export function openToOthers(directory: string): string[] {
  const below = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(directory, name),
  );
  const mode = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0; // or gone meanwhile
  return [directory, ...below].filter((path) => (mode(path) & 0o077) !== 0);
}
