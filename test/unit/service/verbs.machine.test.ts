import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { carryOutVerb } from '../../../electron/service/verbs.ts';
import { tempDirectory } from '../../make/directory.ts';

let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('service-verbs');
});
afterEach(() => directory.remove());

/** What an installation over a service in that state does until the key cannot be kept, and how that is told. */
async function refusedOver(state: Record<string, string>): Promise<{ done: string[]; told: unknown }> {
  const done: string[] = [];
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const said: Record<string, string> = {
    'systemctl show': Object.entries({ LoadState: 'loaded', User: 'trustkeep', ...state })
      .map((pair) => pair.join('='))
      .join('\n'),
    'getent passwd': `trustkeep:x:${uid}:${gid}::/:/bin/false`,
  };
  const request = {
    ...({ verb: 'install', manager: 'systemd', account: null, group: null, writable: [] } as const),
    ...{
      dataDirectory: directory.path,
      masterKeyFile: join(directory.path, 'key'),
      password: null,
      start: true,
    },
  };
  const told = await carryOutVerb(request, {
    run: async ([program = '', verb = '']) => {
      const called = `${program} ${verb}`;
      if (said[called] === undefined) done.push(called);
      return { code: 0, stdout: Buffer.from(said[called] ?? ''), stderr: Buffer.alloc(0), timedOut: false };
    },
    userId: 0,
    program: ['/bin/sh'],
    keepKey: async () => {
      done.push('keep the key');
      throw new Failure('service.failed', 'The key cannot be kept.');
    },
  }).catch((error: unknown) => error);
  return { done, told };
}

// the data changes hands, which is for root alone
test.skipIf(process.getuid?.() !== 0).each([
  ['runs', { ActiveState: 'active', MainPID: '77' }, ['systemctl start']],
  ['is still starting', { ActiveState: 'activating', SubState: 'start', MainPID: '77' }, ['systemctl start']],
  ['is about to be started again', { ActiveState: 'activating', SubState: 'auto-restart', MainPID: '0' }, []],
  ['is stopped', { ActiveState: 'inactive', MainPID: '0' }, []],
])('a service that %s does not work while its data changes hands', async (_, state, after) => {
  const { done, told } = await refusedOver(state);
  expect(told).toMatchObject({ message: 'The key cannot be kept.' });
  expect(done).toEqual(['systemctl stop', 'keep the key', ...after]);
});

test('a data directory of something else is refused before anything is done: all in it would change hands', async () => {
  writeFileSync(join(directory.path, 'somebodys.txt'), '');
  const { done, told } = await refusedOver({ ActiveState: 'active', MainPID: '77' });
  expect(told).toMatchObject({ code: 'usage', message: expect.stringContaining('other files are in it') });
  expect(done).toEqual([]);
});
