import { describe, expect, it, test } from 'vitest';
import { cli } from '#test/make/cli.ts';
import { candidates } from '../../../electron/cli/completion.ts';
import { completionScripts } from '../../../electron/cli/completion-scripts.ts';
import { examples } from '../../../electron/cli/examples.ts';
import { cliCommands } from '../../../electron/cli/from-contract.ts';
import {
  findCommand,
  missingSentence,
  readInvocation,
  takeGlobals,
} from '../../../electron/cli/invocation.ts';

const commands = cliCommands();
const offered = (line: string) => candidates(commands, line.split(' ')).map(({ word }) => word);

describe('what is offered at the cursor', () => {
  it.each([
    ['', ['tls', 'nodes', 'run', 'completion']],
    ['tl', ['tls']],
    ['tls ', ['add', 'list', 'discover']],
    ['tls add ', ['nginx', 'pem']],
    ['tls add ng', ['nginx']],
    ['tls add nginx --connection_type ', ['local', 'ssh']],
    ['tls add nginx --connection_type=s', ['--connection_type=ssh']],
    ['tls add nginx --connection_type = s', ['ssh']],
    ['tls add nginx --nginx_p', ['--nginx_path', '--nginx_prefix']],
    ['tls add nginx --nginx-p', ['--nginx-path', '--nginx-prefix']],
    ['tls add nginx --passw', ['--password-prompt', '--password-stdin', '--password-file']],
    ['tls list --data-d', ['--data-directory']],
    ['--data-directory /srv tls li', ['list']],
    ['--json authorities account ', ['show', 'update', 'deactivate']],
    ['help tls ad', ['add']],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
  ])('after "%s": %j', (line, expected) => {
    const found = offered(line);
    for (const word of expected) expect(found).toContain(word);
    const partial = line.split(' ').at(-1) ?? '';
    if (!line.includes(' = ')) expect(found.filter((word) => !word.startsWith(partial))).toEqual([]);
  });

  it('is nothing where a value of the person is due, so that a shell offers files', () => {
    expect(offered('tls add nginx --nginx_config_path ')).toEqual([]);
    expect(offered('--data-directory ')).toEqual([]);
  });

  it('never is a secret on the command line', () => {
    expect(offered('tls add nginx --')).not.toContain('--password');
  });

  it('is printed with its meaning, one a line, wherever the cursor is', async () => {
    expect((await cli(['complete', '1', '--', 'backup', ''])).stdout).toBe(
      'create\tWrite everything, including secrets, to one encrypted file.\n' +
        'restore\tReplace the database with a backup, on this machine or another.\n',
    );
    // what a shell drops at the end is still an empty word
    expect((await cli(['complete', '1', '--', 'backup'])).stdout).toContain('restore\t');
    expect((await cli(['complete', '0', '--'])).stdout).toContain('tls\t');
  });
});

test('A script is printed for each shell, and only for those', async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell'])
    expect((await cli(['completion', shell])).stdout).toContain('trustkeep complete ');
  expect(await cli(['completion', 'tcsh'])).toMatchObject({ code: 2 });
  expect((await cli(['completion'])).stderr).toContain('One of: bash, zsh, fish, powershell.');
});

/** No PowerShell can be had where the tests run: its script is held to what `Register-ArgumentCompleter` documents. */
describe('the script for PowerShell', () => {
  const script = completionScripts.powershell;
  const code = script.replace(/^#.*$/gm, '');
  /** Without what is between quotes, where a grave accent escapes the next character. */
  const bare = code.replace(/'[^']*'|"(?:`.|[^"`])*"/g, '""');

  it('registers a completer of a native command by its name', () => {
    expect(code.trim()).toMatch(/^Register-ArgumentCompleter -Native -CommandName trustkeep -ScriptBlock \{/);
  });

  it('takes the three arguments of a native completer, in their order', () => {
    expect(/param\(([^)]*)\)/.exec(code)?.[1]?.split(/,\s*/)).toEqual([
      ...['$wordToComplete', '$commandAst', '$cursorPosition'],
    ]);
  });

  it('gives results of text, list item, kind and tooltip, of which none is ever empty', () => {
    expect(code).toMatch(
      /\[System\.Management\.Automation\.CompletionResult\]::new\(\$word, \$word, 'ParameterValue', \$help\)/,
    );
    expect(code).toContain('if (-not $help) { $help = $word }');
  });

  it('closes what it opens, and uses no variable that it does not set', () => {
    const open: string[] = [];
    for (const sign of bare.match(/[()[\]{}]/g) ?? [])
      if ('([{'.includes(sign)) open.push(sign);
      else expect(open.pop()).toBe({ ')': '(', ']': '[', '}': '{' }[sign]);
    expect(open).toEqual([]);
    const set = new Set(['_', 'null', 'wordToComplete', 'commandAst', 'cursorPosition']);
    for (const [, names = ''] of bare.matchAll(/((?:\$\w+,? *)+)= /g))
      for (const [, name = ''] of names.matchAll(/\$(\w+)/g)) set.add(name);
    const used = [...bare.matchAll(/[$@](\w+)/g)].map(([, name]) => name);
    expect(used.filter((name) => !set.has(name ?? ''))).toEqual([]);
  });

  it('asks for the word at the cursor, which is a new one where none has begun', () => {
    // an empty word at the end is dropped by older ones, so that it is told by its number
    expect(code).toContain('$at = if ($wordToComplete) { $words.Count - 1 } else { $words.Count }');
    expect(code).toContain('trustkeep complete $at -- @words 2>$null');
  });
});

const own = Object.entries(examples).flatMap(([of, lines]) => lines.map((line) => [line, of, null] as const));
const added = commands.flatMap(({ path, words, variants }) =>
  Object.entries(variants?.examples ?? {}).flatMap(([variant, lines]) =>
    lines.map((line) => [[...words, variant, line].join(' '), path, variant] as const),
  ),
);

test.each([...own, ...added])(
  'The example "%s" is a whole command, shown where it belongs',
  async (line, path, variant) => {
    const found = findCommand(commands, takeGlobals(line.split(' ')).rest);
    if (found === null) throw new Error('no such command');
    expect(missingSentence(readInvocation(found.command, found.after))).toBeNull();
    expect(found.command.path).toBe(path);
    const help = await cli(['help', ...found.command.words, ...(variant === null ? [] : [variant])]);
    expect(help.stdout).toContain(`Examples:\n`);
    expect(help.stdout).toContain(`  trustkeep ${line}\n`);
  },
);

test('What is added most has an example', () => expect(added.length).toBeGreaterThan(3));
