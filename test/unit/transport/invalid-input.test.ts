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
  [{ type: 'nginx', name: '' }, 'Name must be between 1 and 32 characters long.'],
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
  expect(sentence(request, { node: 'n', days: 0 })).toMatch(/^"days" is not valid: /);
  expect(sentence(request, { node: 'n', key_type: 'rsa-1' })).toMatch(
    /^"key_type" is not valid: expected one of/,
  );
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
