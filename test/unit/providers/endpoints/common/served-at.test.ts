import { describe, expect, it } from 'vitest';
import { scriptArgv } from '../../../../../electron/providers/endpoints/common/scripts.ts';
import { placeServed, serverNameFor } from '../../../../../electron/providers/endpoints/common/served-at.ts';

describe('where a PEM file is served', () => {
  it.each([
    ['web.example:443', { host: 'web.example', port: 443 }],
    ['10.0.0.5:8443', { host: '10.0.0.5', port: 8443 }],
    ['[::1]:8443', { host: '::1', port: 8443 }],
  ])('%s is read', (text, expected) => {
    expect(placeServed(text)).toEqual(expected);
  });

  it.each(['web.example', ':443', 'a:0', 'a:70000', '::1:443'])('%s is refused', (text) => {
    expect(() => placeServed(text)).toThrow(`"${text}" is not a host and port`);
  });

  it('is asked by the host name when the certificate is good for it, else by a name of the certificate', () => {
    expect(serverNameFor('Web.Example', ['web.example'])).toBe('web.example');
    expect(serverNameFor('a.example.org', ['*.example.org', 'b.example.org'])).toBe('a.example.org');
    expect(serverNameFor('10.0.0.5', ['10.0.0.5', '*.x.example', 'web.example'])).toBe('web.example');
    expect(serverNameFor('10.0.0.5', [])).toBeNull();
    expect(serverNameFor('host.example', ['10.0.0.5'])).toBe('host.example');
  });
});

describe('a user script', () => {
  it('is run by its path, on Windows by what its ending asks for, with the alias as one argument', () => {
    expect(scriptArgv('/opt/x.sh', ['a b; rm'])).toEqual(['/opt/x.sh', 'a b; rm']);
    expect(scriptArgv('C:\\x.ps1', ['a']).slice(-3)).toEqual(['-File', 'C:\\x.ps1', 'a']);
    expect(scriptArgv('C:\\x.CMD', ['a&calc'])).toEqual(['cmd', '/d', '/s', '/c', 'C:\\x.CMD', 'a_calc']);
  });
});
