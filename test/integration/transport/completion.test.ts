import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { endpointTypes } from '#shared/model/endpoint.ts';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { have } from '#test/servers/available.ts';

let built: Bundle;
beforeAll(async () => {
  built = await quickStarting('electron/cli.ts');
});
afterAll(() => built.remove());

const program = () => `'${process.execPath}' '${built.path}'`;

/** What the shell prints that runs these lines, with `trustkeep` being the program of this checkout. */
async function said(shell: string, flags: string[], define: string, lines: string): Promise<string[]> {
  const result = await exec({ argv: [shell, ...flags, '-c', `${define}\n${lines}`], timeoutMs: 120_000 });
  expect(result.stderr.toString()).toBe('');
  return result.stdout.toString().trim().split('\n');
}

const posix = () => `trustkeep() { ${program()} "$@"; }`;

describe.skipIf(process.platform === 'win32')('the completion script', () => {
  test.runIf(have('bash'))('completes in bash, a value after "=" too', async () => {
    const at = (words: string, place: number) =>
      `COMP_WORDS=(${words}); COMP_CWORD=${place}; _trustkeep; echo "\${COMPREPLY[@]}"`;
    const lines = await said(
      'bash',
      ['--norc'],
      posix(),
      `source <(trustkeep completion bash)
       ${at('trustkeep tls ad', 2)}
       ${at("trustkeep tls add ''", 3)}
       ${at('trustkeep tls add nginx --connection_type = s', 6)}
       complete -p trustkeep`,
    );
    expect(lines).toEqual([
      'add',
      endpointTypes.join(' '),
      'ssh',
      'complete -o default -o nosort -F _trustkeep trustkeep',
    ]);
  });

  test.runIf(have('zsh'))('completes in zsh, and says what each word means', async () => {
    const lines = await said(
      'zsh',
      ['-f'],
      posix(),
      `compdef() { echo compdef $@; }
       _describe() { echo "\${(P)@[-1]}"; }
       _files() { echo files; }
       source <(trustkeep completion zsh)
       words=(trustkeep backup c); CURRENT=3; _trustkeep
       words=(trustkeep backup create ''); CURRENT=4; _trustkeep`,
    );
    expect(lines).toEqual([
      'compdef _trustkeep trustkeep',
      'create:Write everything, including secrets, to one encrypted file.',
      'files',
    ]);
  });

  test.runIf(have('fish'))('completes in fish', async () => {
    const define = `function trustkeep; ${program()} $argv; end`;
    const lines = await said(
      'fish',
      ['--no-config'],
      define,
      `trustkeep completion fish | source
       complete -C 'trustkeep backup '
       complete -C 'trustkeep tls add nginx --connection_type s'`,
    );
    expect(lines).toEqual([
      'create\tWrite everything, including secrets, to one encrypted file.',
      'restore\tReplace the database with a backup, on this machine or another.',
      'ssh',
    ]);
  });
});
