import { describe, expect, it } from 'vitest';
import { hostFor } from '../../../../../electron/providers/endpoints/apache/choice.ts';
import type { VirtualHost } from '../../../../../electron/providers/endpoints/apache/vhosts.ts';

const at = (host: string, ...names: string[]) =>
  ({ names, addresses: [{ host, port: 443 }] }) as unknown as VirtualHost;
const shown = (hosts: VirtualHost[], name: string) => hostFor(hosts, '127.0.0.1', 443, name)?.names[0];

describe('the virtual host that Apache picks for a name', () => {
  it('is the first that has it, by a pattern or as it is', () => {
    const [plain, pattern] = [at('*', 'a.test'), at('*', '*.test')];
    expect(shown([plain, pattern], 'a.test')).toBe('a.test');
    expect(shown([pattern, plain], 'a.test')).toBe('*.test');
    expect(shown([plain, pattern], 'b.test')).toBe('*.test');
  });

  it('is one of exactly the address where there are any, whatever others are called', () => {
    const hosts = [at('*', 'c.test'), at('127.0.0.1', 'a.test'), at('127.0.0.1', 'b.test')];
    expect(shown(hosts, 'b.test')).toBe('b.test');
    expect(shown(hosts, 'c.test')).toBe('a.test');
    expect(hostFor(hosts, '127.0.0.2', 443, 'a.test')?.names).toEqual(['c.test']);
  });
});
