import { afterEach, describe, expect, it } from 'vitest';
import { inAgent } from '#test/make/endpoints.ts';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import { endpointOf, installAndRestart, leafFor, planFor, shown } from './real-tomcat.ts';

describe.skipIf(!haveTomcat(10) || process.getuid?.() !== 0)('a Tomcat that serves no TLS yet', () => {
  let server: RunningTomcat | undefined;
  afterEach(() => server?.stop());

  it('is waited for until it serves its first certificate, at an address in brackets', async () => {
    server = await startTomcat({
      connectors: '    <Connector port="{port2}" address="[0:0:0:0:0:0:0:1]" SSLEnabled="true"/>',
    });
    const endpoint = endpointOf(server);
    const plan = await planFor(endpoint, `[::1]:${server.ports[1]}`);
    expect(plan.proofs).toEqual([{ address: '::1', port: server.ports[1], serverName: null }]);
    expect(await shown(plan)).toEqual([null]);
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
  });
});
