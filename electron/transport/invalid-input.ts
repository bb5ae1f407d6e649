import { Failure } from '#shared/failure.ts';

/** As much of a schema's complaint as is needed here (Standard Schema, with zod's extras when there are any). */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
  readonly keys?: readonly string[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly expected?: string;
  readonly values?: readonly unknown[];
}

/** Sentences that are zod's own and do not name the field. The catalog's sentences do. */
const nameless = /^(Invalid|Too small|Too big|Unrecognized)/;

/** `input.invalid`, whose sentence is made of what each field says about itself (at most three). */
export function invalidInput(issues: readonly Issue[], input: unknown): Failure {
  const sentences = [...new Set(issues.map((issue) => sentenceOf(issue, input)))];
  const more = sentences.length > 3 ? ` (and ${sentences.length - 3} more)` : '';
  return new Failure('input.invalid', `${sentences.slice(0, 3).join(' ')}${more}`, {
    hint: 'Correct the values named and try again.',
    retry: 'never',
  });
}

function sentenceOf(issue: Issue, input: unknown): string {
  const keys = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  const name = keys.join('.');
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => `There is no option "${key}".`).join(' ');
  }
  if (keys.length > 0 && valueAt(input, keys) === undefined) {
    const label = nameless.test(issue.message) ? `"${name}"` : issue.message.replace(/ must be .*$/s, '');
    return `${label} is required.`;
  }
  if (!nameless.test(issue.message)) return issue.message;
  return `${name === '' ? 'The input' : `"${name}"`} ${complaint(issue)}.`;
}

/** The schema's own complaint in words for people; what has none is said without its words. */
function complaint({ code, origin, minimum, maximum, expected, values }: Issue): string {
  const long = origin === 'string' ? ' characters long' : origin === 'array' ? ' entries long' : '';
  if (code === 'too_small' && long !== '' && Number(minimum) === 1) return 'must not be empty';
  if (code === 'too_small') return `must be at least ${minimum}${long}`;
  if (code === 'too_big') return `must be at most ${maximum}${long}`;
  if (code === 'invalid_value') return `must be one of: ${(values ?? []).join(', ')}`;
  const kind = code === 'invalid_type' ? kinds[expected ?? ''] : undefined;
  return kind === undefined ? 'is not valid' : `must be ${kind}`;
}

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};

function valueAt(input: unknown, keys: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
