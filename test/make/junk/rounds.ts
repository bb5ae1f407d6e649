import type { z } from 'zod';
import { contract } from '#shared/contract/index.ts';
import type { Chance } from '../random.ts';
import { breakValue } from './break-value.ts';
import { fitting } from './from-schema.ts';
import { type Answer, shown, wrongWith } from './judge.ts';
import { oddValue } from './odd-values.ts';
import { type JunkWorld, plantedSecret } from './world.ts';

interface Procedure {
  /** `endpoints.add`. */
  path: string;
  schema: z.core.$ZodType;
}

/** Every procedure of the contract, read from it. */
export const procedures: readonly Procedure[] = Object.entries(contract).flatMap(([noun, verbs]) =>
  Object.entries(verbs as Record<string, { '~orpc': { inputSchema?: unknown } }>).map(
    ([verb, procedure]) => ({
      path: `${noun}.${verb}`,
      schema: procedure['~orpc'].inputSchema as z.core.$ZodType,
    }),
  ),
);

/** Counts what happened, and keeps what must not be. */
interface Notes {
  count(what: string): void;
  found(kind: string, detail: string): void;
}

/** Longer than anything a command waits for where everything is refused without delay. */
const patienceMs = 60_000;
/** More of an input is not told. */
const longestTold = 600;

/** Calls one procedure with junk made for it, and notes how it answered. */
export async function junkRound(
  world: JunkWorld,
  procedure: Procedure,
  chance: Chance,
  notes: Notes,
): Promise<void> {
  const { path } = procedure;
  const input = makeInput(procedure, chance, world);
  const origin = chance.pick(['cli', 'cli', 'cli', 'gui', 'server'] as const);
  const answer = await answerTo(world.callAs(origin), path, input);
  const told = (): string => `${path} as ${origin}, ${shown(input).slice(0, longestTold)}: ${sayOf(answer)}`;
  const wrong = wrongWith(path, answer);
  if (wrong !== null) notes.found(`${path}: ${wrong}`, told());
  for (const line of world.errors())
    notes.found(`${path}: an error in the log`, `${line.slice(0, 600)}, ${told()}`);
  if (({} as { polluted?: boolean }).polluted !== undefined)
    notes.found(`${path}: every object was changed`, told());
  notes.count(answer !== 'none' && 'output' in answer ? 'junk: answered' : 'junk: refused');
}

function makeInput({ path, schema }: Procedure, chance: Chance, world: JunkWorld): unknown {
  switch (chance.int(10)) {
    case 0:
      return oddValue(chance);
    case 1:
    case 2:
    case 3:
      return fitting(schema, { path, name: '' }, chance, world.words);
    default:
      return breakValue(fitting(schema, { path, name: '' }, chance, world.words), chance);
  }
}

async function answerTo(call: object, path: string, input: unknown): Promise<Answer> {
  const [noun = '', verb = ''] = path.split('.');
  const procedure = Reflect.get(Reflect.get(call, noun) as object, verb) as (
    given: unknown,
  ) => Promise<unknown>;
  const clock = new AbortController();
  const answered = procedure(input).then(
    async (output): Promise<Answer> => ({ output: await firstOf(output) }),
    (thrown: unknown): Answer => ({ thrown }),
  );
  const late = new Promise<Answer>((resolve) => {
    const timer = setTimeout(() => resolve('none'), patienceMs);
    clock.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  return Promise.race([answered, late]).finally(() => clock.abort());
}

/** Of a stream its first event; then it is left. */
async function firstOf(output: unknown): Promise<unknown> {
  if (typeof output !== 'object' || output === null || !(Symbol.asyncIterator in output)) return output;
  const stream = (output as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const { value } = (await stream.next()) as { value: unknown };
  await stream.return?.();
  return value;
}

function sayOf(answer: Answer): string {
  if (answer === 'none') return 'nothing';
  if ('output' in answer) return 'an answer';
  const { thrown } = answer;
  return thrown instanceof Error
    ? `${thrown.message.slice(0, 300)} ${shown(Reflect.get(thrown, 'data')).slice(0, 300)}`
    : String(thrown);
}

/** What must hold after many rounds: the agent answers, no task ended with an error that is no failure, nothing secret is in the audit. */
export async function checkAfter(world: JunkWorld, notes: Notes): Promise<void> {
  const call = world.callAs('cli');
  const { firstBad } = await call.audit.verify({});
  if (firstBad !== null) notes.found('junk: the audit chain is broken', firstBad.sentence);
  const { database } = world.agent;
  if (shown(database.audit.list(undefined, 1000)).includes(plantedSecret))
    notes.found('junk: a secret in the audit', 'one of the last 1,000 entries');
  for (const task of database.tasks.list({ limit: 1000 })) {
    const said = shown(task);
    if (said.includes('"code":"internal"'))
      notes.found('junk: a task with an error that is no failure', said.slice(0, 1500));
    if (said.includes(plantedSecret)) notes.found('junk: a task with a secret', task.id);
  }
  await call.agent.status({});
}
