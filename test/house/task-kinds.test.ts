import { expect, test } from 'vitest';
import { type TaskKind, taskKind } from '#shared/model/task.ts';
import { inside, read, sources, withoutComments } from './sources.ts';

/** Where the same word is the name of something else, and of what. */
const namesakes: readonly { place: string; kinds: readonly TaskKind[]; because: string }[] = [
  { place: 'electron/agent/steps', kinds: ['discover', 'restart'], because: 'the step of that name' },
  {
    place: 'electron/providers/endpoints',
    kinds: ['restart'],
    because: "which of the user's scripts is run",
  },
  {
    place: 'renderer/screens/endpoints/more-actions.tsx',
    kinds: ['restart'],
    because: 'which dialog is open',
  },
];

const isHome = (file: string, kind: TaskKind): boolean =>
  file === 'shared/model/task.ts' || file.endsWith(`/${kind}-kind.ts`);

const found = taskKind.options.flatMap((kind) =>
  sources
    .filter((file) => !isHome(file, kind) && withoutComments(read(file)).includes(`'${kind}'`))
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
