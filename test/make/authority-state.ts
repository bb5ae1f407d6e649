import type { AuthorityState } from '../../electron/providers/authorities/authority.ts';
import { Secret } from '../../electron/secrets/secret.ts';

export interface MadeState extends AuthorityState {
  /** What was kept, for looking into. */
  secrets: Map<string, string>;
  notes: Map<string, string>;
}

/** A state in memory with the contract of the real one; for tests of authorities without a database. */
export function makeState(): MadeState {
  const secrets = new Map<string, string>();
  const notes = new Map<string, string>();
  const running = new Map<string, Promise<unknown>>();
  return {
    secrets,
    notes,
    secret: (name) => (secrets.has(name) ? Secret.of(secrets.get(name) ?? '') : null),
    keepSecret: (name, value) => void secrets.set(name, value.text()),
    dropSecret: (name) => void secrets.delete(name),
    note: (name) => notes.get(name) ?? null,
    keepNote: (name, value) => void notes.set(name, value),
    async once(name, work) {
      const before = running.get(name) ?? Promise.resolve();
      const mine = before.catch(() => {}).then(work);
      running.set(name, mine);
      return mine;
    },
  };
}
