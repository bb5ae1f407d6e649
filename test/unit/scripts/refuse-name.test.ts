import { expect, test } from 'vitest';
import { connectionFiles } from '../../../scripts/new/connection.ts';
import { inTable, namesOf, withoutEntry } from '../../../scripts/new/family.ts';
import { refuseName } from '../../../scripts/new/refuse-name.ts';

const table = "import { table } from '../definition.ts';\nexport const catalog = table({ local });\n";

/** As the command asks for a connection of that name. */
function refuse(id: string): void {
  const names = namesOf(id);
  refuseName(id, names.value, {
    'definition.ts': connectionFiles.definition(names),
    'adapter.ts': connectionFiles.adapter(names),
    'provider.ts': connectionFiles.provider(names),
    'index.ts': inTable(table, names, `./${id}.ts`),
  });
}

test.each([
  ['switch', /cannot be used in definition\.ts: .*reserved word/],
  ['await', /cannot be used in definition\.ts/],
  ['text', /definition\.ts has the name text already/],
  ['settings', /definition\.ts has the name settings already/],
  ['posix', /adapter\.ts has the name PosixHost already/],
  ['table', /index\.ts has the name table already/],
  ['undefined', /undefined is a name of JavaScript/],
  ['global-this', /globalThis is a name of JavaScript/],
])('%s cannot be the name of a connection', (id, because) => {
  expect(() => refuse(id)).toThrow(because);
});

test.each(['ssh_windows', 'winrm_https_insecure', 'rest', 'docker', 'demo-2'])('%s can be', (id) => {
  expect(() => refuse(id)).not.toThrow();
});

test('a name with an underscore is written as one with a dash, and only its own entry leaves a list', () => {
  expect(namesOf('winrm_http')).toEqual({ id: 'winrm_http', value: 'winrmHttp', type: 'WinrmHttp' });
  const list =
    "const a = [\n  { id: 'rest', kind: 1 },\n  {\n    id: 'rest_insecure',\n    kind: 1,\n  },\n];\n";
  expect(withoutEntry(list, 'rest')).toBe(
    "const a = [\n  {\n    id: 'rest_insecure',\n    kind: 1,\n  },\n];\n",
  );
  expect(withoutEntry(list, 'rest_insecure')).toBe("const a = [\n  { id: 'rest', kind: 1 },\n];\n");
  expect(withoutEntry(list, 'other')).toBe(list);
});
