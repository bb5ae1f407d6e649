import { describe, expect, test } from 'vitest';
import { cli } from '#test/make/cli.ts';
import { readFlags } from '../../../electron/cli/flags.ts';
import { cliCommands } from '../../../electron/cli/from-contract.ts';
import { fieldsFor } from '../../../electron/cli/invocation.ts';
import type { CliCommand, CliField } from '../../../electron/cli/model.ts';
import { isPrinted } from '../../../electron/cli/print/index.ts';

const commands = cliCommands();

/** Every command, and each of its variants. */
const forms = commands.flatMap((command): [string, CliCommand, string | null][] => {
  const words = command.words.join(' ');
  const variants = Object.keys(command.variants?.fields ?? {});
  return variants.length === 0
    ? [[words, command, null]]
    : variants.map((variant) => [`${words} ${variant}`, command, variant]);
});

const flags = forms.flatMap(([words, command, variant]) =>
  fieldsFor(command, variant).map((field): [string, CliField, readonly CliField[]] => [
    `${words} --${field.name}`,
    field,
    fieldsFor(command, variant),
  ]),
);

test('the command line has commands for all that the contract names', () => {
  expect(commands.length).toBeGreaterThan(40);
  const words = commands.map((command) => command.words.join(' '));
  expect(new Set(words).size).toBe(words.length);
});

test('what changes any sibling offers the choices of every one of them', () => {
  const add = commands.find(({ words }) => words.join(' ') === 'tls add');
  const update = commands.find(({ words }) => words.join(' ') === 'tls update');
  const choicesIn = (fields: readonly CliField[]) =>
    fields.find(({ name }) => name === 'connection_type')?.choices ?? [];
  const each = Object.values(add?.variants?.fields ?? {}).flatMap(choicesIn);
  expect(each.length).toBeGreaterThan(2);
  expect(new Set(choicesIn(update?.updateFields ?? update?.fields ?? []))).toEqual(new Set(each));
});

describe('help', () => {
  test.each(forms)('of "%s" names every option with a sentence', async (words, command, variant) => {
    const { code, stdout } = await cli(['help', ...words.split(' ')]);
    expect(code).toBe(0);
    expect(stdout).toContain(command.help);
    expect(stdout).toContain(`Usage: trustkeep ${words}`);
    for (const field of fieldsFor(command, variant)) {
      expect(field.help, `${words} --${field.name}`).toMatch(/[.)]$/);
      expect(stdout).toContain(field.help);
    }
  });

  test.each(forms)('is what "%s --help" prints, and nothing is done', async (words) => {
    const asked = await cli([...words.split(' '), '--help']);
    expect(asked.stdout).toBe((await cli(['help', ...words.split(' ')])).stdout);
    expect(asked.own).toEqual([]);
  });
});

test.each(forms)('"%s" is drawn for people', (_words, command) => {
  expect(isPrinted(command.path)).toBe(true);
});

describe('every flag', () => {
  const value: Record<CliField['kind'], [string, unknown]> = {
    text: ['some text', 'some text'],
    path: ['/a path/x', '/a path/x'],
    secret: ['-hunter2', '-hunter2'],
    number: ['42', 42],
    boolean: ['true', true],
    choice: ['', ''],
    lines: ['a, b', ['a', 'b']],
  };

  test.each(flags)('%s is read in all its spellings', (_name, field, fields) => {
    const [first] = field.choices ?? [];
    const [typed, meant] = field.kind === 'choice' ? [first ?? '', first] : value[field.kind];
    const hyphens = field.name.replaceAll('_', '-');
    for (const args of [
      [`--${field.name}`, typed],
      [`--${hyphens}`, typed],
      [`-${field.name}`, typed],
      [`--${field.name}=${typed}`],
      [`--${hyphens}=${typed}`],
    ]) {
      const read = readFlags(args, fields, 'test');
      if (field.name === 'clear') expect(read.cleared).toEqual(meant);
      else expect(read.values).toEqual({ [field.name]: meant });
      expect(read.words).toEqual([]);
    }
  });

  test.each(flags.filter(([, { kind }]) => kind === 'secret'))(
    '%s can come from elsewhere',
    (_name, field, fields) => {
      const read = (...args: string[]) =>
        readFlags(args, fields, 'test').sources.map(({ from, path }) => [from, path]);
      expect(read(`--${field.name}-stdin`)).toEqual([['stdin', undefined]]);
      expect(read(`--${field.name}_file`, '/p')).toEqual([['file', '/p']]);
      expect(read(`--${field.name}-file=/p`)).toEqual([['file', '/p']]);
      expect(read(`--${field.name}-prompt`)).toEqual([['prompt', undefined]]);
    },
  );

  test.each(flags.filter(([, { kind }]) => kind !== 'boolean'))(
    '%s without a value is one sentence',
    (_name, field, fields) => {
      expect(() => readFlags([`--${field.name}`], fields, 'test')).toThrow(`--${field.name} needs a value.`);
    },
  );
});
