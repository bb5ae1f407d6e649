import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdtemp, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { EndpointSettings } from '#shared/model/endpoint.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { type MadeLeaf, makeCa, makeLeaf } from '#test/make/certificates.ts';
import { probeTls } from '../../electron/discovery/tls-probe.ts';
import type { Connection, RestConnection } from '../../electron/providers/connections/connection.ts';
import type { EndpointTools } from '../../electron/providers/endpoints/common/tools.ts';
import type { Endpoint, MakesKeys, Material } from '../../electron/providers/endpoints/endpoint.ts';
import { makeEndpoint } from '../../electron/providers/endpoints/registry.ts';
import { Secret } from '../../electron/secrets/secret.ts';

/** A real endpoint in a directory of its own, with certificate and key files that belong to somebody else. */
export interface MadeEndpoint {
  dir: string;
  settings: EndpointSettings;
  /** Key of the node under test. */
  nodeKey: string;
  old: MadeLeaf;
  /** By the names of their fields. */
  secrets?: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const testCa = makeCa();
export const names = ['shop.example', 'www.shop.example'];
/** nobody:nogroup on Debian. */
const nobody = 65_534;

export const newLeaf = (): MadeLeaf => makeLeaf(testCa, { names, intermediate: true });

export const inAgent = (leaf: MadeLeaf): Material => ({
  chainPem: leaf.chainPem,
  key: { where: 'agent', pem: Secret.of(leaf.keyPem) },
});

export function open(made: Pick<MadeEndpoint, 'settings' | 'secrets'>, connection: Connection) {
  return makeEndpoint(made.settings, connection, {
    ...endpointTools,
    secrets: secretsOf(made.secrets ?? {}),
  });
}

/** As an endpoint opens them. */
function secretsOf(secrets: Readonly<Record<string, string>>): EndpointTools['secrets'] {
  return {
    open: async (name) => (secrets[name] === undefined ? null : Secret.of(secrets[name])),
  };
}

/** Tools of an endpoint that has no secrets. */
export const endpointTools: EndpointTools = {
  clock: systemClock,
  log: silentLog,
  secrets: { open: async () => null },
  async handshake(place) {
    const answer = await probeTls({ ...place, timeoutMs: 5000 });
    if (answer.kind === 'certificate') return null;
    return { answered: answer.code === 'handshake-failed', sentence: answer.sentence };
  },
};

/** Its power to make keys, which the test is about. */
export function keysOf({ powers: { makesKeys } }: Endpoint): MakesKeys {
  if (makesKeys === null) throw new Error('this endpoint makes no keys');
  return makesKeys;
}

export async function restart({ powers: { restarts } }: Endpoint): Promise<void> {
  if (restarts === null) throw new Error('this endpoint does not restart');
  await restarts.restart();
}

export async function giveAway(path: string, mode: number): Promise<void> {
  await chown(path, nobody, nobody);
  await chmod(path, mode);
}

/** A directory of its own with files that belong to somebody else. */
export async function filesOfOthers(files: Record<string, string | Uint8Array>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'trustkeep-endpoint-'));
  await chmod(dir, 0o755);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(dir, name), content);
    await giveAway(join(dir, name), 0o640);
  }
  return dir;
}

/** Ways to reach an endpoint. */
export type Way = 'this machine' | 'SSH as root' | 'SSH with sudo';

/** What the suite runs over for one endpoint type; in `test/conformance/endpoints/`. */
export interface EndpointShape {
  /** Settings in which every field has a value: each is changed between an approval and its step. */
  everything: EndpointSettings;
  /** Why private keys are never made on the endpoint itself; left out: they can be. */
  noKeys?: string;
  /** Programs without which none of them can be. */
  needs: readonly string[];
  /** By name: every way in which the adapter installs. All run on this machine; `also` says over which other ways. */
  cases: Record<
    string,
    {
      make(): Promise<MadeEndpoint>;
      also: readonly Exclude<Way, 'this machine'>[];
      /** Its key is put into a key store, where it cannot be made. */
      inStore?: true;
      /** It takes minutes, and runs with those that do. */
      long?: true;
    }
  >;
  /** The same of one that is managed by requests, which has no `cases`. */
  objects?: Record<string, { make(): Promise<MadeObjects> }>;
}

/** A real endpoint whose certificates are objects that requests are about. */
export interface MadeObjects {
  settings: EndpointSettings;
  /** Key of the node under test. */
  nodeKey: string;
  old: MadeLeaf;
  connect(): Promise<RestConnection>;
  /** Everything that is configured there, to be compared. */
  state(): unknown;
  /** Each changes what a plan begins with, with a part of the sentence that says so. */
  drifts: readonly [drift: () => void, how: string][];
  /** Of the leaf that is shown for the node. */
  served(): Promise<string | undefined>;
  /** From the next request on that is about something. */
  fail(fault: ObjectFault): void;
  /** Whether the fault has come. One that has not is taken back. */
  failed(): boolean;
  stop(): Promise<void>;
}

/** What goes wrong with one request, after so many that are served. */
export interface ObjectFault {
  after: number;
  how: 'lost before' | 'lost after' | 'token expired' | 'denied' | 'disk full' | 'refused';
}

/** Every file and directory below `dir` with content hash, owner and mode, but what a running server writes itself. */
export async function listing(dir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const passedOver = ['error.log', 'nginx.pid', 'temp', 'logs', 'work', 'tomcat.pid'];
  for (const name of (await readdir(dir)).filter((one) => !passedOver.includes(one))) {
    const path = join(dir, name);
    const facts = await lstat(path);
    const owner = `${facts.uid}:${facts.gid} ${(facts.mode & 0o7777).toString(8)}`;
    if (facts.isDirectory()) {
      found[`${name}/`] = owner;
      for (const [inner, state] of Object.entries(await listing(path))) found[`${name}/${inner}`] = state;
    } else if (facts.isSymbolicLink()) {
      found[name] = `a link to ${await readlink(path)}`;
    } else {
      found[name] = `${owner} ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`;
    }
  }
  return found;
}

/** `listing` without keys that stay for the next attempt, since their certificate was issued and not installed. */
export async function listingButKeptKeys(dir: string): Promise<Record<string, string>> {
  const all = Object.entries(await listing(dir));
  return Object.fromEntries(all.filter(([path]) => !/\/\.trustkeep-[^/]*\.key\./.test(path)));
}

/** The same plan with another argument for its install script. */
export function withAlias(plan: InstallPlan, alias: string): InstallPlan {
  const changes = plan.changes.map((one) =>
    one.kind === 'command' && one.argv.length > 1 ? { ...one, argv: [...one.argv.slice(0, -1), alias] } : one,
  );
  return { ...plan, changes };
}
