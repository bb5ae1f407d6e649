import { expect, test } from 'vitest';
import { contract } from '#shared/contract/index.ts';
import { type TaskKind, taskKind } from '#shared/model/task.ts';
import { inside, sources } from './sources.ts';
import { type Written, writtenIn } from './written.ts';

/** Where the same word is the name of something else, and of what. */
const namesakes: readonly { place: string; kinds: readonly TaskKind[]; because: string }[] = [
  { place: 'electron/agent/steps', kinds: ['discover', 'restart'], because: 'the step of that name' },
  { place: 'electron/service', kinds: ['restart'], because: 'what a service manager is asked for' },
  { place: 'electron/cli/service.ts', kinds: ['restart'], because: 'what a service manager is asked for' },
  {
    place: 'electron/providers/endpoints/tomcat/ways.ts',
    kinds: ['restart'],
    because: 'what a service manager is asked for',
  },
  {
    place: 'renderer/screens/endpoints/more-actions.tsx',
    kinds: ['restart'],
    because: 'which dialog is open',
  },
  {
    place: 'renderer/frame/palette/items.ts',
    kinds: ['discover'],
    because: 'the verb that a person types',
  },
];

const isHome = (file: string, kind: TaskKind): boolean =>
  file === 'shared/model/task.ts' || file.endsWith(`/${kind}-kind.ts`);

/** As a key it may be what a command is called. */
const verbs = Object.values(contract).flatMap((noun) => Object.keys(noun));

function names({ text, as }: Written, kind: TaskKind): boolean {
  if (as === 'key') return text === kind && !verbs.includes(kind);
  return as === 'pattern' ? new RegExp(`\\b${kind}\\b`).test(text) : text === kind;
}

const written = new Map(sources.map((file) => [file, writtenIn(file)]));
const found = taskKind.options.flatMap((kind) =>
  sources
    .filter((file) => !isHome(file, kind) && (written.get(file) ?? []).some((one) => names(one, kind)))
    .map((file) => ({ file, kind })),
);
const excuses = ({ file, kind }: (typeof found)[number]) =>
  namesakes.filter(({ place, kinds }) => kinds.includes(kind) && (file === place || inside(file, place)));

test('the name of a kind of task stands in its own definition and in the table, and nowhere else', () => {
  expect(found.filter((one) => excuses(one).length === 0)).toEqual([]);
  const used = new Set(found.flatMap(excuses));
  expect(namesakes.filter((one) => !used.has(one))).toEqual([]);
});

test('every kind of task has its definition', () => {
  for (const kind of taskKind.options)
    expect(sources.filter((file) => file.endsWith(`/${kind}-kind.ts`))).toHaveLength(1);
});

test('a kind is seen as a text in any quotes, in a pattern and as the key of a table', () => {
  const seen = (source: string) => writtenIn('a.ts', source).some((one) => names(one, 'certify'));
  expect(
    ["'certify'", '"certify"', '`certify`', '/^certify$/', 'a = { certify: 1 }'].map(seen),
  ).not.toContain(false);
  expect(["'certifying'", '// certify', 'certify()'].map(seen)).not.toContain(true);
});
