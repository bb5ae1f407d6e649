import { describe, expect, it } from 'vitest';
import { readMaster } from '../../../../../electron/providers/endpoints/apache/masters.ts';

describe('the command line of a running Apache', () => {
  it.each([
    ['-k start', null, null, []],
    ['-d /etc/apache2-shop -k start', '/etc/apache2-shop', null, []],
    ['-DFOREGROUND', null, null, []],
    ['-DSSL -D TLS -f conf/other.conf', null, 'conf/other.conf', ['-D', 'SSL', '-D', 'TLS']],
    ['-d/srv/x -D FOREGROUND -D NO_DETACH -D X', '/srv/x', null, ['-D', 'X']],
    ['-e debug -E /tmp/log -k start', null, null, []],
  ])('%s', (line, serverRoot, configFile, flags) => {
    expect(readMaster(7, line.split(' '))).toEqual({ pid: 7, serverRoot, configFile, flags });
  });

  it('keeps directives that were given on it', () => {
    const args = ['-C', 'Define base /srv/x', '-c', 'Listen 8443'];
    expect(readMaster(7, args).flags).toEqual(args);
  });
});
