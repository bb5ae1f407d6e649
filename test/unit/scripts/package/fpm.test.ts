import { describe, expect, test } from 'vitest';
import { controlOf } from '../../../../scripts/package/fpm/deb.ts';
import { specOf } from '../../../../scripts/package/fpm/rpm.ts';
import { readOrder } from '../../../../scripts/package/fpm/words.ts';

/** As electron-builder 26 asks for a package. */
const asked = (kind: 'deb' | 'rpm', more: string[] = []) => [
  ...['-s', 'dir', '--force', '-t', kind, '-d', 'libgtk-3-0', '-d', '(libuuid or libuuid1)'],
  ...(kind === 'deb'
    ? ['--deb-recommends', 'gnome-keyring | kwalletmanager', '--deb-compression', 'xz']
    : []),
  ...(kind === 'rpm'
    ? ['--rpm-os', 'linux', '--rpm-compression', 'xzmt', '--rpm-summary', 'Keeps 100% of it']
    : []),
  ...[
    '--architecture',
    kind === 'deb' ? 'amd64' : 'x86_64',
    '--after-install',
    '/t/in',
    '--after-remove',
    '/t/out',
  ],
  ...['--description', kind === 'deb' ? 'Keeps it\n In order.' : 'In order.', '--version', '1.2.3~beta'],
  ...['--package', '/d/a.package', '--name', 'trustkeep', '--maintainer', 'T', '--vendor', 'T'],
  ...['--url', 'https://trustkeep.invalid/', '--deb-priority', 'optional', '--license', 'Apache-2.0'],
  ...more,
  '/d/linux-unpacked/=/opt/Trustkeep',
  '/t/icon.png=/usr/share/icons/a.png',
];

describe('what electron-builder asks fpm for', () => {
  test('is read word for word', () => {
    expect(
      readOrder(asked('deb', ['--before-remove=/t/before', '--link=/usr/bin/trustkeep=/opt/Trustkeep/cli'])),
    ).toEqual({
      kind: 'deb',
      to: '/d/a.package',
      name: 'trustkeep',
      version: '1.2.3~beta',
      architecture: 'amd64',
      maintainer: 'T',
      summary: 'Keeps it',
      description: 'In order.',
      license: 'Apache-2.0',
      address: null,
      compression: 'xz',
      depends: ['libgtk-3-0', '(libuuid or libuuid1)'],
      recommends: ['gnome-keyring | kwalletmanager'],
      afterInstall: '/t/in',
      afterRemove: '/t/out',
      beforeRemove: '/t/before',
      sources: [
        { from: '/d/linux-unpacked/', to: '/opt/Trustkeep' },
        { from: '/t/icon.png', to: '/usr/share/icons/a.png' },
      ],
      links: [{ at: '/usr/bin/trustkeep', to: '/opt/Trustkeep/cli' }],
    });
  });

  test.each([
    [['--config-files', '/etc/a'], '--config-files'],
    [['-t', 'pacman'], 'pacman'],
    [['/etc/a'], 'no ='],
  ])('is refused where it cannot be carried out: %s', (more, said) => {
    expect(() => readOrder(asked('deb', more))).toThrow(said);
  });
});

test('a Debian control file has its fields, and paragraphs as the policy wants them', () => {
  const order = readOrder(asked('deb'));
  expect(controlOf({ ...order, description: 'One.\n\nTwo.' }, 12)).toBe(
    [
      'Package: trustkeep',
      'Version: 1.2.3~beta',
      'Architecture: amd64',
      'Maintainer: T',
      'Installed-Size: 12',
      'Depends: libgtk-3-0, (libuuid or libuuid1)',
      'Recommends: gnome-keyring | kwalletmanager',
      'Section: admin',
      'Priority: optional',
      'Description: Keeps it\n One.\n .\n Two.\n',
    ].join('\n'),
  );
});

test('an RPM spec takes nothing for a macro, and owns the folders that are ours alone', () => {
  const scripts = { post: 'echo 5%\n', preun: 'stop it\n', postun: 'exit 0\n' };
  const spec = specOf(readOrder(asked('rpm')), ['/opt/Trustkeep/a/b 100%', '/usr/bin/trustkeep'], scripts);
  expect(spec).toContain('Summary: Keeps 100%% of it\n');
  expect(spec).toContain('Requires: (libuuid or libuuid1)\n');
  expect(spec).toContain('%post\necho 5%%\n');
  expect(spec).toContain('%preun\nstop it\n');
  expect(spec).toContain('%dir "/opt/Trustkeep"\n%dir "/opt/Trustkeep/a"\n"/opt/Trustkeep/a/b 100%%"\n');
  expect(spec).not.toContain('%dir "/usr');
});
