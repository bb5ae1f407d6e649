import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { VaultAnswer, VaultClient } from './client.ts';
import { saysNoToken } from './login.ts';
import { type Mount, type Mounts, makeMounts, sameMount } from './mounts.ts';
import type { SecretPath } from './paths.ts';
import { kv1Answer, kv2Answer, readAs } from './wire.ts';

interface Found {
  record: Record<string, unknown>;
  /** `KV version 2 at secret/`, `version 3, written 2026-11-01T10:00:00Z`. */
  about: string[];
}

/** Vault said 403. The session decides whether that was the token or the policy. */
export interface Forbidden {
  forbidden: VaultAnswer;
  /** The path that was asked for; null: not even the mount could be seen, and it may not exist. */
  apiPath: string | null;
  /** The session could not tell whether the token is still good. */
  tokenInDoubt?: boolean | undefined;
}

type Result =
  | Found
  | Forbidden
  | { missing: true /** Nothing at all is mounted there. */; unmounted: boolean };

export function isForbidden(result: object): result is Forbidden {
  return 'forbidden' in result;
}

/** Reads secrets of the KV engine, whichever version a mount has. Safe concurrently. */
export class Kv {
  readonly #client: VaultClient;
  readonly #clock: Clock;
  readonly #mounts: Mounts;

  constructor(client: VaultClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.#mounts = makeMounts(this.#client, this.#clock);
  }

  /** `credential.not-found`, `credential.deleted`, `credential-store.wrong-mount`. */
  async read(path: SecretPath, token: Secret, signal?: AbortSignal): Promise<Found | Forbidden> {
    const known = this.#mounts.known(path);
    if (known === null) return this.#findAndRead(path, token, signal);
    const found = await this.#readFrom(known, path, token, signal);
    const good = isForbidden(found) ? saysNoToken(found.forbidden) : !('missing' in found);
    // else it may have been mounted anew as another version
    const looked = good ? null : await this.#mounts.find(path, token, signal);
    if (looked === null || 'forbidden' in looked || sameMount(looked.mount, known))
      return this.#orNotFound(found, path, known);
    this.#mounts.forget(known);
    return this.#readLooked(looked.mount, path, token, signal);
  }

