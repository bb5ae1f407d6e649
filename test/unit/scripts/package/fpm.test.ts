import { describe, expect, test } from 'vitest';
import { orderOf } from '../../../../scripts/package/agent-packages.ts';
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
      readOrder(
        asked('deb', [
          '--before-remove=/t/before',
          '--conflicts=trustkeep-agent',
          '--link=/usr/bin/trustkeep=/opt/Trustkeep/cli',
        ]),
      ),
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
      conflicts: ['trustkeep-agent'],
      provides: [],
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

describe('the agent for servers', () => {
  const of = (kind: 'deb' | 'rpm') =>
    orderOf({
      ...{ kind, version: '1.2.3-beta.1', folder: '/d/agent', to: '/d/a.package' },
      target: { system: 'linux', arch: 'arm64' },
    });

  test('takes the place of the desktop in dpkg, and needs nothing that servers have not got', () => {
    const control = controlOf(of('deb'), 12).split('\n');
    expect(control.slice(0, 3)).toEqual([
      'Package: trustkeep-agent',
      'Version: 1.2.3~beta.1',
      'Architecture: arm64',
    ]);
    expect(control).toEqual(
      expect.arrayContaining([
        'Depends: libc6 (>= 2.28), libstdc++6 (>= 8)',
        'Provides: trustkeep (= 1.2.3~beta.1)',
        'Conflicts: trustkeep',
        'Replaces: trustkeep',
      ]),
    );
  });

  test('and in rpm', () => {
    const spec = specOf(of('rpm'), [], { post: '', preun: '', postun: '' });
    expect(spec).toContain('Name: trustkeep-agent\nVersion: 1.2.3~beta.1\n');
    expect(spec).toContain(
      'Requires: glibc >= 2.28\nRequires: (libstdc++ or libstdc++6)\nProvides: trustkeep = 1.2.3~beta.1\nConflicts: trustkeep\n',
    );
  });
});
