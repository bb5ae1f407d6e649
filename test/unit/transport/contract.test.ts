import { describe, expect, test } from 'vitest';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { credentialDescriptor } from '#shared/catalog/credential-stores/credential.ts';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { proxyCatalog } from '#shared/catalog/proxy.ts';
import { contract } from '#shared/contract/index.ts';

interface Node {
  def?: Record<string, unknown>;
  meta?: () => Record<string, unknown> | undefined;
}

/** Every schema within a schema, with the way to it. */
function* walk(schema: unknown, path: string, seen = new Set<unknown>()): Generator<[string, Node]> {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return;
  seen.add(schema);
  const node = schema as Node;
  if (node.def !== undefined) yield [path, node];
  for (const [name, value] of Object.entries(node.def ?? (schema as Record<string, unknown>))) {
    yield* walk(value, node.def !== undefined && name === 'shape' ? path : `${path}.${name}`, seen);
  }
}

/** An event stream keeps the schema of its events in its own way. */
function inner(schema: unknown): unknown[] {
  const details = Reflect.ownKeys(schema as object).map((key) => Reflect.get(schema as object, key));
  const standard = Reflect.get(schema as object, '~standard') as Record<PropertyKey, unknown> | undefined;
  const hidden = standard ? Reflect.ownKeys(standard).map((key) => standard[key]) : [];
  return [...details, ...hidden].flatMap((value) =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value)] : [],
  );
}

const procedures = Object.entries(contract).flatMap(([noun, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]) => [`${noun}.${verb}`, procedure['~orpc']] as const),
);

const secretWords = /(?<!by)pass(word|phrase)?$|hmac|secret|token|private|^pem$|recovery/i;

describe('secrets in the contract', () => {
  test.each(procedures)('%s has no secret field in its answer', (path, { outputSchema }) => {
    const schemas = path === 'agent.events' ? inner(outputSchema) : [outputSchema];
    const found = schemas.flatMap((schema) => [...walk(schema, path)]);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(([, node]) => node.meta?.()?.secret === true).map(([at]) => at)).toEqual([]);
  });

  test('only the command for it answers with what was revealed', () => {
    const revealed = procedures.flatMap(([path, { outputSchema }]) =>
      [...walk(outputSchema, path)].some(([, node]) => node.meta?.()?.revealed === true) ? [path] : [],
    );
    expect(revealed).toEqual(['credentials.reveal']);
  });

  test('the walk finds what it looks for', () => {
    const marked = procedures.flatMap(([path, { inputSchema }]) =>
      [...walk(inputSchema, path)].filter(([, node]) => node.meta?.()?.secret === true).map(([at]) => at),
    );
    const named = (end: string) => marked.filter((at) => at.includes(end)).length;
    expect(named('.password')).toBeGreaterThanOrEqual(2);
    expect(named('.ssh_key_password')).toBeGreaterThanOrEqual(2);
    expect(named('.eab_hmac_key')).toBeGreaterThanOrEqual(1);
    expect(named('.passphrase')).toBe(6);
    expect(named('.token')).toBe(1);
    expect(named('.secretid')).toBe(1);
    expect(named('.certpass')).toBe(1);
    expect(named('.recovery_key')).toBe(1);
  });

  test('a catalog field named like a secret is one', () => {
    const catalogs = [endpointCatalog, authorityCatalog, credentialStoreCatalog];
    const descriptors = [
      ...catalogs.flatMap((one) => Object.values(one)),
      credentialDescriptor,
      proxyCatalog,
    ];
    const fields = descriptors.flatMap((one) => [...one.fields]);
    // a path is only the place of one
    const wrong = fields.filter(
      ({ name, kind }) => secretWords.test(name) && kind !== 'secret' && kind !== 'path',
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

test('every command but the event stream, the preview and what only a server calls has words, help and one kind of error', () => {
  for (const [path, { meta, errorMap }] of procedures) {
    expect(Object.keys(errorMap)).toEqual(['FAILURE']);
    if (path.startsWith('outbox.')) continue;
    if (path === 'agent.events' || path === 'certificates.preview') continue;
    expect(meta.cli, path).toMatch(/^[a-z-]+( [a-z-]+){0,2}$/);
    expect(meta.help, path).toMatch(/\.$/);
  }
});
