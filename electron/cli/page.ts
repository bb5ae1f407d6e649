import { exitCodes, exitCodeWords } from './exit-codes.ts';
import { commandHelp, overviewHelp } from './help.ts';
import type { CliCommand } from './model.ts';

/** docs/cli.md, made from what the command line itself knows. */
export function cliPage(commands: readonly CliCommand[]): string {
  const codes = Object.entries(exitCodes).map(
    ([name, code]) => `| ${code} | ${exitCodeWords[name as keyof typeof exitCodes]} |`,
  );
  const sections = commands.flatMap((command) => [
    ...section(command, null),
    ...Object.keys(command.variants?.fields ?? {}).flatMap((variant) => section(command, variant)),
  ]);
  return [
    '# The command line',
    '',
    'This page is printed by `trustkeep help --markdown`; a test holds it to that.',
    '',
    '## Exit codes',
    '',
    '| code | means |',
    '|---|---|',
    ...codes,
    '',
    '## Commands',
    '',
    ...fenced(overviewHelp(commands)),
    ...sections,
  ].join('\n');
}

function section(command: CliCommand, variant: string | null): string[] {
  const words = [...command.words, ...(variant === null ? [] : [variant])].join(' ');
  return [`### ${words}`, '', ...fenced(commandHelp(command, variant))];
}

function fenced(lines: readonly string[]): string[] {
  return ['```text', ...lines, '```', ''];
}
