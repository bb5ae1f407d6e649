/**
 * The attack: whoever reaches a door (a page gone wrong, a script at the socket, a management server) sends every command
 * whatever comes to mind: wrong types, nothing, megabytes, names of object prototypes, control characters, paths and
 * statements. It hopes for a crash, a stack, a path of ours, or its own secret repeated where others read.
 */
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contract } from '#shared/contract/index.ts';
import { failureData } from '#shared/failure.ts';
import { makeCommands } from '#test/make/commands.ts';
import { failureOf } from '../../electron/transport/client.ts';

const secret = 'Fuzzed-s3cret-8a1f';
const commands = Object.entries(contract).flatMap(([noun, verbs]) =>
  Object.keys(verbs).map((verb) => `${noun}.${verb}`),
);
/** Streams for ever, and ends the program: both have tests of their own. */
const skipped = new Set(['agent.events', 'agent.stop']);

/** The same numbers at every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const values: (() => unknown)[] = [
  () => null,
  () => undefined,
  () => -1,
  () => Number.MAX_SAFE_INTEGER,
  () => Number.NaN,
  () => 1.5,
  () => true,
  () => '',
  () => secret,
  () => 'x'.repeat(200_000),
  () => '\0\u001b[2J\u202e\n\r',
  () => '../../../../etc/passwd',
  () => "' OR 1=1; DROP TABLE endpoints; --",
  () => '$(touch /tmp/trustkeep-fuzz)',
  () => '--help',
  () => 'constructor',
  () => '__proto__',
  () => '\ud800',
  () => [],
  () => [[[[]]]],
  () => ({}),
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  () => nested(500),
  () => new Date(0),
  () => 10n,
  () => new Map([[secret, secret]]),
];

function nested(depth: number): unknown {
  let value: unknown = secret;
  for (let i = 0; i < depth; i++) value = { value };
  return value;
}

const keys = [
  ...[
    'endpoint',
    'node',
    'task',
    'approval',
    'authority',
    'certificate',
    'number',
    'name',
    'type',
    'kind',
    'limit',
  ],
  ...[
    'changes',
    'password',
    'passphrase',
    'recovery_key',
    'ssh_key_password',
    'eab_hmac_key',
    'connection_type',
  ],
  ...[
    'host',
    'port',
    'user',
    'path',
    'names',
    'states',
    'before',
    'fingerprint',
    'comment',
    'directory_url',
    '__proto__',
  ],
  ...['storename', 'new_storename', 'id', 'username', 'privatekeypath', 'search', 'after', 'url', 'bypass'],
];
const fitting: Record<string, string> = {
  type: 'nginx',
  kind: 'acme',
  connection_type: 'ssh',
  name: 'web',
  host: 'h',
  storename: 'trustkeep-store',
  id: 'web',
};

function inputs(seed: number): unknown[] {
  const next = random(seed);
  const any = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const objects = Array.from({ length: 40 }, () => {
    const chosen = Array.from({ length: 1 + Math.floor(next() * 6) }, () => any(keys));
    return Object.fromEntries(
      chosen.map((key) => [key, next() < 0.4 ? (fitting[key] ?? 'web') : any(values)()]),
    );
  });
  return [...values.map((make) => make()), ...objects];
}

let made: Awaited<ReturnType<typeof makeCommands>>;
const broken: unknown[] = [];
const note = (error: unknown): void => void broken.push(error);

beforeEach(async () => {
  made = await makeCommands();
  broken.length = 0;
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
  made.close();
});

describe('whatever is sent', () => {
  test.each(commands.filter((path) => !skipped.has(path)))(
    'to %s is answered, or refused in one sentence',
    async (path) => {
      const [noun = '', verb = ''] = path.split('.');
      const procedure = Reflect.get(Reflect.get(made.call, noun) as object, verb) as (
        input: unknown,
      ) => Promise<unknown>;
      for (const input of inputs(commands.indexOf(path) + 1)) {
        const answer = await procedure(input).then(
          (output) => ({ output }),
          (thrown: unknown) => ({ thrown, failure: failureOf(thrown) }),
        );
        if (!('failure' in answer)) {
          expect(JSON.stringify(answer.output) ?? '').not.toContain(secret);
          continue;
        }
        const { failure, thrown } = answer;
        const seen = JSON.stringify(thrown, Object.getOwnPropertyNames(thrown));
        expect(failureData.safeParse(failure.toData()).success).toBe(true);
        expect(failure.code, seen.slice(0, 500)).not.toBe('internal');
        expect(seen).not.toMatch(/\n\s+at |node_modules|\/electron\/|SqliteError/);
        expect(failure.message.length).toBeLessThan(3_000);
      }
      expect(broken).toEqual([]);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect((await made.call.audit.verify({})).ok).toBe(true);
    },
  );

  test.each([
    ['secrets.choose', { kind: 'key-file', path: 'relative', passphrase: secret }],
    ['secrets.choose', { kind: 'nowhere', passphrase: secret }],
    ['secrets.choose', { kind: 'passphrase', passphrase: [secret] }],
    ['secrets.unlock', { passphrase: { [secret]: secret } }],
    ['secrets.recover', { recovery_key: secret }],
    ['endpoints.add', { type: 'nginx', name: 'x'.repeat(33), connection_type: 'ssh', password: secret }],
    ['endpoints.add', { type: 'nginx', name: 'web', connection_type: 'ssh', password: secret, port: secret }],
    ['endpoints.add', { type: 'nginx', name: 'web', connection_type: 'ssh', ssh_key_password: secret }],
    ['endpoints.update', { endpoint: 'web', changes: { password: secret, port: 0 } }],
    ['authorities.add', { kind: 'acme', name: 'a', directory_url: 'http://x', eab_hmac_key: secret }],
    ['authorities.update', { authority: 'trustkeep-local', changes: { eab_hmac_key: secret } }],
  ])(
    'a secret given to %s with %j is repeated neither in the answer nor in the audit',
    async (path, input) => {
      const [noun = '', verb = ''] = path.split('.');
      const procedure = Reflect.get(Reflect.get(made.call, noun) as object, verb) as (
        input: unknown,
      ) => Promise<unknown>;
      const thrown = await procedure(input).then(JSON.stringify, (error: unknown) =>
        JSON.stringify(failureOf(error).toData()),
      );
      expect(thrown).not.toContain(secret);
      expect(JSON.stringify(made.audit())).not.toContain(secret);
    },
  );

  test.each(commands.filter((path) => path !== 'agent.events'))(
    'a management server changes nothing with an empty %s',
    async (path) => {
      const [noun = '', verb = ''] = path.split('.');
      const call = createRouterClient(made.router, {
        context: { caller: { origin: 'server', actor: 'scm' } },
      });
      const procedure = Reflect.get(Reflect.get(call, noun) as object, verb) as (
        input: unknown,
      ) => Promise<unknown>;
      const before = made.audit().length;
      await procedure({}).catch((thrown: unknown) => thrown);
      const rows = made.audit().slice(before);
      expect(rows.map((row) => row.outcome)).not.toContain('ok');
      expect(made.stops()).toBe(0);
      expect(made.script.begun).toEqual([]);
    },
  );
});
