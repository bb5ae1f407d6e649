import { describe, expect, test } from 'vitest';
import { rename, run } from '../../../../../electron/providers/connections/common/posix.ts';
import { readHostFacts, trickyText } from '../../../../../electron/providers/connections/ssh/host-facts.ts';

describe('what hosts answer when they are looked at', () => {
  const look = (lines: string[]) => `${lines.join('\n')}\necho=${trickyText}`;
  const good = ['uid=1000', 'os=Linux', 'stat=gnu', 'sum=sha256sum', 'sudo=/usr/bin/sudo', 'sudoer=free'];
  test('describes the host', () => {
    expect(readHostFacts(look(good), 'web1', 'deploy')).toEqual({
      uid: 1000,
      os: 'Linux',
      tools: { stat: 'gnu', sum: 'sha256sum', timeout: false, exactMove: false, syncsFiles: false },
      sudo: '/usr/bin/sudo',
      sudoer: 'free',
    });
  });
  test('knows whether it moves a file onto a place, and never into one', () => {
    const { tools } = readHostFacts(look([...good, 'mv=exact']), 'web1', 'deploy');
    expect(rename(tools)).toContain('mv -fT -- "$1" "$2" || exit');
    expect(rename({ ...tools, exactMove: false })).toContain('[ ! -d "$2" ]');
  });
  test('knows with what it shows rights, and whether it flushes one file', () => {
    const tools = (line: string) => readHostFacts(look([...good, line]), 'web1', 'deploy').tools;
    expect([tools('beside=getfattr').beside, tools('beside=ls').beside]).toEqual(['getfattr', 'ls']);
    expect([tools('beside=else').beside, tools('sync=files').syncsFiles]).toEqual([undefined, true]);
  });
  test('knows whether it ends programs in time', () => {
    const { tools } = readHostFacts(look([...good, 'timeout=yes']), 'web1', 'deploy');
    expect(tools).toMatchObject({ timeout: true });
    expect(run(tools, 60_000)).toBe('exec timeout -s KILL 62 "$@"');
    expect(run({ ...tools, timeout: false }, 60_000)).toBe('exec "$@"');
  });
  test('names the programs that are missing', () => {
    const lines = ['uid=0', 'os=Linux', 'stat=gnu', 'missing=dd', 'missing=head'];
    expect(() => readHostFacts(look(lines), 'web1', 'root')).toThrow(
      'web1 lacks programs that Trustkeep needs: dd, head, sha256sum (or openssl).',
    );
  });
  test('shows an interpreter that spoils quotes', () => {
    const spoiled = look(good).replace('\\', '');
    expect(() => readHostFacts(spoiled, 'web1', 'deploy')).toThrow('does not give user deploy a POSIX');
  });
});
