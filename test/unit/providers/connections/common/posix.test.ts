import { describe, expect, test } from 'vitest';
import * as posix from '../../../../../electron/providers/connections/common/posix.ts';

const gnu: posix.HostTools = { stat: 'gnu', sum: 'sha256sum' };
const bsd: posix.HostTools = { stat: 'bsd', sum: 'shasum -a 256' };

const all = {
  run: posix.run({ ...gnu, timeout: true }, 60_000),
  stat: posix.stat(gnu),
  read: posix.read(),
  hash: posix.hash(gnu),
  list: posix.list,
  remove: posix.remove,
  rename: posix.rename(gnu),
  'rename exactly': posix.rename({ ...gnu, exactMove: true }),
  write: posix.write(gnu),
  'write exactly': posix.write({ ...gnu, exactMove: true }),
  copy: posix.copy(gnu),
  prepare: posix.prepare(gnu),
  place: posix.place(gnu),
  'place exactly': posix.place({ ...gnu, exactMove: true }),
  removeAll: posix.removeAll,
  removeLeftovers: posix.removeLeftovers,
};

describe('the scripts for POSIX hosts', () => {
  test.each(Object.entries(all))('%s quotes every variable', (_name, script) => {
    // What is left after quoted strings, assignments and arithmetic must hold no expansion that could be split.
    const bare = script
      .replace(/'[^']*'/g, '')
      .replace(/"(\$\(\(?[^)]*\)*|[^"])*"/g, '')
      .replace(/\b[a-z]+=\$\{?\w[^\s;]*/g, '')
      .replace(/\$\((cat|readlink|stat|sha256sum)/g, '');
    expect(bare).not.toMatch(/\$[\w{@*]/);
  });
  test('set the locale and the path before anything, and mark where their output begins', () => {
    const lines = posix.prologue('MARK', false).split('\n');
    expect(lines).toEqual([
      'LC_ALL=C; export LC_ALL',
      `PATH="\${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH`,
      "printf '%s\\n' MARK",
      '',
    ]);
    expect(posix.prologue('MARK', true)).toContain('IFS= read -r go; [ "$go" = MARK ] || exit 98\nprintf');
  });
  test('write checks length and hash before owner and mode, and these before the rename', () => {
    const order = [
      'umask 077',
      'set -C',
      'conv=notrunc,fsync',
      'wc -c',
      'sha256sum',
      'chown',
      'chmod "$mode"',
      'mv -f',
      'sync "$d/."',
    ];
    const places = order.map((part) => all.write.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
  test('speak the dialect of the host', () => {
    expect(posix.stat(gnu)).toContain('stat -L -c \'%f %s %u %g %Y %h\n%U\n%G\' -- "$1"');
    expect(posix.stat(bsd)).toContain('stat -L -f \'%Xp %z %u %g %m %l\n%Su\n%Sg\' -- "$1"');
    expect(posix.hash(bsd)).toContain('shasum -a 256 <"$1"');
    expect(posix.write(bsd)).toContain('stat -L -f %u');
  });
});
