import { systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { silentLog } from '#kit/log.ts';
import type { AuthoritySettings } from '#shared/model/authority.ts';
import { makeDns } from '../../electron/net/dns.ts';
import { makeHttp } from '../../electron/net/http.ts';
import { makeHttp01Responder } from '../../electron/net/http-01-responder.ts';
import { makeTlsAlpn01Responder } from '../../electron/net/tls-alpn-01-responder.ts';
import type { Authority, KeepsRoot } from '../../electron/providers/authorities/authority.ts';
import { AuthorityRegistry } from '../../electron/providers/authorities/registry.ts';
import { memoryState } from './acme.ts';

/** What the suite runs over for one kind of authority; in `test/conformance/authorities/`. */
export interface AuthorityShape {
  /** Settings in which, taken together, every field has a value: each is changed between an approval and its step. */
  everything: readonly AuthoritySettings[];
  /** Programs without which the peer cannot be. */
  needs: readonly string[];
  start(): Promise<AuthorityPeer>;
}

/** One kind of authority with a CA behind it. */
export interface AuthorityPeer {
  /** An adapter over what was kept before, as after a restart of the agent. */
  make(): Authority & Partial<KeepsRoot>;
  /** Names that it refuses to issue for, from now on. */
  refused(): string[];
  /** Orders that reached the CA. */
  placed(): number;
  stop(): Promise<void>;
}

/** Adapters made as the registry makes them, over one memory. */
export function authorityAdapters(settings: AuthoritySettings) {
  const state = memoryState();
  const http = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log: silentLog });
  const row = { id: 'ca_1', name: 'suite', kind: settings.kind, isDefault: true, settings, createdAt: 1 };
  const tools = {
    clock: systemClock,
    log: silentLog,
    http: () => http,
    responder: () => makeHttp01Responder({ log: silentLog }),
    alpnResponder: () => makeTlsAlpn01Responder({ log: silentLog }),
    dns: () => makeDns(),
    runScript: (argv: [string, ...string[]], timeoutMs: number) => exec({ argv, timeoutMs }),
    state: () => state,
  };
  return {
    make: () => new AuthorityRegistry({ get: () => row }, tools).get(row.id),
    close: () => http.close(),
  };
}