  async #findAndRead(path: SecretPath, token: Secret, signal?: AbortSignal) {
    const looked = await this.#mounts.find(path, token, signal);
    if ('forbidden' in looked) return this.#guess(path, token, looked.forbidden, signal);
    return this.#readLooked(looked.mount, path, token, signal);
  }

  async #readLooked(mount: Mount, path: SecretPath, token: Secret, signal?: AbortSignal) {
    this.#mounts.remember(mount);
    return this.#orNotFound(await this.#readFrom(mount, path, token, signal), path, mount);
  }

  #orNotFound(found: Result, path: SecretPath, mount: Mount): Found | Forbidden {
    return 'missing' in found ? notFound(this.#client.who, path, mount) : found;
  }

  /** No policy on anything below the mount, or no such mount: tries both versions and remembers the one that answers. */
  async #guess(path: SecretPath, token: Secret, forbidden: VaultAnswer, signal?: AbortSignal) {
    if (saysNoToken(forbidden)) return { forbidden, apiPath: null };
    let missing: Mount | null = null;
    let unmounted = true;
    for (const mount of this.#mounts.guesses(path)) {
      const found = await this.#readFrom(mount, path, token, signal);
      if (isForbidden(found)) {
        unmounted = false;
        continue;
      }
      if (!('missing' in found)) {
        this.#mounts.remember(mount);
        return found;
      }
      missing ??= mount;
      unmounted &&= found.unmounted;
    }
    if (missing !== null && unmounted) throw nothingMounted(this.#client.who, path);
    return missing === null ? { forbidden, apiPath: null } : notFound(this.#client.who, path, missing);
  }

  /** A path below `data/` may have been copied from the API; what is stored exactly there is preferred. */
  async #readFrom(mount: Mount, path: SecretPath, token: Secret, signal?: AbortSignal) {
    const rest = path.all.slice(mount.segments.length);
    if (rest.length === 0) throw isMount(this.#client.who, path);
    if (mount.version === 1) return this.#readPath(mount, rest, path, token, signal);
    const pasted = rest[0] === 'data' || rest[0] === 'metadata';
    const rootHasIt = pasted && path.root.length > mount.segments.length;
    if (rootHasIt && rest.length === 1) throw isMount(this.#client.who, path);
    const exact = await this.#readPath(mount, rootHasIt ? rest.slice(1) : rest, path, token, signal);
    if (rootHasIt || !pasted || rest.length === 1 || !('missing' in exact)) return exact;
    return this.#readPath(mount, rest.slice(1), path, token, signal);
  }

  async #readPath(
    mount: Mount,
    rest: readonly string[],
    path: SecretPath,
    token: Secret,
    signal?: AbortSignal,
  ): Promise<Result> {
    const api = [...mount.segments, ...(mount.version === 2 ? ['data'] : []), ...rest];
    const answer = await this.#client.ask({ method: 'GET', path: api, token, signal });
    if (answer.status === 403) return { forbidden: answer, apiPath: api.join('/') };
    const gone = mount.version === 2 && kv2Answer.safeParse(answer.json).success;
    if (answer.status === 404 && !gone)
      return { missing: true, unmounted: /\bno handler for route\b/i.test(answer.said) };
    if (answer.status === 400) throw refused(this.#client.who, path, answer);
    const where = `KV version ${mount.version} at ${mount.segments.join('/') || 'its root'}`;
    if (mount.version === 1)
      return { record: readAs(kv1Answer, answer, this.#client.who).data, about: [where] };
    const { data, metadata } = readAs(kv2Answer, answer, this.#client.who).data;
    if (data === null || answer.status === 404) throw deleted(this.#client.who, path, metadata);
    const written = metadata.created_time ? `, written ${metadata.created_time}` : '';
    return { record: data, about: [where, `version ${metadata.version}${written}`] };
  }
}

function notFound(who: string, { shown }: SecretPath, mount: Mount): never {
  const below =
    mount.segments.length === 0 ? '' : ` (KV version ${mount.version} at ${mount.segments.join('/')}/)`;
  throw new Failure('credential.not-found', `There is no secret "${shown}" in ${who}${below}.`, {
    hint: 'Check the credential ID and the root path of the store.',
  });
}

/** A login that may read everything is told so; others get the answer of a policy that forbids it. */
function nothingMounted(who: string, { shown, root }: SecretPath): Failure {
  return new Failure(
    'credential-store.wrong-mount',
    `Nothing is mounted in ${who} where "${shown}" begins.`,
    {
      hint: `Check the root path, "${root.join('/')}": it begins with the mount of a KV secrets engine. Also check the namespace.`,
    },
  );
}

function deleted(
  who: string,
  { shown }: SecretPath,
  metadata: {
    version: number;
    deletion_time?: string | null | undefined;
    destroyed?: boolean | null | undefined;
  },
): Failure {
  const at = metadata.deletion_time ? ` at ${metadata.deletion_time}` : '';
  const how = metadata.destroyed === true ? 'was destroyed' : `was deleted${at}`;
  return new Failure('credential.deleted', `Version ${metadata.version} of "${shown}" in ${who} ${how}.`, {
    hint:
      metadata.destroyed === true
        ? 'Write the secret again: a destroyed version cannot be restored.'
        : 'Undelete that version or write the secret again.',
  });
}

function isMount(who: string, { shown }: SecretPath): Failure {
  return new Failure('credential.bad-id', `"${shown}" in ${who} is a mount and not a secret in it.`, {
    hint: 'Use the path of a secret below it, relative to the root path.',
  });
}

function refused(who: string, { shown }: SecretPath, { said }: VaultAnswer): Failure {
  return new Failure('credential.bad-id', `${who} does not accept "${shown}" as a path.`, {
    hint: 'Check the credential ID and the root path of the store.',
    peerSaid: said === '' ? undefined : said,
  });
}
