import { describe, expect, test } from 'vitest';
import { readHostFacts, trickyText } from '../../../../../electron/providers/connections/ssh/host-facts.ts';

describe('what hosts answer when they are looked at', () => {
  const look = (lines: string[]) => `${lines.join('\n')}\necho=${trickyText}`;
  const good = ['uid=1000', 'os=Linux', 'stat=gnu', 'sum=sha256sum', 'sudo=/usr/bin/sudo', 'sudoer=free'];
  test('describes the host', () => {
    expect(readHostFacts(look(good), 'web1', 'deploy')).toEqual({
      uid: 1000,
      os: 'Linux',
      tools: { stat: 'gnu', sum: 'sha256sum' },
      sudo: '/usr/bin/sudo',
      sudoer: 'free',
    });
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
