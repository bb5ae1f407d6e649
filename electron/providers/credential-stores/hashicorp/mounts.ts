import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { Secret } from '../../../secrets/secret.ts';
import { unexpectedAnswer } from '../common/over-http.ts';
import type { VaultAnswer, VaultClient } from './client.ts';
import { type SecretPath, splitPath } from './paths.ts';
import { mountAnswer, readAs } from './wire.ts';

export interface Mount {
  /** Empty for a server that is too old to tell: the whole path is asked for as it stands. */
  segments: readonly string[];
  version: 1 | 2;
}

/** Which KV engine holds a path. What was learnt is kept for minutes: the call that tells it promises nothing. */
export interface Mounts {
  known(path: SecretPath): Mount | null;
  find(
    path: SecretPath,
    token: Secret,
    signal?: AbortSignal,
  ): Promise<{ mount: Mount } | { forbidden: VaultAnswer }>;
  /** What it may be when it could not be looked up, the likeliest first. */
  guesses(path: SecretPath): Mount[];
  remember(mount: Mount): void;
  forget(mount: Mount): void;
}

const keptMs = 5 * 60_000;
const mostKept = 50;

export function sameMount(one: Mount, other: Mount): boolean {
  return one.version === other.version && one.segments.join('/') === other.segments.join('/');
}

export function makeMounts(client: VaultClient, clock: Clock): Mounts {
  const kept = new Map<string, { mount: Mount; until: number }>();
  const keyOf = ({ segments }: Mount) => segments.join('/');

  return {
    known({ all }) {
      for (const [key, { mount, until }] of kept) {
        if (until <= clock.monotonic()) kept.delete(key);
        else if (begins(all, mount.segments)) return mount;
      }
      return null;
    },

    async find(path, token, signal) {
      const call = ['sys', 'internal', 'ui', 'mounts', ...path.all];
      const answer = await client.ask({ method: 'GET', path: call, token, signal });
      if (answer.status === 403) return { forbidden: answer };
      // servers from before this call know version 1 only
      if (answer.status === 404) return { mount: { segments: [], version: 1 } };
      if (answer.status !== 200)
        throw unexpectedAnswer(client.who, answer, 'it does not say what is mounted');
      const { data } = readAs(mountAnswer, answer, client.who);
      const segments = splitPath(data.path);
      if (!begins(path.all, segments))
        throw unexpectedAnswer(client.who, answer, 'it names a mount that does not hold the path');
      if (data.type !== 'kv' && data.type !== 'generic') throw wrongEngine(client.who, data);
      return { mount: { segments, version: String(data.options?.version ?? '1') === '2' ? 2 : 1 } };
    },

    guesses({ root, all }) {
      const pasted = root.findIndex(
        (segment, at) => at > 0 && (segment === 'data' || segment === 'metadata'),
      );
      const second = { segments: all.slice(0, pasted === -1 ? 1 : pasted), version: 2 } as const;
      const first = { segments: all.slice(0, 1), version: 1 } as const;
      return all.length > 1 ? [second, first] : [];
    },

    remember(mount) {
      const oldest = kept.keys().next().value;
      if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
      kept.set(keyOf(mount), { mount, until: clock.monotonic() + keptMs });
    },

    forget(mount) {
      kept.delete(keyOf(mount));
    },
  };
}

function begins(path: readonly string[], start: readonly string[]): boolean {
  return start.every((segment, at) => path[at] === segment);
}

function wrongEngine(who: string, { path, type }: { path: string; type: string }): Failure {
  return new Failure(
    'credential-store.wrong-mount',
    `What is mounted at ${path} in ${who} is of the type ${type}; credentials are read from the KV engine only.`,
    { hint: 'Use a root path that begins with the mount of a KV secrets engine.' },
  );
}
