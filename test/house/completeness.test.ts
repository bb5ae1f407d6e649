import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contract } from '#shared/contract/index.ts';
import { cliCommands } from '../../electron/cli/from-contract.ts';
import { isPrinted } from '../../electron/cli/print/index.ts';
import { makeRouter } from '../../electron/commands/index.ts';
import type { CommandTools } from '../../electron/commands/tools.ts';
import { filesLike, read, sources } from './sources.ts';

const commands = Object.entries(contract).flatMap(([noun, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]) => ({ noun, verb, meta: procedure['~orpc'].meta })),
);

describe('every command of the contract', () => {
  test('has a handler', () => {
    const router = makeRouter({} as CommandTools); // handlers take their tools when they are called
    const handled = (noun: string, verb: string): unknown => {
      const procedure: unknown = Reflect.get(Reflect.get(router, noun) ?? {}, verb);
      return Reflect.get(Object(procedure), '~orpc')?.handler;
    };
    expect(commands.length).toBeGreaterThan(40);
    expect(commands.filter(({ noun, verb }) => typeof handled(noun, verb) !== 'function')).toEqual([]);
  });

  test('says in one sentence what it does, and whether it changes anything', () => {
    const named = commands.filter(({ meta }) => meta.cli !== undefined);
    expect(named.filter(({ meta }) => !/^[A-Z][^.]*.*[.)]$/s.test(meta.help ?? ''))).toEqual([]);
  });

  test('is drawn for people, when the command line has words for it', () => {
    expect(cliCommands().filter(({ path }) => !isPrinted(path))).toEqual([]);
  });
});

describe('papers', () => {
  const rooms = new Set(
    sources.flatMap((file) => {
      const [top = '', room = '', family = '', rest] = file.split('/');
      if (top === 'shared') return [top];
      if (family === '') return []; // an entry
      if (room === 'providers') return rest === undefined ? [] : [`${top}/${room}/${family}`];
      return [`${top}/${room}`];
    }),
  );

  test.each([...rooms].toSorted())('%s has a short README under the four heads', (room) => {
    expect(filesLike(`${room}/README.md`)).toEqual([`${room}/README.md`]);
    const text = read(`${room}/README.md`);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    const heads = [...text.matchAll(/^\*\*([A-Z][a-z ]+)/gm)].map((match) => match[1]);
    expect(heads).toEqual(['Lives here', 'Does not', 'Add one', 'Who may call']);
  });

  test('names of files in the READMEs of rooms are those of files', () => {
    const wrong = [...rooms].flatMap((room) =>
      [...read(`${room}/README.md`).matchAll(/`([a-z0-9/-]+\.tsx?)`/g)]
        .map((match) => match[1] ?? '')
        .filter((name) => filesLike(`{${room}/**/,${room}/,electron/,renderer/,}${name}`).length === 0)
        .map((name) => `${room}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  const decisions = filesLike('docs/decisions/*.md').toSorted();

  test('every decision has a number of its own', () => {
    const numbers = decisions.map((file) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]));
    expect(numbers).toEqual([...new Set(numbers)].filter((number) => number > 0));
  });

  test.each(decisions)('%s has a heading, four parts and at most 20 lines', (file) => {
    const text = read(file);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    expect(text).toMatch(new RegExp(`^# ${Number(/\d{4}/.exec(file)?.[0])}\\. [^\\n]+\\n`));
    const parts = [...text.matchAll(/^\*\*([A-Z][a-z]+)\.\*\* /gm)].map((match) => match[1]);
    expect(parts).toEqual(['Context', 'Choice', 'Alternatives', 'Consequences']);
  });
});

describe('files', () => {
  test('of the product have at most 250 lines', () => {
    expect(sources.filter((file) => read(file).trimEnd().split('\n').length > 250)).toEqual([]);
  });

  test('of migrations are numbered one after another, and each is carried out', () => {
    const files = filesLike('electron/database/migrations/*.ts').toSorted();
    const numbers = files.map((file) => /\/(\d{4})-[a-z0-9-]+\.ts$/.exec(file)?.[1]);
    expect(numbers).toEqual(files.map((_, index) => String(index + 1).padStart(4, '0')));
    const runner = read('electron/database/migrate.ts');
    for (const file of files) expect(runner).toContain(`./migrations/${file.split('/').at(-1)}`);
  });

  test('of tests stand under one of the five kinds', () => {
    const kinds = /^test\/(unit|integration|conformance|security|e2e|house)\//;
    expect(filesLike('test/**/*.test.{ts,tsx}').filter((file) => !kinds.test(file))).toEqual([]);
  });

  test('of unit tests stand where their room is in the tree', () => {
    const rooms = new Set(filesLike('test/unit/**/*.test.{ts,tsx}').map((file) => dirname(file).slice(10)));
    const stray = [...rooms].filter((room) => filesLike(`{electron/,}${room}/`).length === 0);
    expect(stray).toEqual([]);
  });
});
