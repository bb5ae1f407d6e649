import type { HashicorpSettings } from '#shared/catalog/credential-stores/hashicorp.ts';
import type { Http } from '../../electron/net/http.ts';
import { makeHashicorpStore } from '../../electron/providers/credential-stores/hashicorp/hashicorp.ts';
import { JumpingClock } from './clock.ts';
import { logInto } from './log-lines.ts';
import { memoryStoreKeep } from './store-keep.ts';

/** A hashicorp store on its own, with what it keeps and what it logs in the open. */
export function hashicorpStore(
  server: { url: string; caPem: string | null },
  http: Http,
  given: {
    settings?: Partial<HashicorpSettings>;
    secrets?: Record<string, string>;
    keep?: ReturnType<typeof memoryStoreKeep>;
    clock?: JumpingClock;
    watch?: boolean;
  } = {},
) {
  const keep = given.keep ?? memoryStoreKeep(given.secrets);
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
    keep,
    http,
    clock,
    log: logInto(lines),
    random: () => 1,
    watch: given.watch,
  });
  return { store, keep, clock, lines };
}
