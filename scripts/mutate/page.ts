import type { Judged } from './judge.ts';

/** docs/mutations.md. */
export function page(judged: readonly Judged[]): string {
  const count = (kind: string): number => judged.filter(({ verdict }) => verdict.kind === kind).length;
  return `# Mutations

Written by \`npm run mutate\` on ${new Date().toISOString().slice(0, 10)}; no line here is typed by hand. Each row is a fault that was put into a copy
of the tree, alone, and the first test that failed with it. The set is in \`scripts/mutate/set/\`.

${judged.length} mutations: ${count('killed')} found by a test, ${count('survived') + count('no-test')} survived, ${count('equivalent')} equivalent (the reason stands in their row).

| file | fault | found by |
|---|---|---|
${judged.map(row).join('\n')}
`;
}

function row({ mutation, verdict }: Judged): string {
  return `| ${mutation.file} | ${cell(mutation.breaks)} | ${cell(said(mutation, verdict))} |`;
}

function said(mutation: Judged['mutation'], verdict: Judged['verdict']): string {
  switch (verdict.kind) {
    case 'killed':
      return verdict.by;
    case 'equivalent':
      return `equivalent: ${mutation.equivalent ?? ''}`;
    default:
      return '**survived**';
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
