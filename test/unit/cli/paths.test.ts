import { expect, test } from 'vitest';
import { accountName, dataDirectory, type Place } from '#kit/paths.ts';

const linux: Place = { platform: 'linux', env: {}, home: '/home/a' };
const mac: Place = { platform: 'darwin', env: {}, home: '/Users/a' };
const windows: Place = {
  platform: 'win32',
  env: { LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local', ProgramData: 'D:\\ProgramData' },
  home: 'C:\\Users\\a',
};

const places: [string, Place, string, string][] = [
  ['Linux', linux, '/home/a/.local/share/trustkeep', '/var/lib/trustkeep'],
  ['macOS', mac, '/Users/a/Library/Application Support/Trustkeep', '/Library/Application Support/Trustkeep'],
  ['Windows', windows, 'C:\\Users\\a\\AppData\\Local\\Trustkeep', 'D:\\ProgramData\\Trustkeep'],
];
test.each(places)('on %s data lives where the platform expects it', (_name, place, user, system) => {
  expect(dataDirectory(false, place)).toBe(user);
  expect(dataDirectory(true, place)).toBe(system);
});

test('XDG_DATA_HOME counts when it is absolute', () => {
  expect(dataDirectory(false, { ...linux, env: { XDG_DATA_HOME: '/data' } })).toBe('/data/trustkeep');
  expect(dataDirectory(false, { ...linux, env: { XDG_DATA_HOME: 'data' } })).toBe(
    '/home/a/.local/share/trustkeep',
  );
});

test('TRUSTKEEP_DATA_DIRECTORY wins, unless the service is meant', () => {
  const place = { ...linux, env: { TRUSTKEEP_DATA_DIRECTORY: '/elsewhere' } };
  expect(dataDirectory(false, place)).toBe('/elsewhere');
  expect(dataDirectory(true, place)).toBe('/var/lib/trustkeep');
});

test('whoever became somebody by sudo is named too', () => {
  const plain = accountName({});
  expect(accountName({ SUDO_USER: 'alice' })).toBe(`${plain} (sudo alice)`);
  expect(accountName({ SUDO_USER: plain ?? '' })).toBe(plain);
});
