import { expect, test } from 'vitest';
import { type PackagePlace, packageKind, updateCommands } from '../../../electron/updates/package-kind.ts';

function kindAt(platform: NodeJS.Platform, files: Record<string, string>, more: Partial<PackagePlace> = {}) {
  return packageKind({
    platform,
    env: {},
    folder: '/opt/trustkeep/resources/app.asar/out/main/chunks',
    resources: '/opt/trustkeep/resources',
    exists: (path) => path in files,
    read: (path) => files[path] ?? null,
    ...more,
  });
}

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
  expect(updateCommands('deb')).toEqual(['sudo apt-get update && sudo apt install --only-upgrade trustkeep']);
  expect(updateCommands('rpm')).toEqual(['sudo dnf update trustkeep']);
  expect(updateCommands('docker').map((line) => line.split(' ')[1])).toEqual(['stop', 'rm', 'pull', 'run']);
  expect(updateCommands('appimage')).toEqual([]);
});
