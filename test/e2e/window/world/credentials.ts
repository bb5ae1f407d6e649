import type { Credential } from '#shared/model/credential-store.ts';
import { oddName } from './said-by-others.ts';
import { day, fakeHash } from './world.ts';

/** What the default store of the rich world holds: each kind of secret. */
export function richCredentials(now: number): Credential[] {
  const one = (id: string, holds: Holds, days: number) =>
    makeCredential('cs_default', id, now - days * day, holds);
  return [
    one('grafana-deploy', { username: 'deploy', key: true }, 20),
    one('intranet-root', { username: 'root', password: true }, 11),
    one('print-server', { username: 'svc.print', password: true, key: true, passphrase: true }, 4),
    one(oddName, { username: null, key: true }, 2),
  ];
}

/** As many as an administrator of many hosts has. */
export function manyCredentials(now: number, number: number): Credential[] {
  const like = (holds: Holds) =>
    makeCredential('cs_default', 'host', now - day, { username: 'deploy', ...holds });
  const [withKey, withPassword] = [like({ key: true }), like({ password: true })];
  return Array.from({ length: number }, (_, index) => {
    const id = `host-${String(index).padStart(6, '0')}`;
    return { ...(index % 3 === 0 ? withKey : withPassword), id, rowId: `cr_${id}` };
  });
}

interface Holds {
  username?: string | null;
  password?: boolean;
  key?: boolean;
  passphrase?: boolean;
}

/** A credential as it is told: what it has, and none of it. */
export function makeCredential(storeId: string, id: string, at: number, holds: Holds = {}): Credential {
  const { username = 'root', password = false, key = false, passphrase = false } = holds;
  return {
    rowId: `cr_${fakeHash(storeId + id).slice(0, 12)}`,
    storeId,
    id,
    username,
    hasPassword: password,
    privateKey: key
      ? { type: 'ssh-ed25519', fingerprint: `SHA256:${fakeHash(id).slice(0, 43)}`, hasPassphrase: passphrase }
      : null,
    createdAt: at,
    updatedAt: at,
  };
}
