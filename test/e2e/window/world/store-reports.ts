import type { CredentialStore, StoreReport } from '#shared/model/credential-store.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import { issuers } from './said-by-others.ts';

const good = (name: CheckName, sentence: string): ProbeCheck => ({ name, ok: true, sentence });

/** The way to a server, up to where it shows its certificate. */
const wayTo = (host: string, port: number, address: string): ProbeCheck[] => [
  good('resolve', `${host} resolves to ${address}.`),
  good('connect', `${host}:${port} accepts connections (at ${address}).`),
];

/** What the vault has told of itself. */
const told = {
  mount: 'approle',
  engine: 'secret',
  until: '2026-11-30_08:15',
  written: '2026-11-01T08:15:00.000Z',
};

/** Of a vault that answers everything. */
export function works(at: number): StoreReport {
  const host = 'vault.nordhafen.internal';
  const how = `by AppRole at ${told.mount}`;
  const renewed = ' and will be renewed before then';
  const life = `; the token is valid until ${told.until}${renewed}.`;
  const about = [`KV version 2 at ${told.engine}`, `version 3, written ${told.written}`];
  const has = ['a user name', 'a password'];
  return {
    ok: true,
    at,
    checks: [
      ...wayTo(host, 8200, '10.20.3.21'),
      good(
        'tls',
        `${host}:8200 shows a certificate for "CN=${host}", issued by "${issuers.corp}", which this machine trusts (TLSv1.3).`,
      ),
      good('log-in', `Logged in ${how}${life}`),
      good('read', `Read "shop/web-1" (${about.join(', ')}): it has ${has.join(' and ')}.`),
    ],
  };
}

/** Of one whose certificate nobody here trusts. */
export function stopped(at: number): StoreReport {
  const host = 'ccp.nordhafen.internal';
  const why = `The certificate of ${host}:443 was issued by "${issuers.corp}", which this machine does not trust.`;
  const hint = 'If that is your private CA, set its root certificate as trusted_roots.';
  const no: ProbeCheck = { name: 'tls', ok: false, sentence: `${why} ${hint}` };
  return { ok: false, at, checks: [...wayTo(host, 443, '10.20.3.40'), no] };
}

/** What a test of a store finds that nobody tested yet. */
export function reportOf({ kind }: CredentialStore): StoreReport {
  if (kind !== 'local') return works(0);
  const sentence = 'It is kept on this machine, and its key is available.';
  return { ok: true, at: 0, checks: [good('log-in', sentence)] };
}
