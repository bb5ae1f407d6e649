import type { HashicorpSettings } from '#shared/catalog/credential-stores/hashicorp.ts';
import type { Http } from '../../electron/net/http.ts';
import { makeHashicorpStore } from '../../electron/providers/credential-stores/hashicorp/hashicorp.ts';
import { JumpingClock } from './clock.ts';
import { logInto } from './log-lines.ts';
import { memoryStoreState } from './store-state.ts';

/** A hashicorp store on its own, with what it keeps and what it logs in the open. */
export function hashicorpStore(
  server: { url: string; caPem: string | null },
  http: Http,
  given: {
    settings?: Partial<HashicorpSettings>;
    secrets?: Record<string, string>;
    state?: ReturnType<typeof memoryStoreState>;
    clock?: JumpingClock;
    watch?: boolean;
  } = {},
) {
  const state = given.state ?? memoryStoreState(given.secrets);
  const clock = given.clock ?? new JumpingClock();
  const lines: string[] = [];
  const store = makeHashicorpStore({
    id: 'cs_test',
    settings: {
      kind: 'hashicorp',
      vaultUrl: server.url,
      auth: { type: 'Token' },
      rootPath: '',
      namespace: null,
      authMount: 'approle',
      trustedRootsPem: server.caPem,
      verify: null,
      ...given.settings,
    },
    state,
    http,
    clock,
    log: logInto(lines),
    random: () => 1,
  });
  if (given.watch === true) store.watch?.();
  return { store, state, clock, lines };
}
