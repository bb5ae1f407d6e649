import type { StoreState } from '../../electron/providers/credential-stores/credential-store.ts';
import { Secret } from '../../electron/secrets/secret.ts';

/** What a credential store keeps, in memory and without a seal. As the real one it gives copies. */
export function memoryStoreState(given: Record<string, string> = {}): StoreState & {
  secrets: Map<string, string>;
  notes: Map<string, string>;
} {
  const secrets = new Map(Object.entries(given));
  const notes = new Map<string, string>();
  return {
    secrets,
    notes,
    secret(name) {
      const value = secrets.get(name);
      return value === undefined ? null : Secret.of(value);
    },
    keepSecret: (name, value) => void secrets.set(name, value.text()),
    forgetSecret: (name) => void secrets.delete(name),
    note: (name) => notes.get(name) ?? null,
    keepNote: (name, value) => void (value === null ? notes.delete(name) : notes.set(name, value)),
  };
}
