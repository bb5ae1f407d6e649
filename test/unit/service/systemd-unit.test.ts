import { expect, test } from 'vitest';
import type { ServiceSpec } from '../../../electron/service/service.ts';
import { dataDirectoryOfUnit, systemdUnit } from '../../../electron/service/systemd-unit.ts';
import { dataDirectoryOfScript, sysvScript } from '../../../electron/service/sysv-script.ts';

const spec: ServiceSpec = {
  program: ['/opt/Trustkeep/node', '/opt/Trustkeep/cli.js'],
  dataDirectory: '/var/lib/trustkeep',
  account: 'trustkeep',
  group: null,
  writable: [],
  masterKeyFile: '/etc/trustkeep/master.key',
};
const lines = (given: Partial<ServiceSpec>) => systemdUnit({ ...spec, ...given }).split('\n');

test('an account of its own can write nothing but its data', () => {
  const unit = lines({});
  expect(unit).toContain('User=trustkeep');
  expect(unit).toContain('CapabilityBoundingSet=CAP_NET_BIND_SERVICE');
  expect(unit).toContain('LoadCredential=trustkeep-master-key:/etc/trustkeep/master.key');
  expect(unit.filter((line) => line.startsWith('ReadWritePaths='))).toEqual([
    'ReadWritePaths="/var/lib/trustkeep"',
  ]);
});

test('root can write what is named besides, and what tests of nginx and Apache open', () => {
  const unit = lines({ account: 'root', writable: ['/etc/nginx'], masterKeyFile: null });
  expect(unit.filter((line) => line.startsWith('ReadWritePaths='))).toEqual([
    'ReadWritePaths="/var/lib/trustkeep"',
    'ReadWritePaths="-/run"',
    'ReadWritePaths="-/var/log/nginx"',
    'ReadWritePaths="-/var/lib/nginx"',
    'ReadWritePaths="-/var/log/apache2"',
    'ReadWritePaths="-/var/log/httpd"',
    'ReadWritePaths="-/var/lock"',
    'ReadWritePaths="-/etc/nginx"',
  ]);
  expect(unit.join('\n')).not.toContain('LoadCredential');
});

test('a group gets a directory of its own, and no place in the data', () => {
  const unit = lines({ group: 'certadmins' });
  expect(unit).toContain('Group=certadmins');
  expect(unit).toContain('RuntimeDirectoryMode=0750');
  expect(unit.find((line) => line.startsWith('ExecStart='))).toContain('"--socket-directory=/run/trustkeep"');
});

test('words with spaces, quotes, percent and dollar signs stay words', () => {
  const unit = lines({ program: ['/opt/a b/no"de', '/opt/100%/$cli\\.js'], dataDirectory: '/srv/d d' });
  expect(unit).toContain(
    'ExecStart="/opt/a b/no\\"de" "/opt/100%%/$$cli\\\\.js" "run" "--data-directory=/srv/d d"',
  );
});

test.each(['/var/lib/trustkeep', '/srv/own data', '/srv/%h$HOME$$', `/srv/it's "so" \\ here`])(
  'unit and script tell where the data is: %s',
  (dataDirectory) => {
    const given = { ...spec, dataDirectory, group: 'certadmins' };
    expect(dataDirectoryOfUnit(systemdUnit(given))).toBe(dataDirectory);
    expect(dataDirectoryOfScript(sysvScript(given))).toBe(dataDirectory);
    expect([dataDirectoryOfUnit('[Unit]'), dataDirectoryOfScript('exit 0')]).toEqual([null, null]);
  },
);
