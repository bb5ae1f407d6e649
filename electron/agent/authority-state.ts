import type { Database } from '../database/database.ts';
import type { AuthorityState } from '../providers/authorities/authority.ts';
import type { Secret } from '../secrets/secret.ts';

/** What authorities keep, in the database: secrets sealed under the authority's id, notes as settings. */
export function authorityState(database: Database): (id: string) => AuthorityState {
  const running = new Map<string, Promise<unknown>>();
  return (id) => ({
    secret: (name) => database.secrets.open(id, name),
    keepSecret: (name: string, value: Secret) => database.secrets.put(id, name, value),
    dropSecret: (name: string) => database.secrets.remove(id, name),
    note: (name) => database.meta.get(noteName(id, name)),
    keepNote: (name, value) => database.meta.set(noteName(id, name), value),
    async once<T>(name: string, work: () => Promise<T>): Promise<T> {
      const turn = `${id}/${name}`;
      const before = running.get(turn) ?? Promise.resolve();
      const mine = before.then(work, work);
      running.set(turn, mine);
      try {
        return await mine;
      } finally {
        if (running.get(turn) === mine) running.delete(turn);
      }
    },
  });
}

function noteName(id: string, name: string): string {
  return `authority/${id}/${name}`;
}
