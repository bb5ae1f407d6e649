import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { CredentialStore, StoreReport } from '#shared/model/credential-store.ts';
import { probeCheck } from '#shared/model/probe-check.ts';
import { makeCredentialReader } from '../../electron/agent/credentials.ts';
import { storeState } from '../../electron/agent/store-state.ts';
import type { CommandTools } from '../../electron/commands/tools.ts';
import {
  type CredentialStore as Adapter,
  type StoredCredential,
  type StoreState,
  storeSecrets,
} from '../../electron/providers/credential-stores/credential-store.ts';

/** What the hand-made vaults answer, and what they were asked. */
export interface VaultScript {
  /** Steps that are found well, in order; a word with `!` in front is a "no" and the last. */
  steps: string[];
  /** Done while it is verified, as an adapter does that unwraps a SecretID. */
  meanwhile: (state: StoreState) => void | Promise<void>;
  tried: { row: CredentialStore; secrets: Record<string, string> }[];
  holds: Record<string, () => StoredCredential>;
  closed: number;
  /** What was in use of a store, and is no longer. */
  forgotten: string[];
  /** Stores whose trial goes on in use. */
  adopted: Set<string>;
}

/** Local stores stay as they are; the others are played: what a vault does is shown where real servers are. */
export function scriptStores(tools: CommandTools): VaultScript {
  const { database, stores } = tools;
  const script: VaultScript = {
    steps: ['resolve', 'connect', 'tls', 'log-in'],
    meanwhile: () => {},
    tried: [],
    holds: {},
    closed: 0,
    forgotten: [],
    adopted: new Set(),
  };
  const played = (row: CredentialStore, state: StoreState): Adapter => ({
    description: row.name,
    async verify() {
      script.tried.push({ row, secrets: secretsIn(state) });
      await script.meanwhile(state);
      return reportOf(script.steps);
    },
    async read(id) {
      const held = script.holds[id];
      if (held === undefined) throw new Error(`the script holds no ${id}`);
      return held();
    },
    close: async () => void script.closed++,
  });
  const get = (id: string): Adapter => {
    const row = database.credentialStores.get(id);
    return row === null || row.kind === 'local' ? stores.get(id) : played(row, storeState(database)(id));
  };
  tools.stores = {
    get,
    draft: played,
    sealing: (kind) => stores.sealing(kind),
    adopt(id) {
      if (script.adopted.has(id)) script.forgotten.push(id);
      script.adopted.add(id);
    },
    renamed: (id) => stores.renamed(id),
    forget(id) {
      script.forgotten.push(id);
      stores.forget(id);
    },
  };
  tools.credentials = makeCredentialReader({ store: get, clock: systemClock, log: silentLog });
  return script;
}

function secretsIn(state: StoreState): Record<string, string> {
  const found = Object.values(storeSecrets).flatMap((name) => {
    const value = state.secret(name);
    return value === null ? [] : [[name, value.text()]];
  });
  return Object.fromEntries(found);
}

function reportOf(steps: readonly string[]): StoreReport {
  const checks = steps.map((step) => {
    const name = probeCheck.shape.name.parse(step.replace('!', ''));
    return { name, ok: !step.startsWith('!'), sentence: `What was found at ${name}.` };
  });
  return { ok: checks.every(({ ok }) => ok), checks, at: 5 };
}
