import { describe, expect, it } from 'vitest';
import { coldStart } from '../../../../../electron/providers/endpoints/nginx/cold-start.ts';

const root = { id: 0, name: 'root' };
const deploy = { id: 1000, name: 'deploy' };

describe('what a plan for nginx says of a start from nothing', () => {
  it('is proved where nginx was asked as the user its master process runs as', () => {
    const { proved, sentence } = coldStart({ runsAs: 1000, askedBy: deploy });
    expect(proved).toBe(true);
    expect(sentence).toContain('nginx -T, run as deploy like the master process of nginx, accepted');
  });

  it.each([
    [{ runsAs: 0, askedBy: deploy }, 'run as deploy', 'the master process of nginx runs as root'],
    [{ runsAs: 33, askedBy: root }, 'run as root', 'the master process of nginx runs as the user with ID 33'],
    [{ runsAs: null, askedBy: root }, 'nginx -T', 'the host does not show which user nginx runs as'],
    [{ runsAs: 0, askedBy: null }, 'nginx -T', 'the host does not show which user nginx runs as'],
    [null, 'nginx -T', 'nginx is not running'],
  ])('is not proved otherwise, and the reason is named: %j', (running, asked, why) => {
    const { proved, sentence } = coldStart(running);
    expect(proved).toBe(false);
    expect(sentence).toMatch(/^Not proved: /);
    expect(sentence).toContain(asked);
    expect(sentence).toContain(why);
  });

  it('always says what is checked after the install', () => {
    for (const running of [null, { runsAs: 0, askedBy: root }, { runsAs: 33, askedBy: root }])
      expect(coldStart(running).sentence).toContain('After the install, nginx -t is run');
  });
});
