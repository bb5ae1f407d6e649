import { describe, expect, test } from 'vitest';
import { cli } from '#test/make/cli.ts';
import { isAccountName } from '../../../electron/cli/service.ts';

const running = {
  manager: 'systemd',
  installed: true,
  running: true,
  startsAtBoot: true,
  sentence: 'The service is running.',
  file: '/etc/systemd/system/trustkeep.service',
  account: 'trustkeep',
  processId: 7,
  notes: [],
};

describe('service', () => {
  test('asks the service manager about the data directory of the machine', async () => {
    const { own, stdout, code } = await cli(['service', 'status'], { service: running });
    expect(own).toEqual(['service status {"at":"/system"}']);
    expect(stdout).toContain('Starts with the machine  yes');
    expect(code).toBe(0);
  });

  test('status of one that does not run is no success, for scripts', async () => {
    const stopped = { ...running, running: false, processId: null, sentence: 'The service is stopped.' };
    const { stdout, code } = await cli(['service', 'status', '--json'], { service: stopped });
    expect([JSON.parse(stdout).running, code]).toEqual([false, 1]);
  });

  test('install takes its options, relative paths among them', async () => {
    const line =
      'service install --writable /etc/nginx,/etc/ssl --master_key_file k --no-start --data-directory d';
    const { own, stderr } = await cli(line.split(' '), { service: { ...running, notes: ['Note this.'] } });
    expect(own).toEqual([
      'service install {"at":"/here/d","writable":["/etc/nginx","/etc/ssl"],"master_key_file":"/here/k","start":false}',
    ]);
    expect(stderr).toBe('Note this.\n');
  });

  test('the password of an account comes from a file, standard input or a question, never from the line', async () => {
    const line = 'service install --account CORP\\certs --password'.split(' ');
    const read = await cli([...line.slice(0, -1), '--password-file', 'p'], {
      service: running,
      files: { '/here/p': 'hidden\n' },
    });
    expect(read.own).toEqual([
      'service install {"at":"/system","account":"CORP\\\\certs","password":"hidden"}',
    ]);
    const exposed = await cli([...line, 'hidden'], { service: running });
    expect([exposed.code, exposed.own]).toEqual([2, []]);
    expect(exposed.stderr).not.toContain('hidden');
    expect((await cli(['service', 'install', '--account', '-x'], { service: running })).code).toBe(2);
  });

  test('run says whether Windows starts it as a service, and whom it may be called by', async () => {
    const ways = ['run', 'run --service', 'run --service --service-group=S-1-5-32-545'];
    const runs = await Promise.all(ways.map((way) => cli(way.split(' '))));
    expect(runs.map(({ headless }) => headless[0]?.service)).toEqual([
      null,
      { group: null },
      { group: 'S-1-5-32-545' },
    ]);
    expect((await cli(['run', '--service=yes'])).code).toBe(2);
  });

  test('a misspelt verb is told, and a wrong manager', async () => {
    expect((await cli(['service', 'uninstal'])).stderr).toContain('service install');
    expect((await cli('service start --manager upstart'.split(' '))).code).toBe(2);
  });
});

test.each([
  ["CORP\\Ann O'Neil", true, false],
  ['R&D (certificates)', true, false],
  ['certs@corp.example', true, true],
  ['CORP\\certs$', true, true],
  ['a:b', false, false],
  ['--group', false, false],
])('the name %s of an account or group is taken on Windows: %s, elsewhere: %s', (name, windows, linux) => {
  expect([isAccountName(name, 'win32'), isAccountName(name, 'linux')]).toEqual([windows, linux]);
});
