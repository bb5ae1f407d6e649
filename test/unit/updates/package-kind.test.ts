import { expect, test } from 'vitest';
import { type PackagePlace, packageAt, updateCommands } from '../../../electron/updates/package-kind.ts';

const slashes = (path: string) => path.replaceAll('\\', '/');

function at(platform: NodeJS.Platform, files: Record<string, string>, more: Partial<PackagePlace> = {}) {
  return packageAt({
    platform,
    env: {},
    folder: '/opt/trustkeep/resources/app.asar/out/main/chunks',
    resources: '/opt/trustkeep/resources',
    exists: (path) => slashes(path) in files,
    read: (path) => files[slashes(path)] ?? null,
    ...more,
  });
}

const kindAt = (...place: Parameters<typeof at>) => at(...place).kind;

const noted = '/opt/trustkeep/resources/package-type';
const withoutElectron = { folder: '/usr/lib/trustkeep/out/node', resources: null };

test.each([
  ['appimage', kindAt('linux', {}, { env: { APPIMAGE: '/home/mara/Trustkeep.AppImage' } })],
  ['windows', kindAt('win32', {})],
  ['macos', kindAt('darwin', {})],
  [
    'windows',
    kindAt('win32', { '/opt/trustkeep/app.asar': '' }, { folder: '/opt/trustkeep/cli/out', resources: null }),
  ],
  ['archive', kindAt('win32', {}, { folder: '/opt/trustkeep/cli/out', resources: null })],
  ['deb', kindAt('linux', { [noted]: 'deb' })],
  ['rpm', kindAt('linux', { [noted]: 'rpm\n' })],
  ['archive', kindAt('linux', { [noted]: 'something else' })],
  ['archive', kindAt('linux', {})],
  ['deb', kindAt('linux', { '/usr/lib/trustkeep/package-type': 'deb' }, withoutElectron)],
  ['docker', kindAt('linux', { '/.dockerenv': '' }, withoutElectron)],
  // a command that an AppImage starts has its variable, and is not it
  ['archive', kindAt('linux', {}, { ...withoutElectron, env: { APPIMAGE: '/home/mara/Other.AppImage' } })],
  [
    'checkout',
    kindAt(
      'linux',
      { '/checkout/electron-builder.yml': '' },
      { folder: '/checkout/electron/updates', resources: null },
    ),
  ],
])('the package is told to be %s', (expected, kind) => {
  expect(kind).toBe(expected);
});

test('what a package manager updates is updated by its own command', () => {
  const commands = (kind: Parameters<typeof updateCommands>[0]['kind'], name: string | null = null) =>
    updateCommands({ kind, name });
  expect(commands('deb')).toEqual(['sudo apt-get update && sudo apt install --only-upgrade trustkeep']);
  expect(commands('rpm')).toEqual(['sudo dnf update trustkeep']);
  expect(commands('rpm', 'trustkeep-agent')).toEqual(['sudo dnf update trustkeep-agent']);
  expect(commands('docker')).toEqual(['docker compose pull', 'docker compose up --detach']);
  expect(commands('appimage')).toEqual([]);
});

test('a package with another name notes it, and that is what is updated', () => {
  const files = { '/opt/Trustkeep/resources/package-type': 'deb trustkeep-agent' };
  const own = at('linux', files, { folder: '/opt/Trustkeep/resources/cli', resources: null });
  expect(own).toEqual({ kind: 'deb', name: 'trustkeep-agent' });
  expect(updateCommands(own)[0]).toMatch(/ --only-upgrade trustkeep-agent$/);
  expect(at('linux', { [noted]: 'rpm' })).toEqual({ kind: 'rpm', name: null });
});
