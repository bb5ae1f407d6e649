import { describe, expect, it } from 'vitest';
import { readTitle } from '../../../../../electron/providers/endpoints/nginx/masters.ts';

const nothing = { prefix: null, configPath: null, errorLog: null, directives: null };
const read = (command: string, directory = '/root') =>
  readTitle(`nginx: master process ${command}`, directory);

describe('the title of a master process', () => {
  it.each([
    ['/usr/sbin/nginx', nothing],
    ['/usr/sbin/nginx -g daemon on; master_process on;', nothing],
    ['nginx -c /srv/a b/nginx.conf', { ...nothing, configPath: '/srv/a b/nginx.conf' }],
    ['nginx -p /srv/x/ -c conf/n.conf -q', { ...nothing, prefix: '/srv/x', configPath: 'conf/n.conf' }],
    ['nginx -p .', { ...nothing, prefix: '/root' }],
    ['nginx -p/srv/x -e stderr', { ...nothing, prefix: '/srv/x', errorLog: 'stderr' }],
    [
      'nginx -g daemon off; pid "/run/a b.pid"; user é; -c /n.conf',
      { ...nothing, directives: 'pid "/run/a b.pid"; user é;', configPath: '/n.conf' },
    ],
  ])('tells what nginx was started with: %s', (command, expected) => {
    expect(read(command)).toEqual(expected);
  });

  it('is none where another program has it, or its directives do not end', () => {
    expect(readTitle('nginx: worker process', '/')).toBeNull();
    expect(readTitle('php-fpm: pool www', '/')).toBeNull();
    expect(read('nginx -g pid /run/x')).toBeNull();
  });

  it('of many directives does not take long to read', () => {
    const directives = 'env PATH;'.repeat(30_000);
    const begun = performance.now();
    expect(read(`nginx -g ${directives}`)?.directives?.length).toBe(directives.length + 29_999);
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});
