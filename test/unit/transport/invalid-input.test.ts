import { expect, test } from 'vitest';
import { endpointInput } from '#shared/contract/endpoints.ts';
import { contract } from '#shared/contract/index.ts';
import { invalidInput } from '../../../electron/transport/invalid-input.ts';

function sentence(schema: { safeParse(input: unknown): unknown }, input: unknown): string {
  const parsed = schema.safeParse(input) as { success: boolean; error: { issues: [] } };
  expect(parsed.success).toBe(false);
  return invalidInput(parsed.error.issues, input).message;
}

const request = contract.certificates.request['~orpc'].inputSchema as unknown as {
  safeParse(input: unknown): unknown;
};

test.each([
  [{ type: 'nginx', name: '' }, 'Name is required.'],
  [{ type: 'nginx', name: 'x'.repeat(33) }, 'Name must be between 1 and 32 characters long.'],
  [{ type: 'nginx' }, 'Name is required.'],
  [{ type: 'pem', name: 'p' }, 'Path is required.'],
  [{ type: 'nginx', name: 'n', port: 70000 }, 'Port must be between 1 and 65535.'],
  [{ type: 'nginx', name: 'n', port: 22.5 }, 'Port must be a whole number between 1 and 65535.'],
  [{ type: 'nginx', name: 'n', x: 1, y: 2 }, 'There is no option "x". There is no option "y".'],
])('the catalog says itself what is wrong with %j', (input, expected) => {
  expect(sentence(endpointInput, input)).toBe(expected);
});

test('a complaint that names no field gets the name of its field', () => {
  expect(sentence(request, {})).toBe('"node" is required.');
  expect(sentence(request, { node: 'n', days: 0 })).toBe('"days" must be at least 1.');
  expect(sentence(request, { node: 'n', key_type: 'rsa-1' })).toMatch(
    /^"key_type" must be one of: rsa-2048, /,
  );
});

test.each([
  ['proxy.set', { confirm: 5 }, 'A trial must take 10 to 3600 seconds.'],
  ['proxy.set', { confirm: 3601 }, 'A trial must take 10 to 3600 seconds.'],
  ['proxy.set', { confirm: 10.5 }, '"confirm" must be a whole number.'],
  ['proxy.set', { try_first: 'maybe' }, '"try_first" must be true or false.'],
  ['proxy.test', { url: 'x'.repeat(2049) }, '"url" must be at most 2048 characters long.'],
  ['credentials.get', { storename: 's', id: '' }, '"id" must not be empty.'],
  ['credentials.list', { storename: 's', limit: 0 }, '"limit" must be at least 1.'],
  ['credentials.list', { storename: 's', limit: 'ten' }, '"limit" must be a number.'],
  ['credentials.list', { storename: 's', after: 3 }, '"after" must be text.'],
  ['secrets.recover', { recovery_key: '' }, '"recovery_key" must not be empty.'],
])('%s says in plain words what is wrong with %j', (path, input, expected) => {
  const [noun = '', verb = ''] = path.split('.');
  const procedure = Reflect.get(Reflect.get(contract, noun) as object, verb) as {
    '~orpc': { inputSchema: { safeParse(input: unknown): unknown } };
  };
  expect(sentence(procedure['~orpc'].inputSchema, input)).toBe(expected);
});

test('at most three complaints are told, and no value is repeated', () => {
  const said = sentence(endpointInput, {
    type: 'nginx',
    name: 'SECRET'.repeat(20),
    port: 0,
    host: '',
    user: '',
    store: '',
  });
  expect(said).toMatch(/\(and 2 more\)$/);
  expect(said).not.toContain('SECRET');
});
