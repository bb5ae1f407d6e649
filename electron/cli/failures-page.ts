import type { CodeFacts, RetryClass } from '#shared/failure-codes/code.ts';
import { failureChapters } from '#shared/failure-codes.ts';
import { codeOfFailure } from './exit-codes.ts';

const retryWords: Record<RetryClass, string> = {
  never: 'no',
  later: 'automatically',
  after: 'automatically, at a given time',
  'needs-person': 'after a change',
};

/** docs/failures.md, made from the list of codes. */
export function failuresPage(): string {
  return [
    '# Failures',
    '',
    'This page is printed by `trustkeep help --markdown failures`; a test holds it to that.',
    '',
    'Every failure has a code that stays the same. With `--json` it is in `code`, beside the sentence, the hint that says what to do,',
    'and `retry`. *Try again* shows what usually holds: *automatically* means that it may succeed later without any change, and that',
    'tasks do try again; *after a change* means that someone has to change something first. A failure knows better in some',
    'situations, so read its own `retry` (`later`, `after`, `needs-person`, `never`). *Exit* is the exit code of a command that fails',
    'so ([cli.md](cli.md) says what each means); of a task that was waited for, it says how the task ended instead. An agent of another',
    'version may know other codes.',
    ...Object.entries(failureChapters).flatMap(([title, codes]) => chapter(title, codes)),
    '',
  ].join('\n');
}

function chapter(title: string, codes: Readonly<Record<string, CodeFacts>>): string[] {
  const rows = Object.entries(codes).map(
    ([code, { about, retry, means }]) =>
      `| \`${code}\` | ${means} | ${aboutWords(about)} | ${retryWords[retry]} | ${codeOfFailure({ code, about, retry })} |`,
  );
  return [
    '',
    `## ${title}`,
    '',
    '| code | means | about | try again | exit |',
    '|---|---|---|---|---|',
    ...rows,
  ];
}

const aboutWords = (about: CodeFacts['about']): string => (about === 'other' ? '' : `\`${about}\``);
