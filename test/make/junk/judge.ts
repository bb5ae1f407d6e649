import { failureData } from '#shared/failure.ts';
import { failureOf } from '../../../electron/transport/client.ts';
import { plantedSecret } from './world.ts';

export type Answer = { output: unknown } | { thrown: unknown } | 'none';

/** The command whose answer is a secret. */
const reveals = new Set(['credentials.reveal']);

/** What is wrong with an answer; null: nothing. */
export function wrongWith(path: string, answer: Answer): string | null {
  if (answer === 'none') return 'no answer in time';
  if ('output' in answer)
    return !reveals.has(path) && shown(answer.output).includes(plantedSecret)
      ? 'an answer with a secret'
      : null;
  const failure = failureOf(answer.thrown);
  const seen = shown({ data: failure.toData(), thrown: answer.thrown }); // an error writes itself as it goes over a line
  if (failure.code === 'internal') return 'an error that is no failure';
  if (!failureData.safeParse(failure.toData()).success) return 'a failure of another form';
  if (failure.message.length > 3000) return 'a sentence of more than 3,000 characters';
  if (/\\n\s+at |node_modules|\/electron\/|SqliteError|ZodError/.test(seen))
    return 'a failure that shows code';
  return seen.includes(plantedSecret) ? 'a failure with a secret' : null;
}

/** As text, whatever it is: JSON leaves out what decides here. */
export function shown(value: unknown): string {
  return (
    JSON.stringify(value, (_key, one: unknown) => {
      if (typeof one === 'bigint') return `${one}n`;
      if (one === undefined) return '(undefined)';
      if (typeof one === 'number' && !Number.isFinite(one)) return `(${one})`;
      if (one instanceof Map || one instanceof Set) return `(${one.constructor.name})`;
      return one;
    }) ?? ''
  );
}
