import { expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { shellWord } from '#kit/shell-word.ts';

test('a value without anything special stands bare', () => {
  for (const plain of ['web1', 'trustkeep-store', 'servers/web1', 'Zürich', 'a.b:c@d'])
    expect(shellWord(plain, 'linux')).toBe(plain);
});

test('what holds spaces or signs is quoted as the platform does it', () => {
  expect(shellWord('my store', 'linux')).toBe('"my store"');
  expect(shellWord('my store', 'win32')).toBe('"my store"');
  expect(shellWord('Safe=S1;Object=web1', 'linux')).toBe('"Safe=S1;Object=web1"');
  expect(shellWord('pay $5', 'linux')).toBe("'pay $5'");
  expect(shellWord('say "hi"', 'win32')).toBe('"say ""hi"""');
  expect(shellWord('-v', 'linux')).toBe('"-v"');
});

const odd = ['my store', "O'Neill's $HOME", '`id`', 'a"b', '\\Folder\\web 1', 'two!', 'a;b&c|d', '*', ''];
test.skipIf(process.platform === 'win32').each(odd)('a shell reads %j back as it was', async (value) => {
  const { stdout } = await exec({
    argv: ['sh', '-c', `printf %s ${shellWord(value, 'linux')}`],
    timeoutMs: 60_000,
  });
  expect(stdout.toString()).toBe(value);
});
